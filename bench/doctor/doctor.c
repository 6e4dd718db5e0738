// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "commands.h"

static const struct doctor_subject subjects[] = {
	{ "machine", doctor_machine }, { "module", doctor_module },
	{ "eBPF", doctor_bpf },	       { "perf", doctor_perf },
	{ "SMMU", doctor_smmu },       { "IOMMU domains", doctor_groups },
	{ "tools", doctor_tools },
};

static struct doctor_row *last(struct doctor *d)
{
	return &d->rows[d->nr_rows - 1];
}

static void new_row(struct doctor *d, const char *name, const char *use)
{
	d->rows = look_check(
		reallocarray(d->rows, d->nr_rows + 1, sizeof(*d->rows)));
	d->rows[d->nr_rows++] = (struct doctor_row){
		.subject = d->subject,
		.name = look_check(strdup(name)),
		.use = use ? use : "",
	};
}

void row(struct doctor *d, const char *use, const char *fmt, ...)
{
	char name[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	new_row(d, name, use);
}

void say(struct doctor *d, enum doctor_verdict v, const char *fmt, ...)
{
	struct doctor_row *r = last(d);
	va_list ap;

	free(r->detail);
	r->verdict = v;
	va_start(ap, fmt);
	if (vasprintf(&r->detail, fmt, ap) < 0)
		r->detail = look_check(NULL);
	va_end(ap);
}

void remedy(struct doctor *d, const char *fmt, ...)
{
	struct doctor_row *r = last(d);
	va_list ap;

	free(r->remedy);
	va_start(ap, fmt);
	if (vasprintf(&r->remedy, fmt, ap) < 0)
		r->remedy = look_check(NULL);
	va_end(ap);
}

void values(struct doctor *d, json_t *v)
{
	json_decref(last(d)->values);
	last(d)->values = look_check(v);
}

static void free_row(struct doctor_row *r)
{
	free(r->name);
	free(r->detail);
	free(r->remedy);
	json_decref(r->values);
}

/* Rows that nobody answered go. */
static void keep_answered(struct doctor *d, size_t from)
{
	size_t i, to = from;

	for (i = from; i < d->nr_rows; i++)
		if (d->rows[i].verdict == DOCTOR_NONE)
			free_row(&d->rows[i]);
		else
			d->rows[to++] = d->rows[i];
	d->nr_rows = to;
}

struct doctor *doctor_examine(const struct look *look,
			      const struct doctor_options *o)
{
	struct doctor *d = look_check(calloc(1, sizeof(*d)));
	const struct doctor_check *c;
	size_t i, from;

	d->look = look;
	d->options = o;
	look_ask_line(look, "release", d->release, sizeof(d->release));
	look_ask_line(look, "machine", d->machine, sizeof(d->machine));
	d->config = look_ask(look, "config");
	for (i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		d->subject = subjects[i].title;
		for (c = subjects[i].checks; c->name; c++) {
			if (c->here && o->guest)
				continue;
			from = d->nr_rows;
			new_row(d, c->name, c->use);
			c->fn(d);
			keep_answered(d, from);
		}
	}
	if (!o->guest)
		commands_judge(d);
	return d;
}

void doctor_free(struct doctor *d)
{
	size_t i;

	if (!d)
		return;
	for (i = 0; i < d->nr_rows; i++)
		free_row(&d->rows[i]);
	for (i = 0; i < d->nr_commands; i++)
		free(d->commands[i].lacks);
	free(d->rows);
	free(d->commands);
	free(d->config);
	free(d->features);
	free(d);
}

const char *doctor_verdict_name(enum doctor_verdict v)
{
	static const char *const names[] = {
		[DOCTOR_NONE] = "-",	   [DOCTOR_YES] = "yes",
		[DOCTOR_PARTLY] = "partly", [DOCTOR_NO] = "no",
		[DOCTOR_UNKNOWN] = "?",	   [DOCTOR_FACT] = "-",
	};

	return names[v];
}

const struct doctor_row *doctor_find(const struct doctor *d, const char *name)
{
	size_t i;

	for (i = 0; i < d->nr_rows; i++)
		if (!strcmp(d->rows[i].name, name))
			return &d->rows[i];
	return NULL;
}

bool holds(const struct doctor *d, const char *name)
{
	const struct doctor_row *r = doctor_find(d, name);

	return r && (r->verdict == DOCTOR_YES || r->verdict == DOCTOR_PARTLY);
}

const char *release(const struct doctor *d)
{
	return *d->release ? d->release : "$(uname -r)";
}

bool is_arm(const struct doctor *d)
{
	return !strcmp(d->machine, "aarch64");
}

char config(const struct doctor *d, const char *name)
{
	size_t len = strlen(name);
	const char *at = d->config;

	if (!at)
		return 0;
	while ((at = strstr(at, "CONFIG_"))) {
		at += strlen("CONFIG_");
		if (!strncmp(at, name, len) && at[len] == '=')
			return at[len + 1] == '"' ? at[len + 2] : at[len + 1];
	}
	return 'n';
}

bool cmdline(const struct doctor *d, const char *key, char *buf, size_t len)
{
	char line[4096], *word, *rest = line;
	size_t n = strlen(key);
	bool found = false;

	look_line(d->look, line, sizeof(line), "/proc/cmdline");
	*buf = '\0';
	/* the last one counts */
	while ((word = strsep(&rest, " ")))
		if (!strncmp(word, key, n) && (!word[n] || word[n] == '=')) {
			snprintf(buf, len, "%s", word[n] ? word + n + 1 : "");
			found = true;
		}
	return found;
}

void append(char *text, size_t len, const char *fmt, ...)
{
	size_t at = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + at, len - at, fmt, ap);
	va_end(ap);
}
