// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Estimates against known answers. Those without a source of their own were
 * worked out from the definitions in docs/statistics.md with numpy 1.24 and
 * scipy 1.10 (scipy.stats.t.ppf, numpy.quantile), not with this library.
 */
#include <float.h>
#include <stdlib.h>

#include "near.h"

static void quantiles(void **state)
{
	/* numpy.quantile, its default method (type 7) */
	static const double v[] = { 7, 1, NAN, 4, 10, 2.5, INFINITY, 3 };

	(void)state;
	assert_near(stats_quantile(v, ARRAY_LEN(v), 0.0), 1.0);
	assert_near(stats_quantile(v, ARRAY_LEN(v), 0.05), 1.375);
	assert_near(stats_quantile(v, ARRAY_LEN(v), 0.25), 2.625);
	assert_near(stats_median(v, ARRAY_LEN(v)), 3.5);
	assert_near(stats_quantile(v, ARRAY_LEN(v), 0.95), 9.25);
	assert_near(stats_quantile(v, ARRAY_LEN(v), 1.0), 10.0);
	assert_true(isnan(stats_quantile(v, ARRAY_LEN(v), 1.01)));
	assert_true(isnan(stats_quantile(v, ARRAY_LEN(v), NAN)));
	assert_true(isnan(stats_median(v, 0)));
	assert_true(isnan(stats_median(NULL, 0)));
	assert_true(isnan(stats_median(&v[2], 1)));
	assert_near(stats_median(v, 1), 7.0);
	assert_near(stats_median(v, 2), 4.0);
}

static void t_factors(void **state)
{
	(void)state;
	/* Any printed table of t: 2.776, 2.262, 4.604, 2.040 */
	assert_near(stats_t_factor(0.95, 5), 2.7764451051977987);
	assert_near(stats_t_factor(0.95, 10), 2.2621571627409915);
	assert_near(stats_t_factor(0.99, 5), 4.604094871415897);
	assert_near(stats_t_factor(0.95, 32), 2.0395134463964077);
	assert_true(isnan(stats_t_factor(0.95, 1)));
	assert_true(isnan(stats_t_factor(0.95, 0)));
	assert_true(isnan(stats_t_factor(1.0, 5)));
	assert_true(isnan(stats_t_factor(0.0, 5)));
	assert_true(isnan(stats_t_factor(NAN, 5)));
}

static void student_sleep(void **state)
{
	/*
	 * Student 1908: additional hours of sleep, ten patients. The interval
	 * is the one in the manual of R's t.test: 0.7001142 to 2.4598858.
	 */
	static const double v[] = { 1.2, 2.4, 1.3, 1.3, 0.0,
				    1.0, 1.8, 0.8, 4.6, 1.4 };
	struct stats_result r;

	(void)state;
	assert_int_equal(stats_mean_t(v, 10, 0.95, &r), STATS_OK);
	assert_near(r.est, 1.58);
	assert_near(r.sd, 1.229995483279873);
	assert_near(r.lo, 0.7001142367452712);
	assert_near(r.hi, 2.4598857632547286);
	assert_int_equal(r.basis, STATS_BASIS_LAUNCHES);
	assert_true(stats_excludes(&r, 0.0));
	assert_false(stats_excludes(&r, 1.58));
	assert_false(stats_excludes(&r, 2.4));

	/* A fifth may be missing, no more. */
	static const double gaps[] = { 1, NAN, 2, 3, 4, INFINITY };

	assert_int_equal(stats_mean_t(gaps, 5, 0.95, &r), STATS_OK);
	assert_near(r.est, 2.5);
	assert_int_equal(r.dropped, 1);
	assert_false(r.many_dropped);
	assert_int_equal(stats_mean_t(gaps, 6, 0.95, &r), STATS_OK);
	assert_near(r.est, 2.5);
	assert_true(r.many_dropped);

	assert_int_equal(stats_mean_t(v, 1, 0.95, &r), STATS_NO_INTERVAL);
	assert_near(r.est, 1.2);
	assert_true(isnan(r.lo) && isnan(r.hi) && isnan(r.sd));
	assert_false(stats_excludes(&r, 100.0));
	assert_int_equal(stats_mean_t(v, 0, 0.95, &r), STATS_EMPTY);
	assert_true(isnan(r.est));
	assert_int_equal(stats_mean_t(v, 10, 1.0, &r), STATS_BAD_ARG);
}

static void simultaneous(void **state)
{
	(void)state;
	assert_near(stats_conf_simultaneous(0.95, 10), 0.9948838031081763);
	assert_near(stats_conf_simultaneous(0.95, 66), 0.999223130792177);
	assert_near(stats_conf_simultaneous(0.95, 1), 0.95);
	assert_near(stats_conf_simultaneous(0.95, 0), 0.95);
	assert_true(isnan(stats_conf_simultaneous(1.0, 3)));
	/* Never below what Bonferroni asks by more than 3 % of the error. */
	for (size_t m = 1; m < 5000; m++) {
		double each = 1.0 - stats_conf_simultaneous(0.95, m);

		assert_true(each >= 0.05 / (double)m * (0.999999));
		assert_true(each <= 0.05 / (double)m * 1.03);
	}
}

/* Five launches of seven rounds; 3 pairs have a dropped side. */
#define L 5
#define R 7

static const double base_v[L][R] = {
	{ 10, 11, 10, 19, 10, 10.5, 10 }, { 20, 21, 20, 20, 22, 20, 20.5 },
	{ 10, 10, 10, 10, 10, 10, 10 },	  { 15, 14, 15, 15, 16, 15, 15 },
	{ 12, 12, 12, 12, NAN, 12, 12 },
};

static const double cell_v[L][R] = {
	{ 11, 12, 11, 21, 11, 11.5, NAN },
	{ 22, 23, 22, 21, 24, 23, 22.5 },
	{ 10.5, 11, 11, 10.8, 11, 11.2, 11 },
	{ 17, 15.5, 16.5, 16, 17, 16.5, 16.8 },
	{ 13, 13.2, 13.1, 13, 13.4, NAN, 12.9 },
};

static const double floor_v[L][R] = {
	{ 2, 2.1, 2, 2, 2, NAN, 2 }, { 2, 2.1, 2, 2, 2, NAN, 2 },
	{ 2, 2.1, 2, 2, 2, NAN, 2 }, { 2, 2.1, 2, 2, 2, NAN, 2 },
	{ 2, 2.1, 2, 2, 2, NAN, 2 },
};

static struct stats_series cell[L], base[L], none[L];

static int fresh(void **state)
{
	(void)state;
	for (size_t l = 0; l < L; l++) {
		cell[l] = (struct stats_series){ cell_v[l], R };
		base[l] = (struct stats_series){ base_v[l], R };
		none[l] = (struct stats_series){ floor_v[l], R };
	}
	return 0;
}

static void ratios(void **state)
{
	static const double want[L] = {
		0.09531017980432495, 0.09309042306601203, 0.09531017980432495,
		0.09531017980432495, 0.08004270767353636,
	};
	struct stats_result r;
	double med[L];

	(void)state;
	assert_int_equal(stats_ratio(cell, base, L, 0.95, &r, med), STATS_OK);
	for (size_t l = 0; l < L; l++)
		assert_near(med[l], want[l]);
	assert_near(r.est, 1.0961595294822482);
	assert_near(r.lo, 1.0871464338940862);
	assert_near(r.hi, 1.1052473490354147);
	assert_near(r.sd, 0.0066494810048909935);
	assert_near(r.conf, 0.95);
	assert_int_equal(r.samples, L);
	assert_int_equal(r.used, 32);
	assert_int_equal(r.dropped, 3);
	assert_false(r.many_dropped);
	assert_int_equal(r.basis, STATS_BASIS_LAUNCHES);
	assert_true(stats_excludes(&r, 1.0));

	/* The other way round is the reciprocal, ends swapped. */
	struct stats_result inv;

	assert_int_equal(stats_ratio(base, cell, L, 0.95, &inv, NULL),
			 STATS_OK);
	assert_near(inv.est, 1.0 / r.est);
	assert_near(inv.lo, 1.0 / r.hi);
	assert_near(inv.hi, 1.0 / r.lo);

	/* Two launches are the fewest with an interval: t(1) is 12.7062. */
	assert_int_equal(stats_ratio(cell, base, 2, 0.95, &r, NULL), STATS_OK);
	assert_near(log(r.hi / r.est),
		    stats_t_factor(0.95, 2) * fabs(want[0] - want[1]) / 2.0);
}

static void sums(void **state)
{
	struct stats_result r;
	double med[L];

	(void)state;

	assert_int_equal(stats_abs(cell, L, 0.95, &r, med), STATS_OK);
	assert_near(med[0], 11.25);
	assert_near(r.est, 14.86);
	assert_near(r.lo, 8.896553967285408);
	assert_near(r.hi, 20.823446032714592);
	assert_near(r.sd, 4.80278565001604);
	assert_int_equal(r.used, 33);

	assert_int_equal(stats_diff(cell, base, L, 0.95, &r, med), STATS_OK);
	assert_near(med[3], 1.5);
	assert_near(r.est, 1.3);
	assert_near(r.lo, 0.7447109789604404);
	assert_near(r.hi, 1.8552890210395598);
	assert_true(stats_excludes(&r, 0.0));

	struct stats_term terms[] = { { 1, cell },
				      { -1, base },
				      { 0.5, none } };

	assert_int_equal(stats_sum(terms, 3, L, 0.95, &r, med), STATS_OK);
	assert_near(r.est, 2.305);
	assert_near(r.lo, 1.7460787740801793);
	assert_near(r.hi, 2.863921225919821);
	assert_near(r.sd, 0.4501388674620311);
	assert_int_equal(r.used, 28);
	assert_int_equal(r.dropped, 7);
	assert_false(r.many_dropped); /* 7 of 35 are 20 %, not more */
	assert_int_equal(stats_sum(terms, 0, L, 0.95, &r, med), STATS_BAD_ARG);
	terms[1].coef = NAN;
	assert_int_equal(stats_sum(terms, 3, L, 0.95, &r, med), STATS_BAD_ARG);
}

static void net_ratios(void **state)
{
	struct stats_result r;
	double med[L];

	(void)state;

	struct stats_term num[] = { { 1, cell }, { -1, none } };
	struct stats_term den[] = { { 1, base }, { -1, none } };

	assert_int_equal(stats_net_ratio(num, 2, den, 2, L, 0.99, &r, med),
			 STATS_OK);
	assert_near(med[2], 0.112211990606928);
	assert_near(r.est, 1.116007048186687);
	assert_near(r.lo, 1.0930625161818355);
	assert_near(r.hi, 1.1394332100536262);
	assert_near(r.sd, 0.010089186809064848);
	assert_int_equal(r.used, 28);

	/* A cell that costs no more than its floor has no ratio. */
	struct stats_term sunk[] = { { 1, none }, { -1, none } };

	assert_int_equal(stats_net_ratio(num, 2, sunk, 2, L, 0.99, &r, med),
			 STATS_BELOW_FLOOR);
	assert_true(isnan(r.est) && isnan(r.lo) && isnan(r.hi));
	assert_false(stats_excludes(&r, 1.0));
	assert_int_equal(stats_net_ratio(sunk, 2, den, 2, L, 0.99, &r, NULL),
			 STATS_BELOW_FLOOR);
	assert_int_equal(stats_net_ratio(num, 0, den, 2, L, 0.99, &r, NULL),
			 STATS_BAD_ARG);
	assert_int_equal(stats_net_ratio(num, 2, den, 2, 1, 0.99, &r, NULL),
			 STATS_NO_INTERVAL);
	assert_near(r.est, exp(0.11778303565638346));
}

static void drops(void **state)
{
	static const double all_gone[] = { NAN, NAN, NAN, NAN, NAN, NAN, NAN };
	static const double zeros[] = { 0, -1, 0, 5, 6, 7, 8 };
	struct stats_series one = { all_gone, R };
	struct stats_result r;
	double med[L], logs[R];

	(void)state;

	/* A launch without usable rounds isn't a sample. */
	cell[1] = one;
	assert_int_equal(stats_ratio(cell, base, L, 0.95, &r, med), STATS_OK);
	assert_true(isnan(med[1]));
	assert_int_equal(r.samples, L - 1);
	assert_int_equal(r.dropped, 10);
	assert_true(r.many_dropped);
	assert_near(log(r.est), (2 * 0.09531017980432495 + 0.09531017980432495 +
				 0.08004270767353636) /
					4);

	for (size_t l = 0; l < L; l++)
		cell[l] = one;
	assert_int_equal(stats_ratio(cell, base, L, 0.95, &r, med),
			 STATS_EMPTY);
	assert_true(isnan(r.est));
	assert_int_equal(r.used, 0);
	assert_int_equal(r.dropped, L * R);
	assert_int_equal(stats_ratio(cell, base, 0, 0.95, &r, NULL),
			 STATS_EMPTY);
	assert_false(r.many_dropped);
	assert_int_equal(stats_abs(cell, 0, 0.95, &r, NULL), STATS_EMPTY);

	/* A cost of 0 or less has no logarithm: the pair goes. */
	one.v = zeros;
	assert_int_equal(stats_pair_logs(&one, &base[2], logs), 4);
	assert_true(isnan(logs[0]) && isnan(logs[1]) && isnan(logs[2]));
	assert_near(logs[3], log(0.5));

	/* Series of unlike length aren't pairs. */
	fresh(state);
	cell[4].n = R - 1;
	assert_int_equal(stats_ratio(cell, base, L, 0.95, &r, NULL),
			 STATS_BAD_ARG);
	assert_int_equal(stats_diff(cell, base, L, 0.95, &r, NULL),
			 STATS_BAD_ARG);
	cell[4].n = R;
	assert_int_equal(stats_ratio(cell, base, L, 0.0, &r, NULL),
			 STATS_BAD_ARG);

	/* A launch of no rounds is one that didn't happen. */
	cell[0].n = 0;
	base[0].n = 0;
	assert_int_equal(stats_ratio(cell, base, L, 0.95, &r, NULL), STATS_OK);
	assert_int_equal(r.samples, L - 1);
}

static void autocorrelation(void **state)
{
	static const double v[] = { 1, 2, 4, 3, 5, 6, 4, 7 };
	static const double flat[] = { 3, 3, 3, 3 };

	(void)state;
	assert_near(stats_lag1(v, 8), 0.25);
	assert_near(stats_lag1(flat, 4), 0.0);
	assert_near(stats_lag1(v, 2), 0.0);
	assert_near(stats_lag1(v, 0), 0.0);
}

struct batch_case {
	size_t n;
	double (*v)(size_t i);
	struct stats_batches want;
};

static double scrambled(size_t i)
{
	return (double)(i * 37 % 101) / 100.0;
}

static double square_wave(size_t i)
{
	return scrambled(i) + (i / 40 % 2 ? 3.0 : 0.0);
}

static double ramp(size_t i)
{
	return (double)i;
}

static double steps(size_t i)
{
	return (double)(i * i % 17) / 17.0 + 0.5 * (double)(i / 12 % 3);
}

static void batches(void **state)
{
	static const struct batch_case cases[] = {
		{ 100,
		  scrambled,
		  { 0.495, 0.44258347740563875, 0.5474165225943612,
		    0.12698425099200292, 4, 25, -0.5604096452844242, true, 100,
		    0 } },
		{ 400,
		  square_wave,
		  { 2.0, 1.2162949945468309, 2.783705005453169,
		    1.415188023853065, 26, 15, -0.4159445826405822, true, 400,
		    0 } },
		/* A ramp never settles: said so, not hidden. */
		{ 256,
		  ramp,
		  { 127.5, 61.96961050305056, 193.03038949694945,
		    78.38367176906169, 32, 8, 0.625, false, 256, 0 } },
		{ 400,
		  steps,
		  { 0.9705882352941176, 0.8603518252768227, 1.0808246453114125,
		    0.29521852793948133, 13, 30, -0.5297742402619008, true, 400,
		    0 } },
	};
	double v[400];

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		const struct stats_batches *want = &cases[c].want;
		struct stats_batches got;

		for (size_t i = 0; i < cases[c].n; i++)
			v[i] = cases[c].v(i);
		assert_int_equal(stats_batch_median(v, cases[c].n, 0.95, &got),
				 STATS_OK);
		assert_near(got.med, want->med);
		assert_near(got.lo, want->lo);
		assert_near(got.hi, want->hi);
		assert_near(got.sd, want->sd);
		assert_near(got.lag1, want->lag1);
		assert_int_equal(got.length, want->length);
		assert_int_equal(got.count, want->count);
		assert_int_equal(got.uncorrelated, want->uncorrelated);
		assert_int_equal(got.used, want->used);
	}
}

static void few_batches(void **state)
{
	static const double v[] = { 1, 2, NAN, 1, 2, 1, 2, 1, 2 };
	struct stats_batches b;

	(void)state;
	assert_int_equal(stats_batch_median(v, 9, 0.95, &b), STATS_OK);
	assert_int_equal(b.count, 8);
	assert_int_equal(b.dropped, 1);
	assert_near(b.med, 1.5);
	assert_int_equal(stats_batch_median(v, 8, 0.95, &b), STATS_NO_INTERVAL);
	assert_near(b.med, 1.0);
	assert_true(isnan(b.lo) && isnan(b.hi));
	assert_int_equal(stats_batch_median(v + 2, 1, 0.95, &b), STATS_EMPTY);
	assert_int_equal(stats_batch_median(NULL, 0, 0.95, &b), STATS_EMPTY);
	assert_true(isnan(b.med));
	assert_int_equal(stats_batch_median(v, 9, 2.0, &b), STATS_BAD_ARG);

	/* Between 1 and 200 rounds, never more batches than allowed. */
	double many[200];

	for (size_t i = 0; i < 200; i++)
		many[i] = scrambled(i);
	for (size_t n = STATS_MIN_BATCHES; n <= 200; n++) {
		assert_int_equal(stats_batch_median(many, n, 0.95, &b),
				 STATS_OK);
		assert_in_range(b.count, STATS_MIN_BATCHES, STATS_MAX_BATCHES);
		assert_true(b.lo <= b.med && b.med <= b.hi);
	}
}

static void one_launch(void **state)
{
	double c[100], b[100], logs[100], med;
	struct stats_series slow = { c, 100 }, fast = { b, 100 };
	struct stats_batches want;
	struct stats_result r;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		b[i] = 50.0 + (double)(i % 7);
		c[i] = b[i] * exp(scrambled(i));
	}
	assert_int_equal(stats_pair_logs(&slow, &fast, logs), 100);
	assert_int_equal(stats_batch_median(logs, 100, 0.95, &want), STATS_OK);

	assert_int_equal(stats_ratio(&slow, &fast, 1, 0.95, &r, &med),
			 STATS_OK);
	assert_int_equal(r.basis, STATS_BASIS_BATCHES);
	assert_near(med, 0.495);
	assert_near(r.est, exp(0.495));
	assert_near(r.lo, exp(0.44258347740563875));
	assert_near(r.hi, exp(0.5474165225943612));
	assert_int_equal(r.samples, want.count);

	slow.n = 5;
	fast.n = 5;
	assert_int_equal(stats_ratio(&slow, &fast, 1, 0.95, &r, NULL),
			 STATS_NO_INTERVAL);
	assert_int_equal(r.basis, STATS_BASIS_NONE);
	assert_int_equal(r.samples, 1);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(stats_status_name(STATS_BELOW_TIMER),
			    "below timer");
	assert_string_equal(stats_status_name((enum stats_status)99),
			    "unknown status");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles),
		cmocka_unit_test(t_factors),
		cmocka_unit_test(student_sleep),
		cmocka_unit_test(simultaneous),
		cmocka_unit_test_setup(ratios, fresh),
		cmocka_unit_test_setup(sums, fresh),
		cmocka_unit_test_setup(net_ratios, fresh),
		cmocka_unit_test_setup(drops, fresh),
		cmocka_unit_test(autocorrelation),
		cmocka_unit_test(batches),
		cmocka_unit_test(few_batches),
		cmocka_unit_test(one_launch),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("stats.estimates", tests, NULL,
					   NULL);
}
