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

	for (i = 0; i < p->nr && !ret; i++) {
		if (!p->groups[i] || variants(p->groups[i]) < 2 ||
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

int plots_run(struct result *r, struct judge_group *const *groups,
	      unsigned int nr, struct plan_error *err)
{
	struct plots p = { .r = r, .groups = groups, .nr = nr, .err = err };
	char dir[PATH_MAX], top[PATH_MAX], scripts[PATH_MAX + 8];
	unsigned int i;
	struct plan_error e;
	int ret, got;

	snprintf(err->msg, sizeof(err->msg), "plots: %s", strerror(ENOMEM));
	if (!realpath(top_dir(), top) ||
	    snprintf(dir, sizeof(dir), "%s/plots", result_dir(r)) >=
		    (int)sizeof(dir)) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", top_dir(),
			 strerror(errno));
		return -ENOENT;
	}
	snprintf(scripts, sizeof(scripts), "%s/plots", top);
	ret = prepare(&p);
	if (ret) {
		free(p.pictures);
		return ret;
	}
	/* one script that fails doesn't cost the other pictures */
	for (i = 0; i < p.nr_pictures && ret != -ENOENT; i++) {
		got = gnuplot_draw(dir, scripts, p.pictures[i].name,
				   p.pictures[i].script, &e);
		if (got && (!ret || got == -ENOENT)) {
			ret = got;
			*err = e;
		}
	}
	free(p.pictures);
	if (ret || !p.left_out)
		return ret;
	snprintf(
		err->msg, sizeof(err->msg),
		"%u pictures, and no more: the data of %u others are in %.300s",
		p.nr_pictures, p.left_out, dir);
	return -E2BIG;
}
