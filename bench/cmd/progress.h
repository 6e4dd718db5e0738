/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line that stays on a terminal, plain lines elsewhere. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>

struct progress {
	bool tty, quiet;
	double seconds; /* planned in all */
	double done;	/* planned, of the groups that are over */
	double start;	/* monotonic clock, s */
	double group;	/* planned, of the one in flight */
	unsigned int nr, of;
	const char *name;
};

void progress_start(struct progress *p, double seconds, unsigned int groups,
		    bool quiet);
void progress_group(struct progress *p, const char *name, double seconds);
/* Share of the group that is done, 0..1. */
void progress_share(struct progress *p, double share);
void progress_group_over(struct progress *p);
/* Takes the line away. */
void progress_end(struct progress *p);

#endif
