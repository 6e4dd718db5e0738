// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Inside a benchmark: batches, times, counters, threads, errors. Nothing here
 * depends on how fast anything is: iterations are fixed, and times are manual
 * wherever a figure is checked.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common.h"

/* throwing.cc */
void throw_at_once(struct gb_state *st, void *ctx);
void throw_in_loop(struct gb_state *st, void *ctx);
int throw_in_setup(struct gb_state *st, void *ctx);

static void nothing(void *ctx, uint64_t n)
{
	(void)ctx;
	(void)n;
}

/* Batches */

struct batches {
	uint64_t max;
	uint64_t sum;
	uint64_t calls;
	uint64_t last;
};

static void take_batches(struct gb_state *st, void *ctx)
{
	struct batches *s = ctx;
	uint64_t n;

	*s = (struct batches){ .max = s->max };
	assert_int_equal(gb_iterations(st), 0);
	while ((n = gb_next_batch(st, s->max))) {
		s->sum += n;
		s->calls++;
		s->last = n;
		assert_int_equal(gb_iterations(st), s->sum);
	}
	assert_int_equal(gb_next_batch(st, s->max), 0);
	assert_int_equal(gb_iterations(st), gb_max_iterations(st));
}

static void batches_add_up(void **state)
{
	struct batches s = { .max = 100 };
	struct gb_benchmark *b = add("batches", take_batches, &s);

	(void)state;
	assert_int_equal(gb_set_iterations(b, 1003), 0);
	run_all(1);
	assert_int_equal(s.sum, 1003);
	assert_int_equal(s.calls, 11);
	assert_int_equal(s.last, 3);
	assert_int_equal(num_got, 1);
	assert_int_equal(got[0].run.iterations, 1003);

	s.max = 0;
	run_all(1);
	assert_int_equal(s.calls, 1);
	assert_int_equal(got[0].run.iterations, 1003);
}

static void take_block(void *ctx, uint64_t n)
{
	struct batches *s = ctx;

	assert_true(n > 0);
	s->sum += n;
	s->calls++;
	s->last = n;
}

static void blocks_are_given(void **state)
{
	struct batches s = { 0 };
	struct gb_benchmark *b = gb_register_block("block", take_block, &s);

	(void)state;
	assert_non_null(b);
	assert_int_equal(gb_set_iterations(b, 1003), 0);
	run_all(1);
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.sum, 1003);

	s = (struct batches){ 0 };
	assert_int_equal(gb_set_max_batch(b, 250), 0);
	run_all(1);
	assert_int_equal(s.calls, 5);
	assert_int_equal(s.sum, 1003);
	assert_int_equal(s.last, 3);
	assert_int_equal(got[0].run.iterations, 1003);
}

static void min_time_decides(void **state)
{
	struct gb_benchmark *b = add("min_time", spin, NULL);

	(void)state;
	assert_int_equal(gb_set_min_time(b, 1e-4), 0);
	assert_int_equal(gb_set_min_warmup_time(b, 1e-4), 0);
	run_all(1);
	assert_true(got[0].run.iterations > 1);
	assert_int_equal(got[0].run.outcome, GB_OK);
	assert_non_null(strstr(got[0].name, "min_warmup_time"));
}

/* Times */

static void two_us(struct gb_state *st, void *ctx)
{
	uint64_t n;

	(void)ctx;
	while ((n = gb_next_batch(st, 64)))
		assert_int_equal(gb_set_iteration_time(st, n * 2e-6), 0);
}

static void manual_time_is_exact(void **state)
{
	struct gb_benchmark *b = add("manual", two_us, NULL);

	(void)state;
	assert_int_equal(gb_set_clock(b, GB_MANUAL_TIME), 0);
	assert_int_equal(gb_set_iterations(b, 1000), 0);
	assert_int_equal(gb_add_threads(b, 1), 0);
	assert_int_equal(gb_add_threads(b, 2), 0);
	assert_int_equal(gb_set_unit(b, GB_US), 0);
	run_all(2);
	assert_string_equal(got[0].name,
			    "manual/iterations:1000/manual_time/threads:1");
	assert_int_equal(got[0].run.unit, GB_US);
	assert_near(got[0].run.real_time, 2);
	assert_near(gb_wall_time(&got[0].run), 2);
	assert_int_equal(got[1].run.threads, 2);
	assert_int_equal(got[1].run.iterations, 2000);
	assert_near(got[1].run.real_time, gb_real_time_divided() ? 1 : 2);
	assert_near(gb_wall_time(&got[1].run), 2);
}

static void pause_and_resume(struct gb_state *st, void *ctx)
{
	unsigned int *calls = ctx;

	assert_error(gb_pause(st), -EPERM, "outside");
	assert_error(gb_resume(st), -EPERM, "outside");
	assert_error(gb_set_iteration_time(st, 1), -EPERM, "outside");
	while (gb_next_batch(st, 10)) {
		assert_int_equal(gb_pause(st), 0);
		assert_error(gb_pause(st), -EALREADY, "already");
		assert_int_equal(gb_resume(st), 0);
		assert_error(gb_resume(st), -EALREADY, "not paused");
		assert_error(gb_set_iteration_time(st, -1), -EINVAL,
			     "negative");
		assert_error(gb_set_iteration_time(st, NAN), -EINVAL,
			     "not finite");
		++*calls;
		/* Left paused by the last batch: not an error. */
		if (*calls % 10 == 0)
			assert_int_equal(gb_pause(st), 0);
	}
	assert_error(gb_pause(st), -EPERM, "outside");
}

static void the_clock_can_be_stopped(void **state)
{
	unsigned int calls = 0;
	struct gb_benchmark *b = add("pause", pause_and_resume, &calls);

	(void)state;
	assert_int_equal(gb_set_iterations(b, 100), 0);
	run_all(1);
	assert_int_equal(calls, 10);
	assert_int_equal(got[0].run.outcome, GB_OK);
	assert_int_equal(got[0].run.iterations, 100);
}

/* Counters */

static void count(struct gb_state *st, void *ctx)
{
	(void)ctx;
	while (gb_next_batch(st, 0))
		gb_set_iteration_time(st, 2.0);
	gb_set_counter(st, "plain", 5, 0, 0);
	gb_set_counter(st, "plain", 6, 0, 0);
	gb_set_counter(st, "rate", 6, GB_RATE, GB_1024);
	gb_set_counter(st, "per_thread", 6, GB_AVG_THREADS, 0);
	gb_set_counter(st, "invariant", 6, GB_ITERATION_INVARIANT, 0);
	gb_set_counter(st, "iteration", 6, GB_AVG_ITERATIONS, 0);
	gb_set_counter(st, "inverse", 6, GB_RATE | GB_INVERT, GB_1000);
	gb_set_items(st, 10);
	gb_set_bytes(st, 2048);
	gb_set_label(st, "a \"label\" \\ \xc3\xa4");
	assert_error(gb_set_counter(st, "", 1, 0, 0), -EINVAL, "empty");
	assert_error(gb_set_counter(st, "threads", 1, 0, 0), -EINVAL,
		     "threads");
	assert_error(gb_set_counter(st, "x", NAN, 0, 0), -EINVAL, "finite");
	assert_error(gb_set_counter(st, "x", 1, 1 << 9, 0), -EINVAL, "flags");
	assert_error(gb_set_counter(st, "x", 1, 0, 7), -EINVAL, "1024");
	assert_error(gb_set_label(st, "a\nb"), -EINVAL, "control");
}

static void counters_obey_their_flags(void **state)
{
	struct gb_benchmark *b = add("count", count, NULL);
	const char *path = in_dir("counters.json");
	const struct copy *c = &got[0];
	char flag[600];
	json_t *file, *r;

	(void)state;
	assert_int_equal(gb_set_clock(b, GB_MANUAL_TIME), 0);
	assert_int_equal(gb_set_iterations(b, 100), 0);
	snprintf(flag, sizeof(flag), "--benchmark_out=%s", path);
	assert_int_equal(gb_set_flag(flag), 0);
	run_all(1);
	assert_int_equal(gb_set_flag("--benchmark_out="), 0);

	assert_int_equal(c->run.n_counters, 8);
	assert_near(get_counter(c, "plain")->value, 6);
	assert_near(get_counter(c, "rate")->value, 3);
	assert_near(get_counter(c, "per_thread")->value, 6);
	assert_near(get_counter(c, "invariant")->value, 600);
	assert_near(get_counter(c, "iteration")->value, 0.06);
	assert_near(get_counter(c, "inverse")->value, 1 / 3.0);
	assert_near(get_counter(c, "items_per_second")->value, 5);
	assert_near(get_counter(c, "bytes_per_second")->value, 1024);
	assert_int_equal(get_counter(c, "inverse")->flags, GB_RATE | GB_INVERT);
	assert_int_equal(get_counter(c, "rate")->one_k, GB_1024);
	assert_int_equal(get_counter(c, "inverse")->one_k, GB_1000);
	assert_string_equal(c->run.label, "a \"label\" \\ \xc3\xa4");

	file = load(path);
	r = result(file, 0);
	assert_near(get_number(r, "rate"), 3);
	assert_near(get_number(r, "invariant"), 600);
	assert_near(get_number(r, "inverse"), 1 / 3.0);
	assert_near(get_number(r, "real_time"), 2e7);
	assert_string_equal(get_text(r, "label"), "a \"label\" \\ \xc3\xa4");
	json_decref(file);
}

static void count_thread(struct gb_state *st, void *ctx)
{
	spin(st, ctx);
	gb_set_counter(st, "sum", 1 + gb_thread_index(st), 0, 0);
	gb_set_counter(st, "mean", 1 + gb_thread_index(st), GB_AVG_THREADS, 0);
}

static void counters_of_threads_add_up(void **state)
{
	struct gb_benchmark *b = add("count", count_thread, NULL);

	(void)state;
	assert_int_equal(gb_set_iterations(b, 10), 0);
	assert_int_equal(gb_add_threads(b, 3), 0);
	run_all(1);
	assert_near(get_counter(&got[0], "sum")->value, 6);
	assert_near(get_counter(&got[0], "mean")->value, 2);
}

/* Threads, setup, teardown */

#define MAX_THREADS 4

static struct {
	pthread_mutex_t lock;
	unsigned int setups, teardowns, thread_setups, thread_teardowns, loops;
	unsigned int seen[MAX_THREADS];
	unsigned int blocks[MAX_THREADS];
	int inside;
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int see_setup(struct gb_state *st, void *ctx)
{
	(void)ctx;
	assert_int_equal(gb_thread_index(st), 0);
	assert_int_equal(gb_next_batch(st, 1), 0);
	assert_error(gb_pause(st), -EPERM, "outside");
	assert_int_equal(seen.inside, 0);
	seen.setups++;
	return 0;
}

static int see_teardown(struct gb_state *st, void *ctx)
{
	(void)ctx;
	assert_int_equal(gb_thread_index(st), 0);
	assert_int_equal(seen.inside, 0);
	seen.teardowns++;
	gb_set_counter(st, "from_teardown", 1, 0, 0);
	return 0;
}

static int see_thread_setup(struct gb_state *st, void *ctx)
{
	int i = gb_thread_index(st);

	(void)ctx;
	pthread_mutex_lock(&seen.lock);
	assert_true(i >= 0 && i < gb_threads(st));
	assert_true(seen.setups == seen.teardowns + 1);
	seen.thread_setups++;
	seen.seen[i]++;
	seen.inside++;
	pthread_mutex_unlock(&seen.lock);
	gb_set_local(st, &seen.blocks[i]);
	return 0;
}

static int see_thread_teardown(struct gb_state *st, void *ctx)
{
	(void)ctx;
	assert_ptr_equal(gb_local(st), &seen.blocks[gb_thread_index(st)]);
	pthread_mutex_lock(&seen.lock);
	seen.thread_teardowns++;
	seen.inside--;
	pthread_mutex_unlock(&seen.lock);
	return 0;
}

static void see_block(void *ctx, uint64_t n)
{
	unsigned int *mine = ctx;

	*mine += n;
}

static void threads_have_their_own(void **state)
{
	struct gb_benchmark *b = gb_register_block("threads", see_block, NULL);
	static const char *const names[] = { "threads/iterations:50/threads:1",
					     "threads/iterations:50/threads:2",
					     "threads/iterations:50/threads:4" };

	(void)state;
	assert_non_null(b);
	assert_int_equal(gb_set_iterations(b, 50), 0);
	assert_int_equal(gb_add_thread_range(b, 1, 4), 0);
	assert_int_equal(gb_set_setup(b, see_setup, see_teardown), 0);
	assert_int_equal(gb_set_thread_setup(b, see_thread_setup,
					     see_thread_teardown),
			 0);
	run_all(3);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(got[i].name, names[i]);
		assert_int_equal(got[i].run.threads, 1 << i);
		assert_int_equal(got[i].run.iterations, 50 << i);
		assert_int_equal(got[i].run.instance_index, i);
		assert_int_equal(got[i].run.family_index, 0);
		assert_near(get_counter(&got[i], "from_teardown")->value, 1);
	}
	assert_int_equal(seen.setups, 3);
	assert_int_equal(seen.teardowns, 3);
	assert_int_equal(seen.thread_setups, 7);
	assert_int_equal(seen.thread_teardowns, 7);
	assert_int_equal(seen.inside, 0);
	assert_int_equal(seen.seen[0], 3);
	assert_int_equal(seen.seen[3], 1);
	assert_int_equal(seen.blocks[0], 150);
	assert_int_equal(seen.blocks[3], 50);
}

static int fail_quietly(struct gb_state *st, void *ctx)
{
	(void)st;
	(void)ctx;
	return -1;
}

static int fail_aloud(struct gb_state *st, void *ctx)
{
	(void)ctx;
	assert_int_equal(gb_skip(st, "no memory today"), 0);
	return -1;
}

static int fail_second(struct gb_state *st, void *ctx)
{
	return gb_thread_index(st) == 1 ? fail_aloud(st, ctx) : 0;
}

static int must_not_run(struct gb_state *st, void *ctx)
{
	(void)st;
	(void)ctx;
	fail_msg("this must not run");
	return 0;
}

static void must_not_block(void *ctx, uint64_t n)
{
	(void)ctx;
	fail_msg("%llu operations must not run", (unsigned long long)n);
}

static void setups_may_fail(void **state)
{
	struct gb_benchmark *b;

	(void)state;
	b = gb_register_block("setup", must_not_block, NULL);
	gb_add_threads(b, 2);
	gb_set_setup(b, fail_quietly, must_not_run);
	gb_set_thread_setup(b, must_not_run, must_not_run);
	b = gb_register_block("thread_setup", must_not_block, NULL);
	gb_set_thread_setup(b, fail_aloud, must_not_run);
	b = gb_register_block("one_thread", nothing, NULL);
	gb_add_threads(b, 2);
	gb_set_thread_setup(b, fail_second, NULL);
	b = gb_register_block("teardown", nothing, NULL);
	gb_set_iterations(b, 1);
	gb_set_setup(b, NULL, fail_quietly);
	b = gb_register_block("throwing", must_not_block, NULL);
	gb_set_setup(b, throw_in_setup, NULL);
	run_all(5);
	assert_int_equal(gb_failed_runs(), 5);
	assert_string_equal(got[0].run.message, "setup failed");
	assert_string_equal(got[1].run.message, "no memory today");
	assert_string_equal(got[2].run.message, "no memory today");
	assert_string_equal(got[3].run.message, "teardown failed");
	assert_string_equal(got[4].run.message, "setup: no setup");
}

/* Errors */

static void skip_in_loop(struct gb_state *st, void *ctx)
{
	unsigned int *batches = ctx;

	while (gb_next_batch(st, 10)) {
		if (++*batches < 3)
			continue;
		assert_error(gb_skip(st, NULL), -EINVAL, "NULL");
		assert_int_equal(gb_skip(st, "enough"), 0);
		assert_int_equal(gb_skip(st, "more than enough"), 0);
		assert_error(gb_pause(st), -ECANCELED, "after an error");
		assert_error(gb_resume(st), -ECANCELED, "after an error");
	}
}

static void leave_early(struct gb_state *st, void *ctx)
{
	(void)ctx;
	gb_next_batch(st, 1);
}

static void never_start(struct gb_state *st, void *ctx)
{
	(void)st;
	(void)ctx;
}

static void ask_too_much(struct gb_state *st, void *ctx)
{
	(void)ctx;
	assert_int_equal(gb_num_args(st), 2);
	assert_int_equal(gb_arg(st, 1), 8);
	assert_int_equal(gb_arg(st, 2), 0);
	spin(st, ctx);
}

static void errors_are_reported(void **state)
{
	static const char *const messages[] = {
		"enough",
		"returned before gb_next_batch() gave 0",
		"returned before gb_next_batch() gave 0",
		"returned before gb_next_batch() gave 0",
		"argument 2 of 2",
		"exception: no luck",
		"exception: an exception of an unknown type",
	};
	static const int64_t args[] = { 7, 8 };
	struct gb_benchmark *b;
	unsigned int batches = 0;

	(void)state;
	b = add("skip", skip_in_loop, &batches);
	gb_set_iterations(b, 100);
	b = add("early", leave_early, NULL);
	gb_set_iterations(b, 100);
	add("never", never_start, NULL);
	b = add("never_threads", never_start, NULL);
	gb_add_threads(b, 2);
	b = add("argument", ask_too_much, NULL);
	assert_int_equal(gb_add_args(b, args, 2), 0);
	add("throw", throw_at_once, NULL);
	b = add("throw_later", throw_in_loop, NULL);
	gb_add_threads(b, 2);

	run_all(7);
	assert_int_equal(batches, 3);
	assert_int_equal(num_got, 7);
	for (size_t i = 0; i < num_got; i++) {
		assert_int_equal(got[i].run.outcome, GB_FAILED);
		assert_string_equal(got[i].run.message, messages[i]);
	}
	assert_int_equal(gb_failed_runs(), 7);
}

static void try_to_nest(struct gb_state *st, void *ctx)
{
	unsigned int *tried = ctx;

	assert_error(gb_run_benchmarks(NULL, NULL, 0), -EBUSY, "running");
	assert_error(gb_list(NULL, NULL, NULL), -EBUSY, "running");
	assert_error(gb_clear(), -EBUSY, "running");
	assert_error(gb_shutdown(), -EBUSY, "running");
	assert_error(gb_set_flag("--benchmark_filter=x"), -EBUSY, "running");
	assert_error(gb_set_context("a", "b"), -EBUSY, "running");
	assert_null(gb_register("inner", spin, NULL));
	assert_int_equal(errno, EBUSY);
	++*tried;
	spin(st, ctx);
}

static void runs_do_not_nest(void **state)
{
	unsigned int tried = 0;
	struct gb_benchmark *b = add("nest", try_to_nest, &tried);

	(void)state;
	gb_set_iterations(b, 1);
	run_all(1);
	assert_int_equal(tried, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(batches_add_up, clear),
		cmocka_unit_test_teardown(blocks_are_given, clear),
		cmocka_unit_test_teardown(min_time_decides, clear),
		cmocka_unit_test_teardown(manual_time_is_exact, clear),
		cmocka_unit_test_teardown(the_clock_can_be_stopped, clear),
		cmocka_unit_test_teardown(counters_obey_their_flags, clear),
		cmocka_unit_test_teardown(counters_of_threads_add_up, clear),
		cmocka_unit_test_teardown(threads_have_their_own, clear),
		cmocka_unit_test_teardown(setups_may_fail, clear),
		cmocka_unit_test_teardown(errors_are_reported, clear),
		cmocka_unit_test_teardown(runs_do_not_nest, clear),
	};
	int failed = cmocka_run_group_tests_name("gbench-loop", tests, make_dir,
						 remove_dir);

	return failed || gb_shutdown();
}
