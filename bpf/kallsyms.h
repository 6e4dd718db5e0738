/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's functions by address. */
#ifndef BPF_KALLSYMS_H
#define BPF_KALLSYMS_H

#include <asm/types.h>
#include <stdbool.h>

struct kallsyms;

/* Empty; NULL without memory. */
struct kallsyms *kallsyms_new(void);
void kallsyms_free(struct kallsyms *k);

/**
 * kallsyms_update() - read them, if modules came or went since the last time
 *
 * Symbols of modules that have gone are kept, for addresses that were seen in them.
 *
 * Return: 0; -EPERM where the kernel hides addresses; other -errno.
 */
int kallsyms_update(struct kallsyms *k);

/*
 * kallsyms_find() - the function that an address lies in
 * @module: set; "" of the kernel's own
 * @offset: set to how far behind its start
 *
 * Return: its name; NULL: none is before it.
 */
const char *kallsyms_find(const struct kallsyms *k, __u64 address,
			  const char **module, __u64 *offset);

#endif
