# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034  # used by those who source it
#
# Runs the guest's scripts; their cache is the user's, so that what is fetched already
# isn't fetched again, unless a case makes its own.

here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$(dirname "$here")")
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
trap 'exit 1' INT TERM
bad=0

own_cache() { export INVBENCH_CACHE="$tree/cache"; }

# fake NAME: the program on standard input, before the real one.
fake() {
	mkdir -p "$tree/fakes"
	cat >"$tree/fakes/$1" && chmod +x "$tree/fakes/$1"
}

# run SCRIPT [ARG...]: leaves $status, $tree/out, $tree/err.
run() {
	script=$1
	shift
	PATH="$tree/fakes:$PATH" "$scripts/$script" "$@" >"$tree/out" 2>"$tree/err" \
		</dev/null
	status=$?
}
scripts=$top/guest

wrong() {
	echo "wrong: $*"
	sed 's/^/  out: /' "$tree/out"
	sed 's/^/  err: /' "$tree/err"
	bad=1
}

want_status() { [ "$status" = "$1" ] || wrong "status $status, not $1"; }
want_err() { grep -qF -e "$1" "$tree/err" || wrong "no '$1' in its complaint"; }
# refused WORD...: exit 2; the last line, and no other but of progress, has the words.
refused() {
	want_status 2
	n=$(grep -c -v -e ': fetching ' -e ': building ' -e ': waiting ' "$tree/err")
	[ "$n" = 1 ] || wrong "not one line"
	for word in "$@"; do
		tail -n 1 "$tree/err" | grep -qF -e "$word" || wrong "no '$word'"
	done
}

# needs KERNEL: it in the cache; skips where there is no way to it.
needs() {
	run fetch.sh "$1"
	[ "$status" = 0 ] && return
	if grep -q "mirror doesn't answer" "$tree/err"; then
		tail -n 1 "$tree/err"
		exit 77
	fi
	want_status 0
	exit 1
}
