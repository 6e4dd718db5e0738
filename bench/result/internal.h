/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RESULT_INTERNAL_H
#define RESULT_INTERNAL_H

#include <jansson.h>
#include <limits.h>

#include "result.h"

struct result {
	char dir[PATH_MAX];
	struct plan *plan;
	json_t *context;
	char machine[256];
};

/* "path: what errno says"; returns @ret. */
int result_fail(struct plan_error *err, const char *path, int ret);
/* Path of a group's samples, PATH_MAX bytes. */
int result_samples_path(const struct result *r, unsigned int group, char *path);
/* All that context.json holds of this machine and this build. */
json_t *context_collect(const char *job, uint64_t seed_of_run);

#endif
