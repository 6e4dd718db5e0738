// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples -> rows: everything that is said of a cell comes from here. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge_counts.h"
#include "judge_probe.h"

#define CONFIDENCE 0.95

/* The judged group with what its comparisons need. */
struct judged {
	struct judge_group pub;
	struct samples *samples;
	struct stats_series **series; /* [cell][launch] */
};

static struct judged *of(const struct judge_group *j)
{
	return (struct judged *)j;
}

static struct stats_series **make_series(const struct samples *s)
{
	unsigned int cells = s->g->nr_cells, launches = s->g->launches, i, l;
	struct stats_series **all = calloc(cells, sizeof(*all));

	for (i = 0; all && i < cells; i++) {
		all[i] = calloc(launches, sizeof(**all));
		for (l = 0; all[i] && l < launches; l++) {
			all[i][l].v = s->cells[i].cost[l];
			all[i][l].n = s->g->rounds;
		}
	}
	return all;
}

/* Operations a second and per-thread costs are one figure seen from two sides. */
static void scale(struct stats_result *r, double by)
{
	r->est *= by;
	r->lo *= by;
	r->hi *= by;
	r->sd *= by;
}

static struct stats_result inverse(struct stats_result r)
{
	struct stats_result i = r;

	/* million a second from nanoseconds; the ends change places */
	i.est = 1000 / r.est;
	i.lo = 1000 / r.hi;
	i.hi = 1000 / r.lo;
	i.sd = r.sd / r.est * i.est;
	return i;
}

/* Of a figure that not every cell has: @rounds is NULL, or [launch][round]. */
static struct stats_result judge_beside(struct judged *j, double **rounds)
{
	struct stats_result r = { .est = NAN, .lo = NAN, .hi = NAN, .sd = NAN };
	struct stats_series *s = NULL;
	unsigned int l;

	if (rounds)
		s = calloc(j->pub.launches, sizeof(*s));
	for (l = 0; s && l < j->pub.launches; l++) {
		s[l].v = rounds[l];
		s[l].n = j->samples->g->rounds;
	}
	if (s)
		stats_abs(s, j->pub.launches, CONFIDENCE, &r, NULL);
	free(s);
	return r;
}

static void judge_ops(struct judged *j, unsigned int cell,
		      struct judge_row *row)
{
	const struct samples_cell *c = &j->samples->cells[cell];
	double cost = 0, tick = 0;
	struct stats_ops ops;
	enum stats_status st;
	unsigned int l;

	if (!c->nr_ops)
		return;
	for (l = 0; l < j->pub.launches; l++) {
		cost = fmax(cost, j->samples->launches[l].timer_cost);
		tick = fmax(tick, j->samples->launches[l].timer_tick);
	}
	st = stats_ops(c->op_ns, c->nr_ops, cost, tick, &ops);
	if (st == STATS_BELOW_TIMER)
		row->marks |= JUDGE_BELOW_TIMER;
	if (st != STATS_OK)
		return;
	row->has_op = true;
	row->op[0] = ops.p50;
	row->op[1] = ops.p90;
	row->op[2] = ops.p99;
	row->op[3] = ops.p999;
	row->op[4] = ops.max;
}

static void judge_row(struct judged *j, unsigned int cell)
{
	const struct plan_group *g = j->samples->g;
	const struct plan_cell *pc = &g->cells[cell];
	const struct samples_cell *c = &j->samples->cells[cell];
	struct judge_row *row = &j->pub.rows[cell];
	unsigned int l;

	row->cell = cell;
	stats_abs(j->series[cell], g->launches, CONFIDENCE, &row->ns, NULL);
	row->mops = inverse(row->ns);
	stats_ratio(j->series[cell], j->series[g->baseline], g->launches,
		    CONFIDENCE, &row->ratio, NULL);
	stats_diff(j->series[cell], j->series[g->baseline], g->launches,
		   CONFIDENCE, &row->delta_ns, NULL);
	scale(&row->ns, (double)pc->params.threads);
	scale(&row->delta_ns, (double)pc->params.threads);
	row->reclaim_ns = judge_beside(j, c->reclaim);
	row->attach_hz = judge_beside(j, c->attach_hz);
	row->attach_ns = judge_beside(j, c->attach_ns);
	row->blocks = c->blocks;
	row->dropped_switch = c->dropped_switch;
	row->dropped_overlap = c->dropped_overlap;
	row->marks = JUDGE_NO_IRQS;
	for (l = 0; l < g->launches; l++) {
		row->warmup += j->samples->launches[l].warmup / g->launches;
		if (!j->samples->launches[l].settled)
			row->marks |= JUDGE_UNSETTLED;
	}
	if (c->errors > 0)
		row->marks |= JUDGE_ERRORS;
	if (subject_params_artificial(&pc->params))
		row->marks |= JUDGE_ARTIFICIAL;
	if (g->oversubscribed)
		row->marks |= JUDGE_OVERSUBSCRIBED;
	if (g->emulated)
		row->marks |= JUDGE_EMULATED;
	/* a drop takes the pair with the baseline */
	if (row->ratio.many_dropped)
		row->marks |= JUDGE_DROPPED;
	judge_ops(j, cell, row);
}

static bool judge_events(struct judged *j, const struct plan *plan)
{
	unsigned int i;

	j->pub.events = plan->events;
	j->pub.nr_events = plan->nr_events;
	for (i = 0; i < j->pub.nr_rows; i++)
		if (!judge_counts(&j->pub, j->samples, i, CONFIDENCE))
			return false;
	return true;
}

static double off_by(const struct stats_result *r)
{
	return fabs(r->est - 1);
}

static void judge_controls(struct judged *j)
{
	const struct plan_group *g = j->samples->g;
	unsigned int i;

	j->pub.noise = 0;
	j->pub.same = j->pub.twin = NAN;
	for (i = 0; i < g->nr_cells; i++) {
		const struct stats_result *r = &j->pub.rows[i].ratio;

		if (g->cells[i].role == PLAN_SAME)
			j->pub.same = off_by(r);
		if (g->cells[i].role == PLAN_TWIN) {
			j->pub.twin = off_by(r);
			j->pub.noise = stats_twin_bound(r);
		}
	}
	/* a twin without an interval: nothing can be claimed */
	if (isnan(j->pub.noise))
		j->pub.noise = INFINITY;
	for (i = 0; i < g->nr_cells; i++)
		if (i != g->baseline &&
		    stats_tied(&j->pub.rows[i].ratio, j->pub.noise))
			j->pub.rows[i].marks |= JUDGE_BELOW_NOISE;
}

static int judge_ranks(struct judged *j)
{
	const struct plan_group *g = j->samples->g;
	const struct stats_series **cells;
	struct stats_rank *rank;
	unsigned int *index, i, k = 0;
	size_t base = 0;
	int ret = -ENOMEM;

	cells = calloc(g->nr_cells, sizeof(*cells));
	rank = calloc(g->nr_cells, sizeof(*rank));
	index = calloc(g->nr_cells, sizeof(*index));
	if (!cells || !rank || !index)
		goto out;
	for (i = 0; i < g->nr_cells; i++) {
		if (g->cells[i].role != PLAN_VARIANT)
			continue;
		if (i == g->baseline)
			base = k;
		index[k] = i;
		cells[k++] = j->series[i];
	}
	if (stats_rank_cells(cells, k, base, g->launches, CONFIDENCE,
			     j->pub.noise, rank) != STATS_OK)
		goto out;
	for (i = 0; i < k; i++)
		j->pub.rows[index[rank[i].cell]].rank =
			(unsigned int)rank[i].rank;
	ret = 0;
out:
	free(cells);
	free(rank);
	free(index);
	return ret;
}

static void judge_canaries(const double *v, size_t n, double out[3])
{
	out[0] = stats_quantile(v, n, 0);
	out[1] = stats_median(v, n);
	out[2] = stats_quantile(v, n, 1);
}

struct judge_group *judge_group(const struct result *r, unsigned int group,
				struct plan_error *err)
{
	struct judged *j = calloc(1, sizeof(*j));
	const struct plan *plan = r->plan;
	const struct plan_group *g = &plan->groups[group];
	unsigned int i;

	if (!j)
		goto no_memory;
	j->pub.plan = g;
	j->pub.launches = g->launches;
	j->pub.nr_rows = g->nr_cells;
	j->samples = samples_read(r, group, err);
	if (!j->samples) {
		judge_free(&j->pub);
		return NULL;
	}
	j->series = make_series(j->samples);
	j->pub.rows = calloc(g->nr_cells, sizeof(*j->pub.rows));
	if (!j->series || !j->pub.rows)
		goto no_memory;
	for (i = 0; i < g->nr_cells; i++)
		if (!j->series[i])
			goto no_memory;
	for (i = 0; i < g->nr_cells; i++)
		judge_row(j, i);
	judge_controls(j);
	if (plan->nr_events && !judge_events(j, plan))
		goto no_memory;
	for (i = 0; i < g->nr_cells; i++)
		if (!judge_probe(&j->pub, j->samples, i, CONFIDENCE))
			goto no_memory;
	/* an emulator's times say nothing of who is faster; nor do times with probes in them */
	if (!g->emulated && !j->samples->probed && judge_ranks(j))
		goto no_memory;
	judge_canaries(j->samples->canary_add, j->samples->nr_canaries,
		       j->pub.canary_add);
	judge_canaries(j->samples->canary_pingpong, j->samples->nr_canaries,
		       j->pub.canary_pingpong);
	return &j->pub;
no_memory:
	result_fail(err, g->name, -ENOMEM);
	judge_free(j ? &j->pub : NULL);
	return NULL;
}

void judge_slim(struct judge_group *pub)
{
	struct judged *j = of(pub);
	unsigned int i;

	for (i = 0; j->series && i < j->pub.nr_rows; i++)
		free(j->series[i]);
	free(j->series);
	j->series = NULL;
	samples_free(j->samples);
	j->samples = NULL;
}

void judge_free(struct judge_group *pub)
{
	unsigned int i;

	if (!pub)
		return;
	judge_slim(pub);
	for (i = 0; pub->rows && i < pub->nr_rows; i++) {
		free(pub->rows[i].counts);
		free(pub->rows[i].probe);
	}
	free(pub->rows);
	free(of(pub));
}

int judge_compare(const struct judge_group *pub, unsigned int a, unsigned int b,
		  struct stats_result *ratio)
{
	const struct judged *j = of(pub);
	unsigned int i, k = 0;
	double conf;

	for (i = 0; i < pub->nr_rows; i++)
		k += pub->plan->cells[i].role == PLAN_VARIANT;
	conf = stats_conf_simultaneous(CONFIDENCE, (size_t)k * (k - 1) / 2);
	if (stats_ratio(j->series[a], j->series[b], pub->launches, conf, ratio,
			NULL) != STATS_OK)
		return 0;
	return !stats_tied(ratio, pub->noise);
}

size_t judge_canary_trace(const struct judge_group *pub, const double **add,
			  const double **pingpong)
{
	const struct judged *j = of(pub);

	*add = j->samples->canary_add;
	*pingpong = j->samples->canary_pingpong;
	return j->samples->nr_canaries;
}

double judge_launch_median(const struct judge_group *pub, unsigned int cell,
			   unsigned int launch)
{
	const struct judged *j = of(pub);
	struct stats_result r;
	double m;

	if (stats_ratio(&j->series[cell][launch],
			&j->series[pub->plan->baseline][launch], 1, CONFIDENCE,
			&r, &m) == STATS_BAD_ARG)
		return NAN;
	return m;
}
