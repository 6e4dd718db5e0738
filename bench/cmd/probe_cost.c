// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench guest probe-cost: what our probes add to a call of the function that they
 * watch, and what other tracers add to the same one, in rounds of one boot.
 */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "cmd.h"
#include "command.h"
#include "guest_launch.h"
#include "progress.h"
#include "stats.h"
#include "table.h"

#define DEFAULT_KERNEL "arm64-7.3"
/* One list of one command and a CMD_SYNC an operation; no register of the SMMU. */
#define CELL "store=stock queue=lockless ril=on device=null"

#define MAX_ROUNDS 64
#define CONFIDENCE 0.95
/* Of a visit, attaching included; for the time that is left alone. */
#define VISIT_SECONDS 7
#define GUEST_SECONDS 7200

/* As guest/probe-cost.sh has them. */
static const struct tracer {
	const char *name, *what;
} tracers[] = {
	{ "none", "nothing: the method's own error" },
	{ "ours", "invbench-probe on this function, fentry and fexit" },
	{ "ours-all", "invbench-probe on all that it watches" },
	{ "ours-kprobe", "invbench-probe on this function, kprobe and kretprobe" },
	{ "fentry-pair", "fentry and fexit with empty programs" },
	{ "kprobe-pair", "kprobe and kretprobe with empty programs" },
	{ "bpftrace", "bpftrace's histogram of times, fentry and fexit" },
	{ "bpftrace-kprobe", "the same, kprobe and kretprobe" },
	{ "funclatency", "bcc's libbpf funclatency, fentry and fexit" },
	{ "funclatency-kprobe", "the same, kprobe and kretprobe" },
};

#define NR_TRACERS (sizeof(tracers) / sizeof(tracers[0]))
#define PAIR	   5

/* How one of the two guests is measured. */
struct way {
	bool icount;
	unsigned int rounds, ops, blocks;
};

/**
 * struct added - of each visit of a tracer
 * @ns: what it added to a call; NaN: not measured
 * @n: visits
 * @counted: calls that it counted
 * @made: of so many that were made while it was attached; 0: it doesn't say
 */
struct added {
	double ns[MAX_ROUNDS];
	unsigned int n;
	unsigned long long counted, made;
};

struct args {
	const char *kernel, *console;
	unsigned int rounds;
	bool json;
};

struct run {
	const struct args *a;
	struct added time[NR_TRACERS], instructions[NR_TRACERS];
	char kernel[160], qemu[160], function[64];
	struct progress progress;
};

enum {
	KEY_CONSOLE = 256,
	KEY_JSON,
	KEY_KERNEL,
	KEY_ROUNDS,
};

static const struct argp_option options[] = {
	{ "rounds", KEY_ROUNDS, "N", 0, "of all tracers, 1 to 64 (12)", 0 },
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of guest/kernels.list (" DEFAULT_KERNEL
	  "), or a kernel tree that was built: arm64, 7.3 or later",
	  0 },
	{ "console", KEY_CONSOLE, "FILE", 0,
	  "keep the console of the guest that counts instructions there", 0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_CONSOLE:
		a->console = arg;
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case KEY_KERNEL:
		a->kernel = arg;
		return 0;
	case KEY_ROUNDS:
		a->rounds = (unsigned int)option_number("--rounds", arg, 1,
							MAX_ROUNDS);
		return 0;
	case ARGP_KEY_ARG:
		exit(usage_error("guest probe-cost: what is '%s' for?", arg));
	}
	return ARGP_ERR_UNKNOWN;
}

/* ---- lines of the guest ------------------------------------------------ */

/* A visit in the making: ns an operation. */
struct visit {
	int tracer;
	double before, with;
};

/*
 * The shortest block of a line: the others have interrupts in them, and an emulator's
 * own work, which lasts for several blocks.
 */
static double block_ns(const struct way *w, char *times)
{
	char *save = NULL, *word;
	double min = NAN;

	for (word = strtok_r(times, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		min = fmin(min, strtod(word, NULL) / w->ops);
	return min;
}

static int find_tracer(const char *name)
{
	size_t i;

	for (i = 0; i < NR_TRACERS; i++)
		if (!strcmp(tracers[i].name, name))
			return (int)i;
	return -1;
}

/* 0; -1 with a line: the guest's own, or what nobody understands. */
static int take_line(struct run *r, const struct way *w, struct visit *v,
		     char *line, struct subject_error *err)
{
	struct added *all = w->icount ? r->instructions : r->time;
	struct added *a = v->tracer < 0 ? NULL : &all[v->tracer];
	char *rest = strchr(line, ' ');
	unsigned long long counted, made;

	if (rest)
		*rest++ = '\0';
	if (!rest || (!a && strcmp(line, "function") && strcmp(line, "visit") &&
		      strcmp(line, "error"))) {
		snprintf(err->msg, sizeof(err->msg),
			 "the guest says '%.100s'", line);
	} else if (!strcmp(line, "error")) {
		snprintf(err->msg, sizeof(err->msg), "%.300s", rest);
	} else if (!strcmp(line, "function")) {
		snprintf(r->function, sizeof(r->function), "%s", rest);
		return 0;
	} else if (!strcmp(line, "visit")) {
		v->tracer = find_tracer(rest);
		if (v->tracer < 0)
			return -1;
		progress_group_over(&r->progress);
		progress_group(&r->progress, tracers[v->tracer].name,
			       VISIT_SECONDS);
		return 0;
	} else if (!strcmp(line, "before")) {
		v->before = block_ns(w, rest);
		return 0;
	} else if (!strcmp(line, "with")) {
		v->with = block_ns(w, rest);
		return 0;
	} else if (!strcmp(line, "after")) {
		if (a->n < MAX_ROUNDS)
			a->ns[a->n++] =
				v->with - (v->before + block_ns(w, rest)) / 2;
		return 0;
	} else if (sscanf(rest, "%llu of %llu", &counted, &made) == 2) {
		a->counted += counted;
		a->made += made;
		return 0;
	}
	return -1;
}

static int take_lines(struct run *r, const struct way *w, FILE *f,
		      struct subject_error *err)
{
	struct visit v = { .tracer = -1 };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	while (!ret && (len = getline(&line, &size, f)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = take_line(r, w, &v, line, err);
		if (__atomic_load_n(&stopped, __ATOMIC_RELAXED))
			break;
	}
	free(line);
	return ret;
}

/* ---- a guest ----------------------------------------------------------- */

/* The words for guest/probe-cost.sh: its tracers in balanced order. */
static char **command(const struct way *w)
{
	static char shell[] = "/bin/sh", script[] = "/bin/probe-cost",
		    cell[] = CELL;
	size_t n = w->rounds * NR_TRACERS, i;
	uint16_t *order = calloc(n, sizeof(*order));
	char **argv = calloc(n + 6, sizeof(*argv));

	if (!order || !argv ||
	    stats_schedule(1, NR_TRACERS, w->rounds, order) ||
	    asprintf(&argv[3], "%u", w->ops) < 0 ||
	    asprintf(&argv[4], "%u", w->blocks) < 0) {
		free(order);
		free(argv);
		return NULL;
	}
	argv[0] = shell;
	argv[1] = script;
	argv[2] = cell;
	for (i = 0; i < n; i++)
		argv[5 + i] = (char *)tracers[order[i]].name;
	free(order);
	return argv;
}

static void free_command(char **argv)
{
	if (argv) {
		free(argv[3]);
		free(argv[4]);
	}
	free(argv);
}

static int execute(struct run *r, const struct way *w, struct guest *g,
		   struct subject_error *err)
{
	char **argv = command(w);
	struct subject_error why;
	FILE *f = NULL;
	int fd = -1, ret = -1, status;

	if (!argv)
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
	else
		fd = guest_exec(g, (const char *const *)argv, false,
				GUEST_SECONDS, err);
	free_command(argv);
	if (fd >= 0)
		f = fdopen(fd, "r");
	if (!f)
		return -1;
	ret = take_lines(r, w, f, err);
	fclose(f);
	if (ret || __atomic_load_n(&stopped, __ATOMIC_RELAXED))
		return ret;
	status = guest_wait(g, &why);
	if (status < 0)
		*err = why;
	else if (status)
		snprintf(err->msg, sizeof(err->msg),
			 "the guest's script ended with status %d", status);
	return status ? -1 : 0;
}

/* 0, or the exit status, with a line. */
static int measure(struct run *r, const struct way *w)
{
	static const char *const qemu[] = { "-device", GUEST_SPARE_DEVICE,
					    NULL };
	char script[PATH_MAX];
	const char *const files[] = { script, NULL };
	const struct boot boot = {
		.kernel = r->a->kernel,
		.probe = true,
		.extras = true,
		.initramfs = files,
		.guest = { .icount = w->icount,
			   .append = "nokaslr",
			   .args = qemu,
			   .console = w->icount ? r->a->console : NULL },
	};
	struct plan_error plan_err;
	struct subject_error err;
	struct guest *g;
	int ret;

	snprintf(script, sizeof(script),
		 "%.4000s/guest/probe-cost.sh=bin/probe-cost", top_dir());
	g = boot_guest(&boot, &plan_err);
	if (!g)
		return usage_error("%s", plan_err.msg);
	ret = guest_ask(g, "uname -r", r->kernel, sizeof(r->kernel), &err) ||
	      execute(r, w, g, &err);
	if (ret || __atomic_load_n(&stopped, __ATOMIC_RELAXED)) {
		guest_kill(g);
		return ret ? usage_error("%s", err.msg) : 0;
	}
	return guest_end(g);
}

/* ---- what came of it --------------------------------------------------- */

static void set_ns(struct table *t, const char *key, double value)
{
	if (isnan(value))
		table_set(t, key, json_null(), "-");
	else
		table_set(t, key, json_real(value), "%.0f", value);
}

/* As a share of what a kprobe pair adds. */
static void set_share(struct table *t, const char *key, double value,
		      double pair)
{
	if (isnan(value) || isnan(pair) || pair <= 0)
		table_set(t, key, json_null(), "-");
	else
		table_set(t, key, json_real(value / pair), "%.2f",
			  value / pair);
}

static struct stats_batches judge(const struct added *a)
{
	struct stats_batches b = { .med = NAN, .lo = NAN, .hi = NAN };

	stats_batch_median(a->ns, a->n, CONFIDENCE, &b);
	return b;
}

static void add_row(struct table *t, const struct run *r, size_t i)
{
	const struct added *a = &r->time[i];
	struct stats_batches b = judge(a);
	double count = judge(&r->instructions[i]).med;

	table_row(t);
	table_set(t, "tracer", NULL, "%s", tracers[i].name);
	set_ns(t, "added_ns", b.med);
	set_ns(t, "lo", b.lo);
	set_ns(t, "hi", b.hi);
	set_share(t, "of_pair", b.med, judge(&r->time[PAIR]).med);
	set_ns(t, "instructions", count);
	set_share(t, "of_pair_instructions", count,
		  judge(&r->instructions[PAIR]).med);
	if (a->made)
		table_set(t, "missed",
			  json_integer((json_int_t)(a->made - a->counted)),
			  "%lld of %llu", (long long)(a->made - a->counted),
			  a->made);
	else
		table_set(t, "missed", json_null(), "-");
	table_set(t, "what", NULL, "%s", tracers[i].what);
}

static void show(const struct run *r)
{
	struct table *t = table_new(NULL);
	size_t i;

	table_column(t, "tracer", "TRACER", false);
	table_column(t, "added_ns", "ADDED NS", true);
	table_column(t, "lo", "LO", true);
	table_column(t, "hi", "HI", true);
	table_column(t, "of_pair", "OF PAIR", true);
	table_column(t, "instructions", "INSTRUCTIONS", true);
	table_column(t, "of_pair_instructions", "OF PAIR", true);
	table_column(t, "missed", "MISSED", true);
	table_column(t, "what", "WHAT", false);
	for (i = 0; i < NR_TRACERS; i++)
		add_row(t, r, i);
	table_finish(t, r->a->json, stdout);
	if (!r->a->json)
		printf("to a call of %s(), 95 %% over %u rounds of one boot; emulated\n"
		       "OF PAIR: of what kprobe-pair adds\n"
		       "%s, %s\n",
		       r->function, r->time[PAIR].n, r->kernel, r->qemu);
}

static int measure_both(struct run *r)
{
	const struct way count = { true, 1, 128, 16 };
	const struct way time = { false, r->a->rounds, 1000, 16 };
	unsigned int visits = (unsigned int)NR_TRACERS * (r->a->rounds + 1);
	int ret;

	progress_start(&r->progress, VISIT_SECONDS * (double)visits, visits,
		       r->a->json || !isatty(STDERR_FILENO));
	ret = measure(r, &count);
	if (!ret && !__atomic_load_n(&stopped, __ATOMIC_RELAXED))
		ret = measure(r, &time);
	progress_end(&r->progress);
	/* what is there, in any case */
	if (r->instructions[0].n || r->time[0].n)
		show(r);
	return ret;
}

int guest_probe_cost(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		NULL,
		"What our probes add to a call of the stock driver's function that issues lists of commands, and what bpftrace and funclatency add: attached in turns, in a guest; and their instructions, in another.\v"
		"Fetches guest/extras.sh (110 MB) and takes 10 to 15 minutes. A guest's times are comparable with each other alone.",
		NULL,
		NULL,
		NULL
	};
	struct args a = { .kernel = DEFAULT_KERNEL, .rounds = 12 };
	struct run *r;
	struct subject_error err;
	int ret;

	parse_args(&argp, "guest probe-cost", argc, argv, &a);
	if (!boot_has_smmu(a.kernel))
		return usage_error(
			"guest probe-cost --kernel %s: an arm64 kernel, for the arm-smmu-v3",
			a.kernel);
	r = calloc(1, sizeof(*r));
	if (!r)
		return usage_error("not enough memory");
	r->a = &a;
	stop_on_signals();
	if (guest_qemu_version("arm64", r->qemu, sizeof(r->qemu), &err))
		ret = usage_error("%s", err.msg);
	else
		ret = measure_both(r);
	free(r);
	return ret;
}
