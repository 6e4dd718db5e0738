// SPDX-License-Identifier: GPL-2.0-or-later
/* The jobs that are shipped: which there are, and where one is. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

static int compare_jobs(const void *a, const void *b)
{
	return strcmp(((const struct plan_job *)a)->name,
		      ((const struct plan_job *)b)->name);
}

static int describe_job(const char *top, struct plan_job *out,
			struct plan_error *err)
{
	const struct job_section *global;
	const struct job_key *help;
	char path[4096];
	struct job job;
	int ret;

	snprintf(path, sizeof(path), "%s/jobs/%s.job", top, out->name);
	ret = job_read(&job, path, err);
	if (ret)
		return ret;
	global = job_global(&job);
	help = job_find(global, NULL, "help");
	snprintf(out->help, sizeof(out->help), "%s", help ? help->values : "");
	job_free(&job);
	return 0;
}

int plan_jobs(const char *top, struct plan_job **jobs, unsigned int *nr,
	      struct plan_error *err)
{
	struct plan_job *all = NULL, *more;
	struct dirent *e;
	char path[4096];
	unsigned int n = 0;
	int ret = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/jobs", top);
	dir = opendir(path);
	if (!dir) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", path,
			 strerror(errno));
		return -ENOENT;
	}
	while (!ret && (e = readdir(dir))) {
		size_t len = strlen(e->d_name);

		if (len < 5 || len > 60 || strcmp(e->d_name + len - 4, ".job"))
			continue;
		more = realloc(all, (n + 1) * sizeof(*all));
		if (!more) {
			ret = -ENOMEM;
			break;
		}
		all = more;
		snprintf(all[n].name, sizeof(all[n].name), "%.*s", (int)len - 4,
			 e->d_name);
		ret = describe_job(top, &all[n++], err);
	}
	closedir(dir);
	if (ret) {
		free(all);
		return ret;
	}
	qsort(all, n, sizeof(*all), compare_jobs);
	*jobs = all;
	*nr = n;
	return 0;
}

int job_path(const char *name, const char *top, char *path, size_t len,
	     struct plan_error *err)
{
	struct plan_job *jobs;
	const char *names[256], *near;
	unsigned int nr, i;

	if (strchr(name, '/') ||
	    (strlen(name) > 4 && !strcmp(name + strlen(name) - 4, ".job"))) {
		snprintf(path, len, "%s", name);
		return 0;
	}
	if (plan_jobs(top, &jobs, &nr, err))
		return -ENOENT;
	for (i = 0; i < nr && i < 256; i++)
		names[i] = jobs[i].name;
	for (i = 0; i < nr && strcmp(jobs[i].name, name); i++)
		;
	if (i == nr) {
		near = subject_near(name, names, nr < 256 ? nr : 256);
		snprintf(
			err->msg, sizeof(err->msg),
			"unknown job '%.60s'%s%s%s; `invbench list --jobs` names them; a file's name ends in .job",
			name, near ? ": did you mean '" : "", near ? near : "",
			near ? "'?" : "");
		free(jobs);
		return -ENOENT;
	}
	free(jobs);
	snprintf(path, len, "%s/jobs/%s.job", top, name);
	return 0;
}
