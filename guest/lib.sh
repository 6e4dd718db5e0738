# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154  # what scripts use and set
#
# What the guest's scripts share; they set me.

guest=$(dirname "$(readlink -f "$0")")
top=$(dirname "$guest")
cache=${INVBENCH_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/invbench}

# Progress; the tool, which keeps standard error for the one line that says what went
# wrong, names another descriptor for it.
say() { printf 'invbench: %s\n' "$*" >&"${INVBENCH_PROGRESS_FD:-2}"; }
die() {
	printf 'invbench: %s: %s\n' "$me" "$*" >&2
	exit 2
}

# lock FILE WHAT: waits for another that holds it, as descriptor 8.
lock() {
	mkdir -p "$(dirname "$1")" 2>/dev/null
	[ -w "$(dirname "$1")" ] || die "can't write to $(dirname "$1")"
	exec 8>>"$1" || exit 2
	flock -n 8 || {
		say "waiting for another invbench that $2"
		flock 8
	}
}

# put FILE PLACE: whole or not at all, and not when it is there already.
put() {
	cmp -s "$1" "$2" && return
	{ cp "$1" "$2.new.$$" && mv "$2.new.$$" "$2"; } 2>/dev/null || die "can't write $2"
}

# The names of the pinned kernels, on a line.
kernel_names() {
	awk '!/^#/ && NF { printf "%s%s", sep, $1; sep = ", " }' "$guest/kernels.list"
}

# kernel NAME: a pinned kernel in variables; "default" is the first of the list.
kernel() {
	line=$(awk -v name="$1" '!/^#/ && NF && ($1 == name || name == "default") {
		print; exit }' "$guest/kernels.list")
	[ -n "$line" ] || die "no kernel '$1' ($(kernel_names), slim," \
		"or the path of a kernel tree that you built)"
	read -r name release version arch suite compiler packages image rest <<-END
		$line
	END
	if [ -z "$image" ] || [ -n "$rest" ]; then
		die "kernels.list: not the eight columns of its head: '$line'"
	fi
	at=$cache/kernels/$name
	image=$at/kernel/${image%%\**}$release-$arch${image#*\*}
}

# tree PATH: a kernel tree of the user's, in the same variables.
tree() {
	tree=$(readlink -f "$1")
	if ! [ -f "$tree/Makefile" ] || ! [ -f "$tree/.config" ]; then
		die "$1 is no kernel tree that was configured (no Makefile or no .config)"
	fi
	[ -f "$tree/Module.symvers" ] ||
		die "the kernel tree $1 was not built (no Module.symvers): make it first"
	name=$1
	if grep -q '^CONFIG_ARM64=y' "$tree/.config"; then
		arch=arm64 image=$tree/arch/arm64/boot/Image
	elif grep -q '^CONFIG_X86_64=y' "$tree/.config"; then
		arch=amd64 image=$tree/arch/x86/boot/bzImage
	else
		die "the kernel tree $1 is neither arm64 nor x86-64"
	fi
}

# Of a tree: what a guest must have without loading a module.
bootable() {
	[ -f "$image" ] || die "the kernel tree $name has no ${image#"$tree/"}: make it first"
	console=SERIAL_AMBA_PL011_CONSOLE
	[ "$arch" = arm64 ] || console=SERIAL_8250_CONSOLE
	lacks=''
	for option in MODULES BLK_DEV_INITRD DEVTMPFS TMPFS DEBUG_FS PCI VIRTIO_PCI \
		VIRTIO_CONSOLE "$console"; do
		grep -qx "CONFIG_$option=y" "$tree/.config" || lacks="$lacks $option=y"
	done
	[ -z "$lacks" ] || die "the kernel tree $name can't be a guest: it lacks$lacks"
}

# The host's architecture, as Debian writes it.
host_arch() {
	case $(uname -m) in
	aarch64) echo arm64 ;;
	x86_64) echo amd64 ;;
	*) die "guests need an arm64 or an x86-64 machine, not $(uname -m)" ;;
	esac
}

# triplet ARCH: as GNU writes it.
triplet() {
	case $1 in
	arm64) echo aarch64-linux-gnu ;;
	*) echo x86_64-linux-gnu ;;
	esac
}

# cross ARCH: what the host's compiler for it is prefixed by, if it isn't the host's own.
cross() {
	[ "$1" = "$(host_arch)" ] && return
	command -v "$(triplet "$1")-gcc" >/dev/null ||
		die "nothing here compiles for $1: install gcc-$(triplet "$1" | tr _ -)"
	echo "$(triplet "$1")-"
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
		# a container, without the right to mount
		[ -c "$1/dev/null" ] || { rm -f "$1/dev/null" &&
			mknod -m 666 "$1/dev/null" c 1 3; } || return
		chroot "$@"
	else
		die "modules of pinned kernels are built in namespaces of a user's own, which" \
			"this system refuses: run it as root, or see sysctl" \
			"kernel.unprivileged_userns_clone and" \
			"kernel.apparmor_restrict_unprivileged_userns"
	fi
}
