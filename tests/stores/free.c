// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * busted-free: rcu-array whose old array is freed at once, readers or not. Only a
 * sanitizer sees memory that is read after it was freed, and it ends the process.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "invs.h"
#include "stores/stores.h"
#include "free.h"

static struct smmu_store_ops early_free;

static const struct smmu_store_ops *right(void)
{
	return smmu_store_find(SMMU_STORE_ID_rcu_array, "qsbr", 0);
}

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
