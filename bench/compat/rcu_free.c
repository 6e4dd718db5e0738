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

#define X8(F, n) \
	F(n##0) F(n##1) F(n##2) F(n##3) F(n##4) F(n##5) F(n##6) F(n##7)
#define X64(F) X8(F, 0) X8(F, 01) X8(F, 02) X8(F, 03) X8(F, 04) X8(F, 05) X8(F, 06) X8(F, 07)

/* @n counts words, in octal. */
#define FREE_AT(n)							\
static void free_at_##n(struct rcu_head *head)				\
{									\
	kfree((char *)head - (n) * sizeof(void *));			\
}
X64(FREE_AT)

#define NAME(n) free_at_##n,
static const compat_free_fn free_at[] = { X64(NAME) };

static_assert(ARRAY_SIZE(free_at) * sizeof(void *) == COMPAT_KFREE_RCU_MAX);

compat_free_fn compat_free_at(size_t offset)
{
	BUG_ON(offset % sizeof(void *) || offset >= COMPAT_KFREE_RCU_MAX);
	return free_at[offset / sizeof(void *)];
}
