// SPDX-License-Identifier: GPL-2.0-or-later
/* What all pictures share: names, ranges, looks, files, the words round them. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

#define WRAP_TITLE 80
#define WRAP_SMALL 95

/* ---- names and text --------------------------------------------------- */

/* Letters, digits and single dashes: for the names of files. */
void plot_slug(const char *text, char *out, size_t len)
{
	size_t at = 0;

	for (; *text && at + 1 < len; text++) {
		if (isascii((unsigned char)*text) &&
		    isalnum((unsigned char)*text))
			out[at++] = *text;
		else if (at && out[at - 1] != '-')
			out[at++] = '-';
	}
	while (at && out[at - 1] == '-')
		at--;
	out[at] = '\0';
}

void plot_data_name(const struct result *r, unsigned int group,
		    const char *what, char *name, size_t len)
{
	char s[80];

	plot_slug(result_plan(r)->groups[group].name, s, sizeof(s));
	snprintf(name, len, "%03u-%s%s.dat", group, s, what);
}

bool plot_is_op(const struct judge_group *j, const char *op)
{
	char have[32];

	subject_params_get(&j->plan->cells[j->plan->baseline].params, "op",
			   have, sizeof(have));
	return !strcmp(have, op);
}

/* What an operation of the group is called on an axis. */
const char *plot_operation(const struct judge_group *j)
{
	static const char *const names[][2] = {
		{ "unmap", "inv_range" },
		{ "map-unmap", "map + unmap" },
		{ "attach", "attach + detach" },
		{ "cmdq", "submission" },
		{ "fence", "fence" },
		{ "build", "build" },
	};
	size_t i;

	if (!strcmp(j->plan->compare, "op"))
		return "operation";
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (plot_is_op(j, names[i][0]))
			return names[i][1];
	return "operation";
}

static bool has_walk(const struct judge_group *j)
{
	return plot_is_op(j, "unmap") || plot_is_op(j, "map-unmap") ||
	       plot_is_op(j, "attach");
}

static void say_params(FILE *f, const struct judge_group *j, const char *skip)
{
	static const char *const always[] = { "store", "strategy", "entries",
					      "queue", "threads" };
	const struct subject_params *p =
		&j->plan->cells[j->plan->baseline].params;
	const char *comma = "";
	char value[64];
	unsigned int i, k;

	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *a = subject_axis(i);
		bool say = !strcmp(a->key, "op");

		if (!strcmp(a->key, j->plan->compare) ||
		    !strcmp(a->key, "copy") || (skip && !strcmp(a->key, skip)))
			continue;
		for (k = 0; has_walk(j) && k < 5; k++)
			say |= !strcmp(a->key, always[k]);
		subject_params_get(p, a->key, value, sizeof(value));
		/* a queue's device matters even where it is the usual one */
		if (!strcmp(a->key, "device")) {
			char queue[32];

			subject_params_get(p, "queue", queue, sizeof(queue));
			say |= strcmp(queue, "none") != 0;
		}
		if (!say && !strcmp(value, a->fallback))
			continue;
		fprintf(f, "%s%s %s", comma, a->key, value);
		comma = ", ";
	}
}

char *plot_params(const struct judge_group *j, const char *skip)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	say_params(f, j, skip);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* ---- ranges and ticks ------------------------------------------------- */

void range_add(struct range *r, double v)
{
	if (!isfinite(v))
		return;
	r->min = fmin(r->min, v);
	r->max = fmax(r->max, v);
}

/* A value with its interval; one very wide interval doesn't decide the range. */
void range_add_interval(struct range *r, double est, double lo, double hi)
{
	range_add(r, est);
	if (!isfinite(est) || !isfinite(lo) || !isfinite(hi))
		return;
	range_add(r, fmax(lo, est - fabs(est) * 0.7));
	range_add(r, fmin(hi, est + fabs(est) * 2));
}

/* Logarithmic above a factor of ten; a margin on both sides. */
void range_finish(struct range *r, double log_from)
{
	double pad;

	if (r->min > r->max)
		r->min = r->max = 1;
	r->log = r->min > 0 && r->max > log_from * r->min;
	if (r->log) {
		pad = pow(r->max / r->min, 0.05);
		r->min /= pad;
		r->max *= pad;
		return;
	}
	pad = (r->max - r->min) * 0.06;
	if (pad < fabs(r->max) * 0.001)
		pad = fabs(r->max) > 0 ? fabs(r->max) * 0.02 : 1;
	r->min -= pad;
	r->max += pad;
}

typedef void (*say_fn)(FILE *f, double v);

/* Long numbers would run into the axis' title: 100k, 1M. */
static void say_tick(FILE *f, double v)
{
	if (fabs(v) >= 1e6)
		fprintf(f, " %.6gM", v / 1e6);
	else if (fabs(v) >= 1e5)
		fprintf(f, " %.6gk", v / 1e3);
	else
		fprintf(f, " %.6g", v);
}

static void say_place(FILE *f, double v)
{
	fprintf(f, " %.10g", v);
}

static void ticks_linear(const struct range *r, FILE *f, say_fn say)
{
	double raw = (r->max - r->min) / 7, step = pow(10, floor(log10(raw)));
	double v;

	step *= raw > 5 * step ? 10 : raw > 2 * step ? 5 : raw > step ? 2 : 1;
	for (v = ceil(r->min / step) * step; v <= r->max; v += step)
		say(f, fabs(v) < step / 1e6 ? 0 : v);
}

static void ticks_log(const struct range *r, FILE *f, say_fn say)
{
	static const double fine[] = { 1, 1.5, 2, 3, 4, 5, 7 };
	static const double middle[] = { 1, 2, 5 };
	double decades = log10(r->max / r->min);
	const double *m = decades < 1.2 ? fine : middle;
	unsigned int n = decades < 1.2 ? 7 : decades < 3.2 ? 3 : 1, i;
	int e, every = decades > 9 ? 2 : 1;

	for (e = (int)floor(log10(r->min)); e <= log10(r->max); e += every)
		for (i = 0; i < n; i++)
			if (m[i] * pow(10, e) >= r->min &&
			    m[i] * pow(10, e) <= r->max)
				say(f, m[i] * pow(10, e));
}

static void ticks(const struct range *r, FILE *f, say_fn say)
{
	if (r->log)
		ticks_log(r, f, say);
	else
		ticks_linear(r, f, say);
}

void plot_say_axis(FILE *f, const char *axis, const struct range *r)
{
	fprintf(f, "%smin = %.9g\n%smax = %.9g\n%slog = %d\n%stick = '", axis,
		r->min, axis, r->max, axis, r->log, axis);
	ticks(r, f, say_tick);
	fprintf(f, "'\n%splace = '", axis);
	ticks(r, f, say_place);
	fputs("'\n", f);
}

/* Where a value is on an axis, 0..1. */
double plot_at(const struct range *r, double v)
{
	if (r->log)
		return log(v / r->min) / log(r->max / r->min);
	return (v - r->min) / (r->max - r->min);
}

/* ---- looks ------------------------------------------------------------ */

static size_t stem(const char *name)
{
	static const char *const second[] = { "-array", "-list", "-dma",
					      "-expedited" };
	size_t len = strlen(name), i;

	for (i = 0; i < 4; i++) {
		size_t n = strlen(second[i]);

		if (len > n && !strcmp(name + len - n, second[i]))
			return len - n;
	}
	return len;
}

/*
 * What is of one family (rcu-array and rcu-list, v9 and v9-dma) shares colour and
 * shape; the second of it is dashed and hollow. The same in every picture.
 * Colours: Okabe & Ito 2008, grey for the yellow, which paper doesn't show.
 */
struct look plot_look(const char *compare, const char *name, unsigned int place)
{
	static const char *const colours[] = { "#0072B2", "#D55E00", "#009E73",
					       "#000000", "#E69F00", "#CC79A7",
					       "#56B4E9", "#7F7F7F" };
	static const int shapes[] = { 7, 5, 9, 11, 13, 15 };
	const struct subject_axis *a = subject_axis_by_key(compare);
	size_t len = stem(name);
	bool second = name[len] && strcmp(name + len, "-array");
	unsigned int family = 0, i = 0, k;

	if (a && a->kind == SUBJECT_AXIS_NAME) {
		for (i = 0; i < a->nr_names; i++) {
			size_t n = stem(a->names[i]);

			if (n == len && !strncmp(a->names[i], name, len))
				break;
			for (k = 0; k < i; k++)
				if (stem(a->names[k]) == n &&
				    !strncmp(a->names[k], a->names[i], n))
					break;
			family += k == i;
		}
	}
	if (!a || a->kind != SUBJECT_AXIS_NAME || i == a->nr_names)
		family = place;
	return (struct look){ .colour = colours[family % 8],
			      .point = shapes[family % 6] - second,
			      .dash = second	 ? 2 :
				      family < 8 ? 1 :
						   4 };
}

/* ---- files ------------------------------------------------------------ */

int draft_begin(struct draft *d, struct plan_error *err)
{
	d->text = NULL;
	d->f = open_memstream(&d->text, &d->len);
	if (d->f)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "plots: %s", strerror(errno));
	return -ENOMEM;
}

int draft_end(struct draft *d, struct result *r, const char *name, int ret,
	      struct plan_error *err)
{
	char path[128];

	if (fclose(d->f) && !ret) {
		snprintf(err->msg, sizeof(err->msg), "plots: %s",
			 strerror(ENOMEM));
		ret = -ENOMEM;
	}
	snprintf(path, sizeof(path), "plots/%.110s", name);
	if (!ret)
		ret = result_write(r, path, d->text, d->len, err);
	free(d->text);
	return ret;
}

/* Adds a picture under a name that no other one has. */
struct picture *plot_add(struct plots *p, const char *name, const char *script)
{
	struct picture *all, *pic;
	char base[80];
	unsigned int i, n = 1;

	all = realloc(p->pictures, (p->nr_pictures + 1) * sizeof(*all));
	if (!all) {
		snprintf(p->err->msg, sizeof(p->err->msg), "plots: %s",
			 strerror(ENOMEM));
		return NULL;
	}
	p->pictures = all;
	pic = &all[p->nr_pictures];
	plot_slug(name, base, sizeof(base));
	snprintf(pic->name, sizeof(pic->name), "%s", base);
	for (i = 0; i < p->nr_pictures; i++) {
		if (strcmp(all[i].name, pic->name))
			continue;
		snprintf(pic->name, sizeof(pic->name), "%s-%u", base, ++n);
		i = UINT_MAX; /* from the start */
	}
	pic->script = script;
	p->nr_pictures++;
	return pic;
}

/*
 * Title, what was measured, and at the foot how to read it and on which machine.
 * @how is a sentence or two.
 */
struct words plot_say_words(FILE *f, struct plots *p, const struct picture *pic,
			    const char *title, const char *what,
			    const char *how)
{
	char text[1024], wrapped[1200], id[sizeof(pic->name)], *c;
	struct words w;
	unsigned int lines;

	fprintf(f,
		"# Draws again, from this folder, SCRIPTS being plots/ of the project:\n"
		"# gnuplot -d SCRIPTS/common.gp %s.gp SCRIPTS/svg.gp SCRIPTS/%s\n",
		pic->name, pic->script);
	gnuplot_text(f, "picture", pic->name);
	/* ids in the SVG: a page may hold several */
	snprintf(id, sizeof(id), "%s", pic->name);
	for (c = id; (c = strchr(c, '-'));)
		*c = '_';
	gnuplot_text(f, "picture_id", id);
	lines = gnuplot_wrap(title, WRAP_TITLE, wrapped, sizeof(wrapped));
	gnuplot_text(f, "title", wrapped);
	gnuplot_number(f, "what_below", 30 + 24.0 * (lines - 1) + 17);
	w.above = 34 + 24.0 * (lines - 1);
	lines = gnuplot_wrap(what, WRAP_SMALL, wrapped, sizeof(wrapped));
	gnuplot_text(f, "what", wrapped);
	w.above += LINE_HEIGHT * lines + 8;
	snprintf(text, sizeof(text), "%s\nMachine: %s.", how,
		 result_machine(p->r));
	lines = gnuplot_wrap(text, WRAP_SMALL, wrapped, sizeof(wrapped));
	gnuplot_text(f, "foot", wrapped);
	w.below = LINE_HEIGHT * lines + 14;
	gnuplot_number(f, "foot_height", w.below);
	return w;
}

void plot_say_size(FILE *f, double height)
{
	fprintf(f, "width = %g\nheight = %g\n", WIDTH, height);
}

/* Of DejaVu Sans at 16 px, rounded up. */
double plot_text_width(const char *text)
{
	double sum = 0;

	for (; *text; text++) {
		if (isdigit((unsigned char)*text))
			sum += 10.3;
		else if (strchr(" .,:;[]()|ijl-", *text))
			sum += 6.2;
		else if (strchr("mwMW=", *text))
			sum += 15.5;
		else if (strchr("frt", *text))
			sum += 6.8;
		else if (isupper((unsigned char)*text))
			sum += 12;
		else
			sum += 10;
	}
	return sum;
}

/* ---- what is in a group ----------------------------------------------- */

bool plot_windowed(const struct judge_group *j)
{
	const struct subject_params *p =
		&j->plan->cells[j->plan->baseline].params;

	return p->threads > 1 || !strcmp(j->plan->compare, "threads");
}

bool plot_drawn(const struct judge_group *j, unsigned int i)
{
	return j->plan->cells[i].role != PLAN_FLOOR &&
	       isfinite(j->rows[i].ratio.est);
}

double plot_axis_number(const struct subject_params *p, const char *key)
{
	char text[64], *end;
	double v;

	subject_params_get(p, key, text, sizeof(text));
	v = strtod(text, &end);
	if (end == text)
		return NAN;
	return v * (*end == 'K' ? 1024.0 :
		    *end == 'M' ? 1024.0 * 1024 :
		    *end == 'G' ? 1024.0 * 1024 * 1024 :
				  1);
}

void plot_say_result(FILE *f, const struct stats_result *r)
{
	double v[3] = { r->est, r->lo, r->hi };
	int i;

	for (i = 0; i < 3; i++) {
		if (isfinite(v[i]))
			fprintf(f, " %.6g", v[i]);
		else
			fputs(" NaN", f);
	}
}
