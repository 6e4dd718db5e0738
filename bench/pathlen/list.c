// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "pathlen.h"

#define MOST_PERCENT 1000

struct reader {
	const char *path;
	unsigned int line;
	struct pathlen_list *l;
	struct subject_error *err;
};

static int __attribute__((format(printf, 2, 3)))
bad(struct reader *r, const char *fmt, ...)
{
	char what[sizeof(r->err->msg) - 128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(r->err->msg, sizeof(r->err->msg), "%.100s:%u: %s", r->path,
		 r->line, what);
	return -EINVAL;
}

int pathlen_list_find(const struct pathlen_list *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->nr; i++)
		if (!strcmp(l->rows[i].name, name))
			return (int)i;
	return -1;
}

static int take_name(struct reader *r, struct pathlen_row *row, char *name)
{
	const char *c;
	char *end = name + strlen(name);

	while (end > name && isspace((unsigned char)end[-1]))
		*--end = '\0';
	row->few = *name == '*';
	name += row->few;
	for (c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("/-_.", *c))
			return bad(
				r,
				"row '%.40s': a name has letters, digits and /-_.",
				name);
	if (!*name || c - name >= PATHLEN_NAME)
		return bad(r, "row '%.40s': a name has 1 to %d characters",
			   name, PATHLEN_NAME - 1);
	if (pathlen_list_find(r->l, name) >= 0)
		return bad(r, "row '%s': there is one already", name);
	snprintf(row->name, sizeof(row->name), "%s", name);
	return 0;
}

/* "stock/1 10%" in front of the axes. */
static int take_held(struct reader *r, struct pathlen_row *row,
		     const char *name, const char *percent)
{
	char *end;
	long v;

	row->held = pathlen_list_find(r->l, name);
	if (row->held < 0)
		return bad(
			r,
			"'%.40s': neither an axis (key=value) nor a row above this one",
			name);
	errno = 0;
	v = percent ? strtol(percent, &end, 10) : 0;
	if (!percent || errno || end == percent || strcmp(end, "%") || v < 1 ||
	    v > MOST_PERCENT)
		return bad(
			r,
			"'%.40s': behind the row that it is held against, from 1%% to %d%%",
			percent ? percent : "", MOST_PERCENT);
	row->percent = (unsigned int)v;
	return 0;
}

static int take_axis(struct reader *r, struct pathlen_row *row, char *word,
		     uint64_t *seen)
{
	char *value = strchr(word, '=');
	struct subject_error e;
	unsigned int i;

	if (!value)
		return bad(r, "'%.40s': not key=value", word);
	*value++ = '\0';
	if (subject_params_set(&row->params, word, value, &e))
		return bad(r, "%s", e.msg);
	for (i = 0; i < subject_nr_axes(); i++)
		if (!strcmp(subject_axis(i)->key, word))
			break;
	if (*seen & 1ULL << i)
		return bad(r, "%s: given twice", word);
	*seen |= 1ULL << i;
	return 0;
}

static int take_row(struct reader *r, struct pathlen_row *row, char *text)
{
	char *eq = strchr(text, '='), *save = NULL, *word;
	struct subject_error e;
	uint64_t seen = 0;

	*row = (struct pathlen_row){ .held = -1 };
	if (!eq)
		return bad(r,
			   "'%.40s': not NAME = [ROW PERCENT%%] KEY=VALUE...",
			   text);
	*eq = '\0';
	if (take_name(r, row, text))
		return -EINVAL;
	subject_params_init(&row->params);
	row->params.world = SUBJECT_WORLD_KERNEL;
	word = strtok_r(eq + 1, " \t", &save);
	if (!word)
		return bad(r, "row '%s': no cell (KEY=VALUE...)", row->name);
	if (!strchr(word, '=')) {
		if (take_held(r, row, word, strtok_r(NULL, " \t", &save)))
			return -EINVAL;
		word = strtok_r(NULL, " \t", &save);
	}
	for (; word; word = strtok_r(NULL, " \t", &save))
		if (take_axis(r, row, word, &seen))
			return -EINVAL;
	if (subject_params_check(&row->params, &e))
		return bad(r, "%s", e.msg);
	return 0;
}

static int add_row(struct reader *r, char *text)
{
	struct pathlen_list *l = r->l;
	struct pathlen_row *more =
		realloc(l->rows, (l->nr + 1) * sizeof(*more));

	if (!more)
		return bad(r, "not enough memory");
	l->rows = more;
	if (take_row(r, &l->rows[l->nr], text))
		return -EINVAL;
	l->nr++;
	return 0;
}

/* Without its comment and the space round it. */
static char *trim(char *line)
{
	char *end = line + strcspn(line, "#\n");

	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return line + strspn(line, " \t");
}

int pathlen_list_read(const char *path, struct pathlen_list *l,
		      struct subject_error *err)
{
	struct reader r = { .path = path, .l = l, .err = err };
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	*l = (struct pathlen_list){ 0 };
	if (!f) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", path,
			 strerror(errno));
		return -EINVAL;
	}
	while (!ret && getline(&line, &size, f) > 0) {
		char *text = trim(line);

		r.line++;
		if (*text)
			ret = add_row(&r, text);
	}
	if (!ret && !l->nr) {
		r.line++;
		ret = bad(&r, "no row in it");
	}
	free(line);
	fclose(f);
	if (ret)
		pathlen_list_free(l);
	return ret;
}

void pathlen_list_free(struct pathlen_list *l)
{
	free(l->rows);
	*l = (struct pathlen_list){ 0 };
}
