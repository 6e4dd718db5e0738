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

/* Before anything else: 0, or -EPERM where the kernel hides addresses. */
int kallsyms_check(void);

/*
 * Where modules are now; quick when none has come or gone. Those that have gone by the
 * time of kallsyms_read() are still known by their place. 0 or -ENOMEM.
 */
int kallsyms_watch(struct kallsyms *k);

/* All symbols, once. Takes seconds where it is emulated. 0 or -errno. */
int kallsyms_read(struct kallsyms *k);

/**
 * struct kallsyms_place - what an address is
 * @name: of the function; NULL: not known
 * @module: that it is of; NULL: the kernel itself, or nobody's
 * @offset: from the start of the module's .text
 * @has_offset: whether that is known
 */
struct kallsyms_place {
	const char *name, *module;
	__u64 offset;
	bool has_offset;
};

void kallsyms_find(const struct kallsyms *k, __u64 address, struct kallsyms_place *p);

#endif
