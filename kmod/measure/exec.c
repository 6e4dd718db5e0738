// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/array_size.h>
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/barrier.h>

#include "canary.h"
#include "counts.h"
#include "exec.h"

#define BATCH_NS	2000 /* a window's threads look at the clock this often */
#define READER_BATCH	64 /* a reader looks for the end this often */
#define START_NS	3000 /* from the barrier to the window's start */
#define MAX_CELL	(1U << 20)
#define TIMER_READS	1001

struct cell {
	bool used;
	struct subject_params params;
	struct subject *subject; /* shared by aliases */
	bool alias;
	bool slow; /* attach: reclaim is timed apart */
	u64 ps_per_op;
};

struct exec {
	struct team *team;
	struct counts *counts; /* NULL: no events */
	unsigned int threads, cpus;
	u64 window_ns;
	struct cell *cells;
	size_t nr_cells;
	struct exec_sample *samples;
	size_t nr_samples, max_samples;
	struct exec_canary *canaries;
	size_t nr_canaries, max_canaries;
};

int exec_compare_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

int exec_timer(struct exec_timer *t)
{
	u64 *delta, tick = U64_MAX, last;
	size_t i;

	delta = kvmalloc_array(TIMER_READS, sizeof(*delta), GFP_KERNEL);
	if (!delta)
		return -ENOMEM;
	last = team_now_ns();
	for (i = 0; i < TIMER_READS; i++) {
		u64 now = team_now_ns();

		delta[i] = now - last;
		if (delta[i] && delta[i] < tick)
			tick = delta[i];
		last = now;
	}
	sort(delta, TIMER_READS, sizeof(*delta), exec_compare_u64, NULL);
	t->cost_ps = delta[TIMER_READS / 2] * 1000;
	/* No step was seen: a clock that stands still. */
	t->tick_ps = tick == U64_MAX ? 0 : tick * 1000;
	kvfree(delta);
	return 0;
}

static int no_memory(struct subject_error *err, const char *what)
{
	snprintf(err->msg, sizeof(err->msg), "not enough memory for %s", what);
	return -ENOMEM;
}

static struct team *create_team(struct exec *x, const unsigned int *cpus, unsigned int nr_cpus,
				struct subject_error *err)
{
	unsigned int *own = NULL;
	struct team *team;

	if (!cpus) {
		nr_cpus = team_cpus(NULL, 0);
		own = kvmalloc_array(nr_cpus, sizeof(*own), GFP_KERNEL);
		if (!own) {
			no_memory(err, "a list of CPUs");
			return NULL;
		}
		nr_cpus = min(nr_cpus, team_cpus(own, nr_cpus));
		cpus = own;
	}
	x->cpus = nr_cpus;
	/* One member more: the attacher, or the canary's partner on another CPU. */
	team = team_create(x->threads + 1, cpus, nr_cpus, err);
	kvfree(own);
	return team;
}

struct exec *exec_create(unsigned int threads, const unsigned int *cpus, unsigned int nr_cpus,
			 struct subject_error *err)
{
	struct exec *x;

	if (!threads || !(cpus ? nr_cpus : team_cpus(NULL, 0))) {
		snprintf(err->msg, sizeof(err->msg), "%s",
			 threads ? "no CPU to run on" : "threads must be at least 1");
		return NULL;
	}
	x = kzalloc(sizeof(*x), GFP_KERNEL);
	if (!x) {
		no_memory(err, "an executor");
		return NULL;
	}
	x->threads = threads;
	x->window_ns = 200000;
	x->team = create_team(x, cpus, nr_cpus, err);
	if (!x->team) {
		kfree(x);
		return NULL;
	}
	return x;
}

static void forget_samples(struct exec *x)
{
	size_t i;

	for (i = 0; i < x->nr_samples; i++) {
		kvfree(x->samples[i].parts);
		kvfree(x->samples[i].op_ns);
		kvfree(x->samples[i].counts);
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
	counts_close(x->counts);
	team_destroy(x->team);
	forget_samples(x);
	kvfree(x->samples);
	kvfree(x->canaries);
	kvfree(x->cells);
	kfree(x);
}

/* ---- cells ------------------------------------------------------------ */

/* Room for @want in an array that held @max; what is new is zero. */
static int resize(void **array, size_t *max, size_t want, size_t size)
{
	void *p = kvcalloc(want, size, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	if (*max)
		memcpy(p, *array, *max * size);
	kvfree(*array);
	*array = p;
	*max = want;
	return 0;
}

static struct cell *cell_of(const struct exec *x, u32 id, struct subject_error *err)
{
	if (id < x->nr_cells && x->cells[id].used)
		return &x->cells[id];
	snprintf(err->msg, sizeof(err->msg), "no cell %u", id);
	return NULL;
}

static struct cell *new_cell(struct exec *x, u32 id, struct subject_error *err)
{
	if (id >= MAX_CELL) {
		snprintf(err->msg, sizeof(err->msg), "cell number %u is too large", id);
		return NULL;
	}
	if (id >= x->nr_cells &&
	    resize((void **)&x->cells, &x->nr_cells, (size_t)id + 16, sizeof(*x->cells))) {
		no_memory(err, "cells");
		return NULL;
	}
	if (x->cells[id].used) {
		snprintf(err->msg, sizeof(err->msg), "cell %u is there already", id);
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
		snprintf(err->msg, sizeof(err->msg), "cell %u wants %llu threads, the group has %u",
			 id, (unsigned long long)(p->threads + p->readers), x->threads);
		return -EINVAL;
	}
	c->subject = subject_create(p, err);
	if (!c->subject)
		return -EINVAL;
	c->params = *p;
	c->alias = false;
	c->used = true;
	c->slow = !strcmp(subject_params_get(p, "op", op, sizeof(op)), "attach");
	return 0;
}

int exec_alias(struct exec *x, uint32_t id, uint32_t of, struct subject_error *err)
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
	return id < x->nr_cells && x->cells[id].used ? &x->cells[id].params : NULL;
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

/* ---- events ------------------------------------------------------------ */

struct opening {
	struct exec *x;
	const struct exec_event *events;
	unsigned int nr;
	struct exec_event_info *info;
	struct subject_error *err;
};

static void open_counts(void *arg)
{
	struct opening *o = arg;

	o->x->counts = counts_open(o->x->team, o->x->threads, o->events, o->nr, o->info, o->err);
}

int exec_events(struct exec *x, const struct exec_event *events, unsigned int nr,
		struct exec_event_info *info, struct subject_error *err)
{
	struct opening o = { .x = x, .events = events, .nr = nr, .info = info, .err = err };

	counts_close(x->counts);
	x->counts = NULL;
	if (!nr)
		return 0;
	team_lead(x->team, open_counts, &o);
	return x->counts ? 0 : -EINVAL;
}

/* ---- a counted loop on thread 0, alone or with readers beside it ------- */

struct loop {
	struct exec *x;
	struct cell *cell;
	struct counts *counts;
	u64 n, ns, ivcsw;
	u32 done;
};

static void loop_caller(struct loop *l)
{
	struct subject_thread *t = subject_thread(l->cell->subject, 0);
	subject_block_fn fn = subject_block(l->cell->subject);
	u64 ivcsw, start;

	counts_begin(l->counts, 0);
	/* In the loop alone: waiting for the readers to come may take any number. */
	ivcsw = team_ivcsw();
	start = team_now_ns();
	fn(t, l->n);
	l->ns = team_now_ns() - start;
	l->ivcsw = team_ivcsw() - ivcsw;
	counts_end(l->counts, 0);
	/* Pairs with the acquire of the readers, in loop_member(). */
	smp_store_release(&l->done, 1);
}

static void loop_member(void *arg, unsigned int member)
{
	struct loop *l = arg;
	struct subject *s = l->cell->subject;
	struct subject_thread *t = subject_thread(s, member);

	subject_thread_enter(t);
	/* The readers are under way when the caller starts. */
	if (l->cell->params.readers)
		team_barrier(l->x->team);
	if (!member)
		loop_caller(l);
	else
		/* Pairs with the release in loop_caller(). */
		while (!smp_load_acquire(&l->done))
			subject_reader_block(s)(t, READER_BATCH);
	subject_thread_leave(t);
}

/* A loop of n operations, with @counts or without. Returns its nanoseconds. */
static u64 time_loop(struct exec *x, struct cell *c, u64 n, struct counts *counts,
		     uint64_t *ivcsw)
{
	struct loop l = { .x = x, .cell = c, .counts = counts, .n = n };

	team_run(x->team, 1 + c->params.readers, loop_member, &l);
	if (ivcsw)
		*ivcsw = l.ivcsw;
	return l.ns;
}

struct calibration {
	struct exec *x;
	struct cell *cell;
	u64 ns, ps_per_op;
};

static void calibrate(void *arg)
{
	struct calibration *k = arg;
	u64 n = 1, took, again;
	size_t i;

	for (;; n *= 2) {
		took = time_loop(k->x, k->cell, n, NULL, NULL);
		if (took >= k->ns / 2 || n >= 1ULL << 40 || team_stopping(k->x->team))
			break;
		cond_resched();
	}
	/* The first loops were cold: the shortest of three is the speed to plan with. */
	for (i = 0; i < 2 && took < 20 * k->ns; i++) {
		again = time_loop(k->x, k->cell, n, NULL, NULL);
		if (again < took)
			took = again;
	}
	if (k->cell->slow)
		subject_drain(k->cell->subject);
	k->ps_per_op = (took ? took : 1) * 1000 / n;
	if (!k->ps_per_op)
		k->ps_per_op = 1;
}

int exec_calibrate(struct exec *x, uint32_t id, uint64_t ns, uint64_t *ps_per_op,
		   struct subject_error *err)
{
	struct calibration k = { .x = x, .cell = cell_of(x, id, err), .ns = ns };
	size_t i;

	if (!k.cell)
		return -EINVAL;
	team_lead(x->team, calibrate, &k);
	*ps_per_op = k.ps_per_op;
	for (i = 0; i < x->nr_cells; i++)
		if (x->cells[i].used && x->cells[i].subject == k.cell->subject)
			x->cells[i].ps_per_op = k.ps_per_op;
	return 0;
}

/* ---- a window that several threads share ------------------------------- */

struct window {
	struct exec *x;
	struct cell *cell;
	struct exec_sample *sample;
	u64 batch;
	unsigned int callers;
	bool attacher; /* the member behind the callers */
	u64 start; /* set by member 0 between two barriers */
	u64 deadline;
	atomic_t callers_done;
	atomic64_t ivcsw;
};

/* Attaches and detaches at the cell's rate until every caller is done. */
static void run_attacher(struct window *w)
{
	u64 period = 1000000000 / w->cell->params.attach_rate;
	u64 next = w->start + period / 2;
	struct exec_sample *s = w->sample;
	u64 began;

	/* Pairs with the release of each caller that is done. */
	while (atomic_read_acquire(&w->callers_done) < (int)w->callers) {
		began = team_now_ns();
		if (began < next) {
			team_relax();
			continue;
		}
		subject_attach_once(w->cell->subject);
		s->attach_ns += team_now_ns() - began;
		s->attaches++;
		next += period;
	}
	s->attacher_ns = team_now_ns() - w->start;
}

static void run_caller(struct window *w, unsigned int member)
{
	struct subject_thread *t = subject_thread(w->cell->subject, member);
	struct exec_part *part = &w->sample->parts[member];
	subject_block_fn fn = subject_block(w->cell->subject);
	u64 start, stop, ops = 0;

	start = team_now_ns();
	do {
		fn(t, w->batch);
		ops += w->batch;
		stop = team_now_ns();
	} while (stop < w->deadline);
	part->ops = ops;
	part->start_ns = start - w->start;
	part->stop_ns = stop - w->start;
	/* Release: pairs with the acquire of the attacher. */
	atomic_fetch_add_release(1, &w->callers_done);
}

static void window_member(void *arg, unsigned int member)
{
	struct window *w = arg;
	bool caller = member < w->callers;
	u64 ivcsw;

	if (caller)
		subject_thread_enter(subject_thread(w->cell->subject, member));
	team_barrier(w->x->team);
	if (!member) {
		w->start = team_now_ns() + START_NS;
		w->deadline = w->start + w->x->window_ns;
	}
	team_barrier(w->x->team);
	ivcsw = team_ivcsw();
	if (!team_oversubscribed(w->x->team, w->callers + w->attacher))
		team_wait_until(w->start);
	if (caller) {
		/* Behind the wait: what that takes is nobody's. */
		counts_begin(w->x->counts, member);
		run_caller(w, member);
		counts_end(w->x->counts, member);
		atomic64_add(team_ivcsw() - ivcsw, &w->ivcsw);
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

	w.callers = c->params.threads;
	w.attacher = c->params.attach_rate;
	w.batch = c->ps_per_op ? BATCH_NS * 1000ULL / c->ps_per_op : 1;
	if (!w.batch)
		w.batch = 1;
	s->parts = kvcalloc(w.callers, sizeof(*s->parts), GFP_KERNEL);
	if (!s->parts)
		return no_memory(err, "samples");
	s->nr_parts = w.callers;
	team_run(x->team, w.callers + w.attacher, window_member, &w);
	if (w.attacher)
		subject_drain(c->subject);
	for (i = 0; i < w.callers; i++)
		s->ops += s->parts[i].ops;
	s->ns = x->window_ns;
	s->ivcsw = atomic64_read(&w.ivcsw);
	return counts_take(x->counts, w.callers, s) ? no_memory(err, "samples") : 0;
}

/* ---- steps ------------------------------------------------------------- */

static int run_loop(struct exec *x, struct cell *c, struct exec_sample *s,
		    struct subject_error *err)
{
	s->ns = time_loop(x, c, s->step.iters, x->counts, &s->ivcsw);
	s->ops = s->step.iters;
	if (c->slow) {
		u64 start = team_now_ns();

		subject_drain(c->subject);
		s->reclaim_ns = team_now_ns() - start;
	}
	return counts_take(x->counts, 1, s) ? no_memory(err, "samples") : 0;
}

static int run_ops(struct cell *c, struct exec_sample *s, struct subject_error *err)
{
	struct subject_thread *t = subject_thread(c->subject, 0);
	subject_block_fn fn = subject_block(c->subject);
	u64 every = s->step.every, ivcsw = team_ivcsw(), start, i;

	s->op_ns = kvcalloc(s->step.iters, sizeof(*s->op_ns), GFP_KERNEL);
	if (!s->op_ns)
		return no_memory(err, "samples");
	s->nr_ops = s->step.iters;
	subject_thread_enter(t);
	for (i = 0; i < s->nr_ops; i++) {
		u64 ns;

		if (every > 1)
			fn(t, every - 1);
		start = team_now_ns();
		fn(t, 1);
		ns = team_now_ns() - start;
		s->op_ns[i] = ns < U32_MAX ? ns : U32_MAX;
	}
	subject_thread_leave(t);
	s->ops = s->nr_ops;
	s->ivcsw = team_ivcsw() - ivcsw;
	if (c->slow)
		subject_drain(c->subject);
	return 0;
}

/* Room for one more in a growing array. */
static int grow(void **array, size_t nr, size_t *max, size_t size, struct subject_error *err)
{
	if (nr < *max || !resize(array, max, *max ? *max * 2 : 1024, size))
		return 0;
	return no_memory(err, "samples");
}

static int record_canary(struct exec *x, u32 round, struct subject_error *err)
{
	struct exec_canary *k;

	if (grow((void **)&x->canaries, x->nr_canaries, &x->max_canaries, sizeof(*k), err))
		return -ENOMEM;
	k = &x->canaries[x->nr_canaries++];
	k->round = round;
	k->add_ps = canary_add_ps();
	k->pingpong_ps = x->cpus > 1 ? canary_pingpong_ps(x->team) : 0;
	return 0;
}

static int run_step(struct exec *x, const struct exec_step *step, struct subject_error *err)
{
	struct cell *c = cell_of(x, step->cell, err);
	struct exec_sample *s;
	int ret;

	if (!c)
		return -EINVAL;
	if (step->kind == EXEC_BLOCK && !step->iters) {
		snprintf(err->msg, sizeof(err->msg), "cell %u: a block of no operations",
			 step->cell);
		return -EINVAL;
	}
	ret = grow((void **)&x->samples, x->nr_samples, &x->max_samples, sizeof(*s), err);
	if (ret)
		return ret;
	s = &x->samples[x->nr_samples];
	memset(s, 0, sizeof(*s));
	s->step = *step;
	team_block((int)step->cell);
	if (step->kind == EXEC_OP)
		ret = run_ops(c, s, err);
	else if (c->params.threads > 1 || c->params.attach_rate)
		ret = run_window(x, c, s, err);
	else
		ret = run_loop(x, c, s, err);
	team_block(-1);
	if (ret) {
		kvfree(s->parts);
		kvfree(s->op_ns);
	} else {
		x->nr_samples++;
	}
	return ret;
}

struct run {
	struct exec *x;
	const struct exec_step *steps;
	size_t nr_steps;
	u32 canary_every;
	struct subject_error *err;
	int ret;
};

static void run_steps(void *arg)
{
	struct run *r = arg;
	const struct exec_step *st = r->steps;
	size_t i;

	for (i = 0; i < r->nr_steps && !r->ret; i++, st++) {
		r->ret = run_step(r->x, st, r->err);
		if (!r->ret && r->canary_every && !(st->round % r->canary_every) &&
		    (i + 1 == r->nr_steps || st[1].round != st->round))
			r->ret = record_canary(r->x, st->round, r->err);
		cond_resched();
		if (!r->ret && i + 1 < r->nr_steps && team_stopping(r->x->team)) {
			snprintf(r->err->msg, sizeof(r->err->msg), "interrupted");
			r->ret = -EINTR;
		}
	}
}

int exec_run(struct exec *x, const struct exec_step *steps, size_t nr_steps,
	     uint32_t canary_every, struct subject_error *err)
{
	struct run r = {
		.x = x,
		.steps = steps,
		.nr_steps = nr_steps,
		.canary_every = canary_every,
		.err = err,
	};

	forget_samples(x);
	team_lead(x->team, run_steps, &r);
	return r.ret;
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
