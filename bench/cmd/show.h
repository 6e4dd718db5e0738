/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judged groups as tables. */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include "result.h"
#include "table.h"

/* One group, its variants by rank, its controls below them. */
struct table *show_group(const struct judge_group *j);
/* A group that compares budget: the marginal cost of each barrier; NULL for others. */
struct table *show_budget(const struct judge_group *j);
/* What was counted beside the time; NULL without events. */
struct table *show_counts(const struct judge_group *j);
/* What probes saw of the lists; NULL without. */
struct table *show_probed(const struct judge_group *j);
/* Each event and what became of it: {name: "ok"}. */
json_t *show_event_states(const struct judge_group *j);
/* What the controls of all groups said, and what was dropped. */
struct table *show_controls(struct judge_group *const *groups, unsigned int nr);
/* The groups of one run as JSON: an array, each with its rows. */
json_t *show_json(struct judge_group *const *groups, unsigned int nr);

/* Rows as tables have them: by rank, controls last. NULL: no memory. */
unsigned int *show_order(const struct judge_group *j);

/* A figure, and its interval, in a column of the last row. */
void show_number(struct table *t, const char *key, double v);
void show_interval(struct table *t, const char *key,
		   const struct stats_result *r);

#endif
