// SPDX-License-Identifier: GPL-2.0-or-later
/* Rankings with ties, what the controls say, the Pareto front. */
#include <string.h>

#include "near.h"

/* A group of which every pairwise result is set by hand: log cost and half-width. */
struct made_up {
	const double *log_cost;
	double half;
	double conf_seen;
	size_t calls;
	enum stats_status fail;
};

static struct stats_result interval(double est, double lo, double hi)
{
	return (struct stats_result){
		.est = est,
		.lo = lo,
		.hi = hi,
		.sd = NAN,
		.conf = 0.95,
		.basis = isnan(lo) ? STATS_BASIS_NONE : STATS_BASIS_LAUNCHES,
	};
}

static enum stats_status by_hand(void *ctx, size_t a, size_t b, double conf,
				 struct stats_result *out)
{
	struct made_up *m = ctx;
	double d = m->log_cost[a] - m->log_cost[b];

	m->calls++;
	m->conf_seen = conf;
	*out = interval(exp(d), exp(d - m->half), exp(d + m->half));
	return m->fail;
}

static void assert_place(const struct stats_rank *r, size_t cell, size_t rank,
			 size_t leader)
{
	assert_int_equal(r->cell, cell);
	assert_int_equal(r->rank, rank);
	assert_int_equal(r->leader, leader);
}

static void ranking(void **state)
{
	/* Sorted: 3 (0.00), 0 (0.02), 4 (0.04), 1 (0.05), 2 (0.30); 5 unknown. */
	static const double logs[] = { 0.02, 0.05, 0.30, 0.0, 0.04, 0.0 };
	double ratio[6];
	struct made_up m = { .log_cost = logs, .half = 0.03 };
	struct stats_rank r[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		ratio[i] = exp(logs[i]);
	ratio[5] = NAN;
	assert_int_equal(stats_rank(ratio, 6, by_hand, &m, 0.95, 0.0, r),
			 STATS_OK);
	assert_place(&r[0], 3, 1, 3);
	assert_place(&r[1], 0, 1, 3); /* 0.02 from the leader, +-0.03: tied */
	assert_place(&r[2], 4, 3, 4); /* 0.04: leads the next group */
	assert_place(&r[3], 1, 3, 4);
	assert_place(&r[4], 2, 5, 2);
	assert_place(&r[5], 5, 0, 5);
	assert_true(isnan(r[5].ratio));
	assert_near(r[1].vs_leader.est, exp(0.02));
	assert_true(isnan(r[0].vs_leader.est));
	assert_true(isnan(r[2].vs_leader.est));
	assert_near(m.conf_seen, stats_conf_simultaneous(0.95, 15));
	assert_int_equal(m.calls, 4);

	/* Noise of 5 % ties what the intervals alone would separate. */
	assert_int_equal(stats_rank(ratio, 6, by_hand, &m, 0.95, 0.05, r),
			 STATS_OK);
	assert_place(&r[2], 4, 1, 3);
	assert_place(&r[3], 1, 4, 1); /* exp(0.05) - 1 is more than 5 % */
	assert_place(&r[4], 2, 5, 2);

	/* A comparison without an interval shows no difference. */
	m.half = NAN;
	assert_int_equal(stats_rank(ratio, 6, by_hand, &m, 0.95, 0.0, r),
			 STATS_OK);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(r[i].rank, 1);

	m.fail = STATS_NOMEM;
	assert_int_equal(stats_rank(ratio, 6, by_hand, &m, 0.95, 0.0, r),
			 STATS_NOMEM);
}

static void ranking_small(void **state)
{
	static const double logs[] = { 0.1, 0.0 };
	static const double ratio[] = { 1.1, 1.0 };
	static const double equal[] = { 1.0, 1.0 };
	struct made_up m = { .log_cost = logs, .half = 0.01 };
	struct stats_rank r[2];

	(void)state;
	assert_int_equal(stats_rank(ratio, 0, by_hand, &m, 0.95, 0.0, r),
			 STATS_EMPTY);
	assert_int_equal(stats_rank(ratio, 1, by_hand, &m, 0.95, 0.0, r),
			 STATS_OK);
	assert_place(&r[0], 0, 1, 0);
	assert_int_equal(m.calls, 0);
	assert_int_equal(stats_rank(ratio, 2, by_hand, &m, 0.95, 0.0, r),
			 STATS_OK);
	assert_place(&r[0], 1, 1, 1);
	assert_place(&r[1], 0, 2, 0);
	/* Two cells are one comparison: nothing to correct for. */
	assert_near(m.conf_seen, 0.95);
	/* Equal estimates keep their order. */
	assert_int_equal(stats_rank(equal, 2, by_hand, &m, 0.95, 1.0, r),
			 STATS_OK);
	assert_place(&r[0], 0, 1, 0);
	assert_place(&r[1], 1, 1, 0);
	assert_int_equal(stats_rank(ratio, 2, by_hand, &m, 1.0, 0.0, r),
			 STATS_BAD_ARG);
	assert_int_equal(stats_rank(ratio, 2, by_hand, &m, 0.95, -1.0, r),
			 STATS_BAD_ARG);
	assert_int_equal(stats_rank(ratio, 2, by_hand, &m, 0.95, NAN, r),
			 STATS_BAD_ARG);
}

static void ranking_cells(void **state)
{
	/* Launch-to-launch scatter of 0.5 %; cells cost 1, 1.001, 1.5 of the base. */
	enum { K = 3, L = 5, R = 9 };
	static const double cost[K] = { 1.5, 1.0, 1.001 };
	static const double launch[K][L] = {
		{ 0.002, -0.004, 0.005, 0.001, -0.003 },
		{ 0, 0, 0, 0, 0 },
		{ -0.005, 0.003, 0.001, -0.002, 0.006 },
	};
	double v[K][L][R];
	struct stats_series s[K][L];
	const struct stats_series *cells[K] = { s[0], s[1], s[2] };
	struct stats_rank r[K];

	(void)state;
	for (size_t c = 0; c < K; c++)
		for (size_t l = 0; l < L; l++) {
			for (size_t i = 0; i < R; i++)
				v[c][l][i] = (10.0 + (double)i) * cost[c] *
					     exp(launch[c][l]);
			s[c][l] = (struct stats_series){ v[c][l], R };
		}
	assert_int_equal(stats_rank_cells(cells, K, 0, L, 0.95, 0.0, r),
			 STATS_OK);
	assert_place(&r[0], 1, 1, 1);
	assert_place(&r[1], 2, 1, 1);
	assert_place(&r[2], 0, 3, 0);
	assert_near(r[2].ratio, 1.0);
	assert_near(r[0].ratio, 1.0 / (1.5 * exp(0.0002)));
	assert_int_equal(stats_rank_cells(cells, K, 3, L, 0.95, 0.0, r),
			 STATS_BAD_ARG);
	assert_int_equal(stats_rank_cells(cells, 0, 0, L, 0.95, 0.0, r),
			 STATS_EMPTY);
	/* Without launches nobody is ranked. */
	assert_int_equal(stats_rank_cells(cells, K, 0, 0, 0.95, 0.0, r),
			 STATS_OK);
	for (size_t c = 0; c < K; c++)
		assert_int_equal(r[c].rank, 0);
}

static void noise(void **state)
{
	/* numpy.quantile of |expm1(x)| */
	static const double twin[] = { 0.01, -0.02, NAN, 0.003, 0.05, -0.004 };
	struct stats_noise n;
	struct stats_result r = interval(1.01, 0.98, 1.04);

	(void)state;
	assert_int_equal(stats_noise(twin, 6, &n), STATS_OK);
	assert_near(n.median, 0.010050167084168058);
	assert_near(n.p95, 0.04497714243946817);
	assert_near(n.max, 0.05127109637602404);
	assert_int_equal(n.n, 5);
	assert_int_equal(stats_noise(twin + 2, 1, &n), STATS_EMPTY);
	assert_true(isnan(n.median) && isnan(n.p95) && isnan(n.max));
	assert_int_equal(stats_noise(NULL, 0, &n), STATS_EMPTY);

	assert_near(stats_twin_bound(&r), 0.04);
	/* 1/0.9 is farther from 1 than 1.04: symmetric in which twin is which. */
	r.lo = 0.9;
	assert_near(stats_twin_bound(&r), 1.0 / 0.9 - 1.0);
	/* A bias that every launch repeats is in it, however narrow the interval. */
	r = interval(1.05, 1.049, 1.051);
	assert_near(stats_twin_bound(&r), 0.051);
	r = interval(1.05, NAN, NAN);
	assert_true(isnan(stats_twin_bound(&r)));
}

static void tied(void **state)
{
	struct stats_result r = interval(1.03, 1.02, 1.04);

	(void)state;
	assert_false(stats_tied(&r, 0.0));
	assert_false(stats_tied(&r, 0.02));
	assert_true(stats_tied(&r, 0.035));
	r = interval(0.97, 0.96, 0.98);
	assert_false(stats_tied(&r, 0.02));
	assert_true(stats_tied(&r, 0.035));
	/* 5 % is log(1.05) = 0.0488, not 0.05. */
	r = interval(exp(0.0495), 1.05, 1.052);
	assert_false(stats_tied(&r, 0.05));
	r = interval(1.5, 0.9, 2.1);
	assert_true(stats_tied(&r, 0.0));
	/* The end of the interval belongs to it. */
	r = interval(1.5, 1.0, 2.0);
	assert_true(stats_tied(&r, 0.0));
}

static void binomial(void **state)
{
	(void)state;
	/* scipy.stats.binom.ppf */
	assert_int_equal(stats_binomial_quantile(200, 0.05, 0.01), 4);
	assert_int_equal(stats_binomial_quantile(200, 0.05, 0.99), 18);
	assert_int_equal(stats_binomial_quantile(200, 0.01, 0.01), 0);
	assert_int_equal(stats_binomial_quantile(200, 0.01, 0.99), 6);
	assert_int_equal(stats_binomial_quantile(50, 0.05, 0.99), 7);
	assert_int_equal(stats_binomial_quantile(10, 0.5, 0.5), 5);
	assert_int_equal(stats_binomial_quantile(1, 0.5, 0.5), 0);
	assert_int_equal(stats_binomial_quantile(1, 0.3, 0.69), 0);
	assert_int_equal(stats_binomial_quantile(1, 0.3, 0.71), 1);
	assert_int_equal(stats_binomial_quantile(10, 1.0, 0.5), 10);
	assert_int_equal(stats_binomial_quantile(10, 0.0, 0.99), 0);
	assert_int_equal(stats_binomial_quantile(10, 0.2, 1.0), 10);
	assert_int_equal(stats_binomial_quantile(0, 0.5, 0.5), 0);
	assert_int_equal(stats_binomial_quantile(10, 1.5, 0.5), 0);
	/* scipy.stats.binom.cdf differences */
	assert_near(stats_binomial_range_prob(200, 0.05, 2, 17),
		    0.9875065281686634);
	assert_near(stats_binomial_range_prob(200, 0.05, 4, 18),
		    0.9851280656361079);
	assert_near(stats_binomial_range_prob(200, 0.05, 0, 200), 1.0);
	assert_near(stats_binomial_range_prob(1, 0.3, 0, 0), 0.7);
	assert_near(stats_binomial_range_prob(5, 0.3, 4, 3), 0.0);
}

static void calibration(void **state)
{
	struct stats_result r[203];
	struct stats_aa aa;
	size_t i;

	(void)state;
	for (i = 0; i < 203; i++)
		r[i] = i < 18 ? interval(1.01, 1.001, 1.02) :
				interval(1.0, 0.99, 1.01);
	for (i = 200; i < 203; i++)
		r[i] = interval(1.0, NAN, NAN);
	assert_int_equal(stats_aa(r, 203, 0.95, &aa), STATS_OK);
	assert_int_equal(aa.groups, 200);
	assert_int_equal(aa.unjudged, 3);
	assert_int_equal(aa.different, 18);
	assert_int_equal(aa.lo, 4);
	assert_int_equal(aa.hi, 18);
	assert_true(aa.honest);
	r[18] = r[0];
	assert_int_equal(stats_aa(r, 203, 0.95, &aa), STATS_OK);
	assert_false(aa.honest);
	/* Too few is as dishonest as too many: the interval is too wide. */
	for (i = 4; i < 200; i++)
		r[i] = interval(1.0, 0.5, 2.0);
	assert_int_equal(stats_aa(r, 203, 0.95, &aa), STATS_OK);
	assert_int_equal(aa.different, 4);
	assert_true(aa.honest);
	r[3] = r[4];
	assert_int_equal(stats_aa(r, 203, 0.95, &aa), STATS_OK);
	assert_int_equal(aa.different, 3);
	assert_false(aa.honest);
	assert_int_equal(stats_aa(r + 200, 3, 0.95, &aa), STATS_EMPTY);
	assert_int_equal(stats_aa(NULL, 0, 0.95, &aa), STATS_EMPTY);
	assert_int_equal(stats_aa(r, 10, 1.0, &aa), STATS_BAD_ARG);
}

static struct stats_point point(double x, double y, double rel)
{
	return (struct stats_point){
		interval(x, x * (1 - rel), x * (1 + rel)),
		interval(y, y * (1 - rel), y * (1 + rel)),
	};
}

static void pareto(void **state)
{
	/* Reader ns, attach us; intervals of 1 %. */
	struct stats_point p[] = {
		point(10.0, 1.0, 0.01),	 /* 0 front: cheapest attach */
		point(5.0, 2.0, 0.01),	 /* 1 front */
		point(2.0, 50.0, 0.01),	 /* 2 front: cheapest reader */
		point(6.0, 3.0, 0.01),	 /* 3 dominated by 1 */
		point(5.02, 2.5, 0.01),	 /* 4 tied with 1 in x, worse in y */
		point(4.99, 2.01, 0.01), /* 5 not to be told from 1 */
		point(NAN, 2.0, 0.01),	 /* 6 not judged */
		point(0.0, 2.0, 0.01),	 /* 7 not judged */
	};
	struct stats_place r[8];

	(void)state;
	assert_int_equal(stats_pareto(p, 8, 0.0, 0.0, r), STATS_OK);
	assert_int_equal(r[0].where, STATS_FRONT);
	assert_int_equal(r[1].where, STATS_FRONT);
	assert_int_equal(r[2].where, STATS_FRONT);
	assert_int_equal(r[3].where, STATS_DOMINATED);
	assert_int_equal(r[4].where, STATS_DOMINATED);
	assert_int_equal(r[5].where, STATS_FRONT);
	assert_int_equal(r[6].where, STATS_NOT_JUDGED);
	assert_int_equal(r[7].where, STATS_NOT_JUDGED);
	assert_true(r[3].by == 1 || r[3].by == 5);
	assert_true(r[4].by == 1 || r[4].by == 5);
	assert_int_equal(r[0].by, 0);
	/* Ties go by the leftmost: 5. */
	assert_int_equal(r[1].tie, 5);
	assert_int_equal(r[5].tie, 5);
	assert_int_equal(r[0].tie, 0);
	assert_int_equal(r[2].tie, 2);

	/* With 30 % of noise 3 and 4 can't be told from 1 either in x; y decides. */
	assert_int_equal(stats_pareto(p, 8, 0.3, 0.6, r), STATS_OK);
	assert_int_equal(r[3].where, STATS_FRONT);
	assert_int_equal(r[4].where, STATS_FRONT);
}

static void pareto_uncertain(void **state)
{
	struct stats_place r[2];
	/* 1 % better in x, but 8 % worse in y within wide intervals: no verdict. */
	struct stats_point p[] = {
		{ interval(9.9, 9.89, 9.91), interval(10.8, 9, 12) },
		{ interval(10, 9.99, 10.01), interval(10, 9, 11) },
	};

	(void)state;
	assert_int_equal(stats_pareto(p, 2, 0, 0, r), STATS_OK);
	assert_int_equal(r[0].where, STATS_FRONT);
	assert_int_equal(r[1].where, STATS_FRONT);
	assert_int_equal(r[1].tie, 1);
	/* Half the price in x wins over the same uncertainty in y. */
	p[0].x = interval(5, 4.9, 5.1);
	assert_int_equal(stats_pareto(p, 2, 0, 0, r), STATS_OK);
	assert_int_equal(r[1].where, STATS_DOMINATED);
	assert_int_equal(r[1].by, 0);
	/* An estimate without an interval proves nothing. */
	p[0].x = interval(5, NAN, NAN);
	assert_int_equal(stats_pareto(p, 2, 0, 0, r), STATS_OK);
	assert_int_equal(r[1].where, STATS_FRONT);

	assert_int_equal(stats_pareto(p, 1, 0, 0, r), STATS_OK);
	assert_int_equal(r[0].where, STATS_FRONT);
	assert_int_equal(stats_pareto(p, 0, 0, 0, r), STATS_EMPTY);
	assert_int_equal(stats_pareto(p, 2, -1, 0, r), STATS_BAD_ARG);
	assert_int_equal(stats_pareto(p, 2, 0, NAN, r), STATS_BAD_ARG);
}

/*
 * Intervals of very unlike widths: without the rule on the product, 0 beats 1,
 * 1 beats 2, 2 beats 3 and 3 beats 0, and nobody would be left.
 */
static void pareto_no_cycle(void **state)
{
	static const struct stats_point p[] = {
		{ { .est = 1,
		    .lo = 0.9,
		    .hi = 1.1,
		    .basis = STATS_BASIS_LAUNCHES },
		  { .est = 4,
		    .lo = 3.9,
		    .hi = 4.1,
		    .basis = STATS_BASIS_LAUNCHES } },
		{ { .est = 2,
		    .lo = 1.9,
		    .hi = 2.1,
		    .basis = STATS_BASIS_LAUNCHES },
		  { .est = 2,
		    .lo = 0.5,
		    .hi = 9.0,
		    .basis = STATS_BASIS_LAUNCHES } },
		{ { .est = 4,
		    .lo = 3.9,
		    .hi = 4.1,
		    .basis = STATS_BASIS_LAUNCHES },
		  { .est = 1,
		    .lo = 0.9,
		    .hi = 1.1,
		    .basis = STATS_BASIS_LAUNCHES } },
		{ { .est = 2,
		    .lo = 0.5,
		    .hi = 9.0,
		    .basis = STATS_BASIS_LAUNCHES },
		  { .est = 2,
		    .lo = 1.9,
		    .hi = 2.1,
		    .basis = STATS_BASIS_LAUNCHES } },
	};
	struct stats_place r[4];
	size_t front = 0;

	(void)state;
	assert_int_equal(stats_pareto(p, 4, 0, 0, r), STATS_OK);
	for (size_t i = 0; i < 4; i++)
		front += r[i].where == STATS_FRONT;
	assert_true(front > 0);
}

/* A verdict names a point of the front, be it for a dominated one or for a tie. */
static void pareto_names_the_front(void **state)
{
	const struct stats_point chain[] = {
		point(3.0, 3.0, 0.01),
		point(2.0, 2.0, 0.01),
		point(1.0, 1.0, 0.01),
	};
	/* 1 is beaten by 0 and lies left of 2, which it can't be told from. */
	const struct stats_point near[] = {
		point(1.0, 1.0, 0.01),
		{ interval(1.05, 1.0395, 1.0605), interval(1.0, 0.9, 1.1) },
		{ interval(1.06, 1.02, 1.3), interval(0.9, 0.85, 0.985) },
	};
	struct stats_place r[3];

	(void)state;
	assert_int_equal(stats_pareto(chain, 3, 0, 0, r), STATS_OK);
	assert_int_equal(r[0].by, 2);
	assert_int_equal(r[1].by, 2);
	assert_int_equal(stats_pareto(near, 3, 0, 0, r), STATS_OK);
	assert_int_equal(r[1].where, STATS_DOMINATED);
	assert_int_equal(r[1].by, 0);
	assert_int_equal(r[2].where, STATS_FRONT);
	assert_int_equal(r[2].tie, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranking),
		cmocka_unit_test(ranking_small),
		cmocka_unit_test(ranking_cells),
		cmocka_unit_test(noise),
		cmocka_unit_test(tied),
		cmocka_unit_test(binomial),
		cmocka_unit_test(calibration),
		cmocka_unit_test(pareto),
		cmocka_unit_test(pareto_uncertain),
		cmocka_unit_test(pareto_no_cycle),
		cmocka_unit_test(pareto_names_the_front),
	};

	return cmocka_run_group_tests_name("stats.ranks", tests, NULL, NULL);
}
