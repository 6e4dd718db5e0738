// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench compare: two results of one machine. Absolute costs of two runs can't
 * be compared on a machine with hidden states; ratios to the baseline, taken
 * within each run, can. Launches are the samples, so the difference of two log
 * ratios is judged by Welch's test.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "cmd.h"
#include "table.h"

struct args {
	const char *dirs[2];
	unsigned int nr;
	bool json, force;
	double threshold;
};

enum { KEY_JSON = 256, KEY_FORCE, KEY_THRESHOLD };

static const struct argp_option options[] = {
	{ "threshold", KEY_THRESHOLD, "PERCENT", 0,
	  "changes below it are no finding (default 2, what placement may make)",
	  0 },
	{ "force", KEY_FORCE, NULL, 0, "compare unlike machines all the same",
	  0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	char *end;

	switch (key) {
	case KEY_JSON:
		a->json = true;
		return 0;
	case KEY_FORCE:
		a->force = true;
		return 0;
	case KEY_THRESHOLD:
		a->threshold = strtod(arg, &end);
		if (end == arg || *end || !(a->threshold >= 0) ||
		    a->threshold > 1000)
			exit(usage_error(
				"--threshold %s: percent from 0 to 1000", arg));
		return 0;
	case ARGP_KEY_ARG:
		if (a->nr == 2)
			exit(usage_error("compare: more than two results"));
		a->dirs[a->nr++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->nr != 2)
			exit(usage_error("compare: needs two results, A and B"));
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char *const machine_keys[] = { "arch", "kernel", "cpu",
					    "guest_kernel" };

/* What differs between the machines; NULL when nothing does. */
static const char *unlike(const struct result *a, const struct result *b)
{
	size_t i;

	for (i = 0; i < sizeof(machine_keys) / sizeof(machine_keys[0]); i++) {
		const json_t *x = json_object_get(result_context(a),
						  machine_keys[i]);
		const json_t *y = json_object_get(result_context(b),
						  machine_keys[i]);

		/* a run without a guest has no kernel of one */
		if (x != y && !json_equal(x, y))
			return machine_keys[i];
	}
	return NULL;
}

struct change {
	struct stats_result r; /* B's ratio over A's */
	bool found;
};

static bool change_of(const struct stats_result *a,
		      const struct stats_result *b, double threshold,
		      struct change *c)
{
	if (stats_change(a, b, 0.95, &c->r) != STATS_OK)
		return false;
	c->found = stats_excludes(&c->r, 1) &&
		   fabs(c->r.est - 1) > threshold / 100;
	return true;
}

static const struct judge_group *same_group(struct judge_group *const *groups,
					    unsigned int nr, const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (groups[i] && !strcmp(groups[i]->plan->name, name))
			return groups[i];
	return NULL;
}

static const struct judge_row *same_row(const struct judge_group *j,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (!strcmp(j->plan->cells[i].name, name))
			return &j->rows[i];
	return NULL;
}

static unsigned int compare_groups(struct table *t, const struct judge_group *a,
				   const struct judge_group *b,
				   double threshold, unsigned int *slower)
{
	unsigned int i, n = 0;

	for (i = 0; i < a->nr_rows; i++) {
		const struct plan_cell *cell = &a->plan->cells[i];
		const struct judge_row *row = same_row(b, cell->name);
		struct change c;

		if (cell->role != PLAN_VARIANT || i == a->plan->baseline ||
		    !row ||
		    !change_of(&a->rows[i].ratio, &row->ratio, threshold, &c))
			continue;
		n++;
		*slower += c.found && c.r.est > 1;
		table_row(t);
		table_set(t, "group", NULL, "%s", a->plan->name);
		table_set(t, "name", NULL, "%s", cell->name);
		table_set(t, "a", json_real(a->rows[i].ratio.est), "%.4f",
			  a->rows[i].ratio.est);
		table_set(t, "b", json_real(row->ratio.est), "%.4f",
			  row->ratio.est);
		table_set(t, "change", json_real(c.r.est), "%+.2f %%",
			  100 * (c.r.est - 1));
		table_set(t, "interval", json_pack("[f, f]", c.r.lo, c.r.hi),
			  "%+.2f .. %+.2f", 100 * (c.r.lo - 1),
			  100 * (c.r.hi - 1));
		table_set(t, "finding", NULL, "%s",
			  !c.found    ? "-" :
			  c.r.est > 1 ? "slower" :
					"faster");
	}
	return n;
}

static int compare(const struct args *a, struct result *const r[2])
{
	struct judge_group **groups[2] = { NULL, NULL };
	unsigned int i, rows = 0, slower = 0;
	struct plan_error err;
	struct table *t;
	char title[512];
	int status = EXIT_FINE;

	for (i = 0; i < 2; i++) {
		groups[i] = judge_all(r[i], &err);
		if (!groups[i]) {
			judge_all_free(r[0], groups[0]);
			return usage_error("%s", err.msg);
		}
	}
	snprintf(
		title, sizeof(title),
		"ratios to each group's baseline, B against A (A: %.150s, B: %.150s)",
		a->dirs[0], a->dirs[1]);
	t = table_new(title);
	table_column(t, "group", "GROUP", false);
	table_column(t, "name", "NAME", false);
	table_column(t, "a", "A", true);
	table_column(t, "b", "B", true);
	table_column(t, "change", "CHANGE", true);
	table_column(t, "interval", "95 %", true);
	table_column(t, "finding", "FINDING", false);
	for (i = 0; i < result_plan(r[0])->nr_groups; i++) {
		const struct judge_group *other;

		if (!groups[0][i])
			continue;
		other = same_group(groups[1], result_plan(r[1])->nr_groups,
				   groups[0][i]->plan->name);
		if (other)
			rows += compare_groups(t, groups[0][i], other,
					       a->threshold, &slower);
	}
	if (!rows) {
		table_free(t);
		status = usage_error(
			"the two results share no group with two launches each");
	} else {
		table_finish(t, a->json, stdout);
		if (slower)
			status = EXIT_FINDING;
	}
	for (i = 0; i < 2; i++)
		judge_all_free(r[i], groups[i]);
	return status;
}

int cmd_compare(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		"A B",
		"Compares two results of one machine, ratio by ratio.\v"
		"Exit status 1: something is slower in B, beyond its interval and the threshold.",
		NULL,
		NULL,
		NULL
	};
	struct args a = { .threshold = 2 };
	struct result *r[2] = { NULL, NULL };
	struct plan_error err;
	const char *what;
	int status;
	unsigned int i;

	parse_args(&argp, "compare", argc, argv, &a);
	for (i = 0; i < 2; i++) {
		r[i] = result_open(a.dirs[i], &err);
		if (!r[i]) {
			result_close(r[0]);
			return usage_error("%s", err.msg);
		}
	}
	what = unlike(r[0], r[1]);
	if (what && !a.force)
		status = usage_error(
			"the two results are of unlike machines (%s differs); --force compares them all the same",
			what);
	else
		status = compare(&a, r);
	result_close(r[0]);
	result_close(r[1]);
	return status;
}
