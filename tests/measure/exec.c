// SPDX-License-Identifier: GPL-2.0-or-later
/* The executor: what it counts, shares, and records. No speed is judged. */
#include "common.h"

static struct exec *created(unsigned int threads)
{
	struct subject_error err;
	struct exec *x = exec_create(threads, NULL, 0, &err);

	if (!x)
		fail_msg("%s", err.msg);
	return x;
}

static void add(struct exec *x, uint32_t id, const char *params)
{
	struct subject_params p = params_of(params);
	struct subject_error err;

	if (exec_add(x, id, &p, &err))
		fail_msg("%s", err.msg);
}

static void run(struct exec *x, const struct exec_step *steps, size_t n,
		uint32_t canary_every)
{
	struct subject_error err;

	if (exec_run(x, steps, n, canary_every, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(exec_nr_samples(x), n);
}

static struct exec_step block(uint32_t round, uint32_t cell, uint64_t iters)
{
	return (struct exec_step){ .round = round,
				   .cell = cell,
				   .kind = EXEC_BLOCK,
				   .iters = iters,
				   .every = 1 };
}

static struct subject_counters counters(struct exec *x, uint32_t id)
{
	struct subject_counters c = { 0 };

	assert_int_equal(exec_counters(x, id, &c), 0);
	return c;
}

static void blocks_count_operations(void **state)
{
	struct exec_step steps[] = { block(0, 0, 1), block(0, 0, 1000),
				     block(1, 0, 37) };
	struct exec *x = created(1);
	uint64_t before;
	size_t i;

	(void)state;
	/* attaching has issued some; then an invalidation and a CMD_SYNC each */
	add(x, 0, "op=unmap queue=lockless device=model");
	before = counters(x, 0).syncs;
	run(x, steps, 3, 0);
	for (i = 0; i < 3; i++) {
		const struct exec_sample *s = exec_sample(x, i);

		assert_int_equal(s->ops, steps[i].iters);
		assert_int_equal(s->step.round, steps[i].round);
		assert_int_equal(s->nr_parts, 0);
		assert_int_equal(s->reclaim_ns, 0);
		assert_true(s->ns > 0);
	}
	assert_int_equal(counters(x, 0).syncs, before + 1038);
	assert_null(exec_sample(x, 3));
	/* the next ones take their place */
	run(x, steps, 1, 0);
	assert_int_equal(counters(x, 0).syncs, before + 1039);
	exec_destroy(x);
}

static void an_alias_has_the_same_data(void **state)
{
	struct exec_step steps[] = { block(0, 0, 10), block(0, 1, 20),
				     block(0, 2, 40) };
	struct exec *x = created(1);
	struct subject_error err;
	uint64_t before;

	(void)state;
	add(x, 0, "op=unmap queue=lockless device=model");
	assert_int_equal(exec_alias(x, 1, 0, &err), 0);
	add(x, 2, "op=unmap queue=lockless device=model");
	before = counters(x, 0).syncs;
	assert_int_equal(counters(x, 2).syncs, before);
	run(x, steps, 3, 0);
	assert_int_equal(counters(x, 0).syncs, before + 30);
	assert_int_equal(counters(x, 1).syncs, before + 30);
	/* a second cell of the same kind has data of its own */
	assert_int_equal(counters(x, 2).syncs, before + 40);
	assert_int_equal(exec_params(x, 1)->strategy,
			 exec_params(x, 0)->strategy);
	assert_null(exec_params(x, 3));
	exec_destroy(x);
}

static void a_window_is_shared(void **state)
{
	unsigned int cpus = team_cpus(NULL, 0);
	struct exec *x = created(2);
	struct exec_step steps[20];
	uint64_t ops = 0, before;
	size_t i;

	(void)state;
	add(x, 0, "op=unmap queue=lockless device=model threads=2");
	exec_set_window(x, 300000);
	for (i = 0; i < 20; i++)
		steps[i] = block((uint32_t)i, 0, 1);
	before = counters(x, 0).syncs;
	run(x, steps, 20, 0);
	for (i = 0; i < 20; i++) {
		const struct exec_sample *s = exec_sample(x, i);
		const struct exec_part *a = &s->parts[0], *b = &s->parts[1];

		assert_int_equal(s->nr_parts, 2);
		assert_int_equal(s->ns, 300000);
		assert_int_equal(s->ops, a->ops + b->ops);
		assert_true(a->ops > 0 && b->ops > 0);
		/* to the deadline at least, both */
		assert_true(a->stop_ns >= 300000 && b->stop_ns >= 300000);
		assert_true(a->start_ns < a->stop_ns);
		/* neither began before the window did */
		if (cpus > 1)
			assert_true(a->start_ns >= 0 && b->start_ns >= 0);
		ops += s->ops;
	}
	/* every operation is somebody's: the queue saw as many */
	assert_int_equal(counters(x, 0).syncs, before + ops);
	exec_destroy(x);
}

/* More threads than CPUs: nobody spins until somebody else has run. */
static void oversubscribed_windows_end(void **state)
{
	unsigned int threads = team_cpus(NULL, 0) * 2 + 1, i;
	struct exec *x = created(threads);
	struct exec_step step = block(0, 0, 1);
	char text[64];

	(void)state;
	snprintf(text, sizeof(text), "op=unmap threads=%u", threads);
	add(x, 0, text);
	run(x, &step, 1, 0);
	assert_int_equal(exec_sample(x, 0)->nr_parts, threads);
	for (i = 0; i < threads; i++)
		assert_true(exec_sample(x, 0)->parts[i].ops > 0);
	exec_destroy(x);
}

static void an_attacher_runs_beside(void **state)
{
	struct exec *x = created(1);
	struct exec_step steps[] = { block(0, 0, 1), block(1, 0, 1) };

	(void)state;
	add(x, 0, "op=unmap attach_rate=10000");
	exec_set_window(x, 5000000);
	run(x, steps, 2, 0);
	assert_int_equal(exec_sample(x, 0)->nr_parts, 1);
	/* 50 in 5 ms; how many there is time for is the machine's affair */
	assert_true(counters(x, 0).attaches > 0);
	exec_destroy(x);
}

static void attach_is_drained_off_the_clock(void **state)
{
	struct exec *x = created(1);
	struct exec_step step = block(0, 0, 50);

	(void)state;
	add(x, 0, "op=attach");
	run(x, &step, 1, 0);
	assert_int_equal(exec_sample(x, 0)->ops, 50);
	assert_true(exec_sample(x, 0)->reclaim_ns > 0);
	exec_destroy(x);
}

static void operations_are_sampled(void **state)
{
	struct exec_step steps[] = {
		{ .cell = 0, .kind = EXEC_OP, .iters = 10, .every = 1 },
		{ .cell = 0, .kind = EXEC_OP, .iters = 7, .every = 5 },
		{ .cell = 0, .kind = EXEC_OP, .iters = 1, .every = 0 },
	};
	struct exec *x = created(1);
	uint64_t before;

	(void)state;
	add(x, 0, "op=unmap queue=lockless device=model");
	before = counters(x, 0).syncs;
	run(x, steps, 3, 0);
	assert_int_equal(exec_sample(x, 0)->nr_ops, 10);
	assert_int_equal(exec_sample(x, 1)->nr_ops, 7);
	assert_int_equal(exec_sample(x, 1)->ops, 7);
	/* each sample follows every - 1 others */
	assert_int_equal(counters(x, 0).syncs, before + 10 + 7 * 5 + 1);
	exec_destroy(x);
}

static void canaries_come_with_rounds(void **state)
{
	unsigned int cpus = team_cpus(NULL, 0);
	struct exec *x = created(1);
	struct exec_step steps[18];
	size_t i;

	(void)state;
	add(x, 0, "op=fence");
	for (i = 0; i < 18; i++)
		steps[i] = block((uint32_t)i / 2, 0, 10);
	run(x, steps, 18, 4);
	/* after the rounds 0, 4 and 8, once each */
	assert_int_equal(exec_nr_canaries(x), 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(exec_canary(x, i)->round, 4 * i);
		assert_true(exec_canary(x, i)->add_ps > 0);
		if (cpus > 1)
			assert_true(exec_canary(x, i)->pingpong_ps > 0);
	}
	assert_null(exec_canary(x, 3));
	run(x, steps, 18, 0);
	assert_int_equal(exec_nr_canaries(x), 0);
	exec_destroy(x);
}

static void calibration_is_above_zero(void **state)
{
	static const char *const params[] = { "op=floor", "op=fence",
					      "op=unmap", "op=attach" };
	struct exec *x = created(1);
	struct subject_error err;
	uint32_t i;
	uint64_t ps;

	(void)state;
	for (i = 0; i < 4; i++) {
		add(x, i, params[i]);
		ps = 0;
		assert_int_equal(exec_calibrate(x, i, 2000, &ps, &err), 0);
		assert_true(ps > 0);
	}
	assert_true(exec_calibrate(x, 9, 2000, &ps, &err) < 0);
	assert_string_equal(err.msg, "no cell 9");
	exec_destroy(x);
}

static void what_cannot_be(void **state)
{
	struct exec_step steps[] = { block(0, 0, 5), block(0, 7, 5) };
	struct subject_params p = params_of("threads=2");
	unsigned int far = 900, cpus[4096], n = team_cpus(cpus, 4096);
	struct subject_counters c;
	struct subject_error err;
	struct exec *x;

	(void)state;
	assert_null(exec_create(0, NULL, 0, &err));
	assert_string_equal(err.msg, "threads must be at least 1");
	if (cpus[n - 1] < far) {
		assert_null(exec_create(1, &far, 1, &err));
		assert_non_null(strstr(err.msg, "can't pin to CPU 900"));
	}
	x = created(1);
	assert_true(exec_add(x, 0, &p, &err) < 0);
	assert_string_equal(err.msg,
			    "cell 0 wants 2 threads, the group has 1");
	add(x, 0, "op=fence");
	assert_true(exec_run(x, steps, 2, 0, &err) < 0);
	assert_string_equal(err.msg, "no cell 7");
	/* what came before it is kept */
	assert_int_equal(exec_nr_samples(x), 1);
	assert_true(exec_counters(x, 7, &c) < 0);
	exec_destroy(x);
	exec_destroy(NULL);
}

/* The thread that was pinned has its CPUs again for the next group. */
static void a_group_leaves_no_pins(void **state)
{
	unsigned int cpus = team_cpus(NULL, 0), i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct exec *x = created(2);

		assert_int_equal(team_cpus(NULL, 0), 1);
		exec_destroy(x);
		assert_int_equal(team_cpus(NULL, 0), cpus);
	}
}

static void the_timer_is_known(void **state)
{
	struct exec_timer t;

	(void)state;
	assert_int_equal(exec_timer(&t), 0);
	assert_true(t.cost_ps > 0 && t.cost_ps < 1000000000);
	assert_true(t.tick_ps > 0 && t.tick_ps < 1000000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_count_operations),
		cmocka_unit_test(an_alias_has_the_same_data),
		cmocka_unit_test(a_window_is_shared),
		cmocka_unit_test(oversubscribed_windows_end),
		cmocka_unit_test(an_attacher_runs_beside),
		cmocka_unit_test(attach_is_drained_off_the_clock),
		cmocka_unit_test(operations_are_sampled),
		cmocka_unit_test(canaries_come_with_rounds),
		cmocka_unit_test(calibration_is_above_zero),
		cmocka_unit_test(what_cannot_be),
		cmocka_unit_test(a_group_leaves_no_pins),
		cmocka_unit_test(the_timer_is_known),
	};

	return cmocka_run_group_tests_name("executor", tests, NULL, NULL);
}
