// SPDX-License-Identifier: GPL-2.0-or-later
/* The reader's cost against the attacher's. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"
#include "place.h"

struct dot {
	const char *name;
	const struct judge_row *reader, *attach;
};

/* Where a value is on the paper; the intervals' ends stay in the frame. */
static double on_paper(const struct range *r, double v, double from, double to,
		       double fallback)
{
	double at = isfinite(v) && (!r->log || v > 0) ? plot_at(r, v) :
							fallback;

	return from + (to - from) * fmin(fmax(at, 0), 1);
}

static void place_dots(struct place_label *l, const struct dot *dots,
		       unsigned int n, const struct range *x,
		       const struct range *y, const struct place_frame *in)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const struct stats_result *a = &dots[i].reader->ns;
		const struct stats_result *b = &dots[i].attach->ns;
		double ax = plot_at(x, a->est), ay = plot_at(y, b->est / 1000);

		l[i].x = on_paper(x, a->est, in->left, in->right, ax);
		l[i].x_lo = on_paper(x, a->lo, in->left, in->right, ax);
		l[i].x_hi = on_paper(x, a->hi, in->left, in->right, ax);
		l[i].y = on_paper(y, b->est / 1000, in->bottom, in->top, ay);
		l[i].y_lo = on_paper(y, b->lo / 1000, in->bottom, in->top, ay);
		l[i].y_hi = on_paper(y, b->hi / 1000, in->bottom, in->top, ay);
		l[i].width = plot_text_width(dots[i].name);
	}
	place_labels(l, n, LINE_HEIGHT - 1, in);
}

static void say_labels(FILE *f, const struct place_label *l,
		       const struct dot *dots, unsigned int n,
		       const char *compare)
{
	static const char *const keys[] = { "label_x", "label_y", "from_x",
					    "from_y",  "to_x",	  "to_y" };
	unsigned int i, k;

	fputs("array label_name = [", f);
	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "", f);
		gnuplot_quote(f, dots[i].name);
	}
	for (k = 0; k < 6; k++) {
		fprintf(f, "]\narray %s = [", keys[k]);
		for (i = 0; i < n; i++) {
			double half = LINE_HEIGHT / 2 - 4;
			double v[6] = {
				l[i].left,
				l[i].middle,
				l[i].x,
				l[i].y,
				fmin(fmax(l[i].x, l[i].left - 2),
				     l[i].left + l[i].width + 2),
				fmin(fmax(l[i].y, l[i].middle - half),
				     l[i].middle + half),
			};

			fprintf(f, "%s%.1f", i ? ", " : "", v[k]);
		}
	}
	fputs("]\narray dot_colour = [", f);
	for (i = 0; i < n; i++)
		fprintf(f, "%s'%s'", i ? ", " : "",
			plot_look(compare, dots[i].name, i).colour);
	fputs("]\narray dot_point = [", f);
	for (i = 0; i < n; i++)
		fprintf(f, "%s%d", i ? ", " : "",
			plot_look(compare, dots[i].name, i).point);
	fprintf(f, "]\ndots = %u\n", n);
}

static int dots_data(struct plots *p, const struct dot *dots, unsigned int n,
		     const char *name)
{
	struct draft d;
	unsigned int i;

	if (draft_begin(&d, p->err))
		return -ENOMEM;
	fputs("# lo, hi: ends of the 95 % interval over launches\n"
	      "# reader_ns lo hi attach_us lo hi name\n",
	      d.f);
	for (i = 0; i < n; i++) {
		struct stats_result us = dots[i].attach->ns;

		us.est /= 1000;
		us.lo /= 1000;
		us.hi /= 1000;
		plot_say_result(d.f, &dots[i].reader->ns);
		plot_say_result(d.f, &us);
		fprintf(d.f, " \"%s\"\n", dots[i].name);
	}
	return draft_end(&d, p->r, name, 0, p->err);
}

static int draw_scatter(struct plots *p, const struct judge_group *reader,
			const struct dot *dots, unsigned int n)
{
	struct picture *pic =
		plot_add(p, "reader-against-attach", "scatter.gp");
	struct place_label *labels = calloc(n, sizeof(*labels));
	struct range x = EMPTY_RANGE, y = EMPTY_RANGE;
	struct place_frame in;
	struct draft d;
	struct words w;
	char file[112], title[96], *what;
	unsigned int i;
	int ret;

	what = plot_params(reader, "op");
	if (!pic || !labels || !what || draft_begin(&d, p->err)) {
		free(labels);
		free(what);
		return -ENOMEM;
	}
	snprintf(title, sizeof(title), "Reader cost against attach cost, by %s",
		 reader->plan->compare);
	w = plot_say_words(
		d.f, p, pic, title, what,
		"Bars: 95 % interval over launches. Lower left is cheaper in both. What is sound isn't in this picture: see the choice.");
	free(what);
	for (i = 0; i < n; i++) {
		const struct stats_result *a = &dots[i].reader->ns;
		const struct stats_result *b = &dots[i].attach->ns;

		range_add_interval(&x, a->est, a->lo, a->hi);
		range_add_interval(&y, b->est / 1000, b->lo / 1000,
				   b->hi / 1000);
	}
	range_finish(&x, 10);
	range_finish(&y, 10);
	/* once more: room for names beside the outer points */
	range_finish(&x, 10);
	range_finish(&y, 10);
	snprintf(file, sizeof(file), "%s.dat", pic->name);
	gnuplot_text(d.f, "datafile", file);
	ret = dots_data(p, dots, n, file);
	plot_say_axis(d.f, "x", &x);
	plot_say_axis(d.f, "y", &y);
	gnuplot_text(d.f, "xtitle", "reader: ns per inv_range");
	gnuplot_text(d.f, "ytitle", "attach: us per attach + detach");
	in.left = 92;
	in.right = WIDTH - 24;
	in.bottom = w.below + 66;
	in.top = in.bottom + 480;
	place_dots(labels, dots, n, &x, &y, &in);
	say_labels(d.f, labels, dots, n, reader->plan->compare);
	fprintf(d.f, "left = %g\nright = 24\nbelow = %g\nplot_height = %g\n",
		in.left, in.bottom, in.top - in.bottom);
	plot_say_size(d.f, in.top + w.above + 12);
	free(labels);
	snprintf(file, sizeof(file), "%s.gp", pic->name);
	return draft_end(&d, p->r, file, ret, p->err);
}

static int draw_front(struct plots *p, const struct judge_group *reader,
		      const struct judge_group *attach)
{
	struct dot dots[MAX_SERIES];
	unsigned int i, k, n = 0;

	for (i = 0; i < reader->nr_rows; i++) {
		const struct plan_cell *c = &reader->plan->cells[i];

		for (k = 0; k < attach->nr_rows; k++) {
			const struct plan_cell *o = &attach->plan->cells[k];

			if (c->role != PLAN_VARIANT ||
			    o->role != PLAN_VARIANT ||
			    strcmp(c->name, o->name) || n == MAX_SERIES ||
			    !isfinite(reader->rows[i].ns.est) ||
			    !isfinite(attach->rows[k].ns.est))
				continue;
			dots[n].name = c->name;
			dots[n].reader = &reader->rows[i];
			dots[n++].attach = &attach->rows[k];
		}
	}
	return n < 2 ? 0 : draw_scatter(p, reader, dots, n);
}

static bool as_real(const struct judge_group *j)
{
	return j && !j->plan->artificial && !j->plan->oversubscribed &&
	       !j->plan->emulated;
}

/* The first attach group of each compared axis, with the first unmap group of it. */
int plot_scatter(struct plots *p)
{
	unsigned int i, k;
	int ret = 0;

	for (i = 0; i < p->nr && !ret; i++) {
		const struct judge_group *a = p->groups[i];

		if (!as_real(a) || !plot_is_op(a, "attach"))
			continue;
		for (k = 0; k < i; k++)
			if (as_real(p->groups[k]) &&
			    plot_is_op(p->groups[k], "attach") &&
			    !strcmp(p->groups[k]->plan->compare,
				    a->plan->compare))
				break;
		if (k < i)
			continue;
		for (k = 0; k < p->nr; k++)
			if (as_real(p->groups[k]) &&
			    plot_is_op(p->groups[k], "unmap") &&
			    !strcmp(p->groups[k]->plan->compare,
				    a->plan->compare))
				break;
		if (k < p->nr)
			ret = draw_front(p, p->groups[k], a);
	}
	return ret;
}
