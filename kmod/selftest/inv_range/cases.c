// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of table.c on every path; lean against faithful on random ones. */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../selftest.h"
#include "inv_range_test.h"
#include "inv_range.h"

#define RANDOM_ROUNDS	50000

/* Aligned as its SMMUs are. */
static struct range_setup setup;

/* One case on one path, from one place in the ring. */
static void word_for_word(const struct range_case *c, const struct range_path *path, u64 ring_from,
			  bool repeats)
{
	struct record *got = range_got, *want = range_want;
	struct range_setup *s = &setup;
	struct smmu_submission done;
	bool ok;

	range_set_up(s, c, ring_from);
	got->nr = 0;
	done = path->walk(s);
	ok = path->ring ? range_same_in_ring(&s->t.ring, ring_from, want) && !got->nr :
			  range_same(got, want);
	if (!ok) {
		if (!ktap_failed()) {
			range_print("got", got);
			range_print("want", want);
		}
		ktap_fail("%s: %s", c->name, path->name);
	}
	/* A repeated batch is one batch. */
	if (!repeats && done.syncs != range_syncs(want))
		ktap_fail("%s: %s: %u syncs", c->name, path->name, done.syncs);
	ktap_assert_eq(!done.syncs, !want->nr);
	ktap_assert_eq(done.err, 0);
	ktap_assert_eq(s->t.errors, 0);
}

static void cases_word_for_word(void)
{
	/* From an empty ring, and from where it wraps in mid-walk. */
	const u64 ring_from[] = { 0, SMMU_RING_ENTRIES - 1, 3 * SMMU_RING_ENTRIES - 40 };
	unsigned int i, j, k;

	recorder = range_got;
	for (i = 0; i < nr_range_cases; i++) {
		const struct range_case *c = &range_cases[i];
		bool repeats = false;

		range_expand(c, range_want);
		for (j = 0; j < NR_SMMUS; j++)
			repeats |= c->smmu[j].options & ARM_SMMU_OPT_REPEAT_TLBI_CFGI;
		for (j = 0; j < nr_range_paths; j++)
			for (k = 0; k < ARRAY_SIZE(ring_from); k++)
				word_for_word(c, &range_paths[j], ring_from[k], repeats);
		cond_resched();
	}
	ktap_note("%u cases on %u paths", nr_range_cases, nr_range_paths);
}

/* The queue's errors are counted, told, and change nothing else. */
static void errors_are_told_and_passed_over(void)
{
	static const struct range_case plain = {
		.iova = 0x12345000,
		.size = 4096,
		.granule = 4096,
		.leaf = true,
		.entries = { { .nr = 65, .type = INV_TYPE_S1_ASID, .id = 1 },
			     { .nr = 1, .type = INV_TYPE_ATS, .id = 0x10 } },
	};
	static struct range_case repeat;
	struct record *got = range_got, *want = range_want;
	struct smmu_submission done;
	unsigned int j, at;
	struct range_setup *s = &setup;

	repeat = plain;
	repeat.smmu[0].options = ARM_SMMU_OPT_REPEAT_TLBI_CFGI;
	for (j = 0; j < nr_range_paths; j++) {
		if (range_paths[j].ring)
			continue;
		recorder = want;
		want->nr = 0;
		range_set_up(s, &plain, 0);
		done = range_paths[j].walk(s);
		ktap_assert_eq(done.syncs, 2);
		ktap_assert_eq(done.err, 0);

		/* Hand-overs: 64, 1 and a sync, 1 and a sync. */
		recorder = got;
		for (at = 1; at <= 3; at++) {
			got->nr = 0;
			recorder_fail_at = at;
			range_set_up(s, &plain, 0);
			done = range_paths[j].walk(s);
			ktap_assert_eq(recorder_fail_at, 0);
			ktap_assert(range_same(got, want));
			ktap_assert_eq(done.syncs, 2);
			ktap_assert_eq(done.err, -ETIMEDOUT);
			ktap_assert_eq(s->t.errors, 1);
		}

		/* What failed isn't repeated: 64, 1, 1 again, and the ATC_INV. */
		got->nr = 0;
		recorder_fail_at = 1;
		range_set_up(s, &repeat, 0);
		done = range_paths[j].walk(s);
		ktap_assert_eq(got->nr, 64 + 1 + 2 * 2 + 2);
		ktap_assert_eq(done.syncs, 3);
		ktap_assert_eq(done.err, -ETIMEDOUT);
		ktap_assert_eq(s->t.errors, 1);

		/* The repetition's own failure is the batch's. */
		got->nr = 0;
		recorder_fail_at = 2;
		range_set_up(s, &repeat, 0);
		done = range_paths[j].walk(s);
		ktap_assert_eq(got->nr, 2 * 65 + 2 * 2 + 2);
		ktap_assert_eq(done.err, -ETIMEDOUT);
		ktap_assert_eq(s->t.errors, 1);
	}
}

static u64 random_state;

static unsigned int below(unsigned int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % n;
}

/* One in sixteen is everything, few take many commands. */
static void random_case(struct range_case *c)
{
	static const unsigned int pages[] = { 12, 14, 16 };
	unsigned int pgsize = pages[below(3)], level = below(3);
	unsigned int j, n;

	memset(c, 0, sizeof(*c));
	c->leaf = below(2);
	for (j = 0; j < NR_SMMUS; j++) {
		c->smmu[j].features = below(2) * ARM_SMMU_FEAT_RANGE_INV |
				      below(2) * ARM_SMMU_FEAT_E2H;
		if (!below(6))
			c->smmu[j].options = below(4) << 2;
	}
	c->granule = 1U << (pgsize + (pgsize == 12 ? level : level % 2) * (pgsize - 3));
	n = below(16);
	c->iova = (u64)below(1U << 20) << 24;
	c->size = n ? (size_t)c->granule * (1 + below(n < 12 ? 5 : 70)) : -(size_t)below(2);
	if (!n)
		c->iova = 0;

	for (j = 0, n = 0; j < NR_SMMUS * 5 && n < MAX_RUNS - 1; j++) {
		struct entries *e = &c->entries[n];

		if (below(3))
			continue;
		e->nr = below(8) ? 1 + below(3) : 1 + below(20);
		e->smmu = j / 5;
		e->type = j % 5;
		e->id = below(1000);
		e->trash = !below(5);
		if (e->type >= INV_TYPE_ATS)
			e->x = below(2) * 3;
		else if (c->smmu[e->smmu].features & ARM_SMMU_FEAT_RANGE_INV)
			e->x = pgsize;
		n++;
	}
}

/* Lean hoists what faithful does for each entry: no array may tell them apart. */
static void lean_is_faithful(void)
{
	const range_walk_fn faithful = range_walk("lockless-null/faithful");
	const range_walk_fn lean = range_walk("lockless-null/lean");
	const range_walk_fn direct = range_walk("none/lean");
	const unsigned long rounds = selftest_share(RANDOM_ROUNDS, 1000);
	struct record *got = range_got, *want = range_want;
	struct range_setup *s = &setup;
	static struct range_case c;
	unsigned long i, commands = 0;

	random_state = 0x9e3779b97f4a7c15ULL;
	for (i = 0; i < rounds && !ktap_failed(); i++) {
		struct smmu_submission a, b;

		random_case(&c);
		recorder = want;
		want->nr = 0;
		range_set_up(s, &c, 0);
		a = faithful(s);
		recorder = got;
		got->nr = 0;
		range_set_up(s, &c, 0);
		b = lean(s);
		commands += want->nr;
		if (!range_same(got, want) || a.syncs != b.syncs) {
			range_print("lean", got);
			range_print("faithful", want);
			ktap_fail("round %lu", i);
		}
		range_set_up(s, &c, i);
		b = direct(s);
		if (!range_same_in_ring(&s->t.ring, i, want) || a.syncs != b.syncs)
			ktap_fail("round %lu, in the ring", i);
		cond_resched();
	}
	ktap_note("%lu commands and hand-overs", commands);
	ktap_assert(commands > 10 * rounds);
}

/* A function calls itself, so that no frame is larger than the kernel likes it. */
static noinline unsigned int dirty_the_stack(unsigned int depth)
{
	unsigned char dirt[512];

	memset(dirt, 0xaa, sizeof(dirt));
	__asm__ __volatile__("" : : "r"(dirt) : "memory");
	return depth ? dirty_the_stack(depth - 1) + dirt[depth] : 0;
}

/* All of the batch at each call, whatever the walk uses of it. */
static void faithful_clears_its_batch(void)
{
	static const char *const paths[] = {
		"lockless-null/faithful",
		"lockless-model/faithful",
		"lockless-model-nowmb/faithful",
		"spinlock-null/faithful",
		"list, lockless-null/faithful",
	};
	struct record *got = range_got;
	struct range_setup *s = &setup;
	unsigned int i;

	ktap_assert_eq(sizeof(struct smmu_batch), 1040);
	recorder = got;
	recorder_looks_behind = true;
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		range_walk_fn walk = range_walk(paths[i]);

		recorder_dirt = 0;
		got->nr = 0;
		range_set_up(s, &range_cases[0], 0);
		ktap_assert(dirty_the_stack(8) > 0);
		walk(s);
		ktap_assert_eq(got->nr, 2);
		ktap_assert_eq(recorder_dirt, 0);
	}
}

static void ptes_go_where_the_thread_says(void)
{
	const struct smmu_path plain = { .strategy = SMMU_STRATEGY_MERGED };
	const struct smmu_path release = { .strategy = SMMU_STRATEGY_ACQUIRE_RELEASE };
	u64 ptes[64];
	struct range_setup *s = &setup;
	unsigned int i, round;

	memset(s, 0, sizeof(*s));
	s->t.ptes = ptes;
	s->t.pte_mask = 63;
	s->t.pte_stride = 8;
	s->t.nr_ptes = 3;
	s->t.pte_next = 48;

	for (round = 0; round < 2; round++) {
		unsigned long at = s->t.pte_next;

		memset(ptes, 0xaa, sizeof(ptes));
		/* map leaves its place to the unmap after it. */
		smmu_pte_map(&s->t, !round);
		ktap_assert_eq(s->t.pte_next, at);
		for (i = 0; i < 64; i++) {
			bool stored = i == at % 64 || i == (at + 8) % 64 || i == (at + 16) % 64;

			ktap_assert_eq(ptes[i] == 0xaaaaaaaaaaaaaaaaULL, !stored);
			if (stored)
				ktap_assert_eq(ptes[i] & 3, 3);
		}
		if (round)
			smmu_pte_clear(release, &s->t);
		else
			smmu_pte_clear(plain, &s->t);
		ktap_assert_eq(s->t.pte_next, at + 24);
		for (i = 0; i < 64; i++) {
			bool stored = i == at % 64 || i == (at + 8) % 64 || i == (at + 16) % 64;

			ktap_assert_eq(ptes[i], stored ? 0 : 0xaaaaaaaaaaaaaaaaULL);
		}
	}

	s->t.nr_ptes = 0;
	memset(ptes, 0xaa, sizeof(ptes));
	smmu_pte_clear(plain, &s->t);
	for (i = 0; i < 64; i++)
		ktap_assert_eq(ptes[i], 0xaaaaaaaaaaaaaaaaULL);
}

static const struct ktap_case cases[] = {
	KTAP_CASE(cases_word_for_word),
	KTAP_CASE(errors_are_told_and_passed_over),
	KTAP_CASE(lean_is_faithful),
	KTAP_CASE(faithful_clears_its_batch),
	KTAP_CASE(ptes_go_where_the_thread_says),
};

const struct ktap_suite selftest_inv_range = {
	KTAP_SUITE("inv_range", cases),
	.before = range_before,
	.after = range_after,
};
