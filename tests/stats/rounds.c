// SPDX-License-Identifier: GPL-2.0-or-later
/* Schedules, warm-up, windows, single operations. */
#include <stdlib.h>
#include <string.h>

#include "near.h"

/*
 * Each cell equally often at each position, each ordered pair equally often
 * adjacent: what a schedule must be over a period.
 */
static bool balanced(const uint16_t *order, size_t k, size_t rounds)
{
	size_t *at = calloc(k * k, sizeof(*at));
	size_t *next = calloc(k * k, sizeof(*next));
	bool ok = true;
	size_t r, p, i, j;

	assert_non_null(at);
	assert_non_null(next);
	for (r = 0; r < rounds; r++)
		for (p = 0; p < k; p++) {
			assert_true(order[r * k + p] < k);
			at[order[r * k + p] * k + p]++;
			if (p)
				next[order[r * k + p - 1] * k +
				     order[r * k + p]]++;
		}
	for (i = 0; i < k; i++)
		for (j = 0; j < k; j++) {
			ok = ok && at[i * k + j] == rounds / k;
			ok = ok && next[i * k + j] == (i == j ? 0 : rounds / k);
		}
	free(at);
	free(next);
	return ok;
}

static void schedule_balance(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 21, 48 };
	uint16_t *order;
	size_t s, k, period;
	uint64_t seed;

	(void)state;
	for (s = 0; s < ARRAY_LEN(sizes); s++) {
		k = sizes[s];
		period = stats_schedule_period(k);
		order = calloc(3 * period * k, sizeof(*order));
		assert_non_null(order);
		for (seed = 0; seed < 5; seed++) {
			assert_int_equal(stats_schedule(seed, k, 3 * period,
							order),
					 STATS_OK);
			for (size_t i = 0; i < 3; i++)
				assert_true(balanced(order + i * period * k, k,
						     period));
		}
		free(order);
	}
	assert_int_equal(stats_schedule_period(0), 0);
	assert_int_equal(stats_schedule_period(1), 1);
	assert_int_equal(stats_schedule_period(2), 4);
	assert_int_equal(stats_schedule_period(3), 6);
	assert_int_equal(stats_schedule_period(4), 4);
}

/* A square that only rotates isn't balanced, nor is sorted order: the check sees it. */
static void balance_check_can_fail(void **state)
{
	uint16_t rotated[16], sorted[16];
	size_t r, p;

	(void)state;
	for (r = 0; r < 4; r++)
		for (p = 0; p < 4; p++) {
			rotated[r * 4 + p] = (uint16_t)((r + p) % 4);
			sorted[r * 4 + p] = (uint16_t)p;
		}
	assert_false(balanced(rotated, 4, 4));
	assert_false(balanced(sorted, 4, 4));
}

static void schedule_two(void **state)
{
	static const uint16_t abba[] = { 0, 1, 1, 0, 1, 0, 0, 1 };
	uint16_t order[8 * 64];
	size_t i, j, first[2] = { 0, 0 };

	(void)state;
	assert_int_equal(stats_schedule(7, 2, 4 * 64, order), STATS_OK);
	for (i = 0; i < 64; i++) {
		uint16_t a = order[8 * i];

		first[a]++;
		for (j = 0; j < 8; j++)
			assert_int_equal(order[8 * i + j], abba[j] ^ a);
	}
	/* Both kinds come up: 64 throws of a coin, 7 sigma. */
	assert_in_range(first[0], 4, 60);
}

static void schedule_random(void **state)
{
	enum { K = 6, SEEDS = 1200 };
	uint16_t a[3 * K], b[3 * K], first[K] = { 0 };
	uint64_t seed;
	double chi2 = 0;

	(void)state;
	assert_int_equal(stats_schedule(42, K, 3, a), STATS_OK);
	assert_int_equal(stats_schedule(42, K, 3, b), STATS_OK);
	assert_memory_equal(a, b, sizeof(a));
	assert_int_equal(stats_schedule(43, K, 3, b), STATS_OK);
	assert_memory_not_equal(a, b, sizeof(a));

	/* Who comes first is a fair draw: chi-square(5) stays below its 99.9 %. */
	for (seed = 0; seed < SEEDS; seed++) {
		assert_int_equal(stats_schedule(seed, K, 1, a), STATS_OK);
		first[a[0]]++;
	}
	for (size_t i = 0; i < K; i++)
		chi2 += pow(first[i] - SEEDS / K, 2) / (SEEDS / K);
	assert_true(chi2 < 20.515);

	/*
	 * With unshuffled labels the second cell would always be the first's
	 * successor, with unshuffled rows it would begin the next round.
	 */
	size_t successor = 0, begins = 0;

	for (seed = 0; seed < SEEDS; seed++) {
		assert_int_equal(stats_schedule(seed, K, 2, a), STATS_OK);
		successor += a[1] == (a[0] + 1) % K;
		begins += a[1] == a[K];
	}
	assert_in_range(successor, SEEDS / 10, SEEDS / 3);
	assert_in_range(begins, SEEDS / 10, SEEDS / 3);

	assert_int_equal(stats_schedule(1, 0, 1, a), STATS_BAD_ARG);
	assert_int_equal(stats_schedule(1, 65536, 1, a), STATS_BAD_ARG);
	a[0] = 77;
	assert_int_equal(stats_schedule(1, 4, 0, a), STATS_OK);
	assert_int_equal(a[0], 77);
	assert_int_equal(stats_schedule(1, 1, 3, a), STATS_OK);
	assert_int_equal(a[0] | a[1] | a[2], 0);

	/* A part of a period still holds every cell once a round. */
	assert_int_equal(stats_schedule(9, K, 2, a), STATS_OK);
	for (size_t r = 0; r < 2; r++) {
		unsigned int seen = 0;

		for (size_t p = 0; p < K; p++)
			seen |= 1u << a[r * K + p];
		assert_int_equal(seen, (1u << K) - 1);
	}
}

static void seeds(void **state)
{
	/*
	 * SplitMix64's published first outputs for the states 0 and 1234567.
	 * The stream undoes the first mixing, so that the second one shows.
	 */
	const uint64_t zero = 0xe220a8397b1dcdafULL;
	const uint64_t other = 6457827717110365317ULL;

	(void)state;
	assert_true(stats_seed(0, zero) == zero);
	assert_true(stats_seed(1234567, other ^ 1234567) == other);
	assert_true(stats_seed(1, 0) != stats_seed(1, 1));
	assert_true(stats_seed(1, 0) != stats_seed(0, 1));
}

static void dither(void **state)
{
	enum { N = 4000 };
	double v[N], again[N], sum = 0, square = 0;
	size_t below = 0;

	(void)state;
	for (size_t i = 0; i < N; i++)
		v[i] = 50000.0;
	v[0] = NAN;
	v[1] = 10.0;
	memcpy(again, v, sizeof(v));
	stats_dither(v, N, 10.0, 3);
	stats_dither(again, N, 10.0, 3);
	assert_true(isnan(v[0]));
	assert_true(v[1] == 10.0);
	for (size_t i = 2; i < N; i++) {
		double d = v[i] - 50000.0;

		assert_true(d >= -5.0 && d < 5.0);
		assert_true(v[i] == again[i]);
		sum += d;
		square += d * d;
		below += d < -2.5;
	}
	/* Uniform: mean 0, variance tick^2/12, a quarter in each quarter; 5 sigma. */
	assert_true(fabs(sum / N) < 5 * sqrt(100.0 / 12 / N));
	assert_true(fabs(square / N - 100.0 / 12) <
		    5 * sqrt(100.0 * 100 / 180 / N));
	assert_in_range(below, N / 4 - 137, N / 4 + 137);
	stats_dither(again, N, 10.0, 4);
	assert_true(again[2] != v[2]);
	v[2] = 7.0;
	stats_dither(v + 2, 1, 0.0, 3);
	assert_true(v[2] == 7.0);
}

/*
 * What it is for: five launches of two equal cells on a coarse clock agree on a
 * difference of one tick, exactly. Undithered that is called a difference.
 */
static void dither_unsticks(void **state)
{
	enum { L = 5, R = 201 };
	static double c[L][R], b[L][R];
	struct stats_series cell[L], base[L];
	struct stats_result r;
	double med[L];

	(void)state;
	for (size_t l = 0; l < L; l++) {
		for (size_t i = 0; i < R; i++) {
			/* Half the pairs equal, a few more of the rest above. */
			b[l][i] = 50000.0;
			c[l][i] = i % 100 < 49 ? 50000.0 : 50010.0;
		}
		cell[l] = (struct stats_series){ c[l], R };
		base[l] = (struct stats_series){ b[l], R };
	}
	assert_int_equal(stats_ratio(cell, base, L, 0.95, &r, med), STATS_OK);
	assert_near(r.est, 1.0002);
	assert_true(r.sd < 0.000000000001);
	assert_true(stats_excludes(&r, 1.0));

	for (size_t l = 0; l < L; l++) {
		stats_dither(c[l], R, 10.0, stats_seed(l, 0));
		stats_dither(b[l], R, 10.0, stats_seed(l, 1));
	}
	assert_int_equal(stats_ratio(cell, base, L, 0.95, &r, med), STATS_OK);
	/* Half way between the grid's two values, and with some width. */
	assert_true(fabs(log(r.est) - 0.0001) < 0.00003);
	assert_true(r.sd > 0.000001);
}

static double jitter(size_t i)
{
	return ((double)(i * 7919 % 1009) / 1009.0 - 0.5) * 0.004;
}

static void warmup(void **state)
{
	static const struct stats_warmup rule = STATS_WARMUP_DEFAULT;
	struct stats_warmup w = rule;
	double v[2000];
	size_t i, first;

	(void)state;
	/* A start at 1.7 that ends after 500 rounds; placement leaves 3 %. */
	for (i = 0; i < 2000; i++)
		v[i] = (i < 500 ? log(1.7) : 0.03) + jitter(i);
	assert_int_equal(stats_warmup_end(v, 2000, &w, &first), STATS_OK);
	assert_in_range(first, 500, 500 + w.span);

	/* Dropped rounds don't move it far; a span mostly dropped isn't settled. */
	for (i = 0; i < 2000; i += 3)
		v[i] = NAN;
	assert_int_equal(stats_warmup_end(v, 2000, &w, &first), STATS_OK);
	assert_in_range(first, 500, 500 + w.span);
	for (i = 480; i < 900; i++)
		if (i % 8)
			v[i] = NAN;
	assert_int_equal(stats_warmup_end(v, 2000, &w, &first), STATS_OK);
	assert_in_range(first, 900, 900 + w.span);

	/*
	 * A slow decay is kept from where it moves by at most 0.02 a span:
	 * m (e^0.32 - 1) <= 0.02 for the median m of the first span kept.
	 */
	for (i = 0; i < 2000; i++)
		v[i] = 0.5 * exp(-(double)i / 100.0);
	assert_int_equal(stats_warmup_end(v, 2000, &w, &first), STATS_OK);
	assert_true(v[first + w.span / 2] < 0.02 / expm1(0.32));
	assert_true(v[first - 2 + w.span / 2] > 0.02 / expm1(0.32));

	/* Quiet from the start: one span is spent on finding out. */
	for (i = 0; i < 2000; i++)
		v[i] = jitter(i);
	assert_int_equal(stats_warmup_end(v, 2000, &w, &first), STATS_OK);
	assert_int_equal(first, w.span);
	assert_int_equal(stats_warmup_end(v, 2 * w.span, &w, &first), STATS_OK);
	assert_int_equal(stats_warmup_end(v, 2 * w.span - 1, &w, &first),
			 STATS_UNSETTLED);
	assert_int_equal(first, 2 * w.span - 1);

	/* Constant but far from 1 isn't settled, however long it lasts. */
	for (i = 0; i < 2000; i++)
		v[i] = log(1.7);
	assert_int_equal(stats_warmup_end(v, 2000, &w, &first),
			 STATS_UNSETTLED);
	assert_int_equal(first, 2000);
	w.max_rounds = 300;
	assert_int_equal(stats_warmup_end(v, 2000, &w, &first),
			 STATS_UNSETTLED);
	assert_int_equal(first, 300);

	/* Flipping between two speeds span by span isn't either. */
	w = rule;
	for (i = 0; i < 2000; i++)
		v[i] = i / 48 % 2 ? 0.1 : -0.1;
	w.span = 48;
	assert_int_equal(stats_warmup_end(v, 96, &w, &first), STATS_UNSETTLED);

	assert_int_equal(stats_warmup_end(v, 0, &rule, &first), STATS_EMPTY);
	assert_int_equal(first, 0);
	w.span = 1;
	assert_int_equal(stats_warmup_end(v, 10, &w, &first), STATS_BAD_ARG);
	w.span = SIZE_MAX;
	assert_int_equal(stats_warmup_end(v, 10, &w, &first), STATS_UNSETTLED);
}

static void operations(void **state)
{
	struct stats_ops o;
	double v[10000];
	size_t i;

	(void)state;
	/* numpy.quantile of the samples less 25 ns */
	for (i = 0; i < 1000; i++)
		v[i] = 125.0 + (double)(i * 7919 % 1000);
	assert_int_equal(stats_ops(v, 1000, 25, 1, &o), STATS_OK);
	assert_near(o.min, 100);
	assert_near(o.p50, 599.5);
	assert_near(o.p90, 999.1);
	assert_near(o.p99, 1089.01);
	assert_near(o.max, 1099);
	assert_int_equal(o.n, 1000);
	/* One sample lies beyond p99.9: that would be the maximum. */
	assert_true(isnan(o.p999));
	assert_int_equal(stats_ops(v, 100, 25, 1, &o), STATS_OK);
	assert_false(isnan(o.p90));
	assert_true(isnan(o.p99));
	assert_int_equal(stats_ops(v, 99, 25, 1, &o), STATS_OK);
	assert_true(isnan(o.p90));

	for (i = 0; i < 10000; i++)
		v[i] = 200.0 + (double)i;
	assert_int_equal(stats_ops(v, 10000, 25, 1, &o), STATS_OK);
	assert_near(o.p999, 175.0 + 0.999 * 9999);

	/* Around the bar: 4 times 25 ns net. NaN is skipped, short ones are 0. */
	v[0] = 125;
	v[1] = NAN;
	v[2] = 125;
	v[3] = 20;
	v[4] = 300;
	assert_int_equal(stats_ops(v, 5, 25, 1, &o), STATS_OK);
	assert_near(o.p50, 100);
	assert_near(o.min, 0);
	v[0] = 124.9;
	v[2] = 124.9;
	assert_int_equal(stats_ops(v, 5, 25, 1, &o), STATS_BELOW_TIMER);
	assert_near(o.p50, 99.9);
	/* A coarse tick counts as a costly timer does. */
	assert_int_equal(stats_ops(v, 5, 5, 100, &o), STATS_BELOW_TIMER);
	assert_int_equal(stats_ops(v, 5, 5, 10, &o), STATS_OK);

	assert_int_equal(stats_ops(NULL, 0, 25, 1, &o), STATS_EMPTY);
	assert_true(isnan(o.p50) && isnan(o.max));
	assert_int_equal(stats_ops(v + 1, 1, 25, 1, &o), STATS_EMPTY);
	assert_int_equal(stats_ops(v, 5, -1, 1, &o), STATS_BAD_ARG);
	assert_int_equal(stats_ops(v, 5, 25, NAN, &o), STATS_BAD_ARG);
	assert_int_equal(stats_ops(v, 5, INFINITY, 1, &o), STATS_BAD_ARG);
}

static void windows(void **state)
{
	struct stats_thread t[] = {
		{ 10000, 1000, 51000 },
		{ 5000, 2000, 52000 },
	};
	struct stats_window w;

	(void)state;
	/* 0.2 + 0.1 operations a ns; (51000 - 2000)/50000 overlap. */
	assert_int_equal(stats_window(t, 2, 50000, &w), STATS_OK);
	assert_near(w.rate, 3e8);
	assert_near(w.ns_per_op, 1.0 / 0.3);
	assert_near(w.thread_ns_per_op, 2.0 / 0.3);
	assert_near(w.overlap, 0.98);
	assert_false(w.dropped);

	/* Each by its own time: half the time for half the ops is the same rate. */
	t[1] = (struct stats_thread){ 2500, 26000, 51000 };
	assert_int_equal(stats_window(t, 2, 50000, &w), STATS_OK);
	assert_near(w.rate, 3e8);
	assert_near(w.overlap, 0.5);
	assert_true(w.dropped);

	/* Exactly 0.95 stays; a little less goes. */
	t[1] = (struct stats_thread){ 5000, 3500, 53500 };
	assert_int_equal(stats_window(t, 2, 50000, &w), STATS_OK);
	assert_near(w.overlap, 0.95);
	assert_false(w.dropped);
	t[1].start++;
	assert_int_equal(stats_window(t, 2, 50000, &w), STATS_OK);
	assert_true(w.dropped);

	/* Apart from each other: below 0, no wrap. */
	t[1] = (struct stats_thread){ 5000, 61000, 111000 };
	assert_int_equal(stats_window(t, 2, 50000, &w), STATS_OK);
	assert_near(w.overlap, -0.2);
	assert_true(w.dropped);

	/* One thread overlaps with itself, at most wholly. */
	assert_int_equal(stats_window(t, 1, 40000, &w), STATS_OK);
	assert_near(w.overlap, 1.0);
	assert_near(w.thread_ns_per_op, w.ns_per_op);

	t[1].ops = 0;
	assert_int_equal(stats_window(t, 2, 50000, &w), STATS_EMPTY);
	assert_true(isnan(w.rate) && w.dropped);
	t[1] = (struct stats_thread){ 5, 2000, 2000 };
	assert_int_equal(stats_window(t, 2, 50000, &w), STATS_EMPTY);
	assert_int_equal(stats_window(t, 0, 50000, &w), STATS_EMPTY);
	assert_int_equal(stats_window(t, 1, 0, &w), STATS_BAD_ARG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schedule_balance),
		cmocka_unit_test(balance_check_can_fail),
		cmocka_unit_test(schedule_two),
		cmocka_unit_test(schedule_random),
		cmocka_unit_test(seeds),
		cmocka_unit_test(dither),
		cmocka_unit_test(dither_unsticks),
		cmocka_unit_test(warmup),
		cmocka_unit_test(operations),
		cmocka_unit_test(windows),
	};

	return cmocka_run_group_tests_name("stats.rounds", tests, NULL, NULL);
}
