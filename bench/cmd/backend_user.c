// SPDX-License-Identifier: GPL-2.0-or-later
/* The worker beside the tool: each launch is a fresh process. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "backend.h"
#include "child.h"
#include "cmd.h"
#include "probe_wrap.h"
#include "team.h"

static int user_describe(const struct backend_options *o,
			 struct plan_backend *b, struct plan_error *err)
{
	(void)o;
	(void)err;
	*b = *PLAN_USER(team_cpus(NULL, 0));
	return 0;
}

struct backend {
	struct probe_wrap wrap; /* where there are probes */
	char worker[PATH_MAX];
};

static struct backend *user_open(const struct backend_options *o,
				 struct plan_error *err)
{
	struct backend *b = calloc(1, sizeof(*b));

	if (!b) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return NULL;
	}
	snprintf(b->worker, sizeof(b->worker), "%s%s", worker_path(),
		 o->probed ? "-probed" : "");
	if (!o->probed)
		return b;
	if (access(b->worker, X_OK)) {
		snprintf(err->msg, sizeof(err->msg),
			 "--probe: no %.300s: build it where systemtap-sdt-dev is installed",
			 b->worker);
		free(b);
		return NULL;
	}
	probe_wrap(&b->wrap, probe_path(), b->worker, NULL, o->probed);
	return b;
}

static struct launch *user_start(struct backend *b, unsigned int threads,
				 const unsigned int *cpus, unsigned int nr_cpus,
				 struct plan_error *err)
{
	const char *const worker[] = { b->worker, NULL };
	const char *argv[CHILD_WORDS];
	/* a probe has the last word */
	const struct launch_where where = { .argv = argv,
					    .relayed = b->wrap.argv[0] };
	struct subject_error e;
	struct launch *l;

	child_words(argv, b->wrap.argv, worker);
	l = launch_start(&where, threads, cpus, nr_cpus, &e);
	probe_wrap_again(&b->wrap);
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
	(void)err;
	free(b);
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
