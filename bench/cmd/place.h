/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the labels of a picture go. Everything in pixels, origin at the lower left. */
#ifndef CMD_PLACE_H
#define CMD_PLACE_H

#include <stdbool.h>

/**
 * struct place_label - one label of a scatter plot
 * @x: its point
 * @y: its point
 * @x_lo: ends of the point's error bars
 * @x_hi: likewise
 * @y_lo: likewise
 * @y_hi: likewise
 * @width: of the text
 * @left: where the text begins, set here
 * @middle: of the text's height, set here
 */
struct place_label {
	double x, y, x_lo, x_hi, y_lo, y_hi;
	double width;
	double left, middle;
};

struct place_frame {
	double left, right, bottom, top;
};

/* Puts each label near its point, off the others, the points and their bars. */
void place_labels(struct place_label *l, unsigned int n, double height,
		  const struct place_frame *frame);

/*
 * Moves values apart until neighbours are @gap from each other, within lo..hi,
 * and little from where they were. Their order stays.
 */
void place_spread(double *y, unsigned int n, double gap, double lo, double hi);

#endif
