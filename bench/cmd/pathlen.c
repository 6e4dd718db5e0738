// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench guest pathlen: instructions of one operation, counted in a guest. */
#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "cmd.h"
#include "command.h"
#include "guest_launch.h"
#include "pathlen.h"
#include "progress.h"
#include "table.h"

#define DEFAULT_KERNEL "arm64-7.3"

#define MODULE_PARAMS "stock_dev=" GUEST_SPARE " stock_null=1"

/*
 * Operations of the short block, and those that the long one has more. Queues and
 * valid_maps repeat after 256 slots at the latest (the stock driver's queue is longer,
 * and its end is met by no more than one block in hundreds).
 */
#define BASE_OPS 64
#define MORE_OPS 256
#define FEW_OPS	 64
/* Some of them have a timer's interrupt in them; the shortest hasn't. */
#define ROUNDS 12

struct args {
	const char *kernel, *console, *reference;
	bool update, json;
	char **rows;
};

struct run {
	const struct args *a;
	struct pathlen_list list;
	struct pathlen_figure *figures;
	struct pathlen_place place;
	struct pathlen_reference ref;
	bool has_ref;
	struct guest_launch launch;
	struct pathlen_blocks blocks;
};

enum {
	KEY_CONSOLE = 256,
	KEY_JSON,
	KEY_KERNEL,
	KEY_REFERENCE,
	KEY_UPDATE,
};

static const struct argp_option options[] = {
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of guest/kernels.list (" DEFAULT_KERNEL
	  "), or a kernel tree that was built: arm64",
	  0 },
	{ "reference", KEY_REFERENCE, "FILE", 0,
	  "figures to compare with (results/reference/pathlen-NAME.txt)", 0 },
	{ "update", KEY_UPDATE, NULL, 0, "write the reference", 0 },
	{ "console", KEY_CONSOLE, "FILE", 0, "keep the guest's console there",
	  0 },
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
	case KEY_REFERENCE:
		a->reference = arg;
		return 0;
	case KEY_UPDATE:
		a->update = true;
		return 0;
	case ARGP_KEY_ARGS:
		a->rows = state->argv + state->next;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* ---- which rows -------------------------------------------------------- */

static int no_such_row(const struct pathlen_list *l, const char *name)
{
	char names[3000] = "";
	size_t i, len = 0;

	for (i = 0; i < l->nr && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len,
					"%s%s", i ? ", " : "", l->rows[i].name);
	return usage_error("guest pathlen: no row '%s'; rows: %s", name, names);
}

/* The rows that were named, and what they are held against. 0, or the exit status. */
static int choose(struct run *r)
{
	char **name = r->a->rows;
	size_t i;

	for (i = 0; i < r->list.nr && !name; i++)
		r->figures[i].wanted = true;
	for (; name && *name; name++) {
		bool found = false;

		for (i = 0; i < r->list.nr; i++) {
			int held = r->list.rows[i].held;

			if (fnmatch(*name, r->list.rows[i].name, 0))
				continue;
			found = true;
			r->figures[i].wanted = true;
			if (held >= 0)
				r->figures[held].wanted = true;
		}
		if (!found)
			return no_such_row(&r->list, *name);
	}
	return 0;
}

/* ---- counting ---------------------------------------------------------- */

static void take_block(void *arg, const struct exec_sample *s)
{
	struct run *r = arg;

	pathlen_blocks_add(&r->blocks, s->ops, s->ns);
}

/* Instructions of one operation of the group's only cell, the loop's own included. */
static int count(struct run *r, uint64_t ops, double *value,
		 struct subject_error *err)
{
	const struct launch_sink sink = { .block = take_block, .arg = r };
	struct exec_step steps[2 * ROUNDS];
	unsigned int i;

	for (i = 0; i < 2 * ROUNDS; i++)
		steps[i] = (struct exec_step){
			.round = i / 2,
			.pos = i % 2,
			.kind = EXEC_BLOCK,
			.iters = i % 2 ? BASE_OPS + ops : BASE_OPS,
		};
	pathlen_blocks_init(&r->blocks, BASE_OPS, ops);
	if (launch_go(r->launch.launch, steps, 2 * ROUNDS, &sink, err))
		return -1;
	*value = pathlen_blocks_figure(&r->blocks);
	if (*value >= 0)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "the worker left blocks out");
	return -1;
}

static int count_floor(struct run *r, double *value, struct subject_error *err)
{
	struct subject_params p;

	subject_params_init(&p);
	p.world = SUBJECT_WORLD_KERNEL;
	if (subject_params_set(&p, "op", "floor", err) ||
	    subject_params_check(&p, err) ||
	    launch_cell(r->launch.launch, 0, &p, err))
		return -1;
	return count(r, MORE_OPS, value, err);
}

/* A figure of commands that failed is none. */
static int check_counters(struct run *r, const char *row,
			  struct subject_error *err)
{
	struct subject_counters c;

	if (launch_counters(r->launch.launch, 0, &c, err))
		return -1;
	if (!c.errors && !c.timeouts)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "%s: %llu operations failed, %llu timed out", row,
		 (unsigned long long)c.errors, (unsigned long long)c.timeouts);
	return -1;
}

static int count_row(struct run *r, size_t i, double floor,
		     struct subject_error *err)
{
	const struct pathlen_row *row = &r->list.rows[i];
	struct pathlen_figure *f = &r->figures[i];
	double value;
	int ret;

	if (launch_regroup(r->launch.launch, 1, err))
		return -1;
	ret = launch_cell(r->launch.launch, 0, &row->params, err);
	if (ret == -EINVAL) {
		/* this kernel hasn't got it: the rest may go on */
		snprintf(f->why, sizeof(f->why), "%.150s", err->msg);
		return 0;
	}
	if (ret || count(r, row->few ? FEW_OPS : MORE_OPS, &value, err) ||
	    check_counters(r, row->name, err))
		return -1;
	f->known = true;
	f->value = value - floor;
	return 0;
}

static int count_all(struct run *r, struct subject_error *err)
{
	struct progress p;
	unsigned int nr = 0;
	double floor;
	size_t i;
	int ret;

	for (i = 0; i < r->list.nr; i++)
		nr += r->figures[i].wanted;
	progress_start(&p, nr, nr, r->a->json || !isatty(STDERR_FILENO));
	ret = count_floor(r, &floor, err);
	for (i = 0; i < r->list.nr && !ret; i++) {
		if (!r->figures[i].wanted)
			continue;
		if (__atomic_load_n(&stopped, __ATOMIC_RELAXED)) {
			snprintf(err->msg, sizeof(err->msg), "stopped");
			ret = -1;
			break;
		}
		progress_group(&p, r->list.rows[i].name, 1);
		ret = count_row(r, i, floor, err);
		progress_group_over(&p);
	}
	progress_end(&p);
	return ret;
}

/* ---- the guest --------------------------------------------------------- */

static int find_place(struct run *r, struct subject_error *err)
{
	static const char compiler[] =
		"strings /modules/invbench.ko | grep -m 1 -e ^GCC: -e 'clang version'";
	struct pathlen_place *p = &r->place;
	struct guest *g = r->launch.guest;

	if (guest_ask(g, "uname -r", p->kernel, sizeof(p->kernel), err) ||
	    guest_ask(g, compiler, p->compiler, sizeof(p->compiler), err))
		return -1;
	return guest_qemu_version("arm64", p->qemu, sizeof(p->qemu), err);
}

/* 0, or the exit status. */
static int measure(struct run *r)
{
	static const char *const qemu[] = { "-device", GUEST_SPARE_DEVICE, NULL };
	const struct boot boot = {
		.kernel = r->a->kernel,
		.guest = { .icount = true,
			   .accel = GUEST_ACCEL_TCG,
			   /* else a call of the kernel's may take a veneer */
			   .append = "nokaslr",
			   .args = qemu,
			   .console = r->a->console },
	};
	struct plan_error plan_err;
	struct subject_error err, why;
	int ret;

	r->launch.guest = boot_guest(&boot, &plan_err);
	if (!r->launch.guest)
		return usage_error("%s", plan_err.msg);
	ret = find_place(r, &err);
	if (!ret)
		ret = guest_launch_start(&r->launch, 1, MODULE_PARAMS, &err);
	if (!ret) {
		ret = count_all(r, &err);
		if (guest_launch_stop(&r->launch, &why) == -ENOTRECOVERABLE) {
			guest_kill(r->launch.guest);
			usage_error("%s", why.msg);
			return EXIT_FINDING;
		}
	}
	if (ret) {
		guest_kill(r->launch.guest);
		return usage_error("%s", err.msg);
	}
	return guest_stop(r->launch.guest, &err) ? usage_error("%s", err.msg) :
						   0;
}

/* ---- what came of it --------------------------------------------------- */

static void set_number(struct table *t, const char *key, bool known,
		       const char *fmt, double value)
{
	char text[32];

	if (known) {
		snprintf(text, sizeof(text), fmt, value);
		table_set(t, key, json_real(value), "%s", text);
	} else {
		table_set(t, key, json_null(), "-");
	}
}

static void add_row(struct table *t, const struct run *r, size_t i)
{
	const struct pathlen_row *row = &r->list.rows[i];
	const struct pathlen_figure *f = &r->figures[i];
	const struct pathlen_was *was =
		r->has_ref ? pathlen_reference_find(&r->ref, row->name) : NULL;
	double percent = 0;
	bool differs = pathlen_difference(&r->list, r->figures, i, &percent);

	table_row(t);
	table_set(t, "row", NULL, "%s", row->name);
	set_number(t, "instructions", f->known, "%.2f", f->value);
	set_number(t, "reference", was && was->known, "%.2f",
		   was ? was->value : 0);
	if (row->held < 0) {
		table_set(t, "against", json_null(), "-");
		set_number(t, "limit", false, "", 0);
	} else {
		table_set(t, "against", NULL, "%s",
			  r->list.rows[row->held].name);
		set_number(t, "limit", true, "%.0f %%", row->percent);
	}
	set_number(t, "difference", differs, "%+.1f %%", percent);
}

static void show(const struct run *r)
{
	struct table *t = table_new(NULL);
	size_t i;

	table_column(t, "row", "ROW", false);
	table_column(t, "instructions", "INSTRUCTIONS", true);
	table_column(t, "reference", "REFERENCE", true);
	table_column(t, "against", "AGAINST", false);
	table_column(t, "difference", "DIFFERENCE", true);
	table_column(t, "limit", "LIMIT", true);
	for (i = 0; i < r->list.nr; i++)
		if (r->figures[i].wanted)
			add_row(t, r, i);
	table_finish(t, r->a->json, stdout);
	if (!r->a->json)
		printf("%s, %s\n", r->place.kernel, r->place.compiler);
}

static void say(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "invbench: %s\n", line);
}

static bool is_tree(const char *kernel)
{
	return strchr(kernel, '/');
}

/* @path: empty where there is none. */
static void reference_path(const struct args *a, char *path, size_t len)
{
	*path = '\0';
	if (a->reference)
		snprintf(path, len, "%s", a->reference);
	else if (!is_tree(a->kernel))
		snprintf(path, len, "%s/results/reference/pathlen-%s.txt",
			 top_dir(), a->kernel);
}

static int judge(struct run *r, bool whole)
{
	fflush(stdout);
	return pathlen_judge(&r->list, r->figures, r->has_ref ? &r->ref : NULL,
			     whole, say, NULL) ?
		       EXIT_FINDING :
		       EXIT_FINE;
}

/* What isn't known would be equal to all that isn't, for ever. */
static bool all_known(const struct run *r)
{
	size_t i;

	for (i = 0; i < r->list.nr; i++) {
		if (r->figures[i].known)
			continue;
		usage_error("guest pathlen --update: %s isn't known: %s",
			    r->list.rows[i].name, r->figures[i].why);
		return false;
	}
	return true;
}

static int run(struct run *r)
{
	const struct args *a = r->a;
	char path[PATH_MAX];
	struct subject_error err;
	int ret;

	reference_path(a, path, sizeof(path));
	if (*path && !a->update) {
		/* before anything is booted: a file that can't be read */
		if (pathlen_reference_read(path, &r->ref, &err))
			return usage_error("%s (--update writes it)", err.msg);
		r->has_ref = true;
	}
	ret = measure(r);
	if (ret)
		return ret;
	if (a->update && !all_known(r))
		return EXIT_USAGE;
	if (a->update && pathlen_reference_write(path, &r->place, &r->list,
						 r->figures, &err))
		return usage_error("%s", err.msg);
	if (r->has_ref && !pathlen_same_place(&r->place, &r->ref.place, &err)) {
		r->has_ref = false;
		show(r);
		return usage_error("%s", err.msg);
	}
	show(r);
	return judge(r, !a->rows);
}

static int check_args(const struct args *a)
{
	if (!strncmp(a->kernel, "amd64", 5))
		return usage_error(
			"guest pathlen --kernel %s: an arm64 kernel, for the arm-smmu-v3",
			a->kernel);
	if (a->update && a->rows)
		return usage_error(
			"guest pathlen --update: a reference has all rows, not some");
	if (a->update && is_tree(a->kernel) && !a->reference)
		return usage_error(
			"guest pathlen --update: where to (--reference FILE)?");
	return 0;
}

int guest_pathlen(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		"[ROW...]",
		"Instructions of one operation, of each row of bench/pathlen/pathlen.list (ROW may have * and ?), in a guest whose clock ticks once for each.\v"
		"Exit status 1: a row is further than its limit from the one that it is held against, or isn't what the reference says.",
		NULL,
		NULL,
		NULL
	};
	struct args a = { .kernel = DEFAULT_KERNEL };
	struct run r = { .a = &a };
	struct subject_error err;
	char path[PATH_MAX];
	int ret;

	parse_args(&argp, "guest pathlen", argc, argv, &a);
	ret = check_args(&a);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/bench/pathlen/pathlen.list",
		 top_dir());
	if (pathlen_list_read(path, &r.list, &err))
		return usage_error("%s", err.msg);
	r.figures = calloc(r.list.nr, sizeof(*r.figures));
	if (!r.figures)
		return usage_error("not enough memory");
	ret = choose(&r);
	stop_on_signals();
	if (!ret)
		ret = run(&r);
	pathlen_reference_free(&r.ref);
	pathlen_list_free(&r.list);
	free(r.figures);
	return ret;
}
