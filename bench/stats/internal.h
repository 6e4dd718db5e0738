/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this room share. */
#ifndef INVBENCH_STATS_INTERNAL_H
#define INVBENCH_STATS_INTERNAL_H

#include "stats.h"

static inline bool stats_conf_ok(double conf)
{
	return conf > 0.0 && conf < 1.0;
}

/* All figures NaN, all counts 0. */
void stats_result_clear(struct stats_result *r, double conf);

/* Moves the finite values of @v to its front, in order; returns their number. */
size_t stats_compact(double *v, size_t n);

/* Median of finite values, by selection: reorders @v; NaN for n = 0. */
double stats_median_inplace(double *v, size_t n);

/* Room for n doubles, at least one, so that NULL always means no memory. */
double *stats_scratch(size_t n);

/* A copy of the finite values of @v, @m of them; NULL means no memory. */
double *stats_finite_copy(const double *v, size_t n, size_t *m);

#endif /* INVBENCH_STATS_INTERNAL_H */
