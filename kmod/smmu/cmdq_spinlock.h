/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue under a spinlock: arm-smmu-v3.c before commit 587e6c10a7ce (2019).
 */
#ifndef SMMU_CMDQ_SPINLOCK_H
#define SMMU_CMDQ_SPINLOCK_H

#include "cmdq_common.h"

static __always_inline void cmdq_spin_lock(const struct cmdq_build b, struct arm_smmu_cmdq *cmdq,
					   unsigned long *flags)
{
	if (b.bug != CMDQ_BUG_NO_LOCK)
		spin_lock_irqsave(&cmdq->spinlock, *flags);
}

static __always_inline void cmdq_spin_unlock(const struct cmdq_build b,
					     struct arm_smmu_cmdq *cmdq, unsigned long flags)
{
	if (b.bug != CMDQ_BUG_NO_LOCK)
		spin_unlock_irqrestore(&cmdq->spinlock, flags);
}

/* Wait for an empty queue, or for one free slot. Under the lock. */
static __always_inline int queue_poll_cons(const enum smmu_device_kind device,
					   struct arm_smmu_device *smmu, bool empty)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	u32 shift = cmdq->q.llq.max_n_shift;
	struct arm_smmu_queue_poll qp;
	union cmdq_word w;

	queue_poll_init(device, smmu, &qp);
	w.prod = cmdq->q.llq.prod;
	for (;;) {
		w.cons = readl_relaxed(cmdq->q.cons_reg);
		cmdq->q.llq.cons = w.cons;
		if (empty ? !cmdq_used(shift, w) : queue_has_space(shift, w, 1))
			return 0;
		if (queue_poll(device, smmu, &qp))
			return cmdq_timed_out(smmu, empty ? "CMD_SYNC" : "CMDQ", w.prod);
	}
}

static inline __cold int queue_wait_for_slot(const enum smmu_device_kind device,
					     struct arm_smmu_device *smmu)
{
	return queue_poll_cons(device, smmu, false);
}

/* Under the lock. */
static __always_inline int queue_insert(const struct cmdq_build b, struct arm_smmu_device *smmu,
					const struct arm_smmu_cmd *cmd)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	u32 shift = cmdq->q.llq.max_n_shift;
	union cmdq_word w = { .prod = cmdq->q.llq.prod, .cons = cmdq->q.llq.cons };
	int ret;

	if (unlikely(!queue_has_space(shift, w, 1))) {
		ret = queue_wait_for_slot(b.device, smmu);
		if (ret)
			return ret;
	}
	cmdq_dawdle(b, w.prod);
	queue_write(cmdq_slot(&cmdq->q, w.prod), cmd);
	w.prod = cmdq_advance(shift, w.prod, 1);
	cmdq->q.llq.prod = w.prod;
	cmdq->prev_op = arm_smmu_cmd_op(cmd);
	/*
	 * writel(): its barrier puts the command, and what the caller stored before,
	 * ahead of PROD. Pairs with the SMMU's read of PROD, then of the slot.
	 */
	writel(w.prod, cmdq->q.prod_reg);
	if (b.device == SMMU_DEVICE_NULL)
		smmu_null_prod_written(&cmdq->q, w.prod);
	return 0;
}

/* A CMD_SYNC that writes its number; waited for without the lock. */
static __always_inline int cmdq_issue_sync_msi(const struct cmdq_build b,
					       struct arm_smmu_device *smmu)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	struct arm_smmu_queue_poll qp;
	struct arm_smmu_cmd cmd;
	unsigned long flags;
	int ret = 0;
	u32 nr;

	cmdq_spin_lock(b, cmdq, &flags);
	/* A CMD_SYNC that follows a CMD_SYNC adds nothing: wait for that one. */
	if (cmdq->prev_op != CMDQ_OP_CMD_SYNC) {
		cmd = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ, cmdq->sync_dma);
		cmd.data[0] |= FIELD_PREP(CMDQ_SYNC_0_MSIDATA, (u64)cmdq->sync_nr + 1);
		ret = queue_insert(b, smmu, &cmd);
		if (!ret)
			cmdq->sync_nr++;
	}
	nr = cmdq->sync_nr;
	cmdq_spin_unlock(b, cmdq, flags);
	if (ret || b.bug == CMDQ_BUG_SYNC_EARLY)
		return ret;

	queue_poll_init(b.device, smmu, &qp);
	/* As in __arm_smmu_cmdq_poll_until_msi(): smp_cond_load_acquire(), no delays. */
	qp.woken = true;
#if SMMU_HAS_MMIO
	if (b.device == SMMU_DEVICE_MMIO) {
		qp.wfe = false;
		/* Pairs as below. */
		smp_cond_load_acquire(&cmdq->sync_count,
				      (s32)(VAL - nr) >= 0 ||
					      (ret = queue_poll(b.device, smmu, &qp)));
		return ret ? cmdq_timed_out(smmu, "CMD_SYNC", nr) : 0;
	}
#endif
	/* Acquire: pairs with the SMMU's write of the number, after its other effects. */
	while ((s32)(smp_load_acquire(&cmdq->sync_count) - nr) < 0) {
		if (queue_poll(b.device, smmu, &qp))
			return cmdq_timed_out(smmu, "CMD_SYNC", nr);
	}
	return 0;
}

/* A CMD_SYNC, and the lock held until CONS says that the queue is empty. */
static __always_inline int cmdq_issue_sync_cons(const struct cmdq_build b,
						struct arm_smmu_device *smmu)
{
	struct arm_smmu_cmd cmd = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	unsigned long flags;
	int ret;

	cmdq_spin_lock(b, cmdq, &flags);
	ret = queue_insert(b, smmu, &cmd);
	if (!ret && b.bug != CMDQ_BUG_SYNC_EARLY)
		ret = queue_poll_cons(b.device, smmu, true);
	cmdq_spin_unlock(b, cmdq, flags);
	return ret;
}

static __always_inline int cmdq_issue_spinlock(const struct cmdq_build b,
					       struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	unsigned long flags;
	int ret = 0, i;

	if (unlikely(cmdq_too_many(cmdq, n, sync)))
		return -EINVAL;

	/* One lock and one PROD write a command: that driver had no batches. */
	for (i = 0; i < n && !ret; i++) {
		cmdq_spin_lock(b, cmdq, &flags);
		ret = queue_insert(b, smmu, &cmds[i]);
		cmdq_spin_unlock(b, cmdq, flags);
	}
	if (ret || !sync)
		return ret;
	return cmdq_sync_by_msi(b.device, smmu) ? cmdq_issue_sync_msi(b, smmu) :
						  cmdq_issue_sync_cons(b, smmu);
}

#endif
