// SPDX-License-Identifier: GPL-2.0-or-later
/* What a perf that refuses is taken to mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "perf.h"

/* As perf 6.1 says it. */
static const char limited[] =
	"Error:\nAccess to performance monitoring and observability operations is limited.\n"
	"Consider adjusting /proc/sys/kernel/perf_event_paranoid setting to open\n";

static void paranoid(void **state)
{
	struct plan_error err;

	(void)state;
	perf_refusal(limited, 4, false, &err);
	assert_non_null(strstr(err.msg, "kernel.perf_event_paranoid is 4"));
	assert_non_null(strstr(err.msg, "as root"));
	assert_non_null(strstr(err.msg, "sysctl kernel.perf_event_paranoid=2"));
	/* root is told what perf said */
	perf_refusal(limited, 4, true, &err);
	assert_memory_equal(err.msg, "perf: Access to performance monitoring", 38);
	perf_refusal("\n", 2, false, &err);
	assert_string_equal(err.msg, "perf: ended without a word");
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(paranoid) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
