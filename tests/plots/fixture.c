// SPDX-License-Identifier: GPL-2.0-or-later
/* Costs that nobody measured: round figures, a drift by launch, a little noise. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "plots.h"

static const struct {
	const char *name;
	double unmap, attach;
} costs[] = {
	{ "none", 2.0, 300 },
	{ "reader-wmb", 2.02, 301 },
	{ "acquire-release", 2.05, 303 },
	{ "merged", 7.0, 305 },
	{ "merged-dma", 24.0, 306 },
	{ "v9", 7.05, 322 },
	{ "v9-dma", 24.1, 350 },
	{ "full", 40.0, 380 },
	{ "rcu-gp", 2.01, 30000 },
	{ "rcu-gp-expedited", 2.0, 15000 },
	{ "asymmetric", 2.03, 9000 },
	{ "recheck", 2.9, 302 },
	/* a store's: one thread, then what each further one adds */
	{ "rcu-array", 7.0, 0.1 },
	{ "rcu-list", 6.9, 0.1 },
	{ "rwlock-array", 19, 60 },
	{ "rwlock-list", 18.5, 61 },
	{ "spinlock-array", 12.3, 45 },
	{ "spinlock-list", 12.0, 46 },
	{ "mutex-array", 18, 90 },
	{ "mutex-list", 18.2, 95 },
	{ "seqcount-array", 7.4, 0.2 },
	{ "devices-list", 8.0, 30 },
	{ "cache-tags", 12.9, 48 },
	{ "unsync-array", 2.1, 0 },
	{ "unsync-list", 2.0, 0 },
	/* what is left of a map + unmap */
	{ "whole", 900, 0 },
	{ "no-map-wmb", 896, 0 },
	{ "no-reader-fence", 875, 0 },
	{ "no-queue-wmb", 899.5, 0 },
};

static bool op_is(const struct subject_params *p, const char *op)
{
	char have[32];

	return !strcmp(subject_params_get(p, "op", have, sizeof(have)), op);
}

static double cost(const struct plan_cell *c, const struct plan_group *g)
{
	const struct subject_params *p = &c->params;
	const char *name = c->role == PLAN_VARIANT ? c->name :
						     g->cells[g->baseline].name;
	bool list = strstr(name, "-list");
	size_t i;

	if (c->role == PLAN_FLOOR)
		return 0.3;
	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		if (!strcmp(costs[i].name, name))
			break;
	assert_true(i < sizeof(costs) / sizeof(costs[0]));
	if (op_is(p, "attach"))
		return costs[i].attach;
	if (op_is(p, "map-unmap"))
		return costs[i].unmap + 2.0 * (double)p->ptes;
	if (!strcmp(g->compare, "store"))
		return costs[i].unmap +
		       costs[i].attach * (double)(p->threads - 1) +
		       (list ? 3.4 : 1.7) * (double)(p->entries - 1);
	return costs[i].unmap * (1 + (double)p->attach_rate / 40000);
}

/* -1..1, the same each time. */
static double wobble(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return (double)(*state >> 8) / (1 << 23) - 1;
}

static void add_block(struct result_group *g, const struct plan_group *p,
		      unsigned int launch, unsigned int round,
		      unsigned int cell, double ns)
{
	uint64_t threads = p->cells[cell].params.threads, ops = 1000, k;
	char line[512];
	int len;

	if (threads == 1) {
		snprintf(line, sizeof(line), "B %u %u %u %llu %.0f 0 0", round,
			 cell, cell, (unsigned long long)ops * 100,
			 ns * (double)ops * 100);
	} else {
		ops = (uint64_t)(200000 / ns);
		len = snprintf(line, sizeof(line), "B %u %u %u %llu 200000 0 0",
			       round, cell, cell,
			       (unsigned long long)(ops * threads));
		for (k = 0; k < threads; k++)
			len += snprintf(line + len, sizeof(line) - (size_t)len,
					" %llu:0:%.0f", (unsigned long long)ops,
					ns * (double)ops);
	}
	assert_int_equal(result_group_line(g, launch, line), 0);
}

static void write_group(struct result *r, unsigned int index)
{
	const struct plan_group *p = &result_plan(r)->groups[index];
	struct plan_error err;
	struct result_group *g = result_group_begin(r, index, &err);
	unsigned int l, round, i;
	uint32_t state = index + 1;
	char line[128];

	assert_non_null(g);
	for (l = 0; l < p->launches; l++) {
		double drift[64];

		result_group_note(g, l, "warmup", 0);
		result_group_note(g, l, "settled", 1);
		result_group_note(g, l, "timer_cost", 25);
		result_group_note(g, l, "timer_tick", 1);
		for (i = 0; i < p->nr_cells; i++)
			drift[i] = i == p->baseline ?
					   1 :
					   1 + 0.012 * wobble(&state);
		for (round = 0; round < p->rounds; round++) {
			for (i = 0; i < p->nr_cells; i++) {
				double n = cost(&p->cells[i], p) * drift[i];

				if (p->cells[i].alias_of >= 0)
					n /= drift[i];
				n *= 1 + 0.001 * wobble(&state);
				add_block(g, p, l, round, i, n);
			}
			if (round % 4)
				continue;
			snprintf(line, sizeof(line), "K %u %.1f %.1f", round,
				 2800 + 400 * (index % 3) + 20 * wobble(&state),
				 index % 4 ? 92 + wobble(&state) : 410.0);
			assert_int_equal(result_group_line(g, l, line), 0);
		}
	}
	assert_int_equal(result_group_commit(g, &err), 0);
}

struct plan *fixture_plan(void)
{
	const char *job = FIXTURE_JOB;
	struct plan_error err;
	struct plan *p = plan_load(&job, 1, ".", NULL, 0, 1, PLAN_USER(4), 1, &err);

	if (!p)
		fail_msg("%s", err.msg);
	return p;
}

struct judge_group **fixture_measure(struct result *r)
{
	const struct plan *p = result_plan(r);
	struct judge_group **groups = calloc(p->nr_groups, sizeof(*groups));
	struct plan_error err;
	unsigned int i;

	assert_non_null(groups);
	for (i = 0; i < p->nr_groups; i++) {
		write_group(r, i);
		groups[i] = judge_group(r, i, &err);
		if (!groups[i])
			fail_msg("%s", err.msg);
		if (plots_group(r, groups[i], i, &err))
			fail_msg("%s", err.msg);
		judge_slim(groups[i]);
	}
	return groups;
}

void fixture_free(struct judge_group **groups, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		judge_free(groups[i]);
	free(groups);
}
