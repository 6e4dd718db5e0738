/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs suites of kmod/selftest as cmocka tests, one for each case. */
#ifndef TESTS_SELFTEST_RUN_H
#define TESTS_SELFTEST_RUN_H

#include <stdbool.h>

#include "selftest.h"

/* The suites take long under a sanitizer: a share of them will do there. */
extern bool run_heavy;

/* Suites up to NULL. Returns what main() does: how many cases failed. */
int run_suites(const struct ktap_suite *const *suites);

/* The same, each case in a process of its own, which is given a minute. */
int run_suites_apart(const struct ktap_suite *const *suites);

/* One of them. Fails the cmocka test that it is called from. */
void run_apart(const struct ktap_suite *suite, const struct ktap_case *c);

#endif
