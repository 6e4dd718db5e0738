/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the bodies of both queues (cmdq_lockless.h, cmdq_spinlock.h) have in common:
 * indices, slots, polling. Always-inline over a constant struct cmdq_build; only for
 * those who make functions of them: cmdq.c, cmdq_spinlock.c, and the tests that plant
 * a bug.
 */
#ifndef SMMU_CMDQ_COMMON_H
#define SMMU_CMDQ_COMMON_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/processor.h>
#include <linux/spinlock.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>

#include "cmdq.h"
#include "device.h"
#include "smmu.h"

/* Bugs that the checkers must catch; every function of kmod/smmu has CMDQ_BUG_NONE. */
enum cmdq_bug {
	CMDQ_BUG_NONE,
	CMDQ_BUG_VALID_FIRST,	/* valid before the commands are written */
	CMDQ_BUG_SYNC_EARLY,	/* a sync that doesn't wait */
	CMDQ_BUG_INVALID_SLOTS,	/* PROD passes slots that aren't valid yet */
	CMDQ_BUG_OWNERS_RACE,	/* the previous owner isn't waited for */
	CMDQ_BUG_SPACE,		/* the CMD_SYNC's slot isn't counted */
	CMDQ_BUG_NO_LOCK,	/* locked queue without its lock */
};

/**
 * struct cmdq_build - what a body is compiled for; constant wherever it is passed
 * @device: who consumes
 * @no_wmb: without the dma_wmb() before the valid bits
 * @slow: for tests: a delay wherever another CPU's steps may fall in between
 * @bug: for tests: planted bug
 */
struct cmdq_build {
	enum smmu_device_kind device;
	bool no_wmb;
	bool slow;
	enum cmdq_bug bug;
};

/* Both indices, as struct arm_smmu_ll_queue has them, without its padding. */
union cmdq_word {
	u64 val;
	struct {
		u32 prod;
		u32 cons;
	};
};

/* ---- indices: wrap bit above the index, flags above that --------------- */

static __always_inline u32 cmdq_idx(u32 shift, u32 p)
{
	return p & ((1U << shift) - 1);
}

static __always_inline u32 cmdq_wrap(u32 shift, u32 p)
{
	return p & (1U << shift);
}

static __always_inline u32 cmdq_advance(u32 shift, u32 p, u32 n)
{
	return (p + n) & ((2U << shift) - 1);
}

/* Slots in use. More than 1 << shift only when PROD has overtaken CONS. */
static __always_inline u32 cmdq_used(u32 shift, union cmdq_word w)
{
	return (w.prod - w.cons) & ((2U << shift) - 1);
}

static __always_inline bool queue_has_space(u32 shift, union cmdq_word w, u32 n)
{
	return cmdq_used(shift, w) + n <= 1U << shift;
}

static __always_inline bool queue_full(u32 shift, union cmdq_word w)
{
	return cmdq_used(shift, w) == 1U << shift;
}

/* Has @cons passed slot @prod, which was in use? */
static __always_inline bool queue_consumed(u32 shift, u32 cons, u32 prod)
{
	u32 c = cmdq_idx(shift, cons), p = cmdq_idx(shift, prod);

	return cmdq_wrap(shift, cons) == cmdq_wrap(shift, prod) ? c > p : c <= p;
}

static __always_inline struct arm_smmu_cmd *cmdq_slot(const struct arm_smmu_queue *q, u32 p)
{
	return &q->base[cmdq_idx(q->llq.max_n_shift, p)];
}

/* The queue is little-endian. Single stores: the SMMU may look at any time. */
static __always_inline void queue_write(struct arm_smmu_cmd *slot, const struct arm_smmu_cmd *cmd)
{
	WRITE_ONCE(slot->data[0], (__force u64)cpu_to_le64(cmd->data[0]));
	WRITE_ONCE(slot->data[1], (__force u64)cpu_to_le64(cmd->data[1]));
}

/* Half of the times, so that the fast meet the slow. */
static __always_inline void cmdq_dawdle(const struct cmdq_build b, u32 at)
{
	if (b.slow && at % 2)
		udelay(1);
}

/* ---- polling ----------------------------------------------------------- */

#define CMDQ_POLL_SPIN_COUNT	10 /* arm-smmu-v3.h, ARM_SMMU_POLL_SPIN_COUNT */

struct arm_smmu_queue_poll {
	ktime_t timeout;
	ktime_t look; /* a real SMMU: when its errors are looked at next */
	unsigned int delay;
	unsigned int spin_cnt;
	bool woken; /* by the write that is waited for: no delays */
	bool wfe; /* a real SMMU: by the event that a CMD_SYNC's completion is */
};

/*
 * The driver leaves errors to the interrupt. It may be bound to the CPU that polls with
 * interrupts off, or there may be none: who has polled for this long looks by himself.
 */
#define CMDQ_LOOK_US		1000

/* A real SMMU that has timed out once: for how long its queue is waited for after that. */
#define CMDQ_LOST_US		10000U

static __always_inline ktime_t cmdq_deadline(const struct arm_smmu_cmdq *cmdq)
{
	return ktime_add_us(ktime_get(), cmdq->timeout_us);
}

/* A poller that sleeps can't step the model: WFE is for a real SMMU alone. */
static __always_inline void queue_poll_init(const enum smmu_device_kind device,
					    const struct arm_smmu_device *smmu,
					    struct arm_smmu_queue_poll *qp)
{
	qp->delay = 1;
	qp->spin_cnt = 0;
	qp->woken = false;
	qp->wfe = device == SMMU_DEVICE_MMIO && (smmu->features & ARM_SMMU_FEAT_SEV);
	qp->look = 0;
	qp->timeout = cmdq_deadline(&smmu->cmdq);
}

/* arm64 alone has an event to wait for. */
static __always_inline void cmdq_wfe(void)
{
#ifdef wfe
	wfe();
#else
	cpu_relax();
#endif
}

/*
 * For whoever polls: a real SMMU that has stopped at an error, and told nobody who can be
 * told. *@look is 0 at first.
 */
static __always_inline void cmdq_look(const enum smmu_device_kind device,
				      struct arm_smmu_device *smmu, ktime_t now, ktime_t *look)
{
	if (!SMMU_HAS_MMIO || device != SMMU_DEVICE_MMIO)
		return;
	if (*look && likely(ktime_before(now, *look)))
		return;
	if (*look)
		smmu_mmio_look(smmu);
	*look = ktime_add_us(now, CMDQ_LOOK_US);
}

/* Where a real SMMU works by itself, the model works now. False, for conditions. */
static __always_inline bool cmdq_let_device_work(const enum smmu_device_kind device,
						 struct arm_smmu_device *smmu)
{
	if (device == SMMU_DEVICE_MODEL)
		smmu_model_poll(smmu);
	return false;
}

static __always_inline int queue_poll(const enum smmu_device_kind device,
				      struct arm_smmu_device *smmu,
				      struct arm_smmu_queue_poll *qp)
{
	const ktime_t now = ktime_get();

	if (ktime_compare(now, qp->timeout) > 0)
		return -ETIMEDOUT;

	cmdq_let_device_work(device, smmu);
	cmdq_look(device, smmu, now, &qp->look);
	if (qp->wfe) {
		cmdq_wfe();
	} else if (qp->woken || ++qp->spin_cnt < CMDQ_POLL_SPIN_COUNT) {
		cpu_relax();
	} else {
		udelay(qp->delay);
		qp->delay *= 2;
		qp->spin_cnt = 0;
	}
	return 0;
}

/* The null device can't write to memory, since it looks at no command. */
static __always_inline bool cmdq_sync_by_msi(const enum smmu_device_kind device,
					     const struct arm_smmu_device *smmu)
{
	return device != SMMU_DEVICE_NULL && (smmu->options & ARM_SMMU_OPT_MSIPOLL);
}

/* Hand everything before @prod to the device. */
static __always_inline void cmdq_write_prod_relaxed(const enum smmu_device_kind device,
						    struct arm_smmu_queue *q, u32 prod)
{
	writel_relaxed(prod, q->prod_reg);
	if (device == SMMU_DEVICE_NULL)
		smmu_null_prod_written(q, prod);
}

static __always_inline bool cmdq_too_many(const struct arm_smmu_cmdq *cmdq, int n, bool sync)
{
	return n < 0 || (u64)n + sync > 1U << cmdq->q.llq.max_n_shift;
}

static inline __cold int cmdq_timed_out(struct arm_smmu_device *smmu, const char *what, u32 at)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;

	atomic_long_inc(&cmdq->timeouts);
	/* The other commands of a block that lost its SMMU would be a second each. */
	if (SMMU_HAS_MMIO && smmu->kind == SMMU_DEVICE_MMIO)
		WRITE_ONCE(cmdq->timeout_us, min(cmdq->timeout_us, CMDQ_LOST_US));
	pr_err_ratelimited("smmu%u: %s timeout at 0x%08x [hwprod 0x%08x, hwcons 0x%08x]\n",
			   smmu->index, what, at, readl_relaxed(cmdq->q.prod_reg),
			   readl_relaxed(cmdq->q.cons_reg));
	return -ETIMEDOUT;
}

#endif
