// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>

#include "internal.h"

bool stats_tied(const struct stats_result *r, double noise)
{
	return !stats_excludes(r, 1.0) || fabs(log(r->est)) < log1p(noise);
}

/* Fastest first, cells without an estimate last, equal ones by index. */
static int by_ratio(const void *pa, const void *pb)
{
	const struct stats_rank *a = pa, *b = pb;
	bool na = isnan(a->ratio), nb = isnan(b->ratio);

	if (na != nb)
		return na ? 1 : -1;
	if (!na && a->ratio != b->ratio)
		return a->ratio < b->ratio ? -1 : 1;
	return a->cell < b->cell ? -1 : a->cell > b->cell;
}

enum stats_status stats_rank(const double *ratio, size_t k, stats_cmp_fn cmp,
			     void *ctx, double conf, double noise,
			     struct stats_rank *out)
{
	enum stats_status st;
	double each;
	size_t i, lead = 0;

	if (!stats_conf_ok(conf) || !(noise >= 0.0))
		return STATS_BAD_ARG;
	if (!k)
		return STATS_EMPTY;
	each = stats_conf_simultaneous(conf, k * (k - 1) / 2);
	for (i = 0; i < k; i++) {
		out[i].cell = i;
		out[i].rank = 0;
		out[i].leader = i;
		out[i].ratio = ratio[i];
		stats_result_clear(&out[i].vs_leader, each);
	}
	qsort(out, k, sizeof(*out), by_ratio);

	for (i = 0; i < k && !isnan(out[i].ratio); i++) {
		if (i) {
			st = cmp(ctx, out[i].cell, out[lead].cell, each,
				 &out[i].vs_leader);
			if (st == STATS_BAD_ARG || st == STATS_NOMEM)
				return st;
		}
		if (i && stats_tied(&out[i].vs_leader, noise)) {
			out[i].rank = out[lead].rank;
			out[i].leader = out[lead].cell;
			continue;
		}
		lead = i;
		out[i].rank = i + 1;
		stats_result_clear(&out[i].vs_leader, each);
	}
	return STATS_OK;
}

struct cells_ctx {
	const struct stats_series **cells;
	size_t launches;
};

static enum stats_status compare_cells(void *ctx, size_t a, size_t b,
				       double conf, struct stats_result *out)
{
	const struct cells_ctx *c = ctx;

	return stats_ratio(c->cells[a], c->cells[b], c->launches, conf, out,
			   NULL);
}

enum stats_status stats_rank_cells(const struct stats_series **cells, size_t k,
				   size_t base, size_t launches, double conf,
				   double noise, struct stats_rank *out)
{
	struct cells_ctx ctx = { cells, launches };
	struct stats_result r;
	enum stats_status st;
	double *ratio;
	size_t i;

	if (!k)
		return STATS_EMPTY;
	if (base >= k)
		return STATS_BAD_ARG;
	ratio = stats_scratch(k);
	if (!ratio)
		return STATS_NOMEM;
	for (i = 0; i < k; i++) {
		st = compare_cells(&ctx, i, base, conf, &r);
		if (st == STATS_BAD_ARG || st == STATS_NOMEM)
			goto out;
		ratio[i] = r.est;
	}
	st = stats_rank(ratio, k, compare_cells, &ctx, conf, noise, out);
out:
	free(ratio);
	return st;
}
