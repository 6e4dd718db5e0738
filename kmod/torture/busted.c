// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Readers with a bug planted in each, and the table of all bugs: the judge must find every
 * one. They stand on rcu-array and have merged's fence; and no lock, where that isn't
 * what they are about.
 */
#include <linux/rcupdate.h>

#include "arena.h"
#include "inv_range.h"
#include "rnd.h"

static const struct smmu_path merged = {
	.strategy = SMMU_STRATEGY_MERGED,
	.queue = SMMU_QUEUE_LOCKLESS,
	.device = SMMU_DEVICE_MODEL,
	.variant = SMMU_VARIANT_FAITHFUL,
};

#define WAIT_NS	1000000 /* for others, within an RCU read section */

static struct arm_smmu_invs *begin(struct smmu_thread *t)
{
	smmu_pte_clear(merged, t);
	/* Pairs as in rcu_array_inv_range(): these bugs are others. */
	smp_mb();
	rcu_read_lock();
	return rcu_dereference(t->domain->invs);
}

static void last(struct smmu_thread *t, unsigned long n)
{
	for (; n; n--) {
		struct arm_smmu_invs *invs = begin(t);
		size_t num = READ_ONCE(invs->num_invs);

		if (num)
			smmu_inv_array_walk(merged, t, invs->inv, num - 1);
		rcu_read_unlock();
	}
}

/* What the reader's fence is there to forbid, done in program order. */
static void load_first(struct smmu_thread *t, unsigned long n)
{
	for (; n; n--) {
		struct arm_smmu_invs *invs;

		rcu_read_lock();
		invs = rcu_dereference(t->domain->invs);
		torture_await_attach(to_torture_thread(t), WAIT_NS);
		torture_touch(to_torture_thread(t), t->pte_next);
		smmu_pte_clear(merged, t);
		smmu_invs_walk(merged, t, invs, true);
		rcu_read_unlock();
	}
}

/* Whatever an entry has to say, for everything under it. */
static struct arm_smmu_cmd everything(const struct arm_smmu_inv *inv)
{
	if (arm_smmu_inv_is_ats(inv))
		return arm_smmu_make_cmd_atc_inv_all(inv->id, IOMMU_NO_PASID);
	return smmu_inv_tlbi(inv, inv->nsize_opcode);
}

static void no_sync(struct smmu_thread *t, unsigned long n)
{
	for (; n; n--) {
		struct arm_smmu_invs *invs = begin(t);
		size_t i, num = READ_ONCE(invs->num_invs);

		for (i = 0; i < num; i++)
			if (READ_ONCE(invs->inv[i].users))
				arm_smmu_cmdq_issue_cmd(invs->inv[i].smmu,
							everything(&invs->inv[i]));
		rcu_read_unlock();
	}
}

/* The ATCs ask again before the TLBs are clean. */
static void atc_first(struct smmu_thread *t, unsigned long n)
{
	for (; n; n--) {
		struct arm_smmu_invs *invs = begin(t);
		size_t i, num = READ_ONCE(invs->num_invs);
		int pass;

		for (pass = 0; pass < 2; pass++) {
			for (i = 0; i < num; i++) {
				const struct arm_smmu_inv *inv = &invs->inv[i];

				if (READ_ONCE(inv->users) && arm_smmu_inv_is_ats(inv) == !pass)
					arm_smmu_cmdq_issue_cmd_with_sync(inv->smmu,
									  everything(inv));
			}
			if (!pass)
				torture_touch(to_torture_thread(t), t->pte_next - 1);
		}
		rcu_read_unlock();
	}
}

#define MAX_SEEN	16

static struct arm_smmu_inv seen_as(const struct arm_smmu_inv *inv)
{
	return (struct arm_smmu_inv){
		.smmu = inv->smmu,
		.type = inv->type,
		.size_opcode = inv->size_opcode,
		.nsize_opcode = inv->nsize_opcode,
		.id = inv->id,
		.pgsize = inv->pgsize,
		.users = 1,
	};
}

/* Right, and slow between the look at users and the command: unref is what doesn't wait. */
static void no_lock(struct smmu_thread *t, unsigned long n)
{
	struct torture_domain *td = to_torture_domain(t->domain);

	for (; n; n--) {
		struct arm_smmu_inv seen[MAX_SEEN];
		struct arm_smmu_invs *invs = begin(t);
		size_t i, num = READ_ONCE(invs->num_invs), nr = 0;
		unsigned long flags;

		/* Pairs with nothing: that is the bug. */
		read_lock_irqsave(&td->lock, flags);
		for (i = 0; i < num && nr < MAX_SEEN; i++)
			if (READ_ONCE(invs->inv[i].users))
				seen[nr++] = seen_as(&invs->inv[i]);
		torture_await_detach(to_torture_thread(t), WAIT_NS / 4);
		smmu_inv_array_walk(merged, t, seen, nr);
		read_unlock_irqrestore(&td->lock, flags);
		rcu_read_unlock();
	}
}

#define STALE	(BIT(TORTURE_STALE_IOTLB) | BIT(TORTURE_STALE_ATC) | BIT(TORTURE_STALE_USE))

const struct torture_bug_row torture_bugs[TORTURE_NR_BUGS] = {
	[TORTURE_BUG_LAST] = {
		.name = "busted-last",
		.help = "inv_range leaves out the last entry",
		.caught_by = STALE,
		.unmap = last,
	},
	[TORTURE_BUG_LOAD_FIRST] = {
		.name = "busted-load-first",
		.help = "inv_range loads invs before the IOPTE is cleared",
		.caught_by = STALE,
		.unmap = load_first,
	},
	[TORTURE_BUG_NO_SYNC] = {
		.name = "busted-no-sync",
		.help = "inv_range doesn't wait for its commands",
		.caught_by = STALE,
		.unmap = no_sync,
	},
	[TORTURE_BUG_ATC_FIRST] = {
		.name = "busted-atc-first",
		.help = "inv_range sends ATC_INV before the TLBI",
		.caught_by = STALE,
		.unmap = atc_first,
	},
	[TORTURE_BUG_ORDER] = {
		.name = "busted-order",
		.help = "an attach publishes after the STE",
		.caught_by = STALE,
	},
	[TORTURE_BUG_EARLY_UNREF] = {
		.name = "busted-early-unref",
		.help = "a detach takes its entries away before it writes the STE",
		.caught_by = STALE,
	},
	[TORTURE_BUG_NO_FLUSH] = {
		.name = "busted-no-flush",
		.help = "the last detach leaves the tag in the IOTLB",
		.caught_by = STALE,
	},
	[TORTURE_BUG_NO_LOCK] = {
		.name = "busted-no-lock",
		.help = "unref doesn't wait for readers",
		.caught_by = BIT(TORTURE_ATC_AFTER_DETACH),
		.unmap = no_lock,
	},
	[TORTURE_BUG_NO_CFGI] = {
		.name = "busted-no-cfgi",
		.help = "STEs and CDs are written without CFGI",
		.caught_by = STALE,
	},
	[TORTURE_BUG_TORN] = {
		.name = "busted-torn",
		.help = "an STE or CD is changed in two steps with V = 1",
		.caught_by = BIT(TORTURE_TORN_ENTRY),
	},
};
