/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Executes schedules, in user space and in the kernel alike: cells alive, threads
 * bound, blocks timed, raw samples out. It makes no schedule and judges no sample.
 * Plain C, for who hands schedules over.
 */
#ifndef MEASURE_EXEC_H
#define MEASURE_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subject.h"

enum exec_kind {
	EXEC_BLOCK = 'B', /* one timed loop */
	EXEC_OP = 'O',	  /* single operations, sampled */
};

/* One entry of a schedule. */
struct exec_step {
	uint32_t round;
	uint32_t pos; /* place in its round */
	uint32_t cell;
	enum exec_kind kind;
	uint64_t iters; /* BLOCK: operations; OP: samples */
	uint64_t every; /* OP: each sample follows every - 1 untimed ones */
};

/* One thread's part of a window. Nanoseconds since the window's start. */
struct exec_part {
	uint64_t ops;
	int64_t start_ns, stop_ns;
};

#define EXEC_MAX_EVENTS 16

/**
 * struct exec_event - one of perf's events, as perf_event_open(2) has it
 * @type: PERF_TYPE_*
 * @config: of that type
 * @config1: where the type wants more
 * @config2: likewise
 * @user: count in user mode
 * @kernel: count in the kernel's; where that isn't allowed and @user is set, only there
 */
struct exec_event {
	uint32_t type;
	uint64_t config, config1, config2;
	bool user, kernel;
};

/* What became of an event; the worst of a team's threads has the highest number. */
enum exec_event_state {
	EXEC_EVENT_OK,
	EXEC_EVENT_USER,   /* in user mode alone: more is not allowed */
	EXEC_EVENT_NONE,   /* this machine doesn't count it */
	EXEC_EVENT_DENIED, /* it isn't allowed */
};

/**
 * struct exec_event_info - an event that was asked for
 * @state: what became of it
 * @cost: what a caller's two readings, with nothing between, count of themselves
 */
struct exec_event_info {
	enum exec_event_state state;
	uint64_t cost;
};

/*
 * What an event counted in a block: sums over the callers, of the times, too. @running_ns
 * below @enabled_ns: it shared a counter with others.
 */
struct exec_count {
	uint64_t value, enabled_ns, running_ns;
};

/**
 * struct exec_sample - what one step gave, unjudged
 * @step: as scheduled
 * @ops: operations done, by all threads
 * @ns: time of the loop; of the window's length with several threads
 * @reclaim_ns: time to drain deferred frees afterwards (attach only), else 0
 * @ivcsw: involuntary context switches inside, all threads
 * @attaches: attach + detach pairs beside the callers (attach_rate), else 0
 * @attach_ns: time that they took
 * @attacher_ns: time that the attacher was at it, waiting included; 0: there was none
 * @nr_parts: threads, 0 where one thread ran a counted loop
 * @parts: one a thread
 * @nr_ops: OP samples
 * @op_ns: each, the timer's own cost included
 * @nr_counts: events of exec_events(), for BLOCK samples
 * @counts: of each; zeros where it isn't counted
 */
struct exec_sample {
	struct exec_step step;
	uint64_t ops, ns, reclaim_ns, ivcsw;
	uint64_t attaches, attach_ns, attacher_ns;
	uint32_t nr_parts, nr_ops;
	struct exec_part *parts;
	uint32_t *op_ns;
	uint32_t nr_counts;
	struct exec_count *counts;
};

/**
 * struct exec_canary - the machine's state beside a round; picoseconds
 * @round: after which
 * @add_ps: 10,000 dependent additions
 * @pingpong_ps: one round trip of a line between two CPUs; 0 with one CPU
 */
struct exec_canary {
	uint32_t round;
	uint64_t add_ps, pingpong_ps;
};

/**
 * struct exec_timer - the clock itself
 * @cost_ps: median of one read after the other
 * @tick_ps: smallest step seen
 */
struct exec_timer {
	uint64_t cost_ps, tick_ps;
};

struct exec;

/**
 * exec_create() - bound threads, no cells yet
 * @threads: callers at once
 * @cpus: @nr_cpus CPU numbers to bind them to in turn, or NULL for those allowed
 * @err: one line on failure
 *
 * In user space the calling thread becomes thread 0 and is pinned. May sleep, as all
 * of this file. Returns NULL on failure.
 */
struct exec *exec_create(unsigned int threads, const unsigned int *cpus,
			 unsigned int nr_cpus, struct subject_error *err);
void exec_destroy(struct exec *x);

/* Brings a cell to life under @id. -errno with a line in @err. */
int exec_add(struct exec *x, uint32_t id, const struct subject_params *p,
	     struct subject_error *err);
/* @id is @of once more: the same function on the same data (control `same`). */
int exec_alias(struct exec *x, uint32_t id, uint32_t of,
	       struct subject_error *err);
const struct subject_params *exec_params(const struct exec *x, uint32_t id);

/* Picoseconds of one operation on thread 0, from doubling loops of up to @ns. */
int exec_calibrate(struct exec *x, uint32_t id, uint64_t ns, uint64_t *ps_per_op,
		   struct subject_error *err);

/* The length of a block that several threads share, ns. */
void exec_set_window(struct exec *x, uint64_t ns);

/*
 * Counts @nr events (at most EXEC_MAX_EVENTS; 0: none any more) in each block from now on,
 * outside of what is timed; @info says what became of each. -errno with a line in @err.
 */
int exec_events(struct exec *x, const struct exec_event *events, unsigned int nr,
		struct exec_event_info *info, struct subject_error *err);

/*
 * Runs the steps in order. The sample's arrays live until the next call or
 * exec_destroy(). @canary_every: rounds between two canaries, 0: none.
 * -errno with a line in @err (a cell unknown, no memory, interrupted).
 */
int exec_run(struct exec *x, const struct exec_step *steps, size_t nr_steps,
	     uint32_t canary_every, struct subject_error *err);
size_t exec_nr_samples(const struct exec *x);
const struct exec_sample *exec_sample(const struct exec *x, size_t i);
size_t exec_nr_canaries(const struct exec *x);
const struct exec_canary *exec_canary(const struct exec *x, size_t i);

int exec_counters(struct exec *x, uint32_t id, struct subject_counters *c);
/* 0, or -ENOMEM. */
int exec_timer(struct exec_timer *t);

/* For sort(). */
int exec_compare_u64(const void *a, const void *b);

#endif
