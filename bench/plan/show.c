// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan as text and as JSON, and back. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static const char *const roles[] = {
	[PLAN_VARIANT] = "variant",
	[PLAN_SAME] = "same",
	[PLAN_TWIN] = "twin",
	[PLAN_FLOOR] = "floor",
};

#define NR_ROLES (sizeof(roles) / sizeof(roles[0]))

void plan_print(const struct plan *p, bool cells, FILE *out)
{
	unsigned int i, j;
	char text[1024];

	fprintf(out,
		"job %s: %u groups, %u cells, about %.0f s, seed %" PRIu64 "\n",
		p->job, p->nr_groups, p->nr_cells, plan_seconds(p), p->seed);
	for (i = 0; i < p->nr_events; i++)
		fprintf(out, "%s%s%s", i ? ", " : "counters of each block: ",
			p->events[i].name, i + 1 == p->nr_events ? "\n" : "");
	if (p->probed)
		fputs("probes time each list: the cells' own times are marked, not ranked\n",
		      out);
	for (i = 0; i < p->nr_groups; i++) {
		const struct plan_group *g = &p->groups[i];

		fprintf(out,
			"%s: %u cells by %s, baseline %s, %u launches x %u rounds, %.1f s%s%s%s\n",
			g->name, g->nr_cells, g->compare,
			g->cells[g->baseline].name, g->launches, g->rounds,
			plan_group_seconds(g),
			g->artificial ? ", artificial" : "",
			g->oversubscribed ? ", oversubscribed" : "",
			g->emulated ? ", emulated" : "");
		for (j = 0; cells && j < g->nr_cells; j++) {
			subject_params_print(&g->cells[j].params, false, text,
					     sizeof(text));
			fprintf(out, "  %-18s %s\n", g->cells[j].name, text);
		}
	}
}

static json_t *cell_json(const struct plan_cell *c)
{
	char text[1024];

	subject_params_print(&c->params, true, text, sizeof(text));
	return json_pack("{s:s, s:s, s:s, s:i}", "name", c->name, "role",
			 roles[c->role], "params", text, "alias_of",
			 c->alias_of);
}

static json_t *group_json(const struct plan_group *g)
{
	json_t *cells = json_array(), *point = json_object(), *j;
	unsigned int i;

	bool whole = true;

	for (i = 0; i < g->nr_cells; i++)
		whole &= !json_array_append_new(cells, cell_json(&g->cells[i]));
	for (i = 0; i < g->nr_point; i++)
		whole &= !json_object_set_new(point, g->point[i].key,
					      json_string(g->point[i].value));
	j = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:o, s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:i, s:i, s:i, s:b, s:b, s:b}",
		"section", g->section, "backend", g->backend, "name", g->name, "title", g->title,
		"compare", g->compare, "point", point, "baseline",
		(int)g->baseline, "threads", (int)g->threads, "launches",
		(int)g->launches, "rounds", (int)g->rounds, "warmup_max",
		(int)g->warmup_max, "block_ns", (json_int_t)g->block_ns,
		"window_ns", (json_int_t)g->window_ns, "figures",
		(int)g->figures, "op_samples", (int)g->op_samples, "op_every",
		(int)g->op_every, "oversubscribed", g->oversubscribed,
		"artificial", g->artificial, "emulated", g->emulated);
	if (j && whole && !json_object_set(j, "cells", cells)) {
		json_decref(cells);
		return j;
	}
	json_decref(cells);
	json_decref(j);
	return NULL;
}

/* JSON's numbers don't hold 64 bits everywhere. */
static json_t *hex(uint64_t v)
{
	return json_sprintf("0x%" PRIx64, v);
}

static json_t *event_json(const struct plan_event *e)
{
	const struct exec_event *x = &e->event;

	return json_pack("{s:s, s:b, s:I, s:o, s:o, s:o, s:b, s:b}", "name", e->name, "model",
			 e->model, "type", (json_int_t)x->type, "config", hex(x->config),
			 "config1", hex(x->config1), "config2", hex(x->config2), "user", x->user,
			 "kernel", x->kernel);
}

struct json_t *plan_to_json(const struct plan *p)
{
	json_t *groups = json_array(), *events = json_array();
	char seed[24];
	unsigned int i;

	bool whole = true;

	snprintf(seed, sizeof(seed), "%" PRIu64, p->seed);
	for (i = 0; i < p->nr_events; i++)
		whole &= !json_array_append_new(events, event_json(&p->events[i]));
	for (i = 0; i < p->nr_groups; i++)
		whole &= !json_array_append_new(groups, group_json(&p->groups[i]));
	if (!whole) {
		json_decref(groups);
		json_decref(events);
		return NULL;
	}
	return json_pack("{s:i, s:s, s:s, s:b, s:o, s:o}", "version", 1, "job", p->job, "seed",
			 seed, "probed", p->probed, "events", events, "groups", groups);
}

static int bad(struct plan_error *err, const char *what)
{
	snprintf(err->msg, sizeof(err->msg), "plan.json: %.400s", what);
	return -EINVAL;
}

static int params_from_text(struct subject_params *p, const char *text,
			    struct plan_error *err)
{
	char *copy = strdup(text), *rest = copy, *word;
	struct subject_error e;
	int ret = copy ? 0 : -ENOMEM;

	subject_params_init(p);
	while (!ret && (word = strsep(&rest, " "))) {
		char *value = strchr(word, '=');

		if (!value) {
			ret = bad(err, "params of a cell are damaged");
			break;
		}
		*value++ = '\0';
		if (subject_params_set(p, word, value, &e))
			ret = bad(err, e.msg);
	}
	free(copy);
	if (!ret && subject_params_check(p, &e))
		ret = bad(err, e.msg);
	return ret;
}

static int cell_from_json(struct plan_cell *c, json_t *j,
			  struct plan_error *err)
{
	const char *name, *role, *params;
	size_t i;

	if (json_unpack(j, "{s:s, s:s, s:s, s:i}", "name", &name, "role", &role,
			"params", &params, "alias_of", &c->alias_of))
		return bad(err, "a cell lacks name, role, params or alias_of");
	for (i = 0; i < NR_ROLES && strcmp(role, roles[i]); i++)
		;
	if (i == NR_ROLES || strlen(name) >= sizeof(c->name))
		return bad(err, "a cell's role or name is none");
	c->role = (enum plan_role)i;
	strcpy(c->name, name);
	return params_from_text(&c->params, params, err);
}

static bool copy_text(char *to, size_t size, const char *from)
{
	if (strlen(from) >= size)
		return false;
	strcpy(to, from);
	return true;
}

static int group_from_json(struct plan_group *g, json_t *j,
			   struct plan_error *err)
{
	/* baseline, threads, launches, rounds, ...: as job files allow */
	static const struct {
		int min, max;
	} limits[8] = { { 0, INT_MAX }, { 1, INT_MAX },	 { 1, 1000 },
			{ 1, 10000000 }, { 1, 100000 }, { 0, 3 },
			{ 1, 1000000 }, { 1, 100000 } };
	const char *section, *backend = "user", *name, *title, *compare, *key;
	int v[8], over, art, emu = 0;
	json_int_t block, window;
	json_t *cells, *point, *value;
	size_t i;
	int ret;

	if (json_unpack(
		    j,
		    "{s:s, s?s, s:s, s:s, s:s, s:o, s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:i, s:i, s:i, s:b, s:b, s?b, s:o}",
		    "section", &section, "backend", &backend, "name", &name, "title", &title,
		    "compare", &compare, "point", &point, "baseline", &v[0],
		    "threads", &v[1], "launches", &v[2], "rounds", &v[3],
		    "warmup_max", &v[4], "block_ns", &block, "window_ns",
		    &window, "figures", &v[5], "op_samples", &v[6], "op_every",
		    &v[7], "oversubscribed", &over, "artificial", &art,
		    "emulated", &emu, "cells", &cells))
		return bad(err, "a group lacks a key");
	for (i = 0; i < 8; i++)
		if (v[i] < limits[i].min || v[i] > limits[i].max)
			return bad(err, "a number of a group is out of range");
	if (block < 1000 || block > 10000000000 || window < 1000 ||
	    window > 100000000000)
		return bad(err, "a block or window of a group is out of range");
	if (!copy_text(g->section, sizeof(g->section), section) ||
	    !copy_text(g->backend, sizeof(g->backend), backend) ||
	    !copy_text(g->name, sizeof(g->name), name) ||
	    !copy_text(g->title, sizeof(g->title), title) ||
	    !copy_text(g->compare, sizeof(g->compare), compare))
		return bad(err, "a group's name is too long");
	g->baseline = (unsigned int)v[0];
	g->threads = (unsigned int)v[1];
	g->launches = (unsigned int)v[2];
	g->rounds = (unsigned int)v[3];
	g->warmup_max = (unsigned int)v[4];
	g->block_ns = (uint64_t)block;
	g->window_ns = (uint64_t)window;
	g->figures = (unsigned int)v[5];
	g->op_samples = (unsigned int)v[6];
	g->op_every = (unsigned int)v[7];
	g->oversubscribed = over;
	g->artificial = art;
	g->emulated = emu;
	json_object_foreach(point, key, value) {
		if (g->nr_point == 8 || !json_is_string(value) ||
		    !copy_text(g->point[g->nr_point].key, 32, key) ||
		    !copy_text(g->point[g->nr_point].value, 32,
			       json_string_value(value)))
			return bad(err, "a group's point is damaged");
		g->nr_point++;
	}
	if (!subject_axis_by_key(g->compare))
		return bad(err, "a group compares what is no axis");
	if (!json_array_size(cells) || json_array_size(cells) > 65535 ||
	    g->baseline >= json_array_size(cells))
		return bad(err, "a group has no cells or no baseline");
	g->cells = calloc(json_array_size(cells), sizeof(*g->cells));
	if (!g->cells)
		return bad(err, "not enough memory");
	for (i = 0; i < json_array_size(cells); i++) {
		ret = cell_from_json(&g->cells[i], json_array_get(cells, i),
				     err);
		if (ret)
			return ret;
		if (g->cells[i].alias_of < -1 ||
		    g->cells[i].alias_of >= (int)json_array_size(cells) ||
		    g->cells[i].alias_of == (int)i)
			return bad(err, "an alias of a cell that isn't there");
		if (g->cells[i].params.threads > g->threads)
			return bad(err, "a cell has more threads than its group");
		g->nr_cells++;
	}
	return 0;
}

static bool number_from_json(const json_t *j, uint64_t *out)
{
	const char *text = json_string_value(j);
	char *end;

	if (!text || strncmp(text, "0x", 2) || !isxdigit((unsigned char)text[2]))
		return false;
	errno = 0;
	*out = strtoull(text, &end, 16);
	return !*end && !errno;
}

static int event_from_json(struct plan_event *e, json_t *j, struct plan_error *err)
{
	json_t *config[3];
	json_int_t type;
	const char *name;
	int model, user, kernel;

	if (json_unpack(j, "{s:s, s:b, s:I, s:o, s:o, s:o, s:b, s:b}", "name", &name, "model",
			&model, "type", &type, "config", &config[0], "config1", &config[1],
			"config2", &config[2], "user", &user, "kernel", &kernel) ||
	    type < 0 || type > UINT32_MAX || !(user || kernel) ||
	    !copy_text(e->name, sizeof(e->name), name) ||
	    !number_from_json(config[0], &e->event.config) ||
	    !number_from_json(config[1], &e->event.config1) ||
	    !number_from_json(config[2], &e->event.config2))
		return bad(err, "an event is damaged");
	e->model = model;
	e->event.type = (uint32_t)type;
	e->event.user = user;
	e->event.kernel = kernel;
	return 0;
}

/* Plans that were made before there were any have no such key. */
static int events_from_json(struct plan *p, const json_t *j, struct plan_error *err)
{
	json_t *events = json_object_get(j, "events");
	size_t i;

	if (json_array_size(events) > EXEC_MAX_EVENTS)
		return bad(err, "has too many events");
	for (i = 0; i < json_array_size(events); i++) {
		if (event_from_json(&p->events[i], json_array_get(events, i), err))
			return -EINVAL;
		p->nr_events++;
	}
	return 0;
}

struct plan *plan_from_json(const struct json_t *j, struct plan_error *err)
{
	struct plan *p = calloc(1, sizeof(*p));
	const char *job, *seed;
	char *end;
	json_t *groups;
	int version;
	size_t i;

	if (!p || json_unpack((json_t *)j, "{s:i, s:s, s:s, s:o}", "version",
			      &version, "job", &job, "seed", &seed, "groups",
			      &groups)) {
		bad(err, "lacks version, job, seed or groups");
		goto fail;
	}
	if (version != 1 || !copy_text(p->job, sizeof(p->job), job)) {
		bad(err, "of another version");
		goto fail;
	}
	errno = 0;
	p->seed = strtoull(seed, &end, 10);
	if (*seed < '0' || *seed > '9' || *end || errno) {
		bad(err, "its seed is no number");
		goto fail;
	}
	p->probed = json_is_true(json_object_get((const json_t *)j, "probed"));
	if (events_from_json(p, (const json_t *)j, err))
		goto fail;
	if (!json_array_size(groups)) {
		bad(err, "has no groups");
		goto fail;
	}
	p->groups = calloc(json_array_size(groups), sizeof(*p->groups));
	if (!p->groups) {
		bad(err, "not enough memory");
		goto fail;
	}
	for (i = 0; i < json_array_size(groups); i++) {
		p->nr_groups++;
		if (group_from_json(&p->groups[i], json_array_get(groups, i),
				    err))
			goto fail;
		p->nr_cells += p->groups[i].nr_cells;
	}
	return p;
fail:
	plan_free(p);
	return NULL;
}
