// SPDX-License-Identifier: GPL-2.0-or-later
/* What probes saw of the cells' lists while they ran. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "show.h"

static void add_row(struct table *t, const struct judge_group *j,
		    unsigned int row)
{
	const struct judge_probe *p = j->rows[row].probe;
	uint64_t syncs = probed_calls(&p->time);

	table_row(t);
	table_set(t, "name", NULL, "%s", j->plan->cells[row].name);
	table_set(t, "syncs", json_integer((json_int_t)syncs), "%" PRIu64,
		  syncs);
	show_number(t, "sync_p50_ns", p->p50.est);
	show_interval(t, "sync_p50_interval", &p->p50);
	show_number(t, "sync_p99_ns", p->p99.est);
	show_interval(t, "sync_p99_interval", &p->p99);
	show_number(t, "sync_max_ns", syncs ? (double)p->time.max_ns : NAN);
	show_number(t, "commands",
		    probed_mean(p->lists.commands, PROBE_MAX_COMMANDS));
	show_number(t, "others",
		    probed_mean(p->lists.producers, PROBE_MAX_PRODUCERS));
	table_set(t, "full", json_integer((json_int_t)p->lists.full),
		  "%" PRIu64, p->lists.full);
	table_set(t, "marks", NULL, "%s",
		  syncs && p->p50.est < p->inside_ns ? "below-cost" : "");
}

struct table *show_probed(const struct judge_group *j)
{
	const struct judge_probe *p = j->rows[0].probe;
	unsigned int *order, i;
	char title[512];
	struct table *t;

	if (!p)
		return NULL;
	snprintf(title, sizeof(title),
		 "lists with a CMD_SYNC, as probes saw them [%s]%s; lost: %" PRIu64,
		 j->plan->name,
		 j->plan->emulated ? "; an emulator's times" : "", p->lost);
	t = table_new(title);
	table_column(t, "name", "NAME", false);
	table_column(t, "syncs", "SYNCS", true);
	table_column(t, "sync_p50_ns", "P50 NS", true);
	table_column(t, "sync_p50_interval", "95 %", true);
	table_column(t, "sync_p99_ns", "P99 NS", true);
	table_column(t, "sync_p99_interval", "95 %", true);
	table_column(t, "sync_max_ns", "MAX NS", true);
	table_column(t, "commands", "COMMANDS", true);
	table_column(t, "others", "OTHERS", true);
	table_column(t, "full", "FULL", true);
	table_column(t, "marks", "MARKS", false);
	order = show_order(j);
	for (i = 0; order && i < j->nr_rows; i++)
		add_row(t, j, order[i]);
	free(order);
	return t;
}
