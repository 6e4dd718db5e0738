/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that persist, each bound to a CPU: kthreads in the kernel, pthreads in user
 * space. Each world brings these. Plain C, so that user space's half needs no shims.
 */
#ifndef MEASURE_TEAM_H
#define MEASURE_TEAM_H

#include <stdbool.h>
#include <stdint.h>

#include "subject.h"

struct team;

/* What every member of a team runs; member 0 is the caller of team_run(). */
typedef void (*team_fn)(void *arg, unsigned int member);

/**
 * team_create() - threads, bound in turn to @cpus
 * @members: how many, member 0 among them
 * @cpus: @nr_cpus CPU numbers
 * @nr_cpus: at least 1
 * @err: one line on failure
 *
 * User space: the calling thread becomes member 0. May sleep. NULL on failure.
 */
struct team *team_create(unsigned int members, const unsigned int *cpus, unsigned int nr_cpus,
			 struct subject_error *err);
void team_destroy(struct team *t);

/**
 * team_lead() - run @fn on member 0's thread and wait for it
 *
 * Only there may team_run() be called. In the kernel the caller waits interruptibly: a
 * signal makes team_stopping() true, and @fn is still waited for.
 */
void team_lead(struct team *t, void (*fn)(void *arg), void *arg);

/* Somebody asks the leader to end soon: between two blocks it looks. */
bool team_stopping(const struct team *t);

/* Runs @fn on members 0..members-1 at once; returns when all have. */
void team_run(struct team *t, unsigned int members, team_fn fn, void *arg);

/* Inside @fn: all members wait for each other. Spins, but sleeps when oversubscribed. */
void team_barrier(struct team *t);

/* More threads than CPUs. */
bool team_oversubscribed(const struct team *t, unsigned int members);

/* Nanoseconds of the clock that blocks are timed with; it never goes back. */
uint64_t team_now_ns(void);

/* Until @ns of that clock: sleeps while it is far off, then spins. */
void team_wait_until(uint64_t ns);

/* In a loop that waits for another thread. */
void team_relax(void);

/*
 * A block of a cell begins, or (-1) has ended: for probes, which count by it. Any context
 * that may be traced; nothing when nobody does.
 */
void team_block(int cell);

/* Involuntary context switches of the calling thread so far. */
uint64_t team_ivcsw(void);

/* CPUs that may be used, ascending: at most @max of them. Returns how many there are. */
unsigned int team_cpus(unsigned int *cpus, unsigned int max);

#endif
