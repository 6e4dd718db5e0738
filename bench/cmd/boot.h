/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest with our worker and module: what it takes is fetched and built. */
#ifndef CMD_BOOT_H
#define CMD_BOOT_H

#include "guest.h"
#include "plan.h"

/**
 * struct boot - a guest that is wanted; zero what doesn't matter
 * @kernel: a name of guest/kernels.list, "slim" (guest/slim.sh), or a path (with a slash)
 *	of a kernel tree; NULL: the list's first
 * @bare: without worker and module
 * @probe: with bin/invbench-probe
 * @extras: with the programs of guest/extras.sh, for "chroot /extras"
 * @own_smmu: its SMMU is the module's, for device=mmio (guest/dtb.sh): the stock driver
 *	has none
 * @initramfs: more arguments of guest/initramfs.sh ("--load", "nvme", "FILE=PLACE"), NULL
 *	after the last; NULL: none
 * @debug: NULL, or room for PATH_MAX: set to invbench.ko with its debugging information, or
 *	"" where there is none
 * @guest: the rest; arch, image and initrd are filled in
 */
struct boot {
	const char *kernel;
	bool bare, probe, extras, own_smmu;
	const char *const *initramfs;
	char *debug;
	struct guest_options guest;
};

/**
 * boot_guest() - fetch, build, boot
 *
 * In it are bin/invbench-relay and modules/invbench.ko, which is
 * not loaded, and bin/invbench-probe with @probe. Busybox's commands are in bin.
 *
 * Return: as guest_boot(): the guest, or NULL with a line in @err.
 */
struct guest *boot_guest(const struct boot *b, struct plan_error *err);

/* Whether a guest of this kernel (as in struct boot) has an SMMU. */
bool boot_has_smmu(const char *kernel);

/* Whether it would be emulated here. */
bool boot_emulated(const char *kernel);

/* As guest_shell(). */
int boot_shell(const struct boot *b, struct plan_error *err);

#endif
