// SPDX-License-Identifier: GPL-2.0-or-later
/* A cell in blocks, for as long as it is looked at. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "client.h"
#include "record.h"

#define CALIBRATE_NS  1000000
#define PIECE_SECONDS 0.1
#define PIECE_STEPS   20

static int fail(struct plan_error *err, const struct subject_error *e, int ret)
{
	snprintf(err->msg, sizeof(err->msg), "%.500s", e->msg);
	return ret;
}

static int fail_memory(struct plan_error *err)
{
	snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
	return -ENOMEM;
}

int blocks_begin(struct blocks *b, struct launch *l, const struct subject_params *p,
		 struct plan_error *err)
{
	struct subject_error e;
	int ret;

	b->l = l;
	b->window_ns = (uint64_t)(PIECE_SECONDS / PIECE_STEPS * 1e9);
	/* a window without an attach would show nothing of them */
	if (p->attach_rate && b->window_ns < 2000000000 / p->attach_rate)
		b->window_ns = 2000000000 / p->attach_rate;
	ret = launch_window(l, b->window_ns, &e);
	if (!ret)
		ret = launch_cell(l, 0, p, &e);
	if (!ret)
		ret = launch_calibrate(l, 0, CALIBRATE_NS, &b->ns_per_op, &e);
	return ret ? fail(err, &e, ret) : 0;
}

static void take_block(void *arg, const struct exec_sample *sample)
{
	double ns = sample->nr_parts ? 0 : (double)sample->ns;
	struct blocks *b = arg;
	uint32_t i;

	for (i = 0; i < sample->nr_parts; i++)
		ns += (double)(sample->parts[i].stop_ns - sample->parts[i].start_ns);
	b->ns += ns;
	b->ops += (double)sample->ops;
	if (sample->ivcsw)
		return;
	b->whole_ns += ns;
	b->whole_ops += (double)sample->ops;
	if (!sample->ops)
		return;
	ns /= (double)sample->ops;
	b->whole++;
	b->sum += ns;
	b->squares += ns * ns;
}

double blocks_ns_per_op(const struct blocks *b)
{
	if (b->whole_ops > 0)
		return b->whole_ns / b->whole_ops;
	return b->ops > 0 ? b->ns / b->ops : NAN;
}

double blocks_ns_error(const struct blocks *b)
{
	double mean = b->sum / b->whole;

	if (b->whole < 2)
		return 0;
	return sqrt(fmax(0, b->squares / b->whole - mean * mean) / (b->whole - 1));
}

int blocks_run(struct blocks *b, struct plan_error *err)
{
	const struct launch_sink sink = { .block = take_block, .arg = b };
	const double ops = (double)b->window_ns / b->ns_per_op;
	struct exec_step steps[PIECE_STEPS];
	struct subject_error e;
	unsigned int i;
	int ret;

	for (i = 0; i < PIECE_STEPS; i++)
		steps[i] = (struct exec_step){ .round = i,
					       .kind = EXEC_BLOCK,
					       .iters = ops < 1 ? 1 : (uint64_t)ops };
	ret = launch_go(b->l, steps, PIECE_STEPS, &sink, &e);
	return ret ? fail(err, &e, ret) : 0;
}

void record_note(struct record *r, const struct plan_error *note)
{
	if (r->nr_notes < sizeof(r->notes) / sizeof(r->notes[0]))
		r->notes[r->nr_notes++] = *note;
}

int record_stacks(int (*fetch)(void *arg, FILE *to, struct plan_error *err), void *fetch_arg,
		  kernel_stack_fn fn, void *arg, struct kernel_counts *counts,
		  struct plan_error *err)
{
	struct flame_error e = { "not enough memory" };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int ret;

	if (!f)
		return fail_memory(err);
	ret = fetch(fetch_arg, f, err);
	fclose(f);
	if (!ret && !len) {
		ret = -EIO;
		snprintf(err->msg, sizeof(err->msg), "the sampler said nothing");
	}
	f = ret ? NULL : fmemopen(text, len, "r");
	if (f) {
		counts->whole = false;
		ret = kernel_stacks_read(f, fn, arg, counts, &e);
		fclose(f);
		if (ret)
			snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	} else if (!ret) {
		ret = fail_memory(err);
	}
	free(text);
	return ret;
}

double record_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

bool record_stopped(const struct record *r)
{
	return r->stop && __atomic_load_n(r->stop, __ATOMIC_RELAXED);
}

unsigned int record_whose(const struct record *r, unsigned int piece)
{
	return r->nr < 2 ? 0 : ((piece + 1) / 2) % 2;
}
