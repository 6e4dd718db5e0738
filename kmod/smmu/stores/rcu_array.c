// SPDX-License-Identifier: GPL-2.0-or-later
/* What Linux has since March 2026 (587bb3e56a2c): a sorted array, published by RCU. */
#include <linux/rcupdate.h>

#include "../smmu.h"

#define SMMU_STORE	rcu_array

static void retire_invs(struct arm_smmu_domain *domain, struct arm_smmu_invs *old)
{
	kfree_rcu(old, rcu);
}

#include "published_array.h"

static int store_init(struct arm_smmu_domain *domain)
{
	return published_init(domain);
}

static void store_destroy(struct arm_smmu_domain *domain)
{
	published_destroy(domain);
}

static __always_inline void store_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	rcu_array_inv_range(p, t, smmu_strategies[p.strategy].reader);
}

#include "instances.h"
