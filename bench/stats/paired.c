// SPDX-License-Identifier: GPL-2.0-or-later
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "internal.h"

static double pair_log(double cell, double base)
{
	return isfinite(cell) && isfinite(base) && cell > 0.0 && base > 0.0 ?
		       log(cell / base) :
		       NAN;
}

size_t stats_pair_logs(const struct stats_series *cell,
		       const struct stats_series *base, double *out)
{
	size_t i, used = 0;

	for (i = 0; i < cell->n; i++) {
		out[i] = i < base->n ? pair_log(cell->v[i], base->v[i]) : NAN;
		used += isfinite(out[i]) ? 1 : 0;
	}
	return used;
}

/* Fills x[] with one launch's value of each round. */
typedef void (*rounds_fn)(const void *ctx, size_t launch, size_t n, double *x);

struct ratio_ctx {
	const struct stats_series *cell;
	const struct stats_series *base;
};

struct sum_ctx {
	const struct stats_term *terms;
	size_t n;
};

static void ratio_rounds(const void *ctx, size_t launch, size_t n, double *x)
{
	const struct ratio_ctx *c = ctx;

	(void)n;
	stats_pair_logs(&c->cell[launch], &c->base[launch], x);
}

static void sum_rounds(const void *ctx, size_t launch, size_t n, double *x)
{
	const struct sum_ctx *c = ctx;
	size_t i, t;

	for (i = 0; i < n; i++) {
		x[i] = 0.0;
		/* A dropped term is NaN and stays so in the sum. */
		for (t = 0; t < c->n; t++)
			x[i] += c->terms[t].coef *
				c->terms[t].cell[launch].v[i];
	}
}

static size_t longest(const struct stats_series *s, size_t launches)
{
	size_t l, n = 0;

	for (l = 0; l < launches; l++)
		if (s[l].n > n)
			n = s[l].n;
	return n;
}

static void mark_dropped(struct stats_result *r)
{
	r->many_dropped = (double)r->dropped >
			  STATS_DROP_MAX * (double)(r->used + r->dropped);
}

static void from_logs(struct stats_result *r)
{
	r->est = exp(r->est);
	r->lo = exp(r->lo);
	r->hi = exp(r->hi);
}

/*
 * Median of each launch, then Student's interval over launches; for the only
 * usable launch, the interval of its batches of rounds.
 */
static enum stats_status over_launches(rounds_fn rounds, const void *ctx,
				       const struct stats_series *shape,
				       size_t launches, double conf,
				       struct stats_result *out,
				       double *medians)
{
	struct stats_batches batches;
	enum stats_status st;
	double *x, *med;
	size_t l, m, used = 0, dropped = 0, usable = 0, last = 0;

	x = stats_scratch(longest(shape, launches));
	med = stats_scratch(launches);
	if (!x || !med) {
		st = STATS_NOMEM;
		goto out;
	}
	for (l = 0; l < launches; l++) {
		rounds(ctx, l, shape[l].n, x);
		m = stats_compact(x, shape[l].n);
		used += m;
		dropped += shape[l].n - m;
		med[l] = stats_median_inplace(x, m);
		if (m) {
			usable++;
			last = l;
		}
	}
	st = stats_mean_t(med, launches, conf, out);
	if (st == STATS_NO_INTERVAL && usable == 1) {
		rounds(ctx, last, shape[last].n, x);
		st = stats_batch_median(x, shape[last].n, conf, &batches);
		if (st == STATS_OK) {
			out->lo = batches.lo;
			out->hi = batches.hi;
			out->sd = batches.sd;
			out->samples = batches.count;
			out->basis = STATS_BASIS_BATCHES;
		}
	}
	out->used = used;
	out->dropped = dropped;
	mark_dropped(out);
	if (medians)
		for (l = 0; l < launches; l++)
			medians[l] = med[l];
out:
	free(x);
	free(med);
	return st;
}

enum stats_status stats_ratio(const struct stats_series *cell,
			      const struct stats_series *base, size_t launches,
			      double conf, struct stats_result *out,
			      double *medians)
{
	struct ratio_ctx ctx = { cell, base };
	enum stats_status st;
	size_t l;

	if (!stats_conf_ok(conf))
		return STATS_BAD_ARG;
	for (l = 0; l < launches; l++)
		if (cell[l].n != base[l].n)
			return STATS_BAD_ARG;
	st = over_launches(ratio_rounds, &ctx, cell, launches, conf, out,
			   medians);
	if (st != STATS_NOMEM)
		from_logs(out);
	return st;
}

static bool terms_ok(const struct stats_term *terms, size_t nterms,
		     const struct stats_series *shape, size_t launches)
{
	size_t t, l;

	for (t = 0; t < nterms; t++) {
		if (!isfinite(terms[t].coef))
			return false;
		for (l = 0; l < launches; l++)
			if (terms[t].cell[l].n != shape[l].n)
				return false;
	}
	return nterms > 0;
}

enum stats_status stats_sum(const struct stats_term *terms, size_t nterms,
			    size_t launches, double conf,
			    struct stats_result *out, double *medians)
{
	struct sum_ctx ctx = { terms, nterms };

	if (!stats_conf_ok(conf) || !nterms ||
	    !terms_ok(terms, nterms, terms[0].cell, launches))
		return STATS_BAD_ARG;
	return over_launches(sum_rounds, &ctx, terms[0].cell, launches, conf,
			     out, medians);
}

enum stats_status stats_abs(const struct stats_series *cell, size_t launches,
			    double conf, struct stats_result *out,
			    double *medians)
{
	struct stats_term term = { 1.0, cell };

	return stats_sum(&term, 1, launches, conf, out, medians);
}

enum stats_status stats_diff(const struct stats_series *cell,
			     const struct stats_series *base, size_t launches,
			     double conf, struct stats_result *out,
			     double *medians)
{
	struct stats_term terms[] = { { 1.0, cell }, { -1.0, base } };

	return stats_sum(terms, 2, launches, conf, out, medians);
}

/* Leaves only rounds in which both sums are there; returns how many. */
static size_t keep_common(double *x, double *y, size_t n)
{
	size_t i, m = 0;

	for (i = 0; i < n; i++) {
		if (!isfinite(x[i]) || !isfinite(y[i]))
			continue;
		x[m] = x[i];
		y[m++] = y[i];
	}
	return m;
}

enum stats_status stats_net_ratio(const struct stats_term *num, size_t nnum,
				  const struct stats_term *den, size_t nden,
				  size_t launches, double conf,
				  struct stats_result *out, double *medians)
{
	struct sum_ctx above = { num, nnum }, below = { den, nden };
	const struct stats_series *shape;
	size_t l, m, longest_launch, used = 0, dropped = 0;
	double *x, *y, *med, a, b;
	bool sunk = false;
	enum stats_status st;

	if (!stats_conf_ok(conf) || !nnum || !nden)
		return STATS_BAD_ARG;
	shape = num[0].cell;
	if (!terms_ok(num, nnum, shape, launches) ||
	    !terms_ok(den, nden, shape, launches))
		return STATS_BAD_ARG;

	longest_launch = longest(shape, launches);
	x = stats_scratch(longest_launch);
	y = stats_scratch(longest_launch);
	med = stats_scratch(launches);
	if (!x || !y || !med) {
		st = STATS_NOMEM;
		goto out;
	}
	for (l = 0; l < launches; l++) {
		sum_rounds(&above, l, shape[l].n, x);
		sum_rounds(&below, l, shape[l].n, y);
		m = keep_common(x, y, shape[l].n);
		used += m;
		dropped += shape[l].n - m;
		a = stats_median_inplace(x, m);
		b = stats_median_inplace(y, m);
		med[l] = pair_log(a, b);
		if (m && !isfinite(med[l]))
			sunk = true;
	}
	st = stats_mean_t(med, launches, conf, out);
	if (sunk) {
		stats_result_clear(out, conf);
		st = STATS_BELOW_FLOOR;
	}
	out->used = used;
	out->dropped = dropped;
	mark_dropped(out);
	from_logs(out);
	if (medians)
		for (l = 0; l < launches; l++)
			medians[l] = med[l];
out:
	free(x);
	free(y);
	free(med);
	return st;
}

enum stats_status stats_change(const struct stats_result *a,
			       const struct stats_result *b, double conf,
			       struct stats_result *out)
{
	double na = (double)a->samples, nb = (double)b->samples;
	double va = a->sd * a->sd / na, vb = b->sd * b->sd / nb;
	double d = log(b->est / a->est), df, half;

	if (!(conf > 0 && conf < 1))
		return STATS_BAD_ARG;
	*out = (struct stats_result){
		.est = exp(d),
		.lo = NAN,
		.hi = NAN,
		.sd = NAN,
		.conf = conf,
	};
	if (a->samples < 2 || b->samples < 2 || !isfinite(d) ||
	    !isfinite(va + vb))
		return STATS_NO_INTERVAL;
	out->basis = STATS_BASIS_LAUNCHES;
	out->samples = a->samples + b->samples;
	out->sd = sqrt(va + vb);
	df = (va + vb) * (va + vb) / (va * va / (na - 1) + vb * vb / (nb - 1));
	half = va + vb > 0 ? gsl_cdf_tdist_Pinv(0.5 + conf / 2, df) * out->sd :
			     0;
	out->lo = exp(d - half);
	out->hi = exp(d + half);
	return STATS_OK;
}
