/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sorted array under a lock: all of a store but the lock, which the store's file
 * brings by one of lock_*.h.
 */
#ifndef SMMU_LOCKED_ARRAY_H
#define SMMU_LOCKED_ARRAY_H

#include <linux/cache.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "stores.h"

struct store_state {
	struct store_lock lock ____cacheline_aligned_in_smp;
	struct arm_smmu_invs *invs ____cacheline_aligned_in_smp;
};

static int store_init(struct arm_smmu_domain *domain)
{
	struct store_state *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	s->invs = arm_smmu_invs_alloc(0);
	if (!s->invs) {
		kfree(s);
		return -ENOMEM;
	}
	store_lock_init(&s->lock);
	domain->state = s;
	return 0;
}

static void store_destroy(struct arm_smmu_domain *domain)
{
	struct store_state *s = domain->state;

	kfree(s->invs);
	kfree(s);
	domain->state = NULL;
}

/* Readers hold the lock for as long as they look: the old array has none left. */
static void replace(struct store_state *s, struct arm_smmu_invs *invs)
{
	struct arm_smmu_invs *old = s->invs;
	unsigned long flags;

	store_write_lock(&s->lock, &flags);
	s->invs = invs;
	store_write_unlock(&s->lock, flags);
	kfree(old);
}

static int store_prepare(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct store_state *s = domain->state;
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(s->invs, txn->to_merge);

	if (IS_ERR(merged))
		return PTR_ERR(merged);
	txn->prepared = merged;
	return 0;
}

static void store_abort(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	kfree(txn->prepared);
}

static void store_install_new(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	replace(domain->state, txn->prepared);
}

static void store_unref(struct arm_smmu_domain *domain, struct arm_smmu_invs *to_unref)
{
	struct store_state *s = domain->state;
	unsigned long flags;

	store_write_lock(&s->lock, &flags);
	arm_smmu_invs_unref(s->invs, to_unref);
	store_write_unlock(&s->lock, flags);
}

static void store_purge(struct arm_smmu_domain *domain)
{
	struct store_state *s = domain->state;
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(s->invs);

	if (purged)
		replace(s, purged);
}

static size_t store_live(struct arm_smmu_domain *domain, struct arm_smmu_inv *out, size_t max)
{
	struct store_state *s = domain->state;

	return smmu_invs_live(s->invs, out, max);
}

struct locked_array_cursor {
	struct smmu_array_cursor array;
	struct store_lock *lock;
	unsigned long flags;
};

/* NULL is returned once; behind it the walk touches no entry any more. */
static __always_inline const struct arm_smmu_inv *locked_array_next(void *cursor)
{
	struct locked_array_cursor *c = cursor;
	const struct arm_smmu_inv *inv = smmu_array_next(&c->array);

	if (!inv && STORE_LOCK_DROPPED_EARLY)
		store_read_unlock(c->lock, c->flags);
	return inv;
}

static __always_inline void store_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	struct store_state *s = t->domain->state;
	struct locked_array_cursor c = { .lock = &s->lock };

	store_read_lock(c.lock, &c.flags);
	c.array.next = s->invs->inv;
	c.array.end = c.array.next + s->invs->num_invs;
	smmu_walk(p, t, locked_array_next, &c);
	if (!STORE_LOCK_DROPPED_EARLY)
		store_read_unlock(c.lock, c.flags);
}

#define SMMU_STORE_STRATEGIES	0
#include "instances.h"

#endif
