// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

void values_free(struct values *v)
{
	free(v->v);
	memset(v, 0, sizeof(*v));
}

static int add(struct values *out, const struct job_key *k,
	       const struct subject_axis *axis, const char *text,
	       struct plan_error *err)
{
	struct subject_params scratch;
	struct subject_error e;
	unsigned int i;

	subject_params_init(&scratch);
	if (subject_params_set(&scratch, axis->key, text, &e))
		return job_error(k, err, "%s", e.msg);
	if (strlen(text) >= sizeof(*out->v))
		return job_error(k, err, "%s: '%.60s...' is too long",
				 axis->key, text);
	for (i = 0; i < out->nr; i++)
		if (!strcmp(out->v[i], text))
			return job_error(k, err, "%s: %s is named twice",
					 axis->key, text);
	if (out->nr == MAX_VALUES)
		return job_error(k, err, "%s: more than %d values", axis->key,
				 MAX_VALUES);
	if (!(out->nr & (out->nr - 1))) {
		size_t n = out->nr ? 2 * (size_t)out->nr : 1;
		void *p = realloc(out->v, n * sizeof(*out->v));

		if (!p)
			return job_error(k, err, "not enough memory");
		out->v = p;
	}
	strcpy(out->v[out->nr++], text);
	return 0;
}

/* A number with an optional K, M or G; false when it isn't one. */
static bool read_number(const char *text, const char **end, uint64_t *v)
{
	char *e;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*v = strtoull(text, &e, 10);
	if (errno)
		return false;
	if (*e == 'K' || *e == 'M' || *e == 'G') {
		unsigned int shift = *e == 'K' ? 10 : *e == 'M' ? 20 : 30;

		if (*v > UINT64_MAX >> shift)
			return false;
		*v <<= shift;
		e++;
	}
	*end = e;
	return true;
}

static int add_range(struct values *out, const struct job_key *k,
		     const struct subject_axis *axis, const char *text,
		     unsigned int cpus, struct plan_error *err)
{
	uint64_t from, to, by = 1, v;
	bool twice = false;
	const char *at;
	char buf[32];

	if (!read_number(text, &at, &from) || strncmp(at, "..", 2))
		goto bad;
	at += 2;
	if (!strncmp(at, "cpus", 4)) {
		to = cpus;
		at += 4;
	} else if (!read_number(at, &at, &to)) {
		goto bad;
	}
	if (*at == '*' || *at == '+') {
		twice = *at == '*';
		if (!read_number(at + 1, &at, &by) || by < (twice ? 2 : 1))
			goto bad;
	}
	if (*at || from > to || (twice && !from))
		goto bad;
	for (v = from; v <= to; v = twice ? v * by : v + by) {
		snprintf(buf, sizeof(buf), "%" PRIu64, v);
		if (add(out, k, axis, buf, err))
			return -EINVAL;
		if (twice ? v > to / by : v > UINT64_MAX - by)
			break;
	}
	return 0;
bad:
	return job_error(k, err, "%s: '%s' is no range; A..B, A..B*2 or A..B+3",
			 axis->key, text);
}

static int add_cpus(struct values *out, const struct job_key *k,
		    const struct subject_axis *axis, const char *text,
		    unsigned int cpus, struct plan_error *err)
{
	uint64_t less = 0;
	const char *at = text + 4;
	char buf[32];
	unsigned int i;

	if (*at && (*at != '-' || !read_number(at + 1, &at, &less) || *at))
		return job_error(k, err, "%s: '%s'; cpus or cpus-1", axis->key,
				 text);
	snprintf(buf, sizeof(buf), "%" PRIu64,
		 less < cpus ? cpus - less : (uint64_t)1);
	/* "1, cpus" on a machine of one CPU is one value */
	for (i = 0; i < out->nr; i++)
		if (!strcmp(out->v[i], buf))
			return 0;
	return add(out, k, axis, buf, err);
}

/* Every name of the axis. What the backend lacks is left out of the plan later. */
static int add_all(struct values *out, const struct job_key *k,
		   const struct subject_axis *axis, struct plan_error *err)
{
	unsigned int i;

	if (axis->kind != SUBJECT_AXIS_NAME)
		return job_error(k, err, "%s: 'all' is for axes with names",
				 axis->key);
	out->all = true;
	for (i = 0; i < axis->nr_names; i++) {
		/* after the strategies stands "own", which nobody chooses */
		if (!strcmp(axis->key, "strategy") &&
		    i >= subject_nr_strategies())
			continue;
		if (!strcmp(axis->key, "store") && subject_store(i)->foreign)
			continue;
		if (add(out, k, axis, axis->names[i], err))
			return -EINVAL;
	}
	return 0;
}

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t\r", s[len - 1]))
		s[--len] = '\0';
	return s;
}

int values_parse(struct values *out, const struct job_key *k,
		 const struct subject_axis *axis, unsigned int cpus,
		 struct plan_error *err)
{
	char *copy = strdup(k->values), *rest = copy, *item;
	int ret = copy ? 0 : -ENOMEM;

	memset(out, 0, sizeof(*out));
	while (!ret && (item = strsep(&rest, ","))) {
		item = trim(item);
		if (!*item)
			ret = job_error(k, err, "%s: an empty value",
					axis->key);
		else if (!strcmp(item, "all"))
			ret = add_all(out, k, axis, err);
		else if (!strncmp(item, "cpus", 4) &&
			 axis->kind == SUBJECT_AXIS_NUMBER)
			ret = add_cpus(out, k, axis, item, cpus, err);
		else if (strstr(item, "..") &&
			 axis->kind == SUBJECT_AXIS_NUMBER)
			ret = add_range(out, k, axis, item, cpus, err);
		else
			ret = add(out, k, axis, item, err);
	}
	free(copy);
	if (ret)
		values_free(out);
	return ret;
}

int values_number(uint64_t *out, const struct job_key *k, uint64_t min,
		  uint64_t max, struct plan_error *err)
{
	const char *end;

	if (!read_number(k->values, &end, out) || *end || *out < min ||
	    *out > max)
		return job_error(k, err,
				 "%s: '%s' is no whole number from %" PRIu64
				 " to %" PRIu64,
				 k->key, k->values, min, max);
	return 0;
}
