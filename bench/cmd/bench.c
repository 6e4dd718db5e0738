// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench bench: the cells of jobs under Google Benchmark's own loop, threads and
 * clock. Independent runs, unpaired, all its flags; context "driver: gbench".
 */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "exec.h"
#include "team.h"
#include "gbench.h"
#include "plan.h"

#define MAX_SETS 64

struct args {
	const char *jobs[64];
	unsigned int nr_jobs;
	struct plan_set sets[MAX_SETS];
	unsigned int nr_sets;
};

/* One thread of an instance. */
struct caller {
	subject_block_fn fn;
	struct subject_thread *t;
};

/* What a cell's instance has while it runs. */
struct cell {
	struct subject_params params;
	struct subject *subject;
	struct caller *callers;
};

static void block(void *ctx, uint64_t n)
{
	const struct caller *c = ctx;

	c->fn(c->t, n);
}

static int setup(struct gb_state *st, void *ctx)
{
	struct cell *c = ctx;
	struct subject_error err;

	c->callers = calloc(c->params.threads, sizeof(*c->callers));
	if (!c->callers)
		return -1;
	c->subject = subject_create(&c->params, &err);
	if (c->subject)
		return 0;
	gb_skip(st, err.msg);
	free(c->callers);
	return -1;
}

static int teardown(struct gb_state *st, void *ctx)
{
	struct cell *c = ctx;

	(void)st;
	subject_destroy(c->subject);
	free(c->callers);
	return 0;
}

static int thread_setup(struct gb_state *st, void *ctx)
{
	struct cell *c = ctx;
	unsigned int i = (unsigned int)gb_thread_index(st);
	struct caller *caller = &c->callers[i];

	caller->fn = subject_block(c->subject);
	caller->t = subject_thread(c->subject, i);
	subject_thread_enter(caller->t);
	gb_set_local(st, caller);
	return 0;
}

static int thread_teardown(struct gb_state *st, void *ctx)
{
	(void)ctx;
	subject_thread_leave(((struct caller *)gb_local(st))->t);
	return 0;
}

static int add_cell(const struct plan_group *g, const struct plan_cell *pc,
		    struct cell *c)
{
	struct gb_benchmark *b;
	char name[280];

	/* rounds alone have an A/A control, a floor, an attacher beside it */
	if (pc->role != PLAN_VARIANT || pc->params.attach_rate ||
	    pc->params.readers)
		return 0;
	c->params = pc->params;
	snprintf(name, sizeof(name), "%s/%s", g->name, pc->name);
	b = gb_register_block(name, block, c);
	if (!b || gb_set_setup(b, setup, teardown) ||
	    gb_set_thread_setup(b, thread_setup, thread_teardown) ||
	    gb_set_clock(b, GB_REAL_TIME))
		return -1;
	if (pc->params.threads > 1 &&
	    gb_add_threads(b, (int)pc->params.threads))
		return -1;
	return 0;
}

static void take_arg(struct args *a, char *arg)
{
	if (!strncmp(arg, "--set=", 6)) {
		char *eq = strchr(arg + 6, '=');

		if (!eq || eq == arg + 6 || !eq[1] || a->nr_sets == MAX_SETS)
			exit(usage_error("%s: --set=KEY=VALUE[,VALUE...]",
					 arg));
		*eq = '\0';
		a->sets[a->nr_sets].key = arg + 6;
		a->sets[a->nr_sets++].values = eq + 1;
		return;
	}
	if (*arg == '-')
		exit(usage_error(
			"bench: unknown option '%s'; it takes --set=KEY=VALUE and Google Benchmark's own flags (--help names them)",
			arg));
	if (a->nr_jobs == 64)
		exit(usage_error("bench: more than 64 jobs"));
	a->jobs[a->nr_jobs++] = arg;
}

int cmd_bench(int argc, char **argv)
{
	struct args a = { 0 };
	struct cell *cells;
	struct plan_error err;
	struct plan *plan;
	unsigned int i, j, n = 0;
	int ret;

	/* takes out what is Google Benchmark's */
	ret = gb_init(&argc, argv);
	if (ret < 0)
		return usage_error("bench: %s", gb_last_error());
	if (ret > 0) {
		puts("and [--set=KEY=VALUE[,VALUE...]] [JOB...]");
		return EXIT_FINE;
	}
	for (i = 1; i < (unsigned int)argc; i++)
		take_arg(&a, argv[i]);
	plan = plan_load(a.jobs, a.nr_jobs, top_dir(), a.sets, a.nr_sets, 1,
			 PLAN_USER(team_cpus(NULL, 0)), 1, &err);
	if (!plan)
		return usage_error("%s", err.msg);
	cells = calloc(plan->nr_cells + 1, sizeof(*cells));
	if (!cells) {
		plan_free(plan);
		return usage_error("not enough memory for %u cells",
				   plan->nr_cells);
	}
	gb_set_context("driver", "gbench");
	gb_set_context("job", plan->job);
	ret = 0;
	for (i = 0; i < plan->nr_groups && !ret; i++)
		for (j = 0; j < plan->groups[i].nr_cells && !ret; j++)
			ret = add_cell(&plan->groups[i],
				       &plan->groups[i].cells[j], &cells[n++]);
	if (!ret)
		ret = gb_run_benchmarks(NULL, NULL, 0);
	if (ret < 0)
		ret = usage_error("bench: %s", gb_last_error());
	else
		ret = gb_failed_runs() ? EXIT_FINDING : EXIT_FINE;
	gb_shutdown();
	free(cells);
	plan_free(plan);
	return ret;
}
