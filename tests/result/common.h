/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results in a folder that goes away with the test. */
#ifndef TEST_RESULT_COMMON_H
#define TEST_RESULT_COMMON_H

#include "../plan/common.h"
#include "result.h"

/* A result of the plan that the text makes, in @dir. Must work. */
struct result *created(const char *text, const char *dir);
/* Removes a result's folder. */
void remove_result(const char *dir);
/* Closes it, and removes its folder. */
void discard(struct result *r);
/* A group begun; must work. */
struct result_group *begun(struct result *r, unsigned int group);
/* One raw line of a launch, as printf; must work. */
void line(struct result_group *g, unsigned int launch, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The whole file, 0-terminated; NULL when it isn't there. */
char *file_text(const char *dir, const char *name);
/* Overwrites a file of the folder. */
void put_file(const char *dir, const char *name, const char *text, size_t len);

#endif
