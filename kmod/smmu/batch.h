/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How commands reach their consumer: gathered in batches, and handed over to a queue
 * or to the thread's ring. Always-inline over a constant struct smmu_path, as all of
 * the fast path (inv_range.h).
 */
#ifndef SMMU_BATCH_H
#define SMMU_BATCH_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "cmd.h"
#include "cmdq.h"
#include "inv.h"
#include "range.h"
#include "smmu.h"

/* Lean without a queue: commands go straight to the thread's ring. */
static __always_inline bool smmu_path_direct(const struct smmu_path p)
{
	return p.variant == SMMU_VARIANT_LEAN && p.queue == SMMU_QUEUE_NONE;
}

/* ---- handing over ------------------------------------------------------ */

/**
 * struct smmu_submission - what became of a walk
 * @syncs: batches that went out with a CMD_SYNC; 0 when there was no live entry
 * @err: 0, or the last error of a hand-over (of a CMD_SYNC or without)
 */
struct smmu_submission {
	unsigned int syncs;
	int err;
};

/*
 * arm_smmu_erratum_cmd_needs_repeating(): commands of configuration and TLB, from
 * CFGI_STE on up to but not including ATC_INV.
 */
static __always_inline bool smmu_repeats(const struct arm_smmu_device *smmu,
					 const struct arm_smmu_cmd *first)
{
	u8 op;

	if (likely(!(smmu->options & ARM_SMMU_OPT_REPEAT_TLBI_CFGI)))
		return false;
	op = arm_smmu_cmd_op(first);
	return op >= CMDQ_OP_CFGI_STE && op < CMDQ_OP_ATC_INV;
}

/* The CMD_SYNC of a path without a queue, as a queue without MSIs would have it. */
static __always_inline void smmu_ring_sync(struct smmu_ring *ring, u64 *pos)
{
	ring->cmds[(*pos)++ % SMMU_RING_ENTRIES] =
		arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
}

/* The queue's function for the path's device; -EINVAL where there is none. */
static __always_inline int smmu_issue_lockless(const struct smmu_path p,
					       struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	if (p.device == SMMU_DEVICE_NULL && p.no_queue_wmb)
		return arm_smmu_cmdq_issue_cmdlist_lockless_null_nowmb(smmu, cmds, n, sync);
	if (p.device == SMMU_DEVICE_NULL)
		return arm_smmu_cmdq_issue_cmdlist_lockless_null(smmu, cmds, n, sync);
	if (p.device == SMMU_DEVICE_MODEL && p.no_queue_wmb)
		return arm_smmu_cmdq_issue_cmdlist_lockless_model_nowmb(smmu, cmds, n, sync);
	if (p.device == SMMU_DEVICE_MODEL)
		return arm_smmu_cmdq_issue_cmdlist_lockless_model(smmu, cmds, n, sync);
	if (SMMU_HAS_MMIO && p.device == SMMU_DEVICE_MMIO && p.no_queue_wmb)
		return arm_smmu_cmdq_issue_cmdlist_lockless_mmio_nowmb(smmu, cmds, n, sync);
	if (SMMU_HAS_MMIO && p.device == SMMU_DEVICE_MMIO)
		return arm_smmu_cmdq_issue_cmdlist_lockless_mmio(smmu, cmds, n, sync);
	return -EINVAL;
}

static __always_inline int smmu_issue_spinlock(const struct smmu_path p,
					       struct arm_smmu_device *smmu,
					       struct arm_smmu_cmd *cmds, int n, bool sync)
{
	if (p.device == SMMU_DEVICE_NULL)
		return arm_smmu_cmdq_issue_cmdlist_spinlock_null(smmu, cmds, n, sync);
	if (p.device == SMMU_DEVICE_MODEL)
		return arm_smmu_cmdq_issue_cmdlist_spinlock_model(smmu, cmds, n, sync);
	if (SMMU_HAS_MMIO && p.device == SMMU_DEVICE_MMIO)
		return arm_smmu_cmdq_issue_cmdlist_spinlock_mmio(smmu, cmds, n, sync);
	return -EINVAL;
}

/* Hands over once: arm_smmu_cmdq_issue_cmdlist() without the erratum. */
static __always_inline int __smmu_issue(const struct smmu_path p, struct smmu_thread *t,
					struct arm_smmu_device *smmu,
					struct arm_smmu_cmd *cmds, int n, bool sync)
{
	u64 pos;
	int i;

	switch (p.queue) {
	case SMMU_QUEUE_NONE:
		pos = t->ring.pos;
		for (i = 0; i < n; i++)
			t->ring.cmds[pos++ % SMMU_RING_ENTRIES] = cmds[i];
		if (sync)
			smmu_ring_sync(&t->ring, &pos);
		t->ring.pos = pos;
		return 0;
	case SMMU_QUEUE_LOCKLESS:
		return smmu_issue_lockless(p, smmu, cmds, n, sync);
	case SMMU_QUEUE_SPINLOCK:
		return smmu_issue_spinlock(p, smmu, cmds, n, sync);
	case SMMU_NR_QUEUES:
		break;
	}
	return -EINVAL;
}

/**
 * smmu_issue() - hand commands to the path's queue
 * @p: path
 * @t: its ring takes them when there is no queue
 * @smmu: whose queue
 * @cmds: commands
 * @n: their number
 * @sync: a CMD_SYNC follows, and is waited for
 *
 * With the repeat-TLBI erratum a list with a sync goes out twice, as
 * arm_smmu_cmdq_issue_cmdlist() does it.
 *
 * Context: as the queue's.
 * Return: 0 or the queue's error.
 */
static __always_inline int smmu_issue(const struct smmu_path p, struct smmu_thread *t,
				      struct arm_smmu_device *smmu,
				      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	int ret = __smmu_issue(p, t, smmu, cmds, n, sync);

	if (n && !ret && sync && unlikely(smmu_repeats(smmu, cmds)))
		ret = __smmu_issue(p, t, smmu, cmds, n, sync);
	return ret;
}

/* ---- batches ----------------------------------------------------------- */

/**
 * struct smmu_batch - commands gathered for one SMMU: arm_smmu_cmdq_batch
 * @cmds: commands; unused when they go straight to the ring
 * @smmu: faithful: whose, once @num isn't 0
 * @num: faithful: how many
 *
 * 1040 bytes, as the driver's.
 */
struct smmu_batch {
	struct arm_smmu_cmd cmds[CMDQ_BATCH_ENTRIES];
	struct arm_smmu_device *smmu;
	int num;
};

/**
 * struct smmu_gather - a batch in the making
 * @batch: where commands go, unless straight to the ring
 * @done: what has been handed over so far
 * @smmu: lean: whose commands these are
 * @pos: lean: where the next command goes: in @batch, or in the ring, whose own pos
 *	 then is where the batch begins
 *
 * Lean keeps its numbers here, where no callee sees them and a register can hold them.
 */
struct smmu_gather {
	struct smmu_batch *batch;
	struct smmu_submission done;
	struct arm_smmu_device *smmu;
	u64 pos;
};

/**
 * smmu_gather_begin() - an empty batch
 * @p: path
 * @t: thread
 * @g: set up
 * @batch: the caller's, uninitialised
 */
static __always_inline void smmu_gather_begin(const struct smmu_path p, struct smmu_thread *t,
					      struct smmu_gather *g, struct smmu_batch *batch)
{
	if (p.variant == SMMU_VARIANT_FAITHFUL) {
		/* "cmds = {}" in __arm_smmu_domain_inv_range(). */
		*batch = (struct smmu_batch){ 0 };
		/* All of it: the driver's compiler can't see what the queue will read. */
		OPTIMIZER_HIDE_VAR(batch);
	}
	*g = (struct smmu_gather){ .batch = batch };
	if (smmu_path_direct(p))
		g->pos = t->ring.pos;
}

static __always_inline unsigned int smmu_gather_num(const struct smmu_path p,
						    const struct smmu_thread *t,
						    const struct smmu_gather *g)
{
	if (p.variant == SMMU_VARIANT_FAITHFUL)
		return g->batch->num;
	return smmu_path_direct(p) ? g->pos - t->ring.pos : g->pos;
}

/* The ring's part of a hand-over: its commands are there already. */
static __always_inline void smmu_gather_ring_sync(struct smmu_thread *t, struct smmu_gather *g,
						  const bool repeat)
{
	struct smmu_ring *ring = &t->ring;
	u64 from = ring->pos, end = g->pos;

	smmu_ring_sync(ring, &g->pos);
	if (repeat && end != from &&
	    unlikely(smmu_repeats(g->smmu, &ring->cmds[from % SMMU_RING_ENTRIES]))) {
		for (; from != end; from++)
			ring->cmds[g->pos++ % SMMU_RING_ENTRIES] =
				ring->cmds[from % SMMU_RING_ENTRIES];
		smmu_ring_sync(ring, &g->pos);
	}
}

/*
 * Hand the batch over; it is empty then. A failure is counted in t->errors, and
 * otherwise ignored as in the driver. repeat: constant; false where the erratum has been
 * ruled out.
 */
static __always_inline void __smmu_gather_issue(const struct smmu_path p, struct smmu_thread *t,
						struct smmu_gather *g, bool sync,
						const bool repeat)
{
	struct smmu_batch *b = g->batch;
	int ret = 0;

	if (p.variant == SMMU_VARIANT_FAITHFUL) {
		ret = smmu_issue(p, t, b->smmu, b->cmds, b->num, sync);
		b->num = 0;
	} else if (smmu_path_direct(p)) {
		if (sync)
			smmu_gather_ring_sync(t, g, repeat);
		t->ring.pos = g->pos;
	} else if (!repeat) {
		ret = __smmu_issue(p, t, g->smmu, b->cmds, g->pos, sync);
		g->pos = 0;
	} else {
		ret = smmu_issue(p, t, g->smmu, b->cmds, g->pos, sync);
		g->pos = 0;
	}

	g->done.syncs += sync;
	if (unlikely(ret)) {
		g->done.err = ret;
		t->errors++;
	}
}

static __always_inline void smmu_gather_issue(const struct smmu_path p, struct smmu_thread *t,
					      struct smmu_gather *g, bool sync)
{
	__smmu_gather_issue(p, t, g, sync, true);
}

/* Hand over, with a CMD_SYNC, what there is: arm_smmu_cmdq_batch_submit(). */
static __always_inline void smmu_gather_submit(const struct smmu_path p, struct smmu_thread *t,
					       struct smmu_gather *g)
{
	smmu_gather_issue(p, t, g, true);
}

/*
 * What comes before a command is added: a full batch goes out, and both errata have
 * their say (arm_smmu_cmdq_batch_force_sync(), arm_smmu_cmdq_batch_add_cmd_p()).
 */
static __always_inline void smmu_gather_make_room(const struct smmu_path p,
						  struct smmu_thread *t, struct smmu_gather *g,
						  const struct arm_smmu_device *smmu)
{
	const bool direct = smmu_path_direct(p);
	const struct arm_smmu_cmd *cmds = direct ? t->ring.cmds : g->batch->cmds;
	const struct arm_smmu_cmd *first = &cmds[direct ? t->ring.pos % SMMU_RING_ENTRIES : 0];
	unsigned int num = smmu_gather_num(p, t, g);

	/* Arm erratum 2812531: no 64 commands in a row without a CMD_SYNC. */
	if (num == CMDQ_BATCH_ENTRIES - 1 &&
	    (smmu->options & ARM_SMMU_OPT_CMDQ_FORCE_SYNC))
		smmu_gather_issue(p, t, g, true);
	else if (num == CMDQ_BATCH_ENTRIES)
		smmu_gather_issue(p, t, g, smmu_repeats(smmu, first));
}

/* Lean: where the next command goes. There is room. */
static __always_inline struct arm_smmu_cmd *
smmu_gather_slot(const struct smmu_path p, struct smmu_thread *t, struct smmu_gather *g)
{
	u64 pos = g->pos++;

	return smmu_path_direct(p) ? &t->ring.cmds[pos % SMMU_RING_ENTRIES] :
				     &g->batch->cmds[pos];
}

/* Faithful: a full batch goes out, errata have their say, the command is copied. */
static __always_inline struct smmu_submission
smmu_batch_add(const struct smmu_path p, struct smmu_thread *t, struct smmu_batch *batch,
	       struct arm_smmu_device *smmu, const struct arm_smmu_cmd *cmd)
{
	struct smmu_gather g = { .batch = batch };

	smmu_gather_make_room(p, t, &g, smmu);
	batch->smmu = smmu;
	batch->cmds[batch->num++] = *cmd;
	return g.done;
}

/*
 * It is called, since the driver's has too many callers to be inlined: a function for
 * each queue and device.
 */
#define SMMU_BATCH_ADD_FN(name, q, d, nowmb)				\
static noinline __maybe_unused struct smmu_submission			\
arm_smmu_cmdq_batch_add_cmd_p_##name(struct smmu_thread *t, struct smmu_batch *batch, \
				     struct arm_smmu_device *smmu,	\
				     const struct arm_smmu_cmd *cmd)	\
{									\
	const struct smmu_path p = {					\
		.queue = SMMU_##q,					\
		.device = SMMU_##d,					\
		.variant = SMMU_VARIANT_FAITHFUL,			\
		.no_queue_wmb = nowmb,					\
	};								\
									\
	return smmu_batch_add(p, t, batch, smmu, cmd);			\
}

SMMU_BATCH_ADD_FN(none, QUEUE_NONE, DEVICE_NULL, false)
SMMU_BATCH_ADD_FN(lockless_null, QUEUE_LOCKLESS, DEVICE_NULL, false)
SMMU_BATCH_ADD_FN(lockless_null_nowmb, QUEUE_LOCKLESS, DEVICE_NULL, true)
SMMU_BATCH_ADD_FN(lockless_model, QUEUE_LOCKLESS, DEVICE_MODEL, false)
SMMU_BATCH_ADD_FN(lockless_model_nowmb, QUEUE_LOCKLESS, DEVICE_MODEL, true)
SMMU_BATCH_ADD_FN(lockless_mmio, QUEUE_LOCKLESS, DEVICE_MMIO, false)
SMMU_BATCH_ADD_FN(lockless_mmio_nowmb, QUEUE_LOCKLESS, DEVICE_MMIO, true)
SMMU_BATCH_ADD_FN(spinlock_null, QUEUE_SPINLOCK, DEVICE_NULL, false)
SMMU_BATCH_ADD_FN(spinlock_model, QUEUE_SPINLOCK, DEVICE_MODEL, false)
SMMU_BATCH_ADD_FN(spinlock_mmio, QUEUE_SPINLOCK, DEVICE_MMIO, false)

static __always_inline struct smmu_submission
arm_smmu_cmdq_batch_add_cmd_p(const struct smmu_path p, struct smmu_thread *t,
			      struct smmu_batch *batch, struct arm_smmu_device *smmu,
			      const struct arm_smmu_cmd *cmd)
{
	const bool null = p.device == SMMU_DEVICE_NULL, model = p.device == SMMU_DEVICE_MODEL;

	if (p.queue == SMMU_QUEUE_NONE)
		return arm_smmu_cmdq_batch_add_cmd_p_none(t, batch, smmu, cmd);
	if (p.queue == SMMU_QUEUE_SPINLOCK && null)
		return arm_smmu_cmdq_batch_add_cmd_p_spinlock_null(t, batch, smmu, cmd);
	if (p.queue == SMMU_QUEUE_SPINLOCK && model)
		return arm_smmu_cmdq_batch_add_cmd_p_spinlock_model(t, batch, smmu, cmd);
	if (p.queue == SMMU_QUEUE_SPINLOCK)
		return arm_smmu_cmdq_batch_add_cmd_p_spinlock_mmio(t, batch, smmu, cmd);
	if (null && p.no_queue_wmb)
		return arm_smmu_cmdq_batch_add_cmd_p_lockless_null_nowmb(t, batch, smmu, cmd);
	if (null)
		return arm_smmu_cmdq_batch_add_cmd_p_lockless_null(t, batch, smmu, cmd);
	if (model && p.no_queue_wmb)
		return arm_smmu_cmdq_batch_add_cmd_p_lockless_model_nowmb(t, batch, smmu, cmd);
	if (model)
		return arm_smmu_cmdq_batch_add_cmd_p_lockless_model(t, batch, smmu, cmd);
	if (p.no_queue_wmb)
		return arm_smmu_cmdq_batch_add_cmd_p_lockless_mmio_nowmb(t, batch, smmu, cmd);
	return arm_smmu_cmdq_batch_add_cmd_p_lockless_mmio(t, batch, smmu, cmd);
}

/**
 * smmu_gather_add() - one more command: arm_smmu_cmdq_batch_add_cmd_p()
 * @p: path
 * @t: thread
 * @g: gather
 * @smmu: whose command; the same as of those before it since the last hand-over
 * @cmd: copied
 *
 * A full batch goes out first, without a CMD_SYNC unless an erratum wants one.
 */
static __always_inline void smmu_gather_add(const struct smmu_path p, struct smmu_thread *t,
					    struct smmu_gather *g, struct arm_smmu_device *smmu,
					    const struct arm_smmu_cmd cmd)
{
	if (p.variant == SMMU_VARIANT_FAITHFUL) {
		struct smmu_submission done;

		done = arm_smmu_cmdq_batch_add_cmd_p(p, t, g->batch, smmu, &cmd);
		g->done.syncs += done.syncs;
		if (unlikely(done.err))
			g->done.err = done.err;
	} else {
		if (unlikely(smmu_gather_num(p, t, g) >= CMDQ_BATCH_ENTRIES - 1))
			smmu_gather_make_room(p, t, g, smmu);
		g->smmu = smmu;
		*smmu_gather_slot(p, t, g) = cmd;
	}
}

/**
 * smmu_gather_add_range() - TLBIs for a range: arm_smmu_cmdq_batch_add_range()
 * @p: path
 * @t: thread
 * @g: gather
 * @smmu: whose commands
 * @cmd: opcode and tag
 * @iova: first byte
 * @size: bytes, not 0
 * @granule: bytes
 * @pgsize: with range invalidation, log2 of the leaf page size
 * @leaf: only last-level entries have changed
 */
static __always_inline void smmu_gather_add_range(const struct smmu_path p,
						  struct smmu_thread *t, struct smmu_gather *g,
						  struct arm_smmu_device *smmu,
						  struct arm_smmu_cmd cmd, u64 iova, size_t size,
						  unsigned int granule, size_t pgsize, bool leaf)
{
	const u64 tag = cmd.data[0];
	struct smmu_range r;

	smmu_range_init(&r, smmu->features, iova, size, granule, pgsize, leaf);
	while (smmu_range_next(&r, &cmd)) {
		cmd.data[0] |= tag;
		smmu_gather_add(p, t, g, smmu, cmd);
	}
}

#endif
