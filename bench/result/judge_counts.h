/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RESULT_JUDGE_COUNTS_H
#define RESULT_JUDGE_COUNTS_H

#include "samples.h"

/*
 * What @s has of the events of @j goes into row @cell, and what became of them into @j.
 * False: no memory.
 */
bool judge_counts(struct judge_group *j, const struct samples *s, unsigned int cell, double conf);

#endif
