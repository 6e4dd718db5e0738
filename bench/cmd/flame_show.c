// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "flame_show.h"
#include "show.h"
#include "table.h"

void flame_note(struct flame_text *t, const char *fmt, ...)
{
	unsigned int i;
	va_list ap;

	for (i = 0; i < 6 && t->notes[i]; i++)
		;
	if (i == 6)
		return;
	va_start(ap, fmt);
	vsnprintf(t->lines[i], sizeof(t->lines[i]), fmt, ap);
	va_end(ap);
	t->notes[i] = t->lines[i];
}

void flame_file_name(const char *words, char *name, size_t len)
{
	size_t at = 0;

	for (; *words && at + 1 < len; words++) {
		if (isalnum((unsigned char)*words) || strchr("-.", *words))
			name[at++] = *words;
		else if (at && name[at - 1] != '_')
			name[at++] = *words == '=' ? '-' : '_';
	}
	name[at] = '\0';
	if (*name == '.')
		*name = '_';
	if (!at)
		snprintf(name, len, "flame");
}

/* ---- files -------------------------------------------------------------- */

static int write_file(struct result *r, const char *name, const char *ending,
		      char *text, size_t len, json_t *files,
		      struct plan_error *err)
{
	char path[192];
	int ret;

	snprintf(path, sizeof(path), "flame/%s%s", name, ending);
	ret = result_write(r, path, text, len, err);
	if (!ret)
		json_array_append_new(files, json_string(path));
	free(text);
	return ret;
}

static int write_folded(struct result *r, const struct record *rec,
			const struct flame_text *t, enum flame_side side,
			json_t *files, struct plan_error *err)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	flame_write(rec->flame, side, out);
	fclose(out);
	return write_file(r, t->file[side], ".folded", text, len, files, err);
}

static int write_svg(struct result *r, const struct flame *f,
		     const struct flame_look *look, const char *name,
		     json_t *files, struct plan_error *err)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	flame_svg(f, look, out);
	fclose(out);
	return write_file(r, name, ".svg", text, len, files, err);
}

/* One side alone: as the first side of a flame of its own. */
static int write_side(struct result *r, const struct record *rec,
		      const struct flame_text *t, enum flame_side side,
		      json_t *files, struct plan_error *err)
{
	struct flame_look look = { .title = t->title,
				   .notes = t->notes,
				   .name = { t->name[side] } };
	const struct flame_frame *frame;
	struct flame *alone = flame_new();
	const char *names[FLAME_DEPTH];
	char title[1100];
	unsigned int nr;
	int ret = alone ? 0 : -ENOMEM;

	if (rec->nr > 1) {
		snprintf(title, sizeof(title), "%s of %s", t->name[side], t->title);
		look.title = title;
	}
	for (frame = rec->flame->root.child; frame && !ret; frame = flame_next(frame)) {
		nr = flame_path(frame, names, FLAME_DEPTH);
		ret = flame_add(alone, FLAME_A, names, nr, frame->self[side]);
	}
	if (!ret)
		ret = write_svg(r, alone, &look, t->file[side], files, err);
	flame_free(alone);
	return ret;
}

static bool has_part(const struct flame_frame *frame, const char *part)
{
	for (; frame->depth; frame = frame->parent)
		if (!strncmp(frame->name, part, strlen(part)))
			return true;
	return false;
}

/* The stacks with such a function alone, from their first caller on. */
static int write_part(struct result *r, const struct record *rec,
		      const struct flame_text *t, json_t *files,
		      struct plan_error *err)
{
	char title[700];
	struct flame_look look = { .title = title,
				   .notes = t->notes,
				   .name = { t->name[FLAME_A] } };
	const struct flame_frame *frame;
	struct flame *alone = flame_new();
	const char *names[FLAME_DEPTH];
	unsigned int nr;
	int ret = alone ? 0 : -ENOMEM;

	for (frame = rec->flame->root.child; frame && !ret; frame = flame_next(frame)) {
		if (!frame->self[FLAME_A] || !has_part(frame, rec->part))
			continue;
		nr = flame_path(frame, names, FLAME_DEPTH);
		ret = flame_add(alone, FLAME_A, names, nr, frame->self[FLAME_A]);
	}
	snprintf(title, sizeof(title), "%s: only stacks with %s* (%llu samples)", t->title,
		 rec->part, alone ? (unsigned long long)alone->root.total[FLAME_A] : 0);
	if (!ret && alone->root.total[FLAME_A])
		ret = write_svg(r, alone, &look, "driver", files, err);
	flame_free(alone);
	return ret;
}

int flame_files(struct result *r, const struct record *rec,
		const struct flame_text *t, json_t *files, struct plan_error *err)
{
	const struct flame_look both = { .title = t->title,
					 .notes = t->notes,
					 .against = true,
					 .name = { t->name[0], t->name[1] } };
	unsigned int s;
	int ret = 0;

	snprintf(err->msg, sizeof(err->msg), "not enough memory for the pictures");
	/* what was measured before what is drawn of it */
	for (s = 0; s < rec->nr && !ret; s++)
		ret = write_folded(r, rec, t, (enum flame_side)s, files, err);
	for (s = 0; s < rec->nr && !ret; s++)
		ret = write_side(r, rec, t, (enum flame_side)s, files, err);
	if (!ret && rec->part)
		ret = write_part(r, rec, t, files, err);
	if (!ret && rec->nr > 1)
		ret = write_svg(r, rec->flame, &both, "differential", files, err);
	return ret;
}

/* ---- tables ------------------------------------------------------------- */

static void set_share(struct table *t, const char *key, double share)
{
	table_set(t, key, json_real(100 * share), "%.2f", 100 * share);
}

static void set_ns(struct table *t, const char *key, double ns)
{
	if (isfinite(ns))
		show_number(t, key, ns);
	else
		table_set(t, key, json_null(), "-");
}

/* Who works beside the callers has samples, but no part in an operation's time. */
static bool has_ns(const struct record *rec)
{
	unsigned int s;

	for (s = 0; s < rec->nr; s++)
		if (!isfinite(rec->ns_per_op[s]) || rec->ns_per_op[s] <= 0 ||
		    rec->cells[s].params.attach_rate || rec->cells[s].params.readers)
			return false;
	return true;
}

static struct table *single(const struct record *rec, unsigned int top)
{
	unsigned int nr, i;
	struct flame_sum *sums = flame_sums(rec->flame, &nr);
	struct table *t = table_new(NULL);

	table_column(t, "self_percent", "SELF-%", true);
	table_column(t, "total_percent", "TOTAL-%", true);
	if (has_ns(rec))
		table_column(t, "self_ns", "SELF-NS", true);
	table_column(t, "samples", "SAMPLES", true);
	table_column(t, "frame", "FRAME", false);
	for (i = 0; sums && i < nr && i < top; i++) {
		double self = flame_share(rec->flame, FLAME_A, sums[i].self[FLAME_A]);

		if (!sums[i].self[FLAME_A])
			break;
		table_row(t);
		set_share(t, "self_percent", self);
		set_share(t, "total_percent",
			  flame_share(rec->flame, FLAME_A, sums[i].total[FLAME_A]));
		if (has_ns(rec))
			set_ns(t, "self_ns", self * rec->ns_per_op[FLAME_A]);
		table_set(t, "samples", json_integer((json_int_t)sums[i].self[FLAME_A]),
			  "%" PRIu64, sums[i].self[FLAME_A]);
		table_set(t, "frame", NULL, "%s", sums[i].name);
	}
	free(sums);
	return t;
}

/* One frame whose share of its own time changed. */
struct change {
	const struct flame_sum *sum;
	double points, noise;
};

static int by_change(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	double dx = fabs(x->points), dy = fabs(y->points);

	return dx < dy ? 1 : dx > dy ? -1 : strcmp(x->sum->name, y->sum->name);
}

static const char *direction(const struct change *c)
{
	if (fabs(c->points) <= c->noise)
		return "within noise";
	return c->points > 0 ? "more in B" : "less in B";
}

static struct table *changed(const struct record *rec, unsigned int top)
{
	unsigned int nr, i;
	struct flame_sum *sums = flame_sums(rec->flame, &nr);
	struct change *all = calloc(nr + 1, sizeof(*all));
	struct table *t = table_new(NULL);
	const bool ns = has_ns(rec);

	table_column(t, "points", "POINTS", true);
	table_column(t, "noise_points", "+-", true);
	table_column(t, "a_percent", "A-SELF-%", true);
	table_column(t, "b_percent", "B-SELF-%", true);
	if (ns) {
		table_column(t, "a_ns", "A-NS", true);
		table_column(t, "b_ns", "B-NS", true);
	}
	table_column(t, "direction", "DIRECTION", false);
	table_column(t, "frame", "FRAME", false);
	for (i = 0; all && sums && i < nr; i++) {
		all[i].sum = &sums[i];
		all[i].points = flame_change(rec->flame, sums[i].self, &all[i].noise);
	}
	if (all)
		qsort(all, nr, sizeof(*all), by_change);
	for (i = 0; all && sums && i < nr && i < top; i++) {
		double a = flame_share(rec->flame, FLAME_A, all[i].sum->self[FLAME_A]);
		double b = flame_share(rec->flame, FLAME_B, all[i].sum->self[FLAME_B]);

		if (a <= 0 && b <= 0)
			break;
		table_row(t);
		table_set(t, "points", json_real(100 * all[i].points), "%+.2f",
			  100 * all[i].points);
		set_share(t, "noise_points", all[i].noise);
		set_share(t, "a_percent", a);
		set_share(t, "b_percent", b);
		if (ns) {
			set_ns(t, "a_ns", a * rec->ns_per_op[FLAME_A]);
			set_ns(t, "b_ns", b * rec->ns_per_op[FLAME_B]);
		}
		table_set(t, "direction", NULL, "%s", direction(&all[i]));
		table_set(t, "frame", NULL, "%s", all[i].sum->name);
	}
	free(all);
	free(sums);
	return t;
}

void flame_tables(const struct record *rec, const struct flame_text *t,
		  unsigned int top, FILE *out)
{
	const char *const *note;
	struct table *table;

	fprintf(out, "%s\n", t->title);
	if (rec->nr > 1)
		fprintf(out, "A: %s\nB: %s\n", t->name[FLAME_A], t->name[FLAME_B]);
	for (note = t->notes; *note; note++)
		fprintf(out, "%s\n", *note);
	fputc('\n', out);
	table = rec->nr > 1 ? changed(rec, top) : single(rec, top);
	table_print(table, out);
	table_free(table);
}

static json_t *side_json(const struct record *rec, const struct flame_text *t,
			 unsigned int s)
{
	json_t *ns = rec->ns_per_op[s] > 0 && isfinite(rec->ns_per_op[s]) ?
			     json_real(rec->ns_per_op[s]) :
			     json_null();

	return json_pack("{s:s, s:I, s:f, s:o}", "name", t->name[s], "samples",
			 (json_int_t)rec->flame->root.total[s], "seconds",
			 rec->ran[s], "ns_per_op", ns);
}

json_t *flame_json(const struct record *rec, const struct flame_text *t,
		   unsigned int top)
{
	json_t *sides = json_array();
	struct table *table;
	json_t *doc;
	unsigned int s;

	for (s = 0; s < rec->nr; s++)
		json_array_append_new(sides, side_json(rec, t, s));
	table = rec->nr > 1 ? changed(rec, top) : single(rec, top);
	doc = json_pack("{s:s, s:o, s:o, s:I}", "title", t->title, "cells", sides,
			rec->nr > 1 ? "changes" : "frames", table_json(table),
			"lost", (json_int_t)rec->counts[0].lost);
	table_free(table);
	if (!rec->event)
		return doc;
	json_object_set_new(doc, "event", json_string(rec->event));
	json_object_set_new(doc, "hz", json_integer(rec->hz));
	json_object_set_new(doc, "emulated", json_boolean(rec->emulated));
	return doc;
}
