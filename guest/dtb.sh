#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dtb.sh OUT [--smmu NODE] QEMU ARGUMENT...: the device tree of the machine that this
# QEMU command line makes, with an SMMUv3 that is invbench's: for -dtb OUT. The stock
# driver doesn't know it then, and no device is behind it (their DMA passes). Without
# --smmu all SMMUs of the machine are.
#
#   NODE   a node of the tree, such as smmuv3@9050000

set -u
me='guest dtb'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

compatible=invbench,smmu-v3

[ $# -ge 2 ] || die "usage: dtb.sh OUT [--smmu NODE] QEMU ARGUMENT..."
out=$1
shift
smmu=''
if [ "$1" = --smmu ]; then
	[ $# -ge 3 ] || die "usage: dtb.sh OUT --smmu NODE QEMU ARGUMENT..."
	smmu=$2
	shift 2
fi
command -v fdtput >/dev/null || die "no fdtput: install device-tree-compiler"

case $out in
*,*) die "no comma in '$out', please: QEMU takes it for its own" ;;
esac
tmp=$(mktemp "$out.XXXXXX" 2>/dev/null) || die "can't write to $out"
trap 'rm -f "$tmp" "$tmp.log"' EXIT
trap 'exit 130' INT TERM
timeout -k 5 60 "$@" -machine dumpdtb="$tmp" </dev/null >"$tmp.log" 2>&1 ||
	die "no device tree of '$1': $(grep -v 'dtb dumped' "$tmp.log" | tail -n 1)"

# nodes: those at the root that are SMMUs, the one that was asked for or all.
nodes() {
	fdtget -l "$tmp" / | while read -r node; do
		case " $(fdtget -d '' "$tmp" "/$node" compatible) " in
		*' arm,smmu-v3 '*) [ -n "$smmu" ] && [ "$node" != "$smmu" ] || echo "$node" ;;
		esac
	done
}

# without PHANDLE: the cells of an iommu-map on standard input (a row of four for each
# range: first RID, SMMU, first StreamID, how many) but for the ones of this SMMU.
without() {
	xargs -n 4 | awk -v mine="$1" '$2 != mine'
}

# No host bridge sends its devices to $1.
unmap() {
	phandle=$(fdtget -t x "$tmp" "/$1" phandle) || return 0
	for bridge in $(fdtget -l "$tmp" / | grep '^pcie@'); do
		cells=$(fdtget -d '' -t x "$tmp" "/$bridge" iommu-map)
		[ -n "$cells" ] || continue
		rest=$(echo "$cells" | without "$phandle")
		if [ -z "$rest" ]; then
			fdtput -d "$tmp" "/$bridge" iommu-map
		else
			# shellcheck disable=SC2086  # cells
			fdtput -t x "$tmp" "/$bridge" iommu-map $rest
		fi || die "can't change iommu-map of $bridge"
	done
}

found=$(nodes)
[ -n "$found" ] || die "the machine has no ${smmu:-SMMUv3}: give it one, with -machine virt,iommu=smmuv3"
for node in $found; do
	unmap "$node"
	fdtput -t s "$tmp" "/$node" compatible "$compatible" || die "can't change $node"
done
{ chmod 644 "$tmp" && mv "$tmp" "$out"; } || die "can't write to $out"
