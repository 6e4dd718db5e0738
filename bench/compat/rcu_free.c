// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kfree_rcu() has an offset to remember, and an rcu_head no room for it next
 * to liburcu's callback: so one callback for each offset.
 */
#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "rcu_free.h"

#define FREE_AT(words)							\
	static void free_at_##words(struct rcu_head *head)		\
	{								\
		kfree((char *)head - (words) * sizeof(void *));		\
	}
#include "rcu_free.def"
#undef FREE_AT

#define FREE_AT(words) free_at_##words,
static const compat_free_fn free_at[] = {
#include "rcu_free.def"
};

#undef FREE_AT

static_assert(ARRAY_SIZE(free_at) * sizeof(void *) == COMPAT_KFREE_RCU_MAX);

compat_free_fn compat_free_at(size_t offset)
{
	BUG_ON(offset % sizeof(void *) || offset >= COMPAT_KFREE_RCU_MAX);
	return free_at[offset / sizeof(void *)];
}
