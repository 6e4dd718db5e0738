// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "internal.h"

enum stats_status stats_noise(const double *logs, size_t n,
			      struct stats_noise *out)
{
	double *dev = stats_scratch(n);
	size_t i;

	if (!dev)
		return STATS_NOMEM;
	for (i = 0; i < n; i++)
		dev[i] = fabs(expm1(logs[i]));
	out->n = stats_compact(dev, n);
	out->median = NAN;
	out->p95 = NAN;
	out->max = NAN;
	if (out->n) {
		gsl_sort(dev, 1, out->n);
		out->median = gsl_stats_median_from_sorted_data(dev, 1, out->n);
		out->p95 = gsl_stats_quantile_from_sorted_data(dev, 1, out->n,
							       0.95);
		out->max = dev[out->n - 1];
	}
	free(dev);
	return out->n ? STATS_OK : STATS_EMPTY;
}

double stats_twin_bound(const struct stats_result *twin)
{
	if (twin->basis == STATS_BASIS_NONE)
		return NAN;
	return expm1(fmax(fabs(log(twin->lo)), fabs(log(twin->hi))));
}

static bool binomial_ok(size_t n, double p)
{
	return n <= UINT_MAX && p >= 0.0 && p <= 1.0;
}

/* GSL's P(X <= k) wants k < n when p is 1. */
static double binomial_upto(size_t k, double p, size_t n)
{
	return k >= n ? 1.0 :
			gsl_cdf_binomial_P((unsigned int)k, p, (unsigned int)n);
}

size_t stats_binomial_quantile(size_t n, double p, double q)
{
	size_t lo = 0, hi = n, mid;

	if (!binomial_ok(n, p) || !(q >= 0.0 && q <= 1.0))
		return 0;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (binomial_upto(mid, p, n) >= q)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

double stats_binomial_range_prob(size_t n, double p, size_t lo, size_t hi)
{
	if (!binomial_ok(n, p) || lo > hi)
		return 0.0;
	return binomial_upto(hi, p, n) -
	       (lo ? binomial_upto(lo - 1, p, n) : 0.0);
}

enum stats_status stats_aa(const struct stats_result *r, size_t n, double conf,
			   struct stats_aa *out)
{
	size_t i;

	if (!stats_conf_ok(conf) || n > UINT_MAX)
		return STATS_BAD_ARG;
	*out = (struct stats_aa){ 0 };
	for (i = 0; i < n; i++) {
		if (r[i].basis == STATS_BASIS_NONE) {
			out->unjudged++;
			continue;
		}
		out->groups++;
		out->different += stats_excludes(&r[i], 1.0) ? 1 : 0;
	}
	if (!out->groups)
		return STATS_EMPTY;
	out->lo = stats_binomial_quantile(out->groups, 1.0 - conf, 0.01);
	out->hi = stats_binomial_quantile(out->groups, 1.0 - conf, 0.99);
	out->honest = out->lo <= out->different && out->different <= out->hi;
	return STATS_OK;
}
