// SPDX-License-Identifier: GPL-2.0-or-later
/* Which pictures a run allows; the scripts that draw them are in plots/. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "figure.h"
#include "plots.h"

int plots_group(struct result *r, const struct judge_group *j,
		unsigned int group, struct plan_error *err)
{
	int ret = plot_group_data(r, j, group, err);

	return ret ? ret : plot_group_canaries(r, j, group, err);
}

static unsigned int variants(const struct judge_group *j)
{
	unsigned int i, n = 0;

	for (i = 0; i < j->nr_rows; i++)
		n += j->plan->cells[i].role == PLAN_VARIANT && plot_drawn(j, i);
	return n;
}

static int prepare(struct plots *p)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < p->nr && !ret; i++)
		if (p->groups[i] && p->groups[i]->rows[0].probe)
			ret = plot_group_latencies(p, i);
	for (i = 0; i < p->nr && !ret; i++) {
		if (!p->groups[i] || p->groups[i]->rows[0].probe || variants(p->groups[i]) < 2 ||
		    p->groups[i]->plan->emulated)
			continue;
		if (p->nr_pictures < MAX_INTERVALS)
			ret = plot_intervals(p, i);
		else
			p->left_out++;
	}
	if (!ret)
		ret = plot_lines(p);
	if (!ret)
		ret = plot_scatter(p);
	if (!ret)
		ret = plot_canaries(p);
	return ret;
}

/* What was prepared: one script that fails doesn't cost the other pictures. */
static int draw(struct plots *p)
{
	char dir[PATH_MAX], top[PATH_MAX], scripts[PATH_MAX + 8];
	struct plan_error e;
	unsigned int i;
	int ret = 0, got;

	if (!realpath(top_dir(), top) ||
	    snprintf(dir, sizeof(dir), "%s/plots", result_dir(p->r)) >=
		    (int)sizeof(dir)) {
		snprintf(p->err->msg, sizeof(p->err->msg), "%.300s: %s",
			 top_dir(), strerror(errno));
		return -ENOENT;
	}
	snprintf(scripts, sizeof(scripts), "%s/plots", top);
	for (i = 0; i < p->nr_pictures && ret != -ENOENT; i++) {
		got = gnuplot_draw(dir, scripts, p->pictures[i].name,
				   p->pictures[i].script, &e);
		if (got && (!ret || got == -ENOENT)) {
			ret = got;
			*p->err = e;
		}
	}
	return ret;
}

int plots_run(struct result *r, struct judge_group *const *groups,
	      unsigned int nr, struct plan_error *err)
{
	struct plots p = { .r = r, .groups = groups, .nr = nr, .err = err };
	int ret;

	snprintf(err->msg, sizeof(err->msg), "plots: %s", strerror(ENOMEM));
	ret = prepare(&p);
	if (!ret)
		ret = draw(&p);
	free(p.pictures);
	if (ret || !p.left_out)
		return ret;
	snprintf(
		err->msg, sizeof(err->msg),
		"%u pictures, and no more: the data of %u others are in %.300s/plots",
		p.nr_pictures, p.left_out, result_dir(r));
	return -E2BIG;
}

int plots_probe(struct result *r, const struct probed *c, bool emulated,
		struct plan_error *err)
{
	struct plots p = { .r = r, .err = err };
	int ret;

	snprintf(err->msg, sizeof(err->msg), "plots: %s", strerror(ENOMEM));
	ret = plot_latencies(&p, c, emulated);
	if (!ret)
		ret = draw(&p);
	free(p.pictures);
	return ret;
}
