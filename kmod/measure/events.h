/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf's events, counted on the calling thread. Each world brings these: by
 * perf_event_open() in bench/measure/events.c, by the kernel's own counters in
 * kmod/events.c. Plain C, so that user space's half needs no shims.
 */
#ifndef MEASURE_EVENTS_H
#define MEASURE_EVENTS_H

#include "exec.h"

struct events;

/**
 * events_open() - count from now on
 * @events: @nr of them
 * @nr: 1 to EXEC_MAX_EVENTS
 * @state: what became of each
 * @err: one line
 *
 * What can't be counted here is no failure: its state says so. May sleep. NULL when there
 * is no memory, or nothing can be opened any more.
 */
struct events *events_open(const struct exec_event *events, unsigned int nr,
			   enum exec_event_state *state, struct subject_error *err);

/* So far, @nr of them; 0 for those that aren't counted. On the thread that opened them. */
void events_read(struct events *e, struct exec_count *out);

/* From any thread, also when the one that opened them is gone. Fine with NULL. */
void events_close(struct events *e);

#endif
