// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sorted list whose readers are under RCU. What detach owes to ATS, that no
 * ATC_INV is in flight once it has returned, takes a lock as in rcu-array: round the
 * ATS entries, from the first one that a walk meets.
 */
#include <linux/cache.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>

#include "node.h"

#define SMMU_STORE		rcu_list
#define SMMU_STORE_STRATEGIES	1

/* What recheck compares is how often something was published. */
struct store_state {
	struct list_head list ____cacheline_aligned_in_smp;
	unsigned long published;
	rwlock_t ats_lock ____cacheline_aligned_in_smp;
};

static void node_free(struct smmu_node *node)
{
	kfree_rcu(node, rcu);
}

static const struct smmu_node_ops node_rcu = {
	.add_tail = list_add_tail_rcu,
	.del = list_del_rcu,
	.free = node_free,
};

static int store_init(struct arm_smmu_domain *domain)
{
	struct store_state *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	INIT_LIST_HEAD_RCU(&s->list);
	rwlock_init(&s->ats_lock);
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

	smmu_nodes_merge(&s->list, txn, node_rcu);
	/* Pairs with the load-acquire of recheck: who sees the count sees the nodes. */
	smp_store_release(&s->published, s->published + 1);
	smmu_nodes_txn_end(txn);
}

static void store_unref(struct arm_smmu_domain *domain, struct arm_smmu_invs *to_unref)
{
	struct store_state *s = domain->state;
	struct smmu_node *gone;
	unsigned long flags;

	smmu_nodes_unref(&s->list, to_unref, &gone, node_rcu);
	/*
	 * Pairs with the read_lock_irqsave() in rcu_list_next(): waits for the ATC_INVs
	 * of those who saw the users that unref took away.
	 */
	write_lock_irqsave(&s->ats_lock, flags);
	write_unlock_irqrestore(&s->ats_lock, flags);
	smmu_nodes_reap(gone, node_rcu);
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

struct rcu_list_cursor {
	struct list_head *at, *head;
	rwlock_t *ats_lock;
	bool locked;
	unsigned long flags;
};

static __always_inline const struct arm_smmu_inv *rcu_list_next(void *cursor)
{
	struct rcu_list_cursor *c = cursor;

	for (;;) {
		struct smmu_node *node;

		/* Pairs with rcu_assign_pointer() in list_add_tail_rcu(). */
		c->at = rcu_dereference_raw(c->at->next);
		if (c->at == c->head)
			return NULL;

		node = list_entry(c->at, struct smmu_node, list);
		if (unlikely(!c->locked && arm_smmu_inv_is_ats(&node->inv))) {
			/* Pairs with the write_lock_irqsave() in store_unref(). */
			read_lock_irqsave(c->ats_lock, c->flags);
			c->locked = true;
		}
		/* Taken out, but still on our way: trash. */
		if (likely(READ_ONCE(node->inv.users)))
			return &node->inv;
	}
}

static __always_inline void store_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	const struct smmu_strategy_row *strategy = &smmu_strategies[p.strategy];
	struct store_state *s = t->domain->state;
	unsigned long published = 0, again;

	/*
	 * The IOPTE stores before, the load of list.next after it. Pairs as the one in
	 * rcu_array_inv_range().
	 */
	smmu_fence(strategy->reader);

	rcu_read_lock();
	if (strategy->reader == SMMU_FENCE_LOAD_ACQUIRE ||
	    strategy->post == SMMU_POST_RECHECK)
		/* Pairs with the store-release of the IOPTE, which it can't pass. */
		published = smp_load_acquire(&s->published);
	for (;;) {
		struct rcu_list_cursor c = {
			.at = &s->list,
			.head = &s->list,
			.ats_lock = &s->ats_lock,
		};
		struct smmu_submission done = smmu_walk(p, t, rcu_list_next, &c);

		if (c.locked)
			read_unlock_irqrestore(c.ats_lock, c.flags);
		if (strategy->post != SMMU_POST_RECHECK)
			break;
		/* As in array_inv_range(), which says why. */
		if (done.syncs && !done.err)
			/* Pairs with the store-release in store_install_new(). */
			smp_rmb();
		else
			/* Pairs with the entry fence: no CMD_SYNC came between. */
			smp_mb();
		/* Pairs with the store-release in store_install_new(). */
		again = smp_load_acquire(&s->published);
		if (likely(again == published))
			break;
		published = again;
		t->repeats++;
	}
	rcu_read_unlock();
}

#include "instances.h"
