#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# relay.sh ARCH OUT: invbench-relay, static, for guests of ARCH: the worker that has the
# module execute. When nothing has changed, nothing is done.

set -u
me='relay'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

[ $# = 2 ] || die "usage: relay.sh ARCH OUT"
case $1 in
arm64 | amd64) arch=$1 ;;
*) die "no guests of architecture '$1' (arm64, amd64)" ;;
esac
out=$2
mkdir -p "$(dirname "$out")" 2>/dev/null || die "can't write to '$(dirname "$out")'"
prefix=$(cross "$arch") || exit

set -- "$top/bench/worker/relay.c" "$top/bench/measure/klog.c"
sum=$(cat "$@" "$top/bench/measure/klog.h" "$guest/relay.sh" | cksum)
[ -f "$out" ] && [ "$(cat "$out.sum" 2>/dev/null)" = "$sum" ] && exit
log=$out.log
"${prefix}gcc" -std=gnu11 -D_GNU_SOURCE -O2 -s -static -Wall -Wextra -Werror \
	-I "$top/bench/measure" -o "$out.new.$$" "$@" >"$log" 2>&1 ||
	die "can't build it for $arch, see $log: $(grep -m 1 -E 'error|undefined' "$log")"
{ mv "$out.new.$$" "$out" && echo "$sum" >"$out.sum"; } || die "can't write $out"
