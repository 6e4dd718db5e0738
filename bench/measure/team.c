// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads that persist, each pinned to a CPU. Between two jobs they spin shortly
 * and then sleep on a futex, so that blocks of one thread find the other CPUs quiet.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "team.h"

#define SPIN_NS 20000

struct member {
	struct team *team;
	unsigned int nr;
	pthread_t thread;
};

struct team {
	unsigned int members, cpus;
	cpu_set_t allowed; /* of the caller, before it was pinned */
	struct member *member;
	/* job number; written by member 0 with release after fn and arg */
	uint32_t job __attribute__((aligned(64)));
	unsigned int active;
	team_fn fn;
	void *arg;
	bool stop;
	/* members finished with the job */
	uint32_t done __attribute__((aligned(64)));
	uint32_t arrived __attribute__((aligned(64))); /* barrier */
	uint32_t phase __attribute__((aligned(64)));
};

uint64_t team_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* invbench-worker-probed has another one. */
void team_block(int cell)
{
	(void)cell;
}

void team_relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

void team_wait_until(uint64_t ns)
{
	uint64_t now;

	while ((now = team_now_ns()) < ns) {
		if (ns - now > 200000) {
			struct timespec ts = { .tv_nsec = (long)(ns - now -
								 100000) };

			nanosleep(&ts, NULL);
		} else {
			team_relax();
		}
	}
}

unsigned int team_cpus(unsigned int *cpus, unsigned int max)
{
	unsigned int n = 0, cpu;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 0;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (n < max)
			cpus[n] = cpu;
		n++;
	}
	return n;
}

uint64_t team_ivcsw(void)
{
	struct rusage ru;

	if (getrusage(RUSAGE_THREAD, &ru))
		return 0;
	return (uint64_t)ru.ru_nivcsw;
}

static void futex_wait(uint32_t *word, uint32_t val)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, val, NULL, NULL, 0);
}

static void futex_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* Waits until *word differs from val. Acquire: pairs with the release of who changed it. */
static void wait_change(uint32_t *word, uint32_t val, bool spin)
{
	uint64_t until = spin ? team_now_ns() + SPIN_NS : 0;

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == val) {
		if (spin && team_now_ns() < until)
			team_relax();
		else
			futex_wait(word, val);
	}
}

bool team_oversubscribed(const struct team *t, unsigned int members)
{
	return members > t->cpus;
}

void team_barrier(struct team *t)
{
	uint32_t phase = __atomic_load_n(&t->phase, __ATOMIC_ACQUIRE);
	bool spin = !team_oversubscribed(t, t->active);

	if (__atomic_add_fetch(&t->arrived, 1, __ATOMIC_ACQ_REL) == t->active) {
		__atomic_store_n(&t->arrived, 0, __ATOMIC_RELAXED);
		/* pairs with the acquire in the waiters' loops below */
		__atomic_store_n(&t->phase, phase + 1, __ATOMIC_RELEASE);
		if (!spin)
			futex_wake(&t->phase);
		return;
	}
	while (__atomic_load_n(&t->phase, __ATOMIC_ACQUIRE) == phase) {
		if (spin)
			team_relax();
		else
			futex_wait(&t->phase, phase);
	}
}

static void *member_main(void *arg)
{
	struct member *m = arg;
	struct team *t = m->team;
	uint32_t seen = 0;

	for (;;) {
		wait_change(&t->job, seen, true);
		seen = __atomic_load_n(&t->job, __ATOMIC_ACQUIRE);
		if (t->stop)
			return NULL;
		if (m->nr < t->active)
			t->fn(t->arg, m->nr);
		/* pairs with the acquire in team_run() */
		if (__atomic_add_fetch(&t->done, 1, __ATOMIC_ACQ_REL) ==
		    t->members - 1)
			futex_wake(&t->done);
	}
}

static void start_job(struct team *t)
{
	__atomic_store_n(&t->done, 0, __ATOMIC_RELAXED);
	/* pairs with the acquire in wait_change(): fn, arg, active, stop */
	__atomic_add_fetch(&t->job, 1, __ATOMIC_RELEASE);
	futex_wake(&t->job);
}

/* The caller is member 0 already, and Ctrl-C is the tool's. */
void team_lead(struct team *t, void (*fn)(void *arg), void *arg)
{
	(void)t;
	fn(arg);
}

bool team_stopping(const struct team *t)
{
	(void)t;
	return false;
}

void team_run(struct team *t, unsigned int members, team_fn fn, void *arg)
{
	uint32_t done;

	t->active = members;
	t->fn = fn;
	t->arg = arg;
	if (members < 2) {
		fn(arg, 0);
		return;
	}
	start_job(t);
	fn(arg, 0);
	while ((done = __atomic_load_n(&t->done, __ATOMIC_ACQUIRE)) !=
	       t->members - 1)
		wait_change(&t->done, done, true);
}

static int pin(pthread_t thread, unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return pthread_setaffinity_np(thread, sizeof(set), &set);
}

struct team *team_create(unsigned int members, const unsigned int *cpus,
			 unsigned int nr_cpus, struct subject_error *err)
{
	struct team *t = aligned_alloc(64, sizeof(*t));
	unsigned int i;
	int ret;

	if (!t)
		goto no_memory;
	memset(t, 0, sizeof(*t));
	t->member = calloc(members, sizeof(*t->member));
	if (!t->member)
		goto no_memory;
	t->cpus = nr_cpus;
	t->members = 1;
	t->active = 1;
	sched_getaffinity(0, sizeof(t->allowed), &t->allowed);
	ret = pin(pthread_self(), cpus[0]);
	if (ret) {
		snprintf(err->msg, sizeof(err->msg), "can't pin to CPU %u: %s",
			 cpus[0], strerror(ret));
		goto fail;
	}
	for (i = 1; i < members; i++) {
		struct member *m = &t->member[i];

		m->team = t;
		m->nr = i;
		ret = pthread_create(&m->thread, NULL, member_main, m);
		if (!ret) {
			t->members++;
			ret = pin(m->thread, cpus[i % nr_cpus]);
		}
		if (ret) {
			snprintf(err->msg, sizeof(err->msg),
				 "can't start thread %u of %u: %s", i + 1,
				 members, strerror(ret));
			goto fail;
		}
	}
	return t;

no_memory:
	snprintf(err->msg, sizeof(err->msg), "not enough memory for %u threads",
		 members);
fail:
	team_destroy(t);
	return NULL;
}

void team_destroy(struct team *t)
{
	unsigned int i;

	if (!t)
		return;
	t->stop = true;
	start_job(t);
	for (i = 1; i < t->members; i++)
		pthread_join(t->member[i].thread, NULL);
	/* or the next group would find one CPU only */
	if (t->member)
		sched_setaffinity(0, sizeof(t->allowed), &t->allowed);
	free(t->member);
	free(t);
}
