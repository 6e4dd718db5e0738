// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "table.h"

#define MAX_COLUMNS 64

struct table {
	char *title;
	struct libscols_table *text;
	struct libscols_line *line;
	char *keys[MAX_COLUMNS];
	size_t nr_columns;
	json_t *rows;
};

static void check(bool ok)
{
	if (!ok)
		err(EXIT_USAGE, "invbench: not enough memory for a table");
}

struct table *table_new(const char *title)
{
	struct table *t = calloc(1, sizeof(*t));

	check(t != NULL);
	t->title = title ? strdup(title) : NULL;
	t->text = scols_new_table();
	t->rows = json_array();
	check(t->text && t->rows && (t->title || !title));
	scols_table_set_column_separator(t->text, "  ");
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->text);
	json_decref(t->rows);
	while (t->nr_columns)
		free(t->keys[--t->nr_columns]);
	free(t->title);
	free(t);
}

void table_column(struct table *t, const char *key, const char *heading,
		  bool right)
{
	struct libscols_column *c;

	check(t->nr_columns < MAX_COLUMNS);
	c = scols_table_new_column(t->text, heading, 0,
				   right ? SCOLS_FL_RIGHT : 0);
	check(c != NULL);
	t->keys[t->nr_columns] = strdup(key);
	check(t->keys[t->nr_columns++] != NULL);
}

void table_row(struct table *t)
{
	t->line = scols_table_new_line(t->text, NULL);
	check(t->line && !json_array_append_new(t->rows, json_object()));
}

size_t table_rows(const struct table *t)
{
	return json_array_size(t->rows);
}

void table_set(struct table *t, const char *key, json_t *value, const char *fmt,
	       ...)
{
	json_t *row = json_array_get(t->rows, json_array_size(t->rows) - 1);
	char *text;
	va_list ap;
	size_t i;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	check(len >= 0);
	if (!value)
		value = json_string(text);
	check(!json_object_set_new(row, key, value));
	for (i = 0; i < t->nr_columns && strcmp(t->keys[i], key); i++)
		;
	check(i < t->nr_columns && !scols_line_refer_data(t->line, i, text));
}

static struct libscols_column *column_of(const struct table *t, const char *key)
{
	size_t i;

	for (i = 0; i < t->nr_columns && strcmp(t->keys[i], key); i++)
		;
	return scols_table_get_column(t->text, i);
}

void table_lines(struct table *t, const char *key)
{
	struct libscols_column *c = column_of(t, key);

	check(c && !scols_column_set_flags(c, SCOLS_FL_WRAP) &&
	      !scols_column_set_wrapfunc(c, scols_wrapnl_chunksize,
					 scols_wrapnl_nextchunk, NULL) &&
	      !scols_column_set_safechars(c, "\n"));
}

/* Characters of the longest line; names of devices are ASCII. */
static size_t text_width(struct table *t)
{
	size_t most = 0, len;
	char *text = NULL, *at;

	scols_table_set_termforce(t->text, SCOLS_TERMFORCE_NEVER);
	check(!scols_print_table_to_string(t->text, &text) && text);
	for (at = text; *at; at += len + (at[len] == '\n')) {
		len = strcspn(at, "\n");
		most = len > most ? len : most;
	}
	free(text);
	return most;
}

void table_fit(struct table *t, const char *const *keys, size_t width)
{
	struct libscols_column *c;

	for (; *keys && text_width(t) > width; keys++) {
		c = column_of(t, *keys);
		check(c && !scols_column_set_flags(
				   c, scols_column_get_flags(c) |
					      SCOLS_FL_HIDDEN));
	}
}

void table_print(struct table *t, FILE *out)
{
	if (t->title)
		fprintf(out, "%s\n", t->title);
	/* a pipe or file gets whole lines, a terminal its width */
	if (!isatty(fileno(out)))
		scols_table_set_termforce(t->text, SCOLS_TERMFORCE_NEVER);
	scols_table_set_stream(t->text, out);
	scols_print_table(t->text);
}

json_t *table_json(const struct table *t)
{
	return json_incref(t->rows);
}

void table_finish(struct table *t, bool json, FILE *out)
{
	if (json) {
		json_dumpf(t->rows, out, JSON_INDENT(1));
		fputc('\n', out);
	} else {
		table_print(t, out);
	}
	table_free(t);
}
