// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "common.h"

static char dir[256];

int make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof(dir), "%s/gbench-XXXXXX", tmp ? tmp : P_tmpdir);
	return mkdtemp(dir) ? 0 : -1;
}

int remove_dir(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	(void)state;
	if (!d)
		return -1;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			unlink(in_dir(e->d_name));
	closedir(d);
	return rmdir(dir);
}

const char *in_dir(const char *name)
{
	static char path[4][512];
	static unsigned int next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

json_t *load(const char *path)
{
	json_error_t err;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &err);

	if (!file)
		fail_msg("%s:%d: %s", path, err.line, err.text);
	return file;
}

static const json_t *member(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (!v)
		fail_msg("no \"%s\"", key);
	return v;
}

json_t *result(json_t *file, size_t i)
{
	json_t *all = json_object_get(file, "benchmarks");

	if (i >= json_array_size(all))
		fail_msg("only %zu results", json_array_size(all));
	return json_array_get(all, i);
}

const char *get_text(const json_t *object, const char *key)
{
	const json_t *v = member(object, key);

	if (!json_is_string(v))
		fail_msg("\"%s\" is no text", key);
	return json_string_value(v);
}

double get_number(const json_t *object, const char *key)
{
	const json_t *v = member(object, key);

	if (!json_is_number(v))
		fail_msg("\"%s\" is no number", key);
	return json_number_value(v);
}

void assert_same_json(const json_t *a, const json_t *b)
{
	const char *key;
	const json_t *v;
	size_t i;

	assert_int_equal(json_typeof(a), json_typeof(b));
	if (json_is_object(a)) {
		void *it = json_object_iter((json_t *)a);

		assert_int_equal(json_object_size(a), json_object_size(b));
		for (; it; it = json_object_iter_next((json_t *)a, it)) {
			key = json_object_iter_key(it);
			assert_same_json(json_object_iter_value(it),
					 member(b, key));
		}
	} else if (json_is_array(a)) {
		assert_int_equal(json_array_size(a), json_array_size(b));
		json_array_foreach((json_t *)a, i, v)
			assert_same_json(v, json_array_get(b, i));
	} else if (json_is_real(a)) {
		assert_near(json_real_value(a), json_real_value(b));
	} else {
		assert_true(json_equal(a, b));
	}
}

/* Running */

struct copy got[MAX_COPIES];
size_t num_got;
unsigned int contexts, finals;

static const char *keep(char *to, size_t size, const char *from)
{
	if (!from)
		return NULL;
	snprintf(to, size, "%s", from);
	return to;
}

void keep_runs(const struct gb_run *runs, size_t n, void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++) {
		struct copy *c = &got[num_got++];

		assert_true(num_got <= MAX_COPIES && runs[i].n_counters <= 12);
		c->run = runs[i];
		c->run.name = keep(c->name, sizeof(c->name), runs[i].name);
		c->run.aggregate = keep(c->aggregate, sizeof(c->aggregate),
					runs[i].aggregate);
		c->run.label = keep(c->label, sizeof(c->label), runs[i].label);
		c->run.message =
			keep(c->message, sizeof(c->message), runs[i].message);
		for (size_t j = 0; j < runs[i].n_counters; j++) {
			c->counters[j] = runs[i].counters[j];
			c->counters[j].name = keep(c->counter_names[j], 32,
						   runs[i].counters[j].name);
		}
		c->run.counters = c->counters;
	}
}

static int keep_context(const struct gb_context *context, void *ctx)
{
	(void)ctx;
	assert_true(context->num_cpus > 0);
	assert_non_null(context->host);
	contexts++;
	return 0;
}

void keep_final(void *ctx)
{
	(void)ctx;
	finals++;
}

const struct gb_reporter keeper = { .context = keep_context,
				    .runs = keep_runs,
				    .finalize = keep_final };

int run_filtered(const char *filter)
{
	num_got = 0;
	contexts = 0;
	finals = 0;
	return gb_run_benchmarks(filter, &keeper, GB_QUIET);
}

void run_all(int instances)
{
	int n = run_filtered(NULL);

	if (n < 0)
		fail_msg("%s", gb_last_error());
	assert_int_equal(n, instances);
	assert_int_equal(contexts, 1);
	assert_int_equal(finals, 1);
}

const struct gb_counter *get_counter(const struct copy *c, const char *name)
{
	for (size_t i = 0; i < c->run.n_counters; i++)
		if (!strcmp(c->counters[i].name, name))
			return &c->counters[i];
	fail_msg("no counter %s", name);
	return NULL;
}

int clear(void **state)
{
	(void)state;
	return gb_clear();
}

void spin(struct gb_state *st, void *ctx)
{
	(void)ctx;
	while (gb_next_batch(st, 0))
		;
}

struct gb_benchmark *add(const char *name, gb_fn fn, void *ctx)
{
	struct gb_benchmark *b = gb_register(name, fn, ctx);

	assert_non_null(b);
	return b;
}
