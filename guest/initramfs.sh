#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# initramfs.sh KERNEL OUT [--load MODULE]... [FILE=PLACE]...: the first file system of
# a guest as a cpio archive: busybox, guest/init, FILEs at their PLACEs (a place that
# ends in a slash is a folder), and MODULEs: a file, or a name of the kernel's own,
# with those it depends on, for init to load in this order.

set -u
me='initramfs'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

# place FILE AT: into the tree.
place() {
	to=$2
	case $to in
	*/) to=$to${1##*/} ;;
	esac
	mkdir -p "$(dirname "$tree/$to")" && cp -L "$1" "$tree/$to" 2>"$tree.log" ||
		die "can't pack $1: $(tail -n 1 "$tree.log")"
}

# load NAME: a module of the kernel's own after those that it depends on.
load() {
	name=$1
	grep -qx "$name.ko" "$tree/modules/order" && return
	file=$(find "$modules" -name "$name.ko*" -o -name "$(echo "$name" | tr _ -).ko*" |
		head -n 1)
	[ -n "$file" ] || die "$kernel has no module '$name'"
	case $file in
	*.xz) xz -dc "$file" >"$tree/modules/$name.ko" ;;
	*) cp "$file" "$tree/modules/$name.ko" ;;
	esac || die "can't unpack $file"
	for dep in $(tr '\0' '\n' <"$tree/modules/$name.ko" | sed -n 's/^depends=//p' |
		tr ',-' ' _'); do
		# a function's variables are the script's: what comes after is kept
		set -- "$name" "$@"
		load "$dep"
		name=$1
		shift
	done
	echo "$name.ko" >>"$tree/modules/order"
}

[ $# -ge 2 ] || die "usage: initramfs.sh KERNEL OUT [--load MODULE]... [FILE=PLACE]..."
kernel "$1"
kernel=$name
out=$2
shift 2
"$guest/fetch.sh" "$kernel" || exit
modules=$at/kernel

mkdir -p "$(dirname "$out")" && tree=$(mktemp -d "$out.XXXXXX") || die "can't write to $out"
trap 'rm -rf "$tree" "$tree.log" "$tree.cpio"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$tree"
mkdir "$tree/bin" "$tree/modules"
: >"$tree/modules/order"
place "$at/busybox/bin/busybox" bin/busybox
ln -s busybox "$tree/bin/sh"
place "$guest/init" init
chmod 755 "$tree/init" "$tree/bin/busybox"
while [ $# -gt 0 ]; do
	case $1 in
	--load)
		case ${2:-} in
		*.ko)
			place "$2" modules/
			echo "${2##*/}" >>"$tree/modules/order"
			;;
		'') die "--load wants a module" ;;
		*) load "$(echo "$2" | tr - _)" ;;
		esac
		shift
		;;
	?*=?*) place "${1%=*}" "${1##*=}" ;;
	*) die "not FILE=PLACE: '$1'" ;;
	esac
	shift
done
(cd "$tree" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$tree.cpio" ||
	die "can't write $tree.cpio"
mv "$tree.cpio" "$out" || die "can't write $out"
