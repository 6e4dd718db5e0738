/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RESULT_JUDGE_PROBE_H
#define RESULT_JUDGE_PROBE_H

#include "samples.h"

/*
 * What probes counted in a cell, into its row; nothing when they didn't.
 * False: no memory.
 */
bool judge_probe(struct judge_group *j, const struct samples *s,
		 unsigned int cell, double conf);

#endif
