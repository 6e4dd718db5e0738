/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf and addr2line, as programs: record processes, read what was recorded, name it. */
#ifndef CMD_PERF_H
#define CMD_PERF_H

#include <sys/types.h>

#include "fold.h"
#include "plan.h"

struct perf;

/* The event to sample by: "cycles" where there is a PMU, else "cpu-clock". */
const char *perf_event(void);

/**
 * perf_start() - record processes, threads that they will start among them
 * @pids: @nr of them; what they do is recorded until they end, or perf_stop()
 * @event: of perf_event()
 * @hz: samples a second
 * @data: file
 * @err: no perf, a kernel that lets nobody look (names the sysctl), ...
 *
 * Return: once it records; NULL with a line.
 */
struct perf *perf_start(const pid_t *pids, unsigned int nr, const char *event,
			unsigned int hz, const char *data,
			struct plan_error *err);

/* Whether it still records: it ends by itself when something goes wrong. */
bool perf_alive(struct perf *p);

/* Ends it, whole file behind it. 0, or -EIO with a line. Frees it. */
int perf_stop(struct perf *p, struct plan_error *err);

/**
 * perf_read() - the samples of a recording
 * @data: its file
 * @pids: processes; samples of others are left out
 * @folds: one for each of them
 * @counts: what was lost is known of all together
 *
 * Return: 0, or -EIO, -ENOMEM with a line.
 */
int perf_read(const char *data, const pid_t *pids, struct fold *const *folds,
	      unsigned int nr, struct perf_counts *counts,
	      struct plan_error *err);

/**
 * perf_inlines() - what is inlined where the samples of an object lie
 * @file: the object, with its debugging information; a module's addresses are of its .text
 * @map: of it
 * @as: what the samples call the object
 *
 * Return: for inlines_free(); NULL with a line.
 */
struct inlines *perf_inlines(struct fold *const *folds, unsigned int nr,
			     const char *file, const struct elf_map *map,
			     const char *as, struct plan_error *err);

/* kernel.perf_event_paranoid; -1: not known. */
int perf_paranoid(void);

/* Why perf refused, for people: from what it said, and kernel.perf_event_paranoid. */
void perf_refusal(const char *said, int paranoid, bool root,
		  struct plan_error *err);

#endif
