// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What probes saw of a cell's lists. A launch's quantile is of its own lists; the interval
 * is over launches, as all are.
 */
#include <math.h>
#include <stdlib.h>

#include "judge_probe.h"

struct quantiles {
	struct stats_series *series;
	double *v;
};

/* Of each launch the ns below which @share of the lists with a CMD_SYNC are. */
static void over_launches(const struct samples *s, unsigned int key,
			  double share, double conf, struct quantiles *q,
			  struct stats_result *out)
{
	struct probed_time t;
	unsigned int l;

	for (l = 0; l < s->g->launches; l++) {
		probed_sum(&s->probed[l].now, NULL, key, PROBED_ALL, PROBE_SYNC,
			   &t);
		q->v[l] = probed_calls(&t) ? probed_quantile(&t, share) : NAN;
		q->series[l].v = &q->v[l];
		q->series[l].n = 1;
	}
	*out = (struct stats_result){
		.est = NAN, .lo = NAN, .hi = NAN, .sd = NAN
	};
	stats_abs(q->series, s->g->launches, conf, out, NULL);
}

static void add_launch(struct judge_probe *p, const struct probed *from,
		       unsigned int key)
{
	size_t i;

	probed_add(&from->now, key, PROBE_SYNC, &p->time);
	probed_add_lists(&from->now, key, &p->lists);
	for (i = 0; i < from->now.nr_loss; i++)
		p->lost += from->now.loss[i].count;
	if (from->has_cost && from->inside_ns > p->inside_ns)
		p->inside_ns = from->inside_ns;
}

bool judge_probe(struct judge_group *j, const struct samples *s,
		 unsigned int cell, double conf)
{
	struct judge_row *row = &j->rows[cell];
	unsigned int n = s->g->launches, key = cell + 1, l;
	struct quantiles q = { 0 };
	struct judge_probe *p;

	if (!s->probed)
		return true;
	p = calloc(1, sizeof(*p));
	q.series = calloc(n, sizeof(*q.series));
	q.v = calloc(n, sizeof(*q.v));
	if (p && q.series && q.v) {
		for (l = 0; l < n; l++)
			add_launch(p, &s->probed[l], key);
		over_launches(s, key, 0.5, conf, &q, &p->p50);
		over_launches(s, key, 0.99, conf, &q, &p->p99);
		row->probe = p;
		row->marks |= JUDGE_PROBED;
	} else {
		free(p);
	}
	free(q.series);
	free(q.v);
	return row->probe;
}
