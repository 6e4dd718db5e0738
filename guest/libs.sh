#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# libs.sh ARCH: what the worker is linked with, liburcu and CK, for an architecture
# that isn't the host's, into the cache.

set -u
me='guest libraries'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
# shellcheck source=guest/apt.sh
. "$guest/apt.sh"

[ $# = 1 ] || die "usage: libs.sh ARCH"
arch=$1
# As old as the oldest C library of a host that may link them.
suite=bookworm
at=$cache/libs/$arch
[ -f "$at/stamp" ] && exit
lock "$cache/.lock" fetches
[ -f "$at/stamp" ] && exit
say "fetching liburcu and CK for $arch"
work=$cache/libs/.$arch.new
rm -rf "$work"
mkdir -p "$work/usr" || die "can't write to $cache"
make_apt
apt_get update
download "liburcu-dev:$arch" "libck-dev:$arch"
unpack "$work" "$debs"/*.deb
rm -rf "$debs"
echo "$suite" >"$work/stamp"
rm -rf "$at"
mv "$work" "$at" || die "can't write to $cache/libs"
