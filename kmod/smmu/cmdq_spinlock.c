// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command queue that the lockless one replaced: one spinlock round each command,
 * and round a sync that polls CONS (arm-smmu-v3.c before commit 587e6c10a7ce, 2019).
 */
#include "cmdq_spinlock.h"

int arm_smmu_cmdq_issue_cmdlist_spinlock_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_NULL };

	return cmdq_issue_spinlock(b, smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_spinlock_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MODEL };

	return cmdq_issue_spinlock(b, smmu, cmds, n, sync);
}
