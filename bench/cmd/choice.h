/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The choice of a run as text or JSON, for run and choose. */
#ifndef CMD_CHOICE_H
#define CMD_CHOICE_H

#include <jansson.h>

#include "result.h"

/* All groups that are done, slim, in the plan's order; NULL entries for the others. */
struct judge_group **judge_all(const struct result *r, struct plan_error *err);
void judge_all_free(const struct result *r, struct judge_group **groups);

/* Is there a verdict of this model? 0, or -errno with a line. */
int choice_check_model(const char *model, struct plan_error *err);

/*
 * Prints the front and the choice, or puts them under "choice" of @doc. @verdicts:
 * NULL for the project's. 0 or -errno with a line.
 */
int choice_show(const struct result *r, struct judge_group *const *groups,
		const char *model, const char *verdicts, json_t *doc,
		struct plan_error *err);

/*
 * Whether @context, of the folder @dir, is a run's: recordings and probes have folders of
 * the same form. 0, or -EINVAL with a line.
 */
int check_run(const char *dir, const json_t *context, struct plan_error *err);

#endif
