#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# slim.sh: a kernel of the default's source in slim.config, which has what Debian's leaves
# out: the stock driver's functions where its KUnit can call them. Into the cache, once;
# its tree's path on the output. By the host's compiler.

set -u
me='guest kunit'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
# shellcheck source=guest/apt.sh
. "$guest/apt.sh"

megabytes=4000 # its source, and what is built of it

kernel default
series=$(echo "$release" | cut -d . -f 1,2)
tree=$cache/slim/$name
prefix=$(cross "$arch") || exit
for tool in flex bison bc pahole; do
	command -v "$tool" >/dev/null ||
		die "no $tool: to build a kernel, install flex, bison, bc, pahole and libelf-dev"
done
stamp="$version $(cksum <"$guest/slim.config") $("${prefix}gcc" -dumpfullversion)"
if [ "$(cat "$tree/.invbench" 2>/dev/null)" = "$stamp" ]; then
	echo "$tree"
	exit
fi

mkdir -p "$cache/slim" 2>/dev/null || die "can't write to $cache"
lock "$cache/.lock" fetches
space_for "$megabytes" "a kernel's source"
work=$cache/slim/.$name.new
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
rm -rf "$work"
mkdir -p "$work/tree"
say "fetching the source of $name ($version)"
make_apt
apt_get update
download "linux-source-$series=$version"
dpkg-deb --fsys-tarfile "$debs"/linux-source-*.deb |
	tar -x -O "./usr/src/linux-source-$series.tar.xz" |
	tar -x -J -C "$work/tree" --strip-components=1 || die "can't unpack the source of $name"
rm -rf "$debs" "$cache/apt"

say "building a slim kernel of it, which takes minutes"
log=$cache/slim/log
karch=$arch
[ "$arch" = arm64 ] || karch=x86_64
kmake() {
	make -C "$work/tree" -j "$(nproc)" ARCH="$karch" ${prefix:+CROSS_COMPILE="$prefix"} \
		"$@" >>"$log" 2>&1 </dev/null ||
		die "can't build it, see $log: $(grep -m 1 -i -E 'error|missing' "$log")"
}
: >"$log"
kmake KCONFIG_ALLCONFIG="$guest/slim.config" allnoconfig
grep '^CONFIG_' "$guest/slim.config" | while read -r option; do
	grep -qxF "$option" "$work/tree/.config" ||
		die "the source of $name doesn't take $option: correct guest/slim.config"
done || exit
kmake Image modules
echo "$stamp" >"$work/tree/.invbench"
rm -rf "$tree"
mv "$work/tree" "$tree" || die "can't write to $cache/slim"
echo "$tree"
