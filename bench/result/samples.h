/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A group's samples as they lie in the folder, read back as series. */
#ifndef RESULT_SAMPLES_H
#define RESULT_SAMPLES_H

#include "internal.h"

/**
 * struct samples_count - an event in the blocks of one cell and launch that were kept
 * @value: counted, scaled to the whole of each block, what reading it adds taken off
 * @ops: operations of these blocks
 * @shared: it shared a counter with others in some
 */
struct samples_count {
	double value, ops;
	bool shared;
};

/**
 * struct samples_cell - one cell's blocks
 * @cost: ns per operation, all threads together, [launch][round]; NaN: dropped
 *	or not measured
 * @reclaim: ns per operation to drain deferred frees, likewise; NULL but for
 *	attach
 * @attach_hz: attach + detach pairs a second beside the callers, likewise; NULL but
 *	where there is an attach_rate
 * @attach_ns: what one of them took
 * @ops: operations of a block, by launch; 0 with windows
 * @op_ns: sampled operations of all launches, the timer's cost in them
 * @nr_ops: how many
 * @errors: hand-overs that failed and CMD_SYNCs that timed out, all launches
 * @counts: [event * launches + launch]; NULL without events
 * @blocks: measured after the warm-up
 * @dropped_switch: of them, for an involuntary context switch
 * @dropped_overlap: of them, for threads that did not overlap
 */
struct samples_cell {
	double **cost, **reclaim, **attach_hz, **attach_ns;
	double *ops, *op_ns;
	size_t nr_ops, max_ops;
	double errors;
	struct samples_count *counts;
	size_t blocks, dropped_switch, dropped_overlap;
};

struct samples_launch {
	double warmup, settled, timer_cost, timer_tick;
	double event_state[EXEC_MAX_EVENTS], event_cost[EXEC_MAX_EVENTS];
};

/* probed: what probes said in each launch; NULL without */
struct samples {
	const struct plan_group *g;
	unsigned int nr_events;
	struct samples_cell *cells;
	struct samples_launch *launches;
	struct probed *probed;
	double *canary_add, *canary_pingpong;
	size_t nr_canaries, max_canaries;
};

/* NULL with a line "file:line: ...". */
struct samples *samples_read(const struct result *r, unsigned int group,
			     struct plan_error *err);
void samples_free(struct samples *s);

#endif
