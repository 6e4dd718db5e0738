// SPDX-License-Identifier: GPL-2.0-or-later
/* A case's threads are a team, as the executor's. */
#include "selftest.h"
#include "team.h"

#define MAX_CPUS	64

struct work {
	struct team *team;
	unsigned int n;
	void (*fn)(void *arg, unsigned int nr);
	void *arg;
};

static void lead(void *arg)
{
	struct work *w = arg;

	team_run(w->team, w->n, w->fn, w->arg);
}

bool selftest_threads(unsigned int n, void (*fn)(void *arg, unsigned int nr), void *arg)
{
	static struct subject_error err;
	static unsigned int cpus[MAX_CPUS];
	struct work w = { .n = n, .fn = fn, .arg = arg };
	unsigned int nr = team_cpus(cpus, MAX_CPUS);

	w.team = team_create(n, cpus, nr < MAX_CPUS ? nr : MAX_CPUS, &err);
	if (!w.team) {
		ktap_fail("%s", err.msg);
		return false;
	}
	team_lead(w.team, lead, &w);
	team_destroy(w.team);
	return true;
}
