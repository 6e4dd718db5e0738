# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154  # build is the launcher's
#
# `invbench test`: sourced by the launcher, whose made(), say() and die() it
# uses. Builds the presets, runs ctest over each, sums up.
#
#   -R, -E, -L REGEX   as ctest has them
#   --preset NAME      only this one; may be given again
#   -j N               tests at a time (all CPUs)

# counts FILE: "passed failed skipped" of a JUnit file by ctest, and a line
# "- name: reason" for each test skipped.
counts() {
	awk '
	function attr(name,  s) {
		if (!match($0, " " name "=\"[^\"]*\""))
			return ""
		s = substr($0, RSTART, RLENGTH)
		sub(/^[^"]*"/, "", s)
		sub(/"$/, "", s)
		return s
	}
	function text(s) {
		gsub(/<[^>]*>/, "", s)
		gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s)
		gsub(/&quot;/, "\"", s); gsub(/&apos;/, "\047", s)
		gsub(/&amp;/, "\\&", s)
		return s
	}
	/<testcase / {
		name = attr("name"); status = attr("status"); out = 0; why = ""
		if (status == "run") passed++
		else if (status == "fail") failed++
	}
	/<skipped / { kind = attr("message") }
	/<system-out>/ { out = 1 }
	out {
		s = text($0)
		if (s ~ /[^ \t]/) why = s
	}
	/<\/system-out>/ { out = 0 }
	/<\/testcase>/ {
		if (status == "notrun" && kind == "SKIP_RETURN_CODE=77") {
			skipped++
			print "- " text(name) ": " (why == "" ? "no reason given" : why)
		} else if (status != "run" && status != "fail") {
			# Not found, or disabled: a test that should have run.
			failed++
		}
		kind = ""
	}
	END { printf "%d %d %d\n", passed, failed, skipped }
	' "$1"
}

run_tests() {
	presets='' jobs=$(nproc)
	n=$#
	while [ "$n" -gt 0 ]; do
		case $1 in
		-R | -E | -L | -j | --preset)
			[ "$n" -gt 1 ] || die "test: $1 wants a value"
			;;
		*) die "test: no option '$1' (-R, -E, -L, -j, --preset)" ;;
		esac
		case $1 in
		--preset)
			case $2 in
			release | asan | tsan | up) presets="$presets $2" ;;
			*) die "test: no preset '$2' (release, asan, tsan, up)" ;;
			esac
			;;
		-j)
			case $2 in
			'' | *[!0-9]* | 0*) die "test: -j '$2' is no count" ;;
			esac
			jobs=$2
			;;
		*) set -- "$@" "$1" "$2" ;;
		esac
		shift 2
		n=$((n - 2))
	done
	[ -n "$presets" ] || presets='release asan up tsan'

	passed=0 failed=0 skipped=0
	scratch=$(mktemp -d "$build/test.XXXXXX") || die "can't write to $build"
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 130' INT TERM
	for p in $presets; do
		# the tool itself is built whole where users have it
		set_of=invbench-tests
		[ "$p" = release ] && set_of='all invbench-tests'
		# shellcheck disable=SC2086 # two targets
		made test "$p" ON $set_of || exit 2
	done
	flock -u 9
	for p in $presets; do
		say "testing $p"
		ctest --test-dir "$build/$p" --output-on-failure \
			--output-junit "$scratch/$p.xml" -j "$jobs" "$@" 9>&-
		[ -f "$scratch/$p.xml" ] || {
			say "ctest left no result for $p"
			failed=$((failed + 1))
			continue
		}
		counts "$scratch/$p.xml" >"$scratch/$p.counts"
		sed -n "s/^- /skipped ($p): /p" "$scratch/$p.counts"
		read -r a b c <<-END
			$(tail -n 1 "$scratch/$p.counts")
		END
		passed=$((passed + a)) failed=$((failed + b)) skipped=$((skipped + c))
	done
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}
