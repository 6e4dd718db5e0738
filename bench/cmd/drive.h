/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out one group of a plan: launches of the worker, warm-up until the
 * twin has settled, rounds in chunks, raw lines out. Judges nothing but the end
 * of the warm-up.
 */
#ifndef CMD_DRIVE_H
#define CMD_DRIVE_H

#include <stdbool.h>

#include "backend.h"
#include "client.h"
#include "plan.h"

/**
 * struct drive - how to carry out a group
 * @ops: of the backend
 * @backend: open
 * @seed: the plan's
 * @cpus: to pin to, in this order; NULL: those allowed
 * @probed: launches have probes round them, whose lines are kept
 * @events: counted in each block, @nr_events of them
 * @counted: what became of them in a launch; may be NULL
 * @line: a raw line of launch @l, as it came
 * @note: a figure of launch @l: "warmup" (rounds), "settled" (0 or 1),
 *	  "timer_cost", "timer_tick" (ns), "ns_per_op.ID",
 *	  "errors.ID" where there were any, "event_state.N" (enum exec_event_state) and
 *	  "event_cost.N" of each event
 * @progress: between two chunks: share of the group that is done, 0..1
 * @stop: set by a signal: the group ends after the chunk with -EINTR
 * @arg: handed to the callbacks
 */
struct drive {
	const struct backend_ops *ops;
	struct backend *backend;
	uint64_t seed;
	const unsigned int *cpus;
	unsigned int nr_cpus;
	bool probed;
	const struct plan_event *events;
	unsigned int nr_events;
	void (*counted)(void *arg, const struct exec_event_info *info);
	int (*line)(void *arg, unsigned int l, const char *line);
	int (*note)(void *arg, unsigned int l, const char *key, double value);
	void (*progress)(void *arg, double share);
	const bool *stop;
	void *arg;
};

/*
 * 0; -EINTR when stopped; else -errno with a line in @err, also when a callback
 * returned it.
 */
int drive_group(const struct drive *d, const struct plan_group *g,
		struct plan_error *err);

/* One launch of it in a worker that is there already, with no cells yet. */
int drive_launch(const struct drive *d, struct launch *w,
		 const struct plan_group *g, unsigned int launch,
		 struct plan_error *err);

#endif
