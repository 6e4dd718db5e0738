/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans from text, in a folder that goes away with the test. */
#ifndef TEST_PLAN_COMMON_H
#define TEST_PLAN_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan.h"

/* What load_text() calls the file: messages begin with it. */
#define JOB_FILE "t.job"

/* cmocka's group fixtures: a folder of our own as the current one. */
int enter_folder(void **state);
int leave_folder(void **state);

/* Writes JOB_FILE. */
void write_job(const char *text);
/* Loads it; NULL with the line in @err. */
struct plan *load_text(const char *text, unsigned int cpus,
		       struct plan_error *err);
/* With one --set; text is the job file's. */
struct plan *load_set(const char *text, const char *key, const char *values,
		      struct plan_error *err);
/* Must load. */
struct plan *loaded(const char *text, unsigned int cpus);
/* The names of a group's variants, one blank between them. */
const char *variants(const struct plan_group *g);
/* Of its controls. */
const char *controls(const struct plan_group *g);
/* The text of an axis of a cell. */
const char *axis_of(const struct plan_cell *c, const char *key);

#endif
