// SPDX-License-Identifier: GPL-2.0-or-later
/* Which commands work, by what the checks said: the first that lacks is named. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "commands.h"

#define MAX_NEEDS 10

/**
 * struct need - a command of the tool
 * @words: as typed, the first of them its name
 * @needs: rows without which it doesn't work; "a|b": one of them is enough
 * @likes: rows without which it lacks something
 */
static const struct need {
	const char *words;
	const char *needs[MAX_NEEDS], *likes[MAX_NEEDS];
} commands[] = {
	{ "run", { NULL }, { "gnuplot", "membarrier" } },
	{ "run --counters", { "sampling" }, { "PMU", "events" } },
	{ "run --probe", { "root", "uprobes", "attach uprobe" }, { NULL } },
	{ "run --backend kernel",
	  { "root", "loads modules", "unsigned modules", "debugfs",
	    "kernel headers" },
	  { "gnuplot" } },
	{ "run --backend stock",
	  { "stock driver", "root", "loads modules", "unsigned modules",
	    "debugfs", "kernel headers" },
	  { "BTF", "kprobes", "gnuplot" } },
	{ "run --backend guest",
	  { "QEMU", "compiler for arm64", "pinned kernels|space in the cache" },
	  { "KVM" } },
	{ "probe",
	  { "stock driver", "root", "BTF", "JIT", "eBPF reads memory",
	    "ftrace|kprobes", "attach fentry|attach kprobe", "stock functions",
	    "domains translate" },
	  { "SMMU counters" } },
	{ "probe --backend guest",
	  { "QEMU", "compiler for arm64", "pinned kernels|space in the cache" },
	  { "KVM" } },
	{ "flame", { "perf", "sampling" }, { "root|perf for everybody" } },
	{ "flame stock", { "stock driver", "root", "BTF", "attach perf_event" }, { NULL } },
	{ "flame --backend guest",
	  { "QEMU", "compiler for arm64", "pinned kernels|space in the cache" },
	  { "KVM" } },
	{ "verify", { "herd7" }, { NULL } },
	{ "guest",
	  { "QEMU", "compiler for arm64", "pinned kernels|space in the cache" },
	  { "KVM" } },
	{ "choose", { NULL }, { NULL } },
};

/* The worst of what stands in the way of @want; its best row in @r. */
static enum doctor_verdict judge(const struct doctor *d, const char *want,
				 const struct doctor_row **r)
{
	char names[128], *rest = names, *name;
	enum doctor_verdict best = DOCTOR_NONE;

	snprintf(names, sizeof(names), "%s", want);
	*r = NULL;
	while ((name = strsep(&rest, "|"))) {
		const struct doctor_row *found = doctor_find(d, name);

		/* what wasn't tried has no row */
		if (!found || (best && found->verdict >= best))
			continue;
		best = found->verdict;
		*r = found;
	}
	return best;
}

static char *lack(const struct doctor_row *r)
{
	return look_format("%s: %s%s%s", r->name, r->detail,
			   r->remedy ? "; " : "", r->remedy ? r->remedy : "");
}

/* Partly, where a need is partly met or a wish isn't. */
static void judge_needs(const struct doctor *d, const struct need *n,
			struct doctor_command *c)
{
	const struct doctor_row *r;
	enum doctor_verdict v;
	size_t i;

	for (i = 0; i < MAX_NEEDS && n->needs[i]; i++) {
		v = judge(d, n->needs[i], &r);
		/* a no says more than what isn't known */
		if ((v != DOCTOR_NO && v != DOCTOR_UNKNOWN) ||
		    (c->lacks && (v != DOCTOR_NO || c->verdict == DOCTOR_NO)))
			continue;
		free(c->lacks);
		c->verdict = v;
		c->lacks = lack(r);
	}
	for (i = 0; i < MAX_NEEDS && n->needs[i] && !c->lacks; i++)
		if (judge(d, n->needs[i], &r) == DOCTOR_PARTLY) {
			c->verdict = DOCTOR_PARTLY;
			c->lacks = lack(r);
		}
	for (i = 0; i < MAX_NEEDS && n->likes[i] && !c->lacks; i++) {
		v = judge(d, n->likes[i], &r);
		if (v == DOCTOR_NO || v == DOCTOR_PARTLY) {
			c->verdict = DOCTOR_PARTLY;
			c->lacks = lack(r);
		}
	}
}

static void name_of(const char *words, char *name, size_t len)
{
	snprintf(name, len, "%.*s", (int)strcspn(words, " "), words);
}

void commands_judge(struct doctor *d)
{
	size_t i, nr = sizeof(commands) / sizeof(commands[0]);
	char name[32];

	d->commands = look_check(calloc(nr, sizeof(*d->commands)));
	for (i = 0; i < nr; i++) {
		struct doctor_command *c = &d->commands[d->nr_commands];

		name_of(commands[i].words, name, sizeof(name));
		if (d->options->has_command && !d->options->has_command(name))
			continue;
		d->nr_commands++;
		*c = (struct doctor_command){ .words = commands[i].words,
					      .verdict = DOCTOR_YES };
		judge_needs(d, &commands[i], c);
	}
}
