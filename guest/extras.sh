#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# extras.sh [KERNEL...]: what guests of these kernels (the default one) have for programs
# beside busybox: coreutils, fio, bpftrace and bcc's libbpf-tools, with all that they depend
# on, into the cache; the path of each root on the output. Too large for an initramfs: a
# guest mounts it over 9p at /extras, and runs them by chroot.

set -u
me='guest extras'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
# shellcheck source=guest/apt.sh
. "$guest/apt.sh"

programs='usr/bin/dd usr/bin/fio usr/bin/bpftrace usr/sbin/funclatency-libbpf'
extras='base-files coreutils fio bpftrace libbpf-tools'
megabytes=800 # the packages, and what is unpacked of them

# Of this suite for each kernel (which has one, too): an older bpftrace fails on 7.3.
for_kernel() {
	case $1 in
	*/*) tree "$1" ;;
	*) kernel "$1" ;;
	esac
	suite=trixie
	root=$cache/extras/$arch
	stamp="$extras of $suite"
}

fresh() { [ "$(cat "$root/stamp" 2>/dev/null)" = "$stamp" ]; }

fetch() {
	space_for "$megabytes" "a guest's programs"
	say "fetching a guest's programs ($extras), some 100 MB"
	work=$cache/extras/.$arch.new
	rm -rf "$work"
	new_root "$work"
	make_apt
	apt_get update
	rm -f "$apt"/debs/*.deb
	# shellcheck disable=SC2086  # a word is a package
	apt_get -o APT::Architecture="$arch" install --download-only $extras
	unpack "$work" "$apt"/debs/*.deb
	for program in $programs; do
		[ -x "$work/$program" ] || die "no $program in $extras of $suite"
	done
	for deb in "$apt"/debs/*.deb; do
		dpkg-deb -f "$deb" Package Version | sed 's/^.*: //' | paste -s -d ' '
	done >"$work/versions"
	rm -rf "$cache/apt"
	printf '%s\n' "$stamp" >"$work/stamp"
	rm -rf "$root"
	mv "$work" "$root" || die "can't write to $cache/extras"
}

work=''
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
[ $# -gt 0 ] || set -- default
for k in "$@"; do
	for_kernel "$k"
done
for k in "$@"; do
	for_kernel "$k"
	if ! fresh; then
		mkdir -p "$cache/extras" 2>/dev/null || die "can't write to $cache"
		lock "$cache/.lock" fetches
		fresh || fetch
	fi
	echo "$root"
done
