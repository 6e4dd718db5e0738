// SPDX-License-Identifier: GPL-2.0-or-later
/* Two figures of the machine's state, recorded beside what is measured. */
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>

#include "canary.h"

#define ADDS	10000
#define TRIPS	50

u64 canary_add_ps(void)
{
	u64 start, sum = 1;
	int i;

	start = team_now_ns();
	for (i = 0; i < ADDS; i++) {
		sum += i;
		OPTIMIZER_HIDE_VAR(sum);
	}
	return (team_now_ns() - start) * 1000;
}

struct pingpong {
	struct team *team;
	u32 ball ____cacheline_aligned;
	u64 ns ____cacheline_aligned;
};

static void pingpong_member(void *arg, unsigned int member)
{
	struct pingpong *p = arg;
	u64 start;
	u32 i;

	team_barrier(p->team);
	start = team_now_ns();
	for (i = 0; i < TRIPS; i++) {
		/* Pairs with the other member's release. */
		while (smp_load_acquire(&p->ball) != 2 * i + member)
			team_relax();
		/* Pairs with the other member's acquire. */
		smp_store_release(&p->ball, 2 * i + member + 1);
	}
	if (!member) {
		/* Pairs with the last release of the other one. */
		while (smp_load_acquire(&p->ball) != 2 * TRIPS)
			team_relax();
		p->ns = team_now_ns() - start;
	}
}

u64 canary_pingpong_ps(struct team *t)
{
	struct pingpong p = { .team = t };

	team_run(t, 2, pingpong_member, &p);
	return p.ns * 1000 / TRIPS;
}
