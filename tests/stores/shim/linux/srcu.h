/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _TESTS_STORES_SRCU_H_
#define _TESTS_STORES_SRCU_H_

/*
 * Enough of SRCU to run srcu-array in its tests: one domain, which is RCU itself. It
 * shows nothing about SRCU's cost or order.
 */
#include <linux/rcupdate.h>

struct srcu_struct {
	int unused;
};

static inline int init_srcu_struct(struct srcu_struct *s)
{
	s->unused = 0;
	return 0;
}

static inline void cleanup_srcu_struct(struct srcu_struct *s)
{
	(void)s;
}

static __always_inline int srcu_read_lock(struct srcu_struct *s)
{
	(void)s;
	rcu_read_lock();
	return 0;
}

static __always_inline void srcu_read_unlock(struct srcu_struct *s, int idx)
{
	(void)s;
	(void)idx;
	rcu_read_unlock();
}

static inline void call_srcu(struct srcu_struct *s, struct rcu_head *head, rcu_callback_t func)
{
	(void)s;
	call_rcu(head, func);
}

static inline void srcu_barrier(struct srcu_struct *s)
{
	(void)s;
	rcu_barrier();
}

#endif
