/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds merge, unref and purge against a naive model. */
#ifndef SELFTEST_INVS_CHECKER_H
#define SELFTEST_INVS_CHECKER_H

#include <linux/types.h>

#include "invs.h"

/**
 * struct writers - what is under test
 * @name: "invs", or "busted-..." for one with a planted bug
 * @merge: as arm_smmu_invs_merge()
 * @unref: as arm_smmu_invs_unref()
 * @purge: as arm_smmu_invs_purge()
 */
struct writers {
	const char *name;
	struct arm_smmu_invs *(*merge)(struct arm_smmu_invs *invs,
				       struct arm_smmu_invs *to_merge);
	void (*unref)(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref);
	struct arm_smmu_invs *(*purge)(struct arm_smmu_invs *invs);
};

/* What a run has done, so that a test can see that it did each. */
struct checked {
	unsigned long merges, unrefs, purges, purged, failed_allocs, bugs, trims, trashed;
};

/**
 * invs_check() - random steps, the model's answer after each
 * @w: writers
 * @seed: of the steps
 * @steps: how many
 * @did: counts; may be NULL
 * @why: what was found first
 * @len: room in @why
 *
 * Return: whether nothing was found.
 */
bool invs_check(const struct writers *w, u64 seed, unsigned long steps, struct checked *did,
		char *why, size_t len);

#endif
