// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's functions by address. Reading their list takes an emulated machine seconds,
 * in which a module may come and go: of those only the place is looked at as they come.
 */
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
};

/* Where a module's code was loaded: addresses in its file begin there. */
struct module {
	char name[MODULE_LEN];
	__u64 text, size;
	__u64 plt; /* behind it, code that the kernel makes for jumps too far; 0: none */
	bool loaded;
};

struct kallsyms {
	struct symbol *symbols;
	size_t nr, room;
	char *seen; /* /proc/modules when it was last read */
	struct module *modules;
	size_t nr_modules;
};

/* ---- modules ------------------------------------------------------------- */

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

static __u64 read_section(const char *module, const char *section)
{
	unsigned long long address = 0;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/sections/%s", module, section);
	f = fopen(path, "re");
	if (f && fscanf(f, "%llx", &address) != 1)
		address = 0;
	if (f)
		fclose(f);
	return address;
}

/* "NAME SIZE ..." */
static int take_module(struct kallsyms *k, const char *line)
{
	size_t len = strcspn(line, " "), i;
	struct module *m;
	__u64 text;

	if (!len || len >= MODULE_LEN)
		return 0;
	for (i = 0; i < k->nr_modules; i++)
		if (strlen(k->modules[i].name) == len && !strncmp(k->modules[i].name, line, len))
			break;
	if (i == k->nr_modules) {
		m = realloc(k->modules, (i + 1) * sizeof(*m));
		if (!m)
			return -ENOMEM;
		k->modules = m;
		memset(&m[i], 0, sizeof(*m));
		memcpy(m[i].name, line, len);
		k->nr_modules++;
	}
	m = &k->modules[i];
	m->loaded = true;
	m->size = strtoull(line + len, NULL, 10);
	/* it isn't said while it comes or goes */
	text = read_section(m->name, ".text");
	if (!text)
		return 0;
	m->text = text;
	m->plt = read_section(m->name, ".plt");
	return 0;
}

int kallsyms_watch(struct kallsyms *k)
{
	char *now = read_modules();
	const char *line;
	size_t i;
	int ret = 0;

	if (!now)
		return -ENOMEM;
	if (k->seen && !strcmp(k->seen, now)) {
		free(now);
		return 0;
	}
	free(k->seen);
	k->seen = now;
	for (i = 0; i < k->nr_modules; i++)
		k->modules[i].loaded = false;
	for (line = now; *line && !ret; line += *line == '\n') {
		ret = take_module(k, line);
		line += strcspn(line, "\n");
	}
	return ret;
}

/* ---- symbols ------------------------------------------------------------- */

static int add(struct kallsyms *k, __u64 address, const char *name, const char *module)
{
	struct symbol *s;

	if (k->nr == k->room) {
		size_t room = k->room ? 2 * k->room : 1 << 16;

		s = realloc(k->symbols, room * sizeof(*s));
		if (!s)
			return -ENOMEM;
		k->symbols = s;
		k->room = room;
	}
	s = &k->symbols[k->nr];
	s->name = strdup(name);
	if (!s->name)
		return -ENOMEM;
	s->address = address;
	snprintf(s->module, sizeof(s->module), "%s", module);
	k->nr++;
	return 0;
}

/* "ADDRESS TYPE NAME\t[MODULE]": a function's; 0 for what is none, and what is hidden. */
static __u64 take_symbol(char *line, const char **name, const char **module)
{
	char *at, *type, *rest = NULL;
	__u64 address = strtoull(line, &at, 16);

	if (at == line || *at != ' ')
		return 0;
	type = strtok_r(at, " \t\n", &rest);
	*name = strtok_r(NULL, " \t\n", &rest);
	*module = strtok_r(NULL, " \t\n[]", &rest);
	/* arm64 has marks among them that are none */
	if (!type || !*name || !strchr("tTwW", *type) || **name == '$')
		return 0;
	return address;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return strcmp(x->name, y->name);
}

int kallsyms_check(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	const char *name, *module;
	bool seen = false;
	char line[512];
	int i;

	/* the first of them tell */
	for (i = 0; f && !seen && i < 1000 && fgets(line, sizeof(line), f); i++)
		seen = take_symbol(line, &name, &module);
	if (f)
		fclose(f);
	return seen ? 0 : -EPERM;
}

int kallsyms_read(struct kallsyms *k)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	const char *name, *module;
	char *line = NULL;
	size_t size = 0;
	__u64 address;
	int ret = 0;

	if (!f)
		return -errno;
	while (!ret && getline(&line, &size, f) > 0) {
		address = take_symbol(line, &name, &module);
		if (address)
			ret = add(k, address, name, module ? module : "");
	}
	free(line);
	fclose(f);
	qsort(k->symbols, k->nr, sizeof(*k->symbols), by_address);
	return ret;
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
	free(k->seen);
	free(k);
}

/* The last symbol that isn't behind @address; the first of those at its place. */
static const struct symbol *find_symbol(const struct kallsyms *k, __u64 address)
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
	high = low - 1;
	while (high && k->symbols[high - 1].address == k->symbols[low - 1].address)
		high--;
	return &k->symbols[high];
}

void kallsyms_find(const struct kallsyms *k, __u64 address, struct kallsyms_place *p)
{
	const struct symbol *s = find_symbol(k, address);
	const struct module *m = NULL;
	size_t i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < k->nr_modules && !m; i++)
		if (k->modules[i].text && address >= k->modules[i].text &&
		    address - k->modules[i].text < k->modules[i].size)
			m = &k->modules[i];
	/* a module's size counts more than its code: its symbols know better */
	if (m && (!m->loaded || (s && !strcmp(s->module, m->name)))) {
		p->module = m->name;
		p->offset = address - m->text;
		p->has_offset = true;
		p->name = m->loaded ? s->name : NULL;
		/* it has no symbols, and the last one before it isn't its */
		if (m->plt > m->text && address >= m->plt && (!s || s->address < m->plt))
			p->name = "[veneer]";
	} else if (s) {
		p->name = s->name;
		p->module = *s->module ? s->module : NULL;
	}
}
