#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Usage: headers.sh CC COMPAT_DIR: every shim compiles alone, and all of them
# in one file for each kind of build.
set -eu

cc=$1
dir=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

warn="-std=gnu11 -D_GNU_SOURCE -fno-strict-aliasing -Wall -Wextra -Werror
 -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes"
failed=0
built=0

# $1: what it is; the rest: a command
try()
{
	what=$1
	shift
	built=$((built + 1))
	"$@" || { echo "$what: doesn't compile"; failed=1; }
}

cd "$dir"
for header in linux/*.h asm/*.h; do
	echo "#include <$header>" >> "$tmp/all.c"
	printf '#include <%s>\nextern int none;\n' "$header" > "$tmp/one.c"
	# shellcheck disable=SC2086 # a list of options
	try "$header" "$cc" $warn -O2 -I. -fsyntax-only "$tmp/one.c"
done
echo 'extern int none;' >> "$tmp/all.c"

for kind in "-O2" "-O2 -DCOMPAT_UP=1" "-O1 -DCOMPAT_DEBUG=1" \
	"-O2 -DCOMPAT_RCU_FLAVOUR=memb" "-O2 -DCOMPAT_RCU_FLAVOUR=mb" \
	"-O1 -fsanitize=address,undefined" "-O1 -fsanitize=thread"; do
	# shellcheck disable=SC2086
	try "all, $kind" "$cc" $warn $kind -I. -c -o "$tmp/all.o" "$tmp/all.c"
done

cross=aarch64-linux-gnu-gcc
if command -v $cross > /dev/null; then
	multiarch=$("$cc" -print-multiarch)
	# shellcheck disable=SC2086
	try "all, arm64" $cross $warn -O2 -I. -isystem cross \
		-idirafter /usr/include -idirafter "/usr/include/$multiarch" \
		-c -o "$tmp/all.o" "$tmp/all.c"
else
	echo "arm64: no $cross, left out"
fi

[ $failed -eq 0 ] || exit 1
echo "headers: $built compilations"
