// SPDX-License-Identifier: GPL-2.0-or-later
/* Queues that write down what they are given. */
#include <stdlib.h>

#include <linux/errno.h>

#include "inv_range_test.h"

struct record *recorder;
unsigned int recorder_fail_at;
bool recorder_looks_behind;
unsigned int recorder_dirt;

static struct recorded *next(struct record *r)
{
	if (r->nr == MAX_RECORDED)
		abort();
	return &r->what[r->nr++];
}

void record_cmd(struct record *r, const struct arm_smmu_cmd *cmd)
{
	*next(r) = (struct recorded){ .cmd = *cmd };
}

void record_hand_over(struct record *r, unsigned int smmu, bool sync)
{
	*next(r) = (struct recorded){ .hand_over = true, .smmu = smmu, .sync = sync };
}

static int record_list(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n, bool sync)
{
	int i;

	for (i = 0; i < n; i++)
		record_cmd(recorder, &cmds[i]);
	for (; recorder_looks_behind && i < CMDQ_BATCH_ENTRIES; i++)
		recorder_dirt += !!cmds[i].data[0] + !!cmds[i].data[1];
	record_hand_over(recorder, smmu->index, sync);
	if (recorder_fail_at && !--recorder_fail_at)
		return -ETIMEDOUT;
	return 0;
}

int arm_smmu_cmdq_issue_cmdlist_lockless_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return record_list(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return record_list(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_null_nowmb(struct arm_smmu_device *smmu,
						    struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return record_list(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_model_nowmb(struct arm_smmu_device *smmu,
						     struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return record_list(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_spinlock_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return record_list(smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_spinlock_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	return record_list(smmu, cmds, n, sync);
}
