#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fetch.sh CASE: what goes wrong on the way to a kernel.

set -u
# shellcheck source=tests/guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Nothing half done is left, and nothing of the host's is touched.
nothing_left() {
	left=$(find "$tree/cache/kernels" -mindepth 1 2>/dev/null)
	[ -z "$left" ] || wrong "left: $left"
	[ "$(cksum </var/lib/dpkg/status)" = "$host" ] || wrong "the host's packages changed"
}

bad_names() {
	own_cache
	run fetch.sh nonsense
	refused "'nonsense'" arm64-7.3 arm64-6.12 amd64-6.12
	run fetch.sh ''
	refused "no kernel ''"
	# a name isn't a pattern, and no code
	run fetch.sh '.*'
	refused "'.*'"
	run fetch.sh '") print "x'
	refused 'no kernel'
	[ ! -e "$tree/cache" ] || wrong "a cache for nothing"
}

# For programs beside busybox, the same kernels, mirror and space.
extras() {
	own_cache
	run extras.sh nonsense
	refused "'nonsense'" arm64-7.3 arm64-6.12 amd64-6.12
	run extras.sh "$tree/"
	refused "$tree/" 'no kernel tree'
	[ ! -e "$tree/cache" ] || wrong "a cache for nothing"
	export INVBENCH_MIRROR=http://127.0.0.1:9/debian
	run extras.sh arm64-6.12
	refused "the mirror doesn't answer" "$INVBENCH_MIRROR"
	printf '#!/bin/sh\necho Filesystem; echo x 100 93 7 93%% /\n' | fake df
	run extras.sh
	refused 'no space' '7 MB free'
	left=$(find "$tree/cache/extras" -mindepth 1)
	[ -z "$left" ] || wrong "left: $left"
	INVBENCH_CACHE=$tree/cache/.lock/cache run extras.sh
	refused "can't write to $tree/cache/.lock/cache"
}

bad_list() {
	cp -R "$top/guest" "$tree/guest"
	scripts=$tree/guest
	own_cache
	echo 'short 1 2' >>"$tree/guest/kernels.list"
	run fetch.sh short
	refused 'kernels.list' 'short 1 2'
}

no_mirror() {
	own_cache
	export INVBENCH_MIRROR=http://127.0.0.1:9/debian
	run fetch.sh
	refused "the mirror doesn't answer" "$INVBENCH_MIRROR"
	nothing_left
	# the host's own sources name none
	unset INVBENCH_MIRROR
	mkdir -p "$tree/etc/sources.list.d" "$tree/etc/apt.conf.d"
	echo 'deb [arch=amd64] http://127.0.0.1:9/ubuntu noble main' \
		>"$tree/etc/sources.list"
	echo "Dir::Etc \"$tree/etc\";" >"$tree/apt.conf"
	export APT_CONFIG="$tree/apt.conf"
	run fetch.sh
	refused 'no Debian mirror' INVBENCH_MIRROR
	# either style is read
	echo 'deb [arch=amd64] http://127.0.0.1:9/debian bookworm main' \
		>>"$tree/etc/sources.list"
	run fetch.sh
	refused "doesn't answer (http://127.0.0.1:9/debian)"
	: >"$tree/etc/sources.list"
	printf '%s\n' 'Types: deb' 'URIs: http://127.0.0.1:9/debian/' 'Suites: bookworm' \
		>"$tree/etc/sources.list.d/x.sources"
	run fetch.sh
	refused "doesn't answer (http://127.0.0.1:9/debian/)"
	nothing_left
}

# release SUITE: a small archive's index, that nobody signed
release() {
	mkdir -p "$tree/debian/dists/$1"
	printf '%s\n' 'Origin: Debian' "Codename: $1" 'Components: main' \
		'Architectures: amd64 arm64' 'Date: Sat, 15 Nov 2025 09:00:00 UTC' 'SHA256:' \
		>"$tree/debian/dists/$1/Release"
}

wrong_signature() {
	own_cache
	export INVBENCH_MIRROR="file:$tree/debian"
	release trixie
	release trixie-backports
	run fetch.sh
	refused 'wrong signature' 'not signed'
	nothing_left
	# Debian's own, changed afterwards
	real=$(find /var/lib/apt/lists -name '*_dists_*_InRelease' 2>/dev/null | head -n 1)
	[ -n "$real" ] || return
	for s in trixie trixie-backports; do
		sed 's/^Origin: Debian/Origin: Nobody/' "$real" \
			>"$tree/debian/dists/$s/InRelease"
	done
	run fetch.sh
	refused 'wrong signature' BADSIG
	nothing_left
}

no_space() {
	own_cache
	printf '#!/bin/sh\necho Filesystem; echo x 100 93 7 93%% /\n' | fake df
	run fetch.sh
	refused 'no space' '7 MB free'
	nothing_left
	echo 'a file' >"$tree/file"
	INVBENCH_CACHE=$tree/file/cache run fetch.sh
	refused "can't write to $tree/file/cache"
}

# The archive has dropped a point release: what to pin instead.
version_gone() {
	cp -R "$top/guest" "$tree/guest"
	scripts=$tree/guest
	own_cache
	sed -i '/^arm64-7.3/s/7\.3\.[0-9]*/7.3.0/g' "$tree/guest/kernels.list"
	run fetch.sh
	if grep -q "mirror doesn't answer" "$tree/err"; then
		tail -n 1 "$tree/err"
		exit 77
	fi
	refused 'trixie-backports' '7.3.0' 'pin a newer one in guest/kernels.list: 7.3.'
	nothing_left
}

# What is there already costs no network.
warm() {
	needs arm64-7.3
	export INVBENCH_MIRROR=http://127.0.0.1:9/debian
	run fetch.sh arm64-7.3
	want_status 0
	[ ! -s "$tree/err" ] || wrong "a warm fetch says something"
}

clean() {
	own_cache
	mkdir -p "$tree/cache/kernels/x" "$tree/cache/mine"
	head -c 3000000 /dev/zero >"$tree/cache/kernels/x/y"
	run clean.sh
	want_status 0
	grep -qx "removed 3 MB from $tree/cache" "$tree/out" || wrong "how much?"
	[ ! -e "$tree/cache/kernels" ] || wrong "kernels are left"
	[ -d "$tree/cache/mine" ] || wrong "removed what isn't ours"
	rmdir "$tree/cache/mine"
	run clean.sh
	want_status 0
	grep -q 'nothing in' "$tree/out" || wrong "something in nothing?"
}

host=$(cksum </var/lib/dpkg/status)
case ${1:-} in
bad_names | extras | bad_list | no_mirror | wrong_signature | no_space | version_gone | warm | clean)
	"$1"
	;;
*)
	echo "no case '${1:-}'"
	bad=1
	;;
esac
exit $bad
