// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* NaN when fewer than half of the span's rounds are usable. */
static double span_median(const double *logs, size_t span, double *tmp)
{
	size_t m;

	memcpy(tmp, logs, span * sizeof(*tmp));
	m = stats_compact(tmp, span);
	return 2 * m < span ? NAN : stats_median_inplace(tmp, m);
}

enum stats_status stats_warmup_end(const double *logs, size_t n,
				   const struct stats_warmup *w, size_t *first)
{
	size_t i, end = n;
	double *tmp, before, now;

	if (w->span < 2 || !(w->agree >= 0.0) || !(w->bound > 0.0))
		return STATS_BAD_ARG;
	*first = 0;
	if (!n)
		return STATS_EMPTY;
	if (w->max_rounds && w->max_rounds < n)
		end = w->max_rounds;
	*first = end;
	if (w->span > end / 2)
		return STATS_UNSETTLED;

	tmp = stats_scratch(w->span);
	if (!tmp)
		return STATS_NOMEM;
	for (i = 2 * w->span; i <= end; i++) {
		before = span_median(logs + i - 2 * w->span, w->span, tmp);
		now = span_median(logs + i - w->span, w->span, tmp);
		/* False for NaN. */
		if (fabs(now - before) <= w->agree && fabs(now) <= w->bound) {
			*first = i - w->span;
			free(tmp);
			return STATS_OK;
		}
	}
	free(tmp);
	return STATS_UNSETTLED;
}
