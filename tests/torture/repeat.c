// SPDX-License-Identifier: GPL-2.0-or-later
/* A seed repeats what each thread does, whatever the others do meanwhile. */
#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"

#define STEPS	300

/* What a reader is left with. */
struct trace {
	u64 rnd, serial;
	u64 mapped[ARENA_DOMAINS][ARENA_OWN_PAGES];
};

struct play {
	struct arena *a;
	unsigned int steps;
};

static void count_step(void *ctx)
{
	struct play *p = ctx;

	if (++p->steps == STEPS)
		WRITE_ONCE(p->a->stop, true);
}

static void no_tick(void *ctx)
{
	(void)ctx;
}

static void *attacher(void *ctx)
{
	torture_member(ctx, 1, no_tick, NULL);
	return NULL;
}

static void play(u64 seed, bool disturbed, struct trace *trace)
{
	struct torture_params params;
	struct torture_case c;
	struct arena *a = kvzalloc(sizeof(*a), GFP_KERNEL);
	struct play p = { .a = a };
	pthread_t thread;
	unsigned int i;

	torture_params_init(&params);
	strcpy(params.stores, "rcu-array-delayed");
	strcpy(params.strategies, "recheck");
	assert_int_equal(torture_cases(&params, &c, 1), 1);
	assert_int_equal(arena_create(a, &c, 2, seed), 0);
	if (disturbed)
		assert_int_equal(pthread_create(&thread, NULL, attacher, a), 0);
	torture_member(a, 0, count_step, &p);
	if (disturbed)
		pthread_join(thread, NULL);
	assert_int_equal(p.steps, STEPS);
	trace->rnd = a->threads[0]->rnd;
	trace->serial = a->threads[0]->serial;
	memcpy(trace->mapped, a->threads[0]->mapped, sizeof(trace->mapped));
	for (i = 0; i < ARENA_MASTERS; i++)
		torture_attach(&a->masters[i], &arm_smmu_blocked_domain);
	arena_destroy(a);
	kvfree(a);
}

static void repeats(void **state)
{
	static struct trace alone, beside, other;

	(void)state;
	play(1, false, &alone);
	play(1, true, &beside);
	assert_true(alone.serial > STEPS / 4);
	assert_memory_equal(&alone, &beside, sizeof(alone));
	play(2, true, &other);
	assert_true(memcmp(&beside, &other, sizeof(other)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats),
	};

	return cmocka_run_group_tests_name("torture-repeat", tests, NULL, NULL);
}
