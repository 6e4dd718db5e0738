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
	case /$to/ in
	*/../*) die "no place in a guest: '$to'" ;;
	esac
	case $to in
	*/) to=$to${1##*/} ;;
	esac
	mkdir -p "$(dirname "$root/$to")"
	cp -L "$1" "$root/$to" 2>"$root.log" ||
		die "can't pack $1: $(tail -n 1 "$root.log")"
}

# load NAME: a module of the kernel's own, after those that it depends on.
load() (
	want=$(echo "$1" | tr - _)
	grep -qx "$want.ko" "$root/modules/order" && exit
	file=$(find "$modules" -name "$want.ko*" -o -name "$(echo "$want" | tr _ -).ko*" |
		head -n 1)
	to=$root/modules/$want.ko
	case $file in
	'') die "$kernel has no module '$1'" ;;
	*.ko.xz) xz -dc "$file" >"$to" ;;
	*) cp "$file" "$to" ;;
	esac || die "can't unpack $file"
	for needed in $(tr '\0' '\n' <"$to" | sed -n 's/^depends=//p' | tr , ' '); do
		load "$needed" || exit
	done
	echo "$want.ko" >>"$root/modules/order"
)

[ $# -ge 2 ] || die "usage: initramfs.sh KERNEL OUT [--load MODULE]... [FILE=PLACE]..."
modules=''
case $1 in
*/*)
	tree "$1"
	modules=$tree
	kernel "$(awk -v arch="$arch" '!/^#/ && $4 == arch { print $1; exit }' \
		"$guest/kernels.list")"
	;;
*) kernel "$1" ;;
esac
kernel=$1
out=$2
shift 2
"$guest/fetch.sh" "$name" || exit
[ -n "$modules" ] || modules=$at/kernel

mkdir -p "$(dirname "$out")" 2>/dev/null
root=$(mktemp -d "$out.XXXXXX" 2>/dev/null) || die "can't write to $(dirname "$out")"
trap 'rm -rf "$root" "$root.log" "$root.cpio"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$root"
mkdir "$root/bin" "$root/modules"
: >"$root/modules/order"
place "$at/busybox/bin/busybox" bin/busybox
ln -s busybox "$root/bin/sh"
place "$guest/init" init
chmod 755 "$root/init" "$root/bin/busybox"
while [ $# -gt 0 ]; do
	case $1 in
	--load)
		case ${2:-} in
		*.ko)
			place "$2" modules/
			echo "${2##*/}" >>"$root/modules/order"
			;;
		'') die "--load wants a module" ;;
		*) load "$2" || exit ;;
		esac
		shift
		;;
	?*=?*) place "${1%=*}" "${1##*=}" ;;
	*) die "not FILE=PLACE: '$1'" ;;
	esac
	shift
done
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) \
	>"$root.cpio" 2>"$root.log" ||
	die "can't write $out: $(tail -n 1 "$root.log")"
mv "$root.cpio" "$out" 2>/dev/null || die "can't write $out"
