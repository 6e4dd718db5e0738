// SPDX-License-Identifier: GPL-2.0-or-later
/* Around benchmarks: families, filters, statistics, context, flags. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "common.h"

/* Names, lists, filters */

struct names {
	char text[2048];
	int stop_after;
	int n;
};

static int take_name(const char *name, void *ctx)
{
	struct names *s = ctx;

	strcat(s->text, name);
	strcat(s->text, "\n");
	return ++s->n == s->stop_after;
}

static void assert_list(const char *filter, const char *expected, int n)
{
	struct names s = { 0 };

	assert_int_equal(gb_list(filter, take_name, &s), n);
	assert_string_equal(s.text, expected);
}

static void arguments_make_instances(void **state)
{
	static const int64_t a[] = { 1, 2 }, c[] = { 10, 20, 30 };
	static const struct gb_arg_list lists[] = { { a, 2 }, { c, 3 } };
	static const struct gb_arg_list hole[] = { { a, 2 }, { c, 0 } };
	static const char *const names[] = { "x", "" };
	struct gb_benchmark *b;

	(void)state;
	b = add("arg", spin, NULL);
	assert_int_equal(gb_add_arg(b, -5), 0);
	assert_error(gb_add_args(b, c, 3), -EINVAL, "arg: 3 arguments");
	assert_error(gb_add_product(b, lists, 2), -EINVAL, "2 arguments");
	b = add("range", spin, NULL);
	assert_int_equal(gb_set_range_multiplier(b, 4), 0);
	assert_int_equal(gb_add_range(b, 1, 20), 0);
	b = add("dense", spin, NULL);
	assert_int_equal(gb_add_dense_range(b, 0, 5, 2), 0);
	b = add("product", spin, NULL);
	assert_int_equal(gb_set_arg_names(b, names, 2), 0);
	assert_error(gb_add_product(b, hole, 2), -EINVAL, "empty list");
	assert_error(gb_add_arg(b, 1), -EINVAL, "1 arguments");
	assert_int_equal(gb_add_product(b, lists, 2), 0);

	assert_list(NULL,
		    "arg/-5\n"
		    "range/1\nrange/4\nrange/16\nrange/20\n"
		    "dense/0\ndense/2\ndense/4\n"
		    "product/x:1/10\nproduct/x:2/10\nproduct/x:1/20\n"
		    "product/x:2/20\nproduct/x:1/30\nproduct/x:2/30\n",
		    14);
	/* Listing runs nothing and changes nothing. */
	assert_list("arg|ense/2", "arg/-5\ndense/2\n", 2);
}

static void names_without_arguments_are_none(void **state)
{
	static const char *const names[] = { "x" };
	struct gb_benchmark *b = add("named", spin, NULL);

	(void)state;
	assert_int_equal(gb_set_arg_names(b, names, 1), 0);
	assert_list(NULL, "named\n", 1);
}

static void filters_leave_some(void **state)
{
	struct names s = { .stop_after = 1 };
	char *argv[] = { "test", "--benchmark_filter=two$", NULL };
	int argc = 2;

	(void)state;
	gb_set_iterations(add("one", spin, NULL), 1);
	gb_set_iterations(add("two", spin, NULL), 1);
	gb_set_iterations(add("three", spin, NULL), 1);
	assert_list("t",
		    "one/iterations:1\ntwo/iterations:1\n"
		    "three/iterations:1\n",
		    3);
	assert_list("^t", "two/iterations:1\nthree/iterations:1\n", 2);
	assert_list("-^t", "one/iterations:1\n", 1);
	assert_int_equal(gb_list(NULL, take_name, &s), 1);
	assert_error(gb_list("four", NULL, NULL), -ENOENT, "four");
	assert_error(gb_list("(", NULL, NULL), -EINVAL, "compile");

	assert_int_equal(run_filtered("^t"), 2);
	assert_int_equal(num_got, 2);
	assert_string_equal(got[1].name, "three/iterations:1");
	assert_error(run_filtered("four"), -ENOENT, "four");
	assert_error(run_filtered("("), -EINVAL, "compile");

	argv[1] = "--benchmark_filter=two";
	assert_int_equal(gb_init(&argc, argv), 0);
	assert_int_equal(argc, 1);
	assert_list(NULL, "two/iterations:1\n", 1);
	run_all(1);
	assert_string_equal(got[0].name, "two/iterations:1");
	assert_int_equal(gb_set_flag("--benchmark_filter=all"), 0);
	assert_list(NULL,
		    "one/iterations:1\ntwo/iterations:1\n"
		    "three/iterations:1\n",
		    3);
}

static void families_come_and_go(void **state)
{
	struct gb_benchmark *b;

	(void)state;
	assert_error(gb_list(NULL, NULL, NULL), -ENOENT, "");
	add("one", spin, NULL);
	b = add("two", spin, NULL);
	add("two", spin, NULL);
	assert_list(NULL, "one\ntwo\ntwo\n", 3);
	assert_int_equal(gb_unregister(b), 0);
	assert_error(gb_unregister(b), -EALREADY, "two");
	assert_list(NULL, "one\ntwo\n", 2);
	assert_int_equal(gb_clear(), 0);
	add("three", spin, NULL);
	assert_list(NULL, "three\n", 1);
}

/* Repetitions and statistics */

static void take_longer(struct gb_state *st, void *ctx)
{
	/* The library's own order: 1, 2, ... us an iteration. */
	unsigned int *rep = ctx;
	uint64_t n;

	++*rep;
	while ((n = gb_next_batch(st, 0)))
		gb_set_iteration_time(st, n * *rep * 1e-6);
	gb_set_counter(st, "rep", *rep, 0, 0);
}

static double largest(const double *v, size_t n)
{
	double most = v[0];

	for (size_t i = 1; i < n; i++)
		most = v[i] > most ? v[i] : most;
	return most;
}

static double spread(const double *v, size_t n)
{
	return largest(v, n) / v[0];
}

static const struct copy *get_aggregate(const char *name)
{
	for (size_t i = 0; i < num_got; i++)
		if (got[i].run.aggregate && !strcmp(got[i].aggregate, name))
			return &got[i];
	fail_msg("no aggregate %s", name);
	return NULL;
}

static void statistics_in_c(void **state)
{
	unsigned int rep = 0;
	struct gb_benchmark *b = add("stat", take_longer, &rep);
	const struct copy *c;

	(void)state;
	gb_set_clock(b, GB_MANUAL_TIME);
	gb_set_iterations(b, 10);
	gb_set_repetitions(b, 5);
	gb_set_unit(b, GB_US);
	assert_int_equal(gb_add_statistic(b, "max", largest, false), 0);
	assert_int_equal(gb_add_statistic(b, "spread", spread, true), 0);
	run_all(1);
	assert_int_equal(num_got, 5 + 6);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(got[i].run.kind, GB_RUN_ITERATION);
		assert_int_equal(got[i].run.repetition_index, i);
		assert_int_equal(got[i].run.repetitions, 5);
		assert_near(got[i].run.real_time, i + 1);
	}
	assert_near(get_aggregate("mean")->run.real_time, 3);
	assert_near(get_aggregate("median")->run.real_time, 3);
	assert_near(get_aggregate("stddev")->run.real_time, sqrt(2.5));
	assert_near(get_aggregate("cv")->run.real_time, sqrt(2.5) / 3);
	assert_true(get_aggregate("cv")->run.percentage);
	c = get_aggregate("max");
	assert_int_equal(c->run.kind, GB_RUN_AGGREGATE);
	assert_false(c->run.percentage);
	assert_near(c->run.real_time, 5);
	assert_near(get_counter(c, "rep")->value, 5);
	c = get_aggregate("spread");
	assert_true(c->run.percentage);
	assert_near(c->run.real_time, 5);

	rep = 0;
	gb_set_aggregates(b, GB_AGGREGATES_ONLY);
	run_all(1);
	assert_int_equal(num_got, 6);
}

#define STAT(n)                                          \
	static double stat##n(const double *v, size_t k) \
	{                                                \
		return v[0] + (n) + (double)k;           \
	}
#define STATS(t)                                                          \
	STAT(t##0)                                                        \
	STAT(t##1)                                                        \
	STAT(t##2)                                                        \
	STAT(t##3) STAT(t##4) STAT(t##5) STAT(t##6) STAT(t##7) STAT(t##8) \
		STAT(t##9)
#define NAMES(t)                                                    \
	stat##t##0, stat##t##1, stat##t##2, stat##t##3, stat##t##4, \
		stat##t##5, stat##t##6, stat##t##7, stat##t##8, stat##t##9
STATS(1)
STATS(2)
STATS(3)
STATS(4)
STATS(5)
STATS(6)
STATS(7)

static void statistics_run_out(void **state)
{
	static const gb_statistic_fn fns[] = { NAMES(1), NAMES(2), NAMES(3),
					       NAMES(4), NAMES(5), NAMES(6),
					       NAMES(7) };
	struct gb_benchmark *b = add("stat", spin, NULL);
	size_t i;
	int err = 0;

	(void)state;
	for (i = 0; i < 70 && !err; i++)
		err = gb_add_statistic(b, "s", fns[i], false);
	assert_int_equal(err, -ENOSPC);
	/* Two are taken by statistics_in_c(); the last one was refused. */
	assert_in_range(i, 63, 65);
	assert_int_equal(gb_add_statistic(b, "again", fns[0], false), 0);
}

static void linear(struct gb_state *st, void *ctx)
{
	int64_t k = gb_arg(st, 0);
	uint64_t n;

	(void)ctx;
	while ((n = gb_next_batch(st, 0)))
		gb_set_iteration_time(st, n * k * 3e-9);
	assert_int_equal(gb_set_complexity_n(st, k), 0);
	assert_error(gb_set_complexity_n(st, 0), -EINVAL, "below 1");
}

static void complexity_is_fitted(void **state)
{
	struct gb_benchmark *b = add("linear", linear, NULL);

	(void)state;
	gb_set_clock(b, GB_MANUAL_TIME);
	gb_set_iterations(b, 10);
	gb_add_range(b, 8, 512);
	gb_set_complexity(b, GB_O_N);
	run_all(3);
	assert_int_equal(num_got, 5);
	assert_int_equal(got[3].run.kind, GB_RUN_BIG_O);
	assert_int_equal(got[3].run.big_o, GB_O_N);
	assert_near(got[3].run.real_time, 3);
	assert_int_equal(got[4].run.kind, GB_RUN_RMS);
	assert_true(got[4].run.real_time < 1e-9);
}

/* Context, flags, reporters */

static int check_context(const struct gb_context *context, void *ctx)
{
	unsigned int *found = ctx;

	for (size_t i = 0; i < context->n_kv; i++) {
		if (!strcmp(context->kv[i].key, "driver"))
			*found += !strcmp(context->kv[i].value, "gbench");
		if (!strcmp(context->kv[i].key, "quoted"))
			*found += !strcmp(context->kv[i].value, "\"\\");
	}
	return 0;
}

static void context_is_carried(void **state)
{
	unsigned int found = 0;
	struct gb_reporter reporter = { .context = check_context,
					.ctx = &found };
	const char *path = in_dir("context.json");
	const json_t *context;
	char flag[600];
	json_t *file;

	(void)state;
	gb_set_iterations(add("one", spin, NULL), 1);
	assert_int_equal(gb_set_context("driver", "somebody"), 0);
	assert_int_equal(gb_set_context("driver", "gbench"), 0);
	assert_int_equal(gb_set_context("quoted", "\"\\"), 0);
	assert_error(gb_set_context("date", "x"), -EINVAL, "date");
	assert_error(gb_set_context("", "x"), -EINVAL, "empty");
	assert_error(gb_set_context("x", "\xff"), -EINVAL, "UTF-8");
	assert_error(gb_set_context("x", "\xc0\x80"), -EINVAL, "UTF-8");
	assert_error(gb_set_context("x", "\xe2\x82"), -EINVAL, "UTF-8");
	assert_error(gb_set_context("x", NULL), -EINVAL, "NULL");
	snprintf(flag, sizeof(flag), "--benchmark_out=%s", path);
	assert_int_equal(gb_set_flag(flag), 0);
	assert_int_equal(gb_run_benchmarks(NULL, &reporter, GB_QUIET), 1);
	assert_int_equal(found, 2);

	/* A list leaves the file of the run alone. */
	assert_list(NULL, "one/iterations:1\n", 1);
	file = load(path);
	context = json_object_get(file, "context");
	assert_string_equal(get_text(context, "driver"), "gbench");
	assert_string_equal(get_text(context, "quoted"), "\"\\");
	assert_string_equal(get_text(result(file, 0), "name"),
			    "one/iterations:1");
	json_decref(file);
	assert_int_equal(gb_set_flag("--benchmark_out="), 0);
}

static void context_flag_is_not_repeated(void **state)
{
	unsigned int found = 0;
	struct gb_reporter reporter = { .context = check_context,
					.ctx = &found };
	char *argv[] = { "test", "--benchmark_context=a=b,driver2=c", "rest",
			 "--benchmark_unknown=1", NULL };
	int argc = 4;

	(void)state;
	assert_int_equal(gb_init(&argc, argv), 0);
	assert_int_equal(argc, 3);
	assert_string_equal(argv[1], "rest");
	assert_string_equal(argv[2], "--benchmark_unknown=1");
	assert_int_equal(gb_unrecognized(argc, argv), 2);
	gb_set_iterations(add("one", spin, NULL), 1);
	assert_int_equal(gb_set_context("driver", "gbench"), 0);
	assert_list(NULL, "one/iterations:1\n", 1);
	assert_int_equal(gb_run_benchmarks(NULL, &reporter, GB_QUIET), 1);
	assert_true(found >= 1);
}

static void flags_are_checked(void **state)
{
	static const char *const bad[] = {
		"--benchmark_format=xml",
		"--benchmark_out_format=",
		"--benchmark_time_unit=h",
		"--benchmark_color=",
		"--benchmark_min_time=soon",
		"--benchmark_min_time=-1",
		"--benchmark_repetitions=0",
		"--benchmark_repetitions=many",
		"--benchmark_no_such_flag=1",
		"benchmark_filter=x",
		"--help",
	};
	char *argv[] = { "test", NULL, NULL };
	char *help[] = { "test", "--help", NULL };
	struct gb_benchmark *b;
	int argc = 2;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_error(gb_set_flag(bad[i]), -EINVAL, bad[i]);
	assert_error(gb_set_flag(NULL), -EINVAL, "NULL");
	argv[1] = "--benchmark_format=xml";
	assert_error(gb_init(&argc, argv), -EINVAL, "console, json, csv");
	argc = 0;
	assert_error(gb_init(&argc, argv), -EINVAL, "command line");
	argc = 2;
	assert_int_equal(gb_init(&argc, help), 1);

	/* A flag that works: three repetitions instead of one. */
	b = add("one", spin, NULL);
	gb_set_iterations(b, 1);
	assert_int_equal(gb_set_flag("--benchmark_repetitions=3"), 0);
	run_all(1);
	assert_int_equal(got[0].run.repetitions, 3);
	assert_int_equal(gb_set_flag("--benchmark_repetitions=1"), 0);
	assert_int_equal(gb_set_flag("--benchmark_time_unit=ms"), 0);
	add("two", spin, NULL);
	assert_int_equal(gb_set_flag("--benchmark_min_time=0.0001"), 0);
	assert_int_equal(run_filtered("two"), 1);
	assert_int_equal(got[0].run.unit, GB_MS);
	assert_int_equal(gb_set_flag("--benchmark_time_unit=ns"), 0);
	assert_int_equal(gb_set_flag("--benchmark_min_time=0.5"), 0);

	assert_int_equal(gb_set_flag("--benchmark_out=/nonexistent/x"), 0);
	assert_error(run_filtered("one"), -ENOENT, "/nonexistent/x");
	assert_int_equal(gb_set_flag("--benchmark_out="), 0);
	assert_int_equal(gb_set_flag("--benchmark_out=/dev/full"), 0);
	assert_error(run_filtered("one"), -EIO, "/dev/full: not written");
	assert_int_equal(num_got, 1);
	assert_int_equal(gb_set_flag("--benchmark_out_format=csv"), 0);
	assert_error(run_filtered("one"), -EIO, "/dev/full: not written");
	assert_int_equal(gb_set_flag("--benchmark_out_format=json"), 0);
	assert_int_equal(gb_set_flag("--benchmark_out="), 0);
	assert_error(gb_run_benchmarks(NULL, NULL, 8), -EINVAL, "flags");
}

static void count_calls(struct gb_state *st, void *ctx)
{
	++*(unsigned int *)ctx;
	spin(st, ctx);
}

static int refuse(const struct gb_context *context, void *ctx)
{
	(void)context;
	(void)ctx;
	return 1;
}

static void reporters_may_refuse(void **state)
{
	struct gb_reporter reporter = { .context = refuse,
					.runs = keep_runs,
					.finalize = keep_final };
	unsigned int calls = 0;

	(void)state;
	num_got = 0;
	finals = 0;
	add("one", count_calls, &calls);
	assert_error(gb_run_benchmarks(NULL, &reporter, GB_QUIET), -ECANCELED,
		     "called");
	assert_int_equal(calls, 0);
	assert_int_equal(num_got, 0);
	assert_int_equal(finals, 1);
}

/* In a process of its own: what the display is, is decided but once. */
static void show_json_twice(void)
{
	gb_set_iterations(add("one", spin, NULL), 1);
	if (!freopen(in_dir("twice.json"), "w", stdout) ||
	    gb_set_flag("--benchmark_format=json"))
		_exit(1);
	for (int i = 0; i < 2; i++)
		if (gb_run_benchmarks(NULL, NULL, 0) != 1)
			_exit(1);
	fflush(stdout);
	_exit(0);
}

static void the_display_begins_anew(void **state)
{
	json_t *file;
	int status;
	FILE *f;
	pid_t pid = fork();

	(void)state;
	if (!pid)
		show_json_twice();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	f = fopen(in_dir("twice.json"), "r");
	assert_non_null(f);
	for (int i = 0; i < 2; i++) {
		file = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL);
		assert_non_null(file);
		assert_string_equal(get_text(result(file, 0), "run_name"),
				    "one/iterations:1");
		json_decref(file);
	}
	fclose(f);
}

/* Refusals while registering */

static void bad_families_are_refused(void **state)
{
	static const struct gb_arg_list none = { 0 };
	static const char *const names[] = { "a", NULL };
	struct gb_benchmark *b;

	(void)state;
	assert_null(gb_register(NULL, spin, NULL));
	assert_int_equal(errno, EINVAL);
	assert_null(gb_register("", spin, NULL));
	assert_null(gb_register("a\tb", spin, NULL));
	assert_null(gb_register("a\x80", spin, NULL));
	assert_non_null(strstr(gb_last_error(), "UTF-8"));
	assert_null(gb_register("x", NULL, NULL));
	assert_null(gb_register_block("x", NULL, NULL));
	assert_error(gb_set_unit(NULL, GB_NS), -EINVAL, "NULL");

	b = add("bad", spin, NULL);
	assert_error(gb_set_max_batch(b, 1), -EINVAL, "itself");
	assert_error(gb_add_args(b, NULL, 1), -EINVAL, "no arguments");
	assert_error(gb_add_range(b, 2, 1), -EINVAL, "ends before");
	assert_error(gb_add_dense_range(b, 2, 1, 1), -EINVAL, "ends before");
	assert_error(gb_add_dense_range(b, 1, 2, 0), -EINVAL, "step");
	assert_error(gb_add_dense_range(b, 1, INT64_MAX, 2), -EINVAL, "far");
	assert_error(gb_add_product(b, NULL, 0), -EINVAL, "nothing");
	assert_error(gb_add_product(b, &none, 1), -EINVAL, "empty");
	assert_error(gb_set_range_multiplier(b, 1), -EINVAL, "below 2");
	assert_error(gb_set_arg_names(b, names, 2), -EINVAL, "NULL");
	assert_error(gb_add_threads(b, 0), -EINVAL, "thread");
	assert_error(gb_add_thread_range(b, 2, 1), -EINVAL, "threads");
	assert_error(gb_add_dense_thread_range(b, 1, 2, 0), -EINVAL, "threads");
	assert_error(gb_set_unit(b, (enum gb_unit)9), -EINVAL, "unit");
	assert_error(gb_set_clock(b, (enum gb_clock)9), -EINVAL, "clock");
	assert_error(gb_set_min_time(b, 0), -EINVAL, "time");
	assert_error(gb_set_min_time(b, INFINITY), -EINVAL, "time");
	assert_error(gb_set_min_warmup_time(b, 1), -EINVAL, "warm-up");
	assert_error(gb_set_iterations(b, 0), -EINVAL, "iterations");
	assert_int_equal(gb_set_iterations(b, 1), 0);
	assert_error(gb_set_min_time(b, 1), -EINVAL, "fixed iterations");
	assert_error(gb_set_repetitions(b, 0), -EINVAL, "repetition");
	assert_error(gb_set_aggregates(b, (enum gb_aggregates)9), -EINVAL,
		     "aggregates");
	assert_error(gb_add_statistic(b, "x", NULL, false), -EINVAL,
		     "function");
	assert_error(gb_add_statistic(b, "", largest, false), -EINVAL, "empty");
	assert_error(gb_set_complexity(b, (enum gb_big_o)99), -EINVAL,
		     "complexity");
	assert_int_equal(gb_set_clock(b, GB_REAL_TIME), 0);
	assert_error(gb_set_clock(b, GB_MANUAL_TIME), -EINVAL, "before");

	/* It is as sound as ever. */
	assert_int_equal(gb_set_process_cpu_time(b), 0);
	run_all(1);
	assert_string_equal(got[0].name,
			    "bad/iterations:1/process_time/real_time");
}

static void the_version_is_known(void **state)
{
	int major, minor, n;

	(void)state;
	n = sscanf(gb_library_version(), "%d.%d", &major, &minor);
	assert_int_equal(n, 2);
	assert_true(major >= 1 && (major > 1 || minor >= 7));
	assert_int_equal(gb_real_time_divided(), major == 1 && minor < 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_display_begins_anew, clear),
		cmocka_unit_test_teardown(arguments_make_instances, clear),
		cmocka_unit_test_teardown(names_without_arguments_are_none,
					  clear),
		cmocka_unit_test_teardown(filters_leave_some, clear),
		cmocka_unit_test_teardown(families_come_and_go, clear),
		cmocka_unit_test_teardown(statistics_in_c, clear),
		cmocka_unit_test_teardown(statistics_run_out, clear),
		cmocka_unit_test_teardown(complexity_is_fitted, clear),
		cmocka_unit_test_teardown(context_is_carried, clear),
		cmocka_unit_test_teardown(context_flag_is_not_repeated, clear),
		cmocka_unit_test_teardown(flags_are_checked, clear),
		cmocka_unit_test_teardown(reporters_may_refuse, clear),
		cmocka_unit_test_teardown(bad_families_are_refused, clear),
		cmocka_unit_test_teardown(the_version_is_known, clear),
	};
	int failed = cmocka_run_group_tests_name("gbench-suite", tests,
						 make_dir, remove_dir);

	return failed || gb_shutdown();
}
