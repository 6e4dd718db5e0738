/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A result folder with invented samples, for tests of what is made from one. */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "result.h"

/* The plan of fixture.job, four CPUs. Ends the test when it can't be had. */
struct plan *fixture_plan(void);
/* Writes, judges, and lets plots_group() see every group. */
struct judge_group **fixture_measure(struct result *r);
void fixture_free(struct judge_group **groups, unsigned int nr);

#endif
