/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Job files as they are written: sections of keys, each with its line. */
#ifndef PLAN_JOB_H
#define PLAN_JOB_H

#include "plan.h"

struct job_key {
	char *key, *values;
	const char *file; /* NULL: from the command line */
	int line;
};

struct job_section {
	char *name;
	const char *file;
	int line;
	struct job_key *keys;
	unsigned int nr_keys;
};

struct job {
	char *file;
	struct job_section *sections;
	unsigned int nr_sections;
};

/* Reads one file. -errno with "file:line: ..." in @err. */
int job_read(struct job *job, const char *file, struct plan_error *err);
void job_free(struct job *job);
/* The value of @key in @s, or in the global section; NULL when in neither. */
const struct job_key *job_find(const struct job_section *s,
			       const struct job_section *global,
			       const char *key);
/* The section [global], or NULL. */
const struct job_section *job_global(const struct job *job);
/* UTF-8 without control characters, so that it fits into JSON and on one line. */
bool job_is_text(const char *s);
/* The end of a path, where its name is: as much as fits into a line. */
const char *job_file_end(const char *file);
/* As much as fits, no letter of UTF-8 cut in two. */
void plan_copy_text(char *to, size_t size, const char *from);
/* "a/b/tiny.job" is tiny: it goes into the name of the result's folder. */
void plan_add_job_name(struct plan *p, const char *job);
/* Two jobs may both have a [stores]: " #2" and so on. -ENOMEM. */
int plan_make_names_unique(struct plan *p);
/* "file:line: " or "--set: " in front of a line of text. -EINVAL. */
int job_error(const struct job_key *k, struct plan_error *err, const char *fmt,
	      ...) __attribute__((format(printf, 3, 4)));

#endif
