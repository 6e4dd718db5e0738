// SPDX-License-Identifier: GPL-2.0-or-later
/* rcu-array (qsbr), with one thing wrong in each. */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "busted.h"

static const struct smmu_path a_path = {
	.strategy = SMMU_STRATEGY_MERGED,
	.queue = SMMU_QUEUE_NONE,
	.device = SMMU_DEVICE_NULL,
	.variant = SMMU_VARIANT_FAITHFUL,
};

static struct smmu_store_ops last, late, early_free;

static const struct smmu_store_ops *right(void)
{
	return smmu_store_find(SMMU_STORE_ID_rcu_array, "qsbr", 0);
}

/* ---- busted-last ------------------------------------------------------ */

static void last_unmap(struct smmu_thread *t, unsigned long n)
{
	for (; n; n--) {
		struct arm_smmu_invs *invs;
		size_t num;

		smmu_pte_clear(a_path, t);
		rcu_read_lock();
		invs = rcu_dereference(t->domain->invs);
		num = READ_ONCE(invs->num_invs);
		if (num)
			smmu_inv_array_walk(a_path, t, invs->inv, num - 1);
		rcu_read_unlock();
	}
}

static smmu_unmap_fn last_find(const struct smmu_path *path)
{
	(void)path;
	return last_unmap;
}

const struct smmu_store_ops *busted_last(void)
{
	last = *right();
	last.name = "busted-last";
	last.unmap = last_find;
	return &last;
}

/* ---- busted-late ------------------------------------------------------ */

static struct smmu_store_txn pending;

static void late_flush(struct arm_smmu_domain *domain)
{
	if (pending.prepared)
		right()->install_new(domain, &pending);
	pending.prepared = NULL;
}

static void late_install_new(struct arm_smmu_domain *domain,
			     struct smmu_store_txn *txn)
{
	late_flush(domain);
	pending = *txn;
}

static void late_unmap(struct smmu_thread *t, unsigned long n)
{
	smmu_unmap_fn unmap = right()->unmap(&a_path);

	unmap(t, n);
	late_flush(t->domain);
}

static smmu_unmap_fn late_find(const struct smmu_path *path)
{
	(void)path;
	return late_unmap;
}

static int late_prepare(struct arm_smmu_domain *domain,
			struct smmu_store_txn *txn)
{
	late_flush(domain);
	return right()->prepare(domain, txn);
}

static void late_unref(struct arm_smmu_domain *domain,
		       struct arm_smmu_invs *to_unref)
{
	late_flush(domain);
	right()->unref(domain, to_unref);
}

const struct smmu_store_ops *busted_late(void)
{
	late = *right();
	late.name = "busted-late";
	late.prepare = late_prepare;
	late.install_new = late_install_new;
	late.unref = late_unref;
	late.unmap = late_find;
	return &late;
}

/* ---- busted-free ------------------------------------------------------ */

static void free_install_new(struct arm_smmu_domain *domain,
			     struct smmu_store_txn *txn)
{
	struct arm_smmu_invs *old =
		rcu_dereference_protected(domain->invs, true);

	rcu_assign_pointer(domain->invs, txn->prepared);
	kfree(old);
}

static void free_purge(struct arm_smmu_domain *domain)
{
	struct smmu_store_txn txn = {};

	txn.prepared = arm_smmu_invs_purge(
		rcu_dereference_protected(domain->invs, true));
	if (txn.prepared)
		free_install_new(domain, &txn);
}

const struct smmu_store_ops *busted_free(void)
{
	early_free = *right();
	early_free.name = "busted-free";
	early_free.install_new = free_install_new;
	early_free.purge = free_purge;
	return &early_free;
}
