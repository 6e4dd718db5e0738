// SPDX-License-Identifier: GPL-2.0-or-later
/* Two figures of the machine's state, recorded beside what is measured. */
#include "internal.h"

#define ADDS  10000
#define TRIPS 50

double canary_add_ns(void)
{
	uint64_t start, sum = 1;
	int i;

	start = now_ns();
	for (i = 0; i < ADDS; i++) {
		sum += (uint64_t)i;
		__asm__ volatile("" : "+r"(sum));
	}
	return (double)(now_ns() - start);
}

struct pingpong {
	struct team *team;
	uint32_t ball __attribute__((aligned(64)));
	uint64_t ns __attribute__((aligned(64)));
};

static void pingpong_member(void *arg, unsigned int member)
{
	struct pingpong *p = arg;
	uint64_t start;
	uint32_t i;

	team_barrier(p->team);
	start = now_ns();
	for (i = 0; i < TRIPS; i++) {
		/* each release pairs with the other member's acquire */
		while (__atomic_load_n(&p->ball, __ATOMIC_ACQUIRE) !=
		       2 * i + member)
			relax();
		__atomic_store_n(&p->ball, 2 * i + member + 1,
				 __ATOMIC_RELEASE);
	}
	if (!member) {
		while (__atomic_load_n(&p->ball, __ATOMIC_ACQUIRE) != 2 * TRIPS)
			relax();
		p->ns = now_ns() - start;
	}
}

double canary_pingpong_ns(struct team *t)
{
	struct pingpong p = { .team = t };

	team_run(t, 2, pingpong_member, &p);
	return (double)p.ns / TRIPS;
}
