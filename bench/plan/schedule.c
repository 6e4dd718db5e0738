// SPDX-License-Identifier: GPL-2.0-or-later
/* Plan -> steps, by the balanced orders of bench/stats. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "stats_rounds.h"

/* Streams of random numbers that one launch of one group needs. */
enum stream { STREAM_ROUNDS, STREAM_CREATION, STREAM_OPS };

/* FNV-1a: a group keeps its orders when groups are added before it. */
static uint64_t hash(const char *s)
{
	uint64_t h = 14695981039346656037ULL;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211ULL;
	return h;
}

static uint64_t seed_of(const struct plan_group *g, uint64_t seed,
			unsigned int launch, enum stream what)
{
	return stats_seed(stats_seed(seed, hash(g->name)),
			  (uint64_t)launch << 8 | (uint64_t)what);
}

static bool windowed(const struct subject_params *p)
{
	return p->threads > 1 || p->attach_rate;
}

static uint64_t iterations(const struct plan_group *g,
			   const struct plan_cell *c, double ns_per_op)
{
	double n;

	/* a window counts its operations itself */
	if (windowed(&c->params))
		return 1;
	n = (double)g->block_ns / (ns_per_op > 0 ? ns_per_op : 1);
	return n < 1 ? 1 : n > 1e15 ? (uint64_t)1e15 : (uint64_t)n;
}

int plan_schedule(const struct plan_group *g, uint64_t seed,
		  unsigned int launch, uint32_t first_round, uint32_t rounds,
		  const double *ns_per_op, struct exec_step **steps,
		  size_t *nr_steps)
{
	size_t total = (size_t)first_round + rounds, k = g->nr_cells, i;
	uint16_t *order = calloc(total * k + 1, sizeof(*order));
	struct exec_step *st = calloc((size_t)rounds * k + 1, sizeof(*st));

	/*
	 * The design is drawn from its start, so that chunks continue one
	 * balanced schedule: later rounds don't change earlier ones.
	 */
	if (!order || !st ||
	    stats_schedule(seed_of(g, seed, launch, STREAM_ROUNDS), k, total,
			   order) != STATS_OK) {
		free(order);
		free(st);
		return -ENOMEM;
	}
	for (i = 0; i < (size_t)rounds * k; i++) {
		uint16_t cell = order[(size_t)first_round * k + i];

		st[i] = (struct exec_step){
			.round = first_round + (uint32_t)(i / k),
			.pos = (uint32_t)(i % k),
			.cell = cell,
			.kind = EXEC_BLOCK,
			.iters =
				iterations(g, &g->cells[cell], ns_per_op[cell]),
			.every = 1,
		};
	}
	free(order);
	*steps = st;
	*nr_steps = (size_t)rounds * k;
	return 0;
}

void plan_creation_order(const struct plan_group *g, uint64_t seed,
			 unsigned int launch, unsigned int *order)
{
	uint64_t s = seed_of(g, seed, launch, STREAM_CREATION);
	unsigned int i, j, t;

	for (i = 0; i < g->nr_cells; i++)
		order[i] = i;
	/* Fisher-Yates; the remainder's bias is below nr_cells / 2^64 */
	for (i = g->nr_cells; i > 1; i--) {
		s = stats_seed(s, i);
		j = (unsigned int)(s % i);
		t = order[i - 1];
		order[i - 1] = order[j];
		order[j] = t;
	}
}

/* Blocks of at most this many samples, in balanced order too. */
#define OPS_A_BLOCK 100

int plan_schedule_ops(const struct plan_group *g, uint64_t seed,
		      unsigned int launch, struct exec_step **steps,
		      size_t *nr_steps)
{
	size_t k = g->nr_cells, i, n = 0;
	size_t rounds = (g->op_samples + OPS_A_BLOCK - 1) / OPS_A_BLOCK;
	uint16_t *order = calloc(rounds * k + 1, sizeof(*order));
	struct exec_step *st = calloc(rounds * k + 1, sizeof(*st));

	if (!order || !st ||
	    stats_schedule(seed_of(g, seed, launch, STREAM_OPS), k, rounds,
			   order) != STATS_OK) {
		free(order);
		free(st);
		return -ENOMEM;
	}
	for (i = 0; i < rounds * k; i++) {
		/* one thread's operations: with several the others would be idle */
		if (windowed(&g->cells[order[i]].params) ||
		    g->cells[order[i]].params.readers)
			continue;
		st[n++] = (struct exec_step){
			.round = (uint32_t)(i / k),
			.pos = (uint32_t)(i % k),
			.cell = order[i],
			.kind = EXEC_OP,
			.iters = OPS_A_BLOCK,
			.every = g->op_every,
		};
	}
	free(order);
	*steps = st;
	*nr_steps = n;
	return 0;
}

/* Seconds of a launch's start: process, cells, calibration of about 60 us each. */
#define LAUNCH_SECONDS 0.005
#define CELL_SECONDS   0.0003
/* Rounds that the warm-up usually takes: two spans (STATS_WARMUP_DEFAULT). */
#define WARMUP_ROUNDS 64

double plan_group_seconds(const struct plan_group *g)
{
	double round = 0, ops = 0;
	unsigned int i;

	for (i = 0; i < g->nr_cells; i++) {
		const struct subject_params *p = &g->cells[i].params;

		round += windowed(p) ? (double)g->window_ns + 15000 :
				       (double)g->block_ns + 1000;
		if (g->figures & PLAN_FIGURE_OP && !windowed(p))
			ops += g->op_samples * 500.0 * g->op_every / 16;
	}
	return g->launches *
	       (LAUNCH_SECONDS + g->nr_cells * CELL_SECONDS +
		(round * (g->rounds + WARMUP_ROUNDS) + ops) / 1e9);
}

double plan_seconds(const struct plan *p)
{
	double s = 0;
	unsigned int i;

	for (i = 0; i < p->nr_groups; i++)
		s += plan_group_seconds(&p->groups[i]);
	return s;
}
