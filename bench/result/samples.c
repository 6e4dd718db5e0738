// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"
#include "stats_rounds.h"

static double **matrix(unsigned int launches, unsigned int rounds)
{
	double **m = calloc(launches, sizeof(*m));
	unsigned int i, j;

	if (!m)
		return NULL;
	for (i = 0; i < launches; i++) {
		m[i] = malloc((rounds ? rounds : 1) * sizeof(double));
		if (!m[i])
			return m; /* found by samples_alloc() */
		for (j = 0; j < rounds; j++)
			m[i][j] = NAN;
	}
	return m;
}

static bool whole(double **m, unsigned int launches)
{
	return m && launches && m[launches - 1];
}

static void matrix_free(double **m, unsigned int launches)
{
	unsigned int i;

	for (i = 0; m && i < launches; i++)
		free(m[i]);
	free(m);
}

void samples_free(struct samples *s)
{
	unsigned int i;

	if (!s)
		return;
	for (i = 0; s->cells && i < s->g->nr_cells; i++) {
		matrix_free(s->cells[i].cost, s->g->launches);
		matrix_free(s->cells[i].reclaim, s->g->launches);
		matrix_free(s->cells[i].attach_hz, s->g->launches);
		matrix_free(s->cells[i].attach_ns, s->g->launches);
		free(s->cells[i].op_ns);
		free(s->cells[i].ops);
		free(s->cells[i].counts);
	}
	for (i = 0; s->probed && i < s->g->launches; i++)
		probed_free(&s->probed[i]);
	free(s->probed);
	free(s->cells);
	free(s->launches);
	free(s->canary_add);
	free(s->canary_pingpong);
	free(s);
}

static bool defers_frees(const struct subject_params *p)
{
	char op[32];

	return !strcmp(subject_params_get(p, "op", op, sizeof(op)), "attach");
}

static bool alloc_cell(struct samples_cell *c, const struct subject_params *p,
		       const struct plan_group *g, unsigned int nr_events)
{
	if (nr_events) {
		c->counts = calloc((size_t)nr_events * g->launches, sizeof(*c->counts));
		if (!c->counts)
			return false;
	}
	c->cost = matrix(g->launches, g->rounds);
	c->ops = calloc(g->launches, sizeof(double));
	if (!whole(c->cost, g->launches) || !c->ops)
		return false;
	if (defers_frees(p)) {
		c->reclaim = matrix(g->launches, g->rounds);
		if (!whole(c->reclaim, g->launches))
			return false;
	}
	if (!p->attach_rate)
		return true;
	c->attach_hz = matrix(g->launches, g->rounds);
	c->attach_ns = matrix(g->launches, g->rounds);
	return whole(c->attach_hz, g->launches) &&
	       whole(c->attach_ns, g->launches);
}

static struct samples *samples_alloc(const struct plan_group *g, unsigned int nr_events)
{
	struct samples *s = calloc(1, sizeof(*s));
	unsigned int i;

	if (!s)
		return NULL;
	s->g = g;
	s->nr_events = nr_events;
	s->cells = calloc(g->nr_cells, sizeof(*s->cells));
	s->launches = calloc(g->launches, sizeof(*s->launches));
	for (i = 0; s->launches && i < g->launches; i++)
		s->launches[i].settled = 1; /* unless a note says otherwise */
	for (i = 0; s->cells && i < g->nr_cells; i++)
		if (!alloc_cell(&s->cells[i], &g->cells[i].params, g, nr_events))
			break;
	if (s->cells && s->launches && i == g->nr_cells)
		return s;
	samples_free(s);
	return NULL;
}

static int push(double **v, size_t *nr, size_t *max, double x)
{
	size_t n = *max ? 2 * *max : 256;
	double *p;

	if (*nr == *max) {
		p = realloc(*v, n * sizeof(*p));
		if (!p)
			return -ENOMEM;
		*v = p;
		*max = n;
	}
	(*v)[(*nr)++] = x;
	return 0;
}

/* What ran beside a window's callers: " @attaches:ns in them:ns in all". */
static int attacher(const char *at, double *hz, double *attach_ns)
{
	uint64_t n, in, all;
	int used = 0;

	if (sscanf(at, " @%" SCNu64 ":%" SCNu64 ":%" SCNu64 "%n", &n, &in, &all,
		   &used) != 3 ||
	    at[used] || !all)
		return -EINVAL;
	*hz = 1e9 * (double)n / (double)all;
	*attach_ns = n ? (double)in / (double)n : NAN;
	return 0;
}

/* What a window said. */
struct window {
	double cost; /* NaN when its threads did not overlap: apart */
	double attach_hz, attach_ns;
	bool apart;
};

/* Threads' parts of a window, and its attacher's. */
static int read_window(const struct samples *s, const char *at, uint64_t ns,
		       struct window *out)
{
	struct stats_thread t[4096];
	int64_t start[4096], stop[4096], first = 0;
	struct stats_window w;
	size_t n = 0, i;
	int used;

	while (n < 4096 &&
	       sscanf(at, " %" SCNu64 ":%" SCNd64 ":%" SCNd64 "%n", &t[n].ops,
		      &start[n], &stop[n], &used) == 3) {
		first = start[n] < first ? start[n] : first;
		at += used;
		n++;
	}
	if (*at && attacher(at, &out->attach_hz, &out->attach_ns))
		return -EINVAL;
	/* a thread may begin before the window: only differences count */
	for (i = 0; i < n; i++) {
		t[i].start = (uint64_t)start[i] - (uint64_t)first;
		t[i].stop = (uint64_t)stop[i] - (uint64_t)first;
	}
	if (stats_window(t, n, ns, &w) != STATS_OK)
		return 0;
	/* more threads than CPUs can't overlap: the group is marked instead */
	out->apart = w.dropped && !s->g->oversubscribed;
	if (!out->apart)
		out->cost = w.ns_per_op;
	return 0;
}

/* What a block's events counted: " %value:enabled:running" of each, in the plan's order. */
static int read_counts(const char *at, unsigned int nr, struct exec_count *out)
{
	unsigned int i;
	int used;

	for (i = 0; i < nr; i++, at += used)
		if (sscanf(at, " %%%" SCNu64 ":%" SCNu64 ":%" SCNu64 "%n", &out[i].value,
			   &out[i].enabled_ns, &out[i].running_ns, &used) != 3)
			return -EINVAL;
	return *at ? -EINVAL : 0;
}

/*
 * An event that shared a counter was there for a part of the block: the rest is taken to
 * have been like it. One that wasn't there at all says nothing of this block.
 */
static void add_counts(const struct samples *s, unsigned int launch, unsigned int cell,
		       uint64_t ops, const struct exec_count *counts)
{
	const struct samples_launch *l = &s->launches[launch];
	unsigned int callers = s->g->cells[cell].params.threads, i;

	for (i = 0; i < s->nr_events; i++) {
		const struct exec_count *c = &counts[i];
		struct samples_count *sum = &s->cells[cell].counts[i * s->g->launches + launch];

		sum->shared |= c->running_ns < c->enabled_ns;
		if (!c->running_ns)
			continue;
		sum->value += ((double)c->value - l->event_cost[i] * callers) *
			      (double)c->enabled_ns / (double)c->running_ns;
		sum->ops += (double)ops;
	}
}

static int take_block(struct samples *s, unsigned int launch, char *line)
{
	struct exec_count counts[EXEC_MAX_EVENTS];
	char *percent;
	struct window w = { .cost = NAN, .attach_hz = NAN, .attach_ns = NAN };
	double first = s->launches[launch].warmup;
	uint64_t ops, ns, reclaim, ivcsw;
	unsigned int round, pos, cell;
	struct samples_cell *c;
	int used = 0;

	if (sscanf(line,
		   "B %u %u %u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   "%n",
		   &round, &pos, &cell, &ops, &ns, &reclaim, &ivcsw,
		   &used) != 7 ||
	    cell >= s->g->nr_cells)
		return -EINVAL;
	if (round < first || round - first >= s->g->rounds)
		return 0;
	percent = strstr(line, " %");
	if (read_counts(percent ? percent : "", s->nr_events, counts))
		return -EINVAL;
	/* what is before them */
	if (percent)
		*percent = '\0';
	c = &s->cells[cell];
	c->blocks++;
	if (!line[used])
		w.cost = ops ? (double)ns / (double)ops : NAN;
	else if (line[used] != ' ' || read_window(s, line + used, ns, &w))
		return -EINVAL;
	if (line[used] != ' ' && ops)
		c->ops[launch] = (double)ops;
	if (ivcsw && !s->g->oversubscribed) {
		c->dropped_switch++;
		w.cost = NAN;
	} else if (w.apart) {
		c->dropped_overlap++;
	}
	round -= (unsigned int)first;
	c->cost[launch][round] = w.cost;
	if (isnan(w.cost))
		return 0;
	add_counts(s, launch, cell, ops, counts);
	if (c->reclaim && ops)
		c->reclaim[launch][round] = (double)reclaim / (double)ops;
	if (c->attach_hz) {
		c->attach_hz[launch][round] = w.attach_hz;
		c->attach_ns[launch][round] = w.attach_ns;
	}
	return 0;
}

static int take_ops(struct samples *s, const char *line)
{
	unsigned int round, pos, cell;
	uint64_t ivcsw;
	struct samples_cell *c;
	int used = 0;
	char *end;

	if (sscanf(line, "O %u %u %u %" SCNu64 "%n", &round, &pos, &cell,
		   &ivcsw, &used) != 4 ||
	    cell >= s->g->nr_cells)
		return -EINVAL;
	c = &s->cells[cell];
	/* a switch shows in one operation: all are kept, the maximum is one */
	for (line += used; *line == ' '; line = end) {
		double ns = strtod(line + 1, &end);

		if (end == line + 1)
			return -EINVAL;
		if (push(&c->op_ns, &c->nr_ops, &c->max_ops, ns))
			return -ENOMEM;
	}
	return *line ? -EINVAL : 0;
}

static int take_canary(struct samples *s, const char *line)
{
	size_t nr = s->nr_canaries, max = s->max_canaries;
	double add, pingpong;
	unsigned int round;

	if (sscanf(line, "K %u %lf %lf", &round, &add, &pingpong) != 3)
		return -EINVAL;
	if (push(&s->canary_add, &nr, &max, add) ||
	    push(&s->canary_pingpong, &s->nr_canaries, &s->max_canaries,
		 pingpong))
		return -ENOMEM;
	return 0;
}

static int take_note(struct samples *s, unsigned int launch, const char *line)
{
	struct samples_launch *l = &s->launches[launch];
	unsigned int cell, event;
	char key[64];
	double v;

	/* a warm-up is where in an array the first round is found */
	if (sscanf(line, "N %63s %lf", key, &v) != 2 || !(v >= 0) || v > 1e9)
		return -EINVAL;
	if (!strcmp(key, "warmup"))
		l->warmup = v;
	else if (!strcmp(key, "settled"))
		l->settled = v;
	else if (!strcmp(key, "timer_cost"))
		l->timer_cost = v;
	else if (!strcmp(key, "timer_tick"))
		l->timer_tick = v;
	else if (sscanf(key, "event_state.%u", &event) == 1 && event < s->nr_events)
		l->event_state[event] = fmin(v, EXEC_EVENT_DENIED);
	else if (sscanf(key, "event_cost.%u", &event) == 1 && event < s->nr_events)
		l->event_cost[event] = v;
	else if (sscanf(key, "errors.%u", &cell) == 1 && cell < s->g->nr_cells)
		s->cells[cell].errors += v;
	return 0;
}

/* A line of invbench-probe. */
static int take_probed(struct samples *s, unsigned int launch, char *line)
{
	struct subject_error err;
	int ret;

	if (line[1] != ' ')
		return -EINVAL;
	if (!s->probed)
		s->probed = calloc(s->g->launches, sizeof(*s->probed));
	if (!s->probed)
		return -ENOMEM;
	ret = probed_line(&s->probed[launch], line + 2, &err);
	return ret < 0 ? ret : 0;
}

static int take_line(struct samples *s, char *line, char kind)
{
	unsigned int launch;
	int used = 0;

	if (*line == '#')
		return 0;
	if (sscanf(line, "%u %n", &launch, &used) != 1 || !used ||
	    launch >= s->g->launches)
		return -EINVAL;
	line += used;
	if (kind == 'N')
		return *line == 'N' ? take_note(s, launch, line) : 0;
	switch (*line) {
	case 'B':
		return take_block(s, launch, line);
	case 'O':
		return take_ops(s, line);
	case 'K':
		return take_canary(s, line);
	case 'P':
		return take_probed(s, launch, line);
	case 'N':
		return 0;
	default:
		return -EINVAL;
	}
}

/* The notes come after the blocks that they are about: two passes. */
static int pass(struct samples *s, FILE *f, const char *path, char kind,
		struct plan_error *err)
{
	char *line = NULL;
	size_t size = 0;
	bool end = false;
	int nr = 0, ret = 0;

	rewind(f);
	while (!ret && getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		nr++;
		end = !strcmp(line, "# end");
		ret = take_line(s, line, kind);
	}
	free(line);
	if (!ret && !end) {
		nr++;
		ret = -EINVAL;
	}
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%.300s:%d: %s", path, nr,
			 ret == -ENOMEM ? "not enough memory" : "damaged");
	return ret;
}

/* A probe that broke off counted a part of its launch at the most: zeros aren't figures. */
static int check_probed(const struct samples *s, const char *path,
			struct plan_error *err)
{
	unsigned int l;

	for (l = 0; l < s->g->launches; l++) {
		const struct probed *p = s->probed ? &s->probed[l] : NULL;
		const char *lacks = "ready";

		if (p && p->ready)
			lacks = p->snapshots ? "end" : "at";
		if (p && p->ready && p->snapshots && p->ended)
			continue;
		snprintf(err->msg, sizeof(err->msg),
			 "%.300s: launch %u: damaged: what probes said lacks its line '%s'",
			 path, l, lacks);
		return -EINVAL;
	}
	return 0;
}

/*
 * A block's time is known to a tick of the timer: without this the medians of
 * equal cells may agree on a step exactly (stats_dither()).
 */
static void dither(struct samples *s, uint64_t seed)
{
	unsigned int i, l;

	for (i = 0; i < s->g->nr_cells; i++) {
		for (l = 0; l < s->g->launches; l++) {
			double ops = s->cells[i].ops[l];

			if (ops > 0)
				stats_dither(s->cells[i].cost[l], s->g->rounds,
					     s->launches[l].timer_tick / ops,
					     stats_seed(seed,
							(uint64_t)l << 32 | i));
		}
	}
}

struct samples *samples_read(const struct result *r, unsigned int group,
			     struct plan_error *err)
{
	struct samples *s = samples_alloc(&r->plan->groups[group], r->plan->nr_events);
	char path[PATH_MAX];
	FILE *f;
	int ret;

	if (!s) {
		result_fail(err, "samples", -ENOMEM);
		return NULL;
	}
	ret = result_samples_path(r, group, path);
	f = ret ? NULL : fopen(path, "re");
	if (!f) {
		result_fail(err, path, ret ? ret : -errno);
		samples_free(s);
		return NULL;
	}
	ret = pass(s, f, path, 'N', err);
	if (!ret)
		ret = pass(s, f, path, 0, err);
	fclose(f);
	if (!ret && (s->probed || r->plan->probed))
		ret = check_probed(s, path, err);
	if (ret) {
		samples_free(s);
		return NULL;
	}
	dither(s, stats_seed(r->plan->seed, group));
	return s;
}
