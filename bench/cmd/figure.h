/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pictures of a run share. A picture is text: a prologue of variables for
 * gnuplot, and data. Its layout is worked out here, where the lengths of all names
 * are known. Within bench/cmd only: others want plots.h.
 */
#ifndef CMD_FIGURE_H
#define CMD_FIGURE_H

#include <stdbool.h>
#include <stdio.h>

#include "gnuplot.h"
#include "result.h"

struct probed;

/* Pixels of the SVG; the PNG has twice as many. Text is 16 px: 12 pt. */
#define WIDTH	    860.0
#define LINE_HEIGHT 21.0
#define MAX_SERIES  64
/* A plan of thousands of groups keeps its data; pictures are for people. */
#define MAX_PICTURES  100
#define MAX_INTERVALS 60

struct picture {
	char name[96];
	const char *script;
};

/* The pictures of a run while they are being prepared. */
struct plots {
	struct result *r;
	struct judge_group *const *groups;
	unsigned int nr;
	struct picture *pictures;
	unsigned int nr_pictures, left_out;
	struct plan_error *err;
};

/* ---- names ------------------------------------------------------------ */

/* Letters, digits and single dashes: for the names of files. */
void plot_slug(const char *text, char *out, size_t len);
/* "003-stores-threads-1" + @what + ".dat" */
void plot_data_name(const struct result *r, unsigned int group,
		    const char *what, char *name, size_t len);
/* Adds a picture under a name that no other one has; NULL with a line. */
struct picture *plot_add(struct plots *p, const char *name, const char *script);

/* ---- what is in a group ----------------------------------------------- */

/* Is the baseline's operation this one? */
bool plot_is_op(const struct judge_group *j, const char *op);
/* What an operation of the group is called on an axis. */
const char *plot_operation(const struct judge_group *j);
/* Several threads: figures are per thread. */
bool plot_windowed(const struct judge_group *j);
/* Has this row a place in a picture? */
bool plot_drawn(const struct judge_group *j, unsigned int i);
/* A number of a cell, suffixes K, M and G read; NaN for a name. */
double plot_axis_number(const struct subject_params *p, const char *key);

/* ---- ranges and ticks ------------------------------------------------- */

struct range {
	double min, max;
	bool log;
};

#define EMPTY_RANGE ((struct range){ INFINITY, -INFINITY, false })

void range_add(struct range *r, double v);
/* A value with its interval; one very wide interval doesn't decide the range. */
void range_add_interval(struct range *r, double est, double lo, double hi);
/* Logarithmic above a factor of @log_from; a margin on both sides. */
void range_finish(struct range *r, double log_from);
/* Where a value is on an axis, 0..1. */
double plot_at(const struct range *r, double v);

/* ---- looks ------------------------------------------------------------ */

struct look {
	const char *colour;
	int point, dash;
};

/* Of a value of the compared axis, the @place-th where it isn't a name of it. */
struct look plot_look(const char *compare, const char *name,
		      unsigned int place);
/* Pixels, rather too many. */
double plot_text_width(const char *text);

/* ---- files ------------------------------------------------------------ */

/* Text that grows, then a file of the plots folder. */
struct draft {
	FILE *f;
	char *text;
	size_t len;
};

int draft_begin(struct draft *d, struct plan_error *err);
/* Writes plots/@name, or, where @ret says that something failed, forgets it. */
int draft_end(struct draft *d, struct result *r, const char *name, int ret,
	      struct plan_error *err);

/* Heights of the text above and below a plot. */
struct words {
	double above, below;
};

/*
 * Title, what was measured, and at the foot how to read it and on which machine.
 * @how is a sentence or two.
 */
struct words plot_say_words(FILE *f, struct plots *p, const struct picture *pic,
			    const char *title, const char *what,
			    const char *how);
/* "op unmap, store rcu-array, threads 2": what all points share; malloc()ed. */
char *plot_params(const struct judge_group *j, const char *skip);
void plot_say_size(FILE *f, double height);
/* xmin, xmax, xlog, xtick, xplace: for an axis "x". */
void plot_say_axis(FILE *f, const char *axis, const struct range *r);
/* " est lo hi" */
void plot_say_result(FILE *f, const struct stats_result *r);

/* ---- the pictures ----------------------------------------------------- */

int plot_group_data(struct result *r, const struct judge_group *j,
		    unsigned int group, struct plan_error *err);
int plot_group_canaries(struct result *r, const struct judge_group *j,
			unsigned int group, struct plan_error *err);
/* One group's ratios; @group has two variants at least. */
int plot_intervals(struct plots *p, unsigned int group);
/* Cost against every axis of numbers that the groups step through. */
int plot_lines(struct plots *p);
/* The reader's cost against the attacher's. */
int plot_scatter(struct plots *p);
int plot_canaries(struct plots *p);
/* What probes saw; nothing when they saw nothing. */
int plot_latencies(struct plots *p, const struct probed *c, bool emulated);
/* The same of a group's cells; nothing without probes. */
int plot_group_latencies(struct plots *p, unsigned int group);

#endif
