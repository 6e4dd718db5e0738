// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "internal.h"

/* SplitMix64: Steele, Lea & Flood, OOPSLA 2014; the constants are Stafford's. */
static uint64_t splitmix64(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

uint64_t stats_seed(uint64_t seed, uint64_t stream)
{
	return splitmix64(splitmix64(seed) ^ stream);
}

void stats_dither(double *ns, size_t n, double tick, uint64_t seed)
{
	const double unit = 1.0 / (double)(1ULL << 53);
	size_t i;

	for (i = 0; i < n; i++)
		/* False for NaN. */
		if (ns[i] > tick)
			ns[i] += tick *
				 ((double)(stats_seed(seed, i) >> 11) * unit -
				  0.5);
}

size_t stats_schedule_period(size_t k)
{
	if (k < 2)
		return k;
	if (k == 2)
		return 4;
	return k % 2 ? 2 * k : k;
}

/*
 * Row @row of Williams' design: the zigzag 0, 1, k-1, 2, k-2, ... plus the row
 * number, mod k. Its neighbours' differences take each value but 0 once, which
 * puts every ordered pair next to each other once in k rows. For odd k they
 * don't; there rows k..2k-1 are the first k read backwards.
 */
static size_t williams(size_t k, size_t row, size_t pos)
{
	size_t zigzag;

	if (row >= k)
		pos = k - 1 - pos;
	zigzag = pos % 2 ? (pos + 1) / 2 : (k - pos / 2) % k;
	return (zigzag + row) % k;
}

/* ABBA BAAB: rows 0 1 1 0 of the two-cell square. */
static const size_t two_cells[] = { 0, 1, 1, 0 };

static void draw_period(gsl_rng *rng, size_t k, size_t period, size_t *rows,
			size_t *labels)
{
	size_t i, coin;

	for (i = 0; i < k; i++)
		labels[i] = i;
	if (k == 2) {
		coin = gsl_rng_uniform_int(rng, 2);
		for (i = 0; i < period; i++)
			rows[i] = two_cells[i] ^ coin;
		return;
	}
	gsl_ran_shuffle(rng, labels, k, sizeof(*labels));
	for (i = 0; i < period; i++)
		rows[i] = i;
	gsl_ran_shuffle(rng, rows, period, sizeof(*rows));
}

enum stats_status stats_schedule(uint64_t seed, size_t k, size_t rounds,
				 uint16_t *order)
{
	size_t period, r, pos, *rows, *labels;
	gsl_rng *rng;

	if (!k || k > UINT16_MAX)
		return STATS_BAD_ARG;
	period = stats_schedule_period(k);
	rows = calloc(period, sizeof(*rows));
	labels = calloc(k, sizeof(*labels));
	/* GSL's own allocation failure ends in its error handler, not in NULL. */
	rng = rows && labels ? gsl_rng_alloc(gsl_rng_mt19937) : NULL;
	if (!rng) {
		free(rows);
		free(labels);
		return STATS_NOMEM;
	}
	/* mt19937 takes 32 bits, so all 64 are mixed into them. */
	gsl_rng_set(rng, (unsigned long)(splitmix64(seed) >> 32));
	for (r = 0; r < rounds; r++) {
		if (r % period == 0)
			draw_period(rng, k, period, rows, labels);
		for (pos = 0; pos < k; pos++)
			order[r * k + pos] = (uint16_t)
				labels[williams(k, rows[r % period], pos)];
	}
	gsl_rng_free(rng);
	free(rows);
	free(labels);
	return STATS_OK;
}
