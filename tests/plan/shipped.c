// SPDX-License-Identifier: GPL-2.0-or-later
/* The jobs that are shipped, on machines of any size; and a very large plan. */
#include <sys/resource.h>
#include <time.h>

#include "common.h"

static double seconds_of(const char *name, unsigned int cpus)
{
	struct plan_backend backend = *PLAN_USER(cpus);
	struct plan_error err;
	struct plan *p;
	unsigned int i, k;
	double s;

	/* A real SMMU and the stock driver are where the module is. */
	if (!strcmp(name, "mmio") || !strcmp(name, "stock")) {
		backend.name = "kernel";
		backend.world = SUBJECT_WORLD_KERNEL;
	}
	p = plan_load(&name, 1, INVBENCH_TOP, NULL, 0, 1, &backend, 1, &err);
	if (!p)
		fail_msg("%s with %u CPUs: %s", name, cpus, err.msg);
	assert_string_equal(p->job, name);
	assert_true(p->nr_groups > 0);
	for (i = 0; i < p->nr_groups; i++) {
		const struct plan_group *g = &p->groups[i];

		assert_true(strlen(g->title) >= 3);
		assert_true(g->launches >= 5);
		assert_true(g->nr_cells > 0);
		assert_int_equal(g->cells[g->baseline].role, PLAN_VARIANT);
		for (k = 0; k < i; k++)
			assert_string_not_equal(g->name, p->groups[k].name);
	}
	s = plan_seconds(p);
	plan_free(p);
	return s;
}

static void all_load_everywhere(void **state)
{
	static const unsigned int cpus[] = { 1, 2, 8, 64 };
	struct plan_error err;
	struct plan_job *jobs;
	unsigned int nr, i, c;

	(void)state;
	assert_int_equal(plan_jobs(INVBENCH_TOP, &jobs, &nr, &err), 0);
	assert_true(nr >= 8);
	for (i = 0; i < nr; i++) {
		assert_true(strlen(jobs[i].help) > 10);
		for (c = 0; c < 4; c++) {
			double s = seconds_of(jobs[i].name, cpus[c]);

			printf("%-10s %2u CPUs: about %.0f s\n", jobs[i].name,
			       cpus[c], s);
			assert_true(s > 1 && s < 3600);
		}
	}
	free(jobs);
}

static void what_the_issue_names_is_there(void **state)
{
	static const char *const names[] = { "barriers", "budget", "churn",
					     "default", "queue", "quick",
					     "scaling", "stores" };
	struct plan_error err;
	struct plan_job *jobs;
	unsigned int nr, i, k;

	(void)state;
	assert_int_equal(plan_jobs(INVBENCH_TOP, &jobs, &nr, &err), 0);
	for (i = 0; i < 8; i++) {
		for (k = 0; k < nr && strcmp(jobs[k].name, names[i]); k++)
			;
		assert_true(k < nr);
	}
	/* by name, so that a list of them is the same everywhere */
	for (i = 1; i < nr; i++)
		assert_true(strcmp(jobs[i - 1].name, jobs[i].name) < 0);
	free(jobs);
}

/* By the plan's own estimate, which progress is shown by. */
static void the_usual_ones_are_short(void **state)
{
	(void)state;
	assert_true(seconds_of("default", 2) <= 90);
	assert_true(seconds_of("quick", 2) <= 12);
}

static void no_job_is_default(void **state)
{
	struct plan_error err;
	struct plan *p = plan_load(NULL, 0, INVBENCH_TOP, NULL, 0, 1, PLAN_USER(2), 1, &err);

	(void)state;
	assert_non_null(p);
	assert_string_equal(p->job, "default");
	plan_free(p);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long peak_kib(void)
{
	struct rusage ru;

	assert_int_equal(getrusage(RUSAGE_SELF, &ru), 0);
	return ru.ru_maxrss;
}

static void load_big(const char *text, unsigned int least, const char *what)
{
	long before = peak_kib();
	double start = now();
	struct plan *p = loaded(text, 2);

	printf("%s: %u cells in %u groups: %.2f s, %ld KiB more at the peak\n",
	       what, p->nr_cells, p->nr_groups, now() - start,
	       peak_kib() - before);
	assert_true(p->nr_cells >= least);
	/* its figure; a sanitizer's shadow and quarantine are not the plan's */
#ifndef __SANITIZE_ADDRESS__
	assert_true(peak_kib() < 100 * 1024);
#endif
	plan_free(p);
}

static void ten_thousand_cells(void **state)
{
	(void)state;
	load_big("[a]\nptes = 1..280\nentries = 1..2\ncompare = strategy\n"
		 "strategy = none, v9, merged, full\nthreads = 1..3\n",
		 10000, "many groups");
	/* the widest group that there can be */
	load_big("[a]\nptes = 1..4096\ncompare = ptes\nentries = 1, 2\n"
		 "threads = 1\ncontrols = none\n",
		 8192, "wide groups");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_load_everywhere),
		cmocka_unit_test(what_the_issue_names_is_there),
		cmocka_unit_test(the_usual_ones_are_short),
		cmocka_unit_test(no_job_is_default),
		cmocka_unit_test(ten_thousand_cells),
	};

	return cmocka_run_group_tests_name("shipped jobs", tests, enter_folder,
					   leave_folder);
}
