#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# probe.sh ARCH OUT: invbench-probe, static, for guests of ARCH. Its libraries for ARCH
# come from Debian's archive into the cache. When nothing has changed, nothing is done.

set -u
me='probe'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
# shellcheck source=guest/apt.sh
. "$guest/apt.sh"

# Newer ones of libelf want a library more than its package has.
suite=bookworm
packages='libbpf-dev libelf-dev zlib1g-dev'
megabytes=100

# fetch_libraries: into $libraries, if they aren't there.
fetch_libraries() {
	[ -f "$libraries/stamp" ] && [ "$(cat "$libraries/stamp")" = "$suite $packages" ] &&
		return
	lock "$cache/.lock" fetches
	space_for "$megabytes" "$libraries"
	say "fetching libbpf for $arch"
	work=$cache/libraries/.$arch.new
	rm -rf "$work"
	mkdir -p "$work" || die "can't write to $cache"
	make_apt
	apt_get update
	set --
	for p in $packages; do
		set -- "$@" "$p:$arch"
	done
	download "$@"
	unpack "$work" "$debs"/*.deb
	rm -rf "$debs" "$cache/apt" "$libraries"
	echo "$suite $packages" >"$work/stamp"
	mv "$work" "$libraries" || die "can't write to $cache/libraries"
}

# programs NAME: its skeleton into $gen.
programs() {
	clang -target bpf -mcpu=v3 -O2 -g -Wall -Werror "-D__TARGET_ARCH_$target" \
		-isystem "$libraries/usr/include" -I "$include" \
		-c "$top/bpf/$1.bpf.c" -o "$gen/$1.bpf.o" &&
		PATH=$PATH:/usr/sbin bpftool gen skeleton "$gen/$1.bpf.o" name "$1_bpf" \
			>"$gen/$1.skel.h"
}

build() {
	for p in "$top"/bpf/*.bpf.c; do
		p=${p##*/}
		programs "${p%.bpf.c}" || return
	done
	set --
	for f in "$top"/bpf/*.c; do
		case $f in *.bpf.c) ;; *) set -- "$@" "$f" ;; esac
	done
	"${prefix}gcc" -std=gnu11 -D_GNU_SOURCE -O2 -s -static -Wall -Wextra -Werror \
		-isystem "$libraries/usr/include" -I "$gen" -I "$top/bpf" \
		-o "$out.new.$$" "$@" \
		-L "$libraries/usr/lib/$(triplet "$arch")" -lbpf -lelf -lz
}

[ $# = 2 ] || die "usage: probe.sh ARCH OUT"
case $1 in
arm64) arch=arm64 target=arm64 ;;
amd64) arch=amd64 target=x86 ;;
*) die "no guests of architecture '$1' (arm64, amd64)" ;;
esac
out=$2
mkdir -p "$(dirname "$out")" 2>/dev/null || die "can't write to '$(dirname "$out")'"
prefix=$(cross "$arch") || exit
include=/usr/include/$(triplet "$arch")
[ -z "$prefix" ] || include=/usr/$(triplet "$arch")/include
libraries=$cache/libraries/$arch

sum=$(cat "$top"/bpf/*.[ch] "$guest/probe.sh" | cksum)
[ -f "$out" ] && [ "$(cat "$out.sum" 2>/dev/null)" = "$sum" ] && exit
fetch_libraries
log=$out.log
gen=$(mktemp -d "$out.XXXXXX") || die "can't write to '$(dirname "$out")'"
trap 'rm -rf "$gen"' EXIT
build >"$log" 2>&1 ||
	die "can't build it for $arch, see $log: $(grep -m 1 -E 'error|undefined|not found' "$log")"
{ mv "$out.new.$$" "$out" && echo "$sum" >"$out.sum"; } || die "can't write $out"
