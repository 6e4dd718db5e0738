// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of a probe, and what their counts mean. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probed.h"

static int say(struct probed *c, const char *text)
{
	struct subject_error err = { "" };
	char line[512];
	int ret;

	snprintf(line, sizeof(line), "%s", text);
	ret = probed_line(c, line, &err);
	assert_int_equal(ret < 0, *err.msg != '\0');
	return ret;
}

/* Every value is in a bucket whose ends are a sixteenth apart at the most. */
static void test_buckets(void **state)
{
	uint64_t v, last = 0;
	unsigned int b;

	(void)state;
	assert_int_equal(probe_bucket_low(0), 0);
	for (b = 1; b < PROBE_BUCKETS; b++) {
		v = probe_bucket_low(b);
		assert_true(v > last);
		if (last >= PROBE_SUB)
			assert_true((v - last) * PROBE_SUB <= last);
		else
			assert_int_equal(v - last, 1);
		last = v;
	}
	assert_true(last > 3600ULL * 1000000000);
}

static void test_sums(void **state)
{
	struct probed c = { .status = -1 };
	struct probed_lists l;
	struct probed_time t;

	(void)state;
	assert_int_equal(say(&c, "attach issue f fentry"), 0);
	assert_int_equal(say(&c, "missing attach g: no such function, or so"), 0);
	assert_int_equal(say(&c, "cost fentry 520.5 80"), 0);
	assert_int_equal(say(&c, "ready"), 0);
	assert_int_equal(say(&c, "at 1"), 0);
	assert_int_equal(say(&c, "queue 1 8 cmdq 9050000.smmuv3"), 0);
	assert_int_equal(say(&c, "queue 2 9 vcmdq a smmu"), 0);
	assert_int_equal(say(&c, "time 1 0 sync 100 60 0 0 16:3"), 0);
	assert_int_equal(say(&c, "commands 1 0 1:2 64:1"), 0);
	assert_int_equal(say(&c, "opcodes 1 0 18:2"), 0);
	assert_int_equal(say(&c, "more 1 0 2 30 1"), 0);
	assert_int_equal(say(&c, "at 2.5"), 1);
	assert_true(c.before.whole && c.before.seconds == 1);
	assert_int_equal(say(&c, "queue 1 8 cmdq 9050000.smmuv3"), 0);
	assert_int_equal(say(&c, "time 1 0 sync 160 80 1 1 16:4 20:1"), 0);
	assert_int_equal(say(&c, "time 2 0 sync 7 7 0 0 7:1"), 0);
	assert_int_equal(say(&c, "time 1 1 sync 50 50 0 0 44:1"), 0);
	assert_int_equal(say(&c, "commands 1 0 1:3 64:2"), 0);
	assert_int_equal(say(&c, "producers 1 0 0:4 1:1"), 0);
	assert_int_equal(say(&c, "more 1 0 3 40 1"), 0);
	assert_int_equal(say(&c, "lost entry 5"), 0);
	assert_int_equal(say(&c, "pmcg smmuv3_pmcg_1 tlb_miss 9 0.25"), 0);
	assert_int_equal(say(&c, "status 3"), 0);
	assert_int_equal(say(&c, "end"), 0);
	assert_true(c.ended && c.ready && c.now.whole);

	assert_int_equal(c.nr_queues, 2);
	assert_string_equal(probed_queue(&c, 2)->smmu, "a smmu");
	assert_null(probed_queue(&c, 0));
	assert_string_equal(c.function[1].how, "no such function, or so");
	assert_int_equal(c.status, 3);
	assert_int_equal(c.now.loss[0].count, 5);
	assert_int_equal(c.now.pmcg[0].count, 9);
	assert_true(c.now.pmcg[0].share == 0.25);

	probed_sum(&c.now, NULL, 1, PROBED_ALL, PROBE_SYNC, &t);
	assert_int_equal(probed_calls(&t), 6);
	assert_int_equal(t.sum_ns, 210);
	assert_int_equal(t.max_ns, 80);
	assert_int_equal(t.timed_out, 1);
	probed_sum(&c.now, NULL, 1, 1, PROBE_SYNC, &t);
	assert_int_equal(probed_calls(&t), 1);
	probed_sum(&c.now, NULL, PROBED_ALL, PROBED_ALL, PROBE_SYNC, &t);
	assert_int_equal(probed_calls(&t), 7);
	probed_sum(&c.now, NULL, 1, PROBED_ALL, PROBE_ATTACH, &t);
	assert_int_equal(probed_calls(&t), 0);
	/* of the last interval */
	probed_sum(&c.now, &c.before, 1, PROBED_ALL, PROBE_SYNC, &t);
	assert_int_equal(probed_calls(&t), 3);
	assert_int_equal(t.bucket[16], 1);
	probed_sum_lists(&c.now, &c.before, 1, 0, &l);
	assert_int_equal(l.commands[1], 1);
	assert_int_equal(l.full, 1);
	assert_int_equal(l.queue_ns, 10);
	assert_int_equal(l.migrated, 0);
	probed_free(&c);
}

/* What was cut off isn't shown: the snapshot before it is. */
static void test_cut_off(void **state)
{
	struct probed c = { .status = -1 };

	(void)state;
	assert_int_equal(say(&c, "ready"), 0);
	assert_false(probed_settle(&c));
	assert_int_equal(say(&c, "at 1"), 0);
	assert_int_equal(say(&c, "time 1 0 sync 100 60 0 0 16:3"), 0);
	/* the first one: nothing is left */
	assert_false(probed_settle(&c));
	assert_false(c.now.whole);
	assert_int_equal(c.now.nr_time, 0);
	probed_free(&c);

	assert_int_equal(say(&c, "at 1"), 0);
	assert_int_equal(say(&c, "time 1 0 sync 100 60 0 0 16:3"), 0);
	assert_int_equal(say(&c, "at 2"), 1);
	assert_int_equal(say(&c, "time 1 0 sync 100 60 0 0 16:9"), 0);
	assert_int_equal(c.snapshots, 2);
	assert_false(probed_settle(&c));
	assert_true(c.now.whole && c.now.seconds == 1);
	assert_int_equal(probed_calls(&c.now.time[0]), 3);
	probed_free(&c);

	assert_int_equal(say(&c, "at 1"), 0);
	assert_int_equal(say(&c, "at 2"), 1);
	assert_int_equal(say(&c, "end"), 0);
	assert_true(probed_settle(&c));
	assert_true(c.now.whole && c.now.seconds == 2);
	probed_free(&c);
}

static void test_queue_names(void **state)
{
	static const char *const queues[] = {
		"queue 4 8 vcmdq a", "queue 1 8 cmdq a", "queue 2 8 vcmdq a",
		"queue 3 8 vcmdq b", "queue 9 8 vcmdq a",
	};
	static const char *const names[] = { "vcmdq1", "cmdq", "vcmdq0",
					     "vcmdq0", "vcmdq2" };
	struct probed c = { .status = -1 };
	char name[24];
	size_t i;

	(void)state;
	assert_int_equal(say(&c, "at 1"), 0);
	for (i = 0; i < 5; i++)
		assert_int_equal(say(&c, queues[i]), 0);
	for (i = 0; i < 5; i++)
		assert_string_equal(probed_queue_name(&c, &c.queue[i], name,
						      sizeof(name)),
				    names[i]);
	probed_free(&c);
}

static void test_means_and_losses(void **state)
{
	static const char *const known[] = { "depth",  "early", "entry",
					     "exit",   "missed", "queue",
					     "recursion", "row" };
	const uint64_t counts[] = { 3, 0, 1 }, none[2] = { 0 };
	size_t i;

	(void)state;
	assert_true(probed_mean(counts, 3) == 0.5);
	assert_true(isnan(probed_mean(none, 2)));
	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_true(*probed_loss_text(known[i]));
	assert_string_equal(probed_loss_text("else"), "");
}

static void test_quantiles(void **state)
{
	struct probed_time t = { .bucket = { [7] = 50, [16] = 49, [100] = 1 } };
	double low = (double)probe_bucket_low(100);

	(void)state;
	assert_true(probed_quantile(&t, 0.5) == 7);
	assert_true(probed_quantile(&t, 0.51) == 16);
	assert_true(probed_quantile(&t, 0.99) == 16);
	assert_true(fabs(probed_quantile(&t, 1) / low - 1) < 0.033);
	t = (struct probed_time){ 0 };
	assert_true(probed_quantile(&t, 0.5) == 0);
}

static void test_errors(void **state)
{
	static const char *const bad[] = {
		"",
		"attack issue f fentry",
		"attach issue",
		"time 1 0 sink 1 1 0 0 1:1",
		"time 1 0 sync 1 1 0 0 1:",
		"time 1 0 sync 1 1 0 0 1:2x",
		"time 1 0 sync 1 1 0 0 100000:1",
		"commands 1 0 65:1",
		"opcodes 1 0 256:1",
		"opcodes 1",
		"more 1 0 1 2",
		"queue 1 8 cmdq",
		"at then",
		"cost fentry cheap",
		"status -",
		"lost depth",
		"pmcg smmuv3_pmcg_1 tlb_miss 9",
		"end of it",
	};
	struct probed c = { .status = -1 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(say(&c, bad[i]), -EINVAL);
	assert_int_equal(say(&c, "error why there is nothing"), 0);
	assert_string_equal(c.error, "why there is nothing");
	probed_free(&c);
}

static void test_opcodes(void **state)
{
	(void)state;
	assert_string_equal(probed_opcode_name(0x12), "TLBI_NH_VA");
	assert_string_equal(probed_opcode_name(0x46), "CMD_SYNC");
	assert_null(probed_opcode_name(0));
	assert_null(probed_opcode_name(256));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_queue_names),
		cmocka_unit_test(test_means_and_losses),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_opcodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
