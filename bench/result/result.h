/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run's folder: provenance, raw samples, what they mean. Every file is written
 * whole under another name and renamed into place; a group is durable once
 * result_group_commit() has returned.
 */
#ifndef RESULT_RESULT_H
#define RESULT_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "plan.h"
#include "probed.h"

struct result;

/* Makes results/<run>/ with plan.json and context.json; "-2" and so on when it is there. */
struct result *result_create(const char *dir, const struct plan *plan,
			     struct plan_error *err);
/* The same for what isn't planned (a probe): without plan.json, @command its name. */
struct result *result_create_for(const char *dir, const char *command,
				 struct plan_error *err);
/* An existing folder: plan read back, groups done known. NULL: a line that says what is damaged. */
struct result *result_open(const char *dir, struct plan_error *err);
void result_close(struct result *r);
/* Closes a folder that nothing was measured into, and takes it away. */
void result_discard(struct result *r);
const char *result_dir(const struct result *r);
const struct plan *result_plan(const struct result *r);
bool result_group_done(const struct result *r, unsigned int group);

/* One line about the machine, for people: CPU, count, kernel, virtualisation, clock. */
const char *result_machine(const struct result *r);
/* JSON context (jansson), as in context.json. */
struct json_t;
const struct json_t *result_context(const struct result *r);
/* Adds or replaces a key (timer cost, notes), and writes context.json again. */
int result_context_set(struct result *r, const char *key, struct json_t *value);
int result_context_write(struct result *r, struct plan_error *err);

/*
 * A group in flight: raw lines of the wire (wire.h) per launch, first a header line with
 * the cells' names. Nothing is visible in the folder until commit; abandon forgets it.
 */
struct result_group;
struct result_group *result_group_begin(struct result *r, unsigned int group,
					struct plan_error *err);
int result_group_line(struct result_group *g, unsigned int launch,
		      const char *line);
int result_group_note(struct result_group *g, unsigned int launch,
		      const char *key, double value);
int result_group_commit(struct result_group *g, struct plan_error *err);
void result_group_abandon(struct result_group *g);

/*
 * A file that grows line by line while something is measured: NAME.tmp until commit, which a
 * tool that was killed leaves behind. Commit tells, too, of a line that couldn't be written.
 */
struct result_text;
struct result_text *result_text_begin(struct result *r, const char *name,
				      struct plan_error *err);
int result_text_line(struct result_text *t, const char *line);
int result_text_commit(struct result_text *t, struct plan_error *err);
void result_text_abandon(struct result_text *t);

/* Writes a text file of the folder whole. Name may hold one folder ("plots/x.dat"). */
int result_write(struct result *r, const char *name, const char *text,
		 size_t len, struct plan_error *err);
int result_write_json(struct result *r, const char *name,
		      const struct json_t *j, struct plan_error *err);

/* ---- judge.c: samples -> rows ---------------------------------------- */

#include "stats.h"

enum judge_mark {
	JUDGE_EMULATED = 1 << 0,
	JUDGE_ARTIFICIAL = 1 << 1,
	JUDGE_UNSOUND = 1 << 2,	    /* set by whoever has the verdicts */
	JUDGE_BELOW_NOISE = 1 << 3, /* against the baseline */
	JUDGE_BELOW_TIMER = 1 << 4, /* op figures */
	JUDGE_DROPPED = 1 << 5,	    /* more than 20 % of the blocks */
	JUDGE_OVERSUBSCRIBED = 1 << 6,
	JUDGE_NO_IRQS = 1 << 7, /* user space: irqs n/a */
	JUDGE_UNSETTLED = 1 << 8, /* twin never settled in a launch's warm-up */
	JUDGE_ERRORS = 1 << 9, /* hand-overs failed or CMD_SYNCs timed out */
	JUDGE_MULTIPLEXED = 1 << 10, /* an event shared a counter: its count is scaled */
	JUDGE_PROBED = 1 << 11, /* times have the probes' cost in them: not ranked */
};

/**
 * struct judge_count - one of the plan's events in one cell, over launches: each
 *	launch gives the sum of its blocks
 * @per_op: an operation
 * @ratio: to the baseline's
 * @delta: less the baseline's
 * @shared: scaled: it shared a counter with others for a part of the blocks
 */
struct judge_count {
	struct stats_result per_op, ratio, delta;
	bool shared;
};

/**
 * struct judge_probe - what probes saw of a cell's lists of commands, over launches
 * @time: lists with a CMD_SYNC, of all launches
 * @p50: ns
 * @p99: ns
 * @lists: how many commands, how many others waited at entry, full queues
 * @inside_ns: at most what of a latency is the probe's own; 0: not known
 * @lost: lists that weren't counted, of the whole group
 */
struct judge_probe {
	struct probed_time time;
	struct stats_result p50, p99;
	struct probed_lists lists;
	double inside_ns;
	uint64_t lost;
};

/**
 * struct judge_row - what is known of one cell
 * @cell: index into the group
 * @ns: ns per operation (one thread), or per operation and thread (window)
 * @ratio: to the baseline, paired within rounds, launches as samples
 * @delta_ns: cell - baseline, paired
 * @mops: million operations a second, all threads (windows), else 1000 / ns
 * @reclaim_ns: per operation, deferred frees drained off the clock (attach)
 * @attach_hz: attach + detach pairs a second that ran beside the callers (attach_rate)
 * @attach_ns: what one of them took its caller
 * @rank: 1.. among the variants; equal ranks are ties
 * @blocks: measured; @dropped: of them
 * @warmup: rounds left out at the start, mean over launches
 * @op: p50, p90, p99, p999, max in ns with the timer's cost taken off (figures=op)
 * @counts: one an event of the plan; NULL without any
 * @ipc: instructions a cycle, where both were counted in the same modes
 * @probe: of `run --probe`; NULL without
 * @marks: enum judge_mark
 */
struct judge_row {
	unsigned int cell;
	struct stats_result ns, ratio, delta_ns, mops, reclaim_ns;
	struct stats_result attach_hz, attach_ns;
	unsigned int rank;
	size_t blocks, dropped_switch, dropped_overlap;
	double warmup;
	bool has_op;
	double op[5];
	struct judge_count *counts;
	struct stats_result ipc;
	struct judge_probe *probe;
	unsigned int marks;
};

/**
 * struct judge_group - what is known of one group
 * @rows: one a cell, in the group's order
 * @noise: least ratio difference that can be claimed (twin's spread), e.g. 0.012
 * @same: |ratio - 1| of the control `same`; @twin likewise
 * @events: the plan's, @nr_events of them
 * @event_state: of each, the worst of the launches
 * @canary_add, @canary_pingpong: min, median, max over the group
 */
struct judge_group {
	const struct plan_group *plan;
	struct judge_row *rows;
	unsigned int nr_rows;
	unsigned int launches;
	double noise, same, twin;
	const struct plan_event *events;
	unsigned int nr_events;
	enum exec_event_state event_state[EXEC_MAX_EVENTS];
	double canary_add[3], canary_pingpong[3];
};

/* Judges a group of a result again from its samples. NULL with a line. */
struct judge_group *judge_group(const struct result *r, unsigned int group,
				struct plan_error *err);
void judge_free(struct judge_group *j);
/* Lets the samples go: the rows stay, judge_compare() and the traces don't. */
void judge_slim(struct judge_group *j);
/* Judged pairwise: is a's cost different from b's at the group's simultaneous level? */
int judge_compare(const struct judge_group *j, unsigned int a, unsigned int b,
		  struct stats_result *ratio);

/* Whether a cell of the group has a figure of this event. */
bool judge_counted(const struct judge_group *j, unsigned int event);

/* "artificial, below-noise": into buf, which is returned. */
const char *judge_marks(unsigned int marks, char *buf, size_t len);
/* The canaries of all launches in order; returns how many. */
size_t judge_canary_trace(const struct judge_group *j, const double **add,
			  const double **pingpong);
/* Median log ratio of a cell to the baseline in one launch; NaN without one. */
double judge_launch_median(const struct judge_group *j, unsigned int cell,
			   unsigned int launch);

/* cells.json (Google Benchmark's schema through gbench) for all groups done. */
int result_cells_json(struct result *r, struct judge_group *const *groups,
		      unsigned int nr, struct plan_error *err);

#endif
