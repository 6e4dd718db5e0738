/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the statistics share. */
#ifndef INVBENCH_TESTS_STATS_NEAR_H
#define INVBENCH_TESTS_STATS_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats.h"

/* Equal to 9 digits: known answers were worked out in double precision too. */
#define assert_near(a, b) assert_within(a, b, __FILE__, __LINE__)

static inline void assert_within(double a, double b, const char *file, int line)
{
	const double digits = 0.000000001, least = 0.000001;

	if (isnan(a) || fabs(a - b) > digits * fmax(fabs(b), least)) {
		print_error("%s:%d: %.17g is not %.17g\n", file, line, a, b);
		_fail(file, line);
	}
}

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif /* INVBENCH_TESTS_STATS_NEAR_H */
