/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records where the time of one cell goes, or of two in turn. */
#ifndef CMD_RECORD_H
#define CMD_RECORD_H

#include "backend.h"
#include "flame.h"
#include "fold.h"
#include "plan.h"

/**
 * struct record - what is to be recorded, and what came of it
 * @nr: cells: 1, or 2 that are held against each other
 * @cells: A, B
 * @seconds: of each cell
 * @hz: samples a second
 * @data: perf's file while it records
 * @plain: instances of two cells are one frame
 * @backend: user, kernel or guest: where
 * @options: of it
 * @part: NULL, or how functions begin whose stacks have a picture of their own
 * @progress: between pieces: share that is done, 0..1
 * @stop: set by a signal: what was recorded by then is used
 * @event: how it was sampled
 * @flame: filled in: A, or both sides
 * @lost: samples, of each cell; perf's are known of all cells together and stand in A's
 * @timed: the samples that ended within the operations that @ns_per_op is of; NULL: those
 *	aren't known
 * @ns_per_op: while it was sampled
 * @ns_error: its standard error, were all blocks independent
 * @ran: s, of each cell
 * @emulated: its times are an emulator's
 * @release: of a guest's kernel; "" for this machine
 * @kernel: samples of all CPUs in a kernel
 * @others: of them, those of others than the cell; of the stock driver, those without it
 * @took: s, of all cells
 * @interrupted: it ended early, by @stop
 * @failed: it ended early, by itself: what was recorded until then is there
 * @notes: what went wrong without ending it, of record_note()
 * @nr_notes: of them
 */
struct record {
	unsigned int nr;
	struct plan_cell cells[FLAME_SIDES];
	double seconds;
	unsigned int hz;
	const char *data;
	bool plain;
	const char *backend, *part;
	struct backend_options options;
	void (*progress)(void *arg, double share);
	void *arg;
	const bool *stop;

	const char *event;
	struct flame *flame;
	uint64_t lost[FLAME_SIDES];
	struct flame *timed;
	double ns_per_op[FLAME_SIDES], ns_error[FLAME_SIDES], ran[FLAME_SIDES];
	bool emulated;
	char release[64];
	struct kernel_counts kernel[FLAME_SIDES];
	uint64_t others[FLAME_SIDES];
	double took;
	bool interrupted, failed;
	struct plan_error notes[4];
	unsigned int nr_notes;
};

/* Something for people to know of a recording that is there nevertheless. */
void record_note(struct record *r, const struct plan_error *note);

/* The worker, by perf. 0, or -errno with a line. */
int record_user(struct record *r, struct plan_error *err);

/* The module, in this kernel or a guest's, by our sampler. Likewise. */
int record_kernel(struct record *r, struct plan_error *err);

/* The stock driver as it is used here; or in a guest, that reads from an nvme drive. */
int record_stock(struct record *r, struct plan_error *err);

/* ---- for those above ---------------------------------------------------- */

/* One cell in one launch, in blocks, and how long they took. */
struct blocks {
	struct launch *l;
	uint64_t window_ns;
	double ns_per_op;
	/* while recorded; whole: in blocks without an involuntary switch */
	double ns, ops, whole_ns, whole_ops;
	/* of the whole ones: how many, ns an operation and its square summed up */
	double whole, sum, squares;
};

/* Makes the cell in a launch with no cells yet. The figures stay. 0, or -errno with a line. */
int blocks_begin(struct blocks *b, struct launch *l, const struct subject_params *p,
		 struct plan_error *err);
/* About 0.1 s of it. */
int blocks_run(struct blocks *b, struct plan_error *err);
/* NAN when none was run. */
double blocks_ns_per_op(const struct blocks *b);
/* Its standard error, were all blocks independent; 0 of less than two. */
double blocks_ns_error(const struct blocks *b);

/*
 * The sampler's file by @fetch, which writes it and has the line of its own errors, through
 * kernel_stacks_read(). 0, or -errno with a line.
 */
int record_stacks(int (*fetch)(void *arg, FILE *to, struct plan_error *err), void *fetch_arg,
		  kernel_stack_fn fn, void *arg, struct kernel_counts *counts,
		  struct plan_error *err);

/* A clock, s. */
double record_clock(void);
bool record_stopped(const struct record *r);
/* A B B A A B B A ...: a drift weighs on both alike. */
unsigned int record_whose(const struct record *r, unsigned int piece);

#endif
