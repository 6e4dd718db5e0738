// SPDX-License-Identifier: GPL-2.0-or-later
/* plan.json: there and back, and what a damaged one says. */
#include <jansson.h>

#include "common.h"

static const char job[] =
	"[one]\ntitle = a title: \xc3\xa4\nstrategy = none, merged\n"
	"baseline = merged\nlaunches = 7\nrounds = 9\nwarmup = 70\n"
	"[two]\ncompare = store\nstore = rcu-array, devices-list\n"
	"threads = 1, 3\nfigures = block, op\nwindow_us = 70\n"
	"[three]\nop = attach\nentries = 3\nats = on\nop_every = 3\n"
	"op_samples = 123\nblock_us = 99\n";

static void check_cells(const struct plan_group *a, const struct plan_group *b)
{
	unsigned int i;

	assert_int_equal(a->nr_cells, b->nr_cells);
	for (i = 0; i < a->nr_cells; i++) {
		char x[1024], y[1024];

		assert_string_equal(a->cells[i].name, b->cells[i].name);
		assert_int_equal(a->cells[i].role, b->cells[i].role);
		assert_int_equal(a->cells[i].alias_of, b->cells[i].alias_of);
		subject_params_print(&a->cells[i].params, true, x, sizeof(x));
		subject_params_print(&b->cells[i].params, true, y, sizeof(y));
		assert_string_equal(x, y);
	}
}

static void check_group(const struct plan_group *a, const struct plan_group *b)
{
	unsigned int i;

	assert_string_equal(a->section, b->section);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->title, b->title);
	assert_string_equal(a->compare, b->compare);
	assert_int_equal(a->nr_point, b->nr_point);
	for (i = 0; i < a->nr_point; i++) {
		assert_string_equal(a->point[i].key, b->point[i].key);
		assert_string_equal(a->point[i].value, b->point[i].value);
	}
	assert_int_equal(a->baseline, b->baseline);
	assert_int_equal(a->threads, b->threads);
	assert_int_equal(a->launches, b->launches);
	assert_int_equal(a->rounds, b->rounds);
	assert_int_equal(a->warmup_max, b->warmup_max);
	assert_int_equal(a->block_ns, b->block_ns);
	assert_int_equal(a->window_ns, b->window_ns);
	assert_int_equal(a->figures, b->figures);
	assert_int_equal(a->op_samples, b->op_samples);
	assert_int_equal(a->op_every, b->op_every);
	assert_int_equal(a->oversubscribed, b->oversubscribed);
	assert_int_equal(a->artificial, b->artificial);
	check_cells(a, b);
}

static void there_and_back(void **state)
{
	struct plan *p = loaded(job, 2), *q;
	struct plan_error err;
	json_t *j, *again;
	unsigned int i;
	char *text;

	(void)state;
	p->seed = UINT64_MAX;
	j = plan_to_json(p);
	assert_non_null(j);
	text = json_dumps(j, 0);
	again = json_loads(text, 0, NULL);
	assert_true(json_equal(j, again));
	q = plan_from_json(again, &err);
	assert_non_null(q);
	assert_true(q->seed == UINT64_MAX);
	assert_string_equal(p->job, q->job);
	assert_int_equal(p->nr_groups, q->nr_groups);
	assert_int_equal(p->nr_cells, q->nr_cells);
	for (i = 0; i < p->nr_groups; i++)
		check_group(&p->groups[i], &q->groups[i]);
	free(text);
	json_decref(j);
	json_decref(again);
	plan_free(p);
	plan_free(q);
}

static json_t *good(void)
{
	struct plan *p = loaded(job, 2);
	json_t *j = plan_to_json(p);

	plan_free(p);
	assert_non_null(j);
	return j;
}

static void refused(json_t *j, const char *want)
{
	struct plan_error err = { "" };

	assert_null(plan_from_json(j, &err));
	assert_null(strchr(err.msg, '\n'));
	if (strncmp(err.msg, want, strlen(want)))
		fail_msg("'%s'\nis not: '%s'", err.msg, want);
	json_decref(j);
}

/* The first group of a good plan with one key changed. */
static json_t *with_group(const char *key, json_t *value)
{
	json_t *j = good();

	json_object_set_new(json_array_get(json_object_get(j, "groups"), 0),
			    key, value);
	return j;
}

static json_t *with_cell(const char *key, json_t *value)
{
	json_t *j = good();
	json_t *g = json_array_get(json_object_get(j, "groups"), 0);

	json_object_set_new(json_array_get(json_object_get(g, "cells"), 0), key,
			    value);
	return j;
}

static void damaged_top(void **state)
{
	json_t *j;

	(void)state;
	refused(json_array(), "plan.json: lacks version, job, seed or groups");
	refused(json_object(), "plan.json: lacks version, job, seed or groups");
	j = good();
	json_object_set_new(j, "version", json_integer(2));
	refused(j, "plan.json: of another version");
	j = good();
	json_object_set_new(j, "seed", json_string("x1"));
	refused(j, "plan.json: its seed is no number");
	j = good();
	json_object_set_new(j, "seed", json_string("99999999999999999999"));
	refused(j, "plan.json: its seed is no number");
	j = good();
	json_object_set_new(j, "groups", json_array());
	refused(j, "plan.json: has no groups");
	j = good();
	json_object_set_new(j, "groups", json_pack("[s]", "x"));
	refused(j, "plan.json: a group lacks a key");
}

static void damaged_group(void **state)
{
	static const char *const counts[] = { "threads", "launches", "rounds",
					      "warmup_max", "op_samples",
					      "op_every" };
	json_t *j;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		refused(with_group(counts[i], json_integer(0)),
			"plan.json: a number of a group is out of range");
		refused(with_group(counts[i], json_integer(-1)),
			"plan.json: a number of a group is out of range");
		refused(with_group(counts[i], json_string("1")),
			"plan.json: a group lacks a key");
	}
	refused(with_group("launches", json_integer(2000000000)),
		"plan.json: a number of a group is out of range");
	refused(with_group("baseline", json_integer(99)),
		"plan.json: a group has no cells or no baseline");
	refused(with_group("cells", json_array()),
		"plan.json: a group has no cells or no baseline");
	refused(with_group("cells", json_object()),
		"plan.json: a group has no cells or no baseline");
	refused(with_group("block_ns", json_integer(0)),
		"plan.json: a block or window of a group is out of range");
	refused(with_group("window_ns", json_integer(-5)),
		"plan.json: a block or window of a group is out of range");
	refused(with_group("compare", json_string("colour")),
		"plan.json: a group compares what is no axis");
	refused(with_group("point", json_pack("{s:i}", "ptes", 8)),
		"plan.json: a group's point is damaged");
	j = with_group("name",
		       json_sprintf("%0400d", 1));
	refused(j, "plan.json: a group's name is too long");
}

static void damaged_cell(void **state)
{
	(void)state;
	refused(with_cell("role", json_string("king")),
		"plan.json: a cell's role or name is none");
	refused(with_cell("name", json_sprintf("%0100d", 1)),
		"plan.json: a cell's role or name is none");
	refused(with_cell("params", json_string("op")),
		"plan.json: params of a cell are damaged");
	refused(with_cell("params", json_string("op=unmap colour=red")),
		"plan.json: axis: no 'colour'");
	refused(with_cell("params", json_string("store=devices-list smmus=2 entries=2")),
		"plan.json: store=devices-list keeps one SMMU: smmus=2");
	refused(with_cell("params", json_string("threads=9")),
		"plan.json: a cell has more threads than its group");
	refused(with_cell("params", json_null()),
		"plan.json: a cell lacks name, role, params or alias_of");
	refused(with_cell("alias_of", json_integer(99)),
		"plan.json: an alias of a cell that isn't there");
	refused(with_cell("alias_of", json_integer(0)),
		"plan.json: an alias of a cell that isn't there");
	refused(with_cell("alias_of", json_integer(-2)),
		"plan.json: an alias of a cell that isn't there");
}

static void events_there_and_back(void **state)
{
	static const struct plan_event events[] = {
		{ "cycles:u", false, { 0, 0, 0, 0, true, false } },
		{ "big", true, { 4, UINT64_MAX, 1, UINT64_MAX - 1, true, true } },
	};
	struct plan *p = loaded(job, 2), *q;
	struct plan_error err;
	json_t *j;

	(void)state;
	memcpy(p->events, events, sizeof(events));
	p->nr_events = 2;
	j = plan_to_json(p);
	assert_non_null(j);
	q = plan_from_json(j, &err);
	assert_non_null(q);
	assert_int_equal(q->nr_events, 2);
	for (int i = 0; i < 2; i++) {
		const struct plan_event *a = &events[i], *b = &q->events[i];

		assert_string_equal(a->name, b->name);
		assert_int_equal(a->model, b->model);
		assert_int_equal(a->event.type, b->event.type);
		assert_true(a->event.config == b->event.config);
		assert_true(a->event.config1 == b->event.config1);
		assert_true(a->event.config2 == b->event.config2);
		assert_int_equal(a->event.user, b->event.user);
		assert_int_equal(a->event.kernel, b->event.kernel);
	}
	json_decref(j);
	plan_free(p);
	plan_free(q);
	/* a plan of before there were any */
	j = good();
	json_object_del(j, "events");
	q = plan_from_json(j, &err);
	assert_non_null(q);
	assert_int_equal(q->nr_events, 0);
	json_decref(j);
	plan_free(q);
}

static json_t *with_event(const char *key, json_t *value)
{
	json_t *j = good();
	json_t *e = json_pack("{s:s, s:b, s:i, s:s, s:s, s:s, s:b, s:b}", "name", "x", "model", 0,
			      "type", 4, "config", "0x1", "config1", "0x0", "config2", "0x0",
			      "user", 1, "kernel", 0);

	json_object_set_new(e, key, value);
	json_array_append_new(json_object_get(j, "events"), e);
	return j;
}

static void damaged_events(void **state)
{
	json_t *j;
	int i;

	(void)state;
	refused(with_event("name", json_null()), "plan.json: an event is damaged");
	refused(with_event("name", json_sprintf("%070d", 1)), "plan.json: an event is damaged");
	refused(with_event("type", json_integer(-1)), "plan.json: an event is damaged");
	refused(with_event("type", json_integer(1LL << 32)), "plan.json: an event is damaged");
	refused(with_event("config", json_integer(1)), "plan.json: an event is damaged");
	refused(with_event("config", json_string("1")), "plan.json: an event is damaged");
	refused(with_event("config", json_string("0x")), "plan.json: an event is damaged");
	refused(with_event("config1", json_string("0x1g")), "plan.json: an event is damaged");
	refused(with_event("config2", json_string("0x10000000000000000")),
		"plan.json: an event is damaged");
	refused(with_event("user", json_false()), "plan.json: an event is damaged");
	j = good();
	for (i = 0; i < EXEC_MAX_EVENTS + 1; i++)
		json_array_append_new(json_object_get(j, "events"), json_object());
	refused(j, "plan.json: has too many events");
}

/* Bytes changed or cut off: a plan, or a line; never a crash. */
static void random_damage(void **state)
{
	json_t *j = good();
	char *text = json_dumps(j, 0), *copy;
	size_t len = strlen(text), i;
	unsigned int seed = 3, plans = 0, lines = 0;

	(void)state;
	json_decref(j);
	copy = malloc(len + 1);
	assert_non_null(copy);
	for (i = 0; i < 6000; i++) {
		struct plan_error err = { "" };
		struct plan *p;
		size_t n = len;

		memcpy(copy, text, len + 1);
		seed = seed * 1103515245 + 12345;
		if (i % 8)
			copy[(seed >> 4) % len] =
				"0123456789-\",:{}[]ex= "[(seed >> 24) % 22];
		else
			n = (seed >> 4) % len;
		j = json_loadb(copy, n, 0, NULL);
		if (!j)
			continue;
		p = plan_from_json(j, &err);
		if (p) {
			plans++;
			plan_free(p);
		} else {
			lines++;
			assert_int_equal(strncmp(err.msg, "plan.json: ", 11),
					 0);
			assert_null(strchr(err.msg, '\n'));
		}
		json_decref(j);
	}
	assert_true(plans > 100);
	assert_true(lines > 100);
	free(copy);
	free(text);
}

/* What JSON can't hold makes no plan with a group less. */
static void text_that_json_refuses(void **state)
{
	struct plan *p = loaded(job, 2);

	(void)state;
	strcpy(p->groups[1].title, "\xff");
	assert_null(plan_to_json(p));
	plan_free(p);
	assert_null(plan_from_json(NULL, &(struct plan_error){ "" }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(damaged_top),
		cmocka_unit_test(damaged_group),
		cmocka_unit_test(damaged_cell),
		cmocka_unit_test(events_there_and_back),
		cmocka_unit_test(damaged_events),
		cmocka_unit_test(random_damage),
		cmocka_unit_test(text_that_json_refuses),
	};

	return cmocka_run_group_tests_name("plan.json", tests, enter_folder,
					   leave_folder);
}
