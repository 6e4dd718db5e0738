#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# worker.sh ARCH OUTDIR: invbench-worker and invbench-relay, static, for guests of ARCH.
# When nothing has changed, nothing is done.

set -u
me='worker'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

# For another architecture than the host's: with libs.sh's libraries.
configure() {
	set --
	if [ -n "$prefix" ]; then
		"$guest/libs.sh" "$arch" || exit
		usr=$cache/libs/$arch/usr
		gnu=$(triplet "$arch")
		set -- -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="${gnu%%-*}" \
			-DCMAKE_C_COMPILER="${prefix}gcc" \
			-DCMAKE_C_FLAGS="-isystem $usr/include/$gnu -isystem $usr/include" \
			-DCMAKE_EXE_LINKER_FLAGS="-L$usr/lib/$gnu"
	fi
	# stripped in the end: debug information would be a third of the time
	cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
		-DCMAKE_C_FLAGS_RELWITHDEBINFO=-O2 -DINVBENCH_WORKER_ONLY=ON -DINVBENCH_TESTS=OFF "$@" \
		>"$log" 2>&1 </dev/null || failed configure
}

failed() {
	why=$(grep -m 1 -A 3 '^CMake Error' "$log" | tr -s '\n ' '  ')
	[ -n "$why" ] || why=$(grep -m 1 -E '(error:|undefined reference|fatal)' "$log")
	die "can't $1 it for $arch, see $log: ${why:-$(tail -n 1 "$log")}"
}

[ $# = 2 ] || die "usage: worker.sh ARCH OUTDIR"
case $1 in
arm64 | amd64) arch=$1 ;;
*) die "no guests of architecture '$1' (arm64, amd64)" ;;
esac
mkdir -p "$2" 2>/dev/null || die "can't write to '$2'"
prefix=$(cross "$arch") || exit

build=$cache/worker/$(printf '%s' "$top" | cksum | tr ' ' -)-$arch
log=$build/.log
lock "$build/.lock" "builds the worker"
[ -f "$build/build.ninja" ] || configure
programs='invbench-worker invbench-relay'
# shellcheck disable=SC2086  # a word is a program
case $([ -f "$build/stripped" ] && ninja -C "$build" -n $programs 2>&1 </dev/null) in
*'no work to do.'*) ;;
*)
	say "building the worker for $arch"
	rm -f "$build/stripped"
	ninja -C "$build" $programs >"$log" 2>&1 </dev/null || failed build
	for p in $programs; do
		"${prefix}strip" -o "$build/$p.stripped" "$build/$p" 2>>"$log" || failed strip
	done
	: >"$build/stripped"
	;;
esac
for p in $programs; do
	put "$build/$p.stripped" "$2/$p"
done
