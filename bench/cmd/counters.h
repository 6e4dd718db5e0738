/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --counters: perf's events by name, and what this machine allows of them. */
#ifndef CMD_COUNTERS_H
#define CMD_COUNTERS_H

#include "plan.h"

/**
 * counters_parse() - names into the numbers that a plan has
 * @list: names with commas between, as perf has them. Changed.
 * @plan: where they go
 * @err: one line that names the wrong one, and a near or the valid ones
 *
 * Return: 0 or -EINVAL.
 */
int counters_parse(char *list, struct plan *plan, struct plan_error *err);

/*
 * Whether @plan's events mean anything where its groups are, and whether one of them at
 * least may be opened by who asks. Before anything is made. 0, or -errno with a line.
 */
int counters_suit(const struct plan *plan, struct plan_error *err);

/* Says what became of them, on standard error, where that isn't what was asked for. */
void counters_say(const struct plan *plan, const char *backend,
		  const struct exec_event_info *info);

#endif
