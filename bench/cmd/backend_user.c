// SPDX-License-Identifier: GPL-2.0-or-later
/* The worker beside the tool: each launch is a fresh process. */
#include <errno.h>
#include <stdio.h>

#include "backend.h"
#include "cmd.h"
#include "team.h"

static int user_describe(const struct backend_options *o,
			 struct plan_backend *b, struct plan_error *err)
{
	(void)o;
	(void)err;
	*b = *PLAN_USER(team_cpus(NULL, 0));
	return 0;
}

static struct backend *user_open(const struct backend_options *o,
				 struct plan_error *err)
{
	static char nothing;

	(void)o;
	(void)err;
	return (struct backend *)&nothing;
}

static struct launch *user_start(struct backend *b, unsigned int threads,
				 const unsigned int *cpus, unsigned int nr_cpus,
				 struct plan_error *err)
{
	const char *argv[] = { worker_path(), NULL };
	const struct launch_where where = { .argv = argv };
	struct subject_error e;
	struct launch *l = launch_start(&where, threads, cpus, nr_cpus, &e);

	(void)b;
	if (!l)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return l;
}

static int user_stop(struct backend *b, struct launch *l,
		     struct plan_error *err)
{
	struct subject_error e;
	int ret = launch_stop(l, &e);

	(void)b;
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret;
}

static int user_close(struct backend *b, struct plan_error *err)
{
	(void)b;
	(void)err;
	return 0;
}

const struct backend_ops backend_user = {
	.name = "user",
	.help = "in user space, on this machine",
	.describe = user_describe,
	.open = user_open,
	.start = user_start,
	.stop = user_stop,
	.close = user_close,
};
