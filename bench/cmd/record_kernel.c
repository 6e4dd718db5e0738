// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cells in the module, sampled by invbench-probe, which starts the launch and ends with
 * it. Two cells have launches in turn (A B B A), since the kernel's stacks don't say whose
 * they are.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "cmd.h"
#include "perf.h"
#include "record.h"

/* In the guest's file system, which goes with it. */
#define GUEST_STACKS "/stacks"
#define OURS	     "[kernel:invbench]"
/* The module's threads, and what no stack of theirs has callers of. */
#define TASK "invbench/"
static const char *const roots[] = { "invbench", NULL };

/* One launch of one cell, while its stacks are read. */
struct taker {
	struct fold *fold;
	uint64_t *others;
};

static int take_stack(void *arg, const char *task, const struct perf_frame *frames,
		      unsigned int nr, uint64_t count)
{
	struct perf_frame with_task[256];
	struct taker *t = arg;

	/* "invbench/1": which CPU it was is no frame */
	if (strncmp(task, TASK, strlen(TASK)) || nr >= 256) {
		*t->others += count;
		return 0;
	}
	memcpy(with_task, frames, nr * sizeof(*frames));
	with_task[nr] = (struct perf_frame){ .sym = "invbench", .dso = "[task]" };
	return fold_add(t->fold, with_task, nr + 1, count);
}

/* One launch while it is there. */
struct recorder {
	struct record *r;
	const struct backend_ops *ops;
	struct backend *backend;
	const char *stacks; /* the sampler's file, where it runs */
	struct fold *folds[FLAME_SIDES];
	struct blocks sides[FLAME_SIDES];
	double done, want; /* s */
};

static int run_blocks(struct recorder *rec, unsigned int side, double seconds,
		      struct plan_error *err)
{
	double start = record_clock(), took = 0;
	int ret = 0;

	while (!ret && took < seconds && !record_stopped(rec->r)) {
		ret = blocks_run(&rec->sides[side], err);
		took = record_clock() - start;
		if (rec->r->progress)
			rec->r->progress(rec->r->arg, fmin(1, (rec->done + took) / rec->want));
	}
	rec->done += took;
	return ret;
}

static int fetch(void *arg, FILE *to, struct plan_error *err)
{
	const struct recorder *rec = arg;

	return rec->ops->fetch(rec->backend, rec->stacks, to, err);
}

static int read_stacks(struct recorder *rec, unsigned int side, struct plan_error *err)
{
	struct taker taker = { rec->folds[side], &rec->r->others[side] };

	return record_stacks(fetch, rec, take_stack, &taker, &rec->r->kernel[side], err);
}

static int one_launch(struct recorder *rec, unsigned int side, double seconds,
		      struct plan_error *err)
{
	const struct subject_params *p = &rec->r->cells[side].params;
	struct plan_error stop_err;
	struct launch *l;
	int ret, stopped_with;

	l = rec->ops->start(rec->backend, (unsigned int)(p->threads + p->readers), NULL, 0, err);
	if (!l)
		return -EIO;
	ret = blocks_begin(&rec->sides[side], l, p, err);
	if (!ret)
		ret = run_blocks(rec, side, seconds, err);
	stopped_with = rec->ops->stop(rec->backend, l, &stop_err);
	if (stopped_with) {
		*err = stop_err;
		return stopped_with;
	}
	return ret ? ret : read_stacks(rec, side, err);
}

static int run_launches(struct recorder *rec, struct plan_error *err)
{
	unsigned int nr = rec->r->nr > 1 ? 4 : 1, i;
	double seconds = rec->r->seconds * rec->r->nr / nr;
	int ret = 0;

	rec->want = seconds * nr;
	for (i = 0; i < nr && !ret && (!i || !record_stopped(rec->r)); i++)
		ret = one_launch(rec, record_whose(rec->r, i), seconds, err);
	rec->r->took = rec->done;
	rec->r->interrupted = !ret && rec->done < rec->want && record_stopped(rec->r);
	/* launches before it are a recording; a first one that fails is none */
	if (!ret || i < 2)
		return ret;
	rec->r->failed = true;
	record_note(rec->r, err);
	return 0;
}

static int name_stacks(struct recorder *rec, struct plan_error *err)
{
	struct record *r = rec->r;
	struct fold_names names = { .dso = OURS, .roots = roots, .plain = r->plain };
	struct inlines *inlines = NULL;
	struct plan_error note;
	struct elf_map map;
	unsigned int s;
	int ret = 0;

	/* without it there are still functions */
	if (*r->options.debug && !elf_map_read(r->options.debug, &map)) {
		inlines = perf_inlines(rec->folds, r->nr, r->options.debug, &map, OURS, &note);
		if (!inlines)
			record_note(r, &note);
	}
	names.map = &map;
	names.inlines = inlines;
	for (s = 0; s < r->nr && !ret; s++)
		ret = fold_finish(rec->folds[s], &names, r->flame, (enum flame_side)s);
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
	inlines_free(inlines);
	return ret;
}

static void keep_figures(struct recorder *rec)
{
	unsigned int s;

	for (s = 0; s < rec->r->nr; s++) {
		const struct subject_params *p = &rec->r->cells[s].params;
		const struct blocks *b = &rec->sides[s];

		rec->r->ns_per_op[s] = blocks_ns_per_op(b);
		rec->r->ns_error[s] = blocks_ns_error(b);
		rec->r->ran[s] = b->ns / 1e9 / (double)(p->threads ?: 1);
		rec->r->lost[s] = rec->r->kernel[s].unread + rec->r->kernel[s].full;
	}
}

static int record_in(struct recorder *rec, struct plan_error *err)
{
	struct record *r = rec->r;
	unsigned int s;
	int ret;

	r->flame = flame_new();
	for (s = 0; s < FLAME_SIDES; s++)
		rec->folds[s] = fold_new();
	if (!r->flame || !rec->folds[0] || !rec->folds[1]) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
		ret = -ENOMEM;
	} else {
		ret = run_launches(rec, err);
	}
	if (!ret)
		ret = name_stacks(rec, err);
	if (!ret)
		keep_figures(rec);
	for (s = 0; s < FLAME_SIDES; s++)
		fold_free(rec->folds[s]);
	return ret;
}

int record_kernel(struct record *r, struct plan_error *err)
{
	const bool guest = !strcmp(r->backend, "guest");
	char hz[16], debug[PATH_MAX] = "";
	const char *const wrap[] = { guest ? "/bin/invbench-probe" : probe_path(),
				     "stacks", "--offsets", "--hz", hz, "--out",
				     guest ? GUEST_STACKS : r->data, NULL };
	struct recorder rec = { .r = r, .stacks = wrap[6] };
	struct plan_error close_err;
	int ret;

	snprintf(hz, sizeof(hz), "%u", r->hz);
	rec.ops = backend_find(r->backend, err);
	if (!rec.ops)
		return -EINVAL;
	if (!guest && access(probe_path(), X_OK)) {
		snprintf(err->msg, sizeof(err->msg),
			 "no invbench-probe was built: it takes clang, bpftool and libbpf-dev");
		return -ENOENT;
	}
	r->options.probe = true;
	r->options.wrap = wrap;
	r->options.debug = debug;
	r->event = "cpu-clock";
	rec.backend = rec.ops->open(&r->options, err);
	if (!rec.backend)
		return -EIO;
	if (rec.ops->kernel)
		snprintf(r->release, sizeof(r->release), "%s", rec.ops->kernel(rec.backend));
	ret = record_in(&rec, err);
	/* a kernel that complained says more */
	if (rec.ops->close(rec.backend, &close_err)) {
		*err = close_err;
		return -ENOTRECOVERABLE;
	}
	return ret;
}
