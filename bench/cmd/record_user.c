// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cells in the worker, recorded by perf: a process for each cell, one recording of both,
 * and short pieces in turn (A B B A ...), so that states of the machine hit both. Who has
 * no turn sleeps on its input, and has no samples.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cmd.h"
#include "perf.h"
#include "record.h"

/* Functions that no stack has callers of: a thread's first. */
static const char *const roots[] = { "main", "member_main", NULL };

static int start_side(struct blocks *b, const struct subject_params *p,
		      struct plan_error *err)
{
	const char *argv[] = { worker_path(), NULL };
	const struct launch_where where = { .argv = argv };
	struct subject_error e;

	b->l = launch_start(&where, (unsigned int)(p->threads + p->readers), NULL, 0, &e);
	if (b->l)
		return blocks_begin(b, b->l, p, err);
	snprintf(err->msg, sizeof(err->msg), "%.500s", e.msg);
	return -EIO;
}

/* As long as was asked for, and then to the end of the last A B B A. */
static int run_pieces(struct record *r, struct blocks *sides, struct perf *perf,
		      struct plan_error *err)
{
	double start = record_clock(), want = r->seconds * r->nr, share = 0;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && !record_stopped(r) && perf_alive(perf); i++) {
		if (share >= 1 && (r->nr < 2 || !(i % 4)))
			break;
		ret = blocks_run(&sides[record_whose(r, i)], err);
		share = fmin(1, (record_clock() - start) / want);
		if (r->progress)
			r->progress(r->arg, share);
	}
	r->took = record_clock() - start;
	r->interrupted = !ret && share < 1 && record_stopped(r);
	return ret;
}

static int name_stacks(struct record *r, struct fold **folds, struct plan_error *err)
{
	struct fold_names names = { .dso = worker_path(), .roots = roots, .plain = r->plain };
	struct elf_map map;
	struct inlines *inlines = NULL;
	struct plan_error note;
	unsigned int s;
	int ret = 0;

	/* without it there are still functions */
	if (!elf_map_read(worker_path(), &map)) {
		inlines = perf_inlines(folds, r->nr, worker_path(), &map,
				       worker_path(), &note);
		if (!inlines)
			record_note(r, &note);
	}
	names.map = &map;
	names.inlines = inlines;
	for (s = 0; s < r->nr && !ret; s++)
		ret = fold_finish(folds[s], &names, r->flame, (enum flame_side)s);
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
	inlines_free(inlines);
	return ret;
}

static int read_back(struct record *r, const pid_t *pids, struct plan_error *err)
{
	struct fold *folds[FLAME_SIDES] = { fold_new(), fold_new() };
	struct perf_counts counts = { 0 };
	unsigned int s;
	int ret = -ENOMEM;

	r->flame = flame_new();
	snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
	if (folds[0] && folds[1] && r->flame)
		ret = perf_read(r->data, pids, folds, r->nr, &counts, err);
	r->lost[0] = counts.lost;
	if (!ret)
		ret = name_stacks(r, folds, err);
	for (s = 0; s < FLAME_SIDES; s++)
		fold_free(folds[s]);
	return ret;
}

static int record(struct record *r, struct blocks *sides, struct plan_error *err)
{
	struct plan_error stop_err;
	pid_t pids[FLAME_SIDES];
	struct perf *perf;
	unsigned int s;
	int ret = 0;

	for (s = 0; s < r->nr && !ret; s++)
		ret = start_side(&sides[s], &r->cells[s].params, err);
	if (ret)
		return ret;
	for (s = 0; s < r->nr; s++)
		pids[s] = launch_pid(sides[s].l);
	r->event = perf_event();
	perf = perf_start(pids, r->nr, r->event, r->hz, r->data, err);
	if (!perf)
		return -EIO;
	ret = run_pieces(r, sides, perf, err);
	/* what perf has to say comes first: it may be why the rest went wrong */
	if (perf_stop(perf, &stop_err)) {
		*err = stop_err;
		return -EIO;
	}
	for (s = 0; s < r->nr; s++) {
		r->ns_per_op[s] = blocks_ns_per_op(&sides[s]);
		r->ns_error[s] = blocks_ns_error(&sides[s]);
		r->ran[s] = sides[s].ns / 1e9 /
			    (double)(r->cells[s].params.threads ?: 1);
	}
	if (ret) {
		r->failed = true;
		record_note(r, err);
	}
	return read_back(r, pids, err);
}

int record_user(struct record *r, struct plan_error *err)
{
	struct blocks sides[FLAME_SIDES] = { 0 };
	struct subject_error e;
	unsigned int s;
	int ret;

	ret = record(r, sides, err);
	for (s = 0; s < r->nr; s++)
		launch_stop(sides[s].l, &e);
	return ret;
}
