// SPDX-License-Identifier: GPL-2.0-or-later
/* Sections of job files -> groups of cells. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"
#include "values.h"

/* What a section sets beside axes. */
enum group_key {
	GK_BASELINE,
	GK_BLOCK_US,
	GK_COMPARE,
	GK_CONTROLS,
	GK_FIGURES,
	GK_HELP,
	GK_LAUNCHES,
	GK_OP_EVERY,
	GK_OP_SAMPLES,
	GK_ROUNDS,
	GK_TITLE,
	GK_WARMUP,
	GK_WINDOW_US,
	NR_GROUP_KEYS,
};

static const char *const group_keys[NR_GROUP_KEYS] = {
	"baseline", "block_us", "compare",   "controls",   "figures",
	"help",	    "launches", "op_every",  "op_samples", "rounds",
	"title",    "warmup",	"window_us",
};

/* One section while its groups are made. */
struct maker {
	struct plan *plan;
	const struct job_section *s, *global;
	const struct plan_backend *backend;
	struct plan_error *err;
	struct plan_group proto;
	const struct subject_axis *compare;
	const struct job_key *compare_key;
	struct values variants;
	struct {
		const struct subject_axis *axis;
		const struct job_key *key;
		struct values values;
		unsigned int at;
	} multi[8];
	unsigned int nr_multi;
	struct subject_params base;
};

static const struct job_key *find(const struct maker *m, enum group_key k)
{
	return job_find(m->s, m->global, group_keys[k]);
}

static int check_keys(const struct job_section *s, struct plan_error *err)
{
	const char *names[NR_GROUP_KEYS + 64], *near;
	unsigned int nr = 0, i, j;

	for (i = 0; i < NR_GROUP_KEYS; i++)
		names[nr++] = group_keys[i];
	for (i = 0; i < subject_nr_axes() && nr < NR_GROUP_KEYS + 64; i++)
		if (strcmp(subject_axis(i)->key, "world"))
			names[nr++] = subject_axis(i)->key;
	for (i = 0; i < s->nr_keys; i++) {
		for (j = 0; j < nr && strcmp(names[j], s->keys[i].key); j++)
			;
		if (j < nr)
			continue;
		if (!strcmp(s->keys[i].key, "world"))
			return job_error(&s->keys[i], err,
					 "world: no key of a job; `invbench run --backend` chooses it");
		near = subject_near(s->keys[i].key, names, nr);
		return job_error(
			&s->keys[i], err,
			"unknown key '%.60s'%s%s%s; `invbench list --axes` names the axes",
			s->keys[i].key, near ? ": did you mean '" : "",
			near ? near : "", near ? "'?" : "");
	}
	return 0;
}

static int number(struct maker *m, enum group_key which, uint64_t fallback,
		  uint64_t min, uint64_t max, uint64_t *out)
{
	const struct job_key *k = find(m, which);

	*out = fallback;
	return k ? values_number(out, k, min, max, m->err) : 0;
}

static int read_figures(struct maker *m)
{
	const struct job_key *k = find(m, GK_FIGURES);

	m->proto.figures = PLAN_FIGURE_BLOCK;
	if (!k || !strcmp(k->values, "block"))
		return 0;
	if (strcmp(k->values, "block, op") && strcmp(k->values, "block,op"))
		return job_error(k, m->err,
				 "figures: '%s'; valid: block, or block,op",
				 k->values);
	m->proto.figures |= PLAN_FIGURE_OP;
	return 0;
}

static int read_proto(struct maker *m)
{
	struct plan_group *g = &m->proto;
	const struct job_key *title = find(m, GK_TITLE);
	uint64_t v[7];

	if (number(m, GK_LAUNCHES, 8, 5, 1000, &v[0]) ||
	    number(m, GK_ROUNDS, 100, 8, 10000000, &v[1]) ||
	    number(m, GK_WARMUP, 512, 64, 100000, &v[2]) ||
	    number(m, GK_BLOCK_US, 50, 5, 1000000, &v[3]) ||
	    number(m, GK_WINDOW_US, 200, 50, 10000000, &v[4]) ||
	    number(m, GK_OP_SAMPLES, 2000, 100, 1000000, &v[5]) ||
	    number(m, GK_OP_EVERY, 16, 1, 100000, &v[6]) || read_figures(m))
		return -EINVAL;
	g->launches = (unsigned int)v[0];
	g->rounds = (unsigned int)v[1];
	g->warmup_max = (unsigned int)v[2];
	g->block_ns = v[3] * 1000;
	g->window_ns = v[4] * 1000;
	g->op_samples = (unsigned int)v[5];
	g->op_every = (unsigned int)v[6];
	plan_copy_text(g->section, sizeof(g->section), m->s->name);
	plan_copy_text(g->title, sizeof(g->title),
		       title ? title->values : m->s->name);
	return 0;
}

static int set_one(struct maker *m, struct subject_params *p,
		   const struct job_key *k, const char *key, const char *value)
{
	struct subject_error e;

	if (subject_params_set(p, key, value, &e))
		return job_error(k, m->err, "%s", e.msg);
	return 0;
}

static int read_axes(struct maker *m)
{
	unsigned int i;

	subject_params_init(&m->base);
	m->base.world = m->backend->world;
	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *a = subject_axis(i);
		const struct job_key *k = job_find(m->s, m->global, a->key);
		struct values v;

		if (!k)
			continue;
		if (values_parse(&v, k, a, m->backend->cpus, m->err))
			return -EINVAL;
		if (a == m->compare) {
			m->variants = v;
			m->compare_key = k;
		} else if (v.nr > 1) {
			if (m->nr_multi == 8) {
				values_free(&v);
				return job_error(
					k, m->err,
					"more than 8 axes with several values in [%s]",
					m->s->name);
			}
			m->multi[m->nr_multi].axis = a;
			m->multi[m->nr_multi].key = k;
			m->multi[m->nr_multi++].values = v;
		} else {
			int ret = set_one(m, &m->base, k, a->key, v.v[0]);

			values_free(&v);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static int read_compare(struct maker *m)
{
	static const struct job_key nowhere = { .key = "compare" };
	const struct job_key *k = find(m, GK_COMPARE);
	const char *key = k ? k->values : "strategy", *names[64], *near;
	unsigned int i, nr = subject_nr_axes();

	m->compare = subject_axis_by_key(key);
	if (!m->compare) {
		for (i = 0; i < nr && i < 64; i++)
			names[i] = subject_axis(i)->key;
		near = subject_near(key, names, i);
		return job_error(
			k ? k : &nowhere, m->err,
			"compare: '%s' is no axis%s%s%s `invbench list --axes` names them",
			key, near ? "; did you mean " : ";", near ? near : "",
			near ? "?" : "");
	}
	snprintf(m->proto.compare, sizeof(m->proto.compare), "%s", key);
	return 0;
}

static struct plan_cell *add_cell(struct plan_group *g)
{
	struct plan_cell *c = g->cells;

	if (!(g->nr_cells & (g->nr_cells - 1))) {
		size_t n = g->nr_cells ? 2 * (size_t)g->nr_cells : 1;

		c = realloc(c, n * sizeof(*c));
		if (!c)
			return NULL;
		g->cells = c;
	}
	c = &g->cells[g->nr_cells++];
	memset(c, 0, sizeof(*c));
	c->alias_of = -1;
	return c;
}

static bool same_params(const struct subject_params *a,
			const struct subject_params *b)
{
	char x[1024], y[1024];

	subject_params_print(a, true, x, sizeof(x));
	subject_params_print(b, true, y, sizeof(y));
	return !strcmp(x, y);
}

/* May what can't be be left out: was one of its values chosen by "all"? */
static bool lenient(const struct maker *m)
{
	unsigned int i;

	for (i = 0; i < m->nr_multi; i++)
		if (m->multi[i].values.all)
			return true;
	return m->variants.all;
}

static int add_variant(struct maker *m, struct plan_group *g,
		       const struct subject_params *point, const char *value)
{
	struct subject_params p = *point;
	char name[sizeof(((struct plan_cell *)NULL)->name)];
	struct plan_cell *c;
	struct subject_error e;
	unsigned int i;

	if (value && set_one(m, &p, m->compare_key, m->compare->key, value))
		return -EINVAL;
	if (subject_params_check(&p, &e)) {
		if (lenient(m))
			return 0;
		if (m->compare_key)
			return job_error(m->compare_key, m->err, "[%s] %s",
					 m->s->name, e.msg);
		snprintf(m->err->msg, sizeof(m->err->msg), "%s:%d: [%s] %.300s",
			 job_file_end(m->s->file), m->s->line, m->s->name,
			 e.msg);
		return -EINVAL;
	}
	/* one cell where the compared axis means nothing to the others */
	subject_params_get(&p, m->compare->key, name, sizeof(name));
	for (i = 0; i < g->nr_cells; i++)
		if (!strcmp(g->cells[i].name, name) &&
		    same_params(&g->cells[i].params, &p))
			return 0;
	c = add_cell(g);
	if (!c)
		return -ENOMEM;
	c->params = p;
	strcpy(c->name, name);
	return 0;
}

static int find_baseline(struct maker *m, struct plan_group *g)
{
	const struct job_key *k = find(m, GK_BASELINE);
	const char *names[MAX_VALUES], *near;
	unsigned int i;

	g->baseline = 0;
	if (!k)
		return 0;
	for (i = 0; i < g->nr_cells; i++) {
		if (!strcmp(g->cells[i].name, k->values)) {
			g->baseline = i;
			return 0;
		}
		names[i] = g->cells[i].name;
	}
	/* --set took it away: the first value is the baseline then */
	if (lenient(m) || (k->file && m->compare_key && !m->compare_key->file))
		return 0;
	near = subject_near(k->values, names, g->nr_cells);
	return job_error(
		k, m->err,
		"[%s] baseline: '%s' is not among the values of %s%s%s%s",
		m->s->name, k->values, m->compare->key,
		near ? ": did you mean '" : "", near ? near : "",
		near ? "'?" : "");
}

static int add_control(struct plan_group *g, const char *name)
{
	struct plan_cell *c, base = g->cells[g->baseline];
	struct subject_error e;
	enum plan_role role;
	bool own_floor;
	unsigned int i;

	for (i = 0; i < g->nr_cells; i++)
		if (g->cells[i].role != PLAN_VARIANT &&
		    !strcmp(g->cells[i].name, name))
			return 0;
	if (!strcmp(name, "same")) {
		role = PLAN_SAME;
	} else if (!strcmp(name, "twin")) {
		role = PLAN_TWIN;
		subject_params_set(&base.params, "copy", "1", &e);
	} else {
		role = PLAN_FLOOR;
		/* the harness loop's floor is for operations that it is part of */
		own_floor = base.params.threads == 1 &&
			    !base.params.attach_rate;
		subject_params_set(&base.params, "op", "floor", &e);
		if (!own_floor)
			return 0;
	}
	if (subject_params_check(&base.params, &e))
		return 0;
	c = add_cell(g);
	if (!c)
		return -ENOMEM;
	c->params = base.params;
	c->role = role;
	snprintf(c->name, sizeof(c->name), "%s", name);
	if (role == PLAN_SAME)
		c->alias_of = (int)g->baseline;
	return 0;
}

static int add_controls(struct maker *m, struct plan_group *g)
{
	static const char *const names[] = { "same", "twin", "floor" };
	const struct job_key *k = find(m, GK_CONTROLS);
	char *copy = strdup(k ? k->values : "same, twin, floor");
	char *rest = copy, *item;
	unsigned int i;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (item = strsep(&rest, ", "))) {
		if (!*item || !strcmp(item, "none"))
			continue;
		for (i = 0; i < 3 && strcmp(item, names[i]); i++)
			;
		ret = i < 3 ? add_control(g, item) :
			      job_error(
				      k, m->err,
				      "controls: '%s'; valid: same, twin, floor, none",
				      item);
	}
	free(copy);
	return ret;
}

static void group_marks(struct maker *m, struct plan_group *g)
{
	unsigned int i;

	for (i = 0; i < g->nr_cells; i++) {
		const struct subject_params *p = &g->cells[i].params;

		uint64_t busy = p->threads + p->readers;

		if (busy > g->threads)
			g->threads = (unsigned int)busy;
		if (busy + !!p->attach_rate > m->backend->cpus)
			g->oversubscribed = true;
		if (subject_params_artificial(p))
			g->artificial = true;
		/* a window without an attach in it would show nothing of them */
		if (p->attach_rate && g->window_ns < 1000000000 / p->attach_rate)
			g->window_ns = 1000000000 / p->attach_rate;
	}
}

/* Room in a group's name for " #4294967295". */
#define UNIQUE_LEN 12

static int add_group(struct maker *m)
{
	struct subject_params point = m->base;
	struct plan *plan = m->plan;
	struct plan_group *g, *all;
	unsigned int i;
	size_t len;
	int ret = 0;

	if (!(plan->nr_groups & (plan->nr_groups - 1))) {
		size_t n = plan->nr_groups ? 2 * (size_t)plan->nr_groups : 1;

		all = realloc(plan->groups, n * sizeof(*all));
		if (!all)
			return -ENOMEM;
		plan->groups = all;
	}
	g = &plan->groups[plan->nr_groups];
	*g = m->proto;
	snprintf(g->backend, sizeof(g->backend), "%s", m->backend->name);
	g->emulated = m->backend->emulated;
	snprintf(g->name, sizeof(g->name), "%s", g->section);
	if (strcmp(g->backend, "user"))
		snprintf(g->name, sizeof(g->name), "%s backend=%s", g->section,
			 g->backend);
	for (i = 0; i < m->nr_multi; i++) {
		const char *key = m->multi[i].axis->key;
		const char *value = m->multi[i].values.v[m->multi[i].at];

		ret = set_one(m, &point, m->multi[i].key, key, value);
		if (ret)
			return ret;
		snprintf(g->point[i].key, sizeof(g->point[i].key), "%s", key);
		snprintf(g->point[i].value, sizeof(g->point[i].value), "%.31s",
			 value);
		len = strlen(g->name);
		snprintf(g->name + len, sizeof(g->name) - len - UNIQUE_LEN,
			 " %s=%s", key, value);
	}
	g->nr_point = m->nr_multi;
	if (!m->variants.nr)
		ret = add_variant(m, g, &point, NULL);
	for (i = 0; i < m->variants.nr && !ret; i++)
		ret = add_variant(m, g, &point, m->variants.v[i]);
	if (!ret && g->nr_cells) {
		ret = find_baseline(m, g);
		if (!ret)
			ret = add_controls(m, g);
		group_marks(m, g);
	}
	if (ret || !g->nr_cells) {
		free(g->cells);
		return ret;
	}
	plan->nr_groups++;
	plan->nr_cells += g->nr_cells;
	return 0;
}

/* Days of measuring; a plan of 10,000 cells is the largest that was tried. */
#define MAX_CELLS 100000

static int too_many(struct maker *m)
{
	snprintf(m->err->msg, sizeof(m->err->msg),
		 "%s:%d: [%s] makes more than %d cells of the plan",
		 job_file_end(m->s->file), m->s->line, m->s->name, MAX_CELLS);
	return -EINVAL;
}

/* Every combination of the axes with several values, the last one fastest. */
static int add_groups(struct maker *m)
{
	unsigned int i, before = m->plan->nr_groups;
	double cells = m->variants.nr ? m->variants.nr : 1;
	int ret;

	/* before the hours that making them would take */
	for (i = 0; i < m->nr_multi; i++)
		cells *= m->multi[i].values.nr;
	if (cells + m->plan->nr_cells > MAX_CELLS)
		return too_many(m);
	for (;;) {
		ret = add_group(m);
		if (ret)
			return ret;
		if (m->plan->nr_cells > MAX_CELLS)
			return too_many(m);
		for (i = m->nr_multi; i > 0; i--) {
			if (++m->multi[i - 1].at < m->multi[i - 1].values.nr)
				break;
			m->multi[i - 1].at = 0;
		}
		if (!i)
			break;
	}
	if (m->plan->nr_groups > before)
		return 0;
	snprintf(m->err->msg, sizeof(m->err->msg),
		 "%s:%d: [%s] leaves no cell: nothing of it is possible here",
		 job_file_end(m->s->file), m->s->line, m->s->name);
	return -EINVAL;
}

static int make_section(struct plan *plan, const struct job_section *s,
			const struct job_section *global,
			const struct plan_backend *backend,
			struct plan_error *err)
{
	struct maker m = {
		.plan = plan, .s = s, .global = global, .backend = backend, .err = err
	};
	unsigned int i;
	int ret;

	ret = check_keys(s, err);
	if (!ret)
		ret = read_compare(&m);
	if (!ret)
		ret = read_proto(&m);
	if (!ret)
		ret = read_axes(&m);
	if (!ret)
		ret = add_groups(&m);
	values_free(&m.variants);
	for (i = 0; i < m.nr_multi; i++)
		values_free(&m.multi[i].values);
	if (ret == -ENOMEM)
		snprintf(err->msg, sizeof(err->msg),
			 "not enough memory for the plan");
	return ret;
}

/* --set in front of every section: a section's own value gives way. */
static int apply_sets(struct job *job, const struct plan_set *sets,
		      unsigned int nr_sets, struct plan_error *err)
{
	unsigned int i, j, n;

	for (n = 0; n < nr_sets; n++)
		if (!job_is_text(sets[n].key) || !job_is_text(sets[n].values)) {
			snprintf(err->msg, sizeof(err->msg),
				 "--set: not text in UTF-8, on one line");
			return -EINVAL;
		}
	for (i = 0; i < job->nr_sections; i++) {
		struct job_section *s = &job->sections[i];

		for (n = 0; n < nr_sets; n++) {
			struct job_key *k;

			for (j = 0; j < s->nr_keys; j++)
				if (!strcmp(s->keys[j].key, sets[n].key))
					break;
			if (j == s->nr_keys) {
				k = realloc(s->keys, (j + 1) * 2 * sizeof(*k));
				if (!k)
					goto no_memory;
				s->keys = k;
				s->nr_keys++;
				memset(&k[j], 0, sizeof(*k));
				k[j].key = strdup(sets[n].key);
				if (!k[j].key)
					goto no_memory;
			}
			k = &s->keys[j];
			k->file = NULL;
			free(k->values);
			k->values = strdup(sets[n].values);
			if (!k->values)
				goto no_memory;
		}
	}
	return 0;
no_memory:
	snprintf(err->msg, sizeof(err->msg), "not enough memory for the plan");
	return -ENOMEM;
}

static int add_job(struct plan *plan, const char *file,
		   const struct plan_set *sets, unsigned int nr_sets,
		   const struct plan_backend *backends,
		   unsigned int nr_backends, struct plan_error *err)
{
	const struct job_section *global;
	struct job job;
	unsigned int i, b, n = 0;
	int ret;

	ret = job_read(&job, file, err);
	if (ret)
		return ret;
	ret = apply_sets(&job, sets, nr_sets, err);
	global = job_global(&job);
	if (!ret && global)
		ret = check_keys(global, err);
	for (i = 0; i < job.nr_sections && !ret; i++) {
		if (&job.sections[i] == global)
			continue;
		for (b = 0; b < nr_backends && !ret; b++)
			ret = make_section(plan, &job.sections[i], global,
					   &backends[b], err);
		n++;
	}
	if (!ret && !n) {
		snprintf(
			err->msg, sizeof(err->msg),
			"%.300s: no group: a job needs a [section] besides [global]",
			file);
		ret = -EINVAL;
	}
	job_free(&job);
	return ret;
}

struct plan *plan_load(const char *const *jobs, unsigned int nr_jobs,
		       const char *top, const struct plan_set *sets,
		       unsigned int nr_sets, uint64_t seed,
		       const struct plan_backend *backends,
		       unsigned int nr_backends, struct plan_error *err)
{
	static const char *const usual[] = { "default" };
	struct plan *p = calloc(1, sizeof(*p));
	char path[4096];
	unsigned int i;

	if (!p) {
		snprintf(err->msg, sizeof(err->msg),
			 "not enough memory for the plan");
		return NULL;
	}
	if (!nr_jobs) {
		jobs = usual;
		nr_jobs = 1;
	}
	p->seed = seed;
	for (i = 0; i < nr_jobs; i++) {
		if (!job_is_text(jobs[i])) {
			snprintf(
				err->msg, sizeof(err->msg),
				"the name of job %u is not text in UTF-8, on one line",
				i + 1);
			plan_free(p);
			return NULL;
		}
		if (strlen(p->job) + 2 < sizeof(p->job))
			plan_add_job_name(p, jobs[i]);
		if (job_path(jobs[i], top, path, sizeof(path), err) ||
		    add_job(p, path, sets, nr_sets, backends, nr_backends, err)) {
			plan_free(p);
			return NULL;
		}
	}
	if (plan_make_names_unique(p)) {
		snprintf(err->msg, sizeof(err->msg),
			 "not enough memory for the plan");
		plan_free(p);
		return NULL;
	}
	return p;
}

void plan_free(struct plan *p)
{
	unsigned int i;

	if (!p)
		return;
	for (i = 0; i < p->nr_groups; i++)
		free(p->groups[i].cells);
	free(p->groups);
	free(p);
}
