/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Launches in a guest: the module loaded afresh, and driven over the guest's port. */
#ifndef CMD_GUEST_LAUNCH_H
#define CMD_GUEST_LAUNCH_H

#include <stdio.h>

#include "client.h"
#include "guest.h"

/* QEMU's device that the stock driver's cells are given, and where it sits. */
#define GUEST_SPARE_DEVICE "edu,addr=0x1e"
#define GUEST_SPARE	   "0000:00:1e.0"

/**
 * struct guest_launch - one launch, and the streams that it goes over
 * @guest: where; set it first
 * @launch: as of launch_start()
 * @wrap: as of struct backend_options; NULL: none
 * @to: streams
 * @from: likewise
 */
struct guest_launch {
	struct guest *guest;
	struct launch *launch;
	const char *const *wrap;
	FILE *to, *from;
};

/**
 * guest_launch_start() - load the module, and begin with a group
 * @l: its guest executes nothing
 * @threads: of the group
 * @params: of the module; NULL: none
 * @err: on failure, a line
 *
 * Return: 0, or -1 with nothing left behind.
 */
int guest_launch_start(struct guest_launch *l, unsigned int threads,
		       const char *params, struct subject_error *err);

/**
 * guest_launch_stop() - end it, and unload the module
 *
 * Return: 0; or with a line in @err -ENOTRECOVERABLE where the kernel's log has a finding,
 * -EPIPE where the guest or the relay ended before their time.
 */
int guest_launch_stop(struct guest_launch *l, struct subject_error *err);

#endif
