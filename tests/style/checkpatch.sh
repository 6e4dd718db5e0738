#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Prints where checkpatch.pl is. No Debian package holds it but the kernel's
# source as a tar ball, so it is taken out of that, once, into build/cache.
# CHECKPATCH names another one. Exit 1 with the reason when there is none.

set -u

if [ -n "${CHECKPATCH:-}" ]; then
	[ -f "$CHECKPATCH" ] || { echo "no $CHECKPATCH"; exit 1; }
	echo "$CHECKPATCH"
	exit
fi

tar=$(find /usr/src -maxdepth 2 -name 'linux-source-*.tar.*' 2>/dev/null |
	sort -V | tail -n 1)
[ -n "$tar" ] || { echo "no checkpatch.pl: package linux-source is missing"; exit 1; }

cache=$(dirname "$(readlink -f "$0")")/../../build/cache
name=$(basename "$tar" | sed 's/\.tar\..*//')
if ! [ -d "$cache/$name" ]; then
	mkdir -p "$cache" || exit 1
	tmp=$(mktemp -d "$cache/XXXXXX") || exit 1
	# Named in full, so that tar stops when it has them all.
	if ! tar -C "$tmp" -xf "$tar" --occurrence=1 --strip-components=2 \
		"$name/scripts/checkpatch.pl" "$name/scripts/spelling.txt" \
		"$name/scripts/const_structs.checkpatch"
	then
		rm -rf "$tmp"
		echo "no checkpatch.pl in $tar"
		exit 1
	fi
	mv -T "$tmp" "$cache/$name" 2>/dev/null || rm -rf "$tmp"
fi
echo "$cache/$name/checkpatch.pl"
