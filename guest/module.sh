#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# module.sh KERNEL SRCDIR OUTDIR: builds the module of SRCDIR (which has a Kbuild)
# and puts its .ko files into OUTDIR. Nothing is written to SRCDIR; when neither it
# nor the kernel has changed, nothing is done. Any warning is an error.
#
#   KERNEL   a name of guest/kernels.list: by the tools of its root
#            --here: the running kernel, by its installed headers
#            --kernel PATH: a kernel tree, configured and built, of this machine's
#            architecture or arm64

set -u
me='module'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

usage() { die "usage: module.sh KERNEL|--here|--kernel PATH SRCDIR OUTDIR"; }

# Brings the copy up to date; what has not changed keeps its time.
sync_sources() {
	cd "$src" || die "can't read $src"
	find . -type f | LC_ALL=C sort >"$copy/.files.new"
	while read -r f; do
		cmp -s "$f" "$copy/$f" && continue
		mkdir -p "$copy/${f%/*}" && cp "$f" "$copy/$f" || die "can't write to $copy"
	done <"$copy/.files.new"
	if [ -f "$copy/.files" ]; then
		LC_ALL=C comm -23 "$copy/.files" "$copy/.files.new" |
			(cd "$copy" && xargs -d '\n' rm -f)
	fi
	mv "$copy/.files.new" "$copy/.files"
}

# What the build depends on but for the module's own sources.
sum() {
	{
		printf '%s\n' "$stamp"
		cd "$src" && find . -type f | LC_ALL=C sort | xargs -d '\n' cksum
	} | cksum
}

# first PATTERN: the first line of the log with it.
first() { grep -m 1 -i -E "$1" "$log"; }

# Makes it of the copy; what isn't clean isn't kept.
build() {
	log=$copy/.log
	if ! make_module >"$log" 2>&1 </dev/null; then
		why=$(first 'error|undefined|no rule') || why=$(tail -n 1 "$log")
		die "$what: can't build it, see $log: $why"
	fi
	why=$(first warning) || return 0
	die "$what: warnings, see $log: $why"
}

# A pinned kernel: in its root, by the compiler that built it.
pinned() {
	kernel "$1"
	"$guest/fetch.sh" "$1" || exit
	what=$name
	in=/src/$(printf '%s' "$src" | cksum | tr ' ' -)
	copy=$at/root$in
	stamp=$(cat "$at/stamp")
	make_module() {
		in_root "$at/root" env -i PATH=/usr/sbin:/usr/bin DEB_BUILD_ARCH="$(host_arch)" \
			make -j "$(nproc)" -C "/usr/src/linux-headers-$release-$arch" \
			M="$in" W=1e modules
	}
}

# here: the running kernel, by its headers; own PATH: a tree that was built.
here() {
	release=$(uname -r)
	[ -e "/lib/modules/$release/build/Makefile" ] ||
		die "no headers of the running kernel ($release):" \
			"install linux-headers-$release, or name a tree with --kernel PATH"
	own "/lib/modules/$release/build"
}

own() {
	what=$1
	tree=$(readlink -f "$1") && [ -f "$tree/Makefile" ] && [ -f "$tree/.config" ] ||
		die "$1 is no kernel tree that was configured (no Makefile, no .config)"
	[ -f "$tree/Module.symvers" ] ||
		die "the kernel tree $1 was not built (no Module.symvers): make it first"
	cross=''
	if grep -q '^CONFIG_ARM64=y' "$tree/.config" && [ "$(host_arch)" != arm64 ]; then
		command -v aarch64-linux-gnu-gcc >/dev/null ||
			die "the kernel tree $1 is arm64: install gcc-aarch64-linux-gnu"
		cross='ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-'
	fi
	copy=$cache/modules/$(printf '%s %s' "$tree" "$src" | cksum | tr ' ' -)
	stamp="$tree $(cksum <"$tree/.config") $(cksum <"$tree/Module.symvers")"
	make_module() {
		# shellcheck disable=SC2086  # words of our own
		make -j "$(nproc)" -C "$tree" $cross M="$copy" W=1e modules
	}
}

how=pinned
case ${1:-} in
--here) how=here ;;
--kernel)
	how=own
	shift
	;;
'' | -*) usage ;;
esac
[ $# = 3 ] || usage
src=$(readlink -f "$2") && [ -f "$src/Kbuild" ] || die "no Kbuild in '$2'"
mkdir -p "$3" 2>/dev/null && out=$(readlink -f "$3") || die "can't write to '$3'"
$how "$1"

mkdir -p "$copy" 2>/dev/null || die "can't write to $copy"
exec 8>>"$copy/.lock"
flock 8
sum=$(sum)
if [ -f "$copy/.built" ] && [ "$(cat "$copy/.built")" = "$sum" ]; then
	set -- "$copy"/*.ko
	[ -f "$out/${1##*/}" ] && cmp -s "$1" "$out/${1##*/}" && exit 0
else
	rm -f "$copy/.built"
	sync_sources
	build
	printf '%s\n' "$sum" >"$copy/.built"
fi
for ko in "$copy"/*.ko; do
	cp "$ko" "$out/.${ko##*/}.new" && mv "$out/.${ko##*/}.new" "$out/${ko##*/}" ||
		die "can't write to $out"
done
