#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fetch.sh [KERNEL...]: pinned kernels (the default one), each with its headers, a
# busybox, and a root with the tools that build modules for it, into the cache. The
# packages come through an apt of our own beside the host's, which stays as it is;
# apt verifies them with the installed keys of Debian's archive.
#
#   INVBENCH_MIRROR   a Debian mirror, where the host's own sources name none

set -u
me='guest fetch'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# Beside the compiler and the kernel's kbuild; perl is for the kernel-doc check of W=1.
tools='base-files bash dash coreutils findutils grep sed mawk diffutils make libc-bin bc
	pahole kmod xz-utils perl'
megabytes=1800 # a kernel's packages and what is unpacked of them, at the most

# The first mirror of the host's sources that has Debian's own suites.
mirror() {
	if [ -n "${INVBENCH_MIRROR:-}" ]; then
		printf '%s\n' "$INVBENCH_MIRROR"
		return
	fi
	etc=$(apt-config shell d Dir::Etc/d | sed "s/^d='\(.*\)'/\1/")
	cat "$etc/sources.list" "$etc"/sources.list.d/*.list \
		"$etc"/sources.list.d/*.sources 2>/dev/null | awk '
	function debian(uri) { return uri ~ /^(https?|ftp|file):/ && uri ~ /\/debian\/?$/ }
	/^deb[ \t]/ {
		sub(/\[[^]]*\]/, "")
		if (debian($2)) { print $2; exit }
	}
	/^URIs:/ { for (i = 2; i <= NF; i++) if (debian($i)) { print $i; exit } }'
}

# make_apt: an apt of our own, for the suite of the kernel and what it builds on.
make_apt() {
	apt=$cache/apt/$suite
	uri=$(mirror)
	[ -n "$uri" ] || die "no Debian mirror in the host's sources: set INVBENCH_MIRROR to one"
	[ -r "$keyring" ] || die "no $keyring: install debian-archive-keyring"
	mkdir -p "$apt/etc/parts" "$apt/state/lists/partial" "$apt/debs/partial" ||
		die "can't write to $apt"
	: >"$apt/status"
	for s in "${suite%-backports}" "$suite"; do
		echo "deb [signed-by=$keyring] $uri $s main"
	done | sort -u >"$apt/etc/sources.list"
	# The host's proxies and time-outs, none of its hooks and nothing that would
	# let an unsigned archive in.
	{
		apt-config dump | grep '^Acquire::' | grep -v -i -e insecure \
			-e weakrepo -e IndexTargets
		cat <<-END
			Dir::Etc "$apt/etc";
			Dir::Etc::parts "parts";
			Dir::State "$apt/state";
			Dir::State::status "$apt/status";
			Dir::Cache "$apt";
			Dir::Cache::archives "debs";
			APT::Architecture "$(host_arch)";
			APT::Architectures { "amd64"; "arm64"; };
			APT::Install-Recommends "false";
			APT::Get::AllowUnauthenticated "false";
			APT::Sandbox::User "";
			APT::Update::Error-Mode "any";
			Acquire::AllowInsecureRepositories "false";
			Acquire::Languages "none";
			Acquire::Retries "2";
		END
	} >"$apt/apt.conf"
	log=$apt/log
	: >"$log"
}

# apt_get ARGS...: dies with apt's own last word, in our words where we know better.
apt_get() {
	APT_CONFIG=$apt/apt.conf apt-get -q -y "$@" >>"$log" 2>&1 </dev/null && return
	why=$(grep -m 1 -E '^(Err:|[EW]: ).*(signature|NO_PUBKEY|EXPKEYSIG|BADSIG|not signed)' "$log")
	[ -z "$why" ] || die "wrong signature at $uri, nothing of it used: ${why#?: }"
	why=$(sed -n 's/^E: //p' "$log" | head -n 1)
	case $why in
	*'space'*) die "no space in $cache: $why" ;;
	*"was not found"* | *'Unable to locate'*)
		die "$name: $version has gone from $suite (${why:-no reason given});" \
			"pin a newer one in guest/kernels.list: $(newer)" ;;
	*) die "the mirror doesn't answer ($uri): ${why:-no reason given}, see $log" ;;
	esac
}

# The release and version that the suite has now, for kernels.list.
newer() {
	APT_CONFIG=$apt/apt.conf apt-cache show "linux-image-$arch:$arch" 2>/dev/null |
		awk -v base="${release%%.*}.$(echo "$release" | cut -d. -f2 | sed 's/+.*//')" '
		$1 == "Version:" { version = $2 }
		$1 == "Depends:" && match($0, /linux-image-[0-9][^ ]*/) {
			r = substr($0, RSTART + 12, RLENGTH - 12)
			sub(/-(arm64|amd64)$/, "", r)
			if (index(version, base ".") == 1) { print r, version; exit }
		}' | grep . || echo "none of the same series there"
}

# unpack FOLDER DEB...: without what nobody reads.
unpack() {
	into=$1
	shift
	for deb in "$@"; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$into" --no-same-owner \
			--keep-directory-symlink --exclude='./usr/share/doc/*' \
			--exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
			2>"$log.tar" || die "can't unpack ${deb##*/}: $(tail -n 1 "$log.tar")"
	done
}

# download PACKAGE...: exactly these, into a folder of their own; sets $debs.
download() {
	debs=$work/debs
	rm -rf "$debs"
	mkdir -p "$debs"
	(cd "$debs" && apt_get download "$@") || exit
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
	for d in bin sbin lib lib64; do
		mkdir -p "$work/tools/usr/$d"
		ln -s "usr/$d" "$work/tools/$d"
	done
	unpack "$work/tools" "$apt"/debs/*.deb
	rm -f "$apt"/debs/*.deb
	mkdir -p "$work/tools/dev" "$work/tools/src" "$work/tools/tmp"
	ln -sf dash "$work/tools/usr/bin/sh"
	ln -sf mawk "$work/tools/usr/bin/awk"
}

# Whether the cache has it, as it is pinned now.
fresh() {
	stamp=$(echo "$line for $(host_arch), with $tools" | tr -s ' \t\n' ' ')
	[ -f "$at/stamp" ] && [ "$(cat "$at/stamp")" = "$stamp" ]
}

fetch() {
	free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$megabytes" ] ||
		die "no space in $cache: $free MB free, $megabytes wanted for $name"
	say "fetching $name ($version)"
	work=$cache/kernels/.$name.new
	rm -rf "$work"
	mkdir -p "$work/tools" || die "can't write to $cache"
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
for k in "$@"; do
	kernel "$k"
	fresh || fetch
done
