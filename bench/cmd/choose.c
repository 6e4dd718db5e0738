// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench choose: the choice of a result that is there, judged again. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "choice.h"
#include "cmd.h"

struct args {
	const char *dir, *model, *verdicts;
	bool json;
};

enum { KEY_JSON = 256, KEY_MODEL, KEY_VERDICTS };

static const struct argp_option options[] = {
	{ "model", KEY_MODEL, "MODEL", 0,
	  "memory model whose verdicts count (aarch64)", 0 },
	{ "verdicts", KEY_VERDICTS, "FILE", 0,
	  "verdict file (results/reference/verdicts.json)", 0 },
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
	case KEY_MODEL:
		a->model = arg;
		return 0;
	case KEY_VERDICTS:
		a->verdicts = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->dir)
			exit(usage_error("choose: more than one result"));
		a->dir = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Whether a folder is a run's: recordings and probes have folders of the same form. */
static bool is_run(const char *path)
{
	char context[PATH_MAX];
	struct plan_error err;
	json_t *j;
	int ret;

	if (snprintf(context, sizeof(context), "%s/context.json", path) >= (int)sizeof(context))
		return false;
	j = json_load_file(context, 0, NULL);
	ret = check_run(path, j, &err);
	json_decref(j);
	return !ret;
}

/* The newest folder under results/ that has a plan which was measured. */
static int latest(char *path, size_t len)
{
	char dir[PATH_MAX], plan[PATH_MAX], here[PATH_MAX];
	struct timespec best = { 0 };
	struct dirent *e;
	struct stat st;
	DIR *d;

	*path = '\0';
	snprintf(dir, sizeof(dir), "%s/results", top_dir());
	d = opendir(dir);
	while (d && (e = readdir(d))) {
		if (*e->d_name == '.' ||
		    snprintf(plan, sizeof(plan), "%s/%s/plan.json", dir,
			     e->d_name) >= (int)sizeof(plan) ||
		    stat(plan, &st))
			continue;
		if (*path && (st.st_mtim.tv_sec < best.tv_sec ||
			      (st.st_mtim.tv_sec == best.tv_sec &&
			       st.st_mtim.tv_nsec <= best.tv_nsec)))
			continue;
		snprintf(here, sizeof(here), "%.*s",
			 (int)(strlen(plan) - strlen("/plan.json")), plan);
		if (!is_run(here))
			continue;
		best = st.st_mtim;
		snprintf(path, len, "%s", here);
	}
	if (d)
		closedir(d);
	return *path ? 0 : -ENOENT;
}

int cmd_choose(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		"[RESULT]",
		"Judges a result (default: the newest) again and chooses: reader ns against attach us among the strategies that the model calls sound.",
		NULL,
		NULL,
		NULL
	};
	struct args a = { .model = "aarch64" };
	struct judge_group **groups;
	char path[PATH_MAX];
	struct plan_error err;
	struct result *r;
	json_t *doc;
	int ret;

	parse_args(&argp, "choose", argc, argv, &a);
	if (!a.dir) {
		if (latest(path, sizeof(path)))
			return usage_error(
				"no result under %s/results; `invbench run` makes one",
				top_dir());
		a.dir = path;
	}
	r = result_open(a.dir, &err);
	if (!r)
		return usage_error("%s", err.msg);
	groups = judge_all(r, &err);
	if (!groups) {
		result_close(r);
		return usage_error("%s", err.msg);
	}
	doc = json_object();
	ret = choice_show(r, groups, a.model, a.verdicts, a.json ? doc : NULL,
			  &err);
	if (ret)
		usage_error("%s", err.msg);
	else if (a.json)
		json_dumpf(doc, stdout, JSON_INDENT(1));
	json_decref(doc);
	judge_all_free(r, groups);
	result_close(r);
	return ret ? EXIT_USAGE : EXIT_FINE;
}
