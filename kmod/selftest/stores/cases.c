// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the suite over every store, flavour and copy, and over the busted ones. */
#include <linux/array_size.h>
#include <linux/string.h>

#include "../selftest.h"
#include "suite.h"

#define HISTORIES	8
#define STEPS		600
#define MAX_STORES	64

static struct suite_store stores[MAX_STORES];
static size_t nr_stores;
static unsigned long warned;

/* What the lines of stores.def promise. */
#define STORE(id, n, f, w, c, h) [SMMU_STORE_ID_##id] = SMMU_WORLD_##w,
static const unsigned int worlds[SMMU_NR_STORES] = {
#include "stores/stores.def"
};

#undef STORE

#define FLAVOURS_NONE	0 /* none of ours */
#define FLAVOURS_ANY	1
/* In the kernel there is one. */
#define FLAVOURS_RCU	(SMMU_WORLD_HERE & SMMU_WORLD_USER ? 3 : 1)
#define STORE(id, n, f, w, c, h) [SMMU_STORE_ID_##id] = FLAVOURS_##f,
static const unsigned int flavours[SMMU_NR_STORES] = {
#include "stores/stores.def"
};

#undef STORE

static bool here(unsigned int id)
{
	return flavours[id] && (worlds[id] & SMMU_WORLD_HERE);
}

static void add(const struct smmu_store_ops *ops, const char *rcu, unsigned int copy)
{
	size_t i;

	for (i = 0; i < nr_stores; i++)
		if (stores[i].ops == ops)
			return;
	if (!ktap_expect(nr_stores < MAX_STORES))
		return;
	stores[nr_stores++] = (struct suite_store){ .ops = ops, .rcu = rcu, .copy = copy };
}

/* A store of another world, compiled over a stand-in for what this one lacks. */
static const struct smmu_store_ops *stand_in;

void stores_stand_in(const struct smmu_store_ops *ops)
{
	stand_in = ops;
}

static void collect(void)
{
	static const char *const rcu[] = { "qsbr", "memb", "mb" };
	unsigned int id, f, copy, promised = 0;

	for (id = 0; id < SMMU_NR_STORES; id++) {
		for (f = 0; f < ARRAY_SIZE(rcu); f++) {
			for (copy = 0; copy < SMMU_INSTANCE_COPIES; copy++) {
				const struct smmu_store_ops *ops =
					smmu_store_find(id, rcu[f], copy);

				ktap_expect_eq(!!ops, here(id));
				if (ops)
					add(ops, rcu[f], copy);
			}
		}
		/* Those that read under RCU have twins. */
		if (here(id))
			promised += flavours[id];
	}
	promised += 2 * (SMMU_INSTANCE_COPIES - 1);
	if (stand_in)
		add(stand_in, "qsbr", 0);
	ktap_expect_eq(nr_stores, promised + !!stand_in);
}

static void before(void)
{
	if (nr_stores)
		return;
	warned = selftest_warnings();
	collect();
	/* Told each time. */
	if (ktap_failed())
		nr_stores = 0;
}

static void lines_agree_with_ops(void)
{
	size_t i;

	for (i = 0; i < nr_stores; i++) {
		ktap_assert(stores[i].ops->name);
		ktap_assert(stores[i].ops->help);
		ktap_assert(stores[i].ops->worlds);
	}
}

static void every_history_is_told(void)
{
	const unsigned int seeds = selftest_share(HISTORIES, 2);
	const unsigned int steps = selftest_share(STEPS, 150);
	static struct suite_report r;
	unsigned int seed;
	size_t i;

	r = (struct suite_report){};
	for (i = 0; i < nr_stores; i++)
		for (seed = 1; seed <= seeds; seed++)
			if (!suite_history(&stores[i], seed, steps, &r))
				ktap_fail("seed %u: %s", seed, r.msg);
	ktap_assert(r.required > r.unmaps);
	ktap_note("%zu stores: %llu unmaps judged, %llu commands", nr_stores,
		  (unsigned long long)r.unmaps, (unsigned long long)r.required);
}

static void long_arrays(void)
{
	static struct suite_report r;
	size_t i;

	for (i = 0; i < nr_stores; i++)
		if (!suite_long(&stores[i], &r))
			ktap_fail("%s", r.msg);
}

static void readers_lose_nothing(void)
{
	static struct suite_report r;
	size_t i;

	if (!SMMU_SMP) {
		ktap_skip("built for a single CPU");
		return;
	}
	r = (struct suite_report){};
	for (i = 0; i < nr_stores; i++) {
		if (!(stores[i].ops->caps & SMMU_STORE_CONCURRENT))
			continue;
		if (!suite_concurrent(&stores[i], &r))
			ktap_fail("%s", r.msg);
	}
	ktap_note("%llu unmaps beside attaches judged", (unsigned long long)r.unmaps);
}

/* Neither a store nor a shim, but for the warnings that were asked for. */
static void nobody_has_warned(void)
{
	ktap_assert_eq(selftest_warnings(), warned);
}

static const struct ktap_case cases[] = {
	KTAP_CASE(lines_agree_with_ops),
	KTAP_CASE(every_history_is_told),
	KTAP_CASE(long_arrays),
	KTAP_CASE(readers_lose_nothing),
	KTAP_CASE(nobody_has_warned),
};

const struct ktap_suite selftest_stores = {
	KTAP_SUITE("stores", cases),
	.before = before,
};
