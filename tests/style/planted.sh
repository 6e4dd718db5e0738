#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# planted.sh CHECK: that the check passes a clean tree and fails, by name, on
# each violation planted into it. Exit 77 when the check can't run here.

set -u

check=${1:?planted.sh CHECK}
here=$(dirname "$(readlink -f "$0")")
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
id='SPDX-License-Identifier: GPL-2.0-or-later'
export INVBENCH_BUILD="$tree/build"
bad=0

# put FILE: standard input, as a tracked file.
put() {
	mkdir -p "$tree/$(dirname "$1")"
	cat >"$tree/$1"
	git -C "$tree" add "$1"
}

put_c() { { echo "// $id"; cat; } | put "$1"; }

# The commands of a build with the subject's one file.
put_build() {
	mkdir -p "$INVBENCH_BUILD"
	printf '[{ "directory": "%s", "file": "%s", "command": "%s" }]\n' "$tree" \
		"$tree/kmod/smmu/a.c" "cc -I $tree -o a.o -c $tree/kmod/smmu/a.c" \
		>"$INVBENCH_BUILD/compile_commands.json"
}

clean() {
	rm -rf "$tree" && mkdir "$tree" && git -C "$tree" init -q
	cp "$here/../../.clang-format" "$tree"
	git -C "$tree" add .clang-format
	printf 'int f(int a)\n{\n\treturn a;\n}\n' | put_c kmod/smmu/a.c
	printf '/* %s */\n#include <linux/types.h>\n' "$id" | put kmod/smmu/a.h
	printf '#include <benchmark/benchmark.h>\n' | put_c bench/gbench/a.cc
	printf '#!/bin/sh\n# %s\necho\n' "$id" | put run
	put_build
}

# expect STATUS FILE: what check.sh says of the tree, and of which file.
expect() {
	said=$("$here/check.sh" "$check" "$tree" 2>&1)
	status=$?
	if [ "$status" = 77 ]; then
		echo "$said"
		exit 77
	fi
	if [ "$status" != "$1" ] || { [ -n "$2" ] && ! echo "$said" | grep -q "$2:[0-9]"; }
	then
		echo "$check: wanted status $1 ${2:+and $2:line, }had $status: $said"
		bad=1
	fi
}

# planted FILE: fails on what was put there; the tree is clean again after.
planted() {
	expect 1 "$1"
	clean
}

clean
expect 0 ''
case $check in
spdx)
	echo 'int a;' | put bench/b.c; planted bench/b.c
	echo 'echo' | put b.sh; planted b.sh
	echo "/* $id */" | put b.c; planted b.c
	echo "// SPDX-License-Identifier: MIT" | put c.c; planted c.c
	echo '# words' | put docs/b.md; planted docs/b.md
	;;
length)
	yes '//' | head -n 700 | put_c b.c; planted b.c
	;;
paths)
	for dir in tmp root work home; do
		printf '# %s\ncat /%s/somebody\n' "$id" "$dir" | put b.sh
		planted b.sh
	done
	;;
language)
	echo 'class b;' | put_c bench/stats/b.cc; planted bench/stats/b.cc
	echo 'class b;' | put_c kmod/b.hpp; planted kmod/b.hpp
	;;
include)
	echo '#include <stdio.h>' | put_c kmod/smmu/b.c; planted kmod/smmu/b.c
	echo '#ifdef __KERNEL__' | put_c kmod/smmu/b.c; planted kmod/smmu/b.c
	echo '#include "../../bench/plan/plan.h"' | put_c kmod/smmu/b.c
	echo '' | put_c bench/plan/plan.h; planted kmod/smmu/b.c
	echo '#include "plan.h"' | put_c bench/gbench/b.c
	echo '' | put_c bench/plan/plan.h; planted bench/gbench/b.c
	echo '#include "cmd/cmd.h"' | put_c bench/stats/b.c
	echo '' | put_c bench/cmd/cmd.h; planted bench/stats/b.c
	for header in gsl/gsl_rng.h ini.h jansson.h benchmark/benchmark.h; do
		echo "#include <$header>" | put_c bench/worker/b.c
		planted bench/worker/b.c
	done
	;;
format)
	printf 'int f(int a)\n{\n    return a;\n}\n' | put_c b.c; planted b.c
	printf 'int f(int  *a) {\n\treturn *a;\n}\n' | put_c b.c; planted b.c
	printf 'int  *f( int *a);\n' | put_c bench/gbench/b.cc
	planted bench/gbench/b.cc
	# Columns lined up by hand are the author's.
	printf 'enum a {\n\tB,\t\t/* b */\n\tCCCC,\t\t/* c */\n};\n' | put_c b.c
	expect 0 ''
	;;
shellcheck)
	# shellcheck disable=SC2016  # the planted script's own
	printf '#!/bin/sh\n# %s\nrm $1\n' "$id" | put b; planted b
	# shellcheck disable=SC2016
	printf '#!/bin/bash\n# %s\ncd $1\n' "$id" | put b.sh; planted b.sh
	;;
checkpatch)
	printf 'int f(int a)\n{\n\tif (a) {\n\t\treturn 1;\n\t}\n\treturn 0;\n}\n' |
		put_c bench/b.c
	planted bench/b.c
	printf 'void f(void)\n{\n\tsmp_mb();\n}\n' | put_c kmod/smmu/b.c
	planted kmod/smmu/b.c
	;;
sparse)
	printf 'int *f(void)\n{\n\treturn 0;\n}\n' | put_c kmod/smmu/a.c
	planted kmod/smmu/a.c
	printf 'int f(int __attribute__((noderef)) *a)\n{\n\treturn *a;\n}\n' |
		put_c kmod/smmu/a.c
	planted kmod/smmu/a.c
	rm "$INVBENCH_BUILD/compile_commands.json"
	expect 1 ''
	;;
*)
	echo "no violation is known for '$check'"
	bad=1
	;;
esac
exit $bad
