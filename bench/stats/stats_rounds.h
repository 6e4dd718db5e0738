/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes and reads rounds: schedules, where the warm-up ends, throughput of
 * windows, percentiles of single operations. Part of stats.h.
 */
#ifndef INVBENCH_STATS_ROUNDS_H
#define INVBENCH_STATS_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Least overlap of a throughput window's threads. */
#define STATS_MIN_OVERLAP 0.95
/* p50 of single operations over the timer's cost and tick, at least. */
#define STATS_MIN_TIMERS 4.0

/* ---- ops.c: single operations, throughput windows ---- */

/**
 * struct stats_ops - percentiles of single operations, ns, net of the timer
 * @min: smallest
 * @p50: median
 * @p90: 90th percentile, NaN when fewer than 10 samples lie beyond it
 * @p99: 99th, likewise
 * @p999: 99.9th, likewise
 * @max: largest
 * @n: samples
 *
 * A sample shorter than the timer's own cost counts as 0.
 */
struct stats_ops {
	double min;
	double p50;
	double p90;
	double p99;
	double p999;
	double max;
	size_t n;
};

/**
 * stats_ops() - percentiles of sampled operations
 * @v: times as read, the timer's cost in them, ns; NaN is skipped
 * @n: samples
 * @timer_cost: what two reads of the timer with nothing between show, ns
 * @timer_tick: smallest step of the timer, ns
 * @out: percentiles; filled in for STATS_BELOW_TIMER too, but not to be printed
 *
 * Return: STATS_OK; STATS_BELOW_TIMER when p50 (net) is below STATS_MIN_TIMERS
 * times the larger of @timer_cost and @timer_tick; STATS_EMPTY; STATS_BAD_ARG
 * for a negative or NaN cost or tick; STATS_NOMEM.
 */
enum stats_status stats_ops(const double *v, size_t n, double timer_cost,
			    double timer_tick, struct stats_ops *out);

/**
 * struct stats_thread - what a thread did in a window
 * @ops: operations finished
 * @start: when its first one began, ns on the common clock
 * @stop: when its last one ended
 */
struct stats_thread {
	uint64_t ops;
	uint64_t start;
	uint64_t stop;
};

/**
 * struct stats_window - throughput of a window
 * @rate: operations per second, all threads: sum ops_i / elapsed_i
 * @ns_per_op: 1e9 / @rate: what goes into a series as the block's cost
 * @thread_ns_per_op: @ns_per_op times the threads: an operation as one sees it
 * @overlap: (min stop - max start) / window, at most 1, below 0 when apart
 * @dropped: @overlap is below STATS_MIN_OVERLAP: the block is NaN in its series
 */
struct stats_window {
	double rate;
	double ns_per_op;
	double thread_ns_per_op;
	double overlap;
	bool dropped;
};

/**
 * stats_window() - throughput of threads that shared a time window
 * @t: what each did
 * @n: threads
 * @window: length that was asked for, ns, above 0
 * @out: the figures; also when dropped
 *
 * Return: STATS_OK; STATS_EMPTY (figures NaN, dropped) for no thread, one that
 * did nothing, or one with stop <= start; STATS_BAD_ARG for @window = 0.
 */
enum stats_status stats_window(const struct stats_thread *t, size_t n,
			       uint64_t window, struct stats_window *out);

/* ---- warmup.c ---- */

/**
 * struct stats_warmup - when twins count as settled
 * @span: rounds whose median is looked at; at least 2
 * @agree: how far the medians of two spans in a row may differ (log ratio)
 * @bound: how far the median may be from 0 (log ratio)
 * @max_rounds: where to give up; 0: the end of the trace
 */
struct stats_warmup {
	size_t span;
	double agree;
	double bound;
	size_t max_rounds;
};

/* 32 rounds of two 50 us blocks are 3 ms; placement is 2-5 %, starting up 70 %. */
#define STATS_WARMUP_DEFAULT                                              \
	{                                                                 \
		.span = 32, .agree = 0.02, .bound = 0.15, .max_rounds = 0 \
	}

/**
 * stats_warmup_end() - the first round to keep
 * @logs: log(twin/base) by round, NaN where dropped; from stats_pair_logs()
 * @n: rounds
 * @w: the rule
 * @first: index of the first round to keep
 *
 * Settled at the first i where the medians of [i - 2 span, i - span) and
 * [i - span, i) differ by at most @agree and the latter is within @bound of 0.
 * The second span is the first one kept: the span before it has shown that the
 * start was over. A span with fewer than half its rounds usable isn't settled.
 *
 * Return: STATS_OK; STATS_UNSETTLED with @first = min(@n, max_rounds); a trace
 * of no rounds gives STATS_EMPTY and 0; STATS_BAD_ARG, STATS_NOMEM.
 */
enum stats_status stats_warmup_end(const double *logs, size_t n,
				   const struct stats_warmup *w, size_t *first);

/* ---- schedule.c ---- */

/**
 * stats_seed() - an independent seed for one of many streams
 * @seed: the run's
 * @stream: e.g. launch << 32 | group
 *
 * SplitMix64 (Steele, Lea & Flood 2014) of both, so that neighbouring numbers
 * give unrelated streams.
 *
 * Return: the seed.
 */
uint64_t stats_seed(uint64_t seed, uint64_t stream);

/**
 * stats_dither() - spread block times over the timer's tick
 * @ns: times of whole blocks, ns, before they are divided by the operations
 * @n: how many
 * @tick: smallest step of the timer, ns; 0 changes nothing
 * @seed: of the stream, see stats_seed(); equal seeds give equal results
 *
 * Adds a uniform draw from [-tick/2, tick/2) to each: the error that rounding to
 * the tick may have made. Medians of values on a grid lie on the grid, so that
 * the launches of two equal cells may agree on one step exactly, with no scatter
 * and an interval of no width. To be done to every cell alike. Times of at most
 * a tick are left alone, as is NaN.
 */
void stats_dither(double *ns, size_t n, double tick, uint64_t seed);

/**
 * stats_schedule_period() - rounds after which a schedule is in balance
 * @k: cells
 *
 * Return: 4 for 2 cells, @k for other even numbers, 2 * @k for odd ones, 1 for
 * one cell, 0 for none.
 */
size_t stats_schedule_period(size_t k);

/**
 * stats_schedule() - rounds of k cells in balanced random order
 * @seed: equal seeds give equal schedules
 * @k: cells, 1..65535
 * @rounds: how many
 * @order: room for @rounds * @k: cell at position p of round r in [r * k + p]
 *
 * Each period is a Williams design (Williams 1949) with its labels and the
 * order of its rows drawn anew: over a whole period each cell comes equally
 * often at each position, and each ordered pair of cells equally often next to
 * each other in a round. Two cells: periods ABBA BAAB or BAAB ABBA. A last
 * period that isn't whole takes its first rows. Drawn by GSL's mt19937.
 *
 * Return: STATS_OK, STATS_BAD_ARG, STATS_NOMEM.
 */
enum stats_status stats_schedule(uint64_t seed, size_t k, size_t rounds,
				 uint16_t *order);

#ifdef __cplusplus
}
#endif

#endif /* INVBENCH_STATS_ROUNDS_H */
