// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "internal.h"

const char *stats_status_name(enum stats_status s)
{
	switch (s) {
	case STATS_OK:
		return "ok";
	case STATS_NO_INTERVAL:
		return "no interval";
	case STATS_EMPTY:
		return "no usable samples";
	case STATS_BELOW_TIMER:
		return "below timer";
	case STATS_BELOW_FLOOR:
		return "below floor";
	case STATS_UNSETTLED:
		return "unsettled";
	case STATS_BAD_ARG:
		return "bad argument";
	case STATS_NOMEM:
		return "out of memory";
	}
	return "unknown status";
}

void stats_result_clear(struct stats_result *r, double conf)
{
	memset(r, 0, sizeof(*r));
	r->est = NAN;
	r->lo = NAN;
	r->hi = NAN;
	r->sd = NAN;
	r->conf = conf;
	r->basis = STATS_BASIS_NONE;
}

size_t stats_compact(double *v, size_t n)
{
	size_t i, m = 0;

	for (i = 0; i < n; i++)
		if (isfinite(v[i]))
			v[m++] = v[i];
	return m;
}

double stats_median_inplace(double *v, size_t n)
{
	if (!n)
		return NAN;
	return gsl_stats_median(v, 1, n);
}

double *stats_scratch(size_t n)
{
	return calloc(n ? n : 1, sizeof(double));
}

double *stats_finite_copy(const double *v, size_t n, size_t *m)
{
	double *s = stats_scratch(n);

	if (!s)
		return NULL;
	if (n)
		memcpy(s, v, n * sizeof(*s));
	*m = stats_compact(s, n);
	return s;
}

double stats_quantile(const double *v, size_t n, double q)
{
	double *s, r = NAN;
	size_t m;

	if (!(q >= 0.0 && q <= 1.0))
		return NAN;
	s = stats_finite_copy(v, n, &m);
	if (s && m) {
		gsl_sort(s, 1, m);
		r = gsl_stats_quantile_from_sorted_data(s, 1, m, q);
	}
	free(s);
	return r;
}

double stats_median(const double *v, size_t n)
{
	double *s, r = NAN;
	size_t m;

	s = stats_finite_copy(v, n, &m);
	if (s)
		r = stats_median_inplace(s, m);
	free(s);
	return r;
}

double stats_t_factor(double conf, size_t n)
{
	if (!stats_conf_ok(conf) || n < 2)
		return NAN;
	/* The upper tail keeps its digits where 1 - tail would lose them. */
	return gsl_cdf_tdist_Qinv((1.0 - conf) / 2.0, (double)(n - 1));
}

enum stats_status stats_mean_t(const double *v, size_t n, double conf,
			       struct stats_result *out)
{
	double mean = 0.0, ss = 0.0, half;
	size_t i, m = 0;

	if (!stats_conf_ok(conf))
		return STATS_BAD_ARG;
	stats_result_clear(out, conf);
	for (i = 0; i < n; i++) {
		if (!isfinite(v[i]))
			continue;
		mean += v[i];
		m++;
	}
	out->samples = m;
	out->used = m;
	out->dropped = n - m;
	out->many_dropped = (double)(n - m) > STATS_DROP_MAX * (double)n;
	if (!m)
		return STATS_EMPTY;

	mean /= (double)m;
	out->est = mean;
	if (m < 2)
		return STATS_NO_INTERVAL;
	for (i = 0; i < n; i++)
		if (isfinite(v[i]))
			ss += (v[i] - mean) * (v[i] - mean);
	out->sd = sqrt(ss / (double)(m - 1));
	half = stats_t_factor(conf, m) * out->sd / sqrt((double)m);
	out->lo = mean - half;
	out->hi = mean + half;
	out->basis = STATS_BASIS_LAUNCHES;
	return STATS_OK;
}

double stats_conf_simultaneous(double conf, size_t m)
{
	if (!stats_conf_ok(conf))
		return NAN;
	return m > 1 ? pow(conf, 1.0 / (double)m) : conf;
}

bool stats_excludes(const struct stats_result *r, double value)
{
	return r->basis != STATS_BASIS_NONE && (value < r->lo || value > r->hi);
}
