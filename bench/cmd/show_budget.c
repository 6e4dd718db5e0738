// SPDX-License-Identifier: GPL-2.0-or-later
/* The barrier budget: what a whole operation pays for each of its barriers. */
#include <string.h>

#include "show.h"

/*
 * A cell lacks one barrier. What that barrier costs is the whole less the cell;
 * its share is one less the cell's ratio to the whole. The ends change places.
 */
static struct stats_result taken_from(double whole, struct stats_result r,
				      double scale)
{
	struct stats_result m = r;

	m.est = scale * (whole - r.est);
	m.lo = scale * (whole - r.hi);
	m.hi = scale * (whole - r.lo);
	return m;
}

/* The cells are named for what they lack: "no-map-wmb". */
static const char *barrier(const char *cell)
{
	return strncmp(cell, "no-", 3) ? cell : cell + 3;
}

static void add_barrier(struct table *t, const char *name,
			const struct judge_row *r)
{
	struct stats_result ns = taken_from(0, r->delta_ns, 1);
	struct stats_result share = taken_from(1, r->ratio, 100);
	char marks[128];

	table_row(t);
	table_set(t, "barrier", NULL, "%s", name);
	show_number(t, "marginal_ns", ns.est);
	show_interval(t, "marginal_ns_interval", &ns);
	show_number(t, "share", share.est);
	show_interval(t, "share_interval", &share);
	judge_marks(r->marks & ~(unsigned int)JUDGE_NO_IRQS, marks,
		    sizeof(marks));
	table_set(t, "marks", NULL, "%s", marks);
}

struct table *show_budget(const struct judge_group *j)
{
	const struct plan_group *g = j->plan;
	char title[512];
	struct table *t;
	unsigned int i;

	if (strcmp(g->compare, "budget") ||
	    strcmp(g->cells[g->baseline].name, "whole"))
		return NULL;
	snprintf(
		title, sizeof(title),
		"what each barrier adds to the whole of %.1f ns [%s]; shares below %.2f %% aren't claimed",
		j->rows[g->baseline].ns.est, g->name, 100 * j->noise);
	t = table_new(title);
	table_column(t, "barrier", "BARRIER", false);
	table_column(t, "marginal_ns", "MARGINAL-NS", true);
	table_column(t, "marginal_ns_interval", "95 %", true);
	table_column(t, "share", "SHARE-%", true);
	table_column(t, "share_interval", "95 %", true);
	table_column(t, "marks", "MARKS", false);
	for (i = 0; i < g->nr_cells; i++)
		if (g->cells[i].role == PLAN_VARIANT && i != g->baseline)
			add_barrier(t, barrier(g->cells[i].name), &j->rows[i]);
	return t;
}
