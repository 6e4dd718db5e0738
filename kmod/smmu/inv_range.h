/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fast path: IOPTE stores, the walk over a domain's entries, their commands
 * gathered in batches and handed over. All of it is always-inline over a constant
 * struct smmu_path, so that an instance has no branch on strategy, queue, device or
 * variant. The fence, the RCU section and the load of invs are the store's.
 *
 * Two variants. Faithful has the shape of arm_smmu_domain_inv_range() in
 * Linux 7.3: it zeroes a batch of 1040 bytes at each call, and copies each command by
 * value. Lean does neither, works out a range once for all entries that share it, and
 * without a queue writes commands where they are to end up.
 */
#ifndef SMMU_INV_RANGE_H
#define SMMU_INV_RANGE_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <asm/barrier.h>

#include "batch.h"
#include "cmd.h"
#include "fence.h"
#include "inv.h"
#include "range.h"
#include "smmu.h"

/* ---- IOPTEs ------------------------------------------------------------ */

/**
 * smmu_pte_clear() - what unmap does to the table: t->nr_ptes entries cleared
 * @p: its strategy says how
 * @t: where; moved on
 *
 * Plain stores without a barrier, as __arm_lpae_clear_pte() has them: what orders
 * them before the load of invs is the strategy's reader fence.
 */
static __always_inline void smmu_pte_clear(const struct smmu_path p, struct smmu_thread *t)
{
	const unsigned long mask = t->pte_mask, stride = t->pte_stride;
	unsigned long next = t->pte_next;
	unsigned int n = t->nr_ptes;
	u64 *ptes = t->ptes;

	for (; n; n--) {
		u64 *pte = &ptes[next & mask];

		if (smmu_strategies[p.strategy].pte == SMMU_PTE_RELEASE)
			/* Pairs with the load-acquire of invs, which can't pass it. */
			smp_store_release(pte, 0);
		else
			WRITE_ONCE(*pte, 0);
		next += stride;
		/* Not by a multiplication behind the loop. */
		OPTIMIZER_HIDE_VAR(next);
	}
	t->pte_next = next;
}

/**
 * smmu_pte_map() - what map does: the entries that smmu_pte_clear() clears next
 * @t: where
 * @fence: the wmb() that ends arm_lpae_map_pages(); false leaves it out, for the
 *	   barrier budget only
 */
static __always_inline void smmu_pte_map(struct smmu_thread *t, const bool fence)
{
	unsigned long next = t->pte_next;
	unsigned int n = t->nr_ptes;

	for (; n; n--, next += t->pte_stride)
		/* Bits 1:0: a page descriptor. The address is nobody's. */
		WRITE_ONCE(t->ptes[next & t->pte_mask], (u64)next << 12 | 3);

	if (fence)
		/* Pairs with the SMMU's walk for a device that learns of the iova. */
		wmb();
}

/* ---- entries ----------------------------------------------------------- */

/* The TLBI of an entry: VMID 0 for stage 1, as the driver has it. */
static __always_inline struct arm_smmu_cmd smmu_inv_tlbi(const struct arm_smmu_inv *inv, u8 op)
{
	return inv->type == INV_TYPE_S1_ASID ? arm_smmu_make_cmd_tlbi(op, inv->id, 0) :
					       arm_smmu_make_cmd_tlbi(op, 0, inv->id);
}

/**
 * smmu_inv_add() - the commands of one entry
 * @p: path
 * @t: thread
 * @g: gather
 * @inv: live entry
 * @iova: first byte
 * @size: bytes; 0 and SIZE_MAX mean everything
 * @granule: bytes
 * @leaf: only last-level entries have changed
 *
 * As the switch in __arm_smmu_domain_inv_range().
 */
static __always_inline void smmu_inv_add(const struct smmu_path p, struct smmu_thread *t,
					 struct smmu_gather *g, const struct arm_smmu_inv *inv,
					 u64 iova, size_t size, unsigned int granule, bool leaf)
{
	switch (inv->type) {
	case INV_TYPE_S1_ASID:
	case INV_TYPE_S2_VMID:
		/* arm_smmu_inv_to_cmdq_batch() */
		if (arm_smmu_inv_size_too_big(inv->smmu->features, size, granule))
			smmu_gather_add(p, t, g, inv->smmu,
					smmu_inv_tlbi(inv, inv->nsize_opcode));
		else
			smmu_gather_add_range(p, t, g, inv->smmu,
					      smmu_inv_tlbi(inv, inv->size_opcode), iova, size,
					      granule, inv->pgsize, leaf);
		break;
	case INV_TYPE_S2_VMID_S1_CLEAR:
		/* S12_VMALL of the entry before it has taken stage 1 along. */
		if (arm_smmu_inv_size_too_big(inv->smmu->features, size, granule))
			break;
		smmu_gather_add(p, t, g, inv->smmu, smmu_inv_tlbi(inv, inv->size_opcode));
		break;
	case INV_TYPE_ATS:
		smmu_gather_add(p, t, g, inv->smmu,
				arm_smmu_atc_inv_to_cmd(inv->id, inv->ssid, iova, size));
		break;
	case INV_TYPE_ATS_FULL:
		smmu_gather_add(p, t, g, inv->smmu,
				arm_smmu_make_cmd_atc_inv_all(inv->id, IOMMU_NO_PASID));
		break;
	default:
		WARN_ON_ONCE(inv->type > INV_TYPE_ATS_FULL);
		break;
	}
}

/* smmu_inv_end_batch() behind an entry of @smmu and @type. */
static __always_inline bool smmu_types_end_batch(const struct arm_smmu_device *smmu, u8 type,
						 const struct arm_smmu_inv *next)
{
	if (smmu != next->smmu)
		return true;
	if (likely(type == next->type))
		return false;
	return next->type == INV_TYPE_S2_VMID_S1_CLEAR ||
	       (arm_smmu_inv_is_ats(next) && type < INV_TYPE_ATS);
}

/**
 * smmu_inv_end_batch() - does a CMD_SYNC belong between two entries?
 * @cur: one entry
 * @next: the live one after it
 *
 * As arm_smmu_invs_end_batch(): another SMMU has another queue; stage 2 must be gone
 * before nested stage 1 is cleared; TLBs must be clean before an ATC asks again.
 */
static __always_inline bool smmu_inv_end_batch(const struct arm_smmu_inv *cur,
					       const struct arm_smmu_inv *next)
{
	return smmu_types_end_batch(cur->smmu, cur->type, next);
}

/**
 * typedef smmu_next_fn - a store's next live entry, or NULL
 *
 * Always-inline and passed as a constant, so that the walk has no indirect call. Skips
 * trash, where the store has any, by READ_ONCE() of users.
 */
typedef const struct arm_smmu_inv *(*smmu_next_fn)(void *cursor);

/* ---- the walk, faithful ------------------------------------------------ */

static __always_inline struct smmu_submission
smmu_walk_faithful(const struct smmu_path p, struct smmu_thread *t, const smmu_next_fn next,
		   void *cursor)
{
	const u64 iova = t->iova;
	const size_t size = t->size;
	const unsigned int granule = t->granule;
	const bool leaf = t->leaf;
	const struct arm_smmu_inv *cur, *following;
	struct smmu_batch batch;
	struct smmu_gather g;

	smmu_gather_begin(p, t, &g, &batch);
	for (cur = next(cursor); cur; cur = following) {
		smmu_inv_add(p, t, &g, cur, iova, size, granule, leaf);

		following = next(cursor);
		if (g.batch->num && (!following || smmu_inv_end_batch(cur, following)))
			smmu_gather_submit(p, t, &g);
	}
	return g.done;
}

/* ---- the walk, lean ---------------------------------------------------- */

/*
 * One entry as the faithful variant takes it, for what lean doesn't hoist: ranges of
 * several commands, errata, S2_VMID_S1_CLEAR. Out of line and once for all strategies,
 * so that the walk itself stays short.
 */
#define SMMU_ADD_SLOW(name, q, d, nowmb)						\
static noinline __maybe_unused void name(struct smmu_thread *t, struct smmu_gather *g,	\
					 const struct arm_smmu_inv *inv)		\
{											\
	const struct smmu_path p = {							\
		.queue = SMMU_QUEUE_##q, .device = SMMU_DEVICE_##d,			\
		.variant = SMMU_VARIANT_LEAN, .no_queue_wmb = nowmb,			\
	};										\
											\
	smmu_inv_add(p, t, g, inv, t->iova, t->size, t->granule, t->leaf);		\
}

SMMU_ADD_SLOW(smmu_add_slow_none, NONE, NULL, false)
SMMU_ADD_SLOW(smmu_add_slow_lockless_null, LOCKLESS, NULL, false)
SMMU_ADD_SLOW(smmu_add_slow_lockless_null_nowmb, LOCKLESS, NULL, true)
SMMU_ADD_SLOW(smmu_add_slow_lockless_model, LOCKLESS, MODEL, false)
SMMU_ADD_SLOW(smmu_add_slow_lockless_model_nowmb, LOCKLESS, MODEL, true)
SMMU_ADD_SLOW(smmu_add_slow_spinlock_null, SPINLOCK, NULL, false)
SMMU_ADD_SLOW(smmu_add_slow_spinlock_model, SPINLOCK, MODEL, false)

#undef SMMU_ADD_SLOW

static __always_inline void smmu_add_slow(const struct smmu_path p, struct smmu_thread *t,
					  struct smmu_gather *g, const struct arm_smmu_inv *inv)
{
	const bool model = p.device == SMMU_DEVICE_MODEL;
	/* A copy, so that only here it is in memory. */
	struct smmu_gather copy = {
		.batch = g->batch,
		.smmu = g->smmu,
		.pos = g->pos,
	};

	if (p.queue == SMMU_QUEUE_NONE)
		smmu_add_slow_none(t, &copy, inv);
	else if (p.queue == SMMU_QUEUE_SPINLOCK && model)
		smmu_add_slow_spinlock_model(t, &copy, inv);
	else if (p.queue == SMMU_QUEUE_SPINLOCK)
		smmu_add_slow_spinlock_null(t, &copy, inv);
	else if (p.no_queue_wmb && model)
		smmu_add_slow_lockless_model_nowmb(t, &copy, inv);
	else if (p.no_queue_wmb)
		smmu_add_slow_lockless_null_nowmb(t, &copy, inv);
	else if (model)
		smmu_add_slow_lockless_model(t, &copy, inv);
	else
		smmu_add_slow_lockless_null(t, &copy, inv);

	g->smmu = copy.smmu;
	g->pos = copy.pos;
	g->done.syncs += copy.done.syncs;
	if (copy.done.err)
		g->done.err = copy.done.err;
}

/* smmu_range_single() out of line; the opcode is in the words. */
static noinline __maybe_unused bool smmu_range_plan(const struct smmu_thread *t,
						    const struct arm_smmu_inv *inv,
						    struct arm_smmu_cmd *words)
{
	bool all, single;

	single = smmu_range_single(inv->smmu->features, t->iova, t->size, t->granule,
				   inv->pgsize, t->leaf, &all, words);
	words->data[0] |= all ? inv->nsize_opcode : inv->size_opcode;
	return single;
}

/*
 * What the commands of a run of entries share: entries of one SMMU and type differ in
 * their id alone, since arm_smmu_master_build_inv() makes opcodes and page size from the
 * SMMU, the type and the domain. False where they must be taken one by one. type: the
 * entry's, a constant.
 */
static __always_inline bool smmu_run_words(const struct smmu_thread *t,
					   const struct arm_smmu_inv *inv, const u8 type,
					   struct arm_smmu_cmd *words)
{
	const u32 errata = ARM_SMMU_OPT_CMDQ_FORCE_SYNC | ARM_SMMU_OPT_REPEAT_TLBI_CFGI;

	if (unlikely(inv->smmu->options & errata))
		return false;

	if (type == INV_TYPE_S1_ASID || type == INV_TYPE_S2_VMID) {
		struct arm_smmu_cmd w;

		if (likely(smmu_range_page(t->iova, t->size, t->granule, t->leaf, words))) {
			words->data[0] |= inv->size_opcode;
			if (likely(!(inv->smmu->features & ARM_SMMU_FEAT_RANGE_INV)))
				return true;
			if (smmu_range_page_ril(t->size, t->granule, inv->pgsize, words))
				return true;
		}
		if (!smmu_range_plan(t, inv, &w))
			return false;
		*words = w;
		return true;
	}

	switch (type) {
	case INV_TYPE_ATS:
		*words = arm_smmu_atc_inv_to_cmd(0, 0, t->iova, t->size);
		return true;
	case INV_TYPE_ATS_FULL:
		*words = arm_smmu_make_cmd_atc_inv_all(0, 0);
		return true;
	default:
		return false;
	}
}

/*
 * A run: the entries of one SMMU and type from *cur on, which is left at the first one
 * behind them. type is a constant. False, and nothing done, where they must be taken one
 * by one.
 */
static __always_inline bool smmu_walk_run(const struct smmu_path p, struct smmu_thread *t,
					  struct smmu_gather *g, const smmu_next_fn next,
					  void *cursor, const struct arm_smmu_inv **cur,
					  const u8 type)
{
	const struct arm_smmu_inv *inv = *cur;
	struct arm_smmu_device *smmu = inv->smmu;
	struct arm_smmu_cmd words;

	if (unlikely(!smmu_run_words(t, inv, type, &words)))
		return false;

	g->smmu = smmu;
	do {
		struct arm_smmu_cmd *slot;
		u64 id = inv->id;

		/* Without errata a full batch goes out without a sync: no one sees it. */
		if (!smmu_path_direct(p) && unlikely(g->pos == CMDQ_BATCH_ENTRIES))
			__smmu_gather_issue(p, t, g, false, false);

		slot = smmu_gather_slot(p, t, g);
		if (type == INV_TYPE_S1_ASID)
			slot->data[0] = words.data[0] | FIELD_PREP(CMDQ_TLBI_0_ASID, id);
		else if (type == INV_TYPE_S2_VMID)
			slot->data[0] = words.data[0] | FIELD_PREP(CMDQ_TLBI_0_VMID, id);
		else if (type == INV_TYPE_ATS)
			slot->data[0] = arm_smmu_make_cmd_atc_inv(id, inv->ssid, 0, 0).data[0];
		else
			slot->data[0] = arm_smmu_make_cmd_atc_inv(id, 0, 0, 0).data[0];
		slot->data[1] = words.data[1];

		inv = next(cursor);
	} while (inv && likely(inv->smmu == smmu && inv->type == type));

	*cur = inv;
	/* Not joined: most walks end here, and are to do so without another test. */
	if (likely(!inv))
		__smmu_gather_issue(p, t, g, true, false);
	else if (smmu_types_end_batch(smmu, type, inv))
		__smmu_gather_issue(p, t, g, true, false);
	return true;
}

static __always_inline struct smmu_submission
smmu_walk_lean(const struct smmu_path p, struct smmu_thread *t, const smmu_next_fn next,
	       void *cursor, const bool ats)
{
	const struct arm_smmu_inv *cur = next(cursor), *following;
	struct smmu_batch batch;
	struct smmu_gather g;

	smmu_gather_begin(p, t, &g, &batch);
	/* Each way out is a return of its own: to join them costs the short walk a test. */
	if (unlikely(!cur))
		return g.done;
	do {
		bool run = false;

		if (likely(cur->type == INV_TYPE_S1_ASID))
			run = smmu_walk_run(p, t, &g, next, cursor, &cur, INV_TYPE_S1_ASID);
		else if (cur->type == INV_TYPE_S2_VMID)
			run = smmu_walk_run(p, t, &g, next, cursor, &cur, INV_TYPE_S2_VMID);
		else if (ats && cur->type == INV_TYPE_ATS)
			run = smmu_walk_run(p, t, &g, next, cursor, &cur, INV_TYPE_ATS);
		else if (ats && cur->type == INV_TYPE_ATS_FULL)
			run = smmu_walk_run(p, t, &g, next, cursor, &cur, INV_TYPE_ATS_FULL);
		if (likely(run)) {
			if (likely(!cur))
				return g.done;
			continue;
		}

		g.smmu = cur->smmu;
		smmu_add_slow(p, t, &g, cur);
		following = next(cursor);
		if (smmu_gather_num(p, t, &g) &&
		    (!following || smmu_inv_end_batch(cur, following)))
			smmu_gather_issue(p, t, &g, true);
		cur = following;
	} while (cur);
	return g.done;
}

/*
 * ats: lean: a constant. False: no run of ATS entries is looked for. One that came all the
 * same would be taken, but slowly; what counts is that the loop keeps its registers.
 */
static __always_inline struct smmu_submission
__smmu_walk(const struct smmu_path p, struct smmu_thread *t, const smmu_next_fn next,
	    void *cursor, const bool ats)
{
	if (p.variant == SMMU_VARIANT_FAITHFUL)
		return smmu_walk_faithful(p, t, next, cursor);
	return smmu_walk_lean(p, t, next, cursor, ats);
}

/**
 * smmu_walk() - invalidate the thread's range under all of a store's entries
 * @p: path
 * @t: thread. Its iova + size must not wrap; size is a multiple of granule and of the
 *     domain's smallest page, granule a power of two of at least 4 KiB; none of that
 *     where size is 0 or SIZE_MAX and means everything.
 * @next: the store's iterator
 * @cursor: its state
 *
 * As __arm_smmu_domain_inv_range(). Entries come in the array's order. Errors of the
 * queue are counted in t->errors and the walk goes on, as the driver does.
 *
 * Context: whatever keeps the entries alive; any that the queue allows.
 * Return: batches that were synced, and the last error.
 */
static __always_inline struct smmu_submission
smmu_walk(const struct smmu_path p, struct smmu_thread *t, const smmu_next_fn next,
	  void *cursor)
{
	return __smmu_walk(p, t, next, cursor, true);
}

struct smmu_array_cursor {
	const struct arm_smmu_inv *next, *end;
};

static __always_inline const struct arm_smmu_inv *smmu_array_next(void *cursor)
{
	struct smmu_array_cursor *c = cursor;

	while (c->next != c->end) {
		const struct arm_smmu_inv *inv = c->next++;

		/* Pairs with unref's WRITE_ONCE(): seen or not, both are right. */
		if (likely(READ_ONCE(inv->users)))
			return inv;
	}
	return NULL;
}

/**
 * smmu_inv_array_walk() - smmu_walk() over plain entries
 * @p: path
 * @t: thread, with the range
 * @inv: entries, sorted; users of 0 marks trash
 * @num: how many
 */
static __always_inline struct smmu_submission
smmu_inv_array_walk(const struct smmu_path p, struct smmu_thread *t,
		    const struct arm_smmu_inv *inv, size_t num)
{
	struct smmu_array_cursor c = { .next = inv, .end = inv + num };

	return smmu_walk(p, t, smmu_array_next, &c);
}

/**
 * smmu_invs_walk() - smmu_walk() over a domain's array
 * @p: path
 * @t: thread, with the range
 * @invs: inside the caller's RCU section or lock; when has_ats, under its rwlock
 * @has_ats: what it was read as; best a constant
 */
static __always_inline struct smmu_submission
smmu_invs_walk(const struct smmu_path p, struct smmu_thread *t,
	       const struct arm_smmu_invs *invs, const bool has_ats)
{
	/* Pairs with unref's trim; without the rwlock a longer, older end is right, too. */
	struct smmu_array_cursor c = { .next = invs->inv,
				       .end = invs->inv + READ_ONCE(invs->num_invs) };

	return __smmu_walk(p, t, smmu_array_next, &c, has_ats);
}

#endif
