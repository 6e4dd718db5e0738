#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fetch.sh [KERNEL...]: pinned kernels (the default one), each with its headers, a
# busybox, and a root with the tools that build modules for it, into the cache.

set -u
me='guest fetch'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
# shellcheck source=guest/apt.sh
. "$guest/apt.sh"

# Beside the compiler and the kernel's kbuild; perl is for the kernel-doc check of W=1.
tools='base-files bash dash coreutils findutils grep sed mawk diffutils make libc-bin bc
	pahole kmod xz-utils perl'
megabytes=1000 # a kernel's packages and what is unpacked of them, at the most

# Point releases go; what the suite has now, as kernels.list wants it.
advice() {
	printf "; pin a newer one in guest/kernels.list: "
	APT_CONFIG=$apt/apt.conf apt-cache show "linux-image-$arch:$arch" 2>/dev/null |
		awk -v base="${release%%.*}.$(echo "$release" | cut -d. -f2 | sed 's/+.*//')" '
		$1 == "Version:" { version = $2 }
		$1 == "Depends:" && match($0, /linux-image-[0-9][^ ]*/) {
			r = substr($0, RSTART + 12, RLENGTH - 12)
			sub(/-(arm64|amd64)$/, "", r)
			if (index(version, base ".") == 1) { print r, version; exit }
		}' | grep . || echo "none of the same series there"
}

# The kernel's own packages.
fetch_kernel() {
	set --
	for p in $(echo "$packages" | tr , ' ') linux-headers; do
		set -- "$@" "$p-$release-$arch:$arch=$version"
	done
	download "$@" "linux-headers-$release-common=$version" "busybox-static:$arch"
	mkdir -p "$work/kernel" "$work/busybox/usr/bin"
	ln -s usr/bin "$work/busybox/bin" # as newer suites have it
	unpack "$work/tools" "$debs"/linux-headers-*.deb
	unpack "$work/busybox" "$debs"/busybox-*.deb
	rm "$debs"/linux-headers-*.deb "$debs"/busybox-*.deb
	unpack "$work/kernel" "$debs"/*.deb
	[ -f "$work/kernel/${image#"$at/kernel/"}" ] ||
		die "$name: no ${image#"$at/kernel/"} in its packages: correct guest/kernels.list"
}

# What builds a module for it: the compiler that built the kernel, and its kbuild.
fetch_tools() {
	host=$(host_arch)
	cc=$compiler
	[ "$arch" = "$host" ] || cc=$compiler-$(triplet "$arch" | tr _ -)
	rm -f "$apt"/debs/*.deb
	# shellcheck disable=SC2086  # a word is a package
	apt_get install --download-only $tools "$cc" "linux-kbuild-$release=$version"
	new_root "$work/tools"
	unpack "$work/tools" "$apt"/debs/*.deb
	rm -f "$apt"/debs/*.deb
	mkdir -p "$work/tools/src"
	ln -sf dash "$work/tools/usr/bin/sh"
	ln -sf mawk "$work/tools/usr/bin/awk"
}

# Whether the cache has it, as it is pinned now.
fresh() {
	stamp=$(echo "$line for $(host_arch), with $tools" | tr -s ' \t\n' ' ')
	[ -f "$at/stamp" ] && [ "$(cat "$at/stamp")" = "$stamp" ]
}

fetch() {
	space_for "$megabytes" "$name"
	say "fetching $name ($version)"
	work=$cache/kernels/.$name.new
	rm -rf "$work"
	mkdir -p "$work" || die "can't write to $cache"
	make_apt
	apt_get update
	fetch_tools
	fetch_kernel
	in_root "$work/tools" make -s -C "/usr/src/linux-headers-$release-$arch" \
		kernelversion >>"$log" 2>&1 ||
		die "$name: its tools don't run in $work/tools: $(tail -n 1 "$log")"
	rm -rf "$work/debs"
	printf '%s\n' "$stamp" >"$work/stamp"
	rm -rf "$at"
	mv "$work" "$at" || die "can't write to $cache/kernels"
}

[ $# -gt 0 ] || set -- default
stale=''
for k in "$@"; do
	kernel "$k"
done
for k in "$@"; do
	kernel "$k"
	fresh || stale=1
done
[ -n "$stale" ] || exit 0
lock "$cache/.lock" fetches
work=''
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
for k in "$@"; do
	kernel "$k"
	fresh || fetch
done
# its lists are larger than what came through them
rm -rf "$cache/apt"
