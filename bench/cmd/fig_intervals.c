// SPDX-License-Identifier: GPL-2.0-or-later
/* One group: its data, and the picture of its ratios with their intervals. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

/* Rank first, then cost; controls last, without the floor: it isn't compared. */
static unsigned int *ranking(const struct judge_group *j, unsigned int *nr)
{
	unsigned int *order = calloc(j->nr_rows + 1, sizeof(*order)), i, k;

	*nr = 0;
	for (i = 0; order && i < j->nr_rows; i++) {
		const struct plan_cell *c = &j->plan->cells[i];

		for (k = *nr; k > 0; k--) {
			const struct judge_row *r = &j->rows[order[k - 1]];
			enum plan_role role = j->plan->cells[order[k - 1]].role;
			bool after;

			if (role != c->role)
				after = role > c->role;
			else if (r->rank != j->rows[i].rank)
				after = !r->rank || (j->rows[i].rank &&
						     r->rank > j->rows[i].rank);
			else
				after = r->ratio.est > j->rows[i].ratio.est;
			if (!after)
				break;
			order[k] = order[k - 1];
		}
		order[k] = i;
		(*nr)++;
	}
	return order;
}

/* How a point of the intervals picture is drawn; the script knows the numbers. */
enum shape {
	SHAPE_BASELINE,
	SHAPE_CHEAPER,
	SHAPE_DEARER,
	SHAPE_NOT_CLAIMED,
	SHAPE_CONTROL,
};

static enum shape shape_of(const struct judge_group *j, unsigned int i)
{
	const struct judge_row *r = &j->rows[i];

	if (j->plan->cells[i].role != PLAN_VARIANT)
		return SHAPE_CONTROL;
	if (i == j->plan->baseline)
		return SHAPE_BASELINE;
	if (stats_tied(&r->ratio, j->noise))
		return SHAPE_NOT_CLAIMED;
	return r->ratio.est < 1 ? SHAPE_CHEAPER : SHAPE_DEARER;
}

int plot_group_data(struct result *r, const struct judge_group *j,
		    unsigned int group, struct plan_error *err)
{
	unsigned int nr, i, k, place = 0, *order = ranking(j, &nr);
	char name[112], marks[128], clean[200];
	struct draft d;

	if (!order || draft_begin(&d, err)) {
		free(order);
		return -ENOMEM;
	}
	gnuplot_wrap(j->plan->name, 400, clean, sizeof(clean));
	fprintf(d.f, "# group %s: %u launches, %u rounds each\n", clean,
		j->launches, j->plan->rounds);
	fprintf(d.f,
		"# baseline %s; least ratio difference that can be claimed: %.6g\n",
		j->plan->cells[j->plan->baseline].name, j->noise);
	fputs("# place: of the row in the picture, 0: not drawn\n"
	      "# shape: 0 baseline, 1 cheaper, 2 dearer, 3 not claimed, 4 control\n"
	      "# ns, delta, reclaim, op: nanoseconds an operation (and thread)\n"
	      "# mops: million operations a second, all threads\n"
	      "# lo, hi: ends of the 95 % interval over launches; NaN: not known\n",
	      d.f);
	fputs("# place shape name rank ns ns_lo ns_hi ratio ratio_lo ratio_hi",
	      d.f);
	fputs(" delta_ns delta_lo delta_hi mops mops_lo mops_hi", d.f);
	fputs(" reclaim_ns reclaim_lo reclaim_hi", d.f);
	fputs(" op_p50 op_p90 op_p99 op_p999 op_max marks\n", d.f);
	for (i = 0; i < nr; i++) {
		const struct judge_row *row = &j->rows[order[i]];
		bool has = isfinite(row->reclaim_ns.est);
		struct stats_result none = { NAN,  NAN, NAN,
					     NAN,  NAN, STATS_BASIS_NONE,
					     0,	   0,	0,
					     false };

		fprintf(d.f, "%u %d \"%s\" %u",
			plot_drawn(j, order[i]) ? ++place : 0,
			shape_of(j, order[i]), j->plan->cells[order[i]].name,
			row->rank);
		plot_say_result(d.f, &row->ns);
		plot_say_result(d.f, &row->ratio);
		plot_say_result(d.f, &row->delta_ns);
		plot_say_result(d.f, &row->mops);
		plot_say_result(d.f, has ? &row->reclaim_ns : &none);
		for (k = 0; k < 5; k++)
			if (row->has_op)
				fprintf(d.f, " %.6g", row->op[k]);
			else
				fputs(" NaN", d.f);
		fprintf(d.f, " \"%s\"\n",
			judge_marks(row->marks, marks, sizeof(marks)));
	}
	free(order);
	plot_data_name(r, group, "", name, sizeof(name));
	return draft_end(&d, r, name, 0, err);
}

/* 4 digits at most, for people. */
static void number(char *buf, size_t len, double v)
{
	if (!isfinite(v))
		snprintf(buf, len, "-");
	else
		snprintf(buf, len, "%.*f",
			 fabs(v) >= 1000 ? 0 :
			 fabs(v) >= 100	 ? 1 :
			 fabs(v) >= 10	 ? 2 :
					   3,
			 v);
}

/* Names left, "ns [lo .. hi]" right of the rows. */
static void say_rows(FILE *f, const struct judge_group *j,
		     const unsigned int *order, unsigned int nr, double *left,
		     double *right)
{
	char text[96], est[24], lo[24], hi[24];
	const char *comma = "";
	unsigned int i;

	*left = 60;
	*right = plot_text_width("ns  [95 % interval]");
	fputs("array row_name = [", f);
	for (i = 0; i < nr; i++) {
		const char *name = j->plan->cells[order[i]].name;

		if (!plot_drawn(j, order[i]))
			continue;
		fputs(comma, f);
		gnuplot_quote(f, name);
		*left = fmax(*left, plot_text_width(name));
		comma = ", ";
	}
	fputs("]\narray row_value = [", f);
	comma = "";
	for (i = 0; i < nr; i++) {
		const struct stats_result *r = &j->rows[order[i]].ns;

		if (!plot_drawn(j, order[i]))
			continue;
		number(est, sizeof(est), r->est);
		number(lo, sizeof(lo), r->lo);
		number(hi, sizeof(hi), r->hi);
		snprintf(text, sizeof(text), "%s  [%s, %s]", est, lo, hi);
		fputs(comma, f);
		gnuplot_quote(f, text);
		*right = fmax(*right, plot_text_width(text));
		comma = ", ";
	}
	fputs("]\n", f);
	*left += 26;
	*right += 26;
}

static void say_noise(FILE *f, const struct judge_group *j)
{
	unsigned int i;

	if (!isfinite(j->noise))
		fputs(" The twin has no interval, so no difference can be claimed.",
		      f);
	else if (j->noise > 0)
		fprintf(f,
			" Grey band: differences within it aren't claimed (twin: %.2f %%).",
			100 * j->noise);
	for (i = 0; i < j->nr_rows; i++)
		if (j->plan->cells[i].role == PLAN_FLOOR &&
		    isfinite(j->rows[i].ns.est))
			fprintf(f, " Floor, the loop alone: %.3g ns.",
				j->rows[i].ns.est);
	if (j->plan->artificial)
		fputs(" Artificial: longer than what real systems have.", f);
	if (j->plan->oversubscribed)
		fputs(" Oversubscribed: more threads than CPUs.", f);
}

/* How to read it, malloc()ed. */
static char *legend(const struct judge_group *j)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fprintf(f, "Bars: 95 %% interval over %u launches. Baseline: %s.",
		j->launches, j->plan->cells[j->plan->baseline].name);
	say_noise(f, j);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

int plot_intervals(struct plots *p, unsigned int group)
{
	const struct judge_group *j = p->groups[group];
	unsigned int nr, i, rows = 0, controls = 0, *order = ranking(j, &nr);
	struct picture *pic = plot_add(p, j->plan->name, "intervals.gp");
	char name[112], *what, *how;
	const char *base = j->plan->cells[j->plan->baseline].name;
	struct range x = EMPTY_RANGE;
	struct draft d;
	double left, right, height;
	struct words w;
	int ret;

	what = plot_params(j, NULL);
	how = legend(j);
	if (!order || !pic || !what || !how || draft_begin(&d, p->err)) {
		ret = -ENOMEM;
		goto out;
	}
	w = plot_say_words(d.f, p, pic, j->plan->title, what, how);
	plot_data_name(p->r, group, "", name, sizeof(name));
	gnuplot_text(d.f, "datafile", name);
	for (i = 0; i < nr; i++) {
		const struct stats_result *r = &j->rows[order[i]].ratio;

		if (!plot_drawn(j, order[i]))
			continue;
		rows++;
		controls += j->plan->cells[order[i]].role != PLAN_VARIANT;
		range_add_interval(&x, r->est, r->lo, r->hi);
	}
	range_add(&x, 1.02);
	range_add(&x, 1 / 1.02);
	if (j->noise < 0.5) {
		range_add(&x, 1 + j->noise);
		range_add(&x, 1 / (1 + j->noise));
	}
	range_finish(&x, 4);
	plot_say_axis(d.f, "x", &x);
	say_rows(d.f, j, order, nr, &left, &right);
	snprintf(name, sizeof(name), "ratio to %.60s, paired (left is cheaper)",
		 base);
	gnuplot_text(d.f, "xtitle", name);
	gnuplot_text(d.f, "value_title",
		     plot_windowed(j) ? "ns, per thread [95 %]" :
					"ns  [95 % interval]");
	gnuplot_number(d.f, "noise", j->noise);
	fprintf(d.f, "rows = %u\ncontrols = %u\n", rows, controls);
	height = 27.0 * (rows + 1);
	fprintf(d.f, "left = %g\nright = %g\nbelow = %g\nplot_height = %g\n",
		left, right, w.below + 66, height);
	plot_say_size(d.f, w.above + 56 + height + 66 + w.below);
	snprintf(name, sizeof(name), "%s.gp", pic->name);
	ret = draft_end(&d, p->r, name, 0, p->err);
out:
	free(what);
	free(how);
	free(order);
	return ret;
}
