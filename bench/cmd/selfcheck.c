// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench selfcheck: the method's own error. Groups of two equal cells must be
 * called different as often as their intervals promise, and no oftener.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "drive.h"
#include "progress.h"
#include "result.h"
#include "table.h"
#include "team.h"

struct args {
	unsigned int groups;
	long hog;
	uint64_t seed;
	bool json;
};

enum { KEY_GROUPS = 256, KEY_HOG, KEY_JSON, KEY_SEED };

static const struct argp_option options[] = {
	{ "groups", KEY_GROUPS, "N", 0, "A/A groups (200)", 0 },
	{ "hog", KEY_HOG, "CPU", 0,
	  "keep this CPU busy with another process meanwhile", 0 },
	{ "seed", KEY_SEED, "N", 0, "of all random orders", 0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_GROUPS:
		a->groups =
			(unsigned int)option_number("--groups", arg, 1, 10000);
		return 0;
	case KEY_HOG:
		a->hog = option_number("--hog", arg, 0, INT_MAX);
		return 0;
	case KEY_SEED:
		a->seed = (uint64_t)option_number("--seed", arg, 1, LONG_MAX);
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		exit(usage_error("selfcheck: '%s': it takes options only",
				 arg));
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A process that does nothing but take a CPU; ends with us. */
static pid_t start_hog(long cpu)
{
	unsigned int cpus[1024], nr = team_cpus(cpus, 1024), i;
	cpu_set_t set;
	pid_t pid;

	if (cpu < 0)
		return 0;
	for (i = 0; i < nr && i < 1024 && cpus[i] != (unsigned int)cpu; i++)
		;
	if (i == nr)
		exit(usage_error(
			"--hog %ld: not among the %u CPUs that this process may use",
			cpu, nr));
	pid = fork();
	if (pid < 0)
		exit(usage_error("--hog: %s", strerror(errno)));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_DFL);
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	for (;;)
		__asm__ volatile("");
}

static void stop_hog(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The job's first group @n times, then its others. */
static struct plan *make_plan(const struct args *a, struct plan_error *err)
{
	const char *jobs[] = { "selfcheck" };
	struct plan *p = plan_load(jobs, 1, top_dir(), NULL, 0, a->seed,
				   PLAN_USER(team_cpus(NULL, 0)), 1, err);
	struct plan_group *all;
	unsigned int i;

	if (!p)
		return NULL;
	all = calloc(a->groups + p->nr_groups, sizeof(*all));
	for (i = 0; all && i < a->groups; i++) {
		struct plan_group *g = &all[i];
		size_t size = p->groups[0].nr_cells * sizeof(*g->cells);

		*g = p->groups[0];
		snprintf(g->name, sizeof(g->name), "aa %u", i + 1);
		g->cells = malloc(size);
		if (!g->cells)
			break;
		memcpy(g->cells, p->groups[0].cells, size);
	}
	if (!all || i < a->groups) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		while (all && i > 0)
			free(all[--i].cells);
		free(all);
		plan_free(p);
		return NULL;
	}
	memcpy(all + a->groups, p->groups + 1,
	       (p->nr_groups - 1) * sizeof(*all));
	free(p->groups[0].cells);
	free(p->groups);
	p->groups = all;
	p->nr_groups += a->groups - 1;
	return p;
}

struct sink {
	struct result_group *g;
};

static int keep_line(void *arg, unsigned int l, const char *line)
{
	return result_group_line(((struct sink *)arg)->g, l, line);
}

static int keep_note(void *arg, unsigned int l, const char *key, double value)
{
	return result_group_note(((struct sink *)arg)->g, l, key, value);
}

/*
 * All A/A groups in each launch: a launch is a process, and the groups share it
 * as the groups of no run do. Their placement differs, since each makes its cells
 * anew.
 */
static int measure_aa(const struct drive *how, struct result *r,
		      unsigned int nr, struct progress *p,
		      struct plan_error *err)
{
	const struct plan_group *groups = result_plan(r)->groups;
	struct result_group **out = calloc(nr, sizeof(*out));
	struct drive mine = *how, *d = &mine;
	struct sink sink;
	unsigned int i, l;
	int ret = out ? 0 : -ENOMEM;

	d->arg = &sink;
	for (i = 0; i < nr && !ret; i++) {
		out[i] = result_group_begin(r, i, err);
		ret = out[i] ? 0 : -EIO;
	}
	for (l = 0; l < groups[0].launches && !ret; l++) {
		struct subject_error e;
		struct launch *w = d->ops->start(d->backend, groups[0].threads,
						 NULL, 0, err);

		if (!w) {
			ret = -EIO;
			break;
		}
		for (i = 0; i < nr && !ret; i++) {
			if (i)
				ret = launch_regroup(w, groups[i].threads, &e);
			if (ret)
				break;
			sink.g = out[i];
			ret = drive_launch(d, w, &groups[i], l, err);
			progress_share(p, (l + (i + 1.0) / nr) /
						  groups[0].launches);
			if (ret)
				goto stop;
		}
		if (ret)
			snprintf(err->msg, sizeof(err->msg), "%.400s", e.msg);
stop:
		d->ops->stop(d->backend, w, err);
	}
	for (i = 0; out && i < nr; i++) {
		if (ret)
			result_group_abandon(out[i]);
		else
			ret = result_group_commit(out[i], err);
	}
	free(out);
	return ret;
}

static int measure_rest(const struct drive *how, struct result *r,
			unsigned int first, struct progress *p,
			struct plan_error *err)
{
	const struct plan *plan = result_plan(r);
	struct drive mine = *how, *d = &mine;
	struct sink sink;
	unsigned int i;
	int ret = 0;

	d->arg = &sink;
	for (i = first; i < plan->nr_groups && !ret; i++) {
		progress_group(p, plan->groups[i].name,
			       plan_group_seconds(&plan->groups[i]));
		sink.g = result_group_begin(r, i, err);
		if (!sink.g)
			return -EIO;
		ret = drive_group(d, &plan->groups[i], err);
		if (ret)
			result_group_abandon(sink.g);
		else
			ret = result_group_commit(sink.g, err);
		progress_group_over(p);
	}
	return ret;
}

struct findings {
	struct stats_aa aa;
	size_t lo, hi; /* accepted */
	struct stats_noise same, twin;
	double mfence;
};

static const struct judge_row *row_of(const struct judge_group *j,
				      enum plan_role role)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (j->plan->cells[i].role == role)
			return &j->rows[i];
	return NULL;
}

/* A control's log ratio in each launch of one group. */
static int judge_long(const struct judge_group *j, enum plan_role role,
		      struct stats_noise *out)
{
	const struct judge_row *row = row_of(j, role);
	double logs[1000];
	unsigned int l;

	for (l = 0; row && l < j->launches && l < 1000; l++)
		logs[l] = judge_launch_median(j, row->cell, l);
	return row && stats_noise(logs, l, out) == STATS_OK ? 0 : -EINVAL;
}

static int judge(const struct result *r, unsigned int nr, struct findings *f,
		 struct plan_error *err)
{
	struct stats_result *same = calloc(nr, sizeof(*same));
	struct judge_group *j;
	unsigned int i;
	int ret;

	for (i = 0; same && i < nr; i++) {
		j = judge_group(r, i, err);
		if (!j) {
			free(same);
			return -EINVAL;
		}
		same[i] = row_of(j, PLAN_SAME)->ratio;
		judge_free(j);
	}
	ret = same && stats_aa(same, nr, 0.95, &f->aa) == STATS_OK ? 0 :
								     -EINVAL;
	/*
	 * Binomial, 5 %: 2 to 17 of 200. Calling too few different is caution, too
	 * many is a lie: wide below, tight above.
	 */
	f->lo = stats_binomial_quantile(f->aa.groups, 0.05, 0.001);
	f->hi = stats_binomial_quantile(f->aa.groups, 0.05, 0.98);
	free(same);
	snprintf(err->msg, sizeof(err->msg),
		 "no A/A group has an interval: too many blocks were dropped");
	if (ret)
		return ret;
	j = judge_group(r, nr, err);
	if (!j)
		return -EINVAL;
	ret = judge_long(j, PLAN_SAME, &f->same);
	if (!ret)
		ret = judge_long(j, PLAN_TWIN, &f->twin);
	judge_free(j);
	if (ret)
		return ret;
	j = judge_group(r, nr + 1, err);
	if (!j)
		return -EINVAL;
	f->mfence = j->rows[1].ratio.est;
	judge_free(j);
	return 0;
}

/* What mb() is here. */
static const char *mb_name(void)
{
#ifdef __x86_64__
	return "mfence";
#else
	return "dsb sy";
#endif
}

static void show(const struct args *a, const struct result *r,
		 const struct findings *f)
{
	if (a->json) {
		json_t *j = json_pack(
			"{s:i, s:i, s:f, s:f, s:f, s:f, s:[i,i], s:i, s:s}",
			"groups", (int)f->aa.groups, "called_different",
			(int)f->aa.different, "same_abs_dev_median",
			f->same.median, "same_abs_dev_p95", f->same.p95,
			"twin_abs_dev_median", f->twin.median,
			"mfence_over_smp_mb", f->mfence, "accepted", (int)f->lo,
			(int)f->hi, "hog", (int)a->hog, "result",
			result_dir(r));

		json_dumpf(j, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(j);
		return;
	}
	printf("machine: %s\n", result_machine(r));
	printf("A/A: %zu of %zu groups called different at 95 %%; an honest interval does so %zu to %zu times\n",
	       f->aa.different, f->aa.groups, f->lo, f->hi);
	printf("same at 0.25 s a cell: off by %.4f %% (median of launches), %.4f %% (95th percentile)\n",
	       100 * f->same.median, 100 * f->same.p95);
	printf("twin at 0.25 s a cell: off by %.3f %% (median of launches), %.3f %% (95th percentile)\n",
	       100 * f->twin.median, 100 * f->twin.p95);
	printf("mb (%s) against smp_mb: %.2f\n", mb_name(), f->mfence);
	printf("result: %s\n", result_dir(r));
}

static int selfcheck(const struct args *a, struct result *r)
{
	const struct plan *plan = result_plan(r);
	struct drive d = { .ops = &backend_user,
			   .seed = plan->seed,
			   .line = keep_line,
			   .note = keep_note,
			   .stop = &stopped };
	pid_t hog = start_hog(a->hog);
	struct findings f;
	struct plan_error err;
	struct progress p;
	int ret;

	progress_start(&p, plan_seconds(plan), plan->nr_groups - a->groups + 1,
		       a->json);
	progress_group(&p, "A/A groups",
		       a->groups * plan_group_seconds(&plan->groups[0]));
	ret = measure_aa(&d, r, a->groups, &p, &err);
	progress_group_over(&p);
	if (!ret)
		ret = measure_rest(&d, r, a->groups, &p, &err);
	progress_end(&p);
	stop_hog(hog);
	if (!ret)
		ret = judge(r, a->groups, &f, &err);
	if (ret == -EINTR)
		return usage_error("interrupted; %s has what was done",
				   result_dir(r));
	if (ret)
		return usage_error("%s", err.msg);
	show(a, r, &f);
	return f.aa.different >= f.lo && f.aa.different <= f.hi ? EXIT_FINE :
								  EXIT_FINDING;
}

int cmd_selfcheck(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		NULL,
		"Measures the method's own error: groups of equal cells, the controls at 0.25 s a cell, mfence against smp_mb.\v"
		"Exit status 1: equal cells are called different more or less often than a 95 % interval may.",
		NULL,
		NULL,
		NULL
	};
	struct args a = { .groups = 200, .hog = -1 };
	char dir[PATH_MAX];
	struct plan_error err;
	struct result *r;
	struct plan *plan;
	int status;

	a.seed = (uint64_t)time(NULL);
	parse_args(&argp, "selfcheck", argc, argv, &a);
	plan = make_plan(&a, &err);
	if (!plan)
		return usage_error("%s", err.msg);
	result_path("selfcheck", dir, sizeof(dir));
	r = result_create(dir, plan, &err);
	plan_free(plan);
	if (!r)
		return usage_error("%s", err.msg);
	stop_on_signals();
	status = selfcheck(&a, r);
	result_close(r);
	return status;
}
