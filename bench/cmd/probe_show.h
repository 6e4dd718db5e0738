/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a probe counted, for people and for programs. */
#ifndef CMD_PROBE_SHOW_H
#define CMD_PROBE_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "probed.h"

/* A table of the calls of @s since @since (NULL: since the start), a row a kind. */
void probe_show(const struct probed *c, const struct snapshot *s,
		const struct snapshot *since, FILE *out);

/* Which functions, what their probes cost, what was lost, what is marked. */
void probe_show_notes(const struct probed *c, bool emulated, FILE *out);

/* All of it, histograms too; a new reference. */
json_t *probe_json(const struct probed *c, bool emulated);

#endif
