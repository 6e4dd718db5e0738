// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The invalidation array's writers. They run one at a time, under the asid lock;
 * readers may walk the array that unref changes.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "invs.h"

/*
 * Two sorted arrays side by side, smallest key first: the live entries of @base,
 * and all of @other, whose users mean nothing.
 */
struct invs_zip {
	const struct arm_smmu_invs *base, *other;
	size_t i, j;
	int side;	/* who has the key: < 0 base, > 0 other, 0 both */
};

static bool invs_zip_look(struct invs_zip *z)
{
	z->i = arm_smmu_invs_next_live(z->base, z->i);

	if (z->i >= z->base->num_invs && z->j >= z->other->num_invs)
		return false;
	if (z->i >= z->base->num_invs)
		z->side = 1;
	else if (z->j >= z->other->num_invs)
		z->side = -1;
	else
		z->side = arm_smmu_inv_cmp(&z->base->inv[z->i], &z->other->inv[z->j]);
	return true;
}

static void invs_zip_step(struct invs_zip *z)
{
	z->i += z->side <= 0;
	z->j += z->side >= 0;
}

struct arm_smmu_invs *arm_smmu_invs_alloc(size_t num_invs)
{
	struct arm_smmu_invs *invs;

	invs = kzalloc(struct_size(invs, inv, num_invs), GFP_KERNEL);
	if (!invs)
		return NULL;
	invs->max_invs = num_invs;
	invs->num_invs = num_invs;
	rwlock_init(&invs->rwlock);
	return invs;
}

/* Appends to an array under construction. Equal keys are no news, disorder is. */
static void invs_put(struct arm_smmu_invs *invs, size_t n, const struct arm_smmu_inv *inv,
		     int users)
{
	invs->inv[n] = *inv;
	WRITE_ONCE(invs->inv[n].users, users);
	if (arm_smmu_inv_is_ats(inv))
		invs->has_ats = true;
	WARN_ON_ONCE(n && arm_smmu_inv_cmp(&invs->inv[n - 1], inv) > 0);
}

struct arm_smmu_invs *arm_smmu_invs_merge(struct arm_smmu_invs *invs,
					  struct arm_smmu_invs *to_merge)
{
	struct invs_zip z = { .base = invs, .other = to_merge };
	struct arm_smmu_invs *merged;
	size_t n = 0;

	for (; invs_zip_look(&z); invs_zip_step(&z))
		n++;

	merged = arm_smmu_invs_alloc(n);
	if (!merged)
		return ERR_PTR(-ENOMEM);

	n = 0;
	z.i = 0;
	z.j = 0;
	for (; invs_zip_look(&z); invs_zip_step(&z), n++) {
		if (z.side > 0)
			invs_put(merged, n, &to_merge->inv[z.j], 1);
		else
			invs_put(merged, n, &invs->inv[z.i],
				 READ_ONCE(invs->inv[z.i].users) + !z.side);
	}
	return merged;
}

void arm_smmu_invs_unref(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref)
{
	struct invs_zip z = { .base = invs, .other = to_unref };
	size_t trashed = 0, keep = 0;
	unsigned long flags;

	for (; invs_zip_look(&z); invs_zip_step(&z)) {
		int users;

		/* Absent, or trash already, which the zip doesn't see. */
		if (WARN_ON(z.side > 0))
			continue;

		users = READ_ONCE(invs->inv[z.i].users);
		if (!z.side) {
			users--;
			/*
			 * Read by walkers that hold no lock, or the rwlock when
			 * has_ats: either they still issue the entry or they don't,
			 * and both are right while the STE or CD no longer leads to
			 * the domain (arm_smmu_install_old_domain_invs()).
			 */
			WRITE_ONCE(invs->inv[z.i].users, users);
			WRITE_ONCE(to_unref->inv[z.j].users, !!users);
			trashed += !users;
		}
		if (users)
			keep = z.i + 1;
	}

	/* From keep on there is nothing but trash. Only writers look at num_trashes. */
	invs->num_trashes += trashed;
	invs->num_trashes -= invs->num_invs - keep;

	/*
	 * Pairs with the read_lock_irqsave() that a reader holds round its walk when
	 * has_ats: taking it waits for the ATC_INVs of those who saw the entries, so
	 * that none is in flight once detach returns (arm_smmu_invs_unref()).
	 */
	write_lock_irqsave(&invs->rwlock, flags);
	WRITE_ONCE(invs->num_invs, keep);
	write_unlock_irqrestore(&invs->rwlock, flags);
}

struct arm_smmu_invs *arm_smmu_invs_purge(struct arm_smmu_invs *invs)
{
	struct arm_smmu_invs *purged;
	size_t i, n = 0;

	if (WARN_ON(invs->num_trashes > invs->num_invs) || !invs->num_trashes)
		return NULL;

	purged = arm_smmu_invs_alloc(invs->num_invs - invs->num_trashes);
	if (!purged)
		return NULL;

	for (i = arm_smmu_invs_next_live(invs, 0); i < invs->num_invs;
	     i = arm_smmu_invs_next_live(invs, i + 1)) {
		if (WARN_ON(n == purged->max_invs))
			break;
		invs_put(purged, n++, &invs->inv[i], invs->inv[i].users);
	}
	WARN_ON(n != purged->num_invs);
	return purged;
}
