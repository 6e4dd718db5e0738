#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# module.sh KERNEL SRCDIR OUTDIR: builds the module of SRCDIR (which has a Kbuild)
# and puts its .ko into OUTDIR, and beside it NAME.ko.debug, a link to the one that
# has its debugging information. Nothing is written to SRCDIR; when neither it nor the
# kernel has changed, nothing is done. A warning is an error.
#
#   KERNEL   a name of guest/kernels.list: by the tools of its root
#            --here: the running kernel, by its headers
#            --kernel PATH, or a PATH with a slash: a kernel tree that was built

set -u
me='module'
# shellcheck source=guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

# Brings the copy up to date; what has not changed keeps its time.
sync_sources() (
	cd "$src" || exit
	find . -type f | LC_ALL=C sort >"$copy/.files.new"
	# a file that has gone would still be there as an object
	if [ -f "$copy/.files" ] &&
		[ -n "$(LC_ALL=C comm -23 "$copy/.files" "$copy/.files.new")" ]; then
		find "$copy" -mindepth 1 -maxdepth 1 ! -name .lock ! -name .files.new \
			-exec rm -rf {} +
	fi
	while read -r f; do
		cmp -s "$f" "$copy/$f" && continue
		mkdir -p "$copy/${f%/*}"
		cp "$f" "$copy/$f" || exit
	done <"$copy/.files.new"
	mv "$copy/.files.new" "$copy/.files"
)

# Of all that the module depends on.
sum() {
	{
		printf '%s\n' "$stamp"
		cksum <"$0"
		cd "$src" && find . -type f | LC_ALL=C sort | xargs -d '\n' cksum
	} | cksum
}

# first PATTERN: the first line of the log with it.
first() { grep -m 1 -i -E "$1" "$log"; }

# Makes it of the copy, and one without debug information, which BTF isn't; what isn't
# clean isn't kept.
build() {
	log=$copy/.log
	if ! make_module >"$log" 2>&1 </dev/null; then
		why=$(first '(error|fatal|undefined|no rule)') || why=$(tail -n 1 "$log")
		die "$what: can't build it, see $log: $why"
	fi
	# For a user's kernel, a compiler that isn't quite its own will do: the kernel
	# refuses at loading what doesn't fit.
	if why=$(grep -i warning "$log" | grep -v 'compiler differs' | head -n 1 | grep .); then
		die "$what: warnings, see $log: $why"
	fi
	rm -rf "$copy/.stripped"
	mkdir "$copy/.stripped"
	for ko in "$copy"/*.ko; do
		strip_debug "${ko##*/}" 2>>"$log" || die "$what: can't strip ${ko##*/}, see $log"
	done
}

# A pinned kernel: in its root, by the compiler that built it.
pinned() {
	kernel "$1"
	"$guest/fetch.sh" "$1" || exit
	what=$name
	in=/src/$(printf '%s' "$src" | cksum | tr ' ' -)
	copy=$at/tools$in
	stamp=$(cat "$at/stamp")
	strip_debug() {
		in_root "$at/tools" "$(triplet "$arch")-strip" --strip-debug \
			-o "$in/.stripped/$1" "$in/$1"
	}
	make_module() {
		in_root "$at/tools" env -i PATH=/usr/sbin:/usr/bin \
			DEB_BUILD_ARCH="$(host_arch)" make -j "$(nproc)" \
			-C "/usr/src/linux-headers-$release-$arch" M="$in" W=1e modules
	}
}

own() {
	tree "$1"
	what=$1
	prefix=$(cross "$arch") || exit
	copy=$cache/modules/$(printf '%s %s' "$tree" "$src" | cksum | tr ' ' -)
	case $copy in
	*[[:space:]:]*) die "no module can be built in '$copy', for its blanks or colons:" \
		"set INVBENCH_CACHE to another folder" ;;
	esac
	stamp="$tree $(cksum <"$tree/.config") $(cksum <"$tree/Module.symvers")"
	strip_debug() {
		"${prefix}strip" --strip-debug -o "$copy/.stripped/$1" "$copy/$1"
	}
	make_module() {
		set --
		[ -z "$prefix" ] || set -- ARCH="$arch" CROSS_COMPILE="$prefix"
		make -j "$(nproc)" -C "$tree" "$@" M="$copy" W=1e modules
	}
}

here() {
	release=$(uname -r)
	headers=/lib/modules/$release/build
	[ -e "$headers/Makefile" ] ||
		die "no headers of the running kernel: install linux-headers-$release," \
			"or name a kernel tree with --kernel PATH"
	own "$headers"
}

how=pinned
case ${1:-} in
--here) how=here ;;
--kernel)
	how=own
	shift
	;;
*/*) how=own ;;
esac
[ $# = 3 ] || die "usage: module.sh KERNEL|--here|--kernel PATH SRCDIR OUTDIR"
src=$(readlink -f "$2")
[ -f "$src/Kbuild" ] || die "no Kbuild in '$2'"
mkdir -p "$3" 2>/dev/null || die "can't write to '$3'"
out=$(readlink -f "$3")
$how "$1"

mkdir -p "$copy" 2>/dev/null || die "can't write to $copy"
lock "$copy/.lock" "builds a module"
# Of sources that nobody has built for a week.
touch "$copy"
find "$(dirname "$copy")" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +
sum=$(sum)
if ! [ -f "$copy/.built" ] || [ "$(cat "$copy/.built")" != "$sum" ]; then
	rm -f "$copy/.built"
	say "building a module for $what"
	sync_sources || die "can't copy $src to $copy"
	build
	printf '%s\n' "$sum" >"$copy/.built"
fi
for ko in "$copy/.stripped"/*.ko; do
	put "$ko" "$out/${ko##*/}"
	ln -sfn "$copy/${ko##*/}" "$out/${ko##*/}.debug" || die "can't write to $out"
done
