// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does a 95 % interval hold 95 % of the time? Synthetic runs with a fixed seed,
 * of the shape that docs/statistics.md describes: effects of a launch, states
 * that persist over rounds, spikes, drops. A wrong estimator on the same runs
 * must be caught by the same check, or the check is worth nothing.
 */
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "near.h"

enum { GROUPS = 200, LAUNCHES = 5, ROUNDS = 400, CELLS = 6 };

/**
 * struct machine - what the noise is made of, in logarithms
 * @launch_sd: placement, drawn anew for each cell and launch
 * @state: both sides of a pair run this much slower in a slow stretch
 * @leak: what of it a pair's ratio keeps
 * @dwell: mean length of a stretch, rounds
 * @round_sd: scatter of a block
 */
struct machine {
	double launch_sd;
	double state;
	double leak;
	double dwell;
	double round_sd;
};

static const struct machine dev = { 0.02, 0.5, 0.003, 15, 0.01 };
static const struct machine one_place = { 0, 0.5, 0.1, 15, 0.08 };

static double v[CELLS][LAUNCHES][ROUNDS];
static struct stats_series s[CELLS][LAUNCHES];

static void launch(gsl_rng *rng, const struct machine *m, size_t l,
		   size_t cells, const double *effect)
{
	double place[CELLS], leak, block;
	bool slow = gsl_rng_uniform_int(rng, 2);

	for (size_t c = 0; c < cells; c++)
		place[c] = gsl_ran_gaussian(rng, m->launch_sd) +
			   (effect ? effect[c] : 0.0);
	for (size_t r = 0; r < ROUNDS; r++) {
		if (gsl_rng_uniform(rng) < 1.0 / m->dwell)
			slow = !slow;
		for (size_t c = 0; c < cells; c++) {
			leak = c % 2 && slow ? m->leak : 0.0;
			block = log(20.0) + place[c] + leak -
				m->leak * (c % 2) / 2 +
				(slow ? m->state : 0.0) +
				gsl_ran_gaussian(rng, m->round_sd);
			if (gsl_rng_uniform(rng) < 0.02)
				block += gsl_ran_exponential(rng, 0.5);
			v[c][l][r] = gsl_rng_uniform(rng) < 0.03 ? NAN :
								   exp(block);
		}
	}
	for (size_t c = 0; c < cells; c++)
		s[c][l] = (struct stats_series){ v[c][l], ROUNDS };
}

static void run(gsl_rng *rng, const struct machine *m, size_t cells,
		const double *effect)
{
	for (size_t l = 0; l < LAUNCHES; l++)
		launch(rng, m, l, cells, effect);
}

/* How one run's cell 1 compares with cell 0. */
typedef void (*estimator_fn)(struct stats_result *r);

static void right(struct stats_result *r)
{
	assert_int_equal(stats_ratio(s[1], s[0], LAUNCHES, 0.95, r, NULL),
			 STATS_OK);
}

static void to_ratio(struct stats_result *r)
{
	r->est = exp(r->est);
	r->lo = exp(r->lo);
	r->hi = exp(r->hi);
}

/* Wrong: takes the rounds of all launches for independent samples. */
static void pooled(struct stats_result *r)
{
	double logs[LAUNCHES * ROUNDS];

	for (size_t l = 0; l < LAUNCHES; l++)
		stats_pair_logs(&s[1][l], &s[0][l], logs + l * ROUNDS);
	assert_int_equal(stats_mean_t(logs, LAUNCHES * ROUNDS, 0.95, r),
			 STATS_OK);
	to_ratio(r);
}

/* Wrong for a claim, right for its own launch: one launch's batches. */
static void single(struct stats_result *r)
{
	assert_int_equal(stats_ratio(s[1], s[0], 1, 0.95, r, NULL), STATS_OK);
	assert_int_equal(r->basis, STATS_BASIS_BATCHES);
}

/* Wrong within a launch: takes its rounds for independent samples. */
static void single_rounds(struct stats_result *r)
{
	double logs[ROUNDS];

	stats_pair_logs(&s[1][0], &s[0][0], logs);
	assert_int_equal(stats_mean_t(logs, ROUNDS, 0.95, r), STATS_OK);
	to_ratio(r);
}

/* Wrong: so wide that it never errs, and never finds anything either. */
static void timid(struct stats_result *r)
{
	assert_int_equal(stats_ratio(s[1], s[0], LAUNCHES, 0.9999, r, NULL),
			 STATS_OK);
}

static void calibrate(const struct machine *m, estimator_fn estimate,
		      unsigned long seed, struct stats_aa *aa)
{
	struct stats_result r[GROUPS];
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, seed);
	for (size_t g = 0; g < GROUPS; g++) {
		run(rng, m, 2, NULL);
		estimate(&r[g]);
	}
	gsl_rng_free(rng);
	assert_int_equal(stats_aa(r, GROUPS, 0.95, aa), STATS_OK);
	print_message("%zu of %zu called different, honest: %zu to %zu\n",
		      aa->different, aa->groups, aa->lo, aa->hi);
}

static void honest_over_launches(void **state)
{
	struct stats_aa aa;

	(void)state;
	for (unsigned long seed = 1; seed <= 3; seed++) {
		calibrate(&dev, right, seed, &aa);
		assert_int_equal(aa.groups, GROUPS);
		assert_true(aa.honest);
	}
}

static void rounds_are_not_samples(void **state)
{
	struct stats_aa aa;

	(void)state;
	calibrate(&dev, pooled, 1, &aa);
	assert_false(aa.honest);
	assert_true(aa.different > 100);
}

static void one_launch_is_no_claim(void **state)
{
	struct stats_aa aa;

	(void)state;
	calibrate(&dev, single, 1, &aa);
	assert_false(aa.honest);
	assert_true(aa.different > 100);
}

static void too_wide_is_seen(void **state)
{
	struct stats_aa aa;

	(void)state;
	calibrate(&dev, timid, 1, &aa);
	assert_false(aa.honest);
	assert_true(aa.different < aa.lo);
}

static void batches_within_a_launch(void **state)
{
	struct stats_aa aa;

	(void)state;
	calibrate(&one_place, single, 1, &aa);
	assert_true(aa.honest);
	calibrate(&one_place, single_rounds, 1, &aa);
	assert_false(aa.honest);
	assert_true(aa.different > aa.hi);
}

/* What pairing is for: the same blocks, each cell by its own median. */
static void pairing_narrows(void **state)
{
	struct stats_result ratio, cell;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t narrower = 0;

	(void)state;
	gsl_rng_set(rng, 5);
	for (size_t g = 0; g < 50; g++) {
		run(rng, &dev, 2, NULL);
		right(&ratio);
		assert_int_equal(stats_abs(s[1], LAUNCHES, 0.95, &cell, NULL),
				 STATS_OK);
		narrower += log(ratio.hi / ratio.lo) <
			    (cell.hi - cell.lo) / cell.est;
	}
	gsl_rng_free(rng);
	assert_true(narrower >= 45);
}

/* A real difference of 15 % is found, and its interval holds the truth. */
static void power(void **state)
{
	static const double effect[CELLS] = { 0, 0.14 };
	struct stats_result r;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t found = 0, held = 0;

	(void)state;
	gsl_rng_set(rng, 11);
	for (size_t g = 0; g < GROUPS; g++) {
		run(rng, &dev, 2, effect);
		right(&r);
		found += stats_excludes(&r, 1.0);
		held += !stats_excludes(&r, exp(0.14));
	}
	gsl_rng_free(rng);
	assert_true(found > 190);
	assert_in_range(GROUPS - held, 4, 18);
}

/*
 * Six equal cells: the whole ranking is one tie in 95 % of the runs. Each
 * comparison at plain 95 % must break that, or the correction does nothing.
 */
static enum stats_status uncorrected(void *ctx, size_t a, size_t b, double conf,
				     struct stats_result *out)
{
	(void)ctx;
	(void)conf;
	return stats_ratio(s[a], s[b], LAUNCHES, 0.95, out, NULL);
}

static bool all_tied(const struct stats_rank *r)
{
	for (size_t c = 0; c < CELLS; c++)
		if (r[c].rank != 1)
			return false;
	return true;
}

static void ranks_of_equals(void **state)
{
	const struct stats_series *cells[CELLS];
	struct stats_rank ranks[CELLS];
	struct stats_result ratio;
	double est[CELLS];
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t split = 0, split_uncorrected = 0;

	(void)state;
	gsl_rng_set(rng, 3);
	for (size_t c = 0; c < CELLS; c++)
		cells[c] = s[c];
	for (size_t g = 0; g < GROUPS; g++) {
		run(rng, &dev, CELLS, NULL);
		assert_int_equal(stats_rank_cells(cells, CELLS, 0, LAUNCHES,
						  0.95, 0.0, ranks),
				 STATS_OK);
		split += !all_tied(ranks);
		for (size_t c = 0; c < CELLS; c++) {
			stats_ratio(s[c], s[0], LAUNCHES, 0.95, &ratio, NULL);
			est[c] = ratio.est;
		}
		assert_int_equal(stats_rank(est, CELLS, uncorrected, NULL, 0.95,
					    0.0, ranks),
				 STATS_OK);
		split_uncorrected += !all_tied(ranks);
	}
	gsl_rng_free(rng);
	print_message("%zu of %d rankings of equals split, uncorrected %zu\n",
		      split, GROUPS, split_uncorrected);
	assert_true(split <= stats_binomial_quantile(GROUPS, 0.05, 0.99));
	assert_true(split_uncorrected >
		    stats_binomial_quantile(GROUPS, 0.05, 0.99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_over_launches),
		cmocka_unit_test(rounds_are_not_samples),
		cmocka_unit_test(one_launch_is_no_claim),
		cmocka_unit_test(too_wide_is_seen),
		cmocka_unit_test(batches_within_a_launch),
		cmocka_unit_test(pairing_narrows),
		cmocka_unit_test(power),
		cmocka_unit_test(ranks_of_equals),
	};

	return cmocka_run_group_tests_name("stats.coverage", tests, NULL, NULL);
}
