/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records where the time of one cell goes, or of two in turn. */
#ifndef CMD_RECORD_H
#define CMD_RECORD_H

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
 * @progress: between pieces: share that is done, 0..1
 * @stop: set by a signal: what was recorded by then is used
 * @event: how it was sampled
 * @flame: filled in: A, or both sides
 * @counts: of each cell; what was lost is known of all and stands in A's
 * @ns_per_op: while it was sampled
 * @ran: s, of each cell
 * @note: NULL, or what went wrong without ending it
 */
struct record {
	unsigned int nr;
	struct plan_cell cells[FLAME_SIDES];
	double seconds;
	unsigned int hz;
	const char *data;
	bool plain;
	void (*progress)(void *arg, double share);
	void *arg;
	const bool *stop;

	const char *event;
	struct flame *flame;
	struct perf_counts counts[FLAME_SIDES];
	double ns_per_op[FLAME_SIDES], ran[FLAME_SIDES];
	struct plan_error note;
};

/* The worker, by perf. 0, or -errno with a line. */
int record_user(struct record *r, struct plan_error *err);

#endif
