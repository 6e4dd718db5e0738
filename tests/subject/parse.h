/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cell from a line of text. Include cmocka.h first. */
#ifndef TESTS_SUBJECT_PARSE_H
#define TESTS_SUBJECT_PARSE_H

#include <stdio.h>
#include <string.h>

#include "subject.h"

#define ROW(a) (sizeof(a) / sizeof((a)[0]))

/* "a=b c=d" on top of the fallbacks; the first that fails ends it. */
static inline int parse(struct subject_params *p, const char *text,
			struct subject_error *err)
{
	char copy[1024], *save = NULL, *word;

	subject_params_init(p);
	err->msg[0] = '\0';
	snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		char *eq = strchr(word, '=');
		int ret;

		assert_non_null(eq);
		*eq = '\0';
		ret = subject_params_set(p, word, eq + 1, err);
		if (ret)
			return ret;
	}
	return 0;
}

#endif
