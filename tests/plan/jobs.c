// SPDX-License-Identifier: GPL-2.0-or-later
/* Job files: what their text becomes. */
#include "common.h"

static void one_section_is_one_group(void **state)
{
	struct plan *p = loaded("# a comment\n"
				"; another, and a blank line\n"
				"\n"
				"[a]\n"
				"  strategy = none, merged , full ; the rest\n"
				"baseline = merged\n",
				2);
	const struct plan_group *g = &p->groups[0];

	(void)state;
	assert_int_equal(p->nr_groups, 1);
	assert_string_equal(p->job, "t");
	assert_int_equal(p->seed, 7);
	assert_string_equal(g->name, "a");
	assert_string_equal(g->section, "a");
	assert_string_equal(g->title, "a");
	assert_string_equal(g->compare, "strategy");
	assert_int_equal(g->nr_point, 0);
	assert_string_equal(variants(g), "none merged full");
	assert_string_equal(g->cells[g->baseline].name, "merged");
	assert_int_equal(p->nr_cells, g->nr_cells);
	assert_int_equal(g->threads, 1);
	/* what a section doesn't say */
	assert_int_equal(g->launches, 8);
	assert_int_equal(g->rounds, 100);
	assert_int_equal(g->warmup_max, 512);
	assert_int_equal(g->block_ns, 50000);
	assert_int_equal(g->window_ns, 200000);
	assert_int_equal(g->op_samples, 2000);
	assert_int_equal(g->op_every, 16);
	assert_int_equal(g->figures, PLAN_FIGURE_BLOCK);
	assert_string_equal(axis_of(&g->cells[0], "strategy"), "none");
	assert_string_equal(axis_of(&g->cells[0], "store"), "rcu-array");
	plan_free(p);
}

static void keys_of_a_group_are_read(void **state)
{
	struct plan *p = loaded("[a]\n"
				"title = what it is about\n"
				"launches = 5\nrounds = 8\nwarmup = 64\n"
				"block_us = 5\nwindow_us = 50\n"
				"figures = block, op\nop_samples = 100\n"
				"op_every = 1\n",
				2);
	const struct plan_group *g = &p->groups[0];

	(void)state;
	assert_string_equal(g->title, "what it is about");
	assert_int_equal(g->launches, 5);
	assert_int_equal(g->rounds, 8);
	assert_int_equal(g->warmup_max, 64);
	assert_int_equal(g->block_ns, 5000);
	assert_int_equal(g->window_ns, 50000);
	assert_int_equal(g->figures, PLAN_FIGURE_BLOCK | PLAN_FIGURE_OP);
	assert_int_equal(g->op_samples, 100);
	assert_int_equal(g->op_every, 1);
	plan_free(p);
}

static void global_is_what_sections_leave_out(void **state)
{
	struct plan *p = loaded("[a]\nstrategy = none, merged\n"
				"[global]\nlaunches = 6\nptes = 8\n"
				"strategy = full, v9\n"
				"[b]\nptes = 64\n",
				2);

	(void)state;
	assert_int_equal(p->nr_groups, 2);
	assert_string_equal(variants(&p->groups[0]), "none merged");
	assert_string_equal(axis_of(&p->groups[0].cells[0], "ptes"), "8");
	assert_string_equal(variants(&p->groups[1]), "full v9");
	assert_string_equal(axis_of(&p->groups[1].cells[0], "ptes"), "64");
	assert_int_equal(p->groups[0].launches, 6);
	assert_int_equal(p->groups[1].launches, 6);
	plan_free(p);
}

/* What "ptes = ..." (compared) makes of a text, with so many CPUs. */
static void check_values(const char *text, unsigned int cpus, const char *want)
{
	char job[512];
	struct plan *p;

	snprintf(job, sizeof(job), "[a]\ncompare = ptes\nptes = %s\n", text);
	p = loaded(job, cpus);
	assert_string_equal(variants(&p->groups[0]), want);
	plan_free(p);
}

static void lists_and_ranges(void **state)
{
	(void)state;
	check_values("5", 2, "5");
	check_values("3,1, 2", 2, "3 1 2");
	check_values("1..4", 2, "1 2 3 4");
	check_values("1..100*2", 2, "1 2 4 8 16 32 64");
	check_values("3..100*3", 2, "3 9 27 81");
	check_values("1..10+3", 2, "1 4 7 10");
	check_values("0..2, 64, 100..300+100", 2, "0 1 2 64 100 200 300");
	check_values("7..7", 2, "7");
	check_values("65536", 2, "65536");
	check_values("1K..4K*2", 2, "1024 2048 4096");
}

static void cpus_stand_for_a_number(void **state)
{
	(void)state;
	check_values("cpus", 6, "6");
	check_values("cpus-1", 6, "5");
	check_values("cpus-2", 6, "4");
	check_values("1..cpus", 3, "1 2 3");
	check_values("1..cpus*2", 48, "1 2 4 8 16 32");
	check_values("1..cpus+2", 6, "1 3 5");
	/* a thread is left even where there is one CPU */
	check_values("cpus-1", 1, "1");
	check_values("cpus-9", 4, "1");
	/* two words for one number are one cell */
	check_values("1, cpus", 1, "1");
	check_values("1, cpus-1, cpus", 2, "1 2");
}

static void all_is_what_exists_here(void **state)
{
	struct plan *p = loaded("[a]\nstrategy = all\n"
				"[b]\nstore = all\ncompare = store\n",
				2);
	char want[1024] = "";
	unsigned int i;

	(void)state;
	for (i = 0; i < subject_nr_strategies(); i++) {
		size_t len = strlen(want);

		if (subject_strategy(i)->here)
			snprintf(want + len, sizeof(want) - len, "%s%s",
				 len ? " " : "", subject_strategy(i)->name);
	}
	assert_string_equal(variants(&p->groups[0]), want);
	assert_null(strstr(variants(&p->groups[1]), "srcu-array"));
	assert_non_null(strstr(variants(&p->groups[1]), "rcu-array"));
	assert_non_null(strstr(variants(&p->groups[1]), "devices-list"));
	plan_free(p);
}

/* Of "all" what can't be is left out; of what was named it is refused (bad.c). */
static void all_leaves_out_what_cannot_be(void **state)
{
	struct plan *p = loaded("[a]\nstore = all\ncompare = store\nsmmus = 2\n"
				"entries = 2\nbaseline = rcu-array\n",
				2);

	(void)state;
	assert_null(strstr(variants(&p->groups[0]), "devices-list"));
	assert_non_null(strstr(variants(&p->groups[0]), "rcu-array"));
	plan_free(p);
}

static void axes_are_multiplied(void **state)
{
	static const char *const want[] = {
		"a strategy=none ptes=1", "a strategy=none ptes=8",
		"a strategy=none ptes=64", "a strategy=full ptes=1",
		"a strategy=full ptes=8", "a strategy=full ptes=64"
	};
	struct plan *p = loaded("[a]\ncompare = store\n"
				"store = rcu-array, rcu-list\n"
				"ptes = 1, 8, 64\nstrategy = none, full\n",
				2);
	unsigned int i;

	(void)state;
	assert_int_equal(p->nr_groups, 6);
	for (i = 0; i < 6; i++) {
		const struct plan_group *g = &p->groups[i];
		unsigned int k, s = 0;

		assert_int_equal(g->nr_point, 2);
		/* whichever order the axes stand in, each pair comes once */
		for (k = 0; k < g->nr_point; k++)
			assert_string_equal(axis_of(&g->cells[0],
						    g->point[k].key),
					    g->point[k].value);
		for (k = 0; k < 6; k++)
			s += !strcmp(g->name, want[k]);
		assert_int_equal(s, 1);
		for (k = 0; k < i; k++)
			assert_string_not_equal(g->name, p->groups[k].name);
		assert_string_equal(variants(g), "rcu-array rcu-list");
	}
	plan_free(p);
}

static void equal_cells_are_one(void **state)
{
	/* 4K and 4096 bytes, and a model's latency that the null device hasn't */
	struct plan *p = loaded("[a]\ncompare = size\nsize = 4K, 4096, 8K\n"
				"[b]\ncompare = cmd_ns\ncmd_ns = 0, 10, 20\n",
				2);

	(void)state;
	assert_string_equal(variants(&p->groups[0]), "4K 8K");
	assert_string_equal(variants(&p->groups[1]), "0");
	plan_free(p);
}

static void names_are_unique(void **state)
{
	static const char *const twice[] = { JOB_FILE, JOB_FILE, JOB_FILE };
	struct plan_error err;
	struct plan *p;
	unsigned int i, k;

	(void)state;
	write_job("[a]\n[b]\nsize = 4K, 4096\n");
	p = plan_load(twice, 3, ".", NULL, 0, 7, PLAN_USER(2), 1, &err);
	assert_non_null(p);
	assert_int_equal(p->nr_groups, 9);
	assert_string_equal(p->job, "t+t+t");
	assert_string_equal(p->groups[0].name, "a");
	assert_string_equal(p->groups[3].name, "a #2");
	assert_string_equal(p->groups[6].name, "a #3");
	for (i = 0; i < p->nr_groups; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(p->groups[i].name,
						p->groups[k].name);
	plan_free(p);
}

static void long_names_stay_unique_and_whole_letters(void **state)
{
	char job[1024], *at = job;
	struct plan *p;
	unsigned int i;

	(void)state;
	/* 150 bytes of a two-byte letter, one byte off */
	at += sprintf(at, "[a]\ntitle = x");
	for (i = 0; i < 75; i++)
		at += sprintf(at, "\xc3\xa4");
	sprintf(at, "\n");
	p = loaded(job, 2);
	assert_int_equal(strlen(p->groups[0].title), 127);
	assert_int_equal((unsigned char)p->groups[0].title[126], 0xa4);
	plan_free(p);
}

static void controls_are_what_was_asked(void **state)
{
	struct plan *p = loaded("[a]\nstrategy = none, merged\n"
				"baseline = merged\n"
				"[b]\ncontrols = same\n"
				"[c]\ncontrols = none\n"
				"[d]\ncontrols = floor, same, same\n"
				"[e]\nthreads = 2\n",
				4);
	const struct plan_group *g = &p->groups[0];
	const struct plan_cell *c = &g->cells[2];
	struct subject_params twin = g->cells[1].params;
	struct subject_error err;

	(void)state;
	assert_string_equal(c->name, "same");
	assert_int_equal(c->role, PLAN_SAME);
	assert_int_equal(c->alias_of, 1);
	assert_string_equal(axis_of(c, "strategy"), "merged");
	assert_int_equal(subject_params_set(&twin, "copy", "1", &err), 0);
	if (!subject_params_check(&twin, &err)) {
		assert_string_equal(controls(g), "same twin floor");
		assert_int_equal(g->cells[3].role, PLAN_TWIN);
		assert_string_equal(axis_of(&g->cells[3], "copy"), "1");
		assert_string_equal(axis_of(&g->cells[3], "strategy"),
				    "merged");
		assert_int_equal(g->cells[3].alias_of, -1);
	} else {
		/* no second instances are compiled in this build */
		assert_string_equal(controls(g), "same floor");
	}
	c = &g->cells[g->nr_cells - 1];
	assert_int_equal(c->role, PLAN_FLOOR);
	assert_string_equal(axis_of(c, "op"), "floor");
	assert_string_equal(controls(&p->groups[1]), "same");
	assert_string_equal(controls(&p->groups[2]), "");
	assert_string_equal(controls(&p->groups[3]), "floor same");
	/* the loop's floor is not part of a window's operation */
	assert_null(strstr(controls(&p->groups[4]), "floor"));
	plan_free(p);
}

static void marks(void **state)
{
	struct plan *p = loaded("[a]\nentries = 2\nats = on\nthreads = 2\n"
				"[b]\nentries = 3\nats = on\n"
				"[c]\nthreads = 3\n"
				"[d]\nthreads = 2\nattach_rate = 100\n"
				"[e]\ncompare = threads\nthreads = 1, 3\n"
				"[f]\nop = build\nentries = 64\n",
				2);

	(void)state;
	assert_false(p->groups[0].artificial);
	assert_false(p->groups[0].oversubscribed);
	assert_int_equal(p->groups[0].threads, 2);
	assert_true(p->groups[1].artificial);
	assert_true(p->groups[2].oversubscribed);
	/* the attacher is a thread too */
	assert_true(p->groups[3].oversubscribed);
	assert_true(p->groups[4].oversubscribed);
	assert_int_equal(p->groups[4].threads, 3);
	/* 64 commands are nobody's domain */
	assert_false(p->groups[5].artificial);
	plan_free(p);
}

static void set_gives_other_values(void **state)
{
	static const char job[] = "[a]\nptes = 1\nstrategy = none, merged\n"
				  "[b]\nstrategy = full\n";
	struct plan_error err;
	struct plan *p;

	(void)state;
	p = load_set(job, "ptes", "8, 16", &err);
	assert_non_null(p);
	assert_int_equal(p->nr_groups, 4);
	assert_string_equal(p->groups[0].name, "a ptes=8");
	assert_string_equal(p->groups[3].name, "b ptes=16");
	plan_free(p);

	p = load_set(job, "strategy", "v9", &err);
	assert_non_null(p);
	assert_string_equal(variants(&p->groups[0]), "v9");
	assert_string_equal(variants(&p->groups[1]), "v9");
	plan_free(p);

	p = load_set(job, "launches", "9", &err);
	assert_non_null(p);
	assert_int_equal(p->groups[0].launches, 9);
	assert_int_equal(p->groups[1].launches, 9);
	plan_free(p);
}

static void later_sets_win(void **state)
{
	static const char *const jobs[] = { JOB_FILE };
	const struct plan_set sets[] = { { "ptes", "8" },
					 { "rounds", "9" },
					 { "ptes", "64" } };
	struct plan_error err;
	struct plan *p;

	(void)state;
	write_job("[a]\n");
	p = plan_load(jobs, 1, ".", sets, 3, 7, PLAN_USER(2), 1, &err);
	assert_non_null(p);
	assert_string_equal(axis_of(&p->groups[0].cells[0], "ptes"), "64");
	assert_int_equal(p->groups[0].rounds, 9);
	plan_free(p);
}

static void estimates_grow_with_the_work(void **state)
{
	struct plan *p = loaded("[a]\nrounds = 100\nlaunches = 5\n"
				"[b]\nrounds = 200\nlaunches = 5\n"
				"[c]\nrounds = 100\nlaunches = 10\n"
				"[d]\nrounds = 100\nlaunches = 5\nblock_us = 500\n"
				"[e]\nrounds = 100\nlaunches = 5\nthreads = 2\n"
				"[f]\nrounds = 100\nlaunches = 5\nthreads = 2\nwindow_us = 2000\n"
				"[g]\nrounds = 100\nlaunches = 5\nfigures = block, op\n",
				2);
	double s[7], sum = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 7; i++) {
		s[i] = plan_group_seconds(&p->groups[i]);
		sum += s[i];
		/* at least its blocks */
		assert_true(s[i] > p->groups[i].nr_cells *
					   (double)p->groups[i].rounds *
					   p->groups[i].launches *
					   (double)p->groups[i].block_ns / 1e9);
	}
	assert_true(s[1] > s[0] && s[1] < 2 * s[0]);
	assert_true(s[2] > 1.99 * s[0] && s[2] < 2.01 * s[0]);
	assert_true(s[3] > 5 * s[0] && s[3] < 10 * s[0]);
	assert_true(s[5] > 5 * s[4] && s[5] < 10 * s[4]);
	assert_true(s[6] > s[0]);
	assert_true(plan_seconds(p) > 0.999 * sum &&
		    plan_seconds(p) < 1.001 * sum);
	plan_free(p);
}

static void print_names_everything(void **state)
{
	struct plan *p = loaded("[a]\nstrategy = none, merged\nptes = 1, 8\n",
				2);
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	plan_print(p, true, f);
	assert_int_equal(fclose(f), 0);
	assert_non_null(strstr(text, "job t: 2 groups"));
	assert_non_null(strstr(text, "seed 7"));
	assert_non_null(strstr(text, "a ptes=8"));
	assert_non_null(strstr(text, "ptes=8"));
	assert_non_null(strstr(text, "  merged "));
	assert_non_null(strstr(text, "  same "));
	free(text);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_section_is_one_group),
		cmocka_unit_test(keys_of_a_group_are_read),
		cmocka_unit_test(global_is_what_sections_leave_out),
		cmocka_unit_test(lists_and_ranges),
		cmocka_unit_test(cpus_stand_for_a_number),
		cmocka_unit_test(all_is_what_exists_here),
		cmocka_unit_test(all_leaves_out_what_cannot_be),
		cmocka_unit_test(axes_are_multiplied),
		cmocka_unit_test(equal_cells_are_one),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(long_names_stay_unique_and_whole_letters),
		cmocka_unit_test(controls_are_what_was_asked),
		cmocka_unit_test(marks),
		cmocka_unit_test(set_gives_other_values),
		cmocka_unit_test(later_sets_win),
		cmocka_unit_test(estimates_grow_with_the_work),
		cmocka_unit_test(print_names_everything),
	};

	return cmocka_run_group_tests_name("job files", tests, enter_folder,
					   leave_folder);
}
