/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Job file -> plan -> schedule. A plan is everything that a run will do, and what
 * --dry-run prints; nothing in it depends on the clock.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exec.h"
#include "subject.h"

enum plan_role {
	PLAN_VARIANT, /* one value of the compared axis */
	PLAN_SAME,    /* A/A: the baseline's function and data once more */
	PLAN_TWIN,  /* A/A: the baseline's second compiled instance, own data */
	PLAN_FLOOR, /* the harness alone */
};

/**
 * struct plan_cell - one cell of a group
 * @name: unique within the group: the compared axis' value ("merged"), or "same",
 *	  "twin", "floor"
 * @role: variant or control
 * @params: checked
 * @alias_of: for PLAN_SAME, the baseline's index; else -1
 */
struct plan_cell {
	char name[64];
	enum plan_role role;
	struct subject_params params;
	int alias_of;
};

/**
 * struct plan_backend - where groups are measured
 * @name: user, kernel, guest, stock
 * @world: of its cells
 * @cpus: it has, for values like "cpus" and the oversubscribed mark
 * @emulated: its times are an emulator's
 */
struct plan_backend {
	const char *name;
	enum subject_world world;
	unsigned int cpus;
	bool emulated;
};

/* The worker's, on @n CPUs. */
#define PLAN_USER(n) \
	(&(const struct plan_backend){ .name = "user", .cpus = (n) })

#define PLAN_FIGURE_BLOCK (1U << 0)
#define PLAN_FIGURE_OP	  (1U << 1)

/**
 * struct plan_group - cells that share every axis but the compared one
 * @section: the job file's section
 * @backend: name of where it is measured
 * @name: section, the backend but for user, and the point's values: "stores
 *	  backend=guest threads=2"; unique in the plan
 * @title: one line for tables and plots
 * @compare: key of the compared axis
 * @point: keys and values of the section's other axes that had several values
 * @cells: variants first, in the job's order, controls last
 * @baseline: index of the cell that ratios are taken to
 * @threads: most callers of any cell
 * @oversubscribed: more threads (attacher included) than CPUs
 * @artificial: a cell has a value beyond what real systems have
 * @emulated: the times are an emulator's: shown, never ranked
 */
struct plan_group {
	char section[64];
	char backend[16];
	char name[192];
	char title[128];
	char compare[32];
	struct {
		char key[32], value[32];
	} point[8];
	unsigned int nr_point;
	struct plan_cell *cells;
	unsigned int nr_cells;
	unsigned int baseline;
	unsigned int threads;
	unsigned int launches;	 /* at least 5 */
	unsigned int rounds;	 /* a launch, warm-up not counted */
	unsigned int warmup_max; /* rounds at most until twin has settled */
	uint64_t block_ns, window_ns;
	unsigned int figures;
	unsigned int op_samples, op_every;
	bool oversubscribed, artificial, emulated;
};

/**
 * struct plan_event - what is counted beside the time, in every group
 * @name: as it was asked for
 * @model: its numbers are those of this machine's CPU model, or kernel
 * @event: what the executor opens
 */
struct plan_event {
	char name[64];
	bool model;
	struct exec_event event;
};

struct plan {
	char job[64];
	uint64_t seed;
	struct plan_group *groups;
	unsigned int nr_groups;
	unsigned int nr_cells; /* in all */
	struct plan_event events[EXEC_MAX_EVENTS];
	unsigned int nr_events;
	bool probed; /* lists are timed by eBPF: times have that in them */
};

/* What a command line or job file did wrong: one line, file:line first where there is one. */
struct plan_error {
	char msg[512];
};

/* "key=value[,value...]" of --set, applied to every section that has the key or none. */
struct plan_set {
	const char *key, *values;
};

/**
 * plan_load() - a plan from job files
 * @jobs: names of shipped jobs (jobs/NAME.job under @top) or paths with a slash or
 *	  .job; none: "default"
 * @nr_jobs: how many
 * @top: the project's folder
 * @sets: overrides; @nr_sets of them
 * @seed: of all random orders; 0: from the clock, by the caller
 * @backends: each section is measured on each of them, one after the other
 * @nr_backends: at least 1
 * @err: one line
 *
 * Return: the plan, or NULL with a line that names file:line, the value, the
 * valid ones and a near miss.
 */
struct plan *plan_load(const char *const *jobs, unsigned int nr_jobs,
		       const char *top, const struct plan_set *sets,
		       unsigned int nr_sets, uint64_t seed,
		       const struct plan_backend *backends,
		       unsigned int nr_backends, struct plan_error *err);
void plan_free(struct plan *p);

/* Seconds that a group and the plan will take, from typical costs. */
double plan_group_seconds(const struct plan_group *g);
double plan_seconds(const struct plan *p);

/* JSON (jansson), whole: plan.json. And back, for --resume and judging again. */
struct json_t;
struct json_t *plan_to_json(const struct plan *p);
struct plan *plan_from_json(const struct json_t *j, struct plan_error *err);

/* --dry-run, for people. */
#include <stdio.h>
void plan_print(const struct plan *p, bool cells, FILE *out);

/* The jobs that are shipped: name and one line of help, NULL-terminated list. */
struct plan_job {
	char name[64], help[160];
};

int plan_jobs(const char *top, struct plan_job **jobs, unsigned int *nr,
	      struct plan_error *err);

/**
 * plan_schedule() - the steps of one launch of a group
 * @g: the group
 * @seed: plan's seed; the launch's order is made from it, the group's name and @launch
 * @launch: 0..launches-1
 * @first_round: number of the first round made here
 * @rounds: how many
 * @ns_per_op: calibrated, one a cell
 * @steps: malloc()ed
 * @nr_steps: how many
 *
 * Balanced random order (stats_rounds.h); each cell's operations fill block_ns, one at
 * least. Rounds of a schedule made in several calls continue the same balanced design.
 * Return: 0 or -ENOMEM.
 */
int plan_schedule(const struct plan_group *g, uint64_t seed,
		  unsigned int launch, uint32_t first_round, uint32_t rounds,
		  const double *ns_per_op, struct exec_step **steps,
		  size_t *nr_steps);

/* The order in which a launch creates its cells: a permutation of 0..nr_cells-1. */
void plan_creation_order(const struct plan_group *g, uint64_t seed,
			 unsigned int launch, unsigned int *order);

/* The steps that sample single operations (figures=op), after the rounds. */
int plan_schedule_ops(const struct plan_group *g, uint64_t seed,
		      unsigned int launch, struct exec_step **steps,
		      size_t *nr_steps);

#endif
