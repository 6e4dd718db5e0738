// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "stats.h"

#define CALIBRATE_NS  20000
#define CANARY_EVERY  16
#define CHUNK_SECONDS 0.3

/* One launch in flight. */
struct flight {
	const struct drive *d;
	const struct plan_group *g;
	unsigned int launch;
	struct launch *w;
	double *ns_per_op;
	int twin;		   /* index of the twin, -1 for none */
	double *base_ns, *twin_ns; /* a cost each round; NaN until it came */
	uint32_t max_rounds;
	int ret; /* of a callback */
	struct plan_error *err;
};

static int fail(struct flight *f, const struct subject_error *e, int ret)
{
	snprintf(f->err->msg, sizeof(f->err->msg), "%.120s: %.380s", f->g->name,
		 e->msg);
	return ret;
}

static void take_block(void *arg, const struct exec_sample *s)
{
	struct flight *f = arg;
	double ns = s->ops ? (double)s->ns / (double)s->ops : NAN;

	if (s->step.round >= f->max_rounds)
		return;
	if (s->step.cell == f->g->baseline)
		f->base_ns[s->step.round] = ns;
	else if ((int)s->step.cell == f->twin)
		f->twin_ns[s->step.round] = ns;
}

static void take_line(void *arg, const char *line)
{
	struct flight *f = arg;

	if (!f->ret && f->d->line)
		f->ret = f->d->line(f->d->arg, f->launch, line);
}

static void note(struct flight *f, const char *key, double value)
{
	if (!f->ret && f->d->note)
		f->ret = f->d->note(f->d->arg, f->launch, key, value);
}

static int make_cells(struct flight *f)
{
	const struct plan_group *g = f->g;
	struct subject_error e;
	unsigned int *order, i;
	int ret = 0;

	order = calloc(g->nr_cells, sizeof(*order));
	if (!order) {
		snprintf(e.msg, sizeof(e.msg), "not enough memory");
		return fail(f, &e, -ENOMEM);
	}
	plan_creation_order(g, f->d->seed, f->launch, order);
	for (i = 0; i < g->nr_cells && !ret; i++)
		if (g->cells[order[i]].alias_of < 0)
			ret = launch_cell(f->w, order[i],
					  &g->cells[order[i]].params, &e);
	for (i = 0; i < g->nr_cells && !ret; i++)
		if (g->cells[i].alias_of >= 0)
			ret = launch_alias(f->w, i,
					   (uint32_t)g->cells[i].alias_of, &e);
	free(order);
	return ret ? fail(f, &e, ret) : 0;
}

static int calibrate(struct flight *f)
{
	const struct plan_group *g = f->g;
	struct exec_timer timer;
	struct subject_error e;
	unsigned int i;
	char key[32];
	int ret;

	ret = launch_timer(f->w, &timer, &e);
	if (ret)
		return fail(f, &e, ret);
	note(f, "timer_cost", (double)timer.cost_ps / 1000);
	note(f, "timer_tick", (double)timer.tick_ps / 1000);
	for (i = 0; i < g->nr_cells; i++) {
		if (g->cells[i].alias_of >= 0)
			continue;
		ret = launch_calibrate(f->w, i, CALIBRATE_NS, &f->ns_per_op[i],
				       &e);
		if (ret)
			return fail(f, &e, ret);
		snprintf(key, sizeof(key), "ns_per_op.%u", i);
		note(f, key, f->ns_per_op[i]);
	}
	for (i = 0; i < g->nr_cells; i++)
		if (g->cells[i].alias_of >= 0)
			f->ns_per_op[i] = f->ns_per_op[g->cells[i].alias_of];
	return 0;
}

static int ask_events(struct flight *f)
{
	struct exec_event events[EXEC_MAX_EVENTS];
	struct exec_event_info info[EXEC_MAX_EVENTS];
	unsigned int nr = f->d->nr_events, i;
	struct subject_error e;
	char key[32];
	int ret;

	if (!nr)
		return 0;
	for (i = 0; i < nr; i++)
		events[i] = f->d->events[i].event;
	ret = launch_events(f->w, events, nr, info, &e);
	if (ret)
		return fail(f, &e, ret);
	for (i = 0; i < nr; i++) {
		snprintf(key, sizeof(key), "event_state.%u", i);
		note(f, key, info[i].state);
		snprintf(key, sizeof(key), "event_cost.%u", i);
		note(f, key, (double)info[i].cost);
	}
	if (f->d->counted)
		f->d->counted(f->d->arg, info);
	return 0;
}

/* Rounds that take about CHUNK_SECONDS: between two chunks a run can stop. */
static uint32_t chunk_rounds(const struct flight *f)
{
	double ns = 0;
	unsigned int i;

	for (i = 0; i < f->g->nr_cells; i++) {
		const struct subject_params *p = &f->g->cells[i].params;

		if (p->threads > 1 || p->attach_rate)
			ns += (double)f->g->window_ns;
		else
			ns += fmax((double)f->g->block_ns, f->ns_per_op[i]);
	}
	ns = CHUNK_SECONDS * 1e9 / ns;
	return ns < 1 ? 1 : ns > 4096 ? 4096 : (uint32_t)ns;
}

static int go(struct flight *f, struct exec_step *steps, size_t nr_steps)
{
	struct launch_sink sink = { .block = take_block,
				    .raw = take_line,
				    .arg = f };
	struct subject_error e;
	int ret;

	ret = launch_go(f->w, steps, nr_steps, &sink, &e);
	free(steps);
	if (f->d->stop && __atomic_load_n(f->d->stop, __ATOMIC_RELAXED))
		return -EINTR;
	if (ret)
		return fail(f, &e, ret);
	if (f->ret)
		snprintf(f->err->msg, sizeof(f->err->msg),
			 "%.120s: a sample can't be kept: %s", f->g->name,
			 strerror(-f->ret));
	return f->ret;
}

static int out_of_memory(struct flight *f)
{
	snprintf(f->err->msg, sizeof(f->err->msg), "%.120s: not enough memory",
		 f->g->name);
	return -ENOMEM;
}

static int run_rounds(struct flight *f, uint32_t first, uint32_t rounds)
{
	struct exec_step *steps;
	size_t nr_steps;

	if (plan_schedule(f->g, f->d->seed, f->launch, first, rounds,
			  f->ns_per_op, &steps, &nr_steps))
		return out_of_memory(f);
	return go(f, steps, nr_steps);
}

/*
 * The first round to keep, so far: as the judge will find it again from the same
 * samples. Without a twin nothing shows when the start is over: half the bound.
 */
static bool settled(struct flight *f, uint32_t rounds, size_t *first)
{
	struct stats_warmup rule = STATS_WARMUP_DEFAULT;
	struct stats_series base = { f->base_ns, rounds };
	struct stats_series twin = { f->twin_ns, rounds };
	enum stats_status st;
	double *logs;

	if (f->twin < 0) {
		*first = f->g->warmup_max / 2;
		return rounds >= *first;
	}
	logs = calloc(rounds ? rounds : 1, sizeof(*logs));
	if (!logs)
		return false;
	stats_pair_logs(&twin, &base, logs);
	rule.max_rounds = f->g->warmup_max;
	st = stats_warmup_end(logs, rounds, &rule, first);
	free(logs);
	return st == STATS_OK;
}

static void progress(struct flight *f, double done)
{
	if (f->d->progress)
		f->d->progress(f->d->arg, (f->launch + done) / f->g->launches);
}

static int measure(struct flight *f)
{
	const struct plan_group *g = f->g;
	uint32_t chunk = chunk_rounds(f), rounds = 0, want = 0;
	bool ok = false;
	size_t first = 0;
	int ret;

	while (!ok || rounds < want) {
		uint32_t n = chunk < g->rounds ? chunk : g->rounds;

		if (ok && n > want - rounds)
			n = want - rounds;
		if (n > f->max_rounds - rounds)
			n = f->max_rounds - rounds;
		ret = run_rounds(f, rounds, n);
		if (ret)
			return ret;
		rounds += n;
		if (!ok) {
			ok = settled(f, rounds, &first);
			if (!ok && rounds >= g->warmup_max) {
				first = g->warmup_max;
				break;
			}
			want = (uint32_t)first + g->rounds;
		}
		progress(f, ok ? (double)rounds / want : 0);
	}
	note(f, "warmup", (double)first);
	note(f, "settled", ok);
	if (!ok) {
		/* measured all the same: the judge marks it */
		while (rounds < first + g->rounds) {
			uint32_t n = (uint32_t)first + g->rounds - rounds;

			n = n < chunk ? n : chunk;
			ret = run_rounds(f, rounds, n);
			if (ret)
				return ret;
			rounds += n;
		}
	}
	return 0;
}

static int measure_ops(struct flight *f)
{
	struct exec_step *steps;
	size_t nr_steps;

	if (!(f->g->figures & PLAN_FIGURE_OP))
		return 0;
	if (plan_schedule_ops(f->g, f->d->seed, f->launch, &steps, &nr_steps))
		return out_of_memory(f);
	return go(f, steps, nr_steps);
}

/* What the subject counted as failed: such a cell measures something else. */
static int note_errors(struct flight *f)
{
	struct subject_counters c;
	struct subject_error e;
	unsigned int i;
	char key[32];
	int ret;

	for (i = 0; i < f->g->nr_cells; i++) {
		if (f->g->cells[i].alias_of >= 0)
			continue;
		ret = launch_counters(f->w, i, &c, &e);
		if (ret)
			return fail(f, &e, ret);
		snprintf(key, sizeof(key), "errors.%u", i);
		if (c.errors + c.timeouts)
			note(f, key, (double)(c.errors + c.timeouts));
	}
	return 0;
}

int drive_launch(const struct drive *d, struct launch *w,
		 const struct plan_group *g, unsigned int launch,
		 struct plan_error *err)
{
	struct flight f = {
		.d = d, .g = g, .launch = launch, .w = w, .twin = -1, .err = err
	};
	struct subject_error e;
	unsigned int i;
	int ret;

	for (i = 0; i < g->nr_cells; i++)
		if (g->cells[i].role == PLAN_TWIN)
			f.twin = (int)i;
	f.max_rounds = g->warmup_max + g->rounds;
	f.ns_per_op = calloc(g->nr_cells, sizeof(double));
	f.base_ns = calloc(f.max_rounds, sizeof(double));
	f.twin_ns = calloc(f.max_rounds, sizeof(double));
	if (!f.ns_per_op || !f.base_ns || !f.twin_ns) {
		ret = out_of_memory(&f);
		goto out;
	}
	for (i = 0; i < f.max_rounds; i++)
		f.base_ns[i] = f.twin_ns[i] = NAN;
	ret = launch_window(w, g->window_ns, &e);
	if (!ret)
		ret = launch_canary(w, CANARY_EVERY, &e);
	if (ret) {
		fail(&f, &e, ret);
		goto out;
	}
	ret = ask_events(&f);
	if (!ret)
		ret = make_cells(&f);
	if (!ret)
		ret = calibrate(&f);
	if (!ret)
		ret = measure(&f);
	if (!ret)
		ret = measure_ops(&f);
	if (!ret)
		ret = note_errors(&f);
	if (!ret)
		progress(&f, 1);
out:
	free(f.ns_per_op);
	free(f.base_ns);
	free(f.twin_ns);
	return ret;
}

/* What probes say when the launch has ended. */
struct ear {
	const struct drive *d;
	unsigned int launch;
	bool ready, counted, ended;
	int ret; /* of the first line that couldn't be kept */
};

static void hear(void *arg, const char *line)
{
	struct ear *ear = arg;
	char *text;

	ear->ready |= !strcmp(line, "ready");
	ear->counted |= !strncmp(line, "at ", 3);
	ear->ended |= !strcmp(line, "end");
	if (ear->ret || asprintf(&text, "P %s", line) < 0)
		return;
	ear->ret = ear->d->line(ear->d->arg, ear->launch, text);
	free(text);
}

static int heard(const struct ear *ear, const struct plan_group *g,
		 struct plan_error *err)
{
	if (!ear->d->probed ||
	    (ear->ready && ear->counted && ear->ended && !ear->ret))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "%.120s: %s", g->name,
		 ear->ret ? strerror(-ear->ret) :
			    "the probes round the launch didn't count to its end");
	return ear->ret ? ear->ret : -EIO;
}

int drive_group(const struct drive *d, const struct plan_group *g,
		struct plan_error *err)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < g->launches && !ret; i++) {
		struct ear ear = { .d = d, .launch = i };
		struct plan_error stop_err;
		struct launch *w = d->ops->start(d->backend, g->threads,
						 d->cpus, d->nr_cpus, err);
		int stopped_with;

		if (!w)
			return -EIO;
		if (d->probed)
			launch_hear(w, hear, &ear);
		ret = drive_launch(d, w, g, i, err);
		stopped_with = d->ops->stop(d->backend, w, &stop_err);
		if (!stopped_with) {
			ret = ret ? ret : heard(&ear, g, err);
			continue;
		}
		/* a kernel that complained says more than a launch that failed */
		*err = stop_err;
		ret = stopped_with;
	}
	return ret;
}
