// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"

struct reader {
	struct job *job;
	FILE *f;
	int line;
	int ret, ret_line; /* of the first failure, and where */
	struct plan_error *err;
};

/* inih's own bound for the name of a section */
#define MAX_SECTION 49
#define NOT_TEXT    "not text in UTF-8, or cut inside a letter"

const char *job_file_end(const char *file)
{
	size_t len = strlen(file);

	return len > 100 ? file + len - 100 : file;
}

int job_error(const struct job_key *k, struct plan_error *err, const char *fmt,
	      ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!k->file)
		snprintf(err->msg, sizeof(err->msg), "--set %.60s: %s", k->key,
			 text);
	else
		snprintf(err->msg, sizeof(err->msg), "%s:%d: %s",
			 job_file_end(k->file), k->line, text);
	return -EINVAL;
}

bool job_is_text(const char *s)
{
	json_t *j = json_string(s); /* refuses what isn't UTF-8 */

	json_decref(j);
	for (; j && *s; s++)
		if (iscntrl((unsigned char)*s) && *s != '\t')
			return false;
	return j;
}

static void *more(void *array, unsigned int nr, size_t size)
{
	/* grows by doubling: a power of two is full */
	if (nr & (nr - 1))
		return array;
	return realloc(array, (nr ? 2 * nr : 1) * size);
}

static struct job_section *section_of(struct reader *r, const char *name)
{
	struct job *job = r->job;
	struct job_section *s;
	unsigned int i;

	for (i = 0; i < job->nr_sections; i++)
		if (!strcmp(job->sections[i].name, name))
			return &job->sections[i];
	s = more(job->sections, job->nr_sections, sizeof(*s));
	if (!s)
		return NULL;
	job->sections = s;
	s = &job->sections[job->nr_sections];
	memset(s, 0, sizeof(*s));
	s->file = job->file;
	s->line = r->line;
	s->name = strdup(name);
	if (!s->name)
		return NULL;
	job->nr_sections++;
	return s;
}

static int stop(struct reader *r, int ret)
{
	r->ret = ret;
	r->ret_line = r->line;
	return 0;
}

/* "[name]": inih says nothing of a section without keys. */
static int begin_section(struct reader *r, const char *text)
{
	struct job_key at = { .file = r->job->file, .line = r->line };
	const char *end = strchr(text, ']');
	char name[MAX_SECTION + 1];

	if (!end)
		return 0; /* inih refuses the line */
	if (end - text - 1 > MAX_SECTION)
		return job_error(&at, r->err,
				 "a section's name is longer than %d bytes",
				 MAX_SECTION);
	snprintf(name, sizeof(name), "%.*s", (int)(end - text - 1), text + 1);
	if (!job_is_text(name))
		return job_error(&at, r->err, NOT_TEXT);
	return section_of(r, name) ? 0 : -ENOMEM;
}

/* Passes over the rest of a line. */
static void skip_line(FILE *f)
{
	int c;

	do {
		c = getc(f);
	} while (c != EOF && c != '\n');
}

/*
 * inih of Debian tells no line numbers: it reads line by line, so we count. It
 * takes an indented line for more of the last value: we take the indent off.
 */
static char *read_line(char *str, int num, void *stream)
{
	struct reader *r = stream;
	struct job_key at = { .file = r->job->file };
	size_t len, indent;

	if (r->ret || !fgets(str, num, r->f))
		return NULL;
	at.line = ++r->line;
	len = strlen(str);
	indent = strspn(str, " \t");
	if (str[indent] == '#' || str[indent] == ';') {
		if (len && str[len - 1] != '\n')
			skip_line(r->f);
		return strcpy(str, "\n");
	}
	if (len && str[len - 1] != '\n' && ungetc(getc(r->f), r->f) != EOF) {
		stop(r, job_error(&at, r->err,
				  "the line is longer than %d characters, or no text",
				  num - 2));
		return NULL;
	}
	memmove(str, str + indent, len - indent + 1);
	if (*str == '[')
		stop(r, begin_section(r, str));
	return r->ret ? NULL : str;
}

/* inih's handler: 0 stops at this line. */
static int take(void *user, const char *section, const char *name,
		const char *value)
{
	struct reader *r = user;
	struct job_key at = { .file = r->job->file, .line = r->line };
	struct job_section *s;
	struct job_key *k;
	unsigned int i;

	if (r->ret)
		return 0;
	if (!job_is_text(section) || !job_is_text(name) || !job_is_text(value))
		return stop(r, job_error(&at, r->err, NOT_TEXT));
	if (!*section)
		return stop(r, job_error(&at, r->err,
					 "'%s' stands before any [section]",
					 name));
	s = section_of(r, section);
	if (!s)
		return stop(r, -ENOMEM);
	for (i = 0; i < s->nr_keys; i++)
		if (!strcmp(s->keys[i].key, name))
			return stop(
				r,
				job_error(
					&at, r->err,
					"'%s' is set twice in [%s], first in line %d",
					name, section, s->keys[i].line));
	k = more(s->keys, s->nr_keys, sizeof(*k));
	if (!k)
		return stop(r, -ENOMEM);
	s->keys = k;
	k = &s->keys[s->nr_keys];
	k->file = r->job->file;
	k->line = r->line;
	k->key = strdup(name);
	k->values = strdup(value);
	s->nr_keys++;
	return k->key && k->values ? 1 : stop(r, -ENOMEM);
}

int job_read(struct job *job, const char *file, struct plan_error *err)
{
	struct reader r = { .job = job, .err = err };
	int line;

	memset(job, 0, sizeof(*job));
	job->file = strdup(file);
	r.f = job->file ? fopen(file, "re") : NULL;
	if (!r.f) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", file,
			 strerror(errno));
		job_free(job);
		return -ENOENT;
	}
	line = ini_parse_stream(read_line, &r, take, &r);
	if (ferror(r.f)) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", file,
			 strerror(errno));
		r.ret = -EIO;
	}
	fclose(r.f);
	if (r.ret == -ENOMEM || line < 0)
		snprintf(err->msg, sizeof(err->msg),
			 "%.300s: not enough memory", file);
	/* inih goes on after a line that it doesn't understand */
	if (line > 0 && (!r.ret || line < r.ret_line)) {
		struct job_key at = { .file = file, .line = line };

		r.ret = job_error(
			&at, err,
			"not a [section], not 'key = value', not a comment");
	}
	if (r.ret || line < 0) {
		job_free(job);
		return r.ret ? r.ret : -ENOMEM;
	}
	return 0;
}

void job_free(struct job *job)
{
	unsigned int i, j;

	for (i = 0; i < job->nr_sections; i++) {
		struct job_section *s = &job->sections[i];

		for (j = 0; j < s->nr_keys; j++) {
			free(s->keys[j].key);
			free(s->keys[j].values);
		}
		free(s->keys);
		free(s->name);
	}
	free(job->sections);
	free(job->file);
	memset(job, 0, sizeof(*job));
}

const struct job_key *job_find(const struct job_section *s,
			       const struct job_section *global,
			       const char *key)
{
	unsigned int i;

	for (i = 0; s && i < s->nr_keys; i++)
		if (!strcmp(s->keys[i].key, key))
			return &s->keys[i];
	return global ? job_find(global, NULL, key) : NULL;
}

const struct job_section *job_global(const struct job *job)
{
	unsigned int i;

	for (i = 0; i < job->nr_sections; i++)
		if (!strcmp(job->sections[i].name, "global"))
			return &job->sections[i];
	return NULL;
}
