/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table that prints as text (libsmartcols) and as JSON (jansson). */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct table;

/* Out of memory ends the tool: a table is all that is left to do by then. */
struct table *table_new(const char *title);
void table_free(struct table *t);
/* @key: in JSON. Columns before rows. */
void table_column(struct table *t, const char *key, const char *heading,
		  bool right);
void table_row(struct table *t);
size_t table_rows(const struct table *t);
/* Sets a column of the last row: what is shown, and the value (NULL: the text). */
void table_set(struct table *t, const char *key, json_t *value, const char *fmt,
	       ...) __attribute__((format(printf, 4, 5)));
/* In this column a newline in what is set begins a line of the cell. */
void table_lines(struct table *t, const char *key);
/*
 * Leaves out columns as text, of @keys (NULL after the last) the first ones, until a line has
 * at most @width characters; those that aren't in @keys stay however wide it is.
 */
void table_fit(struct table *t, const char *const *keys, size_t width);
void table_print(struct table *t, FILE *out);
/* An array of objects; a new reference. */
json_t *table_json(const struct table *t);
/* Prints as text, or as the one JSON document of a command. */
void table_finish(struct table *t, bool json, FILE *out);

#endif
