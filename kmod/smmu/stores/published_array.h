/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writers of a published array: replaced as a whole by attach, marked with trash
 * in place by detach. The store's file brings retire_invs(), which frees an array
 * once its readers are gone.
 */
#ifndef SMMU_PUBLISHED_ARRAY_H
#define SMMU_PUBLISHED_ARRAY_H

#include <linux/err.h>
#include <linux/slab.h>

#include "rcu_array.h"

static struct arm_smmu_invs *current_invs(struct arm_smmu_domain *domain)
{
	return rcu_dereference_protected(domain->invs, true);
}

static void replace(struct arm_smmu_domain *domain, struct arm_smmu_invs *invs)
{
	struct arm_smmu_invs *old = current_invs(domain);

	/*
	 * Pairs with the reader's load of invs: what the array holds is there before
	 * it is found. The strategy's publish fence is arm_smmu_attach_prepare()'s.
	 */
	rcu_assign_pointer(domain->invs, invs);
	retire_invs(domain, old);
}

static int published_init(struct arm_smmu_domain *domain)
{
	struct arm_smmu_invs *invs = arm_smmu_invs_alloc(0);

	if (!invs)
		return -ENOMEM;
	rcu_assign_pointer(domain->invs, invs);
	return 0;
}

static void published_destroy(struct arm_smmu_domain *domain)
{
	kfree(current_invs(domain));
	RCU_INIT_POINTER(domain->invs, NULL);
}

static int store_prepare(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(current_invs(domain), txn->to_merge);

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
	replace(domain, txn->prepared);
}

static void store_unref(struct arm_smmu_domain *domain, struct arm_smmu_invs *to_unref)
{
	arm_smmu_invs_unref(current_invs(domain), to_unref);
}

static void store_purge(struct arm_smmu_domain *domain)
{
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(current_invs(domain));

	if (purged)
		replace(domain, purged);
}

static size_t store_live(struct arm_smmu_domain *domain, struct arm_smmu_inv *out, size_t max)
{
	return smmu_invs_live(current_invs(domain), out, max);
}

#define SMMU_STORE_STRATEGIES	1

#endif
