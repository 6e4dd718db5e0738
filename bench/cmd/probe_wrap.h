/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A probe round a launch, for `run --probe`. */
#ifndef CMD_PROBE_WRAP_H
#define CMD_PROBE_WRAP_H

#include "backend.h"

/**
 * struct probe_wrap - words that a launch's command line begins with
 * @argv: NULL after the last; they point into this struct
 */
struct probe_wrap {
	const char *argv[16];
	char target[4200], cells[16];
};

/*
 * probe_wrap() - of invbench-probe at @path, which lives as long as @w
 * @worker: the program whose USDT it counts by; NULL: the module that the launch loads
 * @queues: of the module, those that cells use; it lives as long
 * @cells: how many there are
 */
void probe_wrap(struct probe_wrap *w, const char *path, const char *worker,
		const char *queues, unsigned int cells);

/* Behind the first launch: what probes cost is known then. */
void probe_wrap_again(struct probe_wrap *w);

/*
 * What a probed plan takes of @o: probed, queues. 0, or -errno with a line when there is
 * nothing to watch.
 */
int probe_suit(const struct plan *plan, struct backend_options *o,
	       struct plan_error *err);

#endif
