// SPDX-License-Identifier: GPL-2.0-or-later
/* What is chosen, what is refused, what the report looks like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "torture.h"

static void refused(const char *key, const char *value, const char *word, const char *other)
{
	struct torture_params p, before;
	struct subject_error err;

	torture_params_init(&p);
	before = p;
	if (!torture_params_set(&p, key, value, &err))
		fail_msg("%s=%s was taken", key, value);
	if (!strstr(err.msg, word) || !strstr(err.msg, other) || strchr(err.msg, '\n'))
		fail_msg("%s=%s: '%s' has not both '%s' and '%s'", key, value, err.msg, word,
			 other);
	assert_memory_equal(&p, &before, sizeof(p));
}

static void taken(struct torture_params *p, const char *key, const char *value)
{
	struct subject_error err;

	if (torture_params_set(p, key, value, &err))
		fail_msg("%s=%s: %s", key, value, err.msg);
}

static void bad(void **state)
{
	char longer[400];

	(void)state;
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	refused("store", "rcu-arry", "'rcu-arry'; did you mean rcu-array?", "rwlock-list");
	refused("store", "unsync-array", "'unsync-array'", "valid: ");
	refused("store", "", "valid: ", "rcu-array-delayed");
	refused("store", ",", "valid: ", "rcu-array-repaired");
	refused("store", "rcu-array,x", "'x'", "valid: ");
	refused("store", longer, "store", "255 characters");
	refused("strategy", "mergd", "did you mean merged?", "own");
	refused("busted", "busted-lst", "did you mean busted-last?", "busted-order");
	refused("seconds", "0", "seconds 0", "1 to 3600");
	refused("seconds", "3601", "3601", "1 to 3600");
	refused("seconds", "1.5", "1.5", "whole number");
	refused("threads", "1", "threads 1", "2 to 32");
	refused("threads", "33", "33", "2 to 32");
	refused("threads", "-4", "-4", "2 to 32");
	refused("seed", "0", "seed 0", "whole number");
	refused("seed", "99999999999999999999", "seed", "whole number");
	refused("strict", "yes", "strict yes", "0 to 1");
	refused("store ", "rcu-array", "'store '; did you mean store?", "seconds");
	refused("sorte", "rcu-array", "did you mean store?", "busted");
	refused("", "rcu-array", "no ''", "valid: seconds, ");
}

static unsigned int count(const struct torture_params *p, bool want_busted)
{
	struct torture_case cases[128];
	unsigned int n = torture_cases(p, cases, 128), i, found = 0;

	assert_true(n <= 128);
	for (i = 0; i < n; i++) {
		found += cases[i].busted == want_busted;
		assert_true(*cases[i].store && *cases[i].strategy && *cases[i].help);
		assert_int_equal(!cases[i].caught_by, !cases[i].busted);
	}
	return found;
}

static void chosen(void **state)
{
	struct torture_params all, p;
	struct torture_case c;

	(void)state;
	torture_params_init(&all);
	assert_true(count(&all, false) > 30);
	assert_int_equal(count(&all, true), 10);

	p = all;
	taken(&p, "store", "rwlock-array,rcu-array-delayed");
	assert_int_equal(count(&p, true), 0);
	assert_int_equal(count(&p, false), 1 + (int)subject_nr_strategies());
	taken(&p, "strategy", "merged,own");
	assert_int_equal(count(&p, false), 2);
	taken(&p, "busted", "busted-last");
	assert_int_equal(count(&p, true), 1);

	p = all;
	taken(&p, "busted", "all");
	assert_int_equal(count(&p, false), 0);
	assert_int_equal(count(&p, true), 10);

	/* Too weak for some model: what is found is no violation. */
	p = all;
	taken(&p, "store", "rcu-array");
	taken(&p, "strategy", "none");
	assert_int_equal(torture_cases(&p, &c, 1), 1);
	assert_false(c.ordered);
	taken(&p, "strategy", "merged");
	assert_int_equal(torture_cases(&p, &c, 1), 1);
	assert_true(c.ordered && !c.drains && !c.catches_up);
	taken(&p, "store", "rcu-array-repaired");
	assert_int_equal(torture_cases(&p, &c, 1), 1);
	assert_true(c.ordered && c.drains && !c.catches_up);
}

/* A store that orders by itself takes no strategy but "own". */
static void nothing(void **state)
{
	struct torture_params p;
	struct torture_watch watch = { 0 };
	struct torture_sum sum;
	struct subject_error err;

	(void)state;
	torture_params_init(&p);
	taken(&p, "store", "rwlock-array");
	taken(&p, "strategy", "merged");
	assert_int_equal(torture_cases(&p, NULL, 0), 0);
	assert_true(torture_run(&p, &watch, &sum, &err) < 0);
	assert_non_null(strstr(err.msg, "'rwlock-array' takes a strategy of 'merged'"));
}

static void report(void **state)
{
	const struct torture_case sound = { .store = "a-store", .strategy = "merged" };
	const struct torture_case bug = {
		.store = "busted-x",
		.strategy = "merged",
		.busted = true,
		.caught_by = 1U << TORTURE_STALE_ATC,
	};
	static struct torture_result r = { .unmaps = 12, .ns = 34000000 };
	char text[TORTURE_TEXT];
	struct torture_sum sum = { .failed = true };

	(void)state;
	r.verdict = TORTURE_FINDING;
	r.found[TORTURE_ATC_AFTER_DETACH] = 56;
	snprintf(r.first[TORTURE_ATC_AFTER_DETACH], TORTURE_LINE, "this");
	torture_print_case(&sound, &r, text, sizeof(text));
	assert_non_null(strstr(text, "a-store "));
	assert_non_null(strstr(text, " finding "));
	assert_non_null(strstr(text, "\n    atc-after-detach: 56, first: this\n"));

	r.verdict = TORTURE_CAUGHT;
	r.found[TORTURE_STALE_ATC] = 1;
	snprintf(r.first[TORTURE_STALE_ATC], TORTURE_LINE, "that");
	torture_print_case(&bug, &r, text, sizeof(text));
	assert_non_null(strstr(text, "\n    stale-atc after 34 ms: that\n"));
	assert_null(strstr(text, "atc-after-detach"));

	assert_non_null(strstr(torture_print_sum(&sum, text, sizeof(text)), "FAILED: 0 clean"));
	assert_false(torture_fails(TORTURE_FINDING, false));
	assert_true(torture_fails(TORTURE_FINDING, true));
	assert_true(torture_fails(TORTURE_MISSED, false));
	assert_true(torture_fails(TORTURE_VIOLATION, false));
	assert_false(torture_fails(TORTURE_STOPPED, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad),
		cmocka_unit_test(chosen),
		cmocka_unit_test(nothing),
		cmocka_unit_test(report),
	};

	return cmocka_run_group_tests_name("torture-params", tests, NULL, NULL);
}
