// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "probe_wrap.h"

void probe_wrap(struct probe_wrap *w, const char *path, const char *worker,
		unsigned int cells)
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
	w->argv[n++] = "--";
	w->argv[n] = NULL;
}
