/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What writers do with a domain's array. Names, arguments and meaning are those of
 * arm-smmu-v3.c in Linux 7.3; the code is ours.
 */
#ifndef SMMU_INVS_H
#define SMMU_INVS_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "inv.h"

static inline int smmu_cmp_u64(u64 l, u64 r)
{
	return (l > r) - (l < r);
}

/**
 * arm_smmu_inv_cmp() - the order of entries: (smmu, type, id), then ssid with ATS
 * @l: one entry
 * @r: another one
 *
 * Return: -1, 0 or 1 as @l comes before @r, has its key, or comes after it.
 */
static inline int arm_smmu_inv_cmp(const struct arm_smmu_inv *l, const struct arm_smmu_inv *r)
{
	if (l->smmu != r->smmu)
		return smmu_cmp_u64((uintptr_t)l->smmu, (uintptr_t)r->smmu);
	if (l->type != r->type)
		return smmu_cmp_u64(l->type, r->type);
	if (l->id != r->id)
		return smmu_cmp_u64(l->id, r->id);
	return arm_smmu_inv_is_ats(l) ? smmu_cmp_u64(l->ssid, r->ssid) : 0;
}

/**
 * arm_smmu_invs_next_live() - first entry that isn't trash
 * @invs: an array that no writer changes meanwhile
 * @i: where to begin
 *
 * Return: its index, at least @i; num_invs when there is none.
 */
static inline size_t arm_smmu_invs_next_live(const struct arm_smmu_invs *invs, size_t i)
{
	while (i < invs->num_invs && !READ_ONCE(invs->inv[i].users))
		i++;
	return i;
}

/**
 * arm_smmu_invs_alloc() - an array of @num_invs zeroed entries
 * @num_invs: both its size and its num_invs
 *
 * Zeroed entries are trash until filled in. To be freed by kfree(), or kfree_rcu()
 * once it has been published.
 *
 * Context: process; may sleep.
 * Return: the array, or NULL.
 */
struct arm_smmu_invs *arm_smmu_invs_alloc(size_t num_invs);

/**
 * arm_smmu_invs_merge() - an array that also has @to_merge
 * @invs: sorted; left as it is
 * @to_merge: one master's invalidations: sorted, its users ignored; left as it is
 *
 * An entry of both has a user more, one of @to_merge alone has one user. Trash of
 * @invs is left out.
 *
 * Context: process, under the asid lock; may sleep.
 * Return: a new array, or ERR_PTR(-ENOMEM).
 */
struct arm_smmu_invs *arm_smmu_invs_merge(struct arm_smmu_invs *invs,
					  struct arm_smmu_invs *to_merge);

/**
 * arm_smmu_invs_unref() - take @to_unref out of @invs, in place; cannot fail
 * @invs: sorted; readers may be walking it
 * @to_unref: sorted; its users tell the caller what became of each entry: 0 it is
 *	      trash now, 1 others still use it
 *
 * Trash at the end is trimmed off, under the array's rwlock. An entry that @invs
 * doesn't have, or has only as trash, is a caller's bug: warned about and passed
 * over.
 *
 * Context: any in which the rwlock may be taken, under the asid lock.
 */
void arm_smmu_invs_unref(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref);

/**
 * arm_smmu_invs_purge() - the array without its trash
 * @invs: left as it is
 *
 * Context: process, under the asid lock; may sleep.
 * Return: a new array; NULL when there is no trash, or no memory: @invs stays in
 * use then.
 */
struct arm_smmu_invs *arm_smmu_invs_purge(struct arm_smmu_invs *invs);

#endif
