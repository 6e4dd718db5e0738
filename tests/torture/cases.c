// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sound stores pass, planted bugs are caught by name, and what is known of rcu-array's
 * scheme is found where it is forced and nowhere else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "torture.h"

/* A loaded machine may need several times a case's second. */
#define ROUNDS 20

struct seen {
	unsigned int cases;
	struct torture_case c;
	struct torture_result r;
	uint64_t found[TORTURE_NR_KINDS];
};

static void show(void *ctx, const struct torture_case *c, const struct torture_result *r)
{
	struct seen *s = ctx;
	char text[TORTURE_TEXT];
	int k;

	fputs(torture_print_case(c, r, text, sizeof(text)), stdout);
	s->cases++;
	s->c = *c;
	s->r = *r;
	for (k = 0; k < TORTURE_NR_KINDS; k++)
		s->found[k] += r->found[k];
}

static struct torture_params params(const char *store, const char *strategy, const char *busted,
				    unsigned int seconds)
{
	struct torture_params p;

	torture_params_init(&p);
	p.seconds = seconds;
	snprintf(p.stores, sizeof(p.stores), "%s", store);
	snprintf(p.strategies, sizeof(p.strategies), "%s", strategy);
	snprintf(p.busted, sizeof(p.busted), "%s", busted);
	return p;
}

static struct torture_sum run(struct torture_params *p, struct seen *s)
{
	struct torture_watch watch = { .ends = show, .ctx = s };
	struct torture_sum sum;
	struct subject_error err;

	if (torture_run(p, &watch, &sum, &err))
		fail_msg("%s", err.msg);
	return sum;
}

/* Each store under merged, or its own order. */
static void stores(void **state)
{
	struct torture_params p = params("all", "merged,own", "", 1);
	struct torture_sum sum;
	struct seen s = { 0 };

	(void)state;
	sum = run(&p, &s);
	assert_true(s.cases >= 13);
	assert_int_equal(sum.by_verdict[TORTURE_VIOLATION], 0);
	assert_false(sum.failed);
	/* Without ATS, or with a lock that all wait for, there is nothing to find. */
	assert_true(sum.by_verdict[TORTURE_CLEAN] >= 4);
}

/* What orders its readers in every model, on the store that is Linux's. */
static void strategies(void **state)
{
	struct torture_params p = params("rcu-array-repaired", "all", "", 1);
	struct torture_sum sum;
	struct seen s = { 0 };

	(void)state;
	sum = run(&p, &s);
	assert_true(s.cases >= 12);
	assert_int_equal(sum.by_verdict[TORTURE_VIOLATION], 0);
	assert_int_equal(s.found[TORTURE_ATC_AFTER_DETACH], 0);
}

static void busted(void **state)
{
	struct torture_params all = params("", "", "all", 1);
	struct torture_case cases[32];
	unsigned int n = torture_cases(&all, cases, 32), i;

	(void)state;
	assert_true(n >= 10 && n <= 32);
	for (i = 0; i < n; i++) {
		struct torture_params p = params("", "", cases[i].store, ROUNDS);
		struct torture_sum sum;
		struct seen s = { 0 };
		int k;

		sum = run(&p, &s);
		assert_int_equal(s.cases, 1);
		assert_string_equal(s.c.store, cases[i].store);
		assert_int_equal(s.r.verdict, TORTURE_CAUGHT);
		assert_int_equal(sum.by_verdict[TORTURE_CAUGHT], 1);
		assert_false(sum.failed);
		/* Before its time, and it says how. */
		assert_true(s.r.ns < ROUNDS * 1000000000ULL);
		for (k = 0; k < TORTURE_NR_KINDS && !(s.r.found[k] && cases[i].caught_by & 1U << k);
		     k++)
			;
		assert_true(k < TORTURE_NR_KINDS && *s.r.first[k]);
	}
}

/* The two-array case, and the ATC that is filled behind the unmap's back. */
static void forced(void **state)
{
	struct torture_params p = params("rcu-array-delayed", "merged", "", 2);
	struct torture_sum sum;
	struct seen s = { 0 };
	int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		p.seed = 0;
		sum = run(&p, &s);
		assert_false(sum.failed);
		assert_int_equal(sum.by_verdict[TORTURE_VIOLATION], 0);
		if (s.found[TORTURE_ATC_AFTER_DETACH] && s.found[TORTURE_STALE_ATC_ATTACH])
			break;
	}
	assert_true(i < ROUNDS);

	/* It is a finding: it fails who asks for that. */
	p.strict = true;
	for (i = 0; i < ROUNDS; i++) {
		p.seed = 0;
		if (run(&p, &s).failed)
			break;
	}
	assert_true(i < ROUNDS);
}

/* As long as the delayed ones took to be found, and nothing. */
static void not_forced(void **state)
{
	struct torture_params p = params("rcu-array-repaired", "recheck,rcu-gp", "", 4);
	struct seen s = { 0 };

	(void)state;
	p.strict = true;
	assert_false(run(&p, &s).failed);
	assert_int_equal(s.cases, 2);
	assert_int_equal(s.found[TORTURE_ATC_AFTER_DETACH], 0);
	assert_int_equal(s.found[TORTURE_STALE_ATC_ATTACH], 0);
}

static void threads(void **state)
{
	static const unsigned int numbers[] = { 2, 3, 9 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		struct torture_params p = params("rwlock-array", "own", "", 1);
		struct torture_sum sum;
		struct seen s = { 0 };

		p.threads = numbers[i];
		sum = run(&p, &s);
		assert_int_equal(sum.by_verdict[TORTURE_CLEAN], 1);
		assert_true(s.r.unmaps && s.r.moves && s.r.translations && s.r.fills && s.r.seen);
	}
}

static bool at_once(void *ctx)
{
	(void)ctx;
	return true;
}

static void stopped(void **state)
{
	struct torture_params p = params("rcu-array,rcu-list", "merged", "", 60);
	struct seen s = { 0 };
	struct torture_watch watch = { .ends = show, .stop = at_once, .ctx = &s };
	struct torture_sum sum;
	struct subject_error err;

	(void)state;
	assert_int_equal(torture_run(&p, &watch, &sum, &err), 0);
	assert_true(sum.stopped);
	assert_false(sum.failed);
	assert_int_equal(s.cases, 1);
	assert_true(s.r.ns < 30 * 1000000000ULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stores),   cmocka_unit_test(strategies),
		cmocka_unit_test(busted),   cmocka_unit_test(forced),
		cmocka_unit_test(not_forced), cmocka_unit_test(threads),
		cmocka_unit_test(stopped),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("torture", tests, NULL, NULL);
}
