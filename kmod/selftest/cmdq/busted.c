// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Queues with a bug planted in them: the judge must find each. And the same, slowed
 * down alike, without: it must find nothing.
 */
#include <linux/array_size.h>

#include "../selftest.h"
#include "device.h"
#include "stress.h"

/*
 * A bug may leave a producer waiting for what never comes, in the kernel with interrupts
 * off. All such loops let the model work: here it looks whether the run is over, too.
 */
static void stress_poll(struct arm_smmu_device *smmu);

#define smmu_model_poll	stress_poll
#include "cmdq_lockless.h"
#include "cmdq_spinlock.h"
#undef smmu_model_poll

#define TIMEOUT_US	2000000

/*
 * Nothing counts any more: whatever owner_prod is waited for comes up sooner or later, and
 * slots are valid, then not, then valid.
 */
static void let_go(struct arm_smmu_cmdq *cmdq)
{
	static atomic_t turns = ATOMIC_INIT(0);
	u32 turn = atomic_inc_return(&turns), shift = cmdq->q.llq.max_n_shift, i;

	atomic_set(&cmdq->owner_prod, (turn * 2654435761U >> 16) & ((2U << shift) - 1));
	for (i = 0; i < BIT_WORD(1U << shift); i++)
		atomic_long_set(&cmdq->valid_map[i], turn & 64 ? -1L : 0);
}

static void stress_poll(struct arm_smmu_device *smmu)
{
	if (stress_over(smmu))
		let_go(&smmu->cmdq);
	else
		smmu_model_poll(smmu);
}

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

/* ---- are they caught? ------------------------------------------------- */

static void must_catch(const void *with)
{
	const struct stress *s = with;
	static struct stress_verdict v;

	stress_run(s, &v);
	if (v.findings)
		ktap_note("caught: %s", v.first);
	else
		ktap_fail("not caught in %llu commands", (unsigned long long)v.commands);
}

#define BUSTED(n, f, q, o, p)							\
	{									\
		.name = "busted-" n, .fn_with = must_catch,				\
		.with = &(const struct stress){					\
			.issue = f, .queue = SMMU_QUEUE_##q, .options = o,	\
			.depth = 7, .producers = p, .commands = 50000000,	\
			.timeout_us = TIMEOUT_US,				\
		},								\
	}
#define MSI	ARM_SMMU_OPT_MSIPOLL

static const struct ktap_case cases[] = {
	BUSTED("valid-first", valid_first, LOCKLESS, 0, 4),
	BUSTED("sync-early", sync_early, LOCKLESS, 0, 2),
	BUSTED("sync-early-msi", sync_early, LOCKLESS, MSI, 2),
	BUSTED("invalid-slots", invalid_slots, LOCKLESS, 0, 4),
	BUSTED("owners-race", owners_race, LOCKLESS, 0, 4),
	BUSTED("space", space, LOCKLESS, 0, 1),
	BUSTED("spinlock-sync-early", spin_sync_early, SPINLOCK, 0, 2),
	BUSTED("spinlock-sync-early-msi", spin_sync_early, SPINLOCK, MSI, 2),
	BUSTED("spinlock-no-lock", no_lock, SPINLOCK, 0, 4),
};

const struct ktap_suite selftest_cmdq_busted = { KTAP_SUITE("cmdq-busted", cases) };
