// SPDX-License-Identifier: GPL-2.0-or-later
/* rcu-array, with one thing wrong in each: the suite must find it, by its name. */
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "../selftest.h"
#include "stores/stores.h"
#include "suite.h"

#define STEPS	600
#define TRIES	20 /* on a loaded machine threads may not meet */

static const struct smmu_path a_path = {
	.strategy = SMMU_STRATEGY_MERGED,
	.queue = SMMU_QUEUE_NONE,
	.device = SMMU_DEVICE_NULL,
	.variant = SMMU_VARIANT_FAITHFUL,
};

static struct smmu_store_ops last, late;

static const struct smmu_store_ops *right(void)
{
	return smmu_store_find(SMMU_STORE_ID_rcu_array, "qsbr", 0);
}

/* ---- busted-last: the walk leaves out the last entry ------------------ */

static void last_unmap(struct smmu_thread *t, unsigned long n)
{
	for (; n; n--) {
		struct arm_smmu_invs *invs;
		size_t num;

		smmu_pte_clear(a_path, t);
		rcu_read_lock();
		invs = rcu_dereference(t->domain->invs);
		num = READ_ONCE(invs->num_invs);
		if (num)
			smmu_inv_array_walk(a_path, t, invs->inv, num - 1);
		rcu_read_unlock();
	}
}

static smmu_unmap_fn last_find(const struct smmu_path *path)
{
	return last_unmap;
}

static const struct smmu_store_ops *busted_last(void)
{
	last = *right();
	last.name = "busted-last";
	last.unmap = last_find;
	return &last;
}

/* ---- busted-late: published by the next unmap, after it has looked ---- */

static struct smmu_store_txn pending;

static void late_flush(struct arm_smmu_domain *domain)
{
	if (pending.prepared)
		right()->install_new(domain, &pending);
	pending.prepared = NULL;
}

static void late_install_new(struct arm_smmu_domain *domain,
			     struct smmu_store_txn *txn)
{
	late_flush(domain);
	pending = *txn;
}

static void late_unmap(struct smmu_thread *t, unsigned long n)
{
	smmu_unmap_fn unmap = right()->unmap(&a_path);

	unmap(t, n);
	late_flush(t->domain);
}

static smmu_unmap_fn late_find(const struct smmu_path *path)
{
	return late_unmap;
}

static int late_prepare(struct arm_smmu_domain *domain,
			struct smmu_store_txn *txn)
{
	late_flush(domain);
	return right()->prepare(domain, txn);
}

static void late_unref(struct arm_smmu_domain *domain,
		       struct arm_smmu_invs *to_unref)
{
	late_flush(domain);
	right()->unref(domain, to_unref);
}

static const struct smmu_store_ops *busted_late(void)
{
	late = *right();
	late.name = "busted-late";
	late.prepare = late_prepare;
	late.install_new = late_install_new;
	late.unref = late_unref;
	late.unmap = late_find;
	return &late;
}

/* ---- are they caught? ------------------------------------------------- */

/* All of @words stand in what was found. */
static bool says(const struct suite_report *r, const char *name, const char *words)
{
	return strstr(r->msg, name) && strstr(r->msg, words);
}

static void last_is_caught(void)
{
	struct suite_store store = { .ops = busted_last(), .rcu = "qsbr" };
	static struct suite_report r;
	unsigned int i;

	ktap_assert(!suite_history(&store, 1, STEPS, &r));
	ktap_assert(says(&r, "busted-last", "unmap after"));
	ktap_note("caught: %s", r.msg);
	if (!SMMU_SMP)
		return;
	for (i = 0; i < TRIES && suite_concurrent(&store, &r); i++)
		;
	ktap_assert(i < TRIES);
	ktap_assert(says(&r, "busted-last", "not told"));
	ktap_note("caught beside attaches: %s", r.msg);
}

static void late_is_caught(void)
{
	struct suite_store store = { .ops = busted_late(), .rcu = "qsbr" };
	static struct suite_report r;

	ktap_assert(!suite_history(&store, 1, STEPS, &r));
	ktap_assert(says(&r, "busted-late", "after install_new"));
	ktap_note("caught: %s", r.msg);
}

static const struct ktap_case cases[] = {
	{ .name = "busted-last", .fn = last_is_caught },
	{ .name = "busted-late", .fn = late_is_caught },
};

const struct ktap_suite selftest_stores_busted = { KTAP_SUITE("stores-busted", cases) };
