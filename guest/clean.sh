#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# clean.sh: removes what guests have in the cache, and says how much that was.

set -u
me='guest clean'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

[ -d "$cache" ] || {
	echo "nothing in $cache"
	exit 0
}
lock "$cache/.lock" fetches
cd "$cache" || die "can't enter $cache"
# By name: somebody may have set INVBENCH_CACHE to a folder with more in it.
set --
for d in apt kernels modules built slim extras; do
	[ ! -d "$d" ] || set -- "$@" "$d"
done
[ $# -gt 0 ] || {
	echo "nothing in $cache"
	exit 0
}
size=$(du -scm "$@" | tail -n 1 | cut -f 1)
rm -rf "$@" 2>/dev/null || die "can't remove all of $cache"
rm -f .lock
cd / && rmdir "$cache" 2>/dev/null
echo "removed $size MB from $cache"
