// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "cmd.h"
#include "pick.h"

void judge_all_free(const struct result *r, struct judge_group **groups)
{
	unsigned int i;

	for (i = 0; groups && i < result_plan(r)->nr_groups; i++)
		judge_free(groups[i]);
	free(groups);
}

struct judge_group **judge_all(const struct result *r, struct plan_error *err)
{
	unsigned int nr = result_plan(r)->nr_groups, i;
	struct judge_group **groups = calloc(nr + 1, sizeof(*groups));

	if (!groups) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return NULL;
	}
	for (i = 0; i < nr; i++) {
		if (!result_group_done(r, i))
			continue;
		groups[i] = judge_group(r, i, err);
		if (!groups[i]) {
			judge_all_free(r, groups);
			return NULL;
		}
		judge_slim(groups[i]);
	}
	return groups;
}

static const char *verdict_file(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/results/reference/verdicts.json",
		 top_dir());
	return path;
}

int choice_check_model(const char *model, struct plan_error *err)
{
	return pick_check_model(verdict_file(), model, err);
}

static bool has_arm_smmu(const struct result *r)
{
	const json_t *units = json_object_get(
		json_object_get(result_context(r), "iommu"), "units");
	const json_t *u;
	size_t i;

	json_array_foreach((json_t *)units, i, u)
		if (json_is_string(u) && strstr(json_string_value(u), "smmu3"))
			return true;
	return false;
}

int choice_show(const struct result *r, struct judge_group *const *groups,
		const char *model, const char *verdicts, json_t *doc,
		struct plan_error *err)
{
	const char *name;
	struct table *t;
	struct pick pick;
	int ret;

	ret = pick_make(&pick, groups, result_plan(r)->nr_groups,
			verdicts ? verdicts : verdict_file(), model,
			has_arm_smmu(r), err);
	if (ret)
		return ret;
	name = pick.chosen < 0 ? "none" : pick.rows[pick.chosen].name;
	t = pick_table(&pick);
	if (doc) {
		json_object_set_new(doc, "choice",
				    json_pack("{s:o, s:s, s:s, s:s, s:s}",
					      "front", table_json(t), "model",
					      model, "choice", name, "reason",
					      pick.reason, "advice",
					      pick.advice));
	} else {
		table_print(t, stdout);
		printf("\nchoice: %s (%s; %s)\n", name, pick.reason,
		       pick.advice);
	}
	table_free(t);
	return 0;
}

int check_run(const char *dir, const json_t *context, struct plan_error *err)
{
	const char *driver = json_string_value(json_object_get(context, "driver"));

	if (driver && !strcmp(driver, "rounds"))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "%.300s: it is no run's, but of `invbench %.40s`",
		 dir, driver ? driver : "?");
	return -EINVAL;
}
