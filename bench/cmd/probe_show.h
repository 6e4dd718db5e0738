/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a probe counted, for people and for programs. */
#ifndef CMD_PROBE_SHOW_H
#define CMD_PROBE_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "probed.h"

/*
 * probe_show() - a table of calls, a row for each kind of each queue
 * @since: of @s, those since then; NULL: since the start
 * @width: characters of a line; columns that don't fit are left out. 0: as many as it takes
 */
void probe_show(const struct probed *c, const struct snapshot *s,
		const struct snapshot *since, unsigned int width, FILE *out);

/* Which functions, what their probes cost, what was lost, what is marked. */
void probe_show_notes(const struct probed *c, bool emulated, FILE *out);

/* All of it, histograms too; a new reference. */
json_t *probe_json(const struct probed *c, bool emulated);

#endif
