/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf's events on all callers of a team, block by block. */
#ifndef MEASURE_COUNTS_H
#define MEASURE_COUNTS_H

#include "exec.h"
#include "team.h"

struct counts;

/**
 * counts_open() - open events on members 0..@callers-1
 * @t: a team; the caller is on its leader's thread
 * @callers: how many of its members
 * @events: @nr of them
 * @nr: 1 to EXEC_MAX_EVENTS
 * @out: of each, what became of it and what reading it adds
 * @err: one line
 *
 * NULL on failure.
 */
struct counts *counts_open(struct team *t, unsigned int callers, const struct exec_event *events,
			   unsigned int nr, struct exec_event_info *out,
			   struct subject_error *err);
void counts_close(struct counts *c);

/* Around what @member is about to do, on its thread. All of these are fine with NULL. */
void counts_begin(struct counts *c, unsigned int member);
void counts_end(struct counts *c, unsigned int member);

/* The sums over @callers go into @s, malloc()ed. 0 or -ENOMEM. */
int counts_take(const struct counts *c, unsigned int callers, struct exec_sample *s);

#endif
