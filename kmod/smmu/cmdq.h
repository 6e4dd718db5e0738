/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command queue: one ring of commands for each SMMU. Two kinds, chosen by
 * enum smmu_queue: the lockless one (arm-smmu-v3.c of Linux 7.3,
 * __arm_smmu_cmdq_issue_cmdlist()) and the one under a spinlock that it replaced
 * (the driver before commit 587e6c10a7ce, 2019). Upstream's names where upstream
 * has the thing.
 *
 * One direct function for each (queue, device), so that no path asks at run time
 * who consumes it.
 */
#ifndef SMMU_CMDQ_H
#define SMMU_CMDQ_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "cmd.h"

struct arm_smmu_device;

/*
 * log2 of a queue's commands. A batch and its CMD_SYNC must fit, hence more than
 * CMDQ_BATCH_ENTRIES (the driver refuses ilog2(64) and below, too). The upper end
 * is ours: 4 MiB of commands.
 */
#define SMMU_CMDQ_MIN_SHIFT	7
#define SMMU_CMDQ_MAX_SHIFT	18

/* How long a poll waits for the SMMU; arm-smmu-v3.h, ARM_SMMU_POLL_TIMEOUT_US. */
#define SMMU_CMDQ_TIMEOUT_US	1000000

/* In prod of the shadow word: some CPU owns the head and will publish what follows. */
#define CMDQ_PROD_OWNED_FLAG	((u32)BIT(31))

/* CMDQ_CONS.ERR, IHI 0070 section 6.3.28 */
#define CMDQ_CONS_ERR			GENMASK(30, 24)
#define CMDQ_ERR_CERROR_NONE_IDX	0
#define CMDQ_ERR_CERROR_ILL_IDX		1
#define CMDQ_ERR_CERROR_ABT_IDX		2
#define CMDQ_ERR_CERROR_ATC_INV_IDX	3

/* SMMU_GERROR.CMDQ_ERR and MSI_CMDQ_ABT_ERR, IHI 0070 section 6.3.19 */
#define GERROR_CMDQ_ERR			((u32)BIT(0))
#define GERROR_MSI_CMDQ_ABT_ERR		((u32)BIT(4))

/**
 * struct arm_smmu_ll_queue - both indices in one word
 * @val: what the lockless queue's cmpxchg works on
 * @prod: next free slot, wrap bit above the index, CMDQ_PROD_OWNED_FLAG
 * @cons: oldest slot in use, as far as producers know; lags behind the register
 * @atomic: the halves, for a change of one of them
 * @max_n_shift: log2 of the number of slots; constant
 *
 * The word has a cache line to itself.
 */
struct arm_smmu_ll_queue {
	union {
		u64 val;
		struct {
			u32 prod;
			u32 cons;
		};
		struct {
			atomic_t prod;
			atomic_t cons;
		} atomic;
		u8 __pad[SMP_CACHE_BYTES];
	} ____cacheline_aligned_in_smp;
	u32 max_n_shift;
};

/**
 * struct arm_smmu_queue - the ring and its registers
 * @llq: indices
 * @base: the slots, 1 << max_n_shift of them
 * @base_dma: where the device sees @base
 * @prod_reg: CMDQ_PROD; a write hands commands over and has no other effect
 * @cons_reg: CMDQ_CONS; written by the device only
 */
struct arm_smmu_queue {
	struct arm_smmu_ll_queue llq;
	struct arm_smmu_cmd *base;
	dma_addr_t base_dma;
	u32 __iomem *prod_reg;
	u32 __iomem *cons_reg;
};

/**
 * struct arm_smmu_cmdq - one command queue
 * @q: ring
 * @valid_map: lockless: a bit a slot, valid when it differs from the slot's wrap bit
 * @owner_prod: lockless: up to where PROD has been written
 * @lock: lockless: shared by those who wait for a CMD_SYNC, INT_MIN set by the one
 *	  who refreshes cons
 * @timeout_us: how long any poll waits; SMMU_CMDQ_TIMEOUT_US unless changed after
 *		arm_smmu_cmdq_init()
 * @gerror_reg: SMMU_GERROR, toggled by the device
 * @gerrorn_reg: SMMU_GERRORN, written to acknowledge
 * @spinlock: locked queue: held for each command, and through a sync that polls
 *	      CONS
 * @sync_nr: locked queue: number of the last CMD_SYNC, under @spinlock
 * @prev_op: locked queue: opcode inserted last, under @spinlock
 * @sync_count: locked queue with ARM_SMMU_OPT_MSIPOLL: where the device writes the
 *		number of a completed CMD_SYNC
 * @sync_dma: where the device sees @sync_count
 * @timeouts: polls given up, by sync or for want of space
 * @errors: errors that the device reported, by GERROR
 * @regs: what the device keeps of its registers: the memory behind them where there
 *	  are none (device.h)
 */
struct arm_smmu_cmdq {
	struct arm_smmu_queue q;
	atomic_long_t *valid_map;
	atomic_t owner_prod;
	atomic_t lock;
	u32 timeout_us;
	u32 __iomem *gerror_reg;
	u32 __iomem *gerrorn_reg;

	spinlock_t spinlock ____cacheline_aligned_in_smp;
	u32 sync_nr;
	u8 prev_op;

	u32 sync_count ____cacheline_aligned_in_smp;
	dma_addr_t sync_dma;

	atomic_long_t timeouts ____cacheline_aligned_in_smp;
	atomic_long_t errors;
	void *regs;
} ____cacheline_aligned_in_smp;

/**
 * arm_smmu_cmdq_issue_cmdlist_lockless_null() - hand over commands
 * @smmu: its queue must be of the function's kind, its device too
 * @cmds: @n commands; left as they are
 * @n: 0 to what the queue holds; 0 with @sync is a bare CMD_SYNC
 * @sync: follow them by a CMD_SYNC and wait until it has completed
 *
 * A dma_wmb() (locked: the one in writel()) orders the caller's earlier stores
 * before the commands; a control dependency orders the caller's later stores after
 * a CMD_SYNC's completion.
 *
 * Lockless: all commands of one call are neighbours in the queue. Locked: each
 * producer's commands are in its order, with those of others in between.
 *
 * Context: any, as the driver's; takes no sleeping lock.
 * Return: 0; -EINVAL when @n and the sync exceed the queue (nothing was written);
 * -ETIMEDOUT when there was no space for cmdq.timeout_us (lockless: nothing was
 * written; locked: those that fitted were), or when the CMD_SYNC didn't complete
 * within it.
 */
int arm_smmu_cmdq_issue_cmdlist_lockless_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync);
int arm_smmu_cmdq_issue_cmdlist_lockless_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync);
int arm_smmu_cmdq_issue_cmdlist_spinlock_null(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync);
int arm_smmu_cmdq_issue_cmdlist_spinlock_model(struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync);

/* In the kernel only. The SMMU is @smmu's own meanwhile: smmu_device_ops.hold. */
int arm_smmu_cmdq_issue_cmdlist_lockless_mmio(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync);
int arm_smmu_cmdq_issue_cmdlist_spinlock_mmio(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync);

/*
 * Unsound: the queue's dma_wmb() is left out, so that the SMMU may fetch a command
 * before it was written, or before the table that it speaks of. Only to learn what
 * that barrier costs (the barrier budget).
 */
int arm_smmu_cmdq_issue_cmdlist_lockless_null_nowmb(struct arm_smmu_device *smmu,
						    struct arm_smmu_cmd *cmds, int n,
						    bool sync);
int arm_smmu_cmdq_issue_cmdlist_lockless_model_nowmb(struct arm_smmu_device *smmu,
						     struct arm_smmu_cmd *cmds, int n,
						     bool sync);
int arm_smmu_cmdq_issue_cmdlist_lockless_mmio_nowmb(struct arm_smmu_device *smmu,
						    struct arm_smmu_cmd *cmds, int n,
						    bool sync);

/**
 * arm_smmu_cmdq_issue_cmdlist() - the same, by smmu->queue and smmu->kind
 * @smmu: any; with SMMU_QUEUE_NONE commands are appended to smmu->slow_ring, or
 *	  dropped when that is NULL
 * @cmds: commands
 * @n: their number
 * @sync: wait for them
 *
 * For the slow paths. Here, as in the driver's function of that name, a list with a
 * sync goes out twice with the repeat-TLBI erratum (fast paths: smmu_issue()).
 * Context and return as above; -EINVAL for a device that isn't compiled in.
 */
int arm_smmu_cmdq_issue_cmdlist(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds,
				int n, bool sync);

/* One command, without and with a CMD_SYNC after it: slow paths, as above. */
int arm_smmu_cmdq_issue_cmd(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd);
int arm_smmu_cmdq_issue_cmd_with_sync(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd);

/**
 * arm_smmu_cmdq_init() - memory and registers of smmu->cmdq
 * @smmu: queue and kind set; with SMMU_DEVICE_MODEL smmu->model too (of this SMMU
 *	  alone)
 * @max_n_shift: log2 of the queue's commands, SMMU_CMDQ_MIN_SHIFT to _MAX_SHIFT
 *
 * Does nothing with SMMU_QUEUE_NONE. May sleep.
 * Return: 0; -EINVAL for a depth out of range, a device that isn't compiled in or a
 * model that is missing; -ENOMEM; -ENODEV where the module has no such SMMU.
 * After an error nothing is left behind.
 */
int arm_smmu_cmdq_init(struct arm_smmu_device *smmu, unsigned int max_n_shift);

/* No producer is left. After it the model may be destroyed. Fine twice. May sleep. */
void arm_smmu_cmdq_free(struct arm_smmu_device *smmu);

/**
 * arm_smmu_gerror_handler() - what the driver does on the SMMU's error interrupt
 * @smmu: whose GERROR may differ from its GERRORN
 *
 * An illegal command is overwritten by a CMD_SYNC; ABT and ATC_INV time-outs are
 * left as they are, to be tried again. Then the error is acknowledged, whereupon the
 * SMMU goes on. Touches none of the producers' shadow state: they may run meanwhile.
 *
 * Context: any, but one call at a time for each SMMU. Of a model the poller that
 * stepped it calls this (under the model's lock), where the driver has an interrupt.
 * Of a real SMMU the interrupt does, or a poller that has waited for long.
 * Return: whether an error was pending.
 */
bool arm_smmu_gerror_handler(struct arm_smmu_device *smmu);

#endif
