// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

static double seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void progress_start(struct progress *p, double seconds, unsigned int groups,
		    bool quiet)
{
	memset(p, 0, sizeof(*p));
	p->tty = isatty(STDERR_FILENO);
	p->quiet = quiet;
	p->seconds = seconds;
	p->of = groups;
	p->start = seconds_now();
}

/* What is left, by the speed so far; by the plan until a tenth is done. */
static double left(const struct progress *p, double share)
{
	double done = p->done + share * p->group;
	double spent = seconds_now() - p->start;

	if (done < 0.1 * p->seconds)
		return p->seconds - done;
	return spent * (p->seconds - done) / done;
}

void progress_group(struct progress *p, const char *name, double seconds)
{
	p->name = name;
	p->group = seconds;
	p->nr++;
	if (!p->quiet && !p->tty)
		fprintf(stderr, "%u/%u %s, %.0f s left\n", p->nr, p->of, name,
			left(p, 0));
	progress_share(p, 0);
}

void progress_share(struct progress *p, double share)
{
	if (p->quiet || !p->tty)
		return;
	fprintf(stderr, "\r\033[K%u/%u %s %3.0f %%, %.0f s left", p->nr, p->of,
		p->name, 100 * share, left(p, share));
	fflush(stderr);
}

void progress_group_over(struct progress *p)
{
	p->done += p->group;
	p->group = 0;
}

void progress_end(struct progress *p)
{
	if (!p->quiet && p->tty)
		fputs("\r\033[K", stderr);
}
