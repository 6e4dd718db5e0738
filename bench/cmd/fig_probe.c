// SPDX-License-Identifier: GPL-2.0-or-later
/* Latencies that probes saw: how often each, on a logarithmic axis. */
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "probed.h"
#include "figure.h"

#define MAX_CURVES 12

struct curve {
	char name[96];
	struct probed_time time;
	double calls;
};

struct curves {
	struct curve curve[MAX_CURVES];
	unsigned int nr;
};

/* Of each queue and kind, as long as there is room. */
static void find_curves(const struct probed *c, struct curves *all)
{
	size_t i;
	int k;

	for (k = 0; k < PROBE_NR_KINDS; k++) {
		for (i = 0; i <= c->nr_queues && all->nr < MAX_CURVES; i++) {
			const struct probed_queue *q =
				i < c->nr_queues ? &c->queue[i] : NULL;
			struct curve *to = &all->curve[all->nr];

			probed_sum(&c->now, NULL, q ? q->key : PROBE_KEY_NONE,
				   PROBED_ALL, (enum probe_kind)k, &to->time);
			to->calls = (double)probed_calls(&to->time);
			if (!(to->calls > 0))
				continue;
			snprintf(to->name, sizeof(to->name), "%s%s%.40s",
				 probed_kind_name((enum probe_kind)k),
				 q && c->nr_queues > 1 ? " " : "",
				 q && c->nr_queues > 1 ? q->smmu : "");
			all->nr++;
		}
	}
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
		range_add(x, low_us(last + 1));
		fprintf(d.f, "%.6g 0\n\n\n", low_us(last + 1));
	}
	return draft_end(&d, p->r, name, 0, p->err);
}

static void say_curves(FILE *f, const struct curves *all)
{
	unsigned int i;

	fputs("array curve_name = [", f);
	for (i = 0; i < all->nr; i++) {
		char text[160];

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

int plot_latencies(struct plots *p, const struct probed *c, bool emulated)
{
	struct range x = EMPTY_RANGE, y = EMPTY_RANGE;
	struct curves all = { .nr = 0 };
	struct picture *pic;
	struct draft d;
	struct words w;
	char file[112], what[200];
	int ret;

	find_curves(c, &all);
	if (!all.nr)
		return 0;
	pic = plot_add(p, "latencies", "latencies.gp");
	if (!pic || draft_begin(&d, p->err))
		return -ENOMEM;
	snprintf(what, sizeof(what),
		 "As probes saw it in %.1f s; a step is a sixteenth of an octave%s",
		 c->now.seconds,
		 emulated ? "; EMULATED: times are the emulator's" : "");
	w = plot_say_words(
		d.f, p, pic, "Latency of lists, invalidations and attaches", what,
		"Shaded: what the probes themselves may add to a time. Each curve is of 100 % of its calls.");
	snprintf(file, sizeof(file), "%s.dat", pic->name);
	gnuplot_text(d.f, "datafile", file);
	range_add(&y, 0);
	ret = curves_data(p, &all, file, &x, &y);
	range_finish(&x, 2);
	range_finish(&y, INFINITY);
	y.min = 0;
	plot_say_axis(d.f, "x", &x);
	plot_say_axis(d.f, "y", &y);
	gnuplot_text(d.f, "xtitle", "latency, us");
	gnuplot_text(d.f, "ytitle", "share of the calls, %");
	gnuplot_number(d.f, "cost", c->has_cost ? c->inside_ns / 1000 : NAN);
	say_curves(d.f, &all);
	fprintf(d.f, "left = 92\nright = 24\nbelow = %g\nplot_height = 380\n",
		w.below + 66);
	plot_say_size(d.f, w.above + 12 + 380 + 66 + w.below);
	snprintf(file, sizeof(file), "%s.gp", pic->name);
	return draft_end(&d, p->r, file, ret, p->err);
}
