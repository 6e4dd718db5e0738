/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One cell, as a user names it. */
#ifndef CMD_CELL_H
#define CMD_CELL_H

#include "plan.h"

/**
 * cell_find() - the cell that a text names
 * @text: KEY=VALUE[,KEY=VALUE...], the axes that aren't at their fallback; or
 *	[WHERE:]GROUP/CELL as tables, cells.json and `bench` have it, where WHERE is a job
 *	or a result's folder, and the job "default" where it is left out
 * @backend: where it is to run
 * @cell: filled in, its name too
 * @err: a line that says what is wrong with which part of @text
 *
 * Return: 0, or -EINVAL.
 */
int cell_find(const char *text, const struct plan_backend *backend,
	      struct plan_cell *cell, struct plan_error *err);

/* The axes that aren't at their fallback; "op=unmap" where all are. Returns @text. */
const char *cell_text(const struct subject_params *p, char *text, size_t len);

/* What one has otherwise than the other, and what both have, as cell_text(). */
void cell_unlike(const struct subject_params *a, const struct subject_params *b,
		 char *only_a, char *only_b, char *both, size_t len);

#endif
