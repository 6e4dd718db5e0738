// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench flame: where the time of a cell goes; of two cells, held against each other. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cell.h"
#include "cmd.h"
#include "flame_show.h"
#include "progress.h"
#include "team.h"

/* Samples of which a share is off by a fifth of itself and more. */
#define FEW 100

struct args {
	const char *of, *against, *out, *backend;
	const char *timing; /* --duration or --hz, if it was given */
	unsigned int top;
	bool json, quiet, progressing, stock;
	struct record rec;
	struct flame_text text;
	struct progress progress;
	struct result *result;
	char data[PATH_MAX], console[PATH_MAX];
};

enum {
	KEY_AGAINST = 256,
	KEY_BACKEND,
	KEY_DURATION,
	KEY_HZ,
	KEY_JSON,
	KEY_KERNEL,
	KEY_MODULE,
	KEY_OUT,
	KEY_TOP,
};

static const struct argp_option options[] = {
	{ "against", KEY_AGAINST, "CELL", 0,
	  "hold the first one (A) against this one (B): recorded in turn, drawn as their difference",
	  0 },
	{ "backend", KEY_BACKEND, "NAME", 0,
	  "where the cell runs: user (by perf); kernel, guest (the module, by our sampler; root)",
	  0 },
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of the guest: of guest/kernels.list, or a kernel tree that was built", 0 },
	{ "module", KEY_MODULE, "FILE", 0,
	  "invbench.ko of the kernel backend (built where it isn't given)", 0 },
	{ "duration", KEY_DURATION, "S", 0, "seconds for each cell (3)", 0 },
	{ "hz", KEY_HZ, "N", 0, "samples a second (999)", 0 },
	{ "top", KEY_TOP, "N", 0, "rows of the table (20)", 0 },
	{ "out", KEY_OUT, "FOLDER", 0,
	  "where the result goes; with folded files, where the picture goes (FILE.svg)", 0 },
	{ "quiet", 'q', NULL, 0, "no progress", 0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_AGAINST:
		a->against = arg;
		return 0;
	case KEY_BACKEND:
		if (strcmp(arg, "user") && strcmp(arg, "kernel") && strcmp(arg, "guest"))
			exit(usage_error("--backend %.40s: user, kernel or guest", arg));
		a->rec.backend = a->backend = arg;
		return 0;
	case KEY_KERNEL:
		a->rec.options.kernel = arg;
		return 0;
	case KEY_MODULE:
		a->rec.options.module = arg;
		return 0;
	case KEY_DURATION:
		a->timing = "--duration";
		a->rec.seconds = (double)option_number("--duration", arg, 1, 3600);
		return 0;
	case KEY_HZ:
		a->timing = "--hz";
		a->rec.hz = (unsigned int)option_number("--hz", arg, 1, 20000);
		return 0;
	case KEY_TOP:
		a->top = (unsigned int)option_number("--top", arg, 1, 100000);
		return 0;
	case KEY_OUT:
		a->out = arg;
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->of)
			exit(usage_error("flame: '%s': one cell; --against names the other",
					 arg));
		a->of = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- cells -------------------------------------------------------------- */

/* Result folders are of plans: one group, with the cells that are recorded. */
static struct plan *make_plan(const struct record *rec)
{
	struct plan *p = calloc(1, sizeof(*p));
	struct plan_group *g;
	unsigned int s;

	if (!p)
		return NULL;
	p->groups = calloc(1, sizeof(*p->groups));
	if (p->groups)
		p->groups->cells = calloc(rec->nr, sizeof(*p->groups->cells));
	if (!p->groups || !p->groups->cells) {
		free(p->groups);
		free(p);
		return NULL;
	}
	strcpy(p->job, "flame");
	p->seed = (uint64_t)time(NULL);
	p->nr_groups = 1;
	p->nr_cells = rec->nr;
	g = p->groups;
	strcpy(g->section, "flame");
	snprintf(g->backend, sizeof(g->backend), "%s", rec->backend);
	g->emulated = rec->emulated;
	strcpy(g->name, "flame");
	strcpy(g->title, "flame graph");
	strcpy(g->compare, "strategy");
	g->launches = g->rounds = g->warmup_max = g->op_samples = g->op_every = 1;
	g->block_ns = g->window_ns = 1000000;
	g->figures = PLAN_FIGURE_BLOCK;
	g->nr_cells = rec->nr;
	for (s = 0; s < rec->nr; s++) {
		const struct subject_params *params = &rec->cells[s].params;

		g->cells[s] = rec->cells[s];
		snprintf(g->cells[s].name, sizeof(g->cells[s].name), "%s", s ? "B" : "A");
		if (params->threads + params->readers > g->threads)
			g->threads = (unsigned int)(params->threads + params->readers);
	}
	return p;
}

static void say_cells(struct args *a)
{
	struct record *rec = &a->rec;
	char both[512] = "";

	if (rec->nr > 1) {
		cell_unlike(&rec->cells[0].params, &rec->cells[1].params,
			    a->text.name[0], a->text.name[1], both, sizeof(both));
		snprintf(a->text.title, sizeof(a->text.title), "A against B, both with %.480s",
			 *both ? both : "all other axes at their fallback");
	} else {
		cell_text(&rec->cells[0].params, a->text.name[0],
			  sizeof(a->text.name[0]));
		snprintf(a->text.title, sizeof(a->text.title), "%s", a->text.name[0]);
	}
}

static void name_files(struct args *a)
{
	unsigned int s;

	for (s = 0; s < a->rec.nr; s++)
		flame_file_name(a->text.name[s], a->text.file[s],
				sizeof(a->text.file[s]) - 2);
	/* a cell against itself */
	if (a->rec.nr > 1 && !strcmp(a->text.file[0], a->text.file[1]))
		strcat(a->text.file[1], "-2");
}

static int find_cells(struct args *a, struct plan_error *err)
{
	const struct backend_ops *ops = backend_find(a->rec.backend, err);
	struct plan_backend where;
	struct plan *plan;
	int ret;

	if (!ops || ops->describe(&a->rec.options, &where, err))
		return -EINVAL;
	a->rec.emulated = where.emulated;
	a->rec.nr = 1;
	ret = cell_find(a->of, &where, &a->rec.cells[0], err);
	if (!ret && a->against) {
		a->rec.nr = 2;
		ret = cell_find(a->against, &where, &a->rec.cells[1], err);
	}
	if (ret)
		return ret;
	say_cells(a);
	plan = make_plan(&a->rec);
	if (plan && ops->suit)
		ret = ops->suit(plan, &a->rec.options, err);
	plan_free(plan);
	return ret;
}

static int find_stock(struct args *a, struct plan_error *err)
{
	if (a->against) {
		snprintf(err->msg, sizeof(err->msg),
			 "flame stock: nothing is recorded against it; its .folded may be held against another's");
		return -EINVAL;
	}
	if (strcmp(a->rec.backend, "guest"))
		a->rec.backend = "stock";
	a->stock = true;
	a->rec.nr = 1;
	strcpy(a->text.name[0], "stock");
	snprintf(a->text.title, sizeof(a->text.title), "%s",
		 strcmp(a->rec.backend, "guest") ?
			 "the kernel as it works" :
			 "the stock driver's kernel in a guest, reading 4 KiB from an nvme drive");
	return 0;
}

/* An option that would change nothing; 0: all do. */
static int check_options(const struct args *a, bool folded, struct plan_error *err)
{
	const bool stock = !strcmp(a->of, "stock");
	const char *what = NULL, *why = NULL;

	if (folded && (a->backend || a->rec.options.kernel || a->rec.options.module || a->timing)) {
		what = a->backend	      ? "--backend" :
		       a->rec.options.kernel ? "--kernel" :
		       a->rec.options.module ? "--module" :
					       a->timing;
		why = "a folded file was recorded before";
	} else if (stock && a->backend && strcmp(a->backend, "guest")) {
		what = "--backend";
		why = "flame stock is of this kernel, or of --backend guest";
	} else if (a->rec.options.kernel && strcmp(a->rec.backend, "guest")) {
		what = "--kernel";
		why = "it is of --backend guest";
	} else if (a->rec.options.module && (stock || strcmp(a->rec.backend, "kernel"))) {
		what = "--module";
		why = "it is of a cell with --backend kernel";
	}
	if (!what)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "flame: %s: %s", what, why);
	return -EINVAL;
}

/* ---- folded files ------------------------------------------------------- */

static bool is_folded(const char *name)
{
	size_t len = strlen(name);

	return len > 7 && !strcmp(name + len - 7, ".folded");
}

static int read_folded(struct args *a, enum flame_side side, const char *name,
		       struct plan_error *err)
{
	struct flame_error e;
	FILE *in = fopen(name, "re");
	int ret;

	if (!in) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", name, strerror(errno));
		return -EINVAL;
	}
	ret = flame_read(a->rec.flame, side, in, name, &e);
	fclose(in);
	if (!ret && !a->rec.flame->root.total[side]) {
		ret = -EINVAL;
		snprintf(e.msg, sizeof(e.msg), "%.300s has no stack", name);
	}
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	snprintf(a->text.name[side], sizeof(a->text.name[side]), "%.500s", name);
	a->rec.ns_per_op[side] = NAN;
	return ret;
}

static int read_files(struct args *a, struct plan_error *err)
{
	int ret;

	if (a->against && !is_folded(a->against)) {
		snprintf(err->msg, sizeof(err->msg),
			 "--against %.200s: a folded file is held against a folded file (.folded)",
			 a->against);
		return -EINVAL;
	}
	a->rec.flame = flame_new();
	a->rec.nr = a->against ? 2 : 1;
	if (!a->rec.flame) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return -ENOMEM;
	}
	ret = read_folded(a, FLAME_A, a->of, err);
	if (!ret && a->against)
		ret = read_folded(a, FLAME_B, a->against, err);
	snprintf(a->text.title, sizeof(a->text.title), "%s%.400s",
		 a->against ? "A against B" : "", a->against ? "" : a->of);
	return ret;
}

/* ---- recording ---------------------------------------------------------- */

/* Whoever can't record says so in one line, without progress before it. */
static void show_progress(void *arg, double share)
{
	struct args *a = arg;
	double seconds = a->rec.seconds * a->rec.nr;

	if (!a->progressing) {
		progress_start(&a->progress, seconds, 1, a->quiet || a->json);
		progress_group(&a->progress, a->text.title, seconds);
		a->progressing = true;
	}
	progress_share(&a->progress, share);
}

/* Cells are a plan; what runs anyway is none. */
static struct result *create(struct args *a, const char *dir, struct plan_error *err)
{
	struct plan *plan;
	struct result *r;

	if (a->stock)
		return result_create_for(dir, "flame", err);
	plan = make_plan(&a->rec);
	if (!plan) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return NULL;
	}
	r = result_create(dir, plan, err);
	plan_free(plan);
	return r;
}

static int make_result(struct args *a, struct plan_error *err)
{
	const char *data = strcmp(a->rec.backend, "user") ? "stacks" : "perf.data";
	char dir[PATH_MAX], path[PATH_MAX];

	if (a->out)
		snprintf(dir, sizeof(dir), "%s", a->out);
	else
		result_path("flame", dir, sizeof(dir));
	a->result = create(a, dir, err);
	if (!a->result)
		return -EIO;
	snprintf(a->console, sizeof(a->console), "%.4000s/console.log",
		 result_dir(a->result));
	a->rec.options.console = a->console;
	snprintf(path, sizeof(path), "%.4000s/flame", result_dir(a->result));
	snprintf(a->data, sizeof(a->data), "%.4000s/flame/%s", result_dir(a->result), data);
	if (!mkdir(path, 0777))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "%.300s: %s", path, strerror(errno));
	return -EIO;
}

static void say_kernel(struct args *a)
{
	const struct record *rec = &a->rec;
	static const char in_handlers[] =
		", unmaps of interrupt handlers not at all: op=dma-map-unmap has them in a thread";
	const struct kernel_counts *k = &rec->kernel[0];
	double all = (double)(k->samples + k->idle);

	if (*rec->release)
		flame_note(&a->text, "in a guest with Linux %s%s", rec->release,
			   rec->emulated ? "; EMULATED: the times are an emulator's" : "");
	if (a->stock && k->samples - rec->others[0] < FEW)
		flame_note(&a->text,
			   "only %llu samples have arm_smmu_ in their stack: they show little of it; a longer --duration has more",
			   (unsigned long long)(k->samples - rec->others[0]));
	if (a->stock)
		flame_note(&a->text,
			   "%llu CPUs: %.1f %% idle; of the samples %.1f %% in user space, %.1f %% with arm_smmu_ in their stack",
			   (unsigned long long)k->cpus,
			   all > 0 ? 100 * (double)k->idle / all : 0,
			   k->samples ? 100 * (double)k->user / (double)k->samples : 0,
			   k->samples ? 100 * (double)(k->samples - rec->others[0]) /
						(double)k->samples :
					0);
	flame_note(&a->text,
		   "a clock's interrupt: what runs with interrupts off is seen where it lets them in%s",
		   a->stock ? in_handlers : "");
}

/* What is wrong with some of the stacks. */
static void say_stacks(struct args *a, unsigned int s, const char *side)
{
	const struct flame *f = a->rec.flame;
	const struct kernel_counts *k = &a->rec.kernel[s];
	const double all = (double)f->root.total[s];
	const struct flame_frame *frame;

	for (frame = f->root.child; frame; frame = frame->next)
		if (!strcmp(frame->name, FLAME_NO_CALLER) && frame->total[s])
			flame_note(&a->text,
				   "%s%.1f %% of the samples are in code without frame pointers: who called it isn't known",
				   side, 100 * (double)frame->total[s] / all);
	if (k->cut)
		flame_note(&a->text, "%s%.1f %% of the stacks are too deep: their callers are cut off",
			   side, 100 * (double)k->cut / (double)k->samples);
}

static void say_recording(struct args *a)
{
	static const char *const sides[] = { "A: ", "B: " };
	const struct record *rec = &a->rec;
	char per_op[128];
	unsigned int s;

	flame_note(&a->text, "%s", result_machine(a->result));
	for (s = 0; s < rec->nr; s++) {
		*per_op = '\0';
		if (isfinite(rec->ns_per_op[s]))
			snprintf(per_op, sizeof(per_op), "; %.4g ns an operation while sampled",
				 rec->ns_per_op[s]);
		if (rec->timed)
			snprintf(per_op + strlen(per_op), sizeof(per_op) - strlen(per_op),
				 ", in which %.1f %% of the samples are",
				 100 * (double)rec->timed->root.total[s] /
					 (double)rec->flame->root.total[s]);
		flame_note(&a->text, "%s%llu samples (%s, %u Hz) in %.1f s%s",
			   rec->nr > 1 ? sides[s] : "",
			   (unsigned long long)rec->flame->root.total[s], rec->event,
			   rec->hz, rec->ran[s], per_op);
		if (rec->lost[s])
			flame_note(&a->text, "%s%llu samples were lost",
				   rec->nr > 1 && strcmp(rec->backend, "user") ? sides[s] : "",
				   (unsigned long long)rec->lost[s]);
		say_stacks(a, s, rec->nr > 1 ? sides[s] : "");
	}
	if (rec->interrupted)
		flame_note(&a->text, "interrupted after %.1f of %.1f s", rec->took,
			   rec->seconds * rec->nr);
	for (s = 0; s < rec->nr_notes; s++)
		flame_note(&a->text, "%s%s", rec->failed && !s ? "it failed: " : "",
			   rec->notes[s].msg);
	if (strcmp(rec->backend, "user"))
		say_kernel(a);
}

/* What ended before the other cell's turn is a recording of the first. */
static int check_samples(struct args *a, struct plan_error *err)
{
	struct record *rec = &a->rec;
	const bool cut = __atomic_load_n(&stopped, __ATOMIC_RELAXED) || rec->failed;

	if (rec->nr > 1 && rec->flame->root.total[0] && !rec->flame->root.total[1] && cut) {
		rec->nr = 1;
		cell_text(&rec->cells[0].params, a->text.name[0], sizeof(a->text.name[0]));
		snprintf(a->text.title, sizeof(a->text.title), "%.480s (ended before B)",
			 a->text.name[0]);
	}
	if (rec->flame->root.total[0] && (rec->nr < 2 || rec->flame->root.total[1]))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "no sample of %.100s: %.350s",
		 a->text.name[!!rec->flame->root.total[0]],
		 rec->failed ? rec->notes[0].msg :
		 cut	     ? "interrupted before there was one" :
			       "a longer --duration, or a higher --hz");
	return -EIO;
}

static int record(struct args *a, struct plan_error *err)
{
	struct record *rec = &a->rec;
	unsigned int i;
	int ret;

	ret = make_result(a, err);
	if (ret)
		return ret;
	rec->data = a->data;
	rec->plain = rec->nr > 1;
	rec->progress = show_progress;
	rec->arg = a;
	rec->stop = &stopped;
	if (a->stock)
		ret = record_stock(rec, err);
	else
		ret = strcmp(rec->backend, "user") ? record_kernel(rec, err) :
						     record_user(rec, err);
	if (a->progressing) {
		progress_group_over(&a->progress);
		progress_end(&a->progress);
	}
	if (!ret)
		ret = check_samples(a, err);
	/* needed until it is folded, and no longer */
	if (!ret)
		unlink(a->data);
	for (i = 0; !ret && i < rec->nr_notes; i++)
		usage_error("%s", rec->notes[i].msg);
	if (!ret && flame_time(rec)) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
		ret = -ENOMEM;
	}
	if (!ret)
		say_recording(a);
	return ret;
}

/* Of folded files there is no recording to keep: a picture, where one was asked for. */
static int draw_to(struct args *a, struct plan_error *err)
{
	const struct flame_look look = { .title = a->text.title,
					 .notes = a->text.notes,
					 .against = a->rec.nr > 1,
					 .name = { a->text.name[0], a->text.name[1] } };
	FILE *out = fopen(a->out, "we");
	bool bad;

	if (out) {
		flame_svg(a->rec.flame, &look, out);
		bad = ferror(out);
		if (!fclose(out) && !bad)
			return 0;
	}
	snprintf(err->msg, sizeof(err->msg), "%.300s: %s", a->out, strerror(errno));
	return -EIO;
}

/* As --json has it, and where it was measured. */
static int keep_figures(struct args *a, const json_t *doc, struct plan_error *err)
{
	struct result *r = a->result;

	result_context_set(r, "driver", json_string("flame"));
	result_context_set(r, "emulated", json_boolean(a->rec.emulated));
	if (*a->rec.release)
		result_context_set(r, "guest_kernel", json_string(a->rec.release));
	return result_write_json(r, "flame.json", doc, err) || result_context_write(r, err) ?
		       -EIO :
		       0;
}

static void print_places(const struct args *a, const json_t *files)
{
	size_t i;

	putchar('\n');
	for (i = 0; i < json_array_size(files); i++) {
		const char *name = json_string_value(json_array_get(files, i));

		if (strstr(name, ".svg"))
			printf("picture: %s/%s\n", result_dir(a->result), name);
	}
	printf("result: %s\n", result_dir(a->result));
}

static int show(struct args *a, struct plan_error *err)
{
	json_t *files = json_array(), *doc = NULL;
	int ret = 0;

	if (a->result)
		ret = flame_files(a->result, &a->rec, &a->text, files, err);
	else if (a->out)
		ret = draw_to(a, err);
	if (!ret) {
		doc = flame_json(&a->rec, &a->text, a->top);
		json_object_set(doc, "files", files);
		json_object_set_new(doc, "result",
				    a->result ? json_string(result_dir(a->result)) :
						json_null());
	}
	if (!ret && a->result)
		ret = keep_figures(a, doc, err);
	if (!ret && a->json) {
		json_dumpf(doc, stdout, JSON_INDENT(1));
		putchar('\n');
	} else if (!ret) {
		flame_tables(&a->rec, &a->text, a->top, stdout);
		if (a->result)
			print_places(a, files);
	}
	json_decref(doc);
	json_decref(files);
	return ret;
}

/* The folder stays if there is something in it that was measured. */
static void close_result(struct args *a, bool failed)
{
	if (failed && a->result && access(a->data, R_OK)) {
		result_discard(a->result);
		return;
	}
	if (failed && a->result)
		fprintf(stderr, "invbench: what was recorded is in %s\n", a->data);
	result_close(a->result);
}

int cmd_flame(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		"CELL",
		"Records where the time of a cell goes, and draws it.\v"
		"CELL is AXIS=VALUE[,AXIS=VALUE...], with axes left out at their fallback (`invbench list --axes`); or [JOB|RESULT:]GROUP/CELL, as tables name it (of the job `default` where nothing is said); or a file of folded stacks (.folded); or `stock': the kernel with its own driver, as it works now, or with --backend guest as it reads from a drive.",
		NULL,
		NULL,
		NULL
	};
	struct args *a = calloc(1, sizeof(*a));
	struct plan_error err;
	bool failed;
	int ret;

	if (!a)
		return usage_error("not enough memory");
	a->rec.seconds = 3;
	a->rec.hz = 999;
	a->rec.backend = "user";
	a->top = 20;
	parse_args(&argp, "flame", argc, argv, a);
	if (!a->of) {
		free(a);
		return usage_error("flame: of which cell? e.g. queue=lockless,device=model");
	}
	ret = check_options(a, is_folded(a->of), &err);
	if (!ret && is_folded(a->of)) {
		ret = read_files(a, &err);
	} else if (!ret) {
		ret = strcmp(a->of, "stock") ? find_cells(a, &err) : find_stock(a, &err);
		if (!ret) {
			name_files(a);
			stop_on_signals();
			ret = record(a, &err);
		}
	}
	if (!ret)
		ret = show(a, &err);
	if (ret)
		usage_error("%s", err.msg);
	close_result(a, ret);
	failed = ret || a->rec.failed;
	flame_free(a->rec.flame);
	flame_free(a->rec.timed);
	free(a);
	return failed ? EXIT_USAGE : EXIT_FINE;
}
