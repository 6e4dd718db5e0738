/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_INTERNAL_H
#define MEASURE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "exec.h"

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static inline void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Involuntary switches of the calling thread so far. */
uint64_t thread_ivcsw(void);

struct team;

/* What every member of a team runs; @member 0 is the caller of team_run(). */
typedef void (*team_fn)(void *arg, unsigned int member);

struct team *team_create(unsigned int members, const unsigned int *cpus,
			 unsigned int nr_cpus, struct subject_error *err);
void team_destroy(struct team *t);
/* Runs fn on members 0..members-1 at once; returns when all have. */
void team_run(struct team *t, unsigned int members, team_fn fn, void *arg);
/* Inside fn: all members wait for each other. Spins; futex when oversubscribed. */
void team_barrier(struct team *t);
/* More threads than CPUs. */
bool team_oversubscribed(const struct team *t, unsigned int members);

double canary_add_ns(void);
double canary_pingpong_ns(struct team *t);

#endif
