// SPDX-License-Identifier: GPL-2.0-or-later
/* rcu-array with SRCU: what it would cost to let readers sleep. */
#include <linux/slab.h>
#include <linux/srcu.h>

#include "../smmu.h"

#define SMMU_STORE	srcu_array

static void free_invs(struct rcu_head *head)
{
	kfree(container_of(head, struct arm_smmu_invs, rcu));
}

static void retire_invs(struct arm_smmu_domain *domain, struct arm_smmu_invs *old)
{
	call_srcu(domain->state, &old->rcu, free_invs);
}

#include "published_array.h"

static int store_init(struct arm_smmu_domain *domain)
{
	struct srcu_struct *srcu = kzalloc(sizeof(*srcu), GFP_KERNEL);
	int ret;

	if (!srcu)
		return -ENOMEM;
	ret = init_srcu_struct(srcu);
	if (ret)
		goto err_free;
	ret = published_init(domain);
	if (ret)
		goto err_cleanup;
	domain->state = srcu;
	return 0;

err_cleanup:
	cleanup_srcu_struct(srcu);
err_free:
	kfree(srcu);
	return ret;
}

static void store_destroy(struct arm_smmu_domain *domain)
{
	struct srcu_struct *srcu = domain->state;

	srcu_barrier(srcu);
	cleanup_srcu_struct(srcu);
	kfree(srcu);
	domain->state = NULL;
	published_destroy(domain);
}

static __always_inline void store_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	struct srcu_struct *srcu = t->domain->state;
	int idx;

	/* The IOPTE stores before, the load of invs after it, as in rcu-array. */
	smmu_fence(smmu_strategies[p.strategy].reader);

	idx = srcu_read_lock(srcu);
	array_inv_range(p, t);
	srcu_read_unlock(srcu, idx);
}

#include "instances.h"
