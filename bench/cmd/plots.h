/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judged groups -> plots/x.dat, and gnuplot's scripts over them. */
#ifndef CMD_PLOTS_H
#define CMD_PLOTS_H

#include "result.h"

/*
 * Data files of one group, written while its samples are still there (before
 * judge_slim()). 0 or -errno with a line.
 */
int plots_group(struct result *r, const struct judge_group *j,
		unsigned int group, struct plan_error *err);

/*
 * The pictures of the whole run, SVG and PNG, by gnuplot. -ENOENT when there is no
 * gnuplot (a line says what to install), else -errno with a line.
 */
int plots_run(struct result *r, struct judge_group *const *groups,
	      unsigned int nr, struct plan_error *err);

struct probed;

/* The pictures of what probes counted: as plots_run(). */
int plots_probe(struct result *r, const struct probed *c, bool emulated,
		struct plan_error *err);

#endif
