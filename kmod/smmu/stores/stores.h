/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a store's file shares with the others, and how one is found. A file is
 * compiled once for each copy (SMMU_INSTANCE_COPY: 0, and 1 for the twin) and, where
 * it reads under RCU, for each flavour (SMMU_INSTANCE_RCU: qsbr, memb, mb, or any; in
 * the kernel, which has one, kernel).
 */
#ifndef SMMU_STORES_H
#define SMMU_STORES_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "../inv_range.h"
#include "../invs.h"
#include "../smmu.h"
#include "../store.h"

#ifndef SMMU_INSTANCE_COPY
#define SMMU_INSTANCE_COPY	0
#endif
#ifndef SMMU_INSTANCE_RCU
#define SMMU_INSTANCE_RCU	any
#endif

#define __SMMU_STORE_OPS(store, rcu, copy)	smmu_store_ops__##store##__##rcu##__##copy
#define _SMMU_STORE_OPS(store, rcu, copy)	__SMMU_STORE_OPS(store, rcu, copy)
#define SMMU_STORE_OPS(store) \
	_SMMU_STORE_OPS(store, SMMU_INSTANCE_RCU, SMMU_INSTANCE_COPY)

/**
 * smmu_store_find() - a store's operations
 * @id: which
 * @rcu: flavour, as in the rcu axis; of no matter to a store that doesn't read
 *	 under RCU
 * @copy: 0, or 1: the twin's. Where no twin was compiled, copy 0's.
 *
 * Return: NULL where the store isn't compiled in.
 */
const struct smmu_store_ops *smmu_store_find(enum smmu_store_id id, const char *rcu,
					     unsigned int copy);

/* Live entries of an array, for ops->live(). */
static inline size_t smmu_invs_live(const struct arm_smmu_invs *invs, struct arm_smmu_inv *out,
				    size_t max)
{
	size_t i, n = 0;

	for (i = arm_smmu_invs_next_live(invs, 0); i < invs->num_invs;
	     i = arm_smmu_invs_next_live(invs, i + 1), n++)
		if (n < max)
			out[n] = invs->inv[i];
	return n;
}

#endif
