// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define BATCH_NS     2000 /* a window's threads look at the clock this often */
#define READER_BATCH 64	  /* a reader looks for the end this often */
#define START_NS     3000 /* from the barrier to the window's start */

struct cell {
	bool used;
	struct subject_params params;
	struct subject *subject; /* shared by aliases */
	bool alias;
	bool slow; /* attach: reclaim is timed apart */
	double ns_per_op;
};

struct exec {
	struct team *team;
	unsigned int threads, cpus;
	cpu_set_t allowed; /* of the caller, before it was pinned */
	uint64_t window_ns;
	struct cell *cells;
	size_t nr_cells;
	struct exec_sample *samples;
	size_t nr_samples, max_samples;
	struct exec_canary *canaries;
	size_t nr_canaries, max_canaries;
};

unsigned int exec_cpus(unsigned int *cpus, unsigned int max)
{
	unsigned int n = 0, cpu;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 0;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (n < max)
			cpus[n] = cpu;
		n++;
	}
	return n;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

struct exec_timer exec_timer(void)
{
	uint64_t delta[1001], tick = UINT64_MAX, last = now_ns();
	size_t i;

	for (i = 0; i < 1001; i++) {
		uint64_t t = now_ns();

		delta[i] = t - last;
		if (delta[i] && delta[i] < tick)
			tick = delta[i];
		last = t;
	}
	qsort(delta, 1001, sizeof(delta[0]), compare_u64);
	return (struct exec_timer){ .cost_ns = (double)delta[500],
				    .tick_ns = (double)tick };
}

static int no_memory(struct subject_error *err, const char *what)
{
	snprintf(err->msg, sizeof(err->msg), "not enough memory for %s", what);
	return -ENOMEM;
}

struct exec *exec_create(unsigned int threads, const unsigned int *cpus,
			 unsigned int nr_cpus, struct subject_error *err)
{
	unsigned int own[CPU_SETSIZE], members;
	struct exec *x;

	if (!cpus) {
		nr_cpus = exec_cpus(own, CPU_SETSIZE);
		cpus = own;
	}
	if (!threads || !nr_cpus) {
		snprintf(err->msg, sizeof(err->msg), "%s",
			 threads ? "no CPU to run on" :
				   "threads must be at least 1");
		return NULL;
	}
	x = calloc(1, sizeof(*x));
	if (!x) {
		no_memory(err, "an executor");
		return NULL;
	}
	x->threads = threads;
	x->cpus = nr_cpus;
	x->window_ns = 200000;
	/* one member more: the attacher, or the canary's partner on another CPU */
	members = threads + 1;
	sched_getaffinity(0, sizeof(x->allowed), &x->allowed);
	x->team = team_create(members, cpus, nr_cpus, err);
	if (!x->team) {
		sched_setaffinity(0, sizeof(x->allowed), &x->allowed);
		free(x);
		return NULL;
	}
	return x;
}

static void forget_samples(struct exec *x)
{
	size_t i;

	for (i = 0; i < x->nr_samples; i++) {
		free(x->samples[i].parts);
		free(x->samples[i].op_ns);
	}
	x->nr_samples = 0;
	x->nr_canaries = 0;
}

void exec_destroy(struct exec *x)
{
	size_t i;

	if (!x)
		return;
	for (i = 0; i < x->nr_cells; i++)
		if (x->cells[i].used && !x->cells[i].alias)
			subject_destroy(x->cells[i].subject);
	team_destroy(x->team);
	/* or the next group would find one CPU only */
	sched_setaffinity(0, sizeof(x->allowed), &x->allowed);
	forget_samples(x);
	free(x->samples);
	free(x->canaries);
	free(x->cells);
	free(x);
}

static struct cell *cell_of(struct exec *x, uint32_t id,
			    struct subject_error *err)
{
	if (id < x->nr_cells && x->cells[id].used)
		return &x->cells[id];
	snprintf(err->msg, sizeof(err->msg), "no cell %u", id);
	return NULL;
}

static struct cell *new_cell(struct exec *x, uint32_t id,
			     struct subject_error *err)
{
	if (id >= 1U << 20) {
		snprintf(err->msg, sizeof(err->msg),
			 "cell number %u is too large", id);
		return NULL;
	}
	if (id >= x->nr_cells) {
		size_t n = (size_t)id + 16;
		struct cell *cells = realloc(x->cells, n * sizeof(*cells));

		if (!cells) {
			no_memory(err, "cells");
			return NULL;
		}
		memset(cells + x->nr_cells, 0,
		       (n - x->nr_cells) * sizeof(*cells));
		x->cells = cells;
		x->nr_cells = n;
	}
	if (x->cells[id].used) {
		snprintf(err->msg, sizeof(err->msg), "cell %u is there already",
			 id);
		return NULL;
	}
	return &x->cells[id];
}

int exec_add(struct exec *x, uint32_t id, const struct subject_params *p,
	     struct subject_error *err)
{
	struct cell *c = new_cell(x, id, err);
	char op[32];

	if (!c)
		return -EINVAL;
	if (p->threads + p->readers > x->threads) {
		snprintf(err->msg, sizeof(err->msg),
			 "cell %u wants %llu threads, the group has %u", id,
			 (unsigned long long)(p->threads + p->readers),
			 x->threads);
		return -EINVAL;
	}
	c->subject = subject_create(p, err);
	if (!c->subject)
		return -EINVAL;
	c->params = *p;
	c->alias = false;
	c->used = true;
	c->slow =
		!strcmp(subject_params_get(p, "op", op, sizeof(op)), "attach");
	return 0;
}

int exec_alias(struct exec *x, uint32_t id, uint32_t of,
	       struct subject_error *err)
{
	struct cell *c = new_cell(x, id, err);
	struct cell *o = c ? cell_of(x, of, err) : NULL;

	if (!o)
		return -EINVAL;
	*c = *o;
	c->alias = true;
	return 0;
}

const struct subject_params *exec_params(const struct exec *x, uint32_t id)
{
	return id < x->nr_cells && x->cells[id].used ? &x->cells[id].params :
						       NULL;
}

void exec_set_window(struct exec *x, uint64_t ns)
{
	x->window_ns = ns;
}

int exec_counters(struct exec *x, uint32_t id, struct subject_counters *c)
{
	if (id >= x->nr_cells || !x->cells[id].used)
		return -EINVAL;
	subject_counters(x->cells[id].subject, c);
	return 0;
}

/* A counted loop on thread 0, alone or with readers beside it. */
struct loop {
	struct exec *x;
	struct cell *cell;
	uint64_t n, ns, ivcsw;
	uint32_t done;
};

static void loop_caller(struct loop *l)
{
	struct subject_thread *t = subject_thread(l->cell->subject, 0);
	subject_block_fn fn = subject_block(l->cell->subject);
	/* in the loop alone: waiting for the readers to come may take any number */
	uint64_t ivcsw = thread_ivcsw();
	uint64_t start = now_ns();

	fn(t, l->n);
	l->ns = now_ns() - start;
	l->ivcsw = thread_ivcsw() - ivcsw;
	__atomic_store_n(&l->done, 1, __ATOMIC_RELEASE);
}

static void loop_member(void *arg, unsigned int member)
{
	struct loop *l = arg;
	struct subject *s = l->cell->subject;
	struct subject_thread *t = subject_thread(s, member);

	subject_thread_enter(t);
	/* the readers are under way when the caller starts */
	if (l->cell->params.readers)
		team_barrier(l->x->team);
	if (!member)
		loop_caller(l);
	else
		while (!__atomic_load_n(&l->done, __ATOMIC_ACQUIRE))
			subject_reader_block(s)(t, READER_BATCH);
	subject_thread_leave(t);
}

/* A loop of n operations on thread 0. Returns its nanoseconds; *@ivcsw may be NULL. */
static uint64_t time_loop(struct exec *x, struct cell *c, uint64_t n,
			  uint64_t *ivcsw)
{
	struct loop l = { .x = x, .cell = c, .n = n };

	team_run(x->team, 1 + (unsigned int)c->params.readers, loop_member, &l);
	if (ivcsw)
		*ivcsw = l.ivcsw;
	return l.ns;
}

int exec_calibrate(struct exec *x, uint32_t id, uint64_t ns, double *ns_per_op,
		   struct subject_error *err)
{
	struct cell *c = cell_of(x, id, err);
	uint64_t n = 1, took, again;
	size_t i;

	if (!c)
		return -EINVAL;
	for (;; n *= 2) {
		took = time_loop(x, c, n, NULL);
		if (took >= ns / 2 || n >= 1ULL << 40)
			break;
	}
	/* the first loops were cold: the shortest of three is the speed to plan with */
	for (i = 0; i < 2 && took < 20 * ns; i++) {
		again = time_loop(x, c, n, NULL);
		if (again < took)
			took = again;
	}
	if (c->slow)
		subject_drain(c->subject);
	*ns_per_op = (double)(took ? took : 1) / (double)n;
	for (i = 0; i < x->nr_cells; i++)
		if (x->cells[i].used && x->cells[i].subject == c->subject)
			x->cells[i].ns_per_op = *ns_per_op;
	return 0;
}

struct window {
	struct exec *x;
	struct cell *cell;
	struct exec_sample *sample;
	uint64_t batch;
	unsigned int callers,
		attacher; /* attacher: member number, 0 for none */
	uint64_t start;	  /* set by member 0 between two barriers */
	uint64_t deadline;
	uint32_t callers_done;
	uint64_t ivcsw;
};

static void wait_until(uint64_t t)
{
	uint64_t now;

	while ((now = now_ns()) < t) {
		if (t - now > 200000) {
			struct timespec ts = { .tv_nsec = (long)(t - now -
								 100000) };

			nanosleep(&ts, NULL);
		} else {
			relax();
		}
	}
}

/* Attaches and detaches at the cell's rate until every caller is done. */
static void run_attacher(struct window *w)
{
	uint64_t period = 1000000000 / w->cell->params.attach_rate;
	uint64_t next = w->start + period / 2;
	struct exec_sample *s = w->sample;
	uint64_t began;

	while (__atomic_load_n(&w->callers_done, __ATOMIC_ACQUIRE) <
	       w->callers) {
		began = now_ns();
		if (began < next) {
			relax();
			continue;
		}
		subject_attach_once(w->cell->subject);
		s->attach_ns += now_ns() - began;
		s->attaches++;
		next += period;
	}
	s->attacher_ns = now_ns() - w->start;
}

static void run_caller(struct window *w, unsigned int member)
{
	struct subject_thread *t = subject_thread(w->cell->subject, member);
	struct exec_part *part = &w->sample->parts[member];
	subject_block_fn fn = subject_block(w->cell->subject);
	uint64_t start, stop, ops = 0;

	start = now_ns();
	do {
		fn(t, w->batch);
		ops += w->batch;
		stop = now_ns();
	} while (stop < w->deadline);
	part->ops = ops;
	part->start_ns = (int64_t)(start - w->start);
	part->stop_ns = (int64_t)(stop - w->start);
	__atomic_add_fetch(&w->callers_done, 1, __ATOMIC_RELEASE);
}

static void window_member(void *arg, unsigned int member)
{
	struct window *w = arg;
	bool caller = member < w->callers;
	uint64_t ivcsw;

	if (caller)
		subject_thread_enter(subject_thread(w->cell->subject, member));
	team_barrier(w->x->team);
	if (!member) {
		w->start = now_ns() + START_NS;
		w->deadline = w->start + w->x->window_ns;
	}
	team_barrier(w->x->team);
	ivcsw = thread_ivcsw();
	if (!team_oversubscribed(w->x->team, w->callers + !!w->attacher))
		wait_until(w->start);
	if (caller) {
		run_caller(w, member);
		ivcsw = thread_ivcsw() - ivcsw;
		__atomic_add_fetch(&w->ivcsw, ivcsw, __ATOMIC_RELAXED);
		subject_thread_leave(subject_thread(w->cell->subject, member));
	} else {
		run_attacher(w);
	}
}

static int run_window(struct exec *x, struct cell *c, struct exec_sample *s,
		      struct subject_error *err)
{
	struct window w = { .x = x, .cell = c, .sample = s };
	unsigned int i;

	w.callers = (unsigned int)c->params.threads;
	w.attacher = c->params.attach_rate ? w.callers : 0;
	w.batch = (uint64_t)(BATCH_NS /
			     (c->ns_per_op > 0 ? c->ns_per_op : BATCH_NS));
	if (!w.batch)
		w.batch = 1;
	s->parts = calloc(w.callers, sizeof(*s->parts));
	if (!s->parts)
		return no_memory(err, "samples");
	s->nr_parts = w.callers;
	team_run(x->team, w.callers + !!w.attacher, window_member, &w);
	if (w.attacher)
		subject_drain(c->subject);
	for (i = 0; i < w.callers; i++)
		s->ops += s->parts[i].ops;
	s->ns = x->window_ns;
	s->ivcsw = w.ivcsw;
	return 0;
}

static void run_loop(struct exec *x, struct cell *c, struct exec_sample *s)
{
	s->ns = time_loop(x, c, s->step.iters, &s->ivcsw);
	s->ops = s->step.iters;
	if (c->slow) {
		uint64_t start = now_ns();

		subject_drain(c->subject);
		s->reclaim_ns = now_ns() - start;
	}
}

static int run_ops(struct cell *c, struct exec_sample *s,
		   struct subject_error *err)
{
	struct subject_thread *t = subject_thread(c->subject, 0);
	subject_block_fn fn = subject_block(c->subject);
	uint64_t every = s->step.every, ivcsw = thread_ivcsw(), start, i;

	s->op_ns = calloc(s->step.iters, sizeof(*s->op_ns));
	if (!s->op_ns)
		return no_memory(err, "samples");
	s->nr_ops = (uint32_t)s->step.iters;
	subject_thread_enter(t);
	for (i = 0; i < s->nr_ops; i++) {
		uint64_t ns;

		if (every > 1)
			fn(t, every - 1);
		start = now_ns();
		fn(t, 1);
		ns = now_ns() - start;
		s->op_ns[i] = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
	}
	subject_thread_leave(t);
	s->ops = s->nr_ops;
	s->ivcsw = thread_ivcsw() - ivcsw;
	if (c->slow)
		subject_drain(c->subject);
	return 0;
}

/* Room for one more in a growing array. */
static int grow(void **array, size_t nr, size_t *max, size_t size,
		struct subject_error *err)
{
	size_t n = *max ? *max * 2 : 1024;
	void *p;

	if (nr < *max)
		return 0;
	p = realloc(*array, n * size);
	if (!p)
		return no_memory(err, "samples");
	*array = p;
	*max = n;
	return 0;
}

static int record_canary(struct exec *x, uint32_t round,
			 struct subject_error *err)
{
	struct exec_canary *k;

	if (grow((void **)&x->canaries, x->nr_canaries, &x->max_canaries,
		 sizeof(*k), err))
		return -ENOMEM;
	k = &x->canaries[x->nr_canaries++];
	k->round = round;
	k->add_ns = canary_add_ns();
	k->pingpong_ns = x->cpus > 1 ? canary_pingpong_ns(x->team) : 0;
	return 0;
}

int exec_run(struct exec *x, const struct exec_step *steps, size_t nr_steps,
	     uint32_t canary_every, struct subject_error *err)
{
	size_t i;
	int ret;

	forget_samples(x);
	for (i = 0; i < nr_steps; i++) {
		struct cell *c = cell_of(x, steps[i].cell, err);
		struct exec_sample *s;

		if (!c)
			return -EINVAL;
		if (steps[i].kind == EXEC_BLOCK && !steps[i].iters) {
			snprintf(err->msg, sizeof(err->msg),
				 "cell %u: a block of no operations",
				 steps[i].cell);
			return -EINVAL;
		}
		ret = grow((void **)&x->samples, x->nr_samples, &x->max_samples,
			   sizeof(*s), err);
		if (ret)
			return ret;
		s = &x->samples[x->nr_samples++];
		memset(s, 0, sizeof(*s));
		s->step = steps[i];
		if (steps[i].kind == EXEC_OP)
			ret = run_ops(c, s, err);
		else if (c->params.threads > 1 || c->params.attach_rate)
			ret = run_window(x, c, s, err);
		else
			run_loop(x, c, s);
		if (ret)
			return ret;
		if (canary_every &&
		    (i + 1 == nr_steps ||
		     steps[i + 1].round != steps[i].round) &&
		    !(steps[i].round % canary_every)) {
			ret = record_canary(x, steps[i].round, err);
			if (ret)
				return ret;
		}
	}
	return 0;
}

size_t exec_nr_samples(const struct exec *x)
{
	return x->nr_samples;
}

const struct exec_sample *exec_sample(const struct exec *x, size_t i)
{
	return i < x->nr_samples ? &x->samples[i] : NULL;
}

size_t exec_nr_canaries(const struct exec *x)
{
	return x->nr_canaries;
}

const struct exec_canary *exec_canary(const struct exec *x, size_t i)
{
	return i < x->nr_canaries ? &x->canaries[i] : NULL;
}
