// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples made by hand, with answers that are known. */
#include <jansson.h>
#include <math.h>
#include <unistd.h>

#include "common.h"

#define LAUNCHES 5
#define ROUNDS	 20
#define OPS	 1000

static const char job[] = "[global]\nlaunches = 5\nrounds = 20\nwarmup = 64\n"
			  "[a]\nstrategy = none, merged, full\n"
			  "baseline = merged\n";

#define NEAR(a, b) near(a, b, __LINE__)

static void near(double a, double b, int line_nr)
{
	if (!(fabs(a - b) < 0.000001 * fabs(b) + 0.000000001))
		fail_msg("line %d: %.9g is not %.9g", line_nr, a, b);
}

/* What a cell of [a] costs, ns: launches differ, ratios don't. */
static double cost(const struct plan_group *g, unsigned int cell,
		   unsigned int launch)
{
	const char *name = g->cells[cell].name;
	double ns = 20;

	if (!strcmp(name, "none"))
		ns = 10;
	else if (!strcmp(name, "full"))
		ns = 30;
	else if (!strcmp(name, "floor"))
		ns = 1;
	/* the twin is off by 5 % in half of the launches */
	if (g->cells[cell].role == PLAN_TWIN && launch % 2)
		ns *= 1.05;
	return ns * (1 + 0.1 * launch);
}

/* Rounds before @warmup are rubbish. */
static void put_blocks(struct result_group *out, const struct plan_group *g,
		       unsigned int launch, unsigned int warmup)
{
	unsigned int r, i;

	for (r = 0; r < warmup + ROUNDS; r++)
		for (i = 0; i < g->nr_cells; i++)
			line(out, launch, "B %u %u %u %u %.0f 0 0", r, i, i,
			     OPS,
			     r < warmup ? 1e9 * (i + 1) :
					  OPS * cost(g, i, launch));
}

static struct judge_group *judged(struct result *r, unsigned int group)
{
	struct plan_error err;
	struct judge_group *j = judge_group(r, group, &err);

	if (!j)
		fail_msg("refused: %s", err.msg);
	return j;
}

static const struct judge_row *row(const struct judge_group *j,
				   const char *name)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (!strcmp(j->plan->cells[i].name, name))
			return &j->rows[i];
	return NULL;
}

static void commit(struct result_group *out)
{
	struct plan_error err;

	assert_int_equal(result_group_commit(out, &err), 0);
}

static struct result *usual(unsigned int warmup)
{
	struct result *r = created(job, "r");
	struct result_group *out = begun(r, 0);
	unsigned int l;

	for (l = 0; l < LAUNCHES; l++) {
		put_blocks(out, &result_plan(r)->groups[0], l, warmup);
		line(out, l, "K 16 %u 100", 5000 + l);
		assert_int_equal(result_group_note(out, l, "warmup", warmup),
				 0);
		assert_int_equal(result_group_note(out, l, "settled", 1), 0);
	}
	commit(out);
	return r;
}

/* A probe that broke off: what it counted is no figure of the launch. */
static void probes_that_broke_off(void **state)
{
	static const char *const whole[] = {
		"ready", "at 1", "time 1 0 sync 30 10 0 0 7:3", "end"
	};
	static const char *const wanted[] = { "'ready'", "'at'", NULL, "'end'" };
	struct plan_error err;

	(void)state;
	for (unsigned int less = 0, l, i; less <= 4; less++) {
		struct result *r = created(job, "r");
		struct result_group *out = begun(r, 0);
		struct judge_group *j;

		for (l = 0; l < LAUNCHES; l++) {
			put_blocks(out, &result_plan(r)->groups[0], l, 0);
			for (i = 0; i < 4; i++)
				if (l != 3 || i != less)
					line(out, l, "P %s", whole[i]);
		}
		commit(out);
		j = judge_group(r, 0, &err);
		if (less < 4 && wanted[less]) {
			assert_null(j);
			assert_non_null(strstr(err.msg, "launch 3: damaged"));
			assert_non_null(strstr(err.msg, wanted[less]));
			assert_non_null(strstr(err.msg, "samples/000-a"));
		} else {
			assert_non_null(j);
			assert_int_equal(probed_calls(&j->rows[0].probe->time),
					 less == 4 ? 15 : 12);
		}
		judge_free(j);
		discard(r);
	}
}

static void ratios_ranks_and_noise(void **state)
{
	struct result *r = usual(0);
	struct judge_group *j = judged(r, 0);
	const struct judge_row *none = row(j, "none"), *full = row(j, "full");
	const struct judge_row *merged = row(j, "merged");

	(void)state;
	NEAR(none->ratio.est, 0.5);
	NEAR(none->ratio.lo, 0.5);
	NEAR(none->ratio.hi, 0.5);
	NEAR(merged->ratio.est, 1);
	NEAR(full->ratio.est, 1.5);
	/* means over launches of 1, 1.1 ... 1.4 times */
	NEAR(none->ns.est, 12);
	NEAR(merged->ns.est, 24);
	NEAR(full->delta_ns.est, 12);
	NEAR(none->delta_ns.est, -12);
	NEAR(merged->mops.est, 1000 / 24.);
	assert_true(merged->ns.lo < 24 && merged->ns.hi > 24);
	NEAR(merged->mops.lo, 1000 / merged->ns.hi);
	assert_int_equal(none->rank, 1);
	assert_int_equal(merged->rank, 2);
	assert_int_equal(full->rank, 3);
	assert_int_equal(row(j, "same")->rank, 0);
	assert_int_equal(none->blocks, LAUNCHES * ROUNDS);
	assert_int_equal(none->dropped_switch + none->dropped_overlap, 0);
	assert_int_equal(none->marks, JUDGE_NO_IRQS);
	assert_true(isnan(none->reclaim_ns.est));
	assert_false(none->has_op);
	NEAR(j->same + 1, 1);
	assert_true(row(j, "same")->marks & JUDGE_BELOW_NOISE);
	if (row(j, "twin")) {
		/* two of five launches at +5 % */
		NEAR(j->twin, pow(1.05, 0.4) - 1);
		assert_true(j->noise >= j->twin && j->noise < 0.2);
		assert_true(row(j, "twin")->marks & JUDGE_BELOW_NOISE);
	}
	NEAR(j->canary_add[0], 5000);
	NEAR(j->canary_add[1], 5002);
	NEAR(j->canary_add[2], 5004);
	NEAR(j->canary_pingpong[1], 100);
	judge_free(j);
	discard(r);
}

static void pairs_and_traces(void **state)
{
	struct result *r = usual(0);
	struct judge_group *j = judged(r, 0);
	const double *add, *pingpong;
	struct stats_result ratio;

	(void)state;
	assert_true(judge_compare(j, 0, 2, &ratio));
	NEAR(ratio.est, 1 / 3.);
	assert_false(judge_compare(j, 1, row(j, "same")->cell, &ratio));
	assert_int_equal(judge_canary_trace(j, &add, &pingpong), LAUNCHES);
	NEAR(add[4], 5004);
	NEAR(judge_launch_median(j, 0, 3), log(0.5));
	judge_slim(j);
	NEAR(j->rows[0].ratio.est, 0.5);
	judge_free(j);
	judge_free(NULL);
	discard(r);
}

static void the_warm_up_is_left_out(void **state)
{
	struct result *r = usual(33);
	struct judge_group *j = judged(r, 0);

	(void)state;
	NEAR(row(j, "none")->ratio.est, 0.5);
	NEAR(row(j, "merged")->ns.est, 24);
	NEAR(row(j, "merged")->warmup, 33);
	assert_int_equal(row(j, "none")->blocks, LAUNCHES * ROUNDS);
	judge_free(j);
	discard(r);
}

static void what_never_settled_is_marked(void **state)
{
	struct result *r = created(job, "r");
	struct result_group *out = begun(r, 0);
	struct judge_group *j;
	unsigned int l;

	(void)state;
	for (l = 0; l < LAUNCHES; l++) {
		put_blocks(out, &result_plan(r)->groups[0], l, 0);
		assert_int_equal(result_group_note(out, l, "settled", l != 3),
				 0);
	}
	commit(out);
	j = judged(r, 0);
	assert_true(row(j, "none")->marks & JUDGE_UNSETTLED);
	judge_free(j);
	discard(r);
}

/* @every: one block of "none" in so many saw a switch. */
static struct result *switched(unsigned int every, unsigned int cell)
{
	struct result *r = created(job, "r");
	const struct plan_group *g = &result_plan(r)->groups[0];
	struct result_group *out = begun(r, 0);
	unsigned int l, n, i;

	for (l = 0; l < LAUNCHES; l++) {
		for (n = 0; n < ROUNDS; n++) {
			for (i = 0; i < g->nr_cells; i++) {
				bool sw = i == cell && !(n % every);

				line(out, l, "B %u %u %u %u %.0f 0 %d", n, i,
				     i, OPS,
				     OPS * cost(g, i, l) * (sw ? 1000 : 1),
				     sw);
			}
		}
	}
	commit(out);
	return r;
}

static void switches_drop_the_block(void **state)
{
	struct result *r = switched(10, 0);
	struct judge_group *j = judged(r, 0);

	(void)state;
	assert_int_equal(row(j, "none")->dropped_switch, LAUNCHES * 2);
	assert_int_equal(row(j, "none")->blocks, LAUNCHES * ROUNDS);
	assert_int_equal(row(j, "none")->ratio.used, LAUNCHES * 18);
	assert_int_equal(row(j, "merged")->dropped_switch, 0);
	assert_false(row(j, "none")->marks & JUDGE_DROPPED);
	NEAR(row(j, "none")->ratio.est, 0.5);
	judge_free(j);
	discard(r);
}

static void many_drops_are_marked(void **state)
{
	struct result *r = switched(4, 0);
	struct judge_group *j = judged(r, 0);

	(void)state;
	assert_true(row(j, "none")->marks & JUDGE_DROPPED);
	assert_false(row(j, "full")->marks & JUDGE_DROPPED);
	judge_free(j);
	discard(r);
	/* a drop of the baseline takes every pair with it */
	r = switched(4, 1);
	j = judged(r, 0);
	assert_true(row(j, "none")->marks & JUDGE_DROPPED);
	assert_true(row(j, "full")->marks & JUDGE_DROPPED);
	assert_int_equal(row(j, "full")->dropped_switch, 0);
	NEAR(row(j, "full")->ratio.est, 1.5);
	judge_free(j);
	discard(r);
}

static void ties_share_a_rank(void **state)
{
	struct result *r = created(job, "r");
	const struct plan_group *g = &result_plan(r)->groups[0];
	struct result_group *out = begun(r, 0);
	struct judge_group *j;
	unsigned int l, n, i;

	(void)state;
	for (l = 0; l < LAUNCHES; l++) {
		for (n = 0; n < ROUNDS; n++) {
			for (i = 0; i < g->nr_cells; i++) {
				double ns = cost(g, i, l);

				/* "none" beside "merged": up or down by launch */
				if (!strcmp(g->cells[i].name, "none"))
					ns = cost(g, 1, l) *
					     (l % 2 ? 1.04 : 0.95);
				line(out, l, "B %u %u %u %u %.0f 0 0", n, i, i,
				     OPS, OPS * ns);
			}
		}
	}
	commit(out);
	j = judged(r, 0);
	assert_int_equal(row(j, "none")->rank, 1);
	assert_int_equal(row(j, "merged")->rank, 1);
	assert_int_equal(row(j, "full")->rank, 3);
	assert_true(row(j, "none")->marks & JUDGE_BELOW_NOISE);
	assert_false(row(j, "full")->marks & JUDGE_BELOW_NOISE);
	judge_free(j);
	discard(r);
}

static const char window_job[] =
	"[global]\nlaunches = 5\nrounds = 20\nwarmup = 64\n"
	"[w]\nstrategy = none, merged\nbaseline = merged\nthreads = 2\n"
	"controls = none\n";

static void windows_count_what_threads_did(void **state)
{
	struct result *r = created(window_job, "r");
	struct result_group *out = begun(r, 0);
	struct judge_group *j;
	unsigned int l, n;

	(void)state;
	for (l = 0; l < LAUNCHES; l++) {
		for (n = 0; n < ROUNDS; n++) {
			/* 1000 and 3000 operations in 200 us; one began early */
			line(out, l,
			     "B %u 0 0 4000 200000 0 0 1000:-50:199950 3000:0:200000",
			     n);
			/* a thread that came late, in a tenth of the rounds */
			line(out, l,
			     "B %u 1 1 4000 200000 0 0 2000:0:200000 2000:%d:%d",
			     n, n % 10 ? 0 : 20000, n % 10 ? 200000 : 220000);
		}
	}
	commit(out);
	j = judged(r, 0);
	/* 4000 in 200 us is 50 ns each for both, 100 ns as a thread sees it */
	NEAR(row(j, "none")->ns.est, 100);
	NEAR(row(j, "none")->mops.est, 20);
	NEAR(row(j, "none")->ratio.est, 1);
	assert_int_equal(row(j, "none")->dropped_overlap, 0);
	assert_int_equal(row(j, "merged")->dropped_overlap, LAUNCHES * 2);
	assert_int_equal(row(j, "merged")->dropped_switch, 0);
	judge_free(j);
	discard(r);
}

static const char attach_job[] =
	"[global]\nlaunches = 5\nrounds = 20\nwarmup = 64\n"
	"[a]\nstrategy = none, merged\nbaseline = merged\n"
	"attach_rate = 10000\ncontrols = none\n";

static void attaches_beside_callers(void **state)
{
	struct result *r = created(attach_job, "r");
	struct result_group *out = begun(r, 0);
	struct judge_group *j;
	unsigned int l, n;

	(void)state;
	for (l = 0; l < LAUNCHES; l++) {
		for (n = 0; n < ROUNDS; n++) {
			/* two in 200 us, 1500 ns each */
			line(out, l,
			     "B %u 0 0 4000 200000 0 0 4000:0:200000 @2:3000:200000",
			     n);
			/* an attacher that came to nothing */
			line(out, l,
			     "B %u 1 1 4000 200000 0 0 4000:0:200000 @0:0:250000",
			     n);
		}
	}
	commit(out);
	j = judged(r, 0);
	NEAR(row(j, "none")->ns.est, 50);
	NEAR(row(j, "none")->attach_hz.est, 10000);
	NEAR(row(j, "none")->attach_ns.est, 1500);
	NEAR(row(j, "merged")->attach_hz.est, 0);
	assert_true(isnan(row(j, "merged")->attach_ns.est));
	judge_free(j);
	discard(r);
}

static const char op_job[] =
	"[global]\nlaunches = 5\nrounds = 20\nwarmup = 64\nfigures = block, op\n"
	"[o]\nstrategy = none, merged\nbaseline = merged\ncontrols = none\n"
	"[attach]\nop = attach\nstrategy = none, merged\ncontrols = none\n";

static void single_operations(void **state)
{
	struct result *r = created(op_job, "r");
	struct result_group *out = begun(r, 0);
	struct judge_group *j;
	unsigned int l, n, i;

	(void)state;
	for (l = 0; l < LAUNCHES; l++) {
		put_blocks(out, &result_plan(r)->groups[0], l, 0);
		assert_int_equal(result_group_note(out, l, "timer_cost", 25),
				 0);
		assert_int_equal(result_group_note(out, l, "timer_tick", 1), 0);
		for (n = 0; n < 10; n++) {
			char text[512];
			size_t len;

			/* 225 .. 244: 200 .. 219 without the timer */
			len = (size_t)snprintf(text, sizeof(text), "O %u 0 0 1",
					       n);
			for (i = 0; i < 20; i++)
				len += (size_t)snprintf(text + len,
							sizeof(text) - len,
							" %u", 225 + i);
			line(out, l, "%s", text);
			line(out, l, "O %u 1 1 0 35 36 37", n);
		}
	}
	commit(out);
	j = judged(r, 0);
	assert_true(row(j, "none")->has_op);
	NEAR(row(j, "none")->op[0], 209.5);
	assert_true(row(j, "none")->op[1] > 216 && row(j, "none")->op[1] < 219);
	NEAR(row(j, "none")->op[4], 219);
	assert_false(row(j, "none")->marks & JUDGE_BELOW_TIMER);
	/* 11 ns can't be told with a timer of 25 */
	assert_false(row(j, "merged")->has_op);
	assert_true(row(j, "merged")->marks & JUDGE_BELOW_TIMER);
	judge_free(j);
	discard(r);
}

static void reclaim_is_a_figure_of_its_own(void **state)
{
	struct result *r = created(op_job, "r");
	struct result_group *out = begun(r, 1);
	struct judge_group *j;
	unsigned int l, n, i;

	(void)state;
	for (l = 0; l < LAUNCHES; l++)
		for (n = 0; n < ROUNDS; n++)
			for (i = 0; i < 2; i++)
				line(out, l, "B %u %u %u 10 5000 %u 0", n, i, i,
				     i ? 700 : 300);
	commit(out);
	j = judged(r, 1);
	NEAR(row(j, "none")->ns.est, 500);
	NEAR(row(j, "none")->reclaim_ns.est, 30);
	NEAR(row(j, "merged")->reclaim_ns.est, 70);
	judge_free(j);
	discard(r);
}

static void marks_have_names(void **state)
{
	char buf[256];

	(void)state;
	assert_string_equal(judge_marks(0, buf, sizeof(buf)), "");
	assert_string_equal(judge_marks(JUDGE_ARTIFICIAL | JUDGE_BELOW_NOISE,
					buf, sizeof(buf)),
			    "artificial, below-noise");
	assert_string_equal(judge_marks(~0U, buf, 12), "emulated, a");
	assert_non_null(strstr(judge_marks(~0U, buf, sizeof(buf)),
			       "unsettled"));
}

/* ---- cells.json ---- */

static const json_t *cell_named(const json_t *doc, const char *name)
{
	const json_t *all = json_object_get(doc, "benchmarks"), *b;
	size_t i;

	json_array_foreach((json_t *)all, i, b)
		if (!strcmp(json_string_value(json_object_get(b, "name")),
			    name))
			return b;
	fail_msg("no cell %s", name);
	return NULL;
}

static void cells_are_google_benchmarks(void **state)
{
	struct result *r = usual(0);
	struct judge_group *j[1] = { judged(r, 0) };
	struct plan_error err;
	const json_t *c;
	json_t *doc;
	char *text;

	(void)state;
	assert_int_equal(result_cells_json(r, j, 1, &err), 0);
	text = file_text("r", "cells.json");
	doc = json_loads(text, 0, NULL);
	assert_non_null(doc);
	c = json_object_get(doc, "context");
	assert_string_equal(json_string_value(json_object_get(c, "driver")),
			    "rounds");
	assert_string_equal(json_string_value(json_object_get(c, "job")), "t");
	assert_int_equal(json_array_size(json_object_get(doc, "benchmarks")),
			 j[0]->nr_rows);
	c = cell_named(doc, "a/none");
	NEAR(json_number_value(json_object_get(c, "real_time")), 12);
	NEAR(json_number_value(json_object_get(c, "ratio")), 0.5);
	NEAR(json_number_value(json_object_get(c, "rank")), 1);
	assert_string_equal(json_string_value(json_object_get(c, "time_unit")),
			    "ns");
	assert_string_equal(json_string_value(json_object_get(c, "label")),
			    "irqs n/a");
	/* what isn't known has no key, rather than a NaN that nobody can read */
	assert_null(json_object_get(c, "reclaim_ns"));
	assert_null(json_object_get(cell_named(doc, "a/same"), "rank"));
	json_decref(doc);
	free(text);
	judge_free(j[0]);
	discard(r);
}

static void a_cell_without_blocks_says_so(void **state)
{
	struct result *r = switched(1, 0);
	struct judge_group *j[1] = { judged(r, 0) };
	struct plan_error err;
	const json_t *c;
	json_t *doc;
	char *text;

	(void)state;
	assert_true(isnan(row(j[0], "none")->ns.est));
	assert_int_equal(row(j[0], "none")->rank, 0);
	assert_int_equal(row(j[0], "merged")->rank, 1);
	assert_int_equal(result_cells_json(r, j, 1, &err), 0);
	text = file_text("r", "cells.json");
	doc = json_loads(text, 0, NULL);
	assert_non_null(doc);
	c = cell_named(doc, "a/none");
	assert_true(json_is_true(json_object_get(c, "error_occurred")));
	json_decref(doc);
	free(text);
	judge_free(j[0]);
	discard(r);
}

/* ---- damage ---- */

#define SAMPLES "samples/000-a.txt"

static void check_damaged(struct result *r, const char *text, int number)
{
	struct plan_error err = { "" };
	char want[64];

	put_file("r", SAMPLES, text, strlen(text));
	assert_null(judge_group(r, 0, &err));
	snprintf(want, sizeof(want), "r/" SAMPLES ":%d: damaged", number);
	assert_string_equal(err.msg, want);
}

static void damage_has_file_and_line(void **state)
{
	static const char *const bad[] = {
		"x",
		"0",
		"0 X 1 2 3",
		"5 B 0 0 0 1 1 0 0", /* launches are 0..4 */
		"-1 B 0 0 0 1 1 0 0",
		"0 B 0 0 0 1 1 0",
		"0 B 0 0 99 1 1 0 0",
		"0 B 0 0 0 1 1 0 0 1:2",
		"0 B 0 0 0 1 1 0 0 1:2:3 x",
		"0 B 0 0 0 1 1 0 0x",
		"0 O 0 0 0",
		"0 O 0 0 99 0 1",
		"0 O 0 0 0 0 1 x",
		"0 K 0 1",
		"0 N warmup",
		"0 N warmup nan",
		"0 N warmup -3",
		"0 N warmup 1e300",
		"0 N timer_tick inf",
	};
	struct result *r = created(job, "r");
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text),
			 "# head\n0 B 0 0 0 10 100 0 0\n%s\n# end\n", bad[i]);
		check_damaged(r, text, 3);
	}
	check_damaged(r, "", 1);
	/* as a group that was cut off */
	check_damaged(r, "# head\n0 B 0 0 0 10 100 0 0\n", 3);
	discard(r);
}

/* Cut anywhere, or with a byte changed: rows or one line, never a crash. */
static void random_damage(void **state)
{
	struct result *r = usual(0);
	char *text = file_text("r", SAMPLES), *copy;
	size_t len = strlen(text), i;
	unsigned int seed = 5, rows = 0, lines = 0;

	(void)state;
	copy = malloc(len);
	assert_non_null(copy);
	for (i = 0; i < 300; i++) {
		struct plan_error err = { "" };
		struct judge_group *j;

		memcpy(copy, text, len);
		seed = seed * 1103515245 + 12345;
		copy[(seed >> 3) % len] = "0123456789-. :BOKN#\nx"[(seed >> 8) %
								   21];
		put_file("r", SAMPLES, copy, i % 5 ? len : (seed >> 3) % len);
		j = judge_group(r, 0, &err);
		if (j) {
			rows++;
			judge_free(j);
		} else {
			lines++;
			assert_int_equal(strncmp(err.msg, "r/" SAMPLES ":", 20),
					 0);
			assert_null(strchr(err.msg, '\n'));
		}
	}
	assert_true(rows > 20 && lines > 60);
	free(copy);
	free(text);
	discard(r);
}

static void no_samples(void **state)
{
	struct result *r = created(job, "r");
	struct plan_error err;

	(void)state;
	assert_null(judge_group(r, 0, &err));
	assert_string_equal(err.msg,
			    "r/" SAMPLES ": No such file or directory");
	discard(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ratios_ranks_and_noise),
		cmocka_unit_test(probes_that_broke_off),
		cmocka_unit_test(pairs_and_traces),
		cmocka_unit_test(the_warm_up_is_left_out),
		cmocka_unit_test(what_never_settled_is_marked),
		cmocka_unit_test(switches_drop_the_block),
		cmocka_unit_test(many_drops_are_marked),
		cmocka_unit_test(ties_share_a_rank),
		cmocka_unit_test(windows_count_what_threads_did),
		cmocka_unit_test(attaches_beside_callers),
		cmocka_unit_test(single_operations),
		cmocka_unit_test(reclaim_is_a_figure_of_its_own),
		cmocka_unit_test(marks_have_names),
		cmocka_unit_test(cells_are_google_benchmarks),
		cmocka_unit_test(a_cell_without_blocks_says_so),
		cmocka_unit_test(damage_has_file_and_line),
		cmocka_unit_test(random_damage),
		cmocka_unit_test(no_samples),
	};

	return cmocka_run_group_tests_name("judged samples", tests,
					   enter_folder, leave_folder);
}
