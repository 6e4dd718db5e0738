// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "internal.h"

static bool judged(const struct stats_point *p)
{
	/* False for NaN and infinity. */
	return p->x.est > 0.0 && p->y.est > 0.0 && isfinite(p->x.est) &&
	       isfinite(p->y.est);
}

static bool better(const struct stats_result *a, const struct stats_result *b,
		   double noise)
{
	return a->basis != STATS_BASIS_NONE && b->basis != STATS_BASIS_NONE &&
	       a->hi < b->lo && log(b->est / a->est) > log1p(noise);
}

static double product(const struct stats_point *p)
{
	return log(p->x.est) + log(p->y.est);
}

static bool dominates(const struct stats_point *q, const struct stats_point *p,
		      double nx, double ny)
{
	if (better(&p->x, &q->x, nx) || better(&p->y, &q->y, ny))
		return false;
	if (!better(&q->x, &p->x, nx) && !better(&q->y, &p->y, ny))
		return false;
	return product(q) < product(p);
}

static bool alike(const struct stats_point *a, const struct stats_point *b,
		  double nx, double ny)
{
	return !better(&a->x, &b->x, nx) && !better(&b->x, &a->x, nx) &&
	       !better(&a->y, &b->y, ny) && !better(&b->y, &a->y, ny);
}

static bool left_of(const struct stats_point *p, size_t a, size_t b)
{
	if (p[a].x.est != p[b].x.est)
		return p[a].x.est < p[b].x.est;
	return a < b;
}

enum stats_status stats_pareto(const struct stats_point *p, size_t n,
			       double noise_x, double noise_y,
			       struct stats_place *out)
{
	size_t i, j;

	if (!(noise_x >= 0.0) || !(noise_y >= 0.0))
		return STATS_BAD_ARG;
	if (!n)
		return STATS_EMPTY;
	for (i = 0; i < n; i++) {
		out[i].by = i;
		out[i].tie = i;
		out[i].where = judged(&p[i]) ? STATS_FRONT : STATS_NOT_JUDGED;
		for (j = 0; j < n && out[i].where == STATS_FRONT; j++)
			if (j != i && judged(&p[j]) &&
			    dominates(&p[j], &p[i], noise_x, noise_y)) {
				out[i].where = STATS_DOMINATED;
				out[i].by = j;
			}
	}
	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			if (i == j || out[j].where != STATS_FRONT)
				continue;
			if (out[i].where == STATS_DOMINATED &&
			    out[out[i].by].where != STATS_FRONT &&
			    dominates(&p[j], &p[i], noise_x, noise_y))
				out[i].by = j;
			if (out[i].where == STATS_FRONT &&
			    alike(&p[i], &p[j], noise_x, noise_y) &&
			    left_of(p, j, out[i].tie))
				out[i].tie = j;
		}
	return STATS_OK;
}
