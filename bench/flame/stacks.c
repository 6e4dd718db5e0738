// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of stacks, its folded lines, its sums. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flame.h"

struct flame *flame_new(void)
{
	struct flame *f = calloc(1, sizeof(*f));

	if (f)
		f->root.name = strdup("all");
	if (f && f->root.name)
		return f;
	free(f);
	return NULL;
}

/* From the leaves, without recursion: stacks may be as deep as somebody's file says. */
void flame_free(struct flame *f)
{
	struct flame_frame *frame, *parent;

	if (!f)
		return;
	frame = &f->root;
	while (frame) {
		if (frame->child) {
			frame = frame->child;
			continue;
		}
		parent = frame->parent;
		free(frame->name);
		if (parent) {
			parent->child = frame->next;
			free(frame);
		}
		frame = parent;
	}
	free(f);
}

unsigned int flame_letter(const unsigned char *s)
{
	unsigned int n = 0, i;

	if (*s < 0x80)
		n = 1;
	else if (*s >= 0xc2 && *s < 0xe0)
		n = 2;
	else if (*s >= 0xe0 && *s < 0xf0)
		n = 3;
	else if (*s >= 0xf0 && *s < 0xf5)
		n = 4;

	if (n == 1)
		return *s >= 0x20 && *s != 0x7f;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* too long a form, a surrogate, U+FFFE and U+FFFF */
	if ((n == 3 && ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
			(*s == 0xef && s[1] == 0xbf && s[2] > 0xbd))) ||
	    (n == 4 && ((*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))))
		return 0;
	return n;
}

void flame_clean(char *name)
{
	unsigned char *s = (unsigned char *)name;
	unsigned int n;

	for (; *s; s += n ? n : 1) {
		n = flame_letter(s);
		if (!n)
			*s = '?';
	}
}

/* What would end a name in a folded line, or the line. */
static char *clean_name(const char *name)
{
	char *copy = strdup(*name ? name : "[unknown]"), *c;

	for (c = copy; c && *c; c++) {
		if (*c == ';')
			*c = ':';
		else if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	}
	return copy;
}

static struct flame_frame *callee(struct flame *f, struct flame_frame *caller,
				  const char *name)
{
	char *clean = clean_name(name);
	struct flame_frame **at = &caller->child, *frame;
	int order = -1;

	if (!clean)
		return NULL;
	for (; *at; at = &(*at)->next) {
		order = strcmp(clean, (*at)->name);
		if (order <= 0)
			break;
	}
	if (*at && !order) {
		free(clean);
		return *at;
	}
	frame = calloc(1, sizeof(*frame));
	if (!frame) {
		free(clean);
		return NULL;
	}
	frame->name = clean;
	frame->depth = caller->depth + 1;
	frame->parent = caller;
	frame->next = *at;
	*at = frame;
	f->nr_frames++;
	if (frame->depth > f->depth)
		f->depth = frame->depth;
	return frame;
}

int flame_add(struct flame *f, enum flame_side side, const char *const *names,
	      unsigned int nr, uint64_t count)
{
	struct flame_frame *frame = &f->root;
	unsigned int i;

	if (!count)
		return 0;
	if (count > UINT64_MAX - f->root.total[side])
		return -EOVERFLOW;
	/* what is cut off are callees: the callers tell where it was */
	if (nr > FLAME_DEPTH)
		nr = FLAME_DEPTH;
	/* all of it before any of it counts */
	for (i = 0; i < nr; i++) {
		frame = callee(f, frame, names[i]);
		if (!frame)
			return -ENOMEM;
	}
	frame->self[side] += count;
	for (; frame; frame = frame->parent)
		frame->total[side] += count;
	return 0;
}

unsigned int flame_path(const struct flame_frame *frame, const char **names,
			unsigned int max)
{
	unsigned int i;

	unsigned int nr = frame->depth < max ? frame->depth : max;

	for (i = frame->depth; i > 0; i--, frame = frame->parent)
		if (i <= max)
			names[i - 1] = frame->name;
	return nr;
}

const struct flame_frame *flame_next(const struct flame_frame *frame)
{
	if (frame->child)
		return frame->child;
	while (frame && !frame->next)
		frame = frame->parent;
	return frame ? frame->next : NULL;
}

/* ---- folded lines ------------------------------------------------------ */

static int bad_line(const char *file, unsigned int nr, const char *line,
		    struct flame_error *err)
{
	snprintf(err->msg, sizeof(err->msg),
		 "%.300s:%u: '%.60s' is no folded stack: OUTER;INNER COUNT",
		 file, nr, line);
	return -EINVAL;
}

/* Takes the count off the end of the line. False when there is none. */
static bool take_count(char *line, uint64_t *count)
{
	char *space = strrchr(line, ' '), *end;

	if (!space || space == line || space[1] < '0' || space[1] > '9')
		return false;
	errno = 0;
	*count = strtoull(space + 1, &end, 10);
	if (errno || *end)
		return false;
	*space = '\0';
	return true;
}

static int add_line(struct flame *f, enum flame_side side, char *line,
		    uint64_t count)
{
	const char **names;
	unsigned int nr = 1, i;
	char *c, *rest = line;
	int ret;

	for (c = line; *c; c++)
		nr += *c == ';';
	names = calloc(nr, sizeof(*names));
	if (!names)
		return -ENOMEM;
	flame_clean(line);
	for (i = 0; i < nr; i++)
		names[i] = strsep(&rest, ";");
	ret = flame_add(f, side, names, nr, count);
	free(names);
	return ret;
}

int flame_read(struct flame *f, enum flame_side side, FILE *in,
	       const char *file, struct flame_error *err)
{
	char *line = NULL;
	unsigned int nr = 0;
	size_t size = 0;
	uint64_t count;
	ssize_t len;
	int ret = 0;

	while (!ret && (len = getline(&line, &size, in)) > 0) {
		nr++;
		if (line[len - 1] == '\n')
			line[--len] = '\0';
		if (!len || *line == '#')
			continue;
		if (strlen(line) != (size_t)len || !take_count(line, &count))
			ret = bad_line(file, nr, line, err);
		else
			ret = add_line(f, side, line, count);
		if (ret == -ENOMEM)
			snprintf(err->msg, sizeof(err->msg),
				 "not enough memory for the stacks of %.300s",
				 file);
		if (ret == -EOVERFLOW)
			snprintf(err->msg, sizeof(err->msg),
				 "%.300s:%u: more samples than can be counted", file, nr);
	}
	if (!ret && ferror(in)) {
		ret = -errno;
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", file,
			 strerror(errno));
	}
	free(line);
	return ret;
}

void flame_write(const struct flame *f, enum flame_side side, FILE *out)
{
	const struct flame_frame *frame;
	const char *names[FLAME_DEPTH];
	unsigned int nr, i;

	for (frame = &f->root; frame; frame = flame_next(frame)) {
		if (!frame->self[side] || !frame->depth)
			continue;
		nr = flame_path(frame, names, FLAME_DEPTH);
		for (i = 0; i < nr; i++)
			fprintf(out, "%s%s", i ? ";" : "", names[i]);
		fprintf(out, " %" PRIu64 "\n", frame->self[side]);
	}
}

/* ---- sums -------------------------------------------------------------- */

double flame_share(const struct flame *f, enum flame_side side, uint64_t count)
{
	return f->root.total[side] ?
		       (double)count / (double)f->root.total[side] :
		       0;
}

bool flame_is_timed(const struct flame *f)
{
	return f->ns[FLAME_A] > 0 && f->ns[FLAME_B] > 0;
}

double flame_part(const struct flame *f, enum flame_side side, uint64_t count)
{
	return flame_share(f, side, count) * (flame_is_timed(f) ? f->ns[side] : 1);
}

double flame_change(const struct flame *f, const uint64_t count[FLAME_SIDES],
		    double *noise)
{
	const bool timed = flame_is_timed(f);
	double part[FLAME_SIDES], variance = 0;
	int s;

	for (s = 0; s < FLAME_SIDES; s++) {
		double n = (double)f->root.total[s], unit = timed ? f->ns[s] : 1;
		double error = flame_share(f, (enum flame_side)s, count[s]) *
			       (timed ? f->ns_error[s] : 0);

		part[s] = flame_part(f, (enum flame_side)s, count[s]);
		variance += error * error;
		/* Agresti's: none or all seen of a few samples is no certainty */
		if (n > 0) {
			double p = ((double)count[s] + 2) / (n + 4);

			variance += unit * unit * p * (1 - p) / (n + 4);
		}
	}
	*noise = 2 * sqrt(variance);
	return part[FLAME_B] - part[FLAME_A];
}

const char *flame_word(const struct flame *f, double change, double noise)
{
	if (fabs(change) <= noise)
		return "within noise";
	if (flame_is_timed(f))
		return change > 0 ? "more time in B" : "less time in B";
	return change > 0 ? "larger share in B" : "smaller share in B";
}

static int by_name(const void *a, const void *b)
{
	const struct flame_frame *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static bool inside_itself(const struct flame_frame *frame)
{
	const struct flame_frame *p;

	for (p = frame->parent; p && p->depth; p = p->parent)
		if (!strcmp(p->name, frame->name))
			return true;
	return false;
}

static const struct flame *sorted_of;

static int by_self(const void *a, const void *b)
{
	const struct flame_sum *x = a, *y = b;
	double sx = flame_share(sorted_of, FLAME_A, x->self[FLAME_A]) +
		    flame_share(sorted_of, FLAME_B, x->self[FLAME_B]);
	double sy = flame_share(sorted_of, FLAME_A, y->self[FLAME_A]) +
		    flame_share(sorted_of, FLAME_B, y->self[FLAME_B]);

	if (sx < sy || sx > sy)
		return sx < sy ? 1 : -1;
	return strcmp(x->name, y->name);
}

struct flame_sum *flame_sums(const struct flame *f, unsigned int *nr)
{
	const struct flame_frame **all, *frame;
	struct flame_sum *sums, *sum = NULL;
	unsigned int i, n = 0;
	int s;

	all = calloc(f->nr_frames + 1, sizeof(*all));
	sums = calloc(f->nr_frames + 1, sizeof(*sums));
	*nr = 0;
	if (!all || !sums) {
		free(all);
		free(sums);
		return NULL;
	}
	for (frame = f->root.child; frame; frame = flame_next(frame))
		all[n++] = frame;
	qsort(all, n, sizeof(*all), by_name);
	for (i = 0; i < n; i++) {
		if (!sum || strcmp(sum->name, all[i]->name) != 0) {
			sum = &sums[(*nr)++];
			sum->name = all[i]->name;
		}
		for (s = 0; s < FLAME_SIDES; s++) {
			sum->self[s] += all[i]->self[s];
			if (!inside_itself(all[i]))
				sum->total[s] += all[i]->total[s];
		}
	}
	free(all);
	sorted_of = f;
	qsort(sums, *nr, sizeof(*sums), by_self);
	return sums;
}
