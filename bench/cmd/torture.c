// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench torture: readers, attaches, STE switches and a model's fills at once, with the
 * model's caches as the judge.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "command.h"
#include "progress.h"
#include "table.h"
#include "torture.h"

struct args {
	struct torture_params p;
	bool json, list, guest;
	const char *kernel;
	/* of the guest's: parameters as debugfs' torture takes them */
	char line[1024];
	struct subject_error wrong;
	struct progress progress;
	json_t *cases;
};

enum {
	KEY_BACKEND = 256,
	KEY_BUSTED,
	KEY_JSON,
	KEY_KERNEL,
	KEY_LIST,
	KEY_SECONDS,
	KEY_SEED,
	KEY_STORE,
	KEY_STRATEGY,
	KEY_STRICT,
	KEY_THREADS,
};

static const struct argp_option options[] = {
	{ "seconds", KEY_SECONDS, "N", 0, "for each case (2); a planted bug has 20 at least", 0 },
	{ "threads", KEY_THREADS, "N", 0,
	  "of four: two readers, an attacher, a device (4)", 0 },
	{ "store", KEY_STORE, "S,...", 0, "only these; `all' too", 0 },
	{ "strategy", KEY_STRATEGY, "S,...", 0, "only these; `all' too", 0 },
	{ "busted", KEY_BUSTED, "NAME,...", 0,
	  "only variants with a planted bug; `all' too", 0 },
	{ "seed", KEY_SEED, "N", 0, "of what each thread does", 0 },
	{ "strict", KEY_STRICT, NULL, 0,
	  "findings that are known of the driver's scheme fail the run, too",
	  0 },
	{ "list", KEY_LIST, NULL, 0, "what would be tortured", 0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ "backend", KEY_BACKEND, "user|guest", 0,
	  "in user space (user), or in the kernel of a guest with 4 CPUs, which knows more stores",
	  0 },
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of the guest: of guest/kernels.list, or a kernel tree that was built",
	  0 },
	{ 0 }
};

/* What is wrong here isn't in a guest, which has stores of its own. */
static void set(struct args *a, const char *key, const char *value)
{
	size_t len = strlen(a->line);
	struct subject_error err;

	if (value[strcspn(value, " \t\n=")] ||
	    (size_t)snprintf(a->line + len, sizeof(a->line) - len, "%s=%s ",
			     key, value) >= sizeof(a->line) - len)
		exit(usage_error("--%s %.40s: no such value", key, value));
	if (torture_params_set(&a->p, key, value, &err) && !*a->wrong.msg)
		a->wrong = err;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_BACKEND:
		if (strcmp(arg, "user") != 0 && strcmp(arg, "guest") != 0)
			exit(usage_error("--backend %.40s: user or guest",
					 arg));
		a->guest = !strcmp(arg, "guest");
		return 0;
	case KEY_KERNEL:
		a->kernel = arg;
		return 0;
	case KEY_SECONDS:
		set(a, "seconds", arg);
		return 0;
	case KEY_THREADS:
		set(a, "threads", arg);
		return 0;
	case KEY_STORE:
		set(a, "store", arg);
		return 0;
	case KEY_STRATEGY:
		set(a, "strategy", arg);
		return 0;
	case KEY_BUSTED:
		set(a, "busted", arg);
		return 0;
	case KEY_SEED:
		set(a, "seed", arg);
		return 0;
	case KEY_STRICT:
		set(a, "strict", "1");
		return 0;
	case KEY_LIST:
		a->list = true;
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		exit(usage_error("torture: '%s': it takes options only", arg));
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- --list ----------------------------------------------------------- */

static void add_case(struct table *t, const struct torture_case *c)
{
	table_row(t);
	table_set(t, "store", NULL, "%s", c->store);
	table_set(t, "strategy", NULL, "%s", c->strategy);
	table_set(t, "busted", json_boolean(c->busted), "%s",
		  c->busted ? "yes" : "-");
	table_set(t, "ordered", json_boolean(c->ordered), "%s",
		  c->ordered ? "yes" : "-");
	table_set(t, "drains", json_boolean(c->drains), "%s",
		  c->drains ? "yes" : "-");
	table_set(t, "catches_up", json_boolean(c->catches_up), "%s",
		  c->catches_up ? "yes" : "-");
	table_set(t, "help", NULL, "%s", c->help);
}

static int list(const struct args *a)
{
	unsigned int n = torture_cases(&a->p, NULL, 0), i;
	struct torture_case *cases = calloc(n + 1, sizeof(*cases));
	struct table *t;

	if (!cases)
		return usage_error("not enough memory for %u cases", n);
	torture_cases(&a->p, cases, n);
	t = table_new(NULL);
	table_column(t, "store", "STORE", false);
	table_column(t, "strategy", "STRATEGY", false);
	table_column(t, "busted", "BUSTED", false);
	table_column(t, "ordered", "ORDERED", false);
	table_column(t, "drains", "DRAINS", false);
	table_column(t, "catches_up", "CATCHES-UP", false);
	table_column(t, "help", "WHAT", false);
	for (i = 0; i < n; i++)
		add_case(t, &cases[i]);
	table_finish(t, a->json, stdout);
	free(cases);
	return EXIT_FINE;
}

/* ---- a run ------------------------------------------------------------ */

static void begins(void *ctx, const struct torture_case *c, unsigned int i,
		   unsigned int n)
{
	struct args *a = ctx;
	static char name[80];

	/* the seed is known from here on */
	if (!i && !a->json) {
		char head[512];

		fputs(torture_print_head(&a->p, head, sizeof(head)), stdout);
	}
	if (!i)
		progress_start(&a->progress, (double)n * a->p.seconds, n,
			       a->json);
	snprintf(name, sizeof(name), "%s %s", c->store, c->strategy);
	progress_group(&a->progress, name, a->p.seconds);
}

static void ticks(void *ctx, uint64_t ns)
{
	struct args *a = ctx;
	double share = (double)ns / 1e9 / a->p.seconds;

	progress_share(&a->progress, share < 1 ? share : 1);
}

static json_t *found_json(const struct torture_result *r)
{
	json_t *found = json_object();
	int k;

	for (k = 0; k < TORTURE_NR_KINDS; k++)
		json_object_set_new(found, torture_kind_name(k),
				    json_integer((json_int_t)r->found[k]));
	return found;
}

static json_t *first_json(const struct torture_result *r)
{
	json_t *first = json_object();
	int k;

	for (k = 0; k < TORTURE_NR_KINDS; k++)
		if (r->found[k])
			json_object_set_new(first, torture_kind_name(k),
					    json_string(r->first[k]));
	return first;
}

static json_t *case_json(const struct torture_case *c,
			 const struct torture_result *r)
{
	return json_pack(
		"{s:s, s:s, s:b, s:b, s:b, s:b, s:s, s:f, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"store", c->store, "strategy", c->strategy, "busted", c->busted,
		"ordered", c->ordered, "drains", c->drains, "catches_up",
		c->catches_up, "verdict", torture_verdict_name(r->verdict),
		"seconds", (double)r->ns / 1e9, "found", found_json(r), "first",
		first_json(r), "unmaps", (json_int_t)r->unmaps, "raced",
		(json_int_t)r->raced, "attaches", (json_int_t)r->moves,
		"translations", (json_int_t)r->translations, "fills",
		(json_int_t)r->fills, "lines_judged", (json_int_t)r->seen,
		"in_window", (json_int_t)r->in_window);
}

static void ends(void *ctx, const struct torture_case *c,
		 const struct torture_result *r)
{
	struct args *a = ctx;
	char text[TORTURE_TEXT];

	progress_group_over(&a->progress);
	progress_end(&a->progress);
	if (a->json)
		json_array_append_new(a->cases, case_json(c, r));
	else
		fputs(torture_print_case(c, r, text, sizeof(text)), stdout);
	fflush(stdout);
}

static bool stop(void *ctx)
{
	(void)ctx;
	return __atomic_load_n(&stopped, __ATOMIC_RELAXED);
}

static void show(const struct args *a, const struct torture_sum *sum)
{
	char text[512];
	json_t *j;

	if (!a->json) {
		fputs(torture_print_sum(sum, text, sizeof(text)), stdout);
		return;
	}
	j = json_pack("{s:I, s:I, s:I, s:b, s:b, s:b, s:O}", "seed",
		      (json_int_t)a->p.seed, "threads",
		      (json_int_t)a->p.threads, "seconds",
		      (json_int_t)a->p.seconds, "strict", a->p.strict, "failed",
		      sum->failed, "stopped", sum->stopped, "cases", a->cases);
	json_dumpf(j, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(j);
}

/* ---- in a guest ------------------------------------------------------- */

/* More than any kernel has; and an emulated one may take several times its seconds. */
#define GUEST_CASES 120
#define GUEST_SLOWER 3

static const char guest_script[] =
	"insmod /modules/invbench.ko && cd /sys/kernel/debug/invbench || exit 2; "
	/* what is wrong is in the report, too */
	"echo \"$1\" 2>/dev/null >torture; report=$(cat torture); "
	"cd / && rmmod invbench || exit 2; echo \"$report\"; "
	"case $report in *fine:*) exit 0 ;; *FAILED:*) exit 1 ;; *) exit 2 ;; esac";

/* Its text where it is a report, or else the line that says what is wrong. */
static int end_guest(int status, char *text, size_t len)
{
	if (status != EXIT_USAGE) {
		fputs(text, stdout);
	} else if (len) {
		text[strcspn(text, "\n")] = '\0';
		if (!strncmp(text, "error ", 6))
			usage_error("--%s", text + 6);
		else
			usage_error("%s", text);
	}
	free(text);
	return status;
}

static int torture_guest(const struct args *a)
{
	const char *const command[] = { "sh",  "-c",	guest_script,
					"tor", a->line, NULL };
	const struct boot boot = { .kernel = a->kernel,
				   .guest = { .cpus = 4 } };
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int ret;

	if (a->json || a->list)
		return usage_error("torture --backend guest: no --%s",
				   a->json ? "json" : "list");
	out = open_memstream(&text, &len);
	if (!out)
		return usage_error("not enough memory");
	ret = guest_command(&boot, command,
			    120 + (double)a->p.seconds * GUEST_CASES *
					    GUEST_SLOWER,
			    out);
	fclose(out);
	return end_guest(ret, text, len);
}

int cmd_torture(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		NULL,
		"Readers that unmap, attaches, STE switches and the fills of a model's caches, all at once, for each store and strategy; then variants with a planted bug.\v"
		"Exit status 1: something that must not be, or a planted bug that was not caught. "
		"What is known of a store's scheme (atc-after-detach where unref doesn't wait for readers, stale-atc-attach where an unmap looks for masters once) is a finding, and fails the run with --strict alone.",
		NULL,
		NULL,
		NULL
	};
	struct args a = { 0 };
	struct torture_watch watch = { begins, ticks, ends, stop, &a };
	struct torture_sum sum;
	struct subject_error err;
	int ret;

	torture_params_init(&a.p);
	parse_args(&argp, "torture", argc, argv, &a);
	if (a.guest) {
		stop_on_signals();
		return torture_guest(&a);
	}
	if (*a.wrong.msg)
		return usage_error("--%s", a.wrong.msg);
	if (a.list)
		return list(&a);
	stop_on_signals();
	a.cases = json_array();
	ret = torture_run(&a.p, &watch, &sum, &err);
	if (ret)
		usage_error("%s", err.msg);
	else
		show(&a, &sum);
	json_decref(a.cases);
	return ret ? EXIT_USAGE : sum.failed ? EXIT_FINDING : EXIT_FINE;
}
