// SPDX-License-Identifier: GPL-2.0-or-later
/* The queue of an SMMU: what is sent is consumed, by whomever, and whosever turn it is. */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/processor.h>
#include <linux/sched.h>

#include "selftest_mmio.h"

/* CONS comes to where PROD is, by just as many slots, over many laps. */
static void consumed(void)
{
	const struct mmio_kind *k;
	u32 total;
	int n;

	if (!mmio_there_is_one())
		return;
	for (k = mmio_kinds; k < MMIO_KINDS_END; k++) {
		if (!mmio_can(k))
			continue;
		ktap_assert(mmio_up(k, 7));
		for (n = 0, total = 0; n <= CMDQ_BATCH_ENTRIES; n++) {
			ktap_assert_eq(mmio_send(0, n, true), 0);
			total += n + 1;
			ktap_assert(mmio_cons_becomes(total % 256));
			ktap_assert_eq(mmio_reg(SMMU_CMDQ_PROD), total % 256);
		}
		ktap_assert_eq(mmio_errors() + mmio_timeouts(), 0);
		ktap_assert(mmio_no_error_is_active());
		mmio_down();
	}
}

#define STRESS_SHIFT	13
#define STRESS_SLOTS	(1U << STRESS_SHIFT)
#define STRESS_LAPS	123	/* a million commands and some */

/**
 * struct stress - producers that fill a ring together, lap after lap
 * @producers: how many
 * @laps: of the ring; before each its slots are poisoned, so that one that is fetched
 *	  before it was written, or once more, is an error
 * @arrived: how often one of them came to meet the others
 * @failed: hand-overs that failed
 */
struct stress {
	unsigned int producers;
	unsigned long laps;
	atomic_t arrived;
	atomic_t failed;
};

static void meet(struct stress *s)
{
	int all = roundup(atomic_inc_return(&s->arrived), s->producers);

	/* Pairs with the full barriers of who arrives: what they did is done. */
	while (atomic_read_acquire(&s->arrived) < all) {
		cpu_relax();
		cond_resched();
	}
}

/* Batches of all sizes into @left slots; every eighth is waited for, and the last. */
static void fill(struct stress *s, unsigned int nr, unsigned int left, unsigned int *batch)
{
	while (left) {
		unsigned int n = min(left, (*batch * 7 + nr) % CMDQ_BATCH_ENTRIES + 1);
		bool sync = ++*batch % 8 == 0 || n == left;

		if (n + sync > left)
			n = left - 1;
		if (mmio_send(0, n, sync))
			atomic_inc(&s->failed);
		left -= n + sync;
	}
}

static void produce(void *arg, unsigned int nr)
{
	struct stress *s = arg;
	unsigned int batch = 0;
	unsigned long lap;

	for (lap = 0; lap < s->laps; lap++) {
		meet(s);
		if (!nr)
			mmio_poison(0);
		meet(s);
		fill(s, nr, STRESS_SLOTS / s->producers, &batch);
	}
}

/* What all producers sent has been consumed, no slot twice, none early, none left out. */
static void stress(unsigned int producers)
{
	const struct mmio_kind *k;

	if (!mmio_there_is_one())
		return;
	for (k = mmio_kinds; k < MMIO_KINDS_END; k++) {
		struct stress s = { .producers = producers, .laps = STRESS_LAPS };

		if (!mmio_can(k) || (k->features & ARM_SMMU_FEAT_SEV))
			continue;
		/* One PROD write for each command: a share is as hard. */
		if (k->queue == SMMU_QUEUE_SPINLOCK)
			s.laps /= 10;
		ktap_assert(mmio_up(k, STRESS_SHIFT));
		ktap_assert(selftest_threads(producers, produce, &s));
		ktap_assert_eq(atomic_read(&s.failed), 0);
		ktap_assert_eq(mmio_errors() + mmio_timeouts(), 0);
		ktap_assert(mmio_cons_becomes(s.laps % 2 * STRESS_SLOTS));
		ktap_assert_eq(mmio_reg(SMMU_CMDQ_PROD), mmio_cons());
		mmio_down();
	}
}

static void stress_2(void)
{
	stress(2);
}

static void stress_4(void)
{
	stress(4);
}

/* More than the ring holds: producers wait for space, too. */
static void produce_freely(void *arg, unsigned int nr)
{
	struct stress *s = arg;
	unsigned int batch = 0;
	unsigned long lap;

	for (lap = 0; lap < s->laps; lap++) {
		fill(s, nr, 128, &batch);
		cond_resched();
	}
}

static void crowded(void)
{
	const struct mmio_kind *k;

	if (!mmio_there_is_one())
		return;
	for (k = mmio_kinds; k < MMIO_KINDS_END; k++) {
		struct stress s = { .producers = 4, .laps = 301 };

		if (!mmio_can(k))
			continue;
		ktap_assert(mmio_up(k, 7));
		ktap_assert(selftest_threads(4, produce_freely, &s));
		ktap_assert_eq(atomic_read(&s.failed), 0);
		ktap_assert_eq(mmio_errors() + mmio_timeouts(), 0);
		/* 4 * 301 laps of 128 slots are an even number of them. */
		ktap_assert(mmio_cons_becomes(0));
		ktap_assert_eq(mmio_reg(SMMU_CMDQ_PROD), 0);
		mmio_down();
	}
}

/* Queues of other depths and kinds share the SMMU, and each goes on where it was. */
static void turns(void)
{
	static const struct mmio_kind * const of[] = {
		&mmio_kinds[0],
		&mmio_kinds[0],
		&mmio_kinds[3],
	};
	static const unsigned int depth[] = { 7, 10, 8 };
	u32 total[ARRAY_SIZE(of)] = {};
	unsigned int i, round;

	if (!mmio_there_is_one())
		return;
	for (i = 0; i < ARRAY_SIZE(of); i++)
		ktap_assert(mmio_make(i, of[i], depth[i]));
	for (round = 0; round < 300; round++) {
		i = round * 7 / 3 % ARRAY_SIZE(of);
		mmio_hold(i);
		ktap_assert_eq(FIELD_GET(CMDQ_BASE_LOG2SIZE, mmio_reg(SMMU_CMDQ_BASE)), depth[i]);
		ktap_assert_eq(mmio_cons(), total[i] % (2U << depth[i]));
		ktap_assert_eq(mmio_send(i, round % 50, true), 0);
		total[i] += round % 50 + 1;
		ktap_assert(mmio_cons_becomes(total[i] % (2U << depth[i])));
		mmio_poison(i);
		mmio_release(i);
	}
	for (i = 0; i < ARRAY_SIZE(of); i++)
		ktap_assert_eq(atomic_long_read(&mmio_smmus[i]->cmdq.errors), 0);
	ktap_assert(mmio_no_error_is_active());
}

static const struct ktap_case cases[] = {
	KTAP_CASE(consumed),
	KTAP_CASE(stress_2),
	KTAP_CASE(stress_4),
	KTAP_CASE(crowded),
	KTAP_CASE(turns),
};

const struct ktap_suite selftest_mmio_queue = {
	KTAP_SUITE("mmio-queue", cases),
	.before = mmio_before,
	.after = mmio_after,
};
