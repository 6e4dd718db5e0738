#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# summary.sh CASE: what `invbench test` makes of tests that pass, fail, skip,
# crash, hang or aren't there, over every preset.

set -u
# shellcheck source=tests/launcher/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
make_fakes
make_project

# add NAME SCRIPT: a test that runs a line of sh, with SKIP_RETURN_CODE 77.
add() {
	printf '%s\n' "$2" >"$tree/$1.sh"
	cat >>"$tree/p/tests.cmake" <<-END
		add_test(NAME $1 COMMAND sh $tree/$1.sh)
		set_tests_properties($1 PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 2)
	END
}

want_last() {
	[ "$(tail -n 1 "$tree/out")" = "$1" ] || wrong "its last line is not '$1'"
}

all_pass() {
	add good 'exit 0'
	add better 'echo "0 passed, 9 failed, 9 skipped"'
	run test
	want_status 0
	want_last '8 passed, 0 failed, 0 skipped'
	want_out '100% tests passed, 0 tests failed out of 2'
	for preset in release asan up tsan; do
		[ -f "$tree/p/build/$preset/build.ninja" ] || wrong "no $preset"
	done
}

each_kind() {
	add good 'exit 0'
	add bad 'echo "<skipped message=\"SKIP_RETURN_CODE=77\"/>"; exit 1'
	add crash 'kill -SEGV $$'
	add slow 'sleep 30'
	add skip 'echo "some words"; echo "no \"such\" <thing> & more"; exit 77'
	cat >>"$tree/p/tests.cmake" <<-END
		add_test(NAME absent COMMAND $tree/no-such-program)
		add_test(NAME off COMMAND sh $tree/good.sh)
		set_tests_properties(off PROPERTIES DISABLED TRUE)
	END
	run test --preset release
	want_status 1
	want_last '1 passed, 5 failed, 1 skipped'
	want_out 'skipped (release): skip: no "such" <thing> & more'
	run test --preset release --preset up -R 'good|skip'
	want_status 0
	want_last '2 passed, 0 failed, 2 skipped'
}

none_ran() {
	add skip 'exit 77'
	run test --preset release
	want_status 1
	want_last '0 passed, 0 failed, 1 skipped'
	want_out 'skipped (release): skip: no reason given'
	run test --preset release -R nothing-has-this-name
	want_status 1
	want_last '0 passed, 0 failed, 0 skipped'
}

bad_options() {
	for words in '--presets release' '--preset debug' '-j 0' '-j two' '-R' \
		'release'; do
		# shellcheck disable=SC2086  # words
		run test $words
		want_status 2
		want_one_line
	done
}

build_fails() {
	add good 'exit 0'
	echo 'int main(void) { return this_is_wrong; }' >"$tree/p/tool.c"
	run test
	want_status 2
	want_err 'this_is_wrong'
	! grep -q passed "$tree/out" || wrong "counts tests of a build that failed"
}

case ${1:-} in
all_pass | each_kind | none_ran | bad_options | build_fails) "$1" ;;
*)
	echo "no case '${1:-}'"
	bad=1
	;;
esac
exit $bad
