/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SELFTEST_SUITES_H
#define SELFTEST_SUITES_H

#include "selftest.h"

/**
 * suites_run() - what a word means
 * @word: "all" or "1": all that must be so; "busted": each planted bug must be caught;
 *	  or a suite's name
 * @sink: where the KTAP goes
 *
 * Return: as ktap_run(), or -ENOENT for another word.
 */
int suites_run(const char *word, const struct ktap_sink *sink);

/* Words by number, NULL behind the last. */
const char *suites_name(unsigned int i);

#endif
