/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sorted list under a lock: all of a store but the lock, which the store's file
 * brings by one of lock_*.h.
 */
#ifndef SMMU_LOCKED_LIST_H
#define SMMU_LOCKED_LIST_H

#include <linux/cache.h>

#include "node.h"

struct store_state {
	struct store_lock lock ____cacheline_aligned_in_smp;
	struct list_head list ____cacheline_aligned_in_smp;
};

static int store_init(struct arm_smmu_domain *domain)
{
	struct store_state *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	INIT_LIST_HEAD(&s->list);
	store_lock_init(&s->lock);
	domain->state = s;
	return 0;
}

static void store_destroy(struct arm_smmu_domain *domain)
{
	struct store_state *s = domain->state;

	smmu_nodes_free(&s->list);
	kfree(s);
	domain->state = NULL;
}

static int store_prepare(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct store_state *s = domain->state;

	return smmu_nodes_txn(&s->list, txn);
}

static void store_abort(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	smmu_nodes_txn_end(txn);
}

static void store_install_new(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct store_state *s = domain->state;
	unsigned long flags;

	store_write_lock(&s->lock, &flags);
	smmu_nodes_merge(&s->list, txn, smmu_node_locked);
	store_write_unlock(&s->lock, flags);
	smmu_nodes_txn_end(txn);
}

static void store_unref(struct arm_smmu_domain *domain, struct arm_smmu_invs *to_unref)
{
	struct store_state *s = domain->state;
	struct smmu_node *gone;
	unsigned long flags;

	store_write_lock(&s->lock, &flags);
	smmu_nodes_unref(&s->list, to_unref, &gone, smmu_node_locked);
	store_write_unlock(&s->lock, flags);
	/* Readers hold the lock for as long as they look. */
	smmu_nodes_reap(gone, smmu_node_locked);
}

static void store_purge(struct arm_smmu_domain *domain)
{
	/* Unref leaves no trash. */
}

static size_t store_live(struct arm_smmu_domain *domain, struct arm_smmu_inv *out, size_t max)
{
	struct store_state *s = domain->state;

	return smmu_nodes_live(&s->list, out, max);
}

struct locked_list_cursor {
	struct smmu_node_cursor node;
	struct store_lock *lock;
	unsigned long flags;
};

/* NULL is returned once; behind it the walk touches no entry any more. */
static __always_inline const struct arm_smmu_inv *locked_list_next(void *cursor)
{
	struct locked_list_cursor *c = cursor;
	const struct arm_smmu_inv *inv = smmu_node_next(&c->node);

	if (!inv && STORE_LOCK_DROPPED_EARLY)
		store_read_unlock(c->lock, c->flags);
	return inv;
}

static __always_inline void store_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	struct store_state *s = t->domain->state;
	struct locked_list_cursor c = {
		.node = { .at = &s->list, .head = &s->list },
		.lock = &s->lock,
	};

	store_read_lock(c.lock, &c.flags);
	smmu_walk(p, t, locked_list_next, &c);
	if (!STORE_LOCK_DROPPED_EARLY)
		store_read_unlock(c.lock, c.flags);
}

#define SMMU_STORE_STRATEGIES	0
#include "instances.h"

#endif
