// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cell.h"
#include "cmd.h"
#include "result.h"

/* "store=rcu-array,queue=lockless": a group's name may hold a '=', too, but its cell a '/'. */
static bool is_axes(const char *text)
{
	return strchr(text, '=') && !strchr(text, '/');
}

static int set_axes(struct subject_params *p, const char *text,
		    struct plan_error *err)
{
	char *copy = strdup(text), *rest = copy, *word, *value;
	struct subject_error e;
	int ret = copy ? 0 : -ENOMEM;

	if (ret)
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
	while (!ret && (word = strsep(&rest, ", "))) {
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value || value == word || !value[1]) {
			ret = -EINVAL;
			snprintf(err->msg, sizeof(err->msg),
				 "'%.60s' of a cell: AXIS=VALUE", word);
			break;
		}
		*value++ = '\0';
		ret = !strcmp(word, "world") ? -EINVAL : 0;
		if (ret)
			snprintf(err->msg, sizeof(err->msg),
				 "world: no axis of a cell here; --backend chooses it");
		else if (subject_params_set(p, word, value, &e)) {
			ret = -EINVAL;
			snprintf(err->msg, sizeof(err->msg), "%.500s", e.msg);
		}
	}
	free(copy);
	return ret;
}

static int from_axes(const char *text, const struct plan_backend *backend,
		     struct plan_cell *cell, struct plan_error *err)
{
	struct subject_error e;
	int ret;

	subject_params_init(&cell->params);
	cell->params.world = backend->world;
	ret = set_axes(&cell->params, text, err);
	if (!ret && subject_params_check(&cell->params, &e)) {
		ret = -EINVAL;
		snprintf(err->msg, sizeof(err->msg), "%.500s", e.msg);
	}
	return ret;
}

/* ---- GROUP/CELL --------------------------------------------------------- */

static bool is_result(const char *where)
{
	char path[PATH_MAX];
	struct stat st;

	return snprintf(path, sizeof(path), "%s/plan.json", where) <
		       (int)sizeof(path) &&
	       !stat(path, &st);
}

static int no_group(const struct plan *plan, const char *where,
		    const char *group, struct plan_error *err)
{
	const char **names = calloc(plan->nr_groups, sizeof(*names)), *near = NULL;
	unsigned int i;

	for (i = 0; names && i < plan->nr_groups; i++)
		names[i] = plan->groups[i].name;
	if (names)
		near = subject_near(group, names, plan->nr_groups);
	snprintf(err->msg, sizeof(err->msg), "no group '%.60s' in %.200s; %s%.100s%s",
		 group, where, near ? "did you mean '" : "its first is '",
		 near ? near : plan->groups[0].name, near ? "'?" : "'");
	free(names);
	return -EINVAL;
}

static int no_cell(const struct plan_group *g, const char *name,
		   struct plan_error *err)
{
	char all[256] = "";
	unsigned int i;

	for (i = 0; i < g->nr_cells && strlen(all) < sizeof(all) - 70; i++) {
		strcat(all, i ? ", " : "");
		strcat(all, g->cells[i].name);
	}
	snprintf(err->msg, sizeof(err->msg), "no cell '%.60s' in [%.100s]; valid: %s%s",
		 name, g->name, all, i < g->nr_cells ? ", ..." : "");
	return -EINVAL;
}

static int find_in_plan(const struct plan *plan, const char *where,
			const char *group, const char *name,
			struct plan_cell *cell, struct plan_error *err)
{
	const struct plan_group *g = NULL;
	unsigned int i;

	for (i = 0; i < plan->nr_groups && !g; i++)
		if (!strcmp(plan->groups[i].name, group))
			g = &plan->groups[i];
	if (!g)
		return no_group(plan, where, group, err);
	for (i = 0; i < g->nr_cells; i++) {
		if (strcmp(g->cells[i].name, name) != 0)
			continue;
		*cell = g->cells[i];
		return 0;
	}
	return no_cell(g, name, err);
}

/* A cell of a result runs where this one is to run, which may be another world. */
static int rehome(struct plan_cell *cell, const struct plan_backend *backend,
		  struct plan_error *err)
{
	struct subject_error e;

	cell->params.world = backend->world;
	if (!subject_params_check(&cell->params, &e))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "--backend %s: %.400s", backend->name,
		 e.msg);
	return -EINVAL;
}

static int from_result(const char *where, const char *group, const char *name,
		       const struct plan_backend *backend,
		       struct plan_cell *cell, struct plan_error *err)
{
	struct result *r = result_open(where, err);
	int ret;

	if (!r)
		return -EINVAL;
	ret = find_in_plan(result_plan(r), where, group, name, cell, err);
	result_close(r);
	return ret ? ret : rehome(cell, backend, err);
}

static int from_job(const char *where, const char *group, const char *name,
		    const struct plan_backend *backend, struct plan_cell *cell,
		    struct plan_error *err)
{
	struct plan *plan = plan_load(&where, 1, top_dir(), NULL, 0, 1, backend, 1, err);
	char full[256];
	int ret;

	if (!plan)
		return -EINVAL;
	ret = find_in_plan(plan, where, group, name, cell, err);
	/* "stores backend=guest threads=2" needn't be said in full */
	if (ret && strcmp(backend->name, "user") != 0) {
		struct plan_error ignored;
		size_t len = strcspn(group, " ");

		snprintf(full, sizeof(full), "%.*s backend=%s%s", (int)len, group,
			 backend->name, group + len);
		if (!find_in_plan(plan, where, full, name, cell, &ignored))
			ret = 0;
	}
	plan_free(plan);
	return ret;
}

static int from_name(const char *text, const struct plan_backend *backend,
		     struct plan_cell *cell, struct plan_error *err)
{
	char *copy = strdup(text), *slash, *colon, *group;
	const char *where = "default";
	int ret;

	slash = copy ? strrchr(copy, '/') : NULL;
	if (!slash || slash == copy || !slash[1]) {
		snprintf(err->msg, sizeof(err->msg),
			 "'%.60s' names no cell: AXIS=VALUE[,...], or [JOB|RESULT:]GROUP/CELL",
			 text);
		free(copy);
		return -EINVAL;
	}
	*slash = '\0';
	group = copy;
	colon = strchr(copy, ':');
	if (colon) {
		*colon = '\0';
		where = copy;
		group = colon + 1;
	}
	ret = colon && is_result(where) ?
		      from_result(where, group, slash + 1, backend, cell, err) :
		      from_job(where, group, slash + 1, backend, cell, err);
	free(copy);
	return ret;
}

int cell_find(const char *text, const struct plan_backend *backend,
	      struct plan_cell *cell, struct plan_error *err)
{
	int ret;

	memset(cell, 0, sizeof(*cell));
	ret = is_axes(text) ? from_axes(text, backend, cell, err) :
			      from_name(text, backend, cell, err);
	cell->alias_of = -1;
	cell->role = PLAN_VARIANT;
	return ret;
}

/* ---- as text ------------------------------------------------------------ */

const char *cell_text(const struct subject_params *p, char *text, size_t len)
{
	struct subject_params here = *p;
	struct subject_error e;

	/* the backend says it */
	subject_params_set(&here, "world", "user", &e);
	subject_params_print(&here, false, text, len);
	if (!*text)
		snprintf(text, len, "op=unmap");
	return text;
}

static void add(char *text, size_t len, const char *key, const char *value)
{
	size_t had = strlen(text);

	snprintf(text + had, len - had, "%s%s=%s", had ? " " : "", key, value);
}

void cell_unlike(const struct subject_params *a, const struct subject_params *b,
		 char *only_a, char *only_b, char *both, size_t len)
{
	char va[64], vb[64];
	unsigned int i;

	*only_a = *only_b = *both = '\0';
	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *axis = subject_axis(i);

		subject_params_get(a, axis->key, va, sizeof(va));
		subject_params_get(b, axis->key, vb, sizeof(vb));
		if (strcmp(va, vb) != 0) {
			add(only_a, len, axis->key, va);
			add(only_b, len, axis->key, vb);
		} else if (strcmp(va, axis->fallback) != 0 &&
			   strcmp(axis->key, "world") != 0) {
			add(both, len, axis->key, va);
		}
	}
	if (*only_a)
		return;
	/* a cell against itself: what the method makes of nothing */
	cell_text(a, only_a, len);
	cell_text(b, only_b, len);
	*both = '\0';
}
