/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readers of a published array: arm_smmu_domain_inv_range(), Linux 7.3. */
#ifndef SMMU_RCU_ARRAY_H
#define SMMU_RCU_ARRAY_H

#include "stores.h"

/* The load that the reader's fence is about. */
static __always_inline struct arm_smmu_invs *array_load(const struct smmu_path p,
							struct arm_smmu_domain *domain)
{
	if (smmu_strategies[p.strategy].reader == SMMU_FENCE_LOAD_ACQUIRE)
		/*
		 * Pairs with the store-release of the IOPTE before it, which it can't
		 * pass on arm64, and with the publication in replace().
		 */
		return (struct arm_smmu_invs __force *)smp_load_acquire(&domain->invs);
	/* Pairs with the publication in replace(). */
	return rcu_dereference_raw(domain->invs);
}

/**
 * struct array_build - what a reader is compiled for; constant wherever it is passed
 * @dawdle: for torture: what happens between the load of invs and the lock
 * @lock: for torture: a lock of the domain's in place of the array's, under which invs
 *	  is loaded once more
 *
 * All readers of kmod/smmu have neither, and are compiled to what they were without.
 */
struct array_build {
	void (*dawdle)(struct smmu_thread *t);
	rwlock_t *(*lock)(struct smmu_thread *t);
};

/**
 * __array_inv_range() - invalidate a thread's range under the array that is published
 * @b: build
 * @p: path
 * @t: thread; its IOPTE stores and the reader's fence are behind us
 *
 * Context: inside the read section that keeps domain->invs.
 */
static __always_inline void __array_inv_range(const struct array_build b,
					      const struct smmu_path p, struct smmu_thread *t)
{
	const bool lean = p.variant == SMMU_VARIANT_LEAN;
	const bool recheck = smmu_strategies[p.strategy].post == SMMU_POST_RECHECK;
	struct arm_smmu_domain *domain = t->domain;
	struct arm_smmu_invs *invs, *again;
	struct smmu_submission done;
	unsigned long flags = 0;

	for (invs = array_load(p, domain);; invs = again) {
		const bool has_ats = invs->has_ats;

		if (b.dawdle)
			b.dawdle(t);
		if (lean && likely(!has_ats)) {
			/* A walk of its own, so that has_ats isn't kept and asked again. */
			done = smmu_invs_walk(p, t, invs, false);
		} else if (b.lock && has_ats) {
			rwlock_t *lock = b.lock(t);

			read_lock_irqsave(lock, flags);
			invs = array_load(p, domain);
			done = smmu_invs_walk(p, t, invs, true);
			read_unlock_irqrestore(lock, flags);
		} else {
			/* Pairs with the write_lock_irqsave() of arm_smmu_invs_unref(). */
			if (has_ats)
				read_lock_irqsave(&invs->rwlock, flags);
			done = smmu_invs_walk(p, t, invs, true);
			if (has_ats)
				read_unlock_irqrestore(&invs->rwlock, flags);
		}

		if (!recheck)
			break;
		if (done.syncs && !done.err)
			/*
			 * A CMD_SYNC's completion orders the IOPTE stores before what
			 * comes after it, but the queue reads it without order, and a
			 * control dependency holds no load back. Pairs with the SMMU's
			 * write of CONS or MSI, and so with the publication in
			 * replace(): what was published before the SMMU could read an
			 * old IOPTE is seen below. No function of the driver has it.
			 */
			smp_rmb();
		else
			/*
			 * No CMD_SYNC has completed, so this orders the IOPTE stores
			 * before the load below. Pairs as the reader's fence does.
			 */
			smp_mb();
		/* Pairs with the publication in replace(). */
		again = (struct arm_smmu_invs __force *)smp_load_acquire(&domain->invs);
		if (likely(again == invs))
			break;
		t->repeats++;
	}
}

static __always_inline void array_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	const struct array_build b = {};

	__array_inv_range(b, p, t);
}

/**
 * __rcu_array_inv_range() - the same, with the fence and under RCU
 * @b: build
 * @p: path
 * @t: thread, its IOPTEs already stored
 * @reader: the strategy's fence, or NONE where the barrier budget takes it out
 *
 * Context: a reader of the flavour that the file is compiled for.
 */
static __always_inline void __rcu_array_inv_range(const struct array_build b,
						  const struct smmu_path p,
						  struct smmu_thread *t,
						  const enum smmu_fence reader)
{
	/*
	 * The IOPTE stores before, the load of invs after it. Pairs with the attach
	 * side, where the publication of invs comes before the store that makes the
	 * table reachable, with the publish fence, or the dma_wmb() of
	 * arm_smmu_write_entry() and of CMD_SYNC, in between.
	 */
	smmu_fence(reader);

	rcu_read_lock();
	__array_inv_range(b, p, t);
	rcu_read_unlock();
}

static __always_inline void rcu_array_inv_range(const struct smmu_path p,
						struct smmu_thread *t,
						const enum smmu_fence reader)
{
	const struct array_build b = {};

	__rcu_array_inv_range(b, p, t, reader);
}

#endif
