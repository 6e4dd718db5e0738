// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "place.h"

struct box {
	double left, right, bottom, top;
};

static double overlap(const struct box *a, const struct box *b)
{
	double w = fmin(a->right, b->right) - fmax(a->left, b->left);
	double h = fmin(a->top, b->top) - fmax(a->bottom, b->bottom);

	return w > 0 && h > 0 ? w * h : 0;
}

static struct box text_box(const struct place_label *l, double left,
			   double middle, double height)
{
	return (struct box){ left - 3, left + l->width + 3, middle - height / 2,
			     middle + height / 2 };
}

static struct box marker_box(const struct place_label *l)
{
	return (struct box){ l->x - 10, l->x + 10, l->y - 10, l->y + 10 };
}

/* Does a leader from a point to its text run through a box? */
static bool crosses(double x0, double y0, double x1, double y1,
		    const struct box *b)
{
	int i;

	for (i = 2; i < 20; i++) {
		double x = x0 + (x1 - x0) * i / 20, y = y0 + (y1 - y0) * i / 20;

		if (x > b->left && x < b->right && y > b->bottom && y < b->top)
			return true;
	}
	return false;
}

static double nearest(double v, double lo, double hi)
{
	return fmin(fmax(v, lo), hi);
}

/* How bad a place is: areas covered weigh most, then the way to the point. */
static double badness(const struct place_label *l, unsigned int n,
		      unsigned int i, double left, double middle, double height,
		      const struct place_frame *f)
{
	struct box box = text_box(&l[i], left, middle, height);
	double lx = nearest(l[i].x, box.left, box.right);
	double ly = nearest(l[i].y, box.bottom, box.top);
	double sum = hypot(lx - l[i].x, ly - l[i].y);
	unsigned int k;

	if (box.left < f->left || box.right > f->right ||
	    box.bottom < f->bottom || box.top > f->top)
		return INFINITY;
	for (k = 0; k < n; k++) {
		struct box dot = marker_box(&l[k]);
		struct box xbar = { l[k].x_lo, l[k].x_hi, l[k].y - 2,
				    l[k].y + 2 };
		struct box ybar = { l[k].x - 2, l[k].x + 2, l[k].y_lo,
				    l[k].y_hi };

		sum += 20 * overlap(&box, &dot) + 8 * overlap(&box, &xbar) +
		       8 * overlap(&box, &ybar);
		if (k == i)
			continue;
		/* a leader can't but leave the points on top of its own */
		if (hypot(l[k].x - l[i].x, l[k].y - l[i].y) > 22 &&
		    crosses(l[i].x, l[i].y, lx, ly, &dot))
			sum += 120;
		if (isfinite(l[k].left)) {
			struct box other =
				text_box(&l[k], l[k].left, l[k].middle, height);
			double ox = nearest(l[k].x, other.left, other.right);
			double oy = nearest(l[k].y, other.bottom, other.top);

			sum += 50 * overlap(&box, &other);
			if (crosses(l[i].x, l[i].y, lx, ly, &other))
				sum += 400;
			if (crosses(l[k].x, l[k].y, ox, oy, &box))
				sum += 400;
		}
	}
	return sum;
}

static void place_one(struct place_label *l, unsigned int n, unsigned int i,
		      double height, const struct place_frame *f)
{
	double best = INFINITY, left = l[i].x + 12, middle = l[i].y;
	int ring, turn;

	for (ring = 0; ring < 14; ring++) {
		double r = 14 + 13.0 * ring;

		for (turn = 0; turn < 32; turn++) {
			double a = turn * M_PI / 16, at, y, bad;

			/* left edge, centre or right edge: the side that faces the point */
			at = l[i].x + r * cos(a) -
			     l[i].width * (1 - cos(a)) / 2;
			y = l[i].y + (r + height / 4) * sin(a);
			bad = badness(l, n, i, at, y, height, f);
			/* to the right of the point, all else being equal */
			bad += 2 * (1 - cos(a));
			if (bad < best) {
				best = bad;
				left = at;
				middle = y;
			}
		}
	}
	l[i].left = left;
	l[i].middle = middle;
}

/* Labels in turn, each again when all the others have a place. Returns the sum. */
static double place_in_order(struct place_label *l, unsigned int n,
			     const unsigned int *order, double height,
			     const struct place_frame *f)
{
	double sum = 0;
	unsigned int i, pass;

	for (i = 0; i < n; i++)
		l[i].left = l[i].middle = NAN;
	for (pass = 0; pass < 4; pass++)
		for (i = 0; i < n; i++)
			place_one(l, n, order[i], height, f);
	for (i = 0; i < n; i++)
		sum += badness(l, n, i, l[i].left, l[i].middle, height, f);
	return sum;
}

void place_labels(struct place_label *l, unsigned int n, double height,
		  const struct place_frame *frame)
{
	unsigned int *order = calloc(n + 1, sizeof(*order)), tries, t, i;
	struct place_label *best = calloc(n + 1, sizeof(*best));
	double least = INFINITY;
	uint32_t state = 1;

	/* who comes first decides much: several orders, always the same ones */
	tries = n > 20 ? 2 : 24;
	for (i = 0; order && i < n; i++)
		order[i] = i;
	for (t = 0; order && best && t < tries; t++) {
		double sum = place_in_order(l, n, order, height, frame);

		if (!t || sum < least) {
			least = sum;
			memcpy(best, l, n * sizeof(*l));
		}
		for (i = n; i > 1; i--) {
			unsigned int k, other;

			state = state * 1664525 + 1013904223;
			k = (state >> 16) % i;
			other = order[i - 1];
			order[i - 1] = order[k];
			order[k] = other;
		}
	}
	if (order && best)
		memcpy(l, best, n * sizeof(*l));
	free(order);
	free(best);
}

struct slot {
	double y;
	unsigned int i;
};

static int by_y(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->y < y->y ? -1 : x->y > y->y;
}

void place_spread(double *y, unsigned int n, double gap, double lo, double hi)
{
	struct slot *s = calloc(n ? n : 1, sizeof(*s));
	unsigned int i, pass;

	if (!s)
		return;
	for (i = 0; i < n; i++)
		s[i] = (struct slot){ y[i], i };
	qsort(s, n, sizeof(*s), by_y);
	if (n > 1 && gap * (n - 1) > hi - lo)
		gap = (hi - lo) / (n - 1);
	/* pairs that are too close part by equal steps: clusters stay centred */
	for (pass = 0; pass < 400; pass++) {
		bool moved = false;

		for (i = 0; i + 1 < n; i++) {
			double close = gap - (s[i + 1].y - s[i].y);

			if (close <= 0.01)
				continue;
			s[i].y -= close / 2;
			s[i + 1].y += close / 2;
			moved = true;
		}
		if (!moved)
			break;
	}
	for (i = 0; i < n; i++)
		s[i].y = fmax(s[i].y, i ? s[i - 1].y + gap : lo);
	for (i = n; i-- > 0;)
		s[i].y = fmin(s[i].y, i + 1 < n ? s[i + 1].y - gap : hi);
	for (i = 0; i < n; i++)
		y[s[i].i] = s[i].y;
	free(s);
}
