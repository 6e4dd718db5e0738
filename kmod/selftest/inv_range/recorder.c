// SPDX-License-Identifier: GPL-2.0-or-later
/* Queues that write down what they are given. */
#include <linux/errno.h>
#include <linux/slab.h>

#include "../selftest.h"
#include "inv_range_test.h"

struct record *recorder;
unsigned int recorder_fail_at;
bool recorder_looks_behind;
unsigned int recorder_dirt;
struct record *range_got, *range_want;

void range_before(void)
{
	recorder_fail_at = 0;
	recorder_looks_behind = false;
	range_got = kvzalloc(sizeof(*range_got), GFP_KERNEL);
	range_want = kvzalloc(sizeof(*range_want), GFP_KERNEL);
	ktap_assert(range_got && range_want);
}

void range_after(void)
{
	kvfree(range_want);
	kvfree(range_got);
}

static struct recorded *next(struct record *r)
{
	if (r->nr == MAX_RECORDED) {
		ktap_fail("more than %u commands and hand-overs", MAX_RECORDED);
		r->nr--;
	}
	return &r->what[r->nr++];
}

void recorder_cmd(struct record *r, const struct arm_smmu_cmd *cmd)
{
	*next(r) = (struct recorded){ .cmd = *cmd };
}

void recorder_hand_over(struct record *r, unsigned int smmu, bool sync)
{
	*next(r) = (struct recorded){ .hand_over = true, .smmu = smmu, .sync = sync };
}

static int issue(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n, bool sync)
{
	int i;

	for (i = 0; i < n; i++)
		recorder_cmd(recorder, &cmds[i]);
	for (; recorder_looks_behind && i < CMDQ_BATCH_ENTRIES; i++)
		recorder_dirt += !!cmds[i].data[0] + !!cmds[i].data[1];
	recorder_hand_over(recorder, smmu->index, sync);
	if (recorder_fail_at && !--recorder_fail_at)
		return -ETIMEDOUT;
	return 0;
}

int arm_smmu_cmdq_issue_cmdlist_lockless_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return issue(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return issue(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_null_nowmb(struct arm_smmu_device *smmu,
						    struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return issue(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_model_nowmb(struct arm_smmu_device *smmu,
						     struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return issue(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_spinlock_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return issue(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_spinlock_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return issue(smmu, cmds, n, sync);
}
