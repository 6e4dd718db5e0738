// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

double stats_lag1(const double *v, size_t n)
{
	double mean = 0.0, num = 0.0, den = 0.0;
	size_t i;

	if (n < 3)
		return 0.0;
	for (i = 0; i < n; i++)
		mean += v[i];
	mean /= (double)n;
	for (i = 0; i < n; i++) {
		den += (v[i] - mean) * (v[i] - mean);
		if (i + 1 < n)
			num += (v[i] - mean) * (v[i + 1] - mean);
	}
	return den > 0.0 ? num / den : 0.0;
}

/*
 * Medians of @count batches that differ by at most one round in length, so that
 * no round is left over. @tmp has room for the longest.
 */
static void batch_medians(const double *v, size_t n, size_t count, double *tmp,
			  double *med)
{
	size_t b, from, to;

	for (b = 0; b < count; b++) {
		from = b * n / count;
		to = (b + 1) * n / count;
		memcpy(tmp, v + from, (to - from) * sizeof(*tmp));
		med[b] = stats_median_inplace(tmp, to - from);
	}
}

enum stats_status stats_batch_median(const double *v, size_t n, double conf,
				     struct stats_batches *out)
{
	double med[STATS_MAX_BATCHES];
	double *s, *tmp, ss = 0.0, half;
	size_t m, i, length, count;

	if (!stats_conf_ok(conf))
		return STATS_BAD_ARG;
	s = stats_finite_copy(v, n, &m);
	tmp = stats_scratch(n);
	if (!s || !tmp) {
		free(s);
		free(tmp);
		return STATS_NOMEM;
	}

	memset(out, 0, sizeof(*out));
	out->used = m;
	out->dropped = n - m;
	out->lo = NAN;
	out->hi = NAN;
	out->sd = NAN;
	memcpy(tmp, s, m * sizeof(*tmp));
	out->med = stats_median_inplace(tmp, m);
	if (m < STATS_MIN_BATCHES) {
		free(s);
		free(tmp);
		return m ? STATS_NO_INTERVAL : STATS_EMPTY;
	}

	length = (m + STATS_MAX_BATCHES - 1) / STATS_MAX_BATCHES;
	for (;;) {
		count = m / length;
		batch_medians(s, m, count, tmp, med);
		out->length = length;
		out->count = count;
		out->lag1 = stats_lag1(med, count);
		/*
		 * One standard error, not two: a correlation that slips through
		 * costs more than batches that were joined for nothing. A
		 * negative one only makes the interval too wide.
		 */
		out->uncorrelated = out->lag1 < 1.0 / sqrt((double)count);
		if (out->uncorrelated || m / (2 * length) < STATS_MIN_BATCHES)
			break;
		length *= 2;
	}
	for (i = 0; i < count; i++)
		ss += (med[i] - out->med) * (med[i] - out->med);
	out->sd = sqrt(ss / (double)(count - 1));
	half = stats_t_factor(conf, count) * out->sd / sqrt((double)count);
	out->lo = out->med - half;
	out->hi = out->med + half;
	free(s);
	free(tmp);
	return STATS_OK;
}
