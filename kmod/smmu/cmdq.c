// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lockless command queue, one function for each device; and what both queues
 * share: setting up, errors, the choice at run time.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cmdq_lockless.h"
#include "inv_range.h"

int arm_smmu_cmdq_issue_cmdlist_lockless_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_NULL };

	return __arm_smmu_cmdq_issue_cmdlist(b, smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MODEL };

	return __arm_smmu_cmdq_issue_cmdlist(b, smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_null_nowmb(struct arm_smmu_device *smmu,
						    struct arm_smmu_cmd *cmds, int n,
						    bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_NULL, .no_wmb = true };

	return __arm_smmu_cmdq_issue_cmdlist(b, smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_model_nowmb(struct arm_smmu_device *smmu,
						     struct arm_smmu_cmd *cmds, int n,
						     bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MODEL, .no_wmb = true };

	return __arm_smmu_cmdq_issue_cmdlist(b, smmu, cmds, n, sync);
}

/* ---- slow paths -------------------------------------------------------- */

static void cmdq_to_ring(struct smmu_ring *ring, const struct arm_smmu_cmd *cmds, int n, bool sync)
{
	int i;

	for (i = 0; i < n; i++)
		ring->cmds[ring->pos++ % SMMU_RING_ENTRIES] = cmds[i];
	if (sync)
		smmu_ring_sync(ring, &ring->pos);
}

static int cmdq_issue_once(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			   bool sync)
{
	/* Not constant: a function of the fast path that asks, for once. */
	const struct smmu_path p = { .queue = smmu->queue, .device = smmu->kind };

	if (smmu->queue == SMMU_QUEUE_NONE) {
		if (smmu->slow_ring)
			cmdq_to_ring(smmu->slow_ring, cmds, n, sync);
		return 0;
	}
	return __smmu_issue(p, NULL, smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds,
				int n, bool sync)
{
	int ret = cmdq_issue_once(smmu, cmds, n, sync);

	if (n && !ret && sync && smmu_repeats(smmu, cmds))
		ret = cmdq_issue_once(smmu, cmds, n, sync);
	return ret;
}

int arm_smmu_cmdq_issue_cmd(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd)
{
	return arm_smmu_cmdq_issue_cmdlist(smmu, &cmd, 1, false);
}

int arm_smmu_cmdq_issue_cmd_with_sync(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd)
{
	return arm_smmu_cmdq_issue_cmdlist(smmu, &cmd, 1, true);
}

/* ---- errors ------------------------------------------------------------ */

/* The SMMU has stopped at CONS; producers go on in the meantime. */
static void arm_smmu_cmdq_skip_err(struct arm_smmu_device *smmu)
{
	static const char * const cerror_str[] = {
		[CMDQ_ERR_CERROR_NONE_IDX] = "no error",
		[CMDQ_ERR_CERROR_ILL_IDX] = "illegal command",
		[CMDQ_ERR_CERROR_ABT_IDX] = "abort on command fetch",
		[CMDQ_ERR_CERROR_ATC_INV_IDX] = "ATC invalidate timeout",
	};
	struct arm_smmu_queue *q = &smmu->cmdq.q;
	u32 cons = readl_relaxed(q->cons_reg);
	u32 err = FIELD_GET(CMDQ_CONS_ERR, cons);
	struct arm_smmu_cmd *slot, sync;

	atomic_long_inc(&smmu->cmdq.errors);
	pr_err_ratelimited("smmu%u: CMDQ error (cons 0x%08x): %s\n", smmu->index, cons,
			   err < ARRAY_SIZE(cerror_str) ? cerror_str[err] : "unknown");

	/*
	 * ABT: the fetch is tried again. ATC_INV: CONS is at the CMD_SYNC, which is
	 * tried again, though it may well end here once more.
	 */
	if (err == CMDQ_ERR_CERROR_NONE_IDX || err == CMDQ_ERR_CERROR_ABT_IDX ||
	    err == CMDQ_ERR_CERROR_ATC_INV_IDX)
		return;

	slot = cmdq_slot(q, cons);
	pr_err_ratelimited("smmu%u: skipping command 0x%016llx 0x%016llx\n", smmu->index,
			   (unsigned long long)READ_ONCE(slot->data[0]),
			   (unsigned long long)READ_ONCE(slot->data[1]));
	sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
	queue_write(slot, &sync);
}

bool arm_smmu_gerror_handler(struct arm_smmu_device *smmu)
{
	u32 gerror = readl_relaxed(smmu->cmdq.gerror_reg);
	u32 active = gerror ^ readl_relaxed(smmu->cmdq.gerrorn_reg);

	if (!active)
		return false;
	if (active & GERROR_MSI_CMDQ_ABT_ERR)
		pr_warn_ratelimited("smmu%u: CMDQ MSI write aborted\n", smmu->index);
	if (active & GERROR_CMDQ_ERR)
		arm_smmu_cmdq_skip_err(smmu);
	/* Pairs with the SMMU's read of GERRORN, then of the slot that was mended. */
	writel(gerror, smmu->cmdq.gerrorn_reg);
	return true;
}

/* ---- setting up -------------------------------------------------------- */

static const struct smmu_device_ops * const devices[SMMU_NR_DEVICES] = {
	[SMMU_DEVICE_NULL] = &smmu_null_ops,
	[SMMU_DEVICE_MODEL] = &smmu_model_ops,
#if SMMU_HAS_MMIO
	[SMMU_DEVICE_MMIO] = &smmu_mmio_ops,
#endif
};

const struct smmu_device_ops *smmu_device_ops(enum smmu_device_kind kind)
{
	return kind < SMMU_NR_DEVICES ? devices[kind] : NULL;
}

int smmu_regs_alloc(struct arm_smmu_cmdq *cmdq)
{
	struct smmu_regs *regs = kzalloc(sizeof(*regs), GFP_KERNEL);

	if (!regs)
		return -ENOMEM;
	cmdq->regs = regs;
	cmdq->q.prod_reg = (u32 __iomem *)&regs->prod;
	cmdq->q.cons_reg = (u32 __iomem *)&regs->cons;
	cmdq->gerror_reg = (u32 __iomem *)&regs->gerror;
	cmdq->gerrorn_reg = (u32 __iomem *)&regs->gerrorn;
	return 0;
}

void smmu_regs_free(struct arm_smmu_cmdq *cmdq)
{
	kfree(cmdq->regs);
	cmdq->regs = NULL;
}

static void cmdq_free_memory(struct arm_smmu_cmdq *cmdq)
{
	kvfree(cmdq->q.base);
	bitmap_free((unsigned long *)cmdq->valid_map);
	cmdq->q.base = NULL;
	cmdq->valid_map = NULL;
}

int arm_smmu_cmdq_init(struct arm_smmu_device *smmu, unsigned int max_n_shift)
{
	const struct smmu_device_ops *device = smmu_device_ops(smmu->kind);
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	size_t nents;
	int ret;

	if (smmu->queue == SMMU_QUEUE_NONE)
		return 0;
	if (max_n_shift < SMMU_CMDQ_MIN_SHIFT || max_n_shift > SMMU_CMDQ_MAX_SHIFT || !device)
		return -EINVAL;

	nents = (size_t)1 << max_n_shift;
	memset(cmdq, 0, sizeof(*cmdq));
	cmdq->q.llq.max_n_shift = max_n_shift;
	cmdq->timeout_us = SMMU_CMDQ_TIMEOUT_US;
	spin_lock_init(&cmdq->spinlock);

	if (!device->own_ring)
		cmdq->q.base = kvcalloc(nents, sizeof(*cmdq->q.base), GFP_KERNEL);
	cmdq->valid_map = (atomic_long_t *)bitmap_zalloc(nents, GFP_KERNEL);
	if ((!device->own_ring && !cmdq->q.base) || !cmdq->valid_map) {
		cmdq_free_memory(cmdq);
		return -ENOMEM;
	}
	ret = device->start(smmu);
	if (ret)
		cmdq_free_memory(cmdq);
	return ret;
}

void arm_smmu_cmdq_free(struct arm_smmu_device *smmu)
{
	if (smmu->queue == SMMU_QUEUE_NONE || !smmu->cmdq.q.base)
		return;
	smmu_device_ops(smmu->kind)->stop(smmu);
	cmdq_free_memory(&smmu->cmdq);
}
