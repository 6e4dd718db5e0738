/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invbench-probe at work, here or in a guest: its lines, kept and counted. */
#ifndef CMD_PROBE_STREAM_H
#define CMD_PROBE_STREAM_H

#include <stddef.h>

#include "boot.h"
#include "probed.h"
#include "result.h"

/**
 * struct probe_stream - a probe between its start and its end
 * @counts: what was said
 * @raw: where all lines go as they come
 * @guest: where it runs; NULL: here
 */
struct probe_stream {
	struct probed counts;
	struct result_text *raw;
	struct guest *guest;
	int fd;
	int pid;
	char *line;
	size_t len, size;
};

/**
 * probe_stream_start() - here, or in a guest that executes nothing
 * @s: filled in
 * @guest: NULL: here
 * @argv: invbench-probe's arguments, its path not among them, NULL after the last
 * @timeout: of the guest's command, s without a byte; 0: none
 * @raw: gets each line; it lives as long, and is the caller's to commit
 *
 * Return: 0, or -1 with a line.
 */
int probe_stream_start(struct probe_stream *s, struct guest *guest,
		       const char *const *argv, double timeout,
		       struct result_text *raw, struct plan_error *err);

/*
 * probe_stream_next() - wait for lines and count them
 * 1: a snapshot has become whole (counts.before), 0: @ms are over, or something was said;
 * -EPIPE: it has ended; -errno with a line.
 */
int probe_stream_next(struct probe_stream *s, int ms, struct plan_error *err);

/* Asks it to end: what it has counted still comes. */
void probe_stream_stop(struct probe_stream *s);

/*
 * Its end, waited for; counts that were cut off are gone (probed_settle()). 0, or -1 with a
 * line (what it said, or that it didn't end as it should). Free with probe_stream_free(),
 * always.
 */
int probe_stream_end(struct probe_stream *s, struct plan_error *err);
void probe_stream_free(struct probe_stream *s);

#endif
