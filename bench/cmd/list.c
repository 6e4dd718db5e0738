// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench list: what there is to choose from. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "plan.h"
#include "subject.h"
#include "table.h"
#include "transitions.h"

struct args {
	bool json, strategies, stores, axes, jobs, transitions;
};

enum {
	KEY_JSON = 256,
	KEY_STRATEGIES,
	KEY_STORES,
	KEY_AXES,
	KEY_JOBS,
	KEY_TRANSITIONS
};

static const struct argp_option options[] = {
	{ "strategies", KEY_STRATEGIES, NULL, 0, "the lines of strategies.def",
	  0 },
	{ "stores", KEY_STORES, NULL, 0, "who keeps a domain's invalidations",
	  0 },
	{ "axes", KEY_AXES, NULL, 0,
	  "what job files and --set can vary, with the valid values", 0 },
	{ "jobs", KEY_JOBS, NULL, 0, "the job files that are shipped", 0 },
	{ "transitions", KEY_TRANSITIONS, NULL, 0,
	  "every change between reachable STEs and CDs: syncs, V=0 windows, what lies between publish and the store that makes a table reachable",
	  0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_JSON:
		a->json = true;
		return 0;
	case KEY_STRATEGIES:
		a->strategies = true;
		return 0;
	case KEY_STORES:
		a->stores = true;
		return 0;
	case KEY_AXES:
		a->axes = true;
		return 0;
	case KEY_JOBS:
		a->jobs = true;
		return 0;
	case KEY_TRANSITIONS:
		a->transitions = true;
		return 0;
	case ARGP_KEY_ARG:
		exit(usage_error("list: '%s': it takes options only", arg));
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static struct table *list_strategies(void)
{
	struct table *t = table_new("strategies");
	unsigned int i;

	table_column(t, "name", "STRATEGY", false);
	table_column(t, "pte", "PTE", false);
	table_column(t, "reader", "READER", false);
	table_column(t, "publish", "PUBLISH", false);
	table_column(t, "entry", "ENTRY", false);
	table_column(t, "retire", "RETIRE", false);
	table_column(t, "post", "POST", false);
	table_column(t, "worlds", "WORLDS", false);
	table_column(t, "origin", "ORIGIN", false);
	table_column(t, "meaning", "MEANING", false);
	for (i = 0; i < subject_nr_strategies(); i++) {
		const struct subject_strategy *s = subject_strategy(i);

		table_row(t);
		table_set(t, "name", NULL, "%s", s->name);
		table_set(t, "pte", NULL, "%s", s->pte);
		table_set(t, "reader", NULL, "%s", s->reader);
		table_set(t, "publish", NULL, "%s", s->publish);
		table_set(t, "entry", NULL, "%s", s->entry);
		table_set(t, "retire", NULL, "%s", s->retire);
		table_set(t, "post", NULL, "%s", s->post);
		table_set(t, "worlds", NULL, "%s", s->worlds);
		table_set(t, "origin", NULL, "%s", s->origin);
		table_set(t, "meaning", NULL, "%s", s->meaning);
	}
	return t;
}

static const char *mark(bool yes)
{
	return yes ? "yes" : "-";
}

static struct table *list_stores(void)
{
	struct table *t = table_new("stores");
	unsigned int i;

	table_column(t, "name", "STORE", false);
	table_column(t, "here", "HERE", false);
	table_column(t, "own_order", "OWN-ORDER", false);
	table_column(t, "rcu", "RCU", false);
	table_column(t, "smmus", "SMMUS", false);
	table_column(t, "ats", "ATS", false);
	table_column(t, "nested", "NESTED", false);
	table_column(t, "concurrent", "CONCURRENT", false);
	table_column(t, "help", "WHAT", false);
	for (i = 0; i < subject_nr_stores(); i++) {
		const struct subject_store *s = subject_store(i);

		table_row(t);
		table_set(t, "name", NULL, "%s", s->name);
		table_set(t, "here", json_boolean(s->here), "%s",
			  mark(s->here));
		table_set(t, "own_order", json_boolean(s->own_order), "%s",
			  mark(s->own_order));
		table_set(t, "rcu", json_boolean(s->rcu), "%s", mark(s->rcu));
		table_set(t, "smmus", json_boolean(s->smmus), "%s",
			  mark(s->smmus));
		table_set(t, "ats", json_boolean(s->ats), "%s", mark(s->ats));
		table_set(t, "nested", json_boolean(s->nested), "%s",
			  mark(s->nested));
		table_set(t, "concurrent", json_boolean(s->concurrent), "%s",
			  mark(s->concurrent));
		table_set(t, "help", NULL, "%s", s->help);
	}
	return t;
}

static void axis_values(const struct subject_axis *a, char *buf, size_t len)
{
	size_t at = 0;
	unsigned int i;

	if (a->kind == SUBJECT_AXIS_NUMBER) {
		snprintf(buf, len, "%llu..%llu%s", (unsigned long long)a->min,
			 (unsigned long long)a->max,
			 a->pow2 ? " (powers of two)" : "");
		return;
	}
	*buf = '\0';
	for (i = 0; i < a->nr_names && at < len; i++)
		at += (size_t)snprintf(buf + at, len - at, "%s%s", i ? " " : "",
				       a->names[i]);
}

static struct table *list_axes(void)
{
	struct table *t = table_new("axes");
	char values[1024];
	unsigned int i;

	table_column(t, "key", "AXIS", false);
	table_column(t, "fallback", "FALLBACK", false);
	table_column(t, "values", "VALUES", false);
	table_column(t, "help", "WHAT", false);
	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *a = subject_axis(i);

		axis_values(a, values, sizeof(values));
		table_row(t);
		table_set(t, "key", NULL, "%s", a->key);
		table_set(t, "fallback", NULL, "%s", a->fallback);
		table_set(t, "values", NULL, "%s", values);
		table_set(t, "help", NULL, "%s", a->help);
	}
	return t;
}

static struct table *list_jobs(void)
{
	struct table *t = table_new("jobs");
	struct plan_error e;
	struct plan_job *jobs;
	unsigned int nr, i;

	table_column(t, "name", "JOB", false);
	table_column(t, "help", "WHAT", false);
	if (plan_jobs(top_dir(), &jobs, &nr, &e))
		exit(usage_error("%s", e.msg));
	for (i = 0; i < nr; i++) {
		table_row(t);
		table_set(t, "name", NULL, "%s", jobs[i].name);
		table_set(t, "help", NULL, "%s", jobs[i].help);
	}
	free(jobs);
	return t;
}

static void qwords(unsigned int mask, char *buf, size_t len)
{
	size_t at = 0;
	unsigned int i;

	snprintf(buf, len, "-");
	for (i = 0; mask && i < 8; i++)
		if (mask & (1U << i))
			at += (size_t)snprintf(buf + at, len - at, "%s%u",
					       at ? "," : "", i);
}

static void set_entry(struct table *t, const char *const keys[4],
		      const struct smmu_transition_entry *e)
{
	char buf[32];

	qwords(e->differ, buf, sizeof(buf));
	table_set(t, keys[0], NULL, "%s", smmu_transition_how_name(e->how));
	table_set(t, keys[1], NULL, "%s", buf);
	table_set(t, keys[2], json_integer(e->syncs), "%u", e->syncs);
	table_set(t, keys[3], json_integer(e->window), "%u", e->window);
}

static struct table *list_transitions(void)
{
	static const char *const ste[] = { "ste_how", "ste_qwords", "ste_syncs",
					   "ste_v0_syncs" };
	static const char *const cd[] = { "cd_how", "cd_qwords", "cd_syncs",
					  "cd_v0_syncs" };
	struct table *t = table_new(
		"transitions (syncs: CFGI + CMD_SYNC; V=0: syncs while the entry is invalid; between: CMD_SYNCs after publish and before the table is reachable)");
	unsigned int i;

	table_column(t, "table", "TABLE", false);
	table_column(t, "from", "FROM", false);
	table_column(t, "to", "TO", false);
	table_column(t, ste[0], "STE", false);
	table_column(t, ste[1], "QWORDS", false);
	table_column(t, ste[2], "SYNCS", true);
	table_column(t, ste[3], "V=0", true);
	table_column(t, cd[0], "CD", false);
	table_column(t, cd[1], "QWORDS", false);
	table_column(t, cd[2], "SYNCS", true);
	table_column(t, cd[3], "V=0", true);
	table_column(t, "reached_by", "REACHED-BY", false);
	table_column(t, "syncs_between", "BETWEEN", true);
	for (i = 0; i < smmu_nr_transitions(); i++) {
		struct smmu_transition r;
		int ret = smmu_transition(i, &r);

		if (ret)
			exit(usage_error("transition %u: %s", i,
					 strerror(-ret)));
		table_row(t);
		table_set(t, "table", NULL, "%s",
			  smmu_transition_table_name(r.table));
		table_set(t, "from", NULL, "%s", r.from);
		table_set(t, "to", NULL, "%s", r.to);
		set_entry(t, ste, &r.ste);
		set_entry(t, cd, &r.cd);
		table_set(t, "reached_by", r.reaches ? NULL : json_null(), "%s",
			  r.reaches ? r.reached_by : "-");
		table_set(t, "syncs_between",
			  r.reaches ? json_integer(r.syncs_before) :
				      json_null(),
			  r.reaches ? "%u" : "-", r.syncs_before);
	}
	return t;
}

int cmd_list(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		NULL,
		"What there is: without options strategies, stores and jobs.",
		NULL,
		NULL,
		NULL
	};
	static const struct {
		size_t flag;
		const char *key;
		struct table *(*make)(void);
		bool usual;
	} lists[] = {
		{ offsetof(struct args, strategies), "strategies",
		  list_strategies, true },
		{ offsetof(struct args, stores), "stores", list_stores, true },
		{ offsetof(struct args, axes), "axes", list_axes, false },
		{ offsetof(struct args, jobs), "jobs", list_jobs, true },
		{ offsetof(struct args, transitions), "transitions",
		  list_transitions, false },
	};
	struct args a = { 0 };
	json_t *all;
	bool none;
	size_t i, shown = 0;

	parse_args(&argp, "list", argc, argv, &a);
	none = !(a.strategies || a.stores || a.axes || a.jobs || a.transitions);
	all = json_object();
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct table *t;

		if (none ? !lists[i].usual :
			   !*((bool *)&a + lists[i].flag / sizeof(bool)))
			continue;
		t = lists[i].make();
		if (a.json) {
			json_object_set_new(all, lists[i].key, table_json(t));
		} else {
			if (shown++)
				putchar('\n');
			table_print(t, stdout);
		}
		table_free(t);
	}
	if (a.json) {
		json_dumpf(all, stdout, JSON_INDENT(1));
		putchar('\n');
	}
	json_decref(all);
	return EXIT_FINE;
}
