/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine can do of what invbench asks for, and what it takes to have the rest. */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include <jansson.h>
#include <stddef.h>

#include "look.h"

enum doctor_verdict {
	DOCTOR_NONE, /* the question doesn't arise here: no row */
	DOCTOR_YES,
	DOCTOR_PARTLY,
	DOCTOR_UNKNOWN, /* not without root, or not in a record */
	DOCTOR_NO,
	DOCTOR_FACT,	/* nothing to judge */
};

/**
 * struct doctor_row - an answer
 * @subject: heading that it stands under
 * @name: of the check
 * @use: what it is good for; "" for what speaks for itself
 * @verdict: see above
 * @detail: what was seen
 * @remedy: what to install or enable; never NULL for a no of DOCTOR_NO
 * @values: the same for programs; NULL: nothing more than the texts
 */
struct doctor_row {
	const char *subject, *use;
	char *name;
	enum doctor_verdict verdict;
	char *detail, *remedy;
	json_t *values;
};

/**
 * struct doctor_command - whether a command of the tool works here
 * @words: as typed
 * @verdict: yes; partly: it works, and something is missing; no; unknown
 * @lacks: what is missed most, with its remedy; NULL when nothing is
 */
struct doctor_command {
	const char *words;
	enum doctor_verdict verdict;
	char *lacks;
};

/**
 * struct doctor_options - what the tool knows of itself
 * @top: the project's folder
 * @cache: of kernels and builds
 * @guest: it is one: the tool works beside it, so nothing is said of commands
 * @has_command: whether this version has a command of that name; NULL: all
 */
struct doctor_options {
	const char *top, *cache;
	bool guest;
	bool (*has_command)(const char *name);
};

/* A report; what follows @options is of the checks. */
struct doctor {
	struct doctor_row *rows;
	size_t nr_rows;
	struct doctor_command *commands;
	size_t nr_commands;
	const struct doctor_options *options;
	const struct look *look;
	const char *subject;
	char release[128], machine[32];
	char *config, *features;
	bool tried;
};

/**
 * doctor_examine() - look, and judge
 * @look: the machine
 * @o: must stay as long as the report
 *
 * Return: the report, for doctor_free().
 */
struct doctor *doctor_examine(const struct look *look,
			      const struct doctor_options *o);
void doctor_free(struct doctor *d);

const char *doctor_verdict_name(enum doctor_verdict v);
/* The row of this name, or NULL. */
const struct doctor_row *doctor_find(const struct doctor *d, const char *name);

#endif
