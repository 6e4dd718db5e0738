// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The attach side: the subject's own, with delays wherever readers and models can come
 * between, a note of when a tag is about to be flushed, and some of the planted bugs.
 */
#include <linux/mutex.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "arena.h"
#include "rnd.h"

/* ---- the store's side ------------------------------------------------- */

static void dawdle(u64 *delays)
{
	torture_dawdle(delays, 4, 20);
}

/* What a bug depends on isn't left to chance. */
static void dawdle_long(struct arena *a)
{
	udelay(20 + torture_below(&a->delays, 80));
}

/* TORTURE_BUG_ORDER: what install_new has kept back. */
static void publish_late(struct torture_domain *td)
{
	if (td->late.prepared)
		td->arena->store->install_new(&td->d, &td->late);
	td->late.prepared = NULL;
}

static int hook_prepare(struct arm_smmu_domain *d, struct smmu_store_txn *txn)
{
	struct torture_domain *td = to_torture_domain(d);

	publish_late(td);
	return td->arena->store->prepare(d, txn);
}

static void hook_install_new(struct arm_smmu_domain *d, struct smmu_store_txn *txn)
{
	struct torture_domain *td = to_torture_domain(d);

	dawdle(&td->arena->delays);
	if (td->arena->c->bug == TORTURE_BUG_ORDER)
		td->late = *txn;
	else
		td->arena->store->install_new(d, txn);
	dawdle(&td->arena->delays);
}

/* to_unref is in the master's own memory. */
static struct torture_master *master_of(struct arena *a, const struct arm_smmu_invs *to_unref)
{
	unsigned int i;

	for (i = 0; i < ARENA_MASTERS - 1; i++)
		if (a->masters[i].m.build_invs == to_unref)
			break;
	return &a->masters[i];
}

static void unref(struct torture_domain *td, struct arm_smmu_invs *to_unref)
{
	struct arena *a = td->arena;
	unsigned long flags;

	a->store->unref(&td->d, to_unref);
	if (!a->domain_lock)
		return;
	/*
	 * Pairs with the read_lock_irqsave() of __array_inv_range(): waits for those who
	 * saw the entries; whoever comes later loads the array that unref changed.
	 */
	write_lock_irqsave(&td->lock, flags);
	write_unlock_irqrestore(&td->lock, flags);
}

static void hook_unref(struct arm_smmu_domain *d, struct arm_smmu_invs *to_unref)
{
	struct torture_domain *td = to_torture_domain(d);
	struct arena *a = td->arena;
	struct torture_master *tm = master_of(a, to_unref);

	publish_late(td);
	dawdle(&a->delays);
	WRITE_ONCE(td->retiring, td->retiring + 1);
	/* Pairs with the one between unmap and judge: who misses the entry sees it odd. */
	smp_mb();
	if (tm->unrefed)
		/* Its tag may be in use again: a flush too many is no harm. */
		to_unref->inv[0].users = 0;
	else
		unref(td, to_unref);
	tm->unrefed = false;
	if (a->c->bug == TORTURE_BUG_NO_FLUSH)
		to_unref->inv[0].users = 1;
	dawdle(&a->delays);
}

/* The tag has been flushed, where it had to be. */
static void hook_purge(struct arm_smmu_domain *d)
{
	struct torture_domain *td = to_torture_domain(d);

	/* Pairs with the judge's: who sees it even finds the tag flushed. */
	smp_mb();
	WRITE_ONCE(td->retiring, td->retiring + 1);
	dawdle(&td->arena->delays);
	td->arena->store->purge(d);
}

void torture_hook_store(struct arena *a)
{
	a->hooks = *a->store;
	a->hooks.prepare = hook_prepare;
	a->hooks.install_new = hook_install_new;
	a->hooks.unref = hook_unref;
	a->hooks.purge = hook_purge;
}

/* ---- the entries' side ------------------------------------------------ */

/* Between an entry's stores and its CFGI; between a step and the next. */
static void hook_sync(struct arm_smmu_entry_writer *writer,
		      const struct arm_smmu_entry_writer_ops *ops)
{
	struct torture_master *tm = container_of(writer->master, struct torture_master, m);

	dawdle(&tm->delays);
	if (tm->arena->c->bug != TORTURE_BUG_NO_CFGI)
		ops->sync(writer);
	dawdle(&tm->delays);
}

static void hook_ste_sync(struct arm_smmu_entry_writer *writer)
{
	hook_sync(writer, &arm_smmu_ste_writer_ops);
}

static void hook_cd_sync(struct arm_smmu_entry_writer *writer)
{
	hook_sync(writer, &arm_smmu_cd_writer_ops);
}

/*
 * TORTURE_BUG_TORN: VMID and TTB, or TTB and ASID, change in two steps. As if one qword
 * were all that differs, V stays 1.
 */
static void too_much_is_safe(const __le64 *cur, const __le64 *target, __le64 *safe)
{
	memset(&safe[1], 0xff, 2 * sizeof(*safe));
}

static const struct arm_smmu_entry_writer_ops ste_ops = {
	.get_used = arm_smmu_get_ste_used,
	.get_update_safe = arm_smmu_get_ste_update_safe,
	.sync = hook_ste_sync,
};

static const struct arm_smmu_entry_writer_ops cd_ops = {
	.get_used = arm_smmu_get_cd_used,
	.sync = hook_cd_sync,
};

static const struct arm_smmu_entry_writer_ops torn_ste_ops = {
	.get_used = arm_smmu_get_ste_used,
	.get_update_safe = too_much_is_safe,
	.sync = hook_ste_sync,
};

static const struct arm_smmu_entry_writer_ops torn_cd_ops = {
	.get_used = arm_smmu_get_cd_used,
	.get_update_safe = too_much_is_safe,
	.sync = hook_cd_sync,
};

void torture_hook_master(struct torture_master *tm)
{
	const bool torn = tm->arena->c->bug == TORTURE_BUG_TORN;

	tm->m.ste_ops = torn ? &torn_ste_ops : &ste_ops;
	tm->m.cd_ops = torn ? &torn_cd_ops : &cd_ops;
}

/* ---- attach ----------------------------------------------------------- */

static bool has_table(const struct arm_smmu_domain *d)
{
	return d != &arm_smmu_blocked_domain && d != &arm_smmu_identity_domain;
}

/* TORTURE_BUG_EARLY_UNREF: what must follow the entry's write comes before it. */
static void unref_early(struct torture_master *tm)
{
	struct arm_smmu_domain *d = tm->m.sid_domain;
	struct torture_domain *td = to_torture_domain(d);
	struct arm_smmu_invs *invs;

	mutex_lock(&arm_smmu_asid_lock);
	invs = arm_smmu_master_build_invs(&tm->m, tm->m.ats_enabled, IOMMU_NO_PASID, d);
	unref(td, invs);
	td->arena->store->purge(d);
	tm->unrefed = true;
	dawdle_long(td->arena);
	mutex_unlock(&arm_smmu_asid_lock);
}

int torture_attach(struct torture_master *tm, struct arm_smmu_domain *domain)
{
	struct arena *a = tm->arena;
	int ret;

	if (a->c->bug == TORTURE_BUG_EARLY_UNREF && has_table(tm->m.sid_domain))
		unref_early(tm);

	/*
	 * The publication, and the dma_wmb() of each command, put these before whatever
	 * makes an ATC_INV or lets the ATC be filled. Pairs with the loads of consumed()
	 * and of the judge.
	 */
	WRITE_ONCE(tm->moves, tm->moves + 1);
	WRITE_ONCE(tm->detached, false);
	ret = arm_smmu_master_attach(&tm->m, domain);

	if (a->c->bug == TORTURE_BUG_ORDER && has_table(domain)) {
		mutex_lock(&arm_smmu_asid_lock);
		dawdle_long(a);
		publish_late(to_torture_domain(domain));
		mutex_unlock(&arm_smmu_asid_lock);
	}

	if (!ret && !has_table(domain)) {
		/* After all that detach waits for. Pairs with the load of consumed(). */
		smp_store_release(&tm->detached, true);
		if (tm->m.ats_supported)
			atomic_inc(&a->gone);
	}
	/* After the publication. Pairs with the acquire in judge_begin(). */
	smp_store_release(&tm->moves, tm->moves + 1);
	atomic_inc(&a->moves);
	return ret;
}
