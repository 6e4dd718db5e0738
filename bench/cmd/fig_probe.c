// SPDX-License-Identifier: GPL-2.0-or-later
/* Latencies that probes saw: how often each, on a logarithmic axis. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "probed.h"
#include "figure.h"

#define MAX_CURVES 12

struct curve {
	char name[192];
	struct probed_time time;
	double calls;
	unsigned int place; /* among all that there are */
};

/* Those with the most calls, and how many others there are. */
struct curves {
	struct curve curve[MAX_CURVES];
	unsigned int nr, others;
};

/* Room for the next curve: that of the one with the fewest calls, where there is no other. */
static struct curve *place_for(struct curves *all, double calls)
{
	struct curve *least = all->curve, *to;
	unsigned int i;

	if (all->nr < MAX_CURVES) {
		to = &all->curve[all->nr++];
	} else {
		all->others++;
		for (i = 1; i < all->nr; i++)
			/* of equals the last goes: the first are those of the table */
			if (all->curve[i].calls <= least->calls)
				least = &all->curve[i];
		if (calls <= least->calls)
			return NULL;
		to = least;
	}
	to->place = all->nr + all->others;
	to->calls = calls;
	return to;
}

static int by_place(const void *a, const void *b)
{
	const struct curve *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

static void in_order(struct curves *all)
{
	qsort(all->curve, all->nr, sizeof(*all->curve), by_place);
}

/* "sync", where one queue isn't all that was seen with its name. */
static void name_curve(const struct probed *c, const struct probed_queue *q,
		       enum probe_kind kind, char *name, size_t len)
{
	const char *what = probed_kind_name(kind);
	char queue[24];

	if (!q)
		snprintf(name, len, "%s, no queue", what);
	else if (c->nr_queues < 2)
		snprintf(name, len, "%s", what);
	else
		snprintf(name, len, "%s %.40s %s", what, q->smmu,
			 probed_queue_name(c, q, queue, sizeof(queue)));
}

static void find_curves(const struct probed *c, struct curves *all)
{
	size_t i;
	int k;

	for (k = 0; k < PROBE_NR_KINDS; k++) {
		for (i = 0; i <= c->nr_queues; i++) {
			const struct probed_queue *q =
				i < c->nr_queues ? &c->queue[i] : NULL;
			struct probed_time t;
			struct curve *to;

			probed_sum(&c->now, NULL, q ? q->key : PROBE_KEY_NONE,
				   PROBED_ALL, (enum probe_kind)k, &t);
			if (!probed_calls(&t))
				continue;
			to = place_for(all, (double)probed_calls(&t));
			if (!to)
				continue;
			to->time = t;
			name_curve(c, q, (enum probe_kind)k, to->name,
				   sizeof(to->name));
		}
	}
	in_order(all);
}

/* A bucket's ends in us: below 16 ns it is one value, which has no width. */
static double low_us(unsigned int bucket)
{
	return fmax((double)probe_bucket_low(bucket), 0.5) / 1000;
}

static int curves_data(struct plots *p, const struct curves *all,
		       const char *name, struct range *x, struct range *y)
{
	unsigned int i, b, first, last;
	struct draft d;

	if (draft_begin(&d, p->err))
		return -ENOMEM;
	fputs("# a block for each: from us, share of its calls in %\n", d.f);
	for (i = 0; i < all->nr; i++) {
		const struct curve *c = &all->curve[i];

		for (first = 0; !c->time.bucket[first];)
			first++;
		for (last = PROBE_BUCKETS - 1; !c->time.bucket[last];)
			last--;
		fprintf(d.f, "# %s\n", c->name);
		for (b = first; b <= last; b++) {
			double share =
				100 * (double)c->time.bucket[b] / c->calls;

			fprintf(d.f, "%.6g %.6g\n", low_us(b), share);
			range_add(y, share);
		}
		range_add(x, low_us(first));
		/* one call that took long shall not hide where most are */
		range_add(x, probed_quantile(&c->time, 0.999) / 1000);
		fprintf(d.f, "%.6g 0\n\n\n", low_us(last + 1));
	}
	return draft_end(&d, p->r, name, 0, p->err);
}

static void say_curves(FILE *f, const struct curves *all)
{
	unsigned int i;

	fputs("array curve_name = [", f);
	for (i = 0; i < all->nr; i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s, %.0f calls", all->curve[i].name,
			 all->curve[i].calls);
		fputs(i ? ", " : "", f);
		gnuplot_quote(f, text);
	}
	fputs("]\narray curve_colour = [", f);
	for (i = 0; i < all->nr; i++)
		fprintf(f, "%s'%s'", i ? ", " : "",
			plot_look("", "", i).colour);
	fprintf(f, "]\ncurves = %u\n", all->nr);
}

/* What is said of a picture of curves. */
struct latencies {
	const char *name, *title, *what;
	double cost_us; /* of the probes; NaN: not known */
};

static int draw_curves(struct plots *p, const struct curves *all,
		       const struct latencies *l)
{
	struct range x = EMPTY_RANGE, y = EMPTY_RANGE;
	struct picture *pic = plot_add(p, l->name, "latencies.gp");
	char file[112], what[512], others[96] = "";
	struct draft d;
	struct words w;
	int ret;

	if (!pic || draft_begin(&d, p->err))
		return -ENOMEM;
	if (all->others)
		snprintf(others, sizeof(others),
			 "; the %u with the most calls, and %u more not drawn",
			 all->nr, all->others);
	snprintf(what, sizeof(what), "%s%s", l->what, others);
	w = plot_say_words(
		d.f, p, pic, l->title, what,
		"The slowest 0.1 % may be beyond the axis. Shaded: what the probes themselves may add to a time. A step is a sixteenth of an octave; each curve is of 100 % of its calls.");
	snprintf(file, sizeof(file), "%s.dat", pic->name);
	gnuplot_text(d.f, "datafile", file);
	range_add(&y, 0);
	ret = curves_data(p, all, file, &x, &y);
	range_finish(&x, 2);
	range_finish(&y, INFINITY);
	y.min = 0;
	plot_say_axis(d.f, "x", &x);
	plot_say_axis(d.f, "y", &y);
	gnuplot_text(d.f, "xtitle", "latency, us");
	gnuplot_text(d.f, "ytitle", "share of the calls, %");
	gnuplot_number(d.f, "cost", l->cost_us);
	say_curves(d.f, all);
	fprintf(d.f, "left = 92\nright = 24\nbelow = %g\nplot_height = 380\n",
		w.below + 66);
	plot_say_size(d.f, w.above + 12 + 380 + 66 + w.below);
	snprintf(file, sizeof(file), "%s.gp", pic->name);
	return draft_end(&d, p->r, file, ret, p->err);
}

static const char *emulated_text(bool emulated)
{
	return emulated ? "; EMULATED: times are the emulator's" : "";
}

int plot_latencies(struct plots *p, const struct probed *c, bool emulated)
{
	struct curves *all = calloc(1, sizeof(*all));
	char what[200];
	struct latencies l = {
		.name = "latencies",
		.title = "Latency of lists, invalidations and attaches",
		.what = what,
		.cost_us = c->has_cost ? c->inside_ns / 1000 : NAN,
	};
	int ret = 0;

	if (!all)
		return -ENOMEM;
	snprintf(what, sizeof(what), "As probes saw it in %.1f s%s",
		 c->now.seconds, emulated_text(emulated));
	find_curves(c, all);
	if (all->nr)
		ret = draw_curves(p, all, &l);
	free(all);
	return ret;
}

int plot_group_latencies(struct plots *p, unsigned int group)
{
	const struct judge_group *j = p->groups[group];
	struct curves *all = calloc(1, sizeof(*all));
	char name[128], what[400], *params = plot_params(j, "op");
	struct latencies l = {
		.name = name,
		.title = "Lists with a CMD_SYNC, as probes saw them",
		.what = what,
		.cost_us = NAN,
	};
	unsigned int i;
	int ret = 0;

	if (!all || !params) {
		free(all);
		free(params);
		return -ENOMEM;
	}
	snprintf(name, sizeof(name), "syncs-%.100s", j->plan->name);
	snprintf(what, sizeof(what), "%.300s%s", params,
		 emulated_text(j->plan->emulated));
	for (i = 0; i < j->nr_rows; i++) {
		const struct judge_probe *seen = j->rows[i].probe;
		struct curve *to;

		if (j->plan->cells[i].role != PLAN_VARIANT || !seen ||
		    !probed_calls(&seen->time))
			continue;
		if (seen->inside_ns > 0)
			l.cost_us = seen->inside_ns / 1000;
		to = place_for(all, (double)probed_calls(&seen->time));
		if (!to)
			continue;
		to->time = seen->time;
		snprintf(to->name, sizeof(to->name), "%s",
			 j->plan->cells[i].name);
	}
	in_order(all);
	if (all->nr)
		ret = draw_curves(p, all, &l);
	free(all);
	free(params);
	return ret;
}
