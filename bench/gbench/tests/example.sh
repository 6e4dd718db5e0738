#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The example: runs, lists, refuses, writes results of its own.
# example.sh EXAMPLE
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "$1"
	cat "$dir/out" "$dir/err"
	exit 1
}

"$1" --benchmark_filter='three_ns|add$' --benchmark_min_time=0.001 \
	>"$dir/out" 2>"$dir/err" || fail "the example failed"
grep -q '^three_ns/min_time:0.010/repeats:3/manual_time_min  *3.00 ns' \
	"$dir/out" || fail "no statistic"
grep -qx '2 instances, 4 runs, 0 failed' "$dir/out" || fail "no count"

"$1" --benchmark_list_tests >"$dir/out" 2>"$dir/err" || fail "no list"
grep -qx 'sum/len:64/step:8' "$dir/out" || fail "no product in the list"

rc=0
"$1" --benchmark_fliter=x >"$dir/out" 2>"$dir/err" || rc=$?
[ "$rc" -eq 2 ] || fail "exit $rc for an unknown flag"
grep -q 'unrecognized command-line flag: --benchmark_fliter=x' "$dir/err" ||
	fail "no word about an unknown flag"

rc=0
"$1" --benchmark_format=xml >"$dir/out" 2>"$dir/err" || rc=$?
[ "$rc" -eq 2 ] || fail "exit $rc for an unknown format"
grep -q 'benchmark_format=xml: not one of console, json, csv' "$dir/err" ||
	fail "no word about an unknown format"

rc=0
BENCHMARK_FORMAT=xml "$1" >"$dir/out" 2>"$dir/err" || rc=$?
[ "$rc" -eq 2 ] || fail "exit $rc for a bad environment"
grep -q 'a BENCHMARK_\* environment variable' "$dir/err" ||
	fail "no word about a bad environment"

if [ -w /dev/full ]; then
	rc=0
	"$1" --benchmark_filter=add$ --benchmark_min_time=0.001 \
		>/dev/full 2>"$dir/err" || rc=$?
	[ "$rc" -eq 2 ] || fail "exit $rc for a full disk"
	grep -q 'standard output: not written whole' "$dir/err" ||
		fail "no word about a full disk"
fi

"$1" --own="$dir/own.json" >"$dir/out" 2>"$dir/err" || fail "no own results"
grep -q '"driver": "rounds"' "$dir/own.json" || fail "no driver"
grep -q '"name": "fence/merged"' "$dir/own.json" || fail "no result"
echo "the example works"
