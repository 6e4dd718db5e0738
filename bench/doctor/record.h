/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record of a machine, as record.sh prints it. Lines that begin with
 *
 *   #    nobody reads
 *   /    a file's path; what follows is in it
 *   !    a path that couldn't be read
 *   ?    a question (look_ask()); what follows is the answer
 *   TAB  a line of text
 *   =    bytes in hexadecimal
 */
#ifndef DOCTOR_RECORD_H
#define DOCTOR_RECORD_H

#include <stddef.h>
#include <stdio.h>

#include "look.h"

struct record;

/* @data has a 0 behind its @len bytes. */
struct record_file {
	char *path, *data;
	size_t len;
	bool denied;
};

/* As look_record(). */
struct record *record_read(FILE *in, unsigned int *line);
void record_free(struct record *r);
/* NULL: no such file. */
const struct record_file *record_find(const struct record *r, const char *path);
/* Of a file, or of a folder that has one. */
enum look_found record_has(const struct record *r, const char *path);
/* Names right below @path, each once, appended to @names, which the caller frees. */
void record_list(const struct record *r, const char *path, char ***names,
		 size_t *nr);

#endif
