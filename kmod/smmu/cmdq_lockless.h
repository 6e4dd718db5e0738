/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lockless queue: __arm_smmu_cmdq_issue_cmdlist() of arm-smmu-v3.c in Linux 7.3.
 * Slots are reserved by a cmpxchg on both indices; each producer writes its own and
 * marks them valid; whoever found the head unowned writes PROD for all that gathered
 * behind it.
 *
 * As long as the driver's, too (docs/limits.md, "Path lengths"): indices are copied in
 * whole structs, which a kernel with INIT_STACK_ALL_ZERO zeroes each time, and what its
 * compiler leaves out of line is out of line here.
 */
#ifndef SMMU_CMDQ_LOCKLESS_H
#define SMMU_CMDQ_LOCKLESS_H

#include "cmdq_common.h"

/*
 * cmdq->lock: shared by those who wait for a CMD_SYNC, which keeps CONS from getting
 * two laps ahead of them; exclusive for who refreshes cons. Acquisition orders nothing by
 * itself (a control dependency is what follows), release has release semantics.
 */
static __always_inline void arm_smmu_cmdq_shared_lock(struct arm_smmu_cmdq *cmdq)
{
	/*
	 * With INT_MIN in it the count stays negative whatever is added, and the
	 * addition keeps further exclusive holders out.
	 */
	if (atomic_fetch_inc_relaxed(&cmdq->lock) >= 0)
		return;
	atomic_cond_read_relaxed(&cmdq->lock, VAL > 0);
}

static noinline __maybe_unused void arm_smmu_cmdq_shared_unlock(struct arm_smmu_cmdq *cmdq)
{
	/* Pairs with the exclusive side's cmpxchg: our store to llq.cons comes first. */
	(void)atomic_dec_return_release(&cmdq->lock);
}

/* Fails for who seems to be the last one in. */
static __always_inline bool arm_smmu_cmdq_shared_tryunlock(struct arm_smmu_cmdq *cmdq)
{
	if (atomic_read(&cmdq->lock) == 1)
		return false;
	arm_smmu_cmdq_shared_unlock(cmdq);
	return true;
}

/* Interrupts are off when this returns true. */
static __always_inline bool arm_smmu_cmdq_exclusive_trylock_irqsave(struct arm_smmu_cmdq *cmdq,
								    unsigned long *flags)
{
	local_irq_save(*flags);
	if (!atomic_cmpxchg_relaxed(&cmdq->lock, 0, INT_MIN))
		return true;
	local_irq_restore(*flags);
	return false;
}

static __always_inline void arm_smmu_cmdq_exclusive_unlock_irqrestore(struct arm_smmu_cmdq *cmdq,
								      unsigned long flags)
{
	/*
	 * Only the sign goes: shared lockers that came meanwhile are in at once.
	 * Pairs with their relaxed increment and control dependency, so that they
	 * find the llq.cons stored before.
	 */
	(void)atomic_fetch_andnot_release(INT_MIN, &cmdq->lock);
	local_irq_restore(flags);
}

/* Where the prod of @llq gets to behind @n slots; its flag stays. */
static noinline __maybe_unused u32 queue_inc_prod_n(const struct arm_smmu_ll_queue *llq, int n)
{
	u32 shift = llq->max_n_shift;
	u32 prod = (cmdq_wrap(shift, llq->prod) | cmdq_idx(shift, llq->prod)) + n;

	return (llq->prod & CMDQ_PROD_OWNED_FLAG) | cmdq_wrap(shift, prod) | cmdq_idx(shift, prod);
}

static __always_inline bool llq_has_space(const struct arm_smmu_ll_queue *llq, u32 n)
{
	u32 shift = llq->max_n_shift;
	u32 prod = cmdq_idx(shift, llq->prod), cons = cmdq_idx(shift, llq->cons);

	if (cmdq_wrap(shift, llq->prod) == cmdq_wrap(shift, llq->cons))
		return (1U << shift) - (prod - cons) >= n;
	return cons - prod >= n;
}

/*
 * Mark the slots [@sprod, @eprod) valid, or wait until they are. A slot is valid while
 * its bit differs from the wrap bit of who asks: marking is an xor, and the next lap
 * finds every slot invalid without anybody clearing the map.
 */
static __always_inline void cmdq_poll_set_valid_map(const enum smmu_device_kind device,
						    struct arm_smmu_device *smmu, u32 sprod,
						    u32 eprod, bool set)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	struct arm_smmu_ll_queue llq = {
		.max_n_shift = cmdq->q.llq.max_n_shift,
		.prod = sprod,
	};
	u32 end = cmdq_idx(llq.max_n_shift, eprod);

	while (llq.prod != eprod) {
		u32 idx = cmdq_idx(llq.max_n_shift, llq.prod), bit = idx % BITS_PER_LONG;
		bool last = BIT_WORD(idx) == BIT_WORD(end) && bit < end % BITS_PER_LONG;
		u32 limit = last ? end % BITS_PER_LONG : BITS_PER_LONG;
		unsigned long mask = GENMASK(limit - 1, bit);
		atomic_long_t *word = &cmdq->valid_map[BIT_WORD(idx)];

		if (set) {
			atomic_long_xor(mask, word);
		} else {
			unsigned long valid = cmdq_wrap(llq.max_n_shift, llq.prod) ? 0 : mask;

			atomic_long_cond_read_relaxed(
				word, (VAL & mask) == valid || cmdq_let_device_work(device, smmu));
		}
		llq.prod = queue_inc_prod_n(&llq, limit - bit);
	}
}

/* One for who steps a model while it waits, and one for the others. */
static noinline __maybe_unused void cmdq_valid_map_null(struct arm_smmu_device *smmu, u32 sprod,
							u32 eprod, bool set)
{
	cmdq_poll_set_valid_map(SMMU_DEVICE_NULL, smmu, sprod, eprod, set);
}

static noinline __maybe_unused void cmdq_valid_map_model(struct arm_smmu_device *smmu, u32 sprod,
							 u32 eprod, bool set)
{
	cmdq_poll_set_valid_map(SMMU_DEVICE_MODEL, smmu, sprod, eprod, set);
}

static __always_inline void __arm_smmu_cmdq_poll_set_valid_map(const enum smmu_device_kind device,
							       struct arm_smmu_device *smmu,
							       u32 sprod, u32 eprod, bool set)
{
	if (device == SMMU_DEVICE_MODEL)
		cmdq_valid_map_model(smmu, sprod, eprod, set);
	else
		cmdq_valid_map_null(smmu, sprod, eprod, set);
}

/* queue_poll() out of line. */
static noinline __maybe_unused int cmdq_poll_null(struct arm_smmu_device *smmu,
						  struct arm_smmu_queue_poll *qp)
{
	return queue_poll(SMMU_DEVICE_NULL, smmu, qp);
}

static noinline __maybe_unused int cmdq_poll_model(struct arm_smmu_device *smmu,
						   struct arm_smmu_queue_poll *qp)
{
	return queue_poll(SMMU_DEVICE_MODEL, smmu, qp);
}

static noinline __maybe_unused int cmdq_poll_mmio(struct arm_smmu_device *smmu,
						  struct arm_smmu_queue_poll *qp)
{
	return queue_poll(SMMU_DEVICE_MMIO, smmu, qp);
}

static __always_inline int cmdq_poll(const enum smmu_device_kind device,
				     struct arm_smmu_device *smmu,
				     struct arm_smmu_queue_poll *qp)
{
	switch (device) {
	case SMMU_DEVICE_NULL:
		return cmdq_poll_null(smmu, qp);
	case SMMU_DEVICE_MODEL:
		return cmdq_poll_model(smmu, qp);
	default:
		return cmdq_poll_mmio(smmu, qp);
	}
}

/*
 * One look at how much space there is now: refreshes llq.cons, or waits until someone
 * else did. 0 doesn't mean that there is enough.
 */
static __always_inline int arm_smmu_cmdq_poll_until_not_full(const enum smmu_device_kind device,
							     struct arm_smmu_device *smmu,
							     struct arm_smmu_ll_queue *llq)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	struct arm_smmu_queue_poll qp;
	union cmdq_word w;
	unsigned long flags;
	int ret;

	if (arm_smmu_cmdq_exclusive_trylock_irqsave(cmdq, &flags)) {
		WRITE_ONCE(cmdq->q.llq.cons, readl_relaxed(cmdq->q.cons_reg));
		arm_smmu_cmdq_exclusive_unlock_irqrestore(cmdq, flags);
		llq->val = READ_ONCE(cmdq->q.llq.val);
		return 0;
	}

	queue_poll_init(device, smmu, &qp);
	do {
		llq->val = READ_ONCE(cmdq->q.llq.val);
		w.val = llq->val;
		if (!queue_full(llq->max_n_shift, w))
			return 0;
		ret = cmdq_poll(device, smmu, &qp);
	} while (!ret);
	return ret;
}

/*
 * Until @n slots are free. The driver tries for ever, with a message each second;
 * here a queue in which nothing moved for the time-out is an error.
 */
static noinline __cold __maybe_unused int cmdq_poll_until_space(const enum smmu_device_kind device,
								struct arm_smmu_device *smmu,
								struct arm_smmu_ll_queue *llq,
								u32 n)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	ktime_t deadline = 0, look = 0, now;
	u32 cons = llq->cons;
	int ret;

	for (;;) {
		cmdq_let_device_work(device, smmu);
		ret = arm_smmu_cmdq_poll_until_not_full(device, smmu, llq);
		if (llq_has_space(llq, n))
			return 0;
		if (ret)
			break;
		now = ktime_get();
		if (!deadline || llq->cons != cons) {
			deadline = ktime_add_us(now, cmdq->timeout_us);
			look = 0;
		} else if (ktime_compare(now, deadline) > 0) {
			break;
		}
		cmdq_look(device, smmu, now, &look);
		cons = llq->cons;
		cpu_relax();
	}
	return cmdq_timed_out(smmu, "CMDQ", llq->prod);
}

/*
 * Wait for the SMMU's write to the first word of the CMD_SYNC at llq->prod. With the
 * lock shared. llq->cons is what the last one out may publish; after a time-out that is
 * as optimistic as the driver is.
 */
static __always_inline int __arm_smmu_cmdq_poll_until_msi(const enum smmu_device_kind device,
							  struct arm_smmu_device *smmu,
							  struct arm_smmu_ll_queue *llq)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	u32 *word = (u32 *)cmdq_slot(&cmdq->q, llq->prod);
	struct arm_smmu_queue_poll qp;
	int ret = 0;

	queue_poll_init(device, smmu, &qp);
	/*
	 * On arm64 smp_cond_load_relaxed() sleeps until the word is written, and hardly
	 * comes to the delays of queue_poll(). Who steps the model can't sleep.
	 */
	qp.woken = true;
#if SMMU_HAS_MMIO
	if (device == SMMU_DEVICE_MMIO) {
		/* The write is no event of its own. */
		qp.wfe = false;
		smp_cond_load_relaxed(word, !VAL || (ret = cmdq_poll(device, smmu, &qp)));
	}
#endif
	while (READ_ONCE(*word) && !ret)
		ret = cmdq_poll(device, smmu, &qp);
	llq->cons = ret ? llq->prod : queue_inc_prod_n(llq, 1);
	return ret;
}

/* Wait until CONS has passed the CMD_SYNC at llq->prod. With the lock shared. */
static __always_inline int __arm_smmu_cmdq_poll_until_consumed(const enum smmu_device_kind device,
							       struct arm_smmu_device *smmu,
							       struct arm_smmu_ll_queue *llq)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	struct arm_smmu_queue_poll qp;
	u32 prod = llq->prod;
	int ret = 0;

	queue_poll_init(device, smmu, &qp);
	llq->val = READ_ONCE(cmdq->q.llq.val);
	do {
		if (queue_consumed(llq->max_n_shift, llq->cons, prod))
			break;
		ret = cmdq_poll(device, smmu, &qp);
		/*
		 * readl(), not relaxed: its barrier comes before the tryunlock that
		 * follows, which must see every shared_lock() taken before the PROD
		 * write that this CONS answers. It pairs with the dma_wmb() between
		 * shared_lock() and the valid bits, and the owner's control
		 * dependency from those to its PROD write. Else two could take
		 * themselves for the last one out.
		 */
		llq->cons = readl(cmdq->q.cons_reg);
	} while (!ret);
	llq->prod = prod;
	return ret;
}

/*
 * The commands, into slots from @prod on. The address depends on the cmpxchg that
 * reserved them, and the store is under its control dependency: pairs with the release of
 * llq.cons (unlock of the last one out, or of the exclusive side) that made them free.
 */
static noinline __maybe_unused void arm_smmu_cmdq_write_entries(struct arm_smmu_cmdq *cmdq,
								const struct arm_smmu_cmd *cmds,
								u32 prod, int n)
{
	struct arm_smmu_ll_queue llq = {
		.max_n_shift = cmdq->q.llq.max_n_shift,
		.prod = prod,
	};
	int i;

	for (i = 0; i < n; i++)
		queue_write(cmdq_slot(&cmdq->q, queue_inc_prod_n(&llq, i)), &cmds[i]);
}

static __always_inline int __arm_smmu_cmdq_issue_cmdlist(const struct cmdq_build b,
							 struct arm_smmu_device *smmu,
							 struct arm_smmu_cmd *cmds, int n,
							 bool sync)
{
	struct arm_smmu_cmdq *cmdq = &smmu->cmdq;
	bool msi = cmdq_sync_by_msi(b.device, smmu);
	struct arm_smmu_ll_queue llq, head;
	struct arm_smmu_cmd cmd;
	unsigned long flags;
	u32 prod, need;
	int ret = 0;
	bool owner;
	u64 old;

	if (unlikely(cmdq_too_many(cmdq, n, sync)))
		return -EINVAL;
	need = n + (b.bug == CMDQ_BUG_SPACE ? 0 : sync);

	/* 1. Reserve the slots; who finds the head unowned becomes its owner. */
	local_irq_save(flags);
	llq.max_n_shift = cmdq->q.llq.max_n_shift;
	llq.val = READ_ONCE(cmdq->q.llq.val);
	for (;;) {
		while (!llq_has_space(&llq, need)) {
			local_irq_restore(flags);
			ret = cmdq_poll_until_space(b.device, smmu, &llq, need);
			if (ret)
				return ret;
			local_irq_save(flags);
		}
		head.cons = llq.cons;
		head.prod = queue_inc_prod_n(&llq, n + sync) | CMDQ_PROD_OWNED_FLAG;
		old = cmpxchg_relaxed(&cmdq->q.llq.val, llq.val, head.val);
		if (old == llq.val)
			break;
		llq.val = old;
	}
	owner = !(llq.prod & CMDQ_PROD_OWNED_FLAG);
	head.prod &= ~CMDQ_PROD_OWNED_FLAG;
	llq.prod &= ~CMDQ_PROD_OWNED_FLAG;

	if (b.bug == CMDQ_BUG_VALID_FIRST)
		__arm_smmu_cmdq_poll_set_valid_map(b.device, smmu, llq.prod, head.prod, true);
	cmdq_dawdle(b, llq.prod);

	/* 2. Write the commands. */
	arm_smmu_cmdq_write_entries(cmdq, cmds, llq.prod, n);
	if (sync) {
		u64 msiaddr;

		prod = queue_inc_prod_n(&llq, n);
		msiaddr = cmdq->q.base_dma + cmdq_idx(llq.max_n_shift, prod) * sizeof(cmd);
		cmd = msi ? arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ, msiaddr) :
			    arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
		queue_write(cmdq_slot(&cmdq->q, prod), &cmd);
		/* Before the valid bits: holding it, CONS can't get two laps ahead of us. */
		arm_smmu_cmdq_shared_lock(cmdq);
	}

	/*
	 * 3. dma_wmb(): the commands, and all that the caller stored before (STE, CD,
	 * IOPTE), are visible to the SMMU before the valid bits that let an owner
	 * write PROD. Pairs with the SMMU's reads of PROD, then of the slots.
	 */
	if (!b.no_wmb)
		dma_wmb();
	cmdq_dawdle(b, head.prod);
	if (b.bug != CMDQ_BUG_VALID_FIRST)
		__arm_smmu_cmdq_poll_set_valid_map(b.device, smmu, llq.prod, head.prod, true);

	/* 4. The owner publishes its own slots and those that others added. */
	if (owner) {
		u32 eprod;

		/* a. In the order of ownership: pairs with the release in e. */
		if (b.bug != CMDQ_BUG_OWNERS_RACE)
			atomic_cond_read_relaxed(
				&cmdq->owner_prod,
				llq.prod == (u32)VAL || cmdq_let_device_work(b.device, smmu));

		cmdq_dawdle(b, head.prod);

		/* b. From here on the next one in is the next owner. */
		eprod = atomic_fetch_andnot_relaxed(CMDQ_PROD_OWNED_FLAG,
						    &cmdq->q.llq.atomic.prod);
		eprod &= ~CMDQ_PROD_OWNED_FLAG;

		/* c. Our own slots too: the control dependency that d needs. */
		if (b.bug != CMDQ_BUG_INVALID_SLOTS)
			__arm_smmu_cmdq_poll_set_valid_map(b.device, smmu, llq.prod, eprod,
							   false);

		/*
		 * d. Relaxed: ordered after the valid bits by the control dependency
		 * from c, and those after the commands by each producer's dma_wmb().
		 */
		cmdq_write_prod_relaxed(b.device, &cmdq->q, eprod);

		cmdq_dawdle(b, llq.prod);

		/*
		 * e. Release: the PROD write comes before the next owner's, which
		 * waits in a. PROD must not go back.
		 */
		atomic_set_release(&cmdq->owner_prod, eprod);
	}

	/* 5. Wait. Returning is a control dependency for what the caller does next. */
	if (sync) {
		llq.prod = queue_inc_prod_n(&llq, n);
		if (b.bug == CMDQ_BUG_SYNC_EARLY)
			llq.cons = cmdq->q.llq.cons;
		else if (msi)
			ret = __arm_smmu_cmdq_poll_until_msi(b.device, smmu, &llq);
		else
			ret = __arm_smmu_cmdq_poll_until_consumed(b.device, smmu, &llq);
		if (unlikely(ret))
			ret = cmdq_timed_out(smmu, "CMD_SYNC", llq.prod);

		/* The last one out knows that no other sync is behind cons. */
		if (!arm_smmu_cmdq_shared_tryunlock(cmdq)) {
			WRITE_ONCE(cmdq->q.llq.cons, llq.cons);
			arm_smmu_cmdq_shared_unlock(cmdq);
		}
	}

	local_irq_restore(flags);
	return ret;
}

#endif
