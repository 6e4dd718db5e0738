// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What addr2line says with -a -f -i: an address, then of each function there, innermost
 * first, its name and its line of source.
 */
#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

#define MAX_INLINED 64

struct place {
	uint64_t ip;
	unsigned int nr;
	char *names[];
};

struct inlines {
	void *by_ip; /* tsearch */
};

static int order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->ip < y->ip ? -1 : x->ip > y->ip;
}

/* Takes over the names. */
static int keep(struct inlines *in, uint64_t ip, char **names, unsigned int *nr)
{
	struct place *p = calloc(1, sizeof(*p) + *nr * sizeof(*names));
	struct place **at = NULL;
	unsigned int i;

	/* not known: "??" */
	if (p && *nr && strcmp(names[0], "??") != 0) {
		p->ip = ip;
		at = tsearch(p, &in->by_ip, order);
	}
	if (at && *at == p) {
		p->nr = *nr;
		memcpy(p->names, names, *nr * sizeof(*names));
		*nr = 0;
		return 0;
	}
	for (i = 0; i < *nr; i++)
		free(names[i]);
	*nr = 0;
	free(p);
	return p ? 0 : -ENOMEM;
}

struct inlines *inlines_read(FILE *in)
{
	struct inlines *all = calloc(1, sizeof(*all));
	char *names[MAX_INLINED], *line = NULL;
	bool name_next = true, any = false;
	unsigned int nr = 0;
	uint64_t ip = 0;
	size_t size = 0;
	int ret = all ? 0 : -ENOMEM;

	while (!ret && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0x", 2)) {
			if (any)
				ret = keep(all, ip, names, &nr);
			ip = strtoull(line, NULL, 16);
			name_next = any = true;
			continue;
		}
		if (any && name_next && nr < MAX_INLINED) {
			names[nr] = strdup(line);
			if (names[nr])
				nr++;
			else
				ret = -ENOMEM;
		}
		name_next = !name_next;
	}
	if (any && !ret)
		ret = keep(all, ip, names, &nr);
	while (nr)
		free(names[--nr]);
	free(line);
	if (!ret)
		return all;
	inlines_free(all);
	return NULL;
}

static void free_place(void *arg)
{
	struct place *p = arg;

	while (p->nr)
		free(p->names[--p->nr]);
	free(p);
}

void inlines_free(struct inlines *i)
{
	if (!i)
		return;
	tdestroy(i->by_ip, free_place);
	free(i);
}

const char *const *inlines_find(const struct inlines *i, uint64_t ip,
				unsigned int *nr)
{
	const struct place like = { .ip = ip };
	struct place *const *at = tfind(&like, &i->by_ip, order);

	if (!at)
		return NULL;
	*nr = (*at)->nr;
	return (const char *const *)(*at)->names;
}
