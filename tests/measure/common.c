// SPDX-License-Identifier: GPL-2.0-or-later
#include "common.h"

struct subject_params params_of(const char *text)
{
	char *copy = strdup(text), *rest = copy, *word;
	struct subject_error err;
	struct subject_params p;

	assert_non_null(copy);
	subject_params_init(&p);
	while ((word = strsep(&rest, " "))) {
		char *value = strchr(word, '=');

		if (!value)
			continue;
		*value++ = '\0';
		if (subject_params_set(&p, word, value, &err))
			fail_msg("%s", err.msg);
	}
	free(copy);
	if (subject_params_check(&p, &err))
		fail_msg("%s", err.msg);
	return p;
}
