// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what `invbench-probe stacks --offsets` says (bpf/stacks.c). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

#define MAX_FRAMES 128

static int bad(const char *line, struct flame_error *err)
{
	snprintf(err->msg, sizeof(err->msg), "the sampler said '%.200s'", line);
	return -EINVAL;
}

/* "NAME", "NAME_[MODULE]", "NAME+0xOFFSET_[MODULE]"; the text is cut up. */
static void take_name(char *text, struct perf_frame *frame, char *dso, size_t len)
{
	size_t n = strlen(text);
	char *module = n && text[n - 1] == ']' ? strstr(text, "_[") : NULL, *plus;

	/* no address that addr2line knows */
	frame->ip = UINT64_MAX;
	snprintf(dso, len, "%s", strcmp(text, "[user]") ? FOLD_KERNEL : "[user]");
	if (module) {
		text[n - 1] = '\0';
		snprintf(dso, len, "[kernel:%s]", module + 2);
		*module = '\0';
		plus = strstr(text, "+0x");
		if (plus) {
			frame->ip = strtoull(plus + 3, NULL, 16);
			*plus = '\0';
		}
	}
	frame->sym = text;
	frame->dso = dso;
}

static bool take_figure(const char *line, struct kernel_counts *c)
{
	const struct {
		const char *key;
		uint64_t *to;
	} keys[] = {
		{ "samples", &c->samples }, { "user", &c->user },
		{ "idle", &c->idle },	    { "unread", &c->unread },
		{ "full", &c->full },	    { "cut", &c->cut },
		{ "cpus", &c->cpus },
	};
	uint64_t value;
	char key[32];
	size_t i;

	if (!strncmp(line, "# seconds ", 10)) {
		c->seconds += strtod(line + 10, NULL);
		c->whole = true;
		return true;
	}
	if (sscanf(line, "# %31s %" SCNu64, key, &value) != 2)
		return false;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(key, keys[i].key))
			*keys[i].to = keys[i].to == &c->cpus ? value : *keys[i].to + value;
	return true;
}

static int take_stack(char *line, uint64_t count, kernel_stack_fn fn, void *arg,
		      struct flame_error *err)
{
	static char dsos[MAX_FRAMES][72];
	struct perf_frame frames[MAX_FRAMES];
	const char *task = strsep(&line, ";");
	char *names[MAX_FRAMES];
	unsigned int nr = 0, i;

	while (line && nr < MAX_FRAMES)
		names[nr++] = strsep(&line, ";");
	if (!nr)
		return bad(task, err);
	/* the innermost first */
	for (i = 0; i < nr; i++)
		take_name(names[nr - 1 - i], &frames[i], dsos[i], sizeof(dsos[i]));
	return fn(arg, task, frames, nr, count);
}

int kernel_stacks_read(FILE *in, kernel_stack_fn fn, void *arg,
		       struct kernel_counts *counts, struct flame_error *err)
{
	char *line = NULL, *space, *end;
	size_t size = 0;
	uint64_t count;
	int ret = 0;

	while (!ret && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#') {
			if (!take_figure(line, counts))
				ret = bad(line, err);
			continue;
		}
		space = strrchr(line, ' ');
		count = space ? strtoull(space + 1, &end, 10) : 0;
		if (!count || *end) {
			ret = bad(line, err);
			continue;
		}
		*space = '\0';
		ret = take_stack(line, count, fn, arg, err);
		if (ret == -ENOMEM)
			snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
	}
	free(line);
	if (ret || counts->whole)
		return ret;
	snprintf(err->msg, sizeof(err->msg), "the sampler ended before it had said all");
	return -EINVAL;
}
