#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh KERNEL...: whatever a guest with each kernel needs is fetched and built; any
# warning of a module is an error. Modules without the types that eBPF wants are none.
set -eu

top=$(dirname "$(readlink -f "$0")")/../..
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for kernel; do
	"$top/guest/prepare.sh" "$kernel" "$dir/$kernel"
	mkdir "$dir/$kernel/unpacked"
	(cd "$dir/$kernel/unpacked" && cpio -id --quiet 'modules/invbench.ko' 'bin/invbench-relay' \
		<../initrd)
	ko=$dir/$kernel/unpacked/modules/invbench.ko
	readelf -SW "$ko" | grep -q ' \.BTF ' || { echo "$kernel: invbench.ko has no BTF"; exit 1; }
	machine=$(readelf -h "$dir/$kernel/unpacked/bin/invbench-relay" | sed -n 's/^ *Machine: *//p')
	[ "$machine" = AArch64 ] || { echo "$kernel: the relay is for $machine"; exit 1; }
	readelf -lW "$dir/$kernel/unpacked/bin/invbench-relay" | grep -q INTERP &&
		{ echo "$kernel: the relay isn't static"; exit 1; }
	echo "$kernel: $(du -k "$ko" | cut -f1) KiB"
done
