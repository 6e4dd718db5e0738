// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The null device: registers, and nothing behind them. What it does on a PROD write
 * is smmu_null_prod_written() of device.h, compiled into the paths that use it.
 */
#include "../device.h"

static int smmu_null_start(struct arm_smmu_device *smmu)
{
	return smmu_regs_alloc(&smmu->cmdq);
}

static void smmu_null_stop(struct arm_smmu_device *smmu)
{
	smmu_regs_free(&smmu->cmdq);
}

const struct smmu_device_ops smmu_null_ops = {
	.name = "null",
	.help = "consumes at once whatever is written, and looks at nothing",
	.start = smmu_null_start,
	.stop = smmu_null_stop,
};
