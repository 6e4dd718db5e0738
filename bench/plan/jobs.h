/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLAN_JOBS_H
#define PLAN_JOBS_H

#include "job.h"

/*
 * The path of a job into @path: a shipped name, or a file's (with a slash, or ending
 * in .job). -ENOENT with a line that names a near miss.
 */
int job_path(const char *name, const char *top, char *path, size_t len,
	     struct plan_error *err);

#endif
