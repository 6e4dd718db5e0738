// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's functions by address, those of modules that have gone since among them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"

#define MODULE_LEN 56

struct symbol {
	__u64 address;
	char *name;
	char module[MODULE_LEN]; /* "" of the kernel's own */
	bool old; /* of an earlier reading */
};

struct kallsyms {
	struct symbol *symbols;
	size_t nr, room;
	char *modules; /* /proc/modules when they were read */
};

static int add(struct kallsyms *k, __u64 address, const char *name,
	       const char *module)
{
	struct symbol *s;

	if (k->nr == k->room) {
		size_t room = k->room ? 2 * k->room : 1 << 16;

		s = realloc(k->symbols, room * sizeof(*s));
		if (!s)
			return -1;
		k->symbols = s;
		k->room = room;
	}
	s = &k->symbols[k->nr];
	s->name = strdup(name);
	if (!s->name)
		return -1;
	s->address = address;
	s->old = false;
	snprintf(s->module, sizeof(s->module), "%s", module);
	k->nr++;
	return 0;
}

/* "ADDRESS TYPE NAME\t[MODULE]" */
static int take_line(struct kallsyms *k, char *line, bool *hidden)
{
	char *at, *type, *name, *module, *rest = NULL;
	__u64 address = strtoull(line, &at, 16);

	if (at == line || *at != ' ')
		return 0;
	type = strtok_r(at, " \t\n", &rest);
	name = strtok_r(NULL, " \t\n", &rest);
	module = strtok_r(NULL, " \t\n[]", &rest);
	/* of functions; arm64 has marks among them that are none */
	if (!type || !name || !strchr("tTwW", *type) || *name == '$')
		return 0;
	if (!address)
		return 0;
	*hidden = false;
	return add(k, address, name, module ? module : "");
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->old != y->old ? (x->old ? 1 : -1) : 0;
}

/* Whether a module of the last reading is there now. */
static bool is_loaded(const char *modules, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = modules; at && (at = strstr(at, name)); at += len)
		if ((at == modules || at[-1] == '\n') && at[len] == ' ')
			return true;
	return false;
}

/* What the new reading has itself is dropped of the old one. */
static void drop_known(struct kallsyms *k)
{
	size_t i, n = 0;

	for (i = 0; i < k->nr; i++) {
		struct symbol *s = &k->symbols[i];

		if (!*s->module || is_loaded(k->modules, s->module)) {
			free(s->name);
			continue;
		}
		s->old = true;
		k->symbols[n++] = *s;
	}
	k->nr = n;
}

static char *read_modules(void)
{
	FILE *f = fopen("/proc/modules", "re");
	char *text = NULL;
	size_t size = 0;

	/* to its end: no byte of it is 0 */
	if (f && getdelim(&text, &size, 0, f) < 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text ? text : strdup("");
}

static int read_symbols(struct kallsyms *k)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	bool hidden = true;
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	if (!f)
		return -errno;
	drop_known(k);
	while (!ret && getline(&line, &size, f) > 0)
		ret = take_line(k, line, &hidden) ? -ENOMEM : 0;
	free(line);
	fclose(f);
	qsort(k->symbols, k->nr, sizeof(*k->symbols), by_address);
	return ret ? ret : hidden ? -EPERM : 0;
}

int kallsyms_update(struct kallsyms *k)
{
	char *now = read_modules();

	if (!now)
		return -ENOMEM;
	if (k->modules && !strcmp(k->modules, now)) {
		free(now);
		return 0;
	}
	free(k->modules);
	k->modules = now;
	return read_symbols(k);
}

struct kallsyms *kallsyms_new(void)
{
	return calloc(1, sizeof(struct kallsyms));
}

void kallsyms_free(struct kallsyms *k)
{
	size_t i;

	if (!k)
		return;
	for (i = 0; i < k->nr; i++)
		free(k->symbols[i].name);
	free(k->symbols);
	free(k->modules);
	free(k);
}

const char *kallsyms_find(const struct kallsyms *k, __u64 address,
			  const char **module, __u64 *offset)
{
	size_t low = 0, high = k->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	/* the first of those at its address */
	high = low - 1;
	while (high && k->symbols[high - 1].address == k->symbols[low - 1].address)
		high--;
	*module = k->symbols[high].module;
	*offset = address - k->symbols[high].address;
	return k->symbols[high].name;
}
