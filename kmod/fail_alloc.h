/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocations that fail on demand, for tests: kernels are rarely built with
 * CONFIG_FAILSLAB. None is made in a timed loop but that of attach, which pays a load.
 */
#ifndef FAIL_ALLOC_H
#define FAIL_ALLOC_H

#include <linux/compiler.h>
#include <linux/types.h>

struct dentry;

extern long fail_alloc_nth; /* 0: none fails */

bool fail_alloc_count(void);

/* Is this the allocation that is to fail? Context: any. */
static __always_inline bool fail_alloc(void)
{
	return unlikely(READ_ONCE(fail_alloc_nth)) && fail_alloc_count();
}

/* debugfs' fail_alloc: write N to fail the Nth allocation from there on; reads what is left. */
void fail_alloc_init(struct dentry *folder);

#endif
