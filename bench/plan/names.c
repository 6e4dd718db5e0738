// SPDX-License-Identifier: GPL-2.0-or-later
/* What groups and plans are called. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"

void plan_copy_text(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size) {
		len = size - 1;
		while (len && ((unsigned char)from[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(to, from, len);
	to[len] = '\0';
}

static int by_name(const void *a, const void *b)
{
	const struct plan_group *const *x = a, *const *y = b;
	int ret = strcmp((*x)->name, (*y)->name);

	return ret ? ret : *x < *y ? -1 : *x > *y;
}

int plan_make_names_unique(struct plan *p)
{
	struct plan_group **sorted = calloc(p->nr_groups, sizeof(*sorted));
	unsigned int i, n;

	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < p->nr_groups; i++)
		sorted[i] = &p->groups[i];
	qsort(sorted, p->nr_groups, sizeof(*sorted), by_name);
	/* from the back, so that the first of a name still has it */
	for (i = p->nr_groups; i-- > 1;) {
		size_t len = strlen(sorted[i]->name);

		for (n = 1; n <= i; n++)
			if (strcmp(sorted[i - n]->name, sorted[i]->name))
				break;
		if (n > 1)
			snprintf(sorted[i]->name + len,
				 sizeof(sorted[i]->name) - len, " #%u", n);
	}
	free(sorted);
	return 0;
}

void plan_add_job_name(struct plan *p, const char *job)
{
	const char *slash = strrchr(job, '/');
	size_t len = strlen(p->job);

	if (len)
		p->job[len++] = '+';
	plan_copy_text(p->job + len, sizeof(p->job) - len, slash ? slash + 1 : job);
	len = strlen(p->job);
	if (len > 4 && !strcmp(p->job + len - 4, ".job"))
		p->job[len - 4] = '\0';
}
