// SPDX-License-Identifier: GPL-2.0-or-later
/* Plan -> steps: balanced, reproducible, the same in one piece or in chunks. */
#include "common.h"
#include "stats_rounds.h"

static struct plan *plan_of(unsigned int cells)
{
	char text[256];
	struct plan *p;

	snprintf(text, sizeof(text),
		 "[a]\ncompare = ptes\nptes = 1..%u\ncontrols = none\n", cells);
	p = loaded(text, 2);
	assert_int_equal(p->groups[0].nr_cells, cells);
	return p;
}

static struct exec_step *steps_of(const struct plan *p, uint64_t seed,
				  unsigned int launch, uint32_t first,
				  uint32_t rounds)
{
	const struct plan_group *g = &p->groups[0];
	double *ns = calloc(g->nr_cells, sizeof(*ns));
	struct exec_step *steps = NULL;
	unsigned int i;
	size_t n = 0;

	for (i = 0; i < g->nr_cells; i++)
		ns[i] = 10 + i;
	assert_int_equal(plan_schedule(g, seed, launch, first, rounds, ns,
				       &steps, &n),
			 0);
	assert_int_equal(n, (size_t)rounds * g->nr_cells);
	free(ns);
	return steps;
}

static void check_period(unsigned int cells)
{
	struct plan *p = plan_of(cells);
	uint32_t rounds = (uint32_t)stats_schedule_period(cells) * 3, i;
	struct exec_step *steps = steps_of(p, 7, 0, 0, rounds);
	unsigned int *at = calloc((size_t)cells * cells, sizeof(*at)), k;

	for (i = 0; i < rounds * cells; i++) {
		assert_int_equal(steps[i].round, i / cells);
		assert_int_equal(steps[i].pos, i % cells);
		assert_int_equal(steps[i].kind, EXEC_BLOCK);
		assert_true(steps[i].cell < cells);
		at[steps[i].cell * cells + steps[i].pos]++;
	}
	/* over whole periods: each cell at each place equally often */
	for (k = 0; k < cells * cells; k++)
		assert_int_equal(at[k], rounds / cells);
	free(at);
	free(steps);
	plan_free(p);
}

static void balanced(void **state)
{
	(void)state;
	check_period(2);
	check_period(3);
	check_period(4);
	check_period(7);
	check_period(14);
}

static void each_round_has_each_cell_once(void **state)
{
	struct plan *p = plan_of(5);
	struct exec_step *steps = steps_of(p, 7, 2, 13, 21);
	unsigned int r, i;

	(void)state;
	for (r = 0; r < 21; r++) {
		unsigned int seen = 0;

		for (i = 0; i < 5; i++) {
			assert_int_equal(steps[r * 5 + i].round, 13 + r);
			seen |= 1U << steps[r * 5 + i].cell;
		}
		assert_int_equal(seen, 31);
	}
	free(steps);
	plan_free(p);
}

static void chunks_continue_one_design(void **state)
{
	static const uint32_t sizes[] = { 1, 5, 16, 3, 40, 35 };
	struct plan *p = plan_of(6);
	struct exec_step *whole = steps_of(p, 99, 3, 0, 100);
	uint32_t first = 0, i;

	(void)state;
	for (i = 0; i < 6; i++) {
		struct exec_step *part = steps_of(p, 99, 3, first, sizes[i]);

		assert_memory_equal(part, whole + (size_t)first * 6,
				    sizes[i] * 6 * sizeof(*part));
		free(part);
		first += sizes[i];
	}
	assert_int_equal(first, 100);
	free(whole);
	plan_free(p);
}

static void seeds_decide(void **state)
{
	struct plan *p = plan_of(6);
	struct exec_step *a = steps_of(p, 5, 0, 0, 50);
	struct exec_step *same = steps_of(p, 5, 0, 0, 50);
	struct exec_step *seed = steps_of(p, 6, 0, 0, 50);
	struct exec_step *launch = steps_of(p, 5, 1, 0, 50);
	size_t size = 300 * sizeof(*a);

	(void)state;
	assert_memory_equal(a, same, size);
	assert_memory_not_equal(a, seed, size);
	assert_memory_not_equal(a, launch, size);
	free(a);
	free(same);
	free(seed);
	free(launch);
	plan_free(p);
}

/* A group added before another doesn't change that one's orders. */
static void a_group_keeps_its_orders(void **state)
{
	struct plan *p = loaded("[b]\nptes = 1..4\ncompare = ptes\n", 2);
	struct plan *q = loaded("[a]\n[b]\nptes = 1..4\ncompare = ptes\n", 2);
	unsigned int x[16], y[16];

	(void)state;
	plan_creation_order(&p->groups[0], 5, 0, x);
	plan_creation_order(&q->groups[1], 5, 0, y);
	assert_memory_equal(x, y, p->groups[0].nr_cells * sizeof(x[0]));
	plan_free(p);
	plan_free(q);
}

static void creation_order_is_a_permutation(void **state)
{
	struct plan *p = plan_of(20);
	unsigned int order[20], first[20], i, launch, moved = 0;

	(void)state;
	for (launch = 0; launch < 10; launch++) {
		unsigned int seen = 0;

		plan_creation_order(&p->groups[0], 7, launch, order);
		for (i = 0; i < 20; i++) {
			assert_true(order[i] < 20);
			seen |= 1U << order[i];
		}
		assert_int_equal(seen, (1U << 20) - 1);
		if (!launch)
			memcpy(first, order, sizeof(order));
		moved += !!memcmp(first, order, sizeof(order));
	}
	assert_int_equal(moved, 9);
	plan_free(p);
}

static void blocks_fill_their_time(void **state)
{
	struct plan *p = loaded("[a]\ncompare = threads\nthreads = 1, 2\n"
				"block_us = 50\ncontrols = none\n",
				2);
	static const double costs[][2] = { { 10, 10 }, { 1e9, 1 }, { 0, 0 } };
	static const uint64_t want[] = { 5000, 1, 50000 };
	struct exec_step *steps;
	size_t n, i, c;

	(void)state;
	for (c = 0; c < 3; c++) {
		assert_int_equal(plan_schedule(&p->groups[0], 1, 0, 0, 4,
					       costs[c], &steps, &n),
				 0);
		for (i = 0; i < n; i++)
			/* a window counts its operations itself */
			assert_int_equal(steps[i].iters,
					 steps[i].cell ? 1 : want[c]);
		free(steps);
	}
	plan_free(p);
}

static void operations_are_sampled(void **state)
{
	struct plan *p = loaded("[a]\ncompare = threads\nthreads = 1, 2\n"
				"figures = block, op\nop_samples = 250\n"
				"op_every = 7\ncontrols = none\n",
				2);
	struct exec_step *steps;
	size_t n, i;
	uint64_t samples = 0;

	(void)state;
	assert_int_equal(plan_schedule_ops(&p->groups[0], 1, 0, &steps, &n), 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(steps[i].kind, EXEC_OP);
		/* with several threads the others would be idle */
		assert_int_equal(steps[i].cell, 0);
		assert_int_equal(steps[i].every, 7);
		samples += steps[i].iters;
	}
	assert_true(samples >= 250 && samples < 350);
	free(steps);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(balanced),
		cmocka_unit_test(each_round_has_each_cell_once),
		cmocka_unit_test(chunks_continue_one_design),
		cmocka_unit_test(seeds_decide),
		cmocka_unit_test(a_group_keeps_its_orders),
		cmocka_unit_test(creation_order_is_a_permutation),
		cmocka_unit_test(blocks_fill_their_time),
		cmocka_unit_test(operations_are_sampled),
	};

	return cmocka_run_group_tests_name("schedules", tests, enter_folder,
					   leave_folder);
}
