// SPDX-License-Identifier: GPL-2.0-or-later
/* Events in samples made by hand: what is scaled, taken off, left out. */
#include <jansson.h>
#include <linux/perf_event.h>
#include <math.h>

#include "common.h"

#define LAUNCHES 5
#define ROUNDS	 20
#define OPS	 1000
#define COST	 300 /* of two readings, of each event */

static const char job[] = "[global]\nlaunches = 5\nrounds = 20\nwarmup = 64\n"
			  "[one]\nstrategy = none, merged\nbaseline = merged\n"
			  "[two]\nthreads = 2\nstrategy = none, merged\nbaseline = merged\n";

enum { CYCLES, INSTRUCTIONS, SHARED, MISSING, RARE, NR };

static const struct plan_event events[NR] = {
	{ "cycles", false, { PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 0, 0, true, true } },
	{ "instructions",
	  false,
	  { PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 0, 0, true, true } },
	{ "r11", false, { PERF_TYPE_RAW, 0x11, 0, 0, true, true } },
	{ "r99", false, { PERF_TYPE_RAW, 0x99, 0, 0, true, true } },
	{ "page-faults",
	  false,
	  { PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 0, 0, true, true } },
};

#define NEAR(a, b) near(a, b, __LINE__)

static void near(double a, double b, int line_nr)
{
	if (!(fabs(a - b) < 0.000001 * fabs(b) + 0.000000001))
		fail_msg("line %d: %.9g is not %.9g", line_nr, a, b);
}

/* A result of the job with the events. */
static struct result *counted(void)
{
	struct plan *p = loaded(job, 2);
	struct plan_error err;
	struct result *r;

	memcpy(p->events, events, sizeof(events));
	p->nr_events = NR;
	r = result_create("r", p, &err);
	plan_free(p);
	if (!r)
		fail_msg("refused: %s", err.msg);
	return r;
}

/* Cycles an operation: 20 for merged and its like, 10 for none, a tenth more a launch. */
static unsigned int cycles(const struct plan_group *g, unsigned int cell, unsigned int launch)
{
	return (strcmp(g->cells[cell].name, "none") ? 20 : 10) * (10 + launch) / 10;
}

/*
 * The events of one block. r11 counts as cycles do, but shares its counter: in every second
 * round it was there for a quarter of the block, in every fourth not at all. A fault comes
 * in every tenth round; for none (of less than 20 cycles) two, but in its first launch.
 */
static void counts_of(char *text, size_t len, unsigned int c, unsigned int round,
		      unsigned int callers)
{
	unsigned int all = OPS * c, cost = COST * callers, shared = all + cost, running = 4000;
	unsigned int faults = c >= 20 ? 1 : c > 10 ? 2 : 0;

	if (round % 4 == 3) {
		shared = 0;
		running = 0;
	} else if (round % 2) {
		shared = all / 4 + cost;
		running = 1000;
	}
	snprintf(text, len, "%%%u:4000:4000 %%%u:4000:4000 %%%u:4000:%u %%0:0:0 %%%u:4000:4000",
		 all + cost, 3 * all + cost, shared, running, (round % 10 == 9) * faults + cost);
}

static void put_group(struct result *r, unsigned int group, bool windows)
{
	const struct plan_group *g = &result_plan(r)->groups[group];
	struct result_group *out = begun(r, group);
	unsigned int l, n, i, c;
	struct plan_error err;
	char text[256], key[32];

	for (l = 0; l < LAUNCHES; l++) {
		for (i = 0; i < NR; i++) {
			snprintf(key, sizeof(key), "event_state.%u", i);
			result_group_note(out, l, key,
					  i == MISSING ? EXEC_EVENT_NONE : EXEC_EVENT_OK);
			snprintf(key, sizeof(key), "event_cost.%u", i);
			result_group_note(out, l, key, i == MISSING ? 0 : COST);
		}
		for (n = 0; n < ROUNDS; n++) {
			for (i = 0; i < g->nr_cells; i++) {
				c = cycles(g, i, l);
				counts_of(text, sizeof(text), c, n, windows ? 2 : 1);
				if (windows)
					line(out, l,
					     "B %u %u %u %u 4000 0 0 500:0:4000 500:0:4000 %s", n,
					     i, i, OPS, text);
				else
					line(out, l, "B %u %u %u %u %u 0 0 %s", n, i, i, OPS,
					     OPS * c, text);
			}
		}
		/* the thread lost its CPU: neither time nor counts */
		line(out, l, "B %u 0 0 %u 999 0 1 %%9999999:1:1 %%9:1:1 %%9:1:1 %%0:0:0 %%9:1:1",
		     ROUNDS - 1, OPS);
	}
	assert_int_equal(result_group_commit(out, &err), 0);
}

static const struct judge_row *row(const struct judge_group *j, const char *name)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (!strcmp(j->plan->cells[i].name, name))
			return &j->rows[i];
	fail_msg("no %s", name);
	return NULL;
}

static void check_group(struct result *r, unsigned int group)
{
	const struct judge_row *none, *merged;
	struct judge_group *j;
	struct plan_error err;
	double half;

	j = judge_group(r, group, &err);
	if (!j)
		fail_msg("refused: %s", err.msg);
	none = row(j, "none");
	merged = row(j, "merged");
	assert_int_equal(j->nr_events, NR);
	/* launches of 20, 22, 24, 26, 28 */
	NEAR(merged->counts[CYCLES].per_op.est, 24);
	NEAR(none->counts[CYCLES].per_op.est, 12);
	NEAR(none->counts[CYCLES].ratio.est, 0.5);
	NEAR(none->counts[CYCLES].ratio.lo, 0.5);
	NEAR(none->counts[CYCLES].delta.est, -12);
	/* Student's t of four degrees, the deviation of five launches */
	half = 2.776445105 * sqrt(10) / sqrt(5);
	NEAR(merged->counts[CYCLES].per_op.hi, 24 + half);
	NEAR(merged->counts[CYCLES].per_op.lo, 24 - half);
	NEAR(merged->counts[INSTRUCTIONS].per_op.est, 72);
	NEAR(merged->ipc.est, 3);
	NEAR(none->ipc.lo, 3);
	/* 15 of 20 rounds, 5 of them scaled after their readings' cost was taken off */
	NEAR(merged->counts[SHARED].per_op.est, 24);
	NEAR(none->counts[SHARED].ratio.est, 0.5);
	assert_true(merged->counts[SHARED].shared);
	assert_false(merged->counts[CYCLES].shared);
	assert_true(merged->marks & JUDGE_MULTIPLEXED);
	assert_true(isnan(merged->counts[MISSING].per_op.est));
	assert_true(isnan(merged->counts[MISSING].ratio.est));
	assert_int_equal(j->event_state[MISSING], EXEC_EVENT_NONE);
	assert_int_equal(j->event_state[CYCLES], EXEC_EVENT_OK);
	assert_false(judge_counted(j, MISSING));
	assert_true(judge_counted(j, RARE));
	/* two of twenty blocks had one: a median would have shown none */
	NEAR(merged->counts[RARE].per_op.est, 2. / (20 * OPS));
	NEAR(merged->counts[RARE].ratio.est, 1);
	assert_true(isfinite(merged->counts[RARE].ratio.lo));
	/* a launch without any counts, too, and leaves no interval */
	NEAR(none->counts[RARE].ratio.est, 4. * 2 / 5);
	assert_true(isnan(none->counts[RARE].ratio.lo));
	assert_true(isnan(none->counts[RARE].ratio.hi));
	/* judged rows outlive their samples */
	judge_slim(j);
	NEAR(merged->counts[CYCLES].per_op.est, 24);
	judge_free(j);
}

static void scaled_and_summed(void **state)
{
	struct result *r = counted();

	(void)state;
	put_group(r, 0, false);
	check_group(r, 0);
	discard(r);
}

static void of_all_callers_of_a_window(void **state)
{
	struct result *r = counted();

	(void)state;
	put_group(r, 1, true);
	check_group(r, 1);
	discard(r);
}

static void rows_of_cells_json(void **state)
{
	struct result *r = counted();
	struct judge_group *j;
	struct plan_error err;
	json_t *doc, *one, *found = NULL;
	size_t i;

	(void)state;
	put_group(r, 0, false);
	j = judge_group(r, 0, &err);
	assert_non_null(j);
	assert_int_equal(result_cells_json(r, &j, 1, &err), 0);
	doc = json_load_file("r/cells.json", 0, NULL);
	assert_non_null(doc);
	json_array_foreach(json_object_get(doc, "benchmarks"), i, one)
		if (!strcmp(json_string_value(json_object_get(one, "name")), "one/none"))
			found = one;
	assert_non_null(found);
	NEAR(json_number_value(json_object_get(found, "cycles_per_op")), 12);
	NEAR(json_number_value(json_object_get(found, "cycles_ratio")), 0.5);
	NEAR(json_number_value(json_object_get(found, "instructions_per_op")), 36);
	NEAR(json_number_value(json_object_get(found, "ipc")), 3);
	assert_true(json_number_value(json_object_get(found, "cycles_per_op_lo")) < 12);
	assert_null(json_object_get(found, "r99_per_op"));
	assert_non_null(strstr(json_string_value(json_object_get(found, "label")),
			       "multiplexed"));
	json_decref(doc);
	judge_free(j);
	discard(r);
}

static void the_plan_is_read_back(void **state)
{
	struct result *r = counted();
	struct plan_error err;
	const struct plan *p;

	(void)state;
	result_close(r);
	r = result_open("r", &err);
	assert_non_null(r);
	p = result_plan(r);
	assert_int_equal(p->nr_events, NR);
	assert_string_equal(p->events[SHARED].name, "r11");
	assert_int_equal(p->events[SHARED].event.config, 0x11);
	discard(r);
}

static void damaged_lines(void **state)
{
	static const char *const bad[] = {
		"",
		" %1:2:3",
		" %1:2:3 %1:2:3 %1:2:3 %1:2:3 %1:2:3 %1:2:3",
		" %1:2:3 %1:2:3 %1:2:3 %1:2:3 %1:2",
		" %1:2:3 %1:2:3 x %1:2:3 %1:2:3 %1:2:3",
	};
	struct plan_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct result *r = counted();
		struct result_group *out = begun(r, 0);

		line(out, 0, "B 0 0 0 10 20 0 0%s", bad[i]);
		assert_int_equal(result_group_commit(out, &err), 0);
		assert_null(judge_group(r, 0, &err));
		assert_non_null(strstr(err.msg, "damaged"));
		discard(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scaled_and_summed),
		cmocka_unit_test(of_all_callers_of_a_window),
		cmocka_unit_test(rows_of_cells_json),
		cmocka_unit_test(the_plan_is_read_back),
		cmocka_unit_test(damaged_lines),
	};

	return cmocka_run_group_tests_name("counts", tests, enter_folder, leave_folder);
}
