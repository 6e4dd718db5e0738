// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events an operation. They add up, and many are rare: a launch's figure is the sum of its
 * blocks over the sum of their operations, where the time's is a median of blocks.
 */
#include <linux/perf_event.h>
#include <math.h>
#include <stdlib.h>

#include "judge_counts.h"

/* One value a launch, as series of one round. */
struct by_launch {
	struct stats_series *series;
	double *v;
};

static bool alloc_values(struct by_launch *b, unsigned int launches)
{
	unsigned int l;

	b->series = calloc(launches, sizeof(*b->series));
	b->v = calloc(launches, sizeof(*b->v));
	for (l = 0; b->series && b->v && l < launches; l++) {
		b->series[l].v = &b->v[l];
		b->series[l].n = 1;
	}
	return b->series && b->v;
}

static void free_values(struct by_launch *b)
{
	free(b->series);
	free(b->v);
}

static void take_values(const struct samples *s, unsigned int cell, unsigned int event,
			struct by_launch *out, bool *shared)
{
	unsigned int l;

	for (l = 0; l < s->g->launches; l++) {
		const struct samples_count *c =
			&s->cells[cell].counts[event * s->g->launches + l];

		out->v[l] = c->ops > 0 ? c->value / c->ops : NAN;
		if (shared)
			*shared |= c->shared &&
				   s->launches[l].event_state[event] <= EXEC_EVENT_USER;
	}
}

static struct stats_result nothing(void)
{
	return (struct stats_result){ .est = NAN, .lo = NAN, .hi = NAN, .sd = NAN };
}

/*
 * To the baseline's, launch by launch. A rare event may be missing in one of them, which has
 * no logarithm: then of the sums of all launches, without an interval.
 */
static void judge_ratio(struct stats_result *out, const struct by_launch *v,
			const struct by_launch *base, unsigned int launches, double conf)
{
	double sum = 0, of = 0;
	bool missing = false;
	unsigned int l;

	for (l = 0; l < launches; l++) {
		if (!isfinite(v->v[l]) || !isfinite(base->v[l]))
			continue;
		missing |= v->v[l] <= 0 || base->v[l] <= 0;
		sum += v->v[l];
		of += base->v[l];
	}
	*out = nothing();
	if (!missing)
		stats_ratio(v->series, base->series, launches, conf, out, NULL);
	else if (sum >= 0 && of > 0)
		out->est = sum / of;
}

static void judge_event(struct judge_count *c, const struct by_launch *v,
			const struct by_launch *base, unsigned int launches, double conf)
{
	c->per_op = c->delta = nothing();
	stats_abs(v->series, launches, conf, &c->per_op, NULL);
	judge_ratio(&c->ratio, v, base, launches, conf);
	stats_diff(v->series, base->series, launches, conf, &c->delta, NULL);
}

/* The generic event @config of the CPU; -1: it isn't among them. */
static int find_hardware(const struct judge_group *j, uint64_t config)
{
	unsigned int i;

	for (i = 0; i < j->nr_events; i++)
		if (j->events[i].event.type == PERF_TYPE_HARDWARE &&
		    j->events[i].event.config == config)
			return (int)i;
	return -1;
}

static void judge_ipc(struct judge_group *j, const struct samples *s, unsigned int cell,
		      struct by_launch *v, struct by_launch *base, double conf)
{
	int cycles = find_hardware(j, PERF_COUNT_HW_CPU_CYCLES);
	int instructions = find_hardware(j, PERF_COUNT_HW_INSTRUCTIONS);
	unsigned int l;

	j->rows[cell].ipc = nothing();
	if (cycles < 0 || instructions < 0 ||
	    j->events[cycles].event.user != j->events[instructions].event.user ||
	    j->events[cycles].event.kernel != j->events[instructions].event.kernel)
		return;
	take_values(s, cell, (unsigned int)instructions, v, NULL);
	take_values(s, cell, (unsigned int)cycles, base, NULL);
	for (l = 0; l < j->launches; l++)
		v->v[l] = base->v[l] > 0 ? v->v[l] / base->v[l] : NAN;
	stats_abs(v->series, j->launches, conf, &j->rows[cell].ipc, NULL);
}

bool judge_counts(struct judge_group *j, const struct samples *s, unsigned int cell, double conf)
{
	struct judge_row *row = &j->rows[cell];
	struct by_launch v = { 0 }, base = { 0 };
	unsigned int i, l;
	bool ok;

	row->counts = calloc(j->nr_events, sizeof(*row->counts));
	ok = row->counts && alloc_values(&v, j->launches) && alloc_values(&base, j->launches);
	for (i = 0; ok && i < j->nr_events; i++) {
		for (l = 0; l < j->launches; l++)
			if (s->launches[l].event_state[i] > j->event_state[i])
				j->event_state[i] =
					(enum exec_event_state)s->launches[l].event_state[i];
		take_values(s, cell, i, &v, &row->counts[i].shared);
		take_values(s, j->plan->baseline, i, &base, NULL);
		judge_event(&row->counts[i], &v, &base, j->launches, conf);
		if (row->counts[i].shared)
			row->marks |= JUDGE_MULTIPLEXED;
	}
	if (ok)
		judge_ipc(j, s, cell, &v, &base, conf);
	free_values(&v);
	free_values(&base);
	return ok;
}

bool judge_counted(const struct judge_group *j, unsigned int event)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (j->rows[i].counts && isfinite(j->rows[i].counts[event].per_op.est))
			return true;
	return false;
}
