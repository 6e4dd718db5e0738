#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# module.sh CASE: a small module, built for a pinned kernel; and what can't be built.

set -u
# shellcheck source=tests/guest/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
kernel=arm64-7.3

# A module of two files, with its own warnings if that is wanted.
make_source() {
	mkdir -p "$tree/src/sub"
	printf '%s\n' 'obj-m := planted.o' 'planted-y := main.o sub/part.o' >"$tree/src/Kbuild"
	cat >"$tree/src/main.c" <<-'END'
		// SPDX-License-Identifier: GPL-2.0-or-later
		#include <linux/module.h>
		#include "sub/part.h"

		static int __init planted_init(void)
		{
			return planted_part();
		}

		static void __exit planted_exit(void)
		{
		}

		module_init(planted_init);
		module_exit(planted_exit);
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("a test of guest/module.sh");
	END
	echo 'int planted_part(void);' >"$tree/src/sub/part.h"
	printf '%s\n' '#include "part.h"' 'int planted_part(void) { return 0; }' \
		>"$tree/src/sub/part.c"
}

built() { grep -q ': building a module for' "$tree/err"; }

builds() {
	needs "$kernel"
	make_source
	before=$(find "$tree/src" | sort)
	run module.sh "$kernel" "$tree/src" "$tree/out dir"
	want_status 0
	built || wrong "doesn't say what takes its time"
	readelf -SW "$tree/out dir/planted.ko" >"$tree/out"
	grep -q ' \.BTF ' "$tree/out" || wrong "no BTF"
	! grep -q debug_info "$tree/out" || wrong "debug information"
	[ "$(find "$tree/src" | sort)" = "$before" ] || wrong "wrote into the sources"

	run module.sh "$kernel" "$tree/src" "$tree/out dir"
	want_status 0
	! built || wrong "builds what has not changed"
	run module.sh "$kernel" "$tree/src" "$tree/another"
	! built || wrong "builds for another folder what it has"
	cmp "$tree/out dir/planted.ko" "$tree/another/planted.ko" || bad=1

	# a header, in a folder of its own
	echo '#define PLANTED 1' >>"$tree/src/sub/part.h"
	run module.sh "$kernel" "$tree/src" "$tree/another"
	want_status 0
	built || wrong "a header has changed"
	# a file that has gone
	printf '%s\n' 'obj-m := planted.o' 'planted-y := main.o part.o' >"$tree/src/Kbuild"
	mv "$tree/src/sub/part.c" "$tree/src/part.c"
	sed -i 's,part.h,sub/part.h,' "$tree/src/part.c"
	run module.sh "$kernel" "$tree/src" "$tree/another"
	want_status 0
	printf '%s\n' 'obj-m := planted.o' 'planted-y := main.o sub/part.o' >"$tree/src/Kbuild"
	run module.sh "$kernel" "$tree/src" "$tree/another"
	refused 'sub/part'
}

# Each of these is a line, and leaves no module.
fails() {
	needs "$kernel"
	make_source
	echo 'int planted_part(void) { int unused; return 0; }' >"$tree/src/sub/part.c"
	run module.sh "$kernel" "$tree/src" "$tree/out dir"
	refused "$kernel" 'planted_part' '.log'
	printf '%s\n' '#include "part.h"' 'int planted_part(void) { return nowhere(); }' \
		>"$tree/src/sub/part.c"
	run module.sh "$kernel" "$tree/src" "$tree/out dir"
	refused nowhere
	# what only linking finds
	printf '%s\n' '#include "part.h"' 'int nowhere(void);' \
		'int planted_part(void) { return nowhere(); }' >"$tree/src/sub/part.c"
	run module.sh "$kernel" "$tree/src" "$tree/out dir"
	refused nowhere undefined
	# what the kernel only warns of
	make_source
	sed -i '/DESCRIPTION/d' "$tree/src/main.c"
	run module.sh "$kernel" "$tree/src" "$tree/out dir"
	refused warning MODULE_DESCRIPTION
	[ -z "$(find "$tree/out dir" -name '*.ko')" ] || wrong "a module of bad sources"
	make_source
	run module.sh "$kernel" "$tree/src" "$tree/out dir"
	want_status 0
}

# @tree: one that looks as if it were built, with the options given
fake_tree() {
	mkdir -p "$tree/linux"
	: >"$tree/linux/Makefile"
	: >"$tree/linux/Module.symvers"
	printf 'CONFIG_%s=y\n' "$@" >"$tree/linux/.config"
}

refusals() {
	make_source
	run module.sh "$kernel" "$tree/nowhere" "$tree/out dir"
	refused 'no Kbuild' nowhere
	run module.sh "$kernel" "$tree/src"
	refused usage
	: >"$tree/file"
	run module.sh "$kernel" "$tree/src" "$tree/file/out"
	refused "can't write"
	# shellcheck disable=SC2016  # the fake's
	printf '#!/bin/sh\n[ "$1" = -r ] && echo 0.0-nobody || echo x86_64\n' | fake uname
	run module.sh --here "$tree/src" "$tree/out dir"
	refused 'install linux-headers-0.0-nobody'
	rm "$tree/fakes/uname"
	run module.sh --kernel "$tree/src" "$tree/src" "$tree/out dir"
	refused "$tree/src" 'no Makefile or no .config'
	fake_tree ARM64
	rm "$tree/linux/Module.symvers"
	run module.sh "$tree/linux" "$tree/src" "$tree/out dir"
	refused 'not built' 'make it first'
	fake_tree M68K
	run module.sh "$tree/linux" "$tree/src" "$tree/out dir"
	refused 'neither arm64 nor x86-64'
	fake_tree ARM64 MODULES PCI
	run prepare.sh --bare "$tree/linux" "$tree/guest"
	refused 'no arch/arm64/boot/Image'
	mkdir -p "$tree/linux/arch/arm64/boot"
	: >"$tree/linux/arch/arm64/boot/Image"
	run prepare.sh --bare "$tree/linux" "$tree/guest"
	refused "can't be a guest" VIRTIO_CONSOLE=y DEBUG_FS=y SERIAL_AMBA_PL011_CONSOLE=y
	! grep -q ' PCI=y' "$tree/err" || wrong "it has PCI"
}

initramfs() {
	needs "$kernel"
	echo data >"$tree/a file"
	run initramfs.sh "$kernel" "$tree/initrd" --load nvme "$tree/a file=etc/" \
		"$tree/a file=/b"
	want_status 0
	cpio -t --quiet <"$tree/initrd" >"$tree/list"
	for f in init bin/busybox bin/sh 'etc/a file' b modules/nvme.ko modules/order; do
		grep -qxF "$f" "$tree/list" || wrong "no $f in it"
	done
	# what nvme needs, before it
	order=$(cd "$tree" && cpio -i --quiet --to-stdout modules/order <initrd | tr '\n' ' ')
	case $order in
	*nvme_core.ko*' nvme.ko ') ;;
	*) wrong "order: $order" ;;
	esac
	left=$(find "$tree" -name 'initrd?*')
	[ -z "$left" ] || wrong "left: $left"
	run initramfs.sh "$kernel" "$tree/initrd" --load nonsense
	refused nonsense
	run initramfs.sh "$kernel" "$tree/initrd" "$tree/nowhere=b"
	refused "can't pack $tree/nowhere"
	run initramfs.sh "$kernel" "$tree/initrd" nonsense
	refused 'not FILE=PLACE' nonsense
}

case ${1:-} in
builds | fails | refusals | initramfs) "$1" ;;
*)
	echo "no case '${1:-}'"
	bad=1
	;;
esac
exit $bad
