// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "internal.h"

/* Samples beyond a percentile without which its figure is one outlier's. */
#define MIN_BEYOND 10

static double percentile(const double *s, size_t n, double q)
{
	/* 1 - 0.9 is a little under 0.1: round before comparing. */
	if (round((double)n * (1.0 - q) * 1000.0) < 1000.0 * MIN_BEYOND)
		return NAN;
	return gsl_stats_quantile_from_sorted_data(s, 1, n, q);
}

enum stats_status stats_ops(const double *v, size_t n, double timer_cost,
			    double timer_tick, struct stats_ops *out)
{
	double *s;
	size_t i;

	if (!(timer_cost >= 0.0) || !(timer_tick >= 0.0) || isinf(timer_cost) ||
	    isinf(timer_tick))
		return STATS_BAD_ARG;
	s = stats_finite_copy(v, n, &n);
	if (!s)
		return STATS_NOMEM;
	for (i = 0; i < n; i++)
		s[i] = fmax(s[i] - timer_cost, 0.0);
	gsl_sort(s, 1, n);

	*out = (struct stats_ops){ NAN, NAN, NAN, NAN, NAN, NAN, n };
	if (!n) {
		free(s);
		return STATS_EMPTY;
	}
	out->min = s[0];
	out->p50 = gsl_stats_median_from_sorted_data(s, 1, n);
	out->p90 = percentile(s, n, 0.90);
	out->p99 = percentile(s, n, 0.99);
	out->p999 = percentile(s, n, 0.999);
	out->max = s[n - 1];
	free(s);
	return out->p50 < STATS_MIN_TIMERS * fmax(timer_cost, timer_tick) ?
		       STATS_BELOW_TIMER :
		       STATS_OK;
}

enum stats_status stats_window(const struct stats_thread *t, size_t n,
			       uint64_t window, struct stats_window *out)
{
	uint64_t last_start = 0, first_stop = UINT64_MAX;
	double rate = 0.0;
	size_t i;

	if (!window)
		return STATS_BAD_ARG;
	*out = (struct stats_window){ NAN, NAN, NAN, NAN, true };
	if (!n)
		return STATS_EMPTY;
	for (i = 0; i < n; i++) {
		if (!t[i].ops || t[i].stop <= t[i].start)
			return STATS_EMPTY;
		rate += (double)t[i].ops * 1e9 /
			(double)(t[i].stop - t[i].start);
		if (t[i].start > last_start)
			last_start = t[i].start;
		if (t[i].stop < first_stop)
			first_stop = t[i].stop;
	}
	out->rate = rate;
	out->ns_per_op = 1e9 / rate;
	out->thread_ns_per_op = out->ns_per_op * (double)n;
	out->overlap =
		first_stop >= last_start ?
			(double)(first_stop - last_start) / (double)window :
			-(double)(last_start - first_stop) / (double)window;
	out->overlap = fmin(out->overlap, 1.0);
	out->dropped = out->overlap < STATS_MIN_OVERLAP;
	return STATS_OK;
}
