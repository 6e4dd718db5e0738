// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench run: plan, measure, judge, plot. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "choice.h"
#include "cmd.h"
#include "counters.h"
#include "drive.h"
#include "plots.h"
#include "probe_wrap.h"
#include "progress.h"
#include "show.h"
#include "team.h"

#define MAX_SETS 64
#define MAX_CPUS 1024

struct args {
	const char *jobs[64];
	unsigned int nr_jobs;
	struct plan_set sets[MAX_SETS];
	unsigned int nr_sets;
	const char *out, *resume, *model;
	char *backends, *counters;
	struct backend_options options;
	struct backends open;
	char said[MAX_BACKENDS][16]; /* whose events were spoken of */
	char console[PATH_MAX];
	unsigned int cpus[MAX_CPUS], nr_cpus;
	uint64_t seed;
	bool dry_run, cells, probe, json, quiet, no_plots;
};

enum {
	KEY_BACKEND = 256,
	KEY_CELLS,
	KEY_COUNTERS,
	KEY_CPUS,
	KEY_DRY_RUN,
	KEY_JSON,
	KEY_KERNEL,
	KEY_MODEL,
	KEY_MODULE,
	KEY_SPARE,
	KEY_NO_PLOTS,
	KEY_OUT,
	KEY_PROBE,
	KEY_RESUME,
	KEY_SEED,
	KEY_SET,
};

static const struct argp_option options[] = {
	{ "dry-run", KEY_DRY_RUN, NULL, 0,
	  "only say what would be measured, and how long it takes", 0 },
	{ "cells", KEY_CELLS, NULL, 0, "with --dry-run: every cell", 0 },
	{ "backend", KEY_BACKEND, "NAME,...", 0,
	  "where to measure: user (if nothing is said), kernel (the module, as root), "
	  "stock (that, and the stock driver by --spare), guest",
	  0 },
	{ "counters", KEY_COUNTERS, "EVENT,...", 0,
	  "count perf's events in each block: cycles,instructions,cache-misses,... "
	  "(docs/counters.md)",
	  0 },
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of the guest: of guest/kernels.list, or a kernel tree that was built",
	  0 },
	{ "module", KEY_MODULE, "FILE", 0,
	  "invbench.ko of the kernel backend (built where it isn't given)", 0 },
	{ "set", KEY_SET, "KEY=V1,V2", 0,
	  "give an axis or a key of the job other values, in every section",
	  0 },
	{ "probe", KEY_PROBE, NULL, 0,
	  "time each list of commands by eBPF while cells run; their own times are marked",
	  0 },
	{ "resume", KEY_RESUME, "FOLDER", 0,
	  "go on with an interrupted run; groups that are done stay", 0 },
	{ "out", KEY_OUT, "FOLDER", 0, "where the result goes", 0 },
	{ "seed", KEY_SEED, "N", 0, "of all random orders", 0 },
	{ "cpus", KEY_CPUS, "LIST", 0, "pin to these CPUs, in this order", 0 },
	{ "spare", KEY_SPARE, "FUNCTION", 0,
	  "of the stock backend: the PCI function, as 0000:00:02.0, that it may bind", 0 },
	{ "model", KEY_MODEL, "MODEL", 0,
	  "memory model whose verdicts the choice rests on (aarch64)", 0 },
	{ "no-plots", KEY_NO_PLOTS, NULL, 0, "no pictures", 0 },
	{ "quiet", 'q', NULL, 0, "no progress", 0 },
	{ "json", KEY_JSON, NULL, 0, "the tables as one JSON document", 0 },
	{ 0 }
};

static void add_set(struct args *a, char *arg)
{
	char *eq = strchr(arg, '=');

	if (!eq || eq == arg || !eq[1])
		exit(usage_error("--set %s: KEY=VALUE[,VALUE...]", arg));
	if (a->nr_sets == MAX_SETS)
		exit(usage_error("--set: more than %d", MAX_SETS));
	*eq = '\0';
	a->sets[a->nr_sets].key = arg;
	a->sets[a->nr_sets++].values = eq + 1;
}

static void read_cpus(struct args *a, char *arg)
{
	unsigned int have[MAX_CPUS], nr = team_cpus(have, MAX_CPUS), i;
	char *word;

	while ((word = strsep(&arg, ","))) {
		long cpu = option_number("--cpus", word, 0, INT_MAX);

		for (i = 0; i < nr && i < MAX_CPUS && have[i] != cpu; i++)
			;
		if (i == nr)
			exit(usage_error(
				"--cpus %ld: not among the %u CPUs that this process may use",
				cpu, nr));
		for (i = 0; i < a->nr_cpus; i++)
			if (a->cpus[i] == (unsigned int)cpu)
				exit(usage_error("--cpus %ld: named twice",
						 cpu));
		a->cpus[a->nr_cpus++] = (unsigned int)cpu;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_BACKEND:
		a->backends = arg;
		return 0;
	case KEY_CELLS:
		a->cells = true;
		return 0;
	case KEY_COUNTERS:
		a->counters = arg;
		return 0;
	case KEY_CPUS:
		read_cpus(a, arg);
		return 0;
	case KEY_DRY_RUN:
		a->dry_run = true;
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case KEY_KERNEL:
		a->options.kernel = arg;
		return 0;
	case KEY_MODULE:
		a->options.module = arg;
		return 0;
	case KEY_SPARE:
		a->options.spare = arg;
		return 0;
	case KEY_MODEL:
		a->model = arg;
		return 0;
	case KEY_NO_PLOTS:
		a->no_plots = true;
		return 0;
	case KEY_PROBE:
		a->probe = true;
		return 0;
	case KEY_OUT:
		a->out = arg;
		return 0;
	case KEY_RESUME:
		a->resume = arg;
		return 0;
	case KEY_SEED:
		a->seed = (uint64_t)option_number("--seed", arg, 1, LONG_MAX);
		return 0;
	case KEY_SET:
		add_set(a, arg);
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->nr_jobs == 64)
			exit(usage_error("run: more than 64 jobs"));
		a->jobs[a->nr_jobs++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- one group ---- */

struct sink {
	struct args *a;
	const struct plan *plan;
	const char *backend;
	struct result_group *g;
	struct progress *p;
};

static int keep_line(void *arg, unsigned int l, const char *line)
{
	return result_group_line(((struct sink *)arg)->g, l, line);
}

static int keep_note(void *arg, unsigned int l, const char *key, double value)
{
	return result_group_note(((struct sink *)arg)->g, l, key, value);
}

static void show_progress(void *arg, double share)
{
	progress_share(((struct sink *)arg)->p, share);
}

/* Once for each backend: the same at each launch. */
static void say_counted(void *arg, const struct exec_event_info *info)
{
	const struct sink *s = arg;
	unsigned int i;

	for (i = 0; i < MAX_BACKENDS && *s->a->said[i]; i++)
		if (!strcmp(s->a->said[i], s->backend))
			return;
	if (i < MAX_BACKENDS)
		snprintf(s->a->said[i], sizeof(s->a->said[i]), "%s", s->backend);
	progress_end(s->p);
	counters_say(s->plan, s->backend, info);
}

/* One result is of one guest's kernel. */
static int note_kernel(struct result *r, const char *release,
		       struct plan_error *err)
{
	const char *had = json_string_value(
		json_object_get(result_context(r), "guest_kernel"));

	if (had && !strcmp(had, release))
		return 0;
	if (had) {
		snprintf(err->msg, sizeof(err->msg),
			 "groups that are done had a guest with Linux %s, this one has %s",
			 had, release);
		return -EINVAL;
	}
	result_context_set(r, "guest_kernel", json_string(release));
	return result_context_write(r, err);
}

static int measure_group(struct args *a, struct result *r, unsigned int i,
			 struct progress *p, struct plan_error *err)
{
	const struct plan *plan = result_plan(r);
	struct sink sink = { .a = a, .plan = plan, .backend = plan->groups[i].backend, .p = p };
	struct drive d = {
		.seed = plan->seed,
		.cpus = a->nr_cpus ? a->cpus : NULL,
		.nr_cpus = a->nr_cpus,
		.probed = plan->probed,
		.events = plan->events,
		.nr_events = plan->nr_events,
		.counted = say_counted,
		.line = keep_line,
		.note = keep_note,
		.progress = show_progress,
		.stop = &stopped,
		.arg = &sink,
	};
	int ret;

	ret = backends_get(&a->open, plan->groups[i].backend, &d.ops,
			   &d.backend, err);
	if (!ret && d.ops->kernel)
		ret = note_kernel(r, d.ops->kernel(d.backend), err);
	if (ret)
		return ret;
	sink.g = result_group_begin(r, i, err);
	if (!sink.g)
		return -EIO;
	ret = drive_group(&d, &plan->groups[i], err);
	if (ret) {
		result_group_abandon(sink.g);
		return ret;
	}
	return result_group_commit(sink.g, err);
}

/* ---- the whole run ---- */

/* What backends are told goes into the context, so that --resume tells it again. */
static const struct {
	const char *name;
	size_t at;
} backend_keys[] = {
	{ "kernel", offsetof(struct backend_options, kernel) },
	{ "module", offsetof(struct backend_options, module) },
	{ "spare", offsetof(struct backend_options, spare) },
};

#define NR_KEYS (sizeof(backend_keys) / sizeof(backend_keys[0]))

static const char **option_of(struct backend_options *o, size_t i)
{
	return (const char **)((char *)o + backend_keys[i].at);
}

static void note_options(struct args *a, struct result *r)
{
	json_t *all = json_object();
	size_t i;

	for (i = 0; i < NR_KEYS; i++)
		if (*option_of(&a->options, i))
			json_object_set_new(
				all, backend_keys[i].name,
				json_string(*option_of(&a->options, i)));
	result_context_set(r, "backend_options", all);
}

/* What isn't said anew is as it was; something else is refused. */
static int same_options(struct args *a, struct result *r,
			struct plan_error *err)
{
	const json_t *all =
		json_object_get(result_context(r), "backend_options");
	size_t i;

	for (i = 0; i < NR_KEYS; i++) {
		const char **now = option_of(&a->options, i);
		const char *was = json_string_value(
			json_object_get(all, backend_keys[i].name));

		if (*now && (!was || strcmp(*now, was) != 0)) {
			snprintf(err->msg, sizeof(err->msg),
				 "--resume: --%s %.200s, but the run was begun with %.200s",
				 backend_keys[i].name, *now,
				 was ? was : "none");
			result_close(r);
			return -EINVAL;
		}
		*now = was;
	}
	return 0;
}

/* And so do --cpus: --resume measures on the same ones. */
static int note_setup(struct args *a, struct result *r,
		      struct plan_error *err)
{
	json_t *cpus = json_array();
	unsigned int i;
	int ret = 0;

	for (i = 0; i < a->nr_cpus; i++)
		json_array_append_new(cpus, json_integer(a->cpus[i]));
	result_context_set(r, "pinned", a->nr_cpus ? json_incref(cpus) : json_null());
	json_decref(cpus);
	note_options(a, r);
	ret = result_context_write(r, err);
	if (ret)
		result_close(r);
	return ret;
}

static int same_cpus(struct args *a, struct result *r, struct plan_error *err)
{
	unsigned int have[MAX_CPUS], nr = team_cpus(have, MAX_CPUS), i;
	const json_t *cpus = json_object_get(result_context(r), "pinned"), *c;
	size_t k;

	json_array_foreach((json_t *)cpus, k, c) {
		for (i = 0; i < nr && i < MAX_CPUS; i++)
			if (json_is_integer(c) &&
			    have[i] == (uint64_t)json_integer_value(c))
				break;
		if (i == nr || a->nr_cpus == MAX_CPUS) {
			snprintf(
				err->msg, sizeof(err->msg),
				"%.300s: was pinned to CPUs that this process may not use",
				a->resume);
			result_close(r);
			return -EINVAL;
		}
		a->cpus[a->nr_cpus++] = have[i];
	}
	return 0;
}

/* --cpus are this machine's. */
static void pin_backends(const struct args *a, struct plan_backend *backends,
			 unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!strcmp(backends[i].name, "guest"))
			exit(usage_error(
				"--cpus names CPUs of this machine: --backend guest has its own"));
		backends[i].cpus = a->nr_cpus;
	}
}

static struct result *begin(struct args *a, struct plan_error *err)
{
	struct plan_backend backends[MAX_BACKENDS];
	char dir[PATH_MAX];
	int nr;
	struct result *r;
	struct plan *plan;

	if (a->resume) {
		if (a->nr_jobs || a->nr_sets || a->out || a->seed ||
		    a->nr_cpus || a->dry_run || a->backends || a->counters ||
		    a->probe) {
			snprintf(
				err->msg, sizeof(err->msg),
				"--resume goes on with a plan that is there: no job, --set, --out, --seed, --cpus, --backend, --counters, --probe or --dry-run beside it");
			return NULL;
		}
		r = result_open(a->resume, err);
		if (!r || check_run(a->resume, result_context(r), err) || same_cpus(a, r, err) ||
		    same_options(a, r, err))
			return NULL;
		if (!backends_suit(result_plan(r), &a->options, err) &&
		    !counters_suit(result_plan(r), err) &&
		    !probe_suit(result_plan(r), &a->options, err))
			return r;
		result_close(r);
		return NULL;
	}
	if (!a->seed)
		a->seed = (uint64_t)time(NULL);
	nr = backends_describe(a->backends, &a->options, backends, err);
	if (nr < 0)
		return NULL;
	if (a->nr_cpus)
		pin_backends(a, backends, (unsigned int)nr);
	plan = plan_load(a->jobs, a->nr_jobs, top_dir(), a->sets, a->nr_sets,
			 a->seed, backends, (unsigned int)nr, err);
	if (!plan)
		return NULL;
	plan->probed = a->probe;
	if ((a->counters && counters_parse(a->counters, plan, err)) ||
	    backends_suit(plan, &a->options, err) || counters_suit(plan, err) ||
	    probe_suit(plan, &a->options, err)) {
		plan_free(plan);
		return NULL;
	}
	if (a->dry_run) {
		if (a->json) {
			json_t *j = plan_to_json(plan);

			json_dumpf(j, stdout, JSON_INDENT(1));
			putchar('\n');
			json_decref(j);
		} else {
			plan_print(plan, a->cells, stdout);
		}
		plan_free(plan);
		exit(EXIT_FINE);
	}
	if (a->out)
		snprintf(dir, sizeof(dir), "%s", a->out);
	else
		result_path(plan->job, dir, sizeof(dir));
	r = result_create(dir, plan, err);
	plan_free(plan);
	return !r || !note_setup(a, r, err) ? r : NULL;
}

static void print_and_free(struct table *t)
{
	table_print(t, stdout);
	putchar('\n');
	fflush(stdout);
	table_free(t);
}

/* Judges a group that is done, prints it, writes its data for the plots. */
static struct judge_group *judge_and_show(struct args *a, struct result *r,
					  unsigned int i,
					  struct plan_error *err)
{
	struct judge_group *j = judge_group(r, i, err);
	struct plan_error plot_err;
	struct table *t;

	if (!j)
		return NULL;
	if (!a->json) {
		print_and_free(show_group(j));
		t = show_budget(j);
		if (t)
			print_and_free(t);
		t = show_counts(j);
		if (t)
			print_and_free(t);
		t = show_probed(j);
		if (t)
			print_and_free(t);
	}
	if (!a->no_plots && plots_group(r, j, i, &plot_err))
		usage_error("%s", plot_err.msg);
	judge_slim(j);
	return j;
}

static void show_dropped(struct judge_group **groups, unsigned int nr)
{
	size_t blocks = 0, sw = 0, apart = 0, marked = 0;
	unsigned int i, k;

	for (i = 0; i < nr; i++) {
		for (k = 0; groups[i] && k < groups[i]->nr_rows; k++) {
			const struct judge_row *row = &groups[i]->rows[k];

			blocks += row->blocks;
			sw += row->dropped_switch;
			apart += row->dropped_overlap;
			marked += !!(row->marks & JUDGE_DROPPED);
		}
	}
	printf("\ndropped: %zu of %zu blocks (%zu context switches, %zu without overlap); %zu cells lost more than 20 %%\n",
	       sw + apart, blocks, sw, apart, marked);
}

static void finish(struct args *a, struct result *r,
		   struct judge_group **groups, unsigned int nr)
{
	json_t *doc = json_object();
	struct plan_error err;
	struct table *t;

	if (a->json) {
		json_object_set_new(doc, "machine",
				    json_string(result_machine(r)));
		json_object_set_new(doc, "groups", show_json(groups, nr));
		t = show_controls(groups, nr);
		json_object_set_new(doc, "controls", table_json(t));
	} else {
		t = show_controls(groups, nr);
		table_print(t, stdout);
		show_dropped(groups, nr);
		putchar('\n');
	}
	table_free(t);
	if (choice_show(r, groups, a->model, NULL, a->json ? doc : NULL,
			&err)) {
		if (a->json)
			json_object_set_new(doc, "choice",
					    json_pack("{s:s, s:s}", "choice",
						      "none", "reason",
						      err.msg));
		else
			printf("choice: none: %s\n", err.msg);
	}
	if (result_cells_json(r, groups, nr, &err))
		usage_error("%s", err.msg);
	if (!a->no_plots && plots_run(r, groups, nr, &err))
		usage_error("%s", err.msg);
	if (a->json) {
		json_object_set_new(doc, "result", json_string(result_dir(r)));
		json_dumpf(doc, stdout, JSON_INDENT(1));
		putchar('\n');
	} else {
		printf("result: %s\n", result_dir(r));
	}
	json_decref(doc);
}

/* What a guest's console said stays with the result. */
static void keep_console(struct args *a, const struct result *r)
{
	if (snprintf(a->console, sizeof(a->console), "%s/console.log",
		     result_dir(r)) < (int)sizeof(a->console))
		a->options.console = a->console;
}

static int run_all(struct args *a, struct result *r)
{
	const struct plan *plan = result_plan(r);
	struct judge_group **groups =
		calloc(plan->nr_groups + 1, sizeof(*groups));
	struct plan_error err;
	struct progress p;
	double seconds = 0;
	unsigned int i, todo = 0;
	int ret = 0;

	if (!groups)
		return usage_error("not enough memory for the groups");
	for (i = 0; i < plan->nr_groups; i++) {
		if (result_group_done(r, i))
			continue;
		seconds += plan_group_seconds(&plan->groups[i]);
		todo++;
	}
	progress_start(&p, seconds, todo, a->quiet);
	for (i = 0; i < plan->nr_groups && !ret; i++) {
		const struct plan_group *g = &plan->groups[i];

		if (!result_group_done(r, i)) {
			progress_group(&p, g->name, plan_group_seconds(g));
			ret = measure_group(a, r, i, &p, &err);
			progress_group_over(&p);
			progress_end(&p);
			if (ret)
				break;
		}
		groups[i] = judge_and_show(a, r, i, &err);
		if (!groups[i])
			ret = -EINVAL;
	}
	if (ret == -EINTR)
		fprintf(stderr,
			"invbench: interrupted in %s; `invbench run --resume %s` goes on\n",
			plan->groups[i].name, result_dir(r));
	else if (ret)
		usage_error("%s", err.msg);
	/* without a group there is nothing to sum up */
	for (i = 0; i < plan->nr_groups && !groups[i]; i++)
		;
	if (!ret || i < plan->nr_groups)
		finish(a, r, groups, plan->nr_groups);
	judge_all_free(r, groups);
	if (ret == -ENOTRECOVERABLE)
		return EXIT_FINDING;
	return ret == -EINTR ? EXIT_FINE : ret ? EXIT_USAGE : EXIT_FINE;
}

int cmd_run(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		"[JOB...]",
		"Measures job files (default: default.job) and says what came of it.\v"
		"JOB is the name of a shipped job (`invbench list --jobs`) or a path that ends in .job.",
		NULL,
		NULL,
		NULL
	};
	struct args *a = calloc(1, sizeof(*a));
	struct plan_error err;
	struct result *r;
	int status;

	if (!a)
		return usage_error("not enough memory");
	a->model = "aarch64";
	a->open.options = &a->options;
	parse_args(&argp, "run", argc, argv, a);
	if (choice_check_model(a->model, &err)) {
		free(a);
		return usage_error("%s", err.msg);
	}
	r = begin(a, &err);
	if (!r) {
		free(a);
		return usage_error("%s", err.msg);
	}
	stop_on_signals();
	keep_console(a, r);
	if (!a->json)
		printf("machine: %s\n\n", result_machine(r));
	status = run_all(a, r);
	if (backends_close(&a->open, &err)) {
		usage_error("%s", err.msg);
		if (!status)
			status = EXIT_FINDING;
	}
	result_close(r);
	free(a);
	return status;
}
