// SPDX-License-Identifier: GPL-2.0-or-later
/* Cost against a number, a line for each variant, from groups that share the rest. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"
#include "place.h"

#define MAX_X 512

struct point {
	double x, at;	/* value; place on the axis */
	double v[2][3]; /* of both panels: est, lo, hi */
	bool artificial;
};

struct series {
	char name[64];
	struct point *points;
	unsigned int nr;
	struct look look;
};

struct lines {
	const struct judge_group *seed;
	const char *x;	  /* axis */
	const char *stem; /* of the picture's name */
	char title[160];
	const char *ytitle[2];
	unsigned int panels;
	struct series series[MAX_SERIES];
	unsigned int nr;
	double band[64][3]; /* at, both panels */
	unsigned int nr_band;
	double shade; /* real up to it */
	const char *shade_word;
	bool ordinal, xlog, compare_threads;
	const char *how;
};

/* Groups that make one picture together, for one x axis. */
struct pools {
	struct plots *p;
	const char *x;
	unsigned int min_x; /* fewer places are no picture */
	char **common;	    /* of each group; NULL where there is none */
	bool *done;
};

static struct series *find_series(struct lines *l, const char *name)
{
	unsigned int i;

	for (i = 0; i < l->nr; i++)
		if (!strcmp(l->series[i].name, name))
			return &l->series[i];
	if (l->nr == MAX_SERIES)
		return NULL;
	snprintf(l->series[l->nr].name, sizeof(l->series[0].name), "%s", name);
	l->series[l->nr].look = plot_look(l->seed->plan->compare, name, l->nr);
	return &l->series[l->nr++];
}

/* In the order of x; a second value at the same x is another group's: left out. */
static int add_point(struct series *s, const struct point *pt)
{
	struct point *all;
	unsigned int i;

	for (i = 0; i < s->nr; i++)
		if (s->points[i].x == pt->x)
			return 0;
	all = realloc(s->points, (s->nr + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	s->points = all;
	for (i = s->nr; i > 0 && all[i - 1].x > pt->x; i--)
		all[i] = all[i - 1];
	all[i] = *pt;
	s->nr++;
	return 0;
}

static void lines_free(struct lines *l)
{
	unsigned int i;

	for (i = 0; i < l->nr; i++)
		free(l->series[i].points);
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* All x there are, sorted; returns how many. */
static unsigned int all_x(const struct lines *l, double *x, unsigned int max)
{
	unsigned int i, k, m, n = 0;

	for (i = 0; i < l->nr; i++) {
		for (k = 0; k < l->series[i].nr; k++) {
			for (m = 0; m < n && x[m] != l->series[i].points[k].x;
			     m++)
				;
			if (m == n && n < max)
				x[n++] = l->series[i].points[k].x;
		}
	}
	qsort(x, n, sizeof(*x), by_value);
	return n;
}

/* Zero has no place on a logarithmic axis: then the values stand side by side. */
static void place_on_x(struct lines *l, const double *x, unsigned int n)
{
	unsigned int i, k, m;

	l->ordinal = x[0] <= 0 && n > 2;
	l->xlog = !l->ordinal && x[0] > 0 && x[n - 1] > 8 * x[0];
	for (i = 0; i < l->nr; i++) {
		for (k = 0; k < l->series[i].nr; k++) {
			struct point *pt = &l->series[i].points[k];

			pt->at = pt->x;
			for (m = 0; l->ordinal && m < n; m++)
				if (x[m] == pt->x)
					pt->at = m;
		}
	}
}

static double on_axis(const struct lines *l, const double *x, unsigned int n,
		      double v)
{
	unsigned int m;

	if (!l->ordinal)
		return v;
	for (m = 0; m < n && x[m] < v; m++)
		;
	return m;
}

static void say_x(FILE *f, const struct lines *l, const double *x,
		  unsigned int n, struct range *r)
{
	unsigned int i, every = n > 12 ? (n + 11) / 12 : 1;

	*r = EMPTY_RANGE;
	for (i = 0; i < n; i++)
		range_add(r, on_axis(l, x, n, x[i]));
	range_finish(r, INFINITY);
	r->log = l->xlog;
	if (r->log) {
		double pad = pow(x[n - 1] / x[0], 0.05);

		r->min = x[0] / pad;
		r->max = x[n - 1] * pad;
	}
	fprintf(f, "xmin = %.9g\nxmax = %.9g\nxlog = %d\nxtick = '", r->min,
		r->max, r->log);
	for (i = 0; i < n; i += every)
		fprintf(f, " %.10g", x[i]);
	fputs("'\nxplace = '", f);
	for (i = 0; i < n; i += every)
		fprintf(f, " %.10g", on_axis(l, x, n, x[i]));
	fputs("'\n", f);
	gnuplot_number(f, "shade", l->shade_word ? l->shade : NAN);
	gnuplot_text(f, "shade_word", l->shade_word ? l->shade_word : "");
}

/*
 * Lines part a little sideways, so that their bars don't cover each other: by a
 * quarter of the least distance in all.
 */
static void part(struct lines *l, const struct range *r, const double *x,
		 unsigned int n)
{
	double gap = 1, step;
	unsigned int i, k;

	for (i = 1; i < n; i++)
		gap = fmin(gap, plot_at(r, on_axis(l, x, n, x[i])) -
					plot_at(r, on_axis(l, x, n, x[i - 1])));
	step = fmin(0.008, gap / 4 / l->nr);
	for (i = 0; i < l->nr; i++) {
		double by = step * (i - (l->nr - 1) / 2.0);

		for (k = 0; k < l->series[i].nr; k++) {
			struct point *pt = &l->series[i].points[k];

			if (r->log)
				pt->at *= pow(r->max / r->min, by);
			else
				pt->at += (r->max - r->min) * by;
		}
	}
}

static const struct point *last_point(const struct series *s)
{
	return &s->points[s->nr - 1];
}

/* Labels beside the ends of the lines, apart from each other. */
static void say_ends(FILE *f, const struct lines *l, unsigned int panel,
		     const struct range *y, double bottom, double height)
{
	double at[MAX_SERIES];
	unsigned int i;

	for (i = 0; i < l->nr; i++) {
		double end = plot_at(y, last_point(&l->series[i])->v[panel][0]);

		at[i] = bottom + height * fmin(fmax(end, 0), 1);
	}
	place_spread(at, l->nr, LINE_HEIGHT, bottom, bottom + height);
	fprintf(f, "array end_%u = [", panel + 1);
	for (i = 0; i < l->nr; i++)
		fprintf(f, "%s%.1f", i ? ", " : "", at[i]);
	fprintf(f, "]\narray last_%u = [", panel + 1);
	for (i = 0; i < l->nr; i++)
		fprintf(f, "%s%.9g", i ? ", " : "",
			last_point(&l->series[i])->v[panel][0]);
	fputs("]\n", f);
}

static int lines_data(struct plots *p, const struct lines *l, const char *name)
{
	struct draft d;
	unsigned int i, k, m, n;

	if (draft_begin(&d, p->err))
		return -ENOMEM;
	fprintf(d.f, "# %s against %s; a block for each line, in order:",
		l->ytitle[0], l->x);
	for (i = 0; i < l->nr; i++)
		fprintf(d.f, " %s", l->series[i].name);
	fprintf(d.f,
		"%s\n# %s, its place on the axis (apart from other lines), then %s, lo, hi",
		l->nr_band ? "; last, half the noise band" : "", l->x,
		l->ytitle[0]);
	if (l->panels > 1)
		fprintf(d.f, ", then %s, lo, hi", l->ytitle[1]);
	fputs("\n# lo, hi: ends of the 95 % interval over launches\n", d.f);
	for (i = 0; i < l->nr; i++) {
		if (i)
			fputs("\n\n", d.f);
		fprintf(d.f, "# %s\n", l->series[i].name);
		for (k = 0; k < l->series[i].nr; k++) {
			const struct point *pt = &l->series[i].points[k];

			fprintf(d.f, "%.10g %.10g", pt->x, pt->at);
			for (m = 0; m < l->panels; m++) {
				for (n = 0; n < 3; n++)
					if (isfinite(pt->v[m][n]))
						fprintf(d.f, " %.6g",
							pt->v[m][n]);
					else
						fputs(" NaN", d.f);
			}
			fputc('\n', d.f);
		}
	}
	if (l->nr_band)
		fputs("\n\n# noise\n", d.f);
	for (i = 0; i < l->nr_band; i++)
		fprintf(d.f, "%.10g %.6g %.6g\n", l->band[i][0], l->band[i][1],
			l->band[i][2]);
	return draft_end(&d, p->r, name, 0, p->err);
}

static void say_series(FILE *f, const struct lines *l)
{
	unsigned int i;

	fputs("array line_name = [", f);
	for (i = 0; i < l->nr; i++) {
		fputs(i ? ", " : "", f);
		gnuplot_quote(f, l->series[i].name);
	}
	fputs("]\narray line_colour = [", f);
	for (i = 0; i < l->nr; i++)
		fprintf(f, "%s'%s'", i ? ", " : "", l->series[i].look.colour);
	fputs("]\narray line_point = [", f);
	for (i = 0; i < l->nr; i++)
		fprintf(f, "%s%d", i ? ", " : "", l->series[i].look.point);
	fputs("]\narray line_dash = [", f);
	for (i = 0; i < l->nr; i++)
		fprintf(f, "%s%d", i ? ", " : "", l->series[i].look.dash);
	fprintf(f, "]\nlines = %u\n", l->nr);
}

static void fit_panel(const struct lines *l, unsigned int m, struct range *y)
{
	unsigned int i, k;

	*y = EMPTY_RANGE;
	for (i = 0; i < l->nr; i++)
		for (k = 0; k < l->series[i].nr; k++) {
			const double *v = l->series[i].points[k].v[m];

			range_add_interval(y, v[0], v[1], v[2]);
			if (l->nr_band) {
				range_add(y, v[1]);
				range_add(y, v[2]);
			}
		}
	if (l->nr_band)
		range_add(y, 0);
	for (i = 0; i < l->nr_band; i++) {
		range_add(y, l->band[i][m + 1]);
		range_add(y, -l->band[i][m + 1]);
	}
	range_finish(y, 10);
}

static int draw_lines(struct plots *p, struct lines *l, const char *name)
{
	struct picture *pic = plot_add(p, name, "lines.gp");
	char file[112], key[24], *what, how[400];
	const struct subject_axis *a = subject_axis_by_key(l->x);
	double x[MAX_X], right = 0, height, bottom;
	unsigned int n, i, m;
	struct draft d;
	struct range xr, y;
	struct words w;
	int ret;

	n = all_x(l, x, MAX_X);
	place_on_x(l, x, n);
	what = plot_params(l->seed, l->x);
	if (!pic || !what || draft_begin(&d, p->err)) {
		free(what);
		return -ENOMEM;
	}
	snprintf(how, sizeof(how), "Bars: 95 %% interval over launches.%s",
		 l->how);
	w = plot_say_words(d.f, p, pic, l->title, what, how);
	free(what);
	snprintf(file, sizeof(file), "%s.dat", pic->name);
	gnuplot_text(d.f, "datafile", file);
	say_series(d.f, l);
	say_x(d.f, l, x, n, &xr);
	part(l, &xr, x, n);
	fputs("array last_x = [", d.f);
	for (i = 0; i < l->nr; i++)
		fprintf(d.f, "%s%.9g", i ? ", " : "",
			last_point(&l->series[i])->at);
	fputs("]\n", d.f);
	ret = lines_data(p, l, file);
	snprintf(file, sizeof(file), "%.30s%s%.70s", l->x, a ? ": " : "",
		 a ? a->help : "");
	gnuplot_text(d.f, "xtitle", file);
	for (i = 0; i < l->nr; i++)
		right = fmax(right, plot_text_width(l->series[i].name));
	height = fmax(l->panels > 1 ? 270 : 400, LINE_HEIGHT * l->nr);
	fprintf(d.f, "panels = %u\nleft = 92\nright = %g\nband = %d\n",
		l->panels, right + 74, l->nr_band > 0);
	for (m = 0; m < l->panels; m++) {
		bottom = w.below + 66 + (l->panels - 1 - m) * (height + 56);
		fit_panel(l, m, &y);
		snprintf(key, sizeof(key), "y%u", m + 1);
		plot_say_axis(d.f, key, &y);
		snprintf(key, sizeof(key), "ytitle%u", m + 1);
		gnuplot_text(d.f, key, l->ytitle[m]);
		fprintf(d.f, "bottom%u = %g\n", m + 1, bottom);
		say_ends(d.f, l, m, &y, bottom, height);
	}
	fprintf(d.f, "plot_height = %g\n", height);
	plot_say_size(d.f, w.above + 28 + l->panels * height +
				   (l->panels - 1) * 56 + 66 + w.below);
	snprintf(file, sizeof(file), "%s.gp", pic->name);
	return draft_end(&d, p->r, file, ret, p->err);
}

/* What a group's cells have in common but for the x axis, as text. */
static char *common_text(const struct judge_group *j, const char *x)
{
	const struct subject_params *p =
		&j->plan->cells[j->plan->baseline].params;
	char value[64], *text = NULL;
	unsigned int i;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs(j->plan->compare, f);
	for (i = 0; i < subject_nr_axes(); i++) {
		const char *key = subject_axis(i)->key;

		/* with entries, see alike() */
		if (strcmp(key, x) &&
		    (strcmp(key, "ats") || strcmp(x, "entries")))
			fprintf(f, " %s=%s", key,
				subject_params_get(p, key, value,
						   sizeof(value)));
	}
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* Do two groups differ in nothing but x? The first entry is never an ATS stream. */
static bool alike(const struct pools *o, unsigned int a, unsigned int b)
{
	const struct plan_group *g = o->p->groups[a]->plan;
	const struct plan_group *h = o->p->groups[b]->plan;
	const struct subject_params *p = &g->cells[g->baseline].params;
	const struct subject_params *q = &h->cells[h->baseline].params;

	if (strcmp(o->common[a], o->common[b]) ||
	    strcmp(g->backend, h->backend))
		return false;
	return strcmp(o->x, "entries") || p->ats == q->ats || p->entries == 1 ||
	       q->entries == 1;
}

static void fill(double out[3], const struct stats_result *r, double scale,
		 double add)
{
	out[0] = r->est * scale + add;
	out[1] = (scale < 0 ? r->hi : r->lo) * scale + add;
	out[2] = (scale < 0 ? r->lo : r->hi) * scale + add;
}

static int add_cells(struct lines *l, const struct judge_group *j, bool budget)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++) {
		const struct plan_cell *c = &j->plan->cells[i];
		const struct judge_row *r = &j->rows[i];
		struct point pt = { .x = plot_axis_number(&c->params, l->x) };
		const char *name = l->compare_threads ? l->x : c->name;
		struct series *s;

		if (c->role != PLAN_VARIANT || !isfinite(r->ns.est) ||
		    !isfinite(pt.x) || (budget && i == j->plan->baseline))
			continue;
		if (budget && !strncmp(name, "no-", 3))
			name += 3;
		s = find_series(l, name);
		if (!s)
			continue;
		pt.artificial = subject_params_artificial(&c->params);
		if (budget) {
			/* what the whole costs more than what is left without it */
			fill(pt.v[0], &r->delta_ns, -1, 0);
			fill(pt.v[1], &r->ratio, -100, 100);
		} else {
			fill(pt.v[0], &r->ns, 1, 0);
			fill(pt.v[1], &r->mops, 1, 0);
		}
		if (add_point(s, &pt))
			return -ENOMEM;
	}
	if (budget && isfinite(j->noise) && l->nr_band < 64) {
		const struct judge_row *b = &j->rows[j->plan->baseline];
		double *band = l->band[l->nr_band++];

		band[0] = plot_axis_number(
			&j->plan->cells[j->plan->baseline].params, l->x);
		band[1] = j->noise * b->ns.est;
		band[2] = 100 * j->noise;
	}
	return 0;
}

/* Real up to the middle between the last real x and the first artificial one. */
static void find_shade(struct plots *p, struct lines *l)
{
	double real = -INFINITY, beyond = INFINITY;
	unsigned int cpus = 0, i, k;
	const char *word = "artificial";
	const json_t *online = json_object_get(
		json_object_get(result_context(p->r), "cpu"), "online");

	if (!strcmp(l->x, "threads")) {
		cpus = (unsigned int)json_integer_value(online);
		word = "more threads than CPUs";
	}
	for (i = 0; i < l->nr; i++) {
		for (k = 0; k < l->series[i].nr; k++) {
			const struct point *pt = &l->series[i].points[k];

			if (cpus ? pt->x > cpus : pt->artificial)
				beyond = fmin(beyond, pt->x);
			else
				real = fmax(real, pt->x);
		}
	}
	if (!isfinite(beyond))
		return;
	if (!isfinite(real) || real >= beyond) {
		l->shade = -INFINITY;
		if (strcmp(l->x, "entries"))
			return; /* artificial for another reason: the foot says it */
		l->shade = 0;
	} else {
		l->shade = real > 0 ? sqrt(real * beyond) : (real + beyond) / 2;
	}
	l->shade_word = word;
}

/* What is known at one place only is no line; the picture of its group has it. */
static void drop_single(struct lines *l)
{
	unsigned int i, n = 0;

	for (i = 0; i < l->nr; i++) {
		if (l->series[i].nr < 2)
			free(l->series[i].points);
		else
			l->series[n++] = l->series[i];
	}
	l->nr = n;
}

static int draw_pool(struct pools *o, unsigned int seed)
{
	struct plots *p = o->p;
	const char *x = o->x;
	struct lines *l = calloc(1, sizeof(*l));
	const struct judge_group *j = p->groups[seed];
	bool budget = !strcmp(j->plan->compare, "budget");
	char name[160], y[2][96], joined[64];
	double xs[MAX_X];
	unsigned int i, n;
	int ret = 0;

	if (!l)
		return -ENOMEM;
	l->seed = j;
	l->x = x;
	l->how = "";
	l->panels = budget || !strcmp(x, "threads") ? 2 : 1;
	l->compare_threads = !strcmp(j->plan->compare, x);
	for (i = 0; i < p->nr && !ret; i++) {
		if (!p->groups[i] || !alike(o, seed, i))
			continue;
		o->done[i] = true;
		ret = add_cells(l, p->groups[i], budget);
	}
	drop_single(l);
	n = ret ? 0 : all_x(l, xs, MAX_X);
	if (n < o->min_x || !l->nr)
		goto out;
	if (p->nr_pictures >= MAX_PICTURES) {
		p->left_out++;
		goto out;
	}
	find_shade(p, l);
	if (l->shade_word && strcmp(x, "threads"))
		l->how = " Shaded: beyond what real systems have.";
	snprintf(joined, sizeof(joined), "%s", plot_operation(j));
	if (budget) {
		l->ytitle[0] = "marginal cost, ns";
		l->ytitle[1] = "share of the whole, %";
		l->how = " Grey band: within it nothing is claimed.";
		snprintf(l->title, sizeof(l->title),
			 "Barrier budget: a %s less the same without a barrier",
			 joined);
		snprintf(name, sizeof(name), "budget");
	} else {
		snprintf(y[0], sizeof(y[0]), "ns per %s%s", joined,
			 l->panels > 1 || plot_windowed(j) ? " and thread" :
							     "");
		snprintf(y[1], sizeof(y[1]), "M %s/s, all threads",
			 strcmp(joined, "operation") ? joined : "operations");
		l->ytitle[0] = y[0];
		l->ytitle[1] = y[1];
		snprintf(l->title, sizeof(l->title), "%s: cost against %s%s%s",
			 joined, x, l->compare_threads ? "" : ", by ",
			 l->compare_threads ? "" : j->plan->compare);
		snprintf(name, sizeof(name), "cost-by-%s", x);
	}
	for (i = 0; i < p->nr_pictures; i++) {
		if (!strcmp(p->pictures[i].name, name)) {
			size_t len = strlen(name);

			snprintf(name + len, sizeof(name) - len, "-%s",
				 j->plan->section);
			break;
		}
	}
	ret = draw_lines(p, l, name);
out:
	lines_free(l);
	free(l);
	return ret;
}

/* How many values of an axis there are, for a quick look: at most 3. */
static unsigned int steps_of(const struct plots *p, const char *x)
{
	double seen[3];
	unsigned int i, k, m, n = 0;

	for (i = 0; i < p->nr; i++) {
		const struct judge_group *j = p->groups[i];

		for (k = 0; j && k < j->nr_rows && n < 3; k++) {
			double v =
				plot_axis_number(&j->plan->cells[k].params, x);

			for (m = 0; m < n && seen[m] != v; m++)
				;
			if (m == n)
				seen[n++] = v;
		}
	}
	return n;
}

/* Can a picture against @x begin with this group? */
static bool may_seed(const struct judge_group *j, const char *x)
{
	const struct subject_axis *a;

	if (!j || j->plan->emulated || !plot_drawn(j, j->plan->baseline))
		return false;
	a = subject_axis_by_key(j->plan->compare);
	if (!a || (a->kind == SUBJECT_AXIS_NUMBER && strcmp(a->key, x)))
		return false;
	/* one entry goes with any ATS setting: others say which */
	return strcmp(x, "entries") || !strcmp(a->key, x) ||
	       j->plan->cells[j->plan->baseline].params.entries > 1;
}

/* Every axis of numbers that the run's groups step through. */
static int draw_pools(struct pools *o)
{
	struct plots *p = o->p;
	unsigned int i;
	int ret = 0;

	o->common = calloc(p->nr + 1, sizeof(*o->common));
	o->done = calloc(p->nr + 1, sizeof(*o->done));
	if (!o->common || !o->done)
		ret = -ENOMEM;
	for (i = 0; i < p->nr && !ret; i++) {
		if (!p->groups[i])
			continue;
		o->common[i] = common_text(p->groups[i], o->x);
		if (!o->common[i])
			ret = -ENOMEM;
	}
	for (i = 0; i < p->nr && !ret; i++)
		if (!o->done[i] && may_seed(p->groups[i], o->x))
			ret = draw_pool(o, i);
	for (i = 0; o->common && i < p->nr; i++)
		free(o->common[i]);
	free(o->common);
	free(o->done);
	return ret;
}

int plot_lines(struct plots *p)
{
	static const struct {
		const char *key;
		unsigned int min;
	} axes[] = { { "entries", 3 }, { "threads", 2 }, { "ptes", 3 },
		     { "depth", 3 },   { "sync_ns", 3 }, { "attach_rate", 3 },
		     { "smmus", 3 },   { "size", 3 } };
	unsigned int k;
	int ret = 0;

	for (k = 0; k < sizeof(axes) / sizeof(axes[0]) && !ret; k++) {
		struct pools o = { .p = p,
				   .x = axes[k].key,
				   .min_x = axes[k].min };

		if (steps_of(p, o.x) >= o.min_x)
			ret = draw_pools(&o);
	}
	return ret;
}
