/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMMUs that the module owns. An SMMU has one command queue; each cell with
 * device=mmio has a ring, indices and locks of its own, as with any other device: of
 * any depth and kind, so that those may differ within a group. Cells take turns: who
 * holds an SMMU has its ring in CMDQ_BASE, and where it left off in CMDQ_PROD and
 * CMDQ_CONS. It changes hands between blocks, off the clock, with the queue disabled
 * and empty. Blocks of cells don't overlap; whoever else comes (a self-test beside a
 * run) waits.
 */
#ifndef MMIO_MMIO_H
#define MMIO_MMIO_H

#include <linux/io.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "smmu.h"

struct device;

/**
 * struct smmu_mmio - an SMMU
 * @dev: what it was found as
 * @base: its registers
 * @address: of the registers, physical
 * @nr: its number; that of smmu->index
 * @features: ARM_SMMU_FEAT_* of COHERENCY, ATS, SEV and RANGE_INV
 * @s1: it has stage 1
 * @s2: it has stage 2
 * @msi: a CMD_SYNC can complete by a write to memory
 * @max_n_shift: log2 of the longest queue
 * @oas: bits of an address that it puts out
 * @version: minor one of the architecture, SMMUv3.@version
 * @irq: of GERROR; 0: there is none
 * @queues: rings made for it; under driver.c's lock
 * @lock: protects all below but for @owner
 * @dead: CR0 wasn't acknowledged; it is touched no more
 * @users: how often it is held
 * @holder: by whom, where @users isn't 0
 * @idle: woken when @users or @queues becomes 0
 * @owner_lock: held for changes of @owner, and by who handles an error of its queue
 * @owner: whose ring is in the registers, or NULL; @holder's, while it is held, unless
 *	   the SMMU is dead
 * @list: smmu_mmio_all
 */
struct smmu_mmio {
	struct device *dev;
	void __iomem *base;
	phys_addr_t address;
	unsigned int nr;
	u32 features;
	bool s1, s2, msi;
	unsigned int max_n_shift, oas, version;
	int irq;
	unsigned int queues;

	struct mutex lock; /* dead to holder, and the registers but for errors' */
	bool dead;
	unsigned int users;
	struct arm_smmu_device *holder;
	wait_queue_head_t idle;
	raw_spinlock_t owner_lock; /* owner */
	struct arm_smmu_device *owner;
	struct list_head list;
};

/**
 * struct smmu_mmio_queue - a ring's turn at an SMMU, in cmdq.regs
 * @mmio: whose
 * @prod: CMDQ_PROD when it lost the SMMU
 * @cons: CMDQ_CONS likewise
 * @sync_mapped: cmdq.sync_dma is a mapping
 */
struct smmu_mmio_queue {
	struct smmu_mmio *mmio;
	u32 prod, cons;
	bool sync_mapped;
};

/* ---- driver.c ------------------------------------------------------------ */

/* SMMU @nr, or NULL. It stays while a queue exists (smmu_mmio_get()). May sleep. */
struct smmu_mmio *smmu_mmio_get(unsigned int nr);
void smmu_mmio_put(struct smmu_mmio *mmio);

/* How many there are: numbers 0 on. May sleep. */
unsigned int smmu_mmio_count(void);

/* ---- hw.c ---------------------------------------------------------------- */

/**
 * smmu_mmio_identify() - what an SMMU can do, from its ID registers
 * @mmio: dev and base are set
 *
 * Return: 0; -ENODEV when it is no SMMU that we can drive, -EBUSY when it translates
 * for somebody; with a line in the log.
 */
int smmu_mmio_identify(struct smmu_mmio *mmio);

/**
 * smmu_mmio_reset() - an SMMU that was left in any state, made ready for a queue
 * @mmio: identified
 *
 * SMMUEN stays off, as it was found: transactions of the devices behind it pass as
 * before, no stream table and no event queue is needed, and what is measured, the
 * command queue, works all the same: arm_smmu_device_reset() issues its first commands
 * in that state, too. What is not measured therefore is the work of an invalidation
 * that finds something, and of a CMD_SYNC that waits for transactions. An ATC_INV is
 * ignored.
 *
 * May sleep. Return: 0, or -ETIMEDOUT when CR0 isn't acknowledged, with a line.
 */
int smmu_mmio_reset(struct smmu_mmio *mmio);

/* GERROR's interrupt on or off, by IRQ_CTRL. May sleep. 0 or -ETIMEDOUT. */
int smmu_mmio_enable_irq(struct smmu_mmio *mmio, bool on);

/* CR0.CMDQEN, acknowledged. Under lock. 0 or -ETIMEDOUT. */
int smmu_mmio_enable_queue(struct smmu_mmio *mmio, bool on);

/* Handles what GERROR has, for the owner. Context: any. False when there was nothing. */
bool smmu_mmio_gerror(struct smmu_mmio *mmio);

/* As smmu_device_ops.hold and .release. */
void smmu_mmio_hold(struct arm_smmu_device *smmu);
void smmu_mmio_release(struct arm_smmu_device *smmu);

/*
 * @smmu's ring is about to go. False when it must stay: the SMMU is dead, and may
 * still read it. May sleep.
 */
bool smmu_mmio_forget(struct arm_smmu_device *smmu);

static inline struct smmu_mmio_queue *smmu_mmio_queue(const struct arm_smmu_device *smmu)
{
	return smmu->cmdq.regs;
}

#endif
