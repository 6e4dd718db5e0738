#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# try-root.sh SUITE root|sudo [COMMAND...]
#
# Runs a command of this project (./invbench test unless given) in a fresh
# clone in a new Debian root of SUITE (bookworm, trixie), as root or as a user
# with sudo, and takes the root away again. It takes minutes and several
# hundred MB under TMPDIR, so it is no part of `invbench test`.
#
#   INVBENCH_MIRROR   where the packages come from (as this host's sources say)
#   INVBENCH_KEEP     a folder to copy results/ and build/*.log to
#
# Needs root, mmdebstrap and git. Only what is committed takes part. Exit
# status: that of the command; 2 for its own troubles.

set -u

die() { echo "try-root: $*" >&2; exit 2; }

[ $# -ge 2 ] || die "SUITE root|sudo [COMMAND...]"
suite=$1 who=$2
shift 2
[ $# -gt 0 ] || set -- ./invbench test
case $who in
root) user=root home=/root ;;
sudo) user=tester home=$(printf '/%s/%s' home tester) ;;
*) die "as '$who'? (root or sudo)" ;;
esac
[ "$(id -u)" = 0 ] || die "needs root"
for tool in mmdebstrap git unshare; do
	command -v $tool >/dev/null || die "needs $tool"
done
top=$(dirname "$(readlink -f "$0")")/../..

# The first archive of the host's sources that isn't for security fixes.
mirror_of_host() {
	sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*] \)\{0,1\}\([^ ]*\) .*/\2/p' \
		/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
		tr ' ' '\n' | grep '/debian/*$' | head -n 1
}
mirror=${INVBENCH_MIRROR:-$(mirror_of_host)}
[ -n "$mirror" ] || die "no Debian mirror in this host's sources; set INVBENCH_MIRROR"
security=$(printf '%s' "$mirror" | sed 's,/debian/*$,/debian-security,')

root=$(mktemp -d) || die "no room for a root"
# What is mounted in there is mounted in a namespace of its own, gone by now.
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 130' INT TERM

mmdebstrap --quiet --variant=minbase --include=ca-certificates,sudo,git,passwd \
	"$suite" "$root" \
	"deb $mirror $suite main" \
	"deb $mirror $suite-updates main" \
	"deb $security $suite-security main" || die "mmdebstrap"

# What apt needs to reach the mirror from in there, as the host does.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
for f in /etc/apt/apt.conf.d/*[Pp]roxy*; do
	[ ! -f "$f" ] || cp "$f" "$root/etc/apt/apt.conf.d/"
done

# in_root COMMAND...: with the host's /proc, /sys and /dev.
in_root() {
	# shellcheck disable=SC2016  # for the inner shell
	unshare --mount --propagation private sh -c '
		root=$1
		shift
		for m in proc sys dev; do
			mount --rbind "/$m" "$root/$m" || exit 2
		done
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			TERM=dumb LANG=C.UTF-8 "$@"
	' sh "$root" "$@"
}

if [ "$user" != root ]; then
	in_root useradd --create-home --home-dir "$home" --shell /bin/bash "$user" ||
		die "can't add $user"
	echo "$user ALL=(ALL:ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
fi
git -c safe.directory='*' clone --quiet --no-hardlinks "$top" \
	"$root$home/invbench" || die "git clone"
in_root chown -R "$user:" "$home/invbench"

start=$(date +%s)
# shellcheck disable=SC2016
in_root su "$user" -c 'cd "$0" && exec "$@"' -- "$home/invbench" "$@"
status=$?
echo "try-root: $suite as $who: exit $status after $(($(date +%s) - start)) s: $*"
if [ -n "${INVBENCH_KEEP:-}" ]; then
	mkdir -p "$INVBENCH_KEEP" &&
		cp -r "$root$home/invbench/results" "$root$home/invbench/build/"*.log \
			"$INVBENCH_KEEP/" 2>/dev/null
fi
exit $status
