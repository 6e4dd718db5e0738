// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pmu.h"

#define MAX_TEXT 256

struct pmu {
	const char *root, *text;
	char name[64];
	struct exec_event *out;
	struct plan_error *err;
};

static int bad(struct pmu *p, const char *word, const char *why)
{
	snprintf(p->err->msg, sizeof(p->err->msg), "--counters %.100s: %.60s: %.200s", p->text,
		 word, why);
	return -EINVAL;
}

/* A word may not lead out of the folder that it is looked for in. */
static bool plain(const char *word)
{
	return *word && *word != '.' && !strchr(word, '/');
}

/* The first line of a file of the PMU's; false: there is none. */
static bool line_of(const struct pmu *p, const char *dir, const char *name, char *buf)
{
	char path[PATH_MAX];
	FILE *f;
	bool ok;

	if (snprintf(path, sizeof(path), "%s/%s/%s%s%s", p->root, p->name, dir, *dir ? "/" : "",
		     name) >= (int)sizeof(path))
		return false;
	f = fopen(path, "re");
	ok = f && fgets(buf, MAX_TEXT, f);
	if (f)
		fclose(f);
	if (ok)
		buf[strcspn(buf, "\n")] = '\0';
	return ok;
}

/* "config1:0-7,32-35": the low bits of @value go to the first range, and so on. */
static int place(struct pmu *p, const char *term, char *format, uint64_t value)
{
	char *ranges = strchr(format, ':'), *range;
	uint64_t *word;

	if (!ranges)
		return bad(p, term, "sysfs has no format of it that is understood");
	*ranges++ = '\0';
	if (!strcmp(format, "config"))
		word = &p->out->config;
	else if (!strcmp(format, "config1"))
		word = &p->out->config1;
	else if (!strcmp(format, "config2"))
		word = &p->out->config2;
	else
		return bad(p, term, "sysfs has no format of it that is understood");
	while ((range = strsep(&ranges, ","))) {
		unsigned int low, high, bits;
		int n = sscanf(range, "%u-%u", &low, &high);

		if (n == 1)
			high = low;
		if (n < 1 || low > high || high > 63)
			return bad(p, term, "sysfs has no format of it that is understood");
		bits = high - low + 1;
		if (bits == 64) {
			*word = value;
			value = 0;
		} else {
			*word |= (value & ((1ULL << bits) - 1)) << low;
			value >>= bits;
		}
	}
	return value ? bad(p, term, "its value is too large") : 0;
}

static int take_terms(struct pmu *p, char *terms, bool alias);

static int take_term(struct pmu *p, char *term, bool alias)
{
	char *value = strchr(term, '='), *end, text[MAX_TEXT];
	uint64_t v = 1;

	if (value)
		*value++ = '\0';
	if (!plain(term))
		return bad(p, term, "no event and no field of this PMU");
	if (!value && alias && line_of(p, "events", term, text))
		return take_terms(p, text, false);
	if (value) {
		errno = 0;
		v = strtoull(value, &end, 0);
		if (*value < '0' || *value > '9' || *end || errno)
			return bad(p, term, "its value is no number");
	}
	if (!line_of(p, "format", term, text))
		return bad(p, term, "no event and no field of this PMU (sysfs has them)");
	return place(p, term, text, v);
}

static int take_terms(struct pmu *p, char *terms, bool alias)
{
	char *term;
	int ret = 0;

	while (!ret && (term = strsep(&terms, ",")))
		ret = take_term(p, term, alias);
	return ret;
}

bool pmu_is_event(const char *text)
{
	const char *first = strchr(text, '/');

	return first && first != text && strchr(first + 1, '/') == text + strlen(text) - 1 &&
	       first[1] != '/';
}

/* Which PMUs there are, for who named another. */
static int no_pmu(struct pmu *p)
{
	struct plan_error *err = p->err;
	DIR *d = opendir(p->root);
	const struct dirent *e;
	size_t at;

	at = (size_t)snprintf(err->msg, sizeof(err->msg), "--counters %.100s: no PMU %.60s; valid:",
			      p->text, p->name);
	while (d && (e = readdir(d)) && at < sizeof(err->msg))
		if (*e->d_name != '.')
			at += (size_t)snprintf(err->msg + at, sizeof(err->msg) - at, " %.60s",
					       e->d_name);
	if (d)
		closedir(d);
	return -EINVAL;
}

int pmu_event(const char *root, const char *text, struct exec_event *out, struct plan_error *err)
{
	struct pmu p = { .root = root, .text = text, .out = out, .err = err };
	char type[MAX_TEXT], terms[MAX_TEXT];
	const char *slash = strchr(text, '/');
	size_t len = (size_t)(slash - text);

	snprintf(p.name, sizeof(p.name), "%.*s", (int)len, text);
	if (len >= sizeof(p.name) || !plain(p.name) || !line_of(&p, "", "type", type))
		return no_pmu(&p);
	snprintf(terms, sizeof(terms), "%s", slash + 1);
	terms[strcspn(terms, "/")] = '\0';
	out->type = (uint32_t)strtoul(type, NULL, 10);
	return take_terms(&p, terms, true);
}
