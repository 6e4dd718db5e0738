#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check.sh CHECK [TOP]: one style check over the tracked files of TOP (this
# project). Prints file:line: what is wrong; exit 0 clean, 1 not, 77 can't tell.
#
#   spdx        the licence on the first lines, in the form of the kind of file
#   length      no file over 700 lines
#   paths       no path of somebody's machine
#   language    C++ in bench/gbench only
#   include     arrows of inclusion point down (include.pl)
#   format      .clang-format (format.pl)
#   checkpatch  the kernel's own judge, on C; shellcheck, the one on scripts
#   sparse      the subject, as release compiles it (sparse.pl; needs
#               INVBENCH_BUILD, a build folder)

set -u

check=${1:?check.sh CHECK [TOP]}
here=$(dirname "$(readlink -f "$0")")
top=${2:-$here/../..}
cd "$top" || exit 1
max_lines=700

skip() { echo "$*"; exit 77; }
have() { command -v "$1" >/dev/null || skip "no $1"; }

# tracked [PATTERN...]: files of the project; a clone of another user's is fine.
tracked() {
	git -c safe.directory='*' ls-files -- "$@" | while IFS= read -r f; do
		[ -f "$f" ] && printf '%s\n' "$f"
	done
}

# written: what people write, not what runs leave or licences say.
written() {
	tracked ':!COPYING' ':!results' ':!*.svg' ':!*.png'
}

c_files() { tracked '*.c' '*.h'; }

scripts() {
	tracked | while IFS= read -r f; do
		case $f in
		*.sh) echo "$f" ;;
		*.*) ;;
		*) head -n 1 "$f" | grep -qE '^#!.*\b(ba|da)?sh$' && echo "$f" ;;
		esac
	done
}

spdx() {
	id='SPDX-License-Identifier: GPL-2.0-or-later'
	written | while IFS= read -r f; do
		case $f in
		*.json) continue ;;
		*.c | *.cc | *.js) want="// $id" ;;
		*.h | *.def | *.css) want="/* $id */" ;;
		*.md) want="<!-- $id -->" ;;
		*) want="# $id" ;;
		esac
		sed -n '1,2p' "$f" | grep -qxF -- "$want" ||
			echo "$f:1: wants '$want' on its first lines"
	done
}

length() {
	written | while IFS= read -r f; do
		n=$(wc -l <"$f")
		[ "$n" -le $max_lines ] ||
			echo "$f:$n: over $max_lines lines; does it hold two purposes?"
	done
}

paths() {
	written | while IFS= read -r f; do
		grep -HnIE '/(tmp|root|work|home|farm|Users)/[A-Za-z]' "$f"
	done | grep -vE 'mktemp|TMPDIR'
}

language() {
	tracked '*.cc' '*.cpp' '*.cxx' '*.C' '*.hh' '*.hpp' | grep -v '^bench/gbench/' |
		sed 's/$/:1: C++ outside bench\/gbench/'
}

include() { c_files | perl "$here/include.pl"; }

format() {
	have clang-format
	case $(clang-format --version) in
	*'version 14.'*) ;;
	*) skip "not clang-format 14 (Debian 12): others pack lists otherwise" ;;
	esac
	tracked '*.c' '*.h' '*.cc' | xargs -r perl "$here/format.pl"
}

shell() {
	have shellcheck
	scripts | xargs -r shellcheck -f gcc
}

checkpatch() {
	pl=$("$here/checkpatch.sh") || skip "$pl"
	c_files | xargs -r perl "$pl" --no-tree --strict --terse --no-summary \
		--show-types --max-line-length=100 --ignore CAMELCASE -f |
		perl "$here/allowed.pl" "$here/checkpatch.allow"
}

sparse() {
	have sparse
	perl "$here/sparse.pl" "${INVBENCH_BUILD:?the build folder}"
}

case $check in
spdx | length | paths | language | include | format | checkpatch | sparse) ;;
shellcheck) check=shell ;;
*)
	echo "no check '$check'"
	exit 2
	;;
esac

have git
git -c safe.directory='*' rev-parse --git-dir >/dev/null 2>&1 ||
	skip "no git checkout, so no list of files"

# Whatever is said is a finding, a tool's own complaint too.
said=$($check 2>&1)
status=$?
[ -z "$said" ] || printf '%s\n' "$said"
[ "$status" != 77 ] || exit 77
[ -z "$said" ]
