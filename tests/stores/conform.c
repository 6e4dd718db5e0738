// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the suite over every store, flavour and copy, and over the busted ones. */
#include <linux/string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <compat/test_hooks.h>

#include "busted.h"
#include "suite.h"

#define HISTORIES  8
#define STEPS	   600
#define MAX_STORES 64

/* Compiled here, over a stand-in for SRCU; user space has none. */
extern const struct smmu_store_ops smmu_store_ops__srcu_array__any__0;

static struct suite_store stores[MAX_STORES];
static size_t nr_stores;

static void add(const struct smmu_store_ops *ops, const char *rcu,
		unsigned int copy)
{
	size_t i;

	for (i = 0; i < nr_stores; i++)
		if (stores[i].ops == ops)
			return;
	assert_true(nr_stores < MAX_STORES);
	stores[nr_stores++] =
		(struct suite_store){ .ops = ops, .rcu = rcu, .copy = copy };
}

static int collect(void **state)
{
	static const char *const rcu[] = { "qsbr", "memb", "mb" };
	unsigned int id, f, copy;

	(void)state;
	for (id = 0; id < SMMU_NR_STORES; id++)
		for (f = 0; f < 3; f++)
			for (copy = 0; copy < SMMU_INSTANCE_COPIES; copy++) {
				const struct smmu_store_ops *ops;

				ops = smmu_store_find(id, rcu[f], copy);
				if (ops)
					add(ops, rcu[f], copy);
				else
					assert_int_equal(
						id, SMMU_STORE_ID_srcu_array);
			}
	add(&smmu_store_ops__srcu_array__any__0, "qsbr", 0);
	/* Each line of stores.def, two of them in three flavours, these with twins. */
	assert_int_equal(nr_stores, SMMU_NR_STORES + 2 * 2 +
					    2 * (SMMU_INSTANCE_COPIES - 1));
	return 0;
}

static void lines_agree_with_ops(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nr_stores; i++) {
		assert_non_null(stores[i].ops->name);
		assert_non_null(stores[i].ops->help);
		assert_true(stores[i].ops->worlds);
	}
}

static void every_history_is_told(void **state)
{
	struct suite_report r = {};
	unsigned int seed;
	size_t i;

	(void)state;
	for (i = 0; i < nr_stores; i++)
		for (seed = 1; seed <= HISTORIES; seed++)
			if (!suite_history(&stores[i], seed, STEPS, &r))
				fail_msg("seed %u: %s", seed, r.msg);
	assert_true(r.required > r.unmaps);
	print_message("%zu stores: %llu unmaps judged, %llu commands\n",
		      nr_stores, (unsigned long long)r.unmaps,
		      (unsigned long long)r.required);
}

static void long_arrays(void **state)
{
	struct suite_report r = {};
	size_t i;

	(void)state;
	for (i = 0; i < nr_stores; i++)
		if (!suite_long(&stores[i], &r))
			fail_msg("%s", r.msg);
}

static void readers_lose_nothing(void **state)
{
	struct suite_report r = {};
	size_t i;

	(void)state;
	if (!SMMU_SMP)
		skip();
	for (i = 0; i < nr_stores; i++) {
		if (!SMMU_SMP || !(stores[i].ops->caps & SMMU_STORE_CONCURRENT))
			continue;
		if (!suite_concurrent(&stores[i], &r))
			fail_msg("%s", r.msg);
	}
	print_message("%llu unmaps beside attaches judged\n",
		      (unsigned long long)r.unmaps);
}

static void busted_last_is_found(void **state)
{
	struct suite_store store = { .ops = busted_last(), .rcu = "qsbr" };
	struct suite_report r = {};

	(void)state;
	assert_false(suite_history(&store, 1, STEPS, &r));
	assert_non_null(strstr(r.msg, "busted-last"));
	assert_non_null(strstr(r.msg, "unmap after"));
	if (SMMU_SMP) {
		assert_false(suite_concurrent(&store, &r));
		assert_non_null(strstr(r.msg, "busted-last"));
		assert_non_null(strstr(r.msg, "not told"));
	}
}

static void busted_late_is_found(void **state)
{
	struct suite_store store = { .ops = busted_late(), .rcu = "qsbr" };
	struct suite_report r = {};

	(void)state;
	assert_false(suite_history(&store, 1, STEPS, &r));
	assert_non_null(strstr(r.msg, "busted-late"));
	assert_non_null(strstr(r.msg, "after install_new"));
}

/* Only a sanitizer sees memory that is read after it was freed; it ends the process. */
#ifdef __SANITIZE_ADDRESS__
/* One try in a process of its own: what it printed, and whether it was ended. */
static bool busted_free_dies(char *text, size_t size)
{
	struct suite_store store = { .ops = busted_free(), .rcu = "qsbr" };
	struct suite_report r = {};
	int fds[2], status;
	size_t got = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(fds[1], STDERR_FILENO);
		suite_concurrent(&store, &r);
		_exit(0);
	}
	close(fds[1]);
	while ((n = read(fds[0], text + got, size - 1 - got)) > 0)
		got += n;
	text[got] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return !WIFEXITED(status) || WEXITSTATUS(status);
}
#endif

/* A race: a reader must stand in the array when it goes. It may take some tries. */
static void busted_free_is_found(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	static char text[65536];
	int tries = 20;

	(void)state;
	while (!busted_free_dies(text, sizeof(text)))
		assert_true(--tries);
	assert_non_null(strstr(text, "heap-use-after-free"));
	assert_non_null(strstr(text, "free_install_new"));
#else
	(void)state;
	skip();
#endif
}

/* Neither a store nor a shim, but for the warnings that were asked for. */
static void nobody_has_warned(void **state)
{
	(void)state;
	assert_int_equal(compat_warn_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_agree_with_ops),
		cmocka_unit_test(every_history_is_told),
		cmocka_unit_test(long_arrays),
		cmocka_unit_test(readers_lose_nothing),
		cmocka_unit_test(busted_last_is_found),
		cmocka_unit_test(busted_late_is_found),
		cmocka_unit_test(busted_free_is_found),
		cmocka_unit_test(nobody_has_warned),
	};

	return cmocka_run_group_tests(tests, collect, NULL);
}
