// SPDX-License-Identifier: GPL-2.0-or-later
/* Canaries over the run: in which state the machine was, and when it changed. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

int plot_group_canaries(struct result *r, const struct judge_group *j,
			unsigned int group, struct plan_error *err)
{
	const double *add, *pingpong;
	size_t n = judge_canary_trace(j, &add, &pingpong), i;
	struct draft d;
	char name[112];

	if (draft_begin(&d, err))
		return -ENOMEM;
	fputs("# canaries in the order of the launches: ns of 10,000 dependent additions,\n"
	      "# ns of a round trip of a line between two CPUs (0: one CPU)\n"
	      "# add_ns pingpong_ns\n",
	      d.f);
	for (i = 0; i < n; i++)
		fprintf(d.f, "%.6g %.6g\n", add[i], pingpong[i]);
	plot_data_name(r, group, "-canaries", name, sizeof(name));
	return draft_end(&d, r, name, 0, err);
}

/* Points of the picture at most; above it a point stands for several samples. */
#define MAX_CANARIES 1600

struct trace {
	double *v[2];
	unsigned int *group;
	size_t nr, max;
};

static int trace_add(struct trace *t, unsigned int group, double add,
		     double pingpong)
{
	size_t n = t->max ? 2 * t->max : 1024;
	double *a, *b;
	unsigned int *g;

	if (t->nr == t->max) {
		a = realloc(t->v[0], n * sizeof(*a));
		t->v[0] = a ? a : t->v[0];
		b = realloc(t->v[1], n * sizeof(*b));
		t->v[1] = b ? b : t->v[1];
		g = realloc(t->group, n * sizeof(*g));
		t->group = g ? g : t->group;
		if (!a || !b || !g)
			return -ENOMEM;
		t->max = n;
	}
	t->v[0][t->nr] = add;
	t->v[1][t->nr] = pingpong;
	t->group[t->nr++] = group;
	return 0;
}

/* What plots_group() left: the samples themselves are gone by now. */
static int trace_read(struct plots *p, unsigned int group, struct trace *t)
{
	char path[PATH_MAX], name[112], line[128];
	double add, pingpong;
	int ret = 0;
	FILE *f;

	plot_data_name(p->r, group, "-canaries", name, sizeof(name));
	if (snprintf(path, sizeof(path), "%s/plots/%s", result_dir(p->r),
		     name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	f = fopen(path, "re");
	if (!f)
		return 0; /* nothing known of this group */
	while (!ret && fgets(line, sizeof(line), f))
		if (*line != '#' &&
		    sscanf(line, "%lf %lf", &add, &pingpong) == 2)
			ret = trace_add(t, group, add, pingpong);
	fclose(f);
	return ret;
}

/* Lowest, middle and highest of each stretch, in the order of the run. */
static int trace_data(struct plots *p, const struct trace *t,
		      unsigned int every, const char *name)
{
	struct draft d;
	size_t i, k, n;
	int m;

	if (draft_begin(&d, p->err))
		return -ENOMEM;
	fprintf(d.f,
		"# canaries over the run, %u sample%s a point\n"
		"# sample, then median, min, max: ns of 10,000 dependent additions; the same: ns of a round trip between two CPUs\n",
		every, every > 1 ? "s" : "");
	for (i = 0; i < t->nr; i += n) {
		n = 1;
		while (n < every && i + n < t->nr &&
		       t->group[i + n] == t->group[i])
			n++;
		if (i && t->group[i] != t->group[i - 1])
			fputc('\n', d.f);
		fprintf(d.f, "%zu", i + n / 2);
		for (m = 0; m < 2; m++) {
			const double *v = t->v[m] + i;
			double lo = v[0], hi = v[0];

			for (k = 1; k < n; k++) {
				lo = fmin(lo, v[k]);
				hi = fmax(hi, v[k]);
			}
			fprintf(d.f, " %.6g %.6g %.6g", stats_median(v, n), lo,
				hi);
		}
		fputc('\n', d.f);
	}
	return draft_end(&d, p->r, name, 0, p->err);
}

/* Where groups begin, and their names under the middle of them. */
static double say_groups(FILE *f, struct plots *p, const struct trace *t,
			 double width)
{
	unsigned int groups = 0, every, k = 0;
	char name[128], cut[40];
	double widest = 0;
	size_t i, begin = 0, least = t->nr;
	bool upright;

	for (i = 0; i < t->nr; i++)
		groups += !i || t->group[i] != t->group[i - 1];
	/* 24 names have room side by side */
	every = (groups + 23) / 24;
	fputs("array group_name = [\"\"", f);
	for (i = 0; i < t->nr; i++) {
		if ((i && t->group[i] == t->group[i - 1]) || k++ % every)
			continue;
		gnuplot_wrap(result_plan(p->r)->groups[t->group[i]].name, 120,
			     name, sizeof(name));
		/* the point's values are at the end */
		if (strlen(name) > 28)
			snprintf(cut, sizeof(cut), "%.9s...%s", name,
				 name + strlen(name) - 16);
		else
			snprintf(cut, sizeof(cut), "%.28s", name);
		fputs(", ", f);
		gnuplot_quote(f, cut);
		widest = fmax(widest, plot_text_width(cut));
	}
	fputs("]\narray group_place = [0", f);
	for (i = 0, k = 0; i < t->nr; i++) {
		if (!i || t->group[i] != t->group[i - 1])
			begin = i;
		if ((i + 1 == t->nr || t->group[i + 1] != t->group[i]) &&
		    !(k++ % every))
			fprintf(f, ", %g", (double)(begin + i) / 2);
		if (i + 1 == t->nr || t->group[i + 1] != t->group[i])
			least = i + 1 - begin < least ? i + 1 - begin : least;
	}
	fputs("]\narray group_begin = [0", f);
	for (i = 1; i < t->nr; i++)
		if (t->group[i] != t->group[i - 1])
			fprintf(f, ", %g", (double)i - 0.5);
	fputs("]\n", f);
	upright = widest + 16 < width * (double)least / (double)t->nr;
	fprintf(f, "upright = %d\n", upright);
	return upright ? LINE_HEIGHT : widest + 12;
}

static void fit_trace(const struct trace *t, int which, struct range *r)
{
	size_t i;

	*r = EMPTY_RANGE;
	for (i = 0; i < t->nr; i++)
		range_add(r, t->v[which][i]);
	range_finish(r, 10);
}

static int draw_trace(struct plots *p, const struct trace *t)
{
	unsigned int every = (unsigned int)(t->nr / MAX_CANARIES) + 1, panels,
		     m;
	struct picture *pic = plot_add(p, "canaries", "canaries.gp");
	double names, height = 210, bottom;
	char file[112], how[400];
	struct draft d;
	struct range y;
	struct words w;
	int ret;

	if (!pic || draft_begin(&d, p->err))
		return -ENOMEM;
	fit_trace(t, 1, &y);
	panels = stats_quantile(t->v[1], t->nr, 1) > 0 ? 2 : 1;
	snprintf(
		how, sizeof(how),
		"A flat trace: one state of the machine. Steps are states that change by themselves: what was paired within a round doesn't see them.%s",
		every > 1 ?
			" Bars: lowest and highest of the samples that a point stands for." :
			"");
	w = plot_say_words(
		d.f, p, pic, "Canaries over the run: the machine's own state",
		"An add loop and a line's round trip between two CPUs, every 16th round; groups in the order of the run",
		how);
	snprintf(file, sizeof(file), "%s.dat", pic->name);
	gnuplot_text(d.f, "datafile", file);
	ret = trace_data(p, t, every, file);
	names = say_groups(d.f, p, t, WIDTH - 92 - 24);
	fprintf(d.f, "samples = %zu\nevery = %u\npanels = %u\n", t->nr, every,
		panels);
	for (m = 0; m < panels; m++) {
		char key[16];

		bottom =
			w.below + 24 + names + (panels - 1 - m) * (height + 22);
		fit_trace(t, (int)m, &y);
		snprintf(key, sizeof(key), "y%u", m + 1);
		plot_say_axis(d.f, key, &y);
		fprintf(d.f, "bottom%u = %g\n", m + 1, bottom);
	}
	gnuplot_text(d.f, "ytitle1", "add loop, ns");
	gnuplot_text(d.f, "ytitle2", "round trip, ns");
	fprintf(d.f, "left = 92\nright = 24\nplot_height = %g\n", height);
	plot_say_size(d.f, w.above + 12 + panels * height + (panels - 1) * 22 +
				   24 + names + w.below);
	snprintf(file, sizeof(file), "%s.gp", pic->name);
	return draft_end(&d, p->r, file, ret, p->err);
}

int plot_canaries(struct plots *p)
{
	struct trace t = { 0 };
	unsigned int i;
	int ret = 0;

	for (i = 0; i < p->nr && !ret; i++)
		if (p->groups[i])
			ret = trace_read(p, i, &t);
	if (!ret && t.nr > 1)
		ret = draw_trace(p, &t);
	free(t.v[0]);
	free(t.v[1]);
	free(t.group);
	return ret;
}
