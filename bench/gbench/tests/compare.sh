#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Does Google Benchmark's compare.py read what gb_report_runs() writes?
# compare.sh WRITE_PAIR
set -eu

compare=
for f in /usr/share/benchmark/compare.py \
	/usr/share/googlebenchmark/tools/compare.py; do
	if [ -r "$f" ]; then
		compare=$f
		break
	fi
done
if [ -z "$compare" ]; then
	echo "skipped: compare.py is not installed (libbenchmark-tools)"
	exit 77
fi
# The packages belong to the system's Python, which may not be the first.
python=
for p in python3 /usr/bin/python3; do
	if "$p" -c 'import numpy, scipy' 2>/dev/null; then
		python=$p
		break
	fi
done
if [ -z "$python" ]; then
	echo "skipped: compare.py needs python3-numpy and python3-scipy"
	exit 77
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$1" "$dir/a.json" "$dir/b.json"
"$python" "$compare" --no-color benchmarks "$dir/a.json" "$dir/b.json" \
	>"$dir/out" 2>"$dir/err" || {
	cat "$dir/out" "$dir/err"
	exit 1
}
cat "$dir/out"

expect() {
	if ! grep -Eq "$1" "$dir/out"; then
		echo "compare.py's output lacks: $1"
		exit 1
	fi
}

# 10 ns against 15 ns in nine repetitions each, then 20 ns against 20 ns.
expect '^fence/slower +\+0\.5000 +\+0\.5000 +10 +15 +10 +15$'
expect '^fence/same +\+0\.0000 +\+0\.0000 +20 +20 +20 +20$'
expect '^fence/slower_pvalue +0\.000[0-9] +0\.000[0-9] +U Test'
expect '^fence/same_pvalue +1\.0000 +1\.0000 +U Test'
