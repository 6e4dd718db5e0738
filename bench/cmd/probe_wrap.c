// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "probe_wrap.h"

void probe_wrap(struct probe_wrap *w, const char *path, const char *worker,
		const char *queues, unsigned int cells)
{
	unsigned int n = 0;

	if (worker)
		snprintf(w->target, sizeof(w->target), "worker:%s", worker);
	else
		snprintf(w->target, sizeof(w->target), "module");
	snprintf(w->cells, sizeof(w->cells), "%u", cells);
	w->argv[n++] = path;
	w->argv[n++] = "--around";
	w->argv[n++] = "--target";
	w->argv[n++] = w->target;
	w->argv[n++] = "--cells";
	w->argv[n++] = w->cells;
	if (!worker) {
		w->argv[n++] = "--only";
		w->argv[n++] = queues;
	}
	w->argv[n++] = "--";
	w->argv[n] = NULL;
}

void probe_wrap_again(struct probe_wrap *w)
{
	unsigned int n = 0;

	while (w->argv[n] && strcmp(w->argv[n], "--no-cost") != 0)
		n++;
	if (!n || w->argv[n])
		return;
	/* in the place of the dashes, and those behind it */
	w->argv[n - 1] = "--no-cost";
	w->argv[n++] = "--";
	w->argv[n] = NULL;
}

/* The most of a group: each gets counts of its own. */
static unsigned int most_cells(const struct plan *plan)
{
	unsigned int most = 0, i;

	for (i = 0; i < plan->nr_groups; i++)
		if (plan->groups[i].nr_cells > most)
			most = plan->groups[i].nr_cells;
	return most;
}

static bool listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; *list; list += *list == ',') {
		size_t n = strcspn(list, ",");

		if (n == len && !strncmp(list, name, n))
			return true;
		list += n;
	}
	return false;
}

/* As the module's functions are called: "lockless_model,spinlock_null"; empty: none. */
static void name_queues(const struct plan *plan, char *text, size_t len)
{
	char queue[32], device[32], budget[32], name[96];
	unsigned int i, k;
	size_t at = 0;

	*text = '\0';
	for (i = 0; i < plan->nr_groups; i++) {
		const struct plan_group *g = &plan->groups[i];

		for (k = 0; k < g->nr_cells; k++) {
			const struct subject_params *p = &g->cells[k].params;

			subject_params_get(p, "queue", queue, sizeof(queue));
			subject_params_get(p, "device", device, sizeof(device));
			subject_params_get(p, "budget", budget, sizeof(budget));
			if (g->cells[k].role == PLAN_FLOOR ||
			    !strcmp(queue, "none"))
				continue;
			snprintf(name, sizeof(name), "%s_%s%s", queue, device,
				 strcmp(budget, "no-queue-wmb") ? "" : "_nowmb");
			if (!listed(text, name) && at + strlen(name) + 1 < len)
				at += (size_t)sprintf(text + at, "%s%s",
						      at ? "," : "", name);
		}
	}
}

int probe_suit(const struct plan *plan, struct backend_options *o,
	       struct plan_error *err)
{
	if (!plan->probed)
		return 0;
	o->probed = most_cells(plan);
	name_queues(plan, o->queues, sizeof(o->queues));
	if (*o->queues)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "--probe: no cell of this plan has a queue to watch (queue=lockless or spinlock)");
	return -EINVAL;
}
