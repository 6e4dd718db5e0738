// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "run.h"

#define MAX_CASES	64

/* A case with its suite: what cmocka hands to the test. */
struct test {
	const struct ktap_suite *suite;
	const struct ktap_case *c;
};

static void note(void *ctx, const char *text)
{
	(void)ctx;
	printf("%s\n", text);
}

static void run_case(void **state)
{
	static const struct ktap_sink sink = { .line = note };
	const struct test *t = *state;
	const char *text;

	switch (ktap_run_case(t->suite, t->c, &sink, &text)) {
	case KTAP_NOT_OK:
		fail_msg("%s", text);
		break;
	case KTAP_SKIP:
		print_message("%s\n", text);
		skip();
		break;
	case KTAP_OK:
		break;
	}
}

static void run_case_apart(void **state)
{
	const struct test *t = *state;

	run_apart(t->suite, t->c);
}

static int run_suite(const struct ktap_suite *suite, CMUnitTestFunction fn)
{
	static struct CMUnitTest tests[MAX_CASES];
	static struct test of[MAX_CASES];
	unsigned int i;

	assert_true(suite->nr_cases <= MAX_CASES);
	for (i = 0; i < suite->nr_cases; i++) {
		of[i] = (struct test){ suite, &suite->cases[i] };
		tests[i] = (struct CMUnitTest){
			.name = suite->cases[i].name,
			.test_func = fn,
			.initial_state = &of[i],
		};
	}
	return _cmocka_run_group_tests(suite->name, tests, suite->nr_cases, NULL, NULL);
}

static int run(const struct ktap_suite *const *suites, CMUnitTestFunction fn)
{
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (; *suites; suites++)
		failed += run_suite(*suites, fn);
	return failed;
}

int run_suites(const struct ktap_suite *const *suites)
{
	return run(suites, run_case);
}

int run_suites_apart(const struct ktap_suite *const *suites)
{
	return run(suites, run_case_apart);
}
