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

	for (i = 0; i < FLAME_NOTES && t->notes[i]; i++)
		;
	if (i == FLAME_NOTES) {
		snprintf(t->lines[i - 1], sizeof(t->lines[i - 1]), "and more than fits here");
		return;
	}
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

/* ---- some of the stacks -------------------------------------------------- */

typedef bool (*wanted_fn)(const struct flame_frame *frame, const char *part);

/* Those that @wanted takes, of both sides; or of one alone, as the first one. */
static struct flame *pick(const struct flame *f, int side, wanted_fn wanted, const char *part)
{
	const struct flame_frame *frame;
	struct flame *some = flame_new();
	const char *names[FLAME_DEPTH];
	unsigned int nr, s;
	int ret = 0;

	for (frame = f->root.child; some && frame && !ret; frame = flame_next(frame)) {
		if (wanted && !wanted(frame, part))
			continue;
		nr = flame_path(frame, names, FLAME_DEPTH);
		for (s = 0; s < FLAME_SIDES && !ret; s++)
			if (side < 0 || side == (int)s)
				ret = flame_add(some, side < 0 ? (enum flame_side)s : FLAME_A,
						names, nr, frame->self[s]);
	}
	if (!ret)
		return some;
	flame_free(some);
	return NULL;
}

static bool has_part(const struct flame_frame *frame, const char *part)
{
	for (; frame->depth; frame = frame->parent)
		if (!strncmp(frame->name, part, strlen(part)))
			return true;
	return false;
}

/* Whether this is the function, wherever it is compiled into. */
static bool is_function(const char *frame, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(frame, name, len) &&
	       (!frame[len] || frame[len] == '.' || !strncmp(frame + len, "_[", 2));
}

/* In what exec.c takes the time of: neither how threads come together, nor what they wait. */
static bool is_timed(const struct flame_frame *frame, const char *part)
{
	(void)part;
	for (; frame->depth; frame = frame->parent)
		if (is_function(frame->name, "run_caller") ||
		    is_function(frame->name, "loop_caller"))
			return true;
	return false;
}

int flame_time(struct record *rec)
{
	unsigned int s;

	for (s = 0; s < rec->nr; s++)
		if (!isfinite(rec->ns_per_op[s]) || rec->ns_per_op[s] <= 0)
			return 0;
	rec->timed = pick(rec->flame, -1, is_timed, NULL);
	if (!rec->timed)
		return -ENOMEM;
	for (s = 0; s < rec->nr; s++) {
		if (!rec->timed->root.total[s]) {
			flame_free(rec->timed);
			rec->timed = NULL;
			return 0;
		}
		rec->timed->ns[s] = rec->ns_per_op[s];
		rec->timed->ns_error[s] = rec->ns_error[s];
	}
	return 0;
}

static int write_side(struct result *r, const struct record *rec,
		      const struct flame_text *t, enum flame_side side,
		      json_t *files, struct plan_error *err)
{
	struct flame_look look = { .title = t->title,
				   .notes = t->notes,
				   .name = { t->name[side] } };
	struct flame *alone = pick(rec->flame, (int)side, NULL, NULL);
	char title[1100];
	int ret;

	if (rec->nr > 1) {
		snprintf(title, sizeof(title), "%s of %s", t->name[side], t->title);
		look.title = title;
	}
	ret = alone ? write_svg(r, alone, &look, t->file[side], files, err) : -ENOMEM;
	flame_free(alone);
	return ret;
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
	struct flame *some = pick(rec->flame, FLAME_A, has_part, rec->part);
	int ret = some ? 0 : -ENOMEM;

	snprintf(title, sizeof(title), "%s: only stacks with %s* (%llu samples)", t->title,
		 rec->part, some ? (unsigned long long)some->root.total[FLAME_A] : 0);
	if (!ret && some->root.total[FLAME_A])
		ret = write_svg(r, some, &look, "driver", files, err);
	flame_free(some);
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
		ret = write_svg(r, rec->timed ?: rec->flame, &both, "differential", files, err);
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

/* Of an operation's time, what ended in this frame. */
static double self_ns(const struct record *rec, const struct flame_sum *timed, unsigned int nr,
		      const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(timed[i].name, name))
			return flame_share(rec->timed, FLAME_A, timed[i].self[FLAME_A]) *
			       rec->ns_per_op[FLAME_A];
	return NAN;
}

static struct table *single(const struct record *rec, unsigned int top)
{
	unsigned int nr, nr_timed = 0, i;
	struct flame_sum *sums = flame_sums(rec->flame, &nr);
	struct flame_sum *timed = rec->timed ? flame_sums(rec->timed, &nr_timed) : NULL;
	struct table *t = table_new(NULL);

	table_column(t, "self_percent", "SELF-%", true);
	table_column(t, "total_percent", "TOTAL-%", true);
	if (timed)
		table_column(t, "self_ns", "SELF-NS", true);
	table_column(t, "samples", "SAMPLES", true);
	table_column(t, "frame", "FRAME", false);
	for (i = 0; sums && i < nr && i < top; i++) {
		if (!sums[i].self[FLAME_A])
			break;
		table_row(t);
		set_share(t, "self_percent",
			  flame_share(rec->flame, FLAME_A, sums[i].self[FLAME_A]));
		set_share(t, "total_percent",
			  flame_share(rec->flame, FLAME_A, sums[i].total[FLAME_A]));
		if (timed)
			set_ns(t, "self_ns", self_ns(rec, timed, nr_timed, sums[i].name));
		table_set(t, "samples", json_integer((json_int_t)sums[i].self[FLAME_A]),
			  "%" PRIu64, sums[i].self[FLAME_A]);
		table_set(t, "frame", NULL, "%s", sums[i].name);
	}
	free(sums);
	free(timed);
	return t;
}

/* One frame whose part of its own side changed. */
struct change {
	const struct flame_sum *sum;
	double by, noise;
};

static int by_change(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	double dx = fabs(x->by), dy = fabs(y->by);

	return dx < dy ? 1 : dx > dy ? -1 : strcmp(x->sum->name, y->sum->name);
}

static void change_columns(struct table *t, bool timed)
{
	if (timed) {
		table_column(t, "change_ns", "NS", true);
		table_column(t, "noise_ns", "+-", true);
		table_column(t, "a_ns", "A-NS", true);
		table_column(t, "b_ns", "B-NS", true);
	} else {
		table_column(t, "points", "POINTS", true);
		table_column(t, "noise_points", "+-", true);
	}
	table_column(t, "a_percent", "A-SELF-%", true);
	table_column(t, "b_percent", "B-SELF-%", true);
	table_column(t, "direction", "DIRECTION", false);
	table_column(t, "frame", "FRAME", false);
}

static void change_row(struct table *t, const struct flame *f, const struct change *c)
{
	const uint64_t *self = c->sum->self;

	table_row(t);
	if (flame_is_timed(f)) {
		table_set(t, "change_ns", json_real(c->by), "%+.4g", c->by);
		set_ns(t, "noise_ns", c->noise);
		set_ns(t, "a_ns", flame_part(f, FLAME_A, self[FLAME_A]));
		set_ns(t, "b_ns", flame_part(f, FLAME_B, self[FLAME_B]));
	} else {
		table_set(t, "points", json_real(100 * c->by), "%+.2f", 100 * c->by);
		set_share(t, "noise_points", c->noise);
	}
	set_share(t, "a_percent", flame_share(f, FLAME_A, self[FLAME_A]));
	set_share(t, "b_percent", flame_share(f, FLAME_B, self[FLAME_B]));
	table_set(t, "direction", NULL, "%s", flame_word(f, c->by, c->noise));
	table_set(t, "frame", NULL, "%s", c->sum->name);
}

static struct table *changed(const struct record *rec, unsigned int top)
{
	const struct flame *f = rec->timed ?: rec->flame;
	unsigned int nr, i, rows = 0;
	struct flame_sum *sums = flame_sums(f, &nr);
	struct change *all = calloc(nr + 1, sizeof(*all));
	struct table *t = table_new(NULL);

	change_columns(t, flame_is_timed(f));
	for (i = 0; all && sums && i < nr; i++) {
		all[i].sum = &sums[i];
		all[i].by = flame_change(f, sums[i].self, &all[i].noise);
	}
	if (all)
		qsort(all, nr, sizeof(*all), by_change);
	for (i = 0; all && sums && i < nr && rows < top; i++) {
		if (!all[i].sum->self[FLAME_A] && !all[i].sum->self[FLAME_B])
			continue;
		change_row(t, f, &all[i]);
		rows++;
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
	/* perf says what is lost of all it records */
	const bool lost = rec->event && (rec->nr < 2 || strcmp(rec->backend, "user"));
	json_t *ns = rec->ns_per_op[s] > 0 && isfinite(rec->ns_per_op[s]) ?
			     json_real(rec->ns_per_op[s]) :
			     json_null();

	return json_pack("{s:s, s:I, s:o, s:o, s:o}", "name", t->name[s], "samples",
			 (json_int_t)rec->flame->root.total[s], "seconds",
			 rec->event ? json_real(rec->ran[s]) : json_null(), "ns_per_op", ns,
			 "lost", lost ? json_integer((json_int_t)rec->lost[s]) : json_null());
}

static json_t *notes_json(const struct flame_text *t)
{
	json_t *all = json_array();
	const char *const *note;

	for (note = t->notes; *note; note++)
		json_array_append_new(all, json_string(*note));
	return all;
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
	doc = json_pack("{s:s, s:o, s:o, s:o}", "title", t->title, "cells", sides,
			rec->nr > 1 ? "changes" : "frames", table_json(table),
			"notes", notes_json(t));
	table_free(table);
	if (!rec->event)
		return doc;
	json_object_set_new(doc, "lost", json_integer((json_int_t)(rec->lost[0] + rec->lost[1])));
	json_object_set_new(doc, "interrupted", json_boolean(rec->interrupted));
	json_object_set_new(doc, "failed", json_boolean(rec->failed));
	json_object_set_new(doc, "event", json_string(rec->event));
	json_object_set_new(doc, "hz", json_integer(rec->hz));
	json_object_set_new(doc, "emulated", json_boolean(rec->emulated));
	return doc;
}
