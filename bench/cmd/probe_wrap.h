/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A probe round a launch, for `run --probe`. */
#ifndef CMD_PROBE_WRAP_H
#define CMD_PROBE_WRAP_H

/**
 * struct probe_wrap - words that a launch's command line begins with
 * @argv: NULL after the last; they point into this struct
 */
struct probe_wrap {
	const char *argv[12];
	char target[4200], cells[16];
};

/*
 * probe_wrap() - of invbench-probe at @path, which lives as long as @w
 * @worker: the program whose USDT it counts by; NULL: the module that the launch loads
 * @cells: how many there are
 */
void probe_wrap(struct probe_wrap *w, const char *path, const char *worker,
		unsigned int cells);

#endif
