#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# prepare.sh [--bare] [--probe] [--extras] KERNEL DIR [ARGUMENT OF initramfs.sh]...: all that
# a guest needs, fetched and built where it isn't up to date. KERNEL: a name of kernels.list,
# "slim" (see slim.sh), or the path of a kernel tree. Into DIR: image (a link), initrd, arch.
# The initrd has the relay in bin, and invbench.ko in modules, unless bare; and with
# --probe invbench-probe in bin. DIR/debug is a link to the module with its debugging
# information. With --extras there is also DIR/extras, a link to the root of extras.sh, for
# QEMU to share and the guest to mount.

set -u
me='guest'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

bare='' probe='' extras=''
while :; do
	case ${1:-} in
	--bare) bare=1 ;;
	--probe) probe=1 ;;
	--extras) extras=1 ;;
	*) break ;;
	esac
	shift
done
[ $# -ge 2 ] || die "usage: prepare.sh [--bare] [--probe] [--extras] KERNEL DIR [ARGUMENT]..."
if [ "$1" = slim ]; then
	slim=$("$guest/slim.sh") || exit
	shift
	set -- "$slim" "$@"
fi
case $1 in
*/*)
	tree "$1"
	bootable
	;;
*)
	kernel "$1"
	"$guest/fetch.sh" "$name" || exit
	;;
esac
dir=$2
shift 2
built=$cache/built/$(printf '%s %s' "$top" "$name" | cksum | tr ' ' -)
if [ -n "$probe" ]; then
	"$guest/probe.sh" "$arch" "$built/invbench-probe" || exit
	set -- "$built/invbench-probe=bin/" "$@"
fi
if [ -z "$bare" ]; then
	"$guest/relay.sh" "$arch" "$built/invbench-relay" || exit
	"$guest/module.sh" "$name" "$top/kmod" "$built" || exit
	set -- "$built/invbench-relay=bin/" \
		"$built/invbench.ko=modules/" "$@"
fi
mkdir -p "$dir" 2>/dev/null || die "can't write to $dir"
if [ -n "$extras" ]; then
	programs=$("$guest/extras.sh" "$name") || exit
	ln -sfn "$programs" "$dir/extras" 2>/dev/null || die "can't write to $dir"
	set -- --load 9pnet_virtio --load 9p "$@"
fi
"$guest/initramfs.sh" "$name" "$dir/initrd" "$@" || exit
if [ -z "$bare" ]; then
	ln -sfn "$(readlink -f "$built/invbench.ko.debug")" "$dir/debug" ||
		die "can't write to $dir"
fi
{ ln -sfn "$image" "$dir/image" && echo "$arch" >"$dir/arch"; } 2>/dev/null ||
	die "can't write to $dir"
