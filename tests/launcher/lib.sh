# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034  # used by those who source it
#
# A project of its own for the launcher: the real launcher, a small tool that
# says what reached it, and a package system that is a few files.
#
#   $tree/installed   what dpkg-query knows
#   $tree/mirror      what apt-get can install
#   $tree/calls       a line for each call of a fake

here=$(dirname "$(readlink -f "$0")")
top=$here/../..
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
fakes=$tree/fakes
bad=0

fake() { cat >"$fakes/$1" && chmod +x "$fakes/$1"; }

# The fakes take their place before the real ones.
make_fakes() {
	mkdir -p "$fakes"
	: >"$tree/calls"
	printf '%s\n' one two >"$tree/installed"
	printf '%s\n' one two three >"$tree/mirror"
	fake dpkg-query <<-END
		#!/bin/sh
		echo "dpkg-query" >>"$tree/calls"
		sed 's/\$/ installed/' "$tree/installed"
	END
	fake apt-get <<-END
		#!/bin/sh
		echo "apt-get \$*" >>"$tree/calls"
		case "\$*" in
		*update*)
			[ -f "$tree/offline" ] || { touch "$tree/updated"; exit 0; }
			echo "E: The mirror does not answer"
			exit 100 ;;
		esac
		[ -f "$tree/stale" ] && ! [ -f "$tree/updated" ] && exit 100
		[ -f "$tree/offline" ] && exit 100
		for word do
			grep -qxF -e "\$word" "$tree/mirror" && echo "\$word" >>"$tree/installed"
		done
		exit 0
	END
	fake apt-cache <<-END
		#!/bin/sh
		echo "apt-cache \$*" >>"$tree/calls"
		[ -f "$tree/stale" ] && ! [ -f "$tree/updated" ] && exit 100
		grep -xF -e "\$2" "$tree/mirror"
	END
	fake sudo <<-END
		#!/bin/sh
		echo "sudo \$*" >>"$tree/calls"
		exec "\$@"
	END
	fake_user 0
}

fake_user() { printf '#!/bin/sh\necho %s\n' "$1" | fake id; }

make_project() {
	mkdir -p "$tree/p/tests/launcher"
	cp "$top/invbench" "$top/CMakePresets.json" "$tree/p"
	cp "$top/tests/launcher/test.sh" "$tree/p/tests/launcher"
	printf 'run one\nrun two\n' \
		>"$tree/p/packages.list"
	echo 'ID=debian' >"$tree/os-release"
	export INVBENCH_OS_RELEASE="$tree/os-release"
	cat >"$tree/p/CMakeLists.txt" <<-'END'
		cmake_minimum_required(VERSION 3.22)
		project(p LANGUAGES C)
		enable_testing()
		add_executable(invbench tool.c)
		add_executable(invbench-worker tool.c)
		add_executable(invbench-probe tool.c)
		add_executable(invbench-worker-probed tool.c)
		add_custom_target(invbench-tests DEPENDS invbench)
		include(${CMAKE_SOURCE_DIR}/tests.cmake OPTIONAL)
	END
	cat >"$tree/p/tool.c" <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>

		int main(int argc, char **argv)
		{
			char dir[4096], line[256];

			printf("pid=%d\ncwd=%s\ntop=%s\n", (int)getpid(),
			       getcwd(dir, sizeof(dir)), getenv("INVBENCH_TOP"));
			for (int i = 1; i < argc; i++)
				printf("arg=<%s>\n", argv[i]);
			while (argc > 1 && !strcmp(argv[1], "cat") &&
			       fgets(line, sizeof(line), stdin))
				printf("in=%s", line);
			fflush(stdout);
			if (argc > 1 && !strcmp(argv[1], "sleep"))
				sleep(60);
			return argc > 2 && !strcmp(argv[1], "exit") ? atoi(argv[2]) : 0;
		}
	END
}

# run [ARG...]: the launcher; leaves $status, $tree/out, $tree/err.
run() {
	PATH="$fakes:$PATH" "$tree/p/invbench" "$@" >"$tree/out" 2>"$tree/err" \
		9>&-
	status=$?
}

wrong() {
	echo "wrong: $*"
	sed 's/^/  out: /' "$tree/out"
	sed 's/^/  err: /' "$tree/err"
	sed 's/^/  call: /' "$tree/calls"
	bad=1
}

want_status() { [ "$status" = "$1" ] || wrong "status $status, not $1"; }
want_out() { grep -qxF -e "$1" "$tree/out" || wrong "no '$1' in its output"; }
want_err() { grep -qF -e "$1" "$tree/err" || wrong "no '$1' in its complaint"; }
want_call() { grep -q -e "$1" "$tree/calls" || wrong "no call of '$1'"; }
want_no_call() { ! grep -q -e "$1" "$tree/calls" || wrong "a call of '$1'"; }
want_calls() {
	n=$(grep -c -e "$2" "$tree/calls")
	[ "$n" = "$1" ] || wrong "$n calls of '$2', not $1"
}
# One clear line: nothing else on either stream.
want_one_line() {
	[ "$(cat "$tree/out" "$tree/err" | wc -l)" = 1 ] || wrong "not one line"
}
