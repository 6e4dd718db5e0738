/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One launch of the worker, seen from the tool: requests out, samples in. */
#ifndef MEASURE_CLIENT_H
#define MEASURE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "exec.h"

struct launch;

/* What the samples of a go are handed to, as they arrive. Lines are as in wire.h. */
struct launch_sink {
	void (*block)(void *arg, const struct exec_sample *s);
	void (*op)(void *arg, const struct exec_sample *s);
	void (*canary)(void *arg, const struct exec_canary *k);
	void (*raw)(void *arg,
		    const char *line); /* every sample line, as it came */
	void *arg;
};

/**
 * struct launch_where - who executes
 * @argv: the program to start, its arguments, NULL; or
 * @to: streams to one that serves already; they stay open
 * @from: likewise
 * @relayed: it is invbench-relay, or has invbench-probe around it: what it has to say at
 *	the end is waited for
 */
struct launch_where {
	const char *const *argv;
	FILE *to, *from;
	bool relayed;
};

/*
 * launch_start() - a fresh launch with a group of @threads
 * @cpus: to pin to, or NULL
 * Returns NULL with a line in @err.
 */
struct launch *launch_start(const struct launch_where *where,
			    unsigned int threads, const unsigned int *cpus,
			    unsigned int nr_cpus, struct subject_error *err);

/*
 * launch_hear() - of a relayed one, what probes counted in it
 * @line: gets each of invbench-probe's lines, as launch_stop() hears them
 */
void launch_hear(struct launch *l, void (*line)(void *arg, const char *line),
		 void *arg);

/*
 * Ends the launch and waits for its end. 0; -ENOTRECOVERABLE with a line in @err: the
 * kernel's log has a finding, or the module can't be unloaded; -EPIPE: the relay died.
 */
int launch_stop(struct launch *l, struct subject_error *err);

/* Its process; -1 where it is none of ours (a guest's). */
pid_t launch_pid(const struct launch *l);

/* All: 0, or -errno with a line in @err (also when the worker died). */
int launch_cell(struct launch *l, uint32_t id, const struct subject_params *p,
		struct subject_error *err);
int launch_alias(struct launch *l, uint32_t id, uint32_t of,
		 struct subject_error *err);
int launch_calibrate(struct launch *l, uint32_t id, uint64_t ns,
		     double *ns_per_op, struct subject_error *err);
int launch_window(struct launch *l, uint64_t ns, struct subject_error *err);
int launch_canary(struct launch *l, uint32_t every, struct subject_error *err);
/* @info: @nr of them, what became of each. */
int launch_events(struct launch *l, const struct exec_event *events, unsigned int nr,
		  struct exec_event_info *info, struct subject_error *err);
int launch_timer(struct launch *l, struct exec_timer *t,
		 struct subject_error *err);
int launch_counters(struct launch *l, uint32_t id, struct subject_counters *c,
		    struct subject_error *err);
int launch_go(struct launch *l, const struct exec_step *steps, size_t nr_steps,
	      const struct launch_sink *sink, struct subject_error *err);
/* A new group in the same process: the cells of the last one are gone. */
int launch_regroup(struct launch *l, unsigned int threads,
		   struct subject_error *err);

#endif
