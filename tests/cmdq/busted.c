// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Queues with a bug planted in them: the judge must find each. And the same, slowed
 * down alike, without: it must find nothing.
 */
#include "cmdq_lockless.h"
#include "cmdq_spinlock.h"
#include "stress.h"

static __always_inline int lockless(enum cmdq_bug bug, struct arm_smmu_device *smmu,
				    struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MODEL, .slow = true, .bug = bug };

	return __arm_smmu_cmdq_issue_cmdlist(b, smmu, cmds, n, sync);
}

static __always_inline int spinlock(enum cmdq_bug bug, struct arm_smmu_device *smmu,
				    struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MODEL, .slow = true, .bug = bug };

	return cmdq_issue_spinlock(b, smmu, cmds, n, sync);
}

int stress_slow_lockless(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			 bool sync)
{
	return lockless(CMDQ_BUG_NONE, smmu, cmds, n, sync);
}

int stress_slow_spinlock(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			 bool sync)
{
	return spinlock(CMDQ_BUG_NONE, smmu, cmds, n, sync);
}

static int valid_first(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
		       bool sync)
{
	return lockless(CMDQ_BUG_VALID_FIRST, smmu, cmds, n, sync);
}

static int sync_early(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
		      bool sync)
{
	return lockless(CMDQ_BUG_SYNC_EARLY, smmu, cmds, n, sync);
}

static int invalid_slots(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			 bool sync)
{
	return lockless(CMDQ_BUG_INVALID_SLOTS, smmu, cmds, n, sync);
}

static int owners_race(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
		       bool sync)
{
	return lockless(CMDQ_BUG_OWNERS_RACE, smmu, cmds, n, sync);
}

static int space(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
		 bool sync)
{
	return lockless(CMDQ_BUG_SPACE, smmu, cmds, n, sync);
}

static int spin_sync_early(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			   bool sync)
{
	return spinlock(CMDQ_BUG_SYNC_EARLY, smmu, cmds, n, sync);
}

static int no_lock(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
		   bool sync)
{
	return spinlock(CMDQ_BUG_NO_LOCK, smmu, cmds, n, sync);
}

#define MSI ARM_SMMU_OPT_MSIPOLL

const struct stress_busted stress_busted[] = {
	{ "busted-valid-first", valid_first, SMMU_QUEUE_LOCKLESS, 0, 4 },
	{ "busted-sync-early", sync_early, SMMU_QUEUE_LOCKLESS, 0, 2 },
	{ "busted-sync-early-msi", sync_early, SMMU_QUEUE_LOCKLESS, MSI, 2 },
	{ "busted-invalid-slots", invalid_slots, SMMU_QUEUE_LOCKLESS, 0, 4 },
	{ "busted-owners-race", owners_race, SMMU_QUEUE_LOCKLESS, 0, 4 },
	{ "busted-space", space, SMMU_QUEUE_LOCKLESS, 0, 1 },
	{ "busted-spinlock-sync-early", spin_sync_early, SMMU_QUEUE_SPINLOCK, 0, 2 },
	{ "busted-spinlock-sync-early-msi", spin_sync_early, SMMU_QUEUE_SPINLOCK, MSI, 2 },
	{ "busted-spinlock-no-lock", no_lock, SMMU_QUEUE_SPINLOCK, 0, 4 },
};

const unsigned int stress_nr_busted = ARRAY_SIZE(stress_busted);
