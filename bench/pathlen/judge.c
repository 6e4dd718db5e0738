// SPDX-License-Identifier: GPL-2.0-or-later
/* From blocks to figures, and what is wrong with those. */
#include <math.h>
#include <string.h>

#include "pathlen.h"

void pathlen_blocks_init(struct pathlen_blocks *b, uint64_t base, uint64_t ops)
{
	*b = (struct pathlen_blocks){ .base = base,
				      .ops = ops,
				      .base_ns = UINT64_MAX,
				      .more_ns = UINT64_MAX };
}

void pathlen_blocks_add(struct pathlen_blocks *b, uint64_t ops, uint64_t ns)
{
	uint64_t *least = ops == b->base ? &b->base_ns : &b->more_ns;

	if (ns < *least)
		*least = ns;
}

double pathlen_blocks_figure(const struct pathlen_blocks *b)
{
	if (b->base_ns == UINT64_MAX || b->more_ns == UINT64_MAX ||
	    b->more_ns < b->base_ns)
		return -1;
	return (double)(b->more_ns - b->base_ns) / (double)b->ops;
}

bool pathlen_difference(const struct pathlen_list *l,
			const struct pathlen_figure *f, size_t i,
			double *percent)
{
	int held = l->rows[i].held;

	if (held < 0 || !f[i].known || !f[held].known || f[held].value <= 0)
		return false;
	*percent = 100 * (f[i].value / f[held].value - 1);
	return true;
}

struct judge {
	void (*say)(void *arg, const char *line);
	void *arg;
	unsigned int findings;
};

static void found(struct judge *j, const char *line)
{
	j->findings++;
	j->say(j->arg, line);
}

static const char *text(char *buf, size_t len, bool known, double value)
{
	if (known)
		snprintf(buf, len, "%.3f", value);
	else
		snprintf(buf, len, "-");
	return buf;
}

static void judge_limit(struct judge *j, const struct pathlen_list *l,
			const struct pathlen_figure *f, size_t i)
{
	const struct pathlen_row *row = &l->rows[i];
	char line[256];
	double percent;

	if (!pathlen_difference(l, f, i, &percent) ||
	    fabs(percent) <= row->percent)
		return;
	snprintf(line, sizeof(line),
		 "%s: %.2f, %+.1f %% from %s's %.2f: the limit is %u %%",
		 row->name, f[i].value, percent, l->rows[row->held].name,
		 f[row->held].value, row->percent);
	found(j, line);
}

/* Without a reference, which says what a kernel hasn't got. */
static void judge_known(struct judge *j, const struct pathlen_list *l,
			const struct pathlen_figure *f, size_t i)
{
	char line[PATHLEN_TEXT + 128];

	if (f[i].known)
		return;
	snprintf(line, sizeof(line), "%s: not counted: %s", l->rows[i].name,
		 f[i].why);
	found(j, line);
}

static void judge_change(struct judge *j, const struct pathlen_list *l,
			 const struct pathlen_figure *f,
			 const struct pathlen_reference *r, size_t i)
{
	const struct pathlen_was *was =
		pathlen_reference_find(r, l->rows[i].name);
	char line[PATHLEN_TEXT + 128], a[32], b[32];

	if (was && was->known == f[i].known &&
	    (!was->known || fabs(was->value - f[i].value) < PATHLEN_SAME))
		return;
	snprintf(line, sizeof(line), "%s: was %s, is %s%s%s", l->rows[i].name,
		 was ? text(a, sizeof(a), was->known, was->value) :
		       "not in the reference",
		 text(b, sizeof(b), f[i].known, f[i].value),
		 f[i].known ? "" : ": ", f[i].known ? "" : f[i].why);
	found(j, line);
}

unsigned int pathlen_judge(const struct pathlen_list *l,
			   const struct pathlen_figure *f,
			   const struct pathlen_reference *r, bool whole,
			   void (*say)(void *arg, const char *line), void *arg)
{
	struct judge j = { .say = say, .arg = arg };
	char line[PATHLEN_NAME + 64];
	size_t i;

	for (i = 0; i < l->nr; i++) {
		if (!f[i].wanted)
			continue;
		judge_limit(&j, l, f, i);
		if (r)
			judge_change(&j, l, f, r, i);
		else
			judge_known(&j, l, f, i);
	}
	for (i = 0; r && whole && i < r->nr; i++) {
		if (pathlen_list_find(l, r->rows[i].name) >= 0)
			continue;
		snprintf(line, sizeof(line),
			 "%s: in the reference, and no row any more",
			 r->rows[i].name);
		found(&j, line);
	}
	return j.findings;
}
