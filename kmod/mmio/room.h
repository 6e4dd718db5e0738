/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module's main file calls. */
#ifndef MMIO_ROOM_H
#define MMIO_ROOM_H

struct dentry;

/*
 * Before the first cell: takes the SMMUs that are to be the module's. 0 or -errno, with
 * a line, when one that the parameter mmio names can't be had; nothing is left then.
 */
int mmio_init(void);

/* The file that lists them. */
void mmio_list_init(struct dentry *folder);

/* Behind the last cell. */
void mmio_exit(void);

#endif
