# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034  # what the scripts use
#
# What the guest's scripts share. They set $me first.

guest=$(dirname "$(readlink -f "$0")")
cache=${INVBENCH_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/invbench}

say() { printf 'invbench: %s\n' "$*" >&2; }
die() { say "$me: $*"; exit 2; }

# The names of the pinned kernels, on a line.
kernel_names() {
	awk '!/^#/ && NF { printf "%s%s", sep, $1; sep = " " }' "$guest/kernels.list"
}

# kernel NAME: its line in variables; "default" is the first.
kernel() {
	line=$(awk -v name="$1" '!/^#/ && NF && ($1 == name || name == "default") {
		print; exit }' "$guest/kernels.list")
	[ -n "$line" ] || die "no kernel '$1' ($(kernel_names | sed 's/ /, /g'))"
	read -r name release version arch suite compiler packages image rest <<-END
		$line
	END
	[ -n "$image" ] && [ -z "$rest" ] ||
		die "kernels.list: not the eight columns of its head: '$line'"
	at=$cache/kernels/$name
	image=$at/kernel/${image%%\**}$release-$arch${image#*\*}
}

# The host's architecture, as Debian writes it.
host_arch() { dpkg --print-architecture; }

# triplet ARCH: as GNU writes it.
triplet() {
	case $1 in
	arm64) echo aarch64-linux-gnu ;;
	amd64) echo x86_64-linux-gnu ;;
	*) die "no guests on or for $1 (arm64, amd64)" ;;
	esac
}

# in_root ROOT COMMAND...: runs it in a tool root; needs no privilege where the
# system lets users make namespaces. The host's /dev is lent: make needs /dev/null.
in_root() {
	map=-r
	[ "$(id -u)" = 0 ] && map=''
	# shellcheck disable=SC2016  # the inner shell's
	if unshare $map -m true 2>/dev/null; then
		unshare $map -m sh -c 'mount --rbind /dev "$1/dev" && exec chroot "$@"' \
			enter "$@"
	elif [ -z "$map" ]; then
		[ -c "$1/dev/null" ] || { rm -f "$1/dev/null" &&
			mknod -m 666 "$1/dev/null" c 1 3; } || return
		chroot "$@"
	else
		die "building needs root, or user namespaces:" \
			"sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns"
	fi
}
