// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stores' suites, with srcu-array over a stand-in for SRCU, which user space hasn't;
 * and what only user space can do: let a sanitizer catch a bug in a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <compat/test_hooks.h>

#include "free.h"
#include "run.h"
#include "stores/suite.h"

extern const struct smmu_store_ops smmu_store_ops__srcu_array__any__0;

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
	fflush(stdout);
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

/* Not in the busted suites either. */
static void nobody_has_warned(void **state)
{
	(void)state;
	assert_int_equal(compat_warn_count, 0);
}

int main(void)
{
	static const struct ktap_suite *const suites[] = {
		&selftest_stores,
		&selftest_stores_busted,
		NULL,
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(busted_free_is_found),
		cmocka_unit_test(nobody_has_warned),
	};
	int failed;

	stores_stand_in(&smmu_store_ops__srcu_array__any__0);
	failed = run_suites(suites);
	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
