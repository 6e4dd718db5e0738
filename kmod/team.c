// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's half of team.h: a bound kthread for each member. Between two jobs they
 * spin shortly and then sleep, so that blocks of one thread find the other CPUs quiet.
 */
#include <linux/cache.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/overflow.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/wait.h>

#include "team.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define SPIN_NS		20000
#define SPINS_A_LOOK	1024 /* turns of a spin between two offers of the CPU */

struct member {
	struct team *team;
	struct task_struct *task;
	unsigned int nr;
};

/**
 * struct team - bound kthreads
 * @members: how many there are
 * @cpus: that they were bound to
 * @stopping: the one who waits in team_lead() had a signal
 * @led: @lead_fn is over
 * @lead: number of the leader's job; with release, after @lead_fn and @lead_arg
 * @lead_fn: what the leader runs
 * @lead_arg: with this
 * @active: members of the present job
 * @fn: what they run
 * @arg: with this
 * @job: its number; written by the leader with release, after the four
 * @done: members that are through with it
 * @arrived: at the barrier
 * @phase: of the barrier
 * @work: where members wait for a job, and the leader for theirs
 * @over: where the leader waits for the members
 * @meet: where the oversubscribed wait at the barrier
 * @member: of each
 */
struct team {
	unsigned int members, cpus;
	bool stopping;
	struct completion led;
	u32 lead;
	void (*lead_fn)(void *arg);
	void *lead_arg;
	unsigned int active;
	team_fn fn;
	void *arg;
	u32 job ____cacheline_aligned;
	atomic_t done ____cacheline_aligned;
	atomic_t arrived ____cacheline_aligned;
	u32 phase ____cacheline_aligned;
	wait_queue_head_t work, over, meet;
	struct member member[];
};

void team_block(int cell)
{
	trace_invbench_block(cell);
}

uint64_t team_now_ns(void)
{
	return ktime_get_ns();
}

void team_relax(void)
{
	cpu_relax();
}

void team_wait_until(uint64_t ns)
{
	/* What a window starts with is microseconds: no sleep is as short. */
	while (ktime_get_ns() < ns)
		cpu_relax();
}

uint64_t team_ivcsw(void)
{
	return current->nivcsw;
}

unsigned int team_cpus(unsigned int *cpus, unsigned int max)
{
	unsigned int n = 0, cpu;

	for_each_cpu_and(cpu, cpu_online_mask, current->cpus_ptr) {
		if (n < max)
			cpus[n] = cpu;
		n++;
	}
	return n;
}

bool team_stopping(const struct team *t)
{
	return READ_ONCE(t->stopping);
}

bool team_oversubscribed(const struct team *t, unsigned int members)
{
	return members > t->cpus;
}

void team_barrier(struct team *t)
{
	/* Pairs with the release of the one who came last the time before. */
	u32 phase = smp_load_acquire(&t->phase);
	bool spin = !team_oversubscribed(t, t->active);
	unsigned int turns = 0;

	if (atomic_inc_return(&t->arrived) == (int)t->active) {
		atomic_set(&t->arrived, 0);
		/* Pairs with the acquires of who waits, above and below. */
		smp_store_release(&t->phase, phase + 1);
		if (!spin)
			wake_up_all(&t->meet);
		return;
	}
	if (!spin) {
		/* Pairs with the release above. */
		wait_event_idle(t->meet, smp_load_acquire(&t->phase) != phase);
		return;
	}
	/* Pairs with the release above. */
	while (smp_load_acquire(&t->phase) == phase) {
		cpu_relax();
		if (!(++turns % SPINS_A_LOOK))
			cond_resched();
	}
}

static void spin_for(const u32 *word, u32 seen)
{
	u64 until = ktime_get_ns() + SPIN_NS;

	while (READ_ONCE(*word) == seen && ktime_get_ns() < until)
		cpu_relax();
}

static bool has_work(const u32 *nr, u32 seen)
{
	/* Pairs with the release in team_run() or team_lead(): a function, what it gets. */
	return smp_load_acquire(nr) != seen || kthread_should_stop();
}

static int member_main(void *arg)
{
	struct member *m = arg;
	struct team *t = m->team;
	u32 seen = 0;

	for (;;) {
		spin_for(&t->job, seen);
		wait_event_idle(t->work, has_work(&t->job, seen));
		if (kthread_should_stop())
			return 0;
		seen = READ_ONCE(t->job);
		if (m->nr < t->active)
			t->fn(t->arg, m->nr);
		/* Pairs with the acquire in team_run(). */
		if (atomic_inc_return_release(&t->done) == (int)t->members - 1)
			wake_up(&t->over);
	}
}

static int leader_main(void *arg)
{
	struct team *t = ((struct member *)arg)->team;
	u32 seen = 0;

	for (;;) {
		wait_event_idle(t->work, has_work(&t->lead, seen));
		if (kthread_should_stop())
			return 0;
		seen = READ_ONCE(t->lead);
		t->lead_fn(t->lead_arg);
		complete(&t->led);
	}
}

void team_lead(struct team *t, void (*fn)(void *arg), void *arg)
{
	WRITE_ONCE(t->stopping, false);
	reinit_completion(&t->led);
	t->lead_fn = fn;
	t->lead_arg = arg;
	/* Pairs with the acquire in leader_main(). */
	smp_store_release(&t->lead, t->lead + 1);
	wake_up_all(&t->work);
	if (!wait_for_completion_interruptible(&t->led))
		return;
	WRITE_ONCE(t->stopping, true);
	/* In pieces: a long block is no hung task. */
	while (!wait_for_completion_timeout(&t->led, 10 * HZ))
		;
}

void team_run(struct team *t, unsigned int members, team_fn fn, void *arg)
{
	u64 until;

	t->active = members;
	t->fn = fn;
	t->arg = arg;
	if (members < 2) {
		fn(arg, 0);
		return;
	}
	atomic_set(&t->done, 0);
	/* Pairs with the acquire in member_main(). */
	smp_store_release(&t->job, t->job + 1);
	wake_up_all(&t->work);
	fn(arg, 0);
	until = ktime_get_ns() + SPIN_NS;
	while (atomic_read(&t->done) != (int)t->members - 1 && ktime_get_ns() < until)
		cpu_relax();
	/* Pairs with the release of each member that is through. */
	wait_event_idle(t->over, atomic_read_acquire(&t->done) == (int)t->members - 1);
}

static int start_member(struct team *t, unsigned int nr, unsigned int cpu,
			struct subject_error *err)
{
	struct member *m = &t->member[nr];

	if (cpu >= nr_cpu_ids || !cpu_online(cpu)) {
		snprintf(err->msg, sizeof(err->msg), "can't pin to CPU %u: not online", cpu);
		return -EINVAL;
	}
	m->team = t;
	m->nr = nr;
	m->task = kthread_create(nr ? member_main : leader_main, m, "invbench/%u", nr);
	if (IS_ERR(m->task)) {
		snprintf(err->msg, sizeof(err->msg), "can't start thread %u of %u: %pe", nr + 1,
			 t->members, m->task);
		m->task = NULL;
		return -ENOMEM;
	}
	kthread_bind(m->task, cpu);
	return 0;
}

struct team *team_create(unsigned int members, const unsigned int *cpus, unsigned int nr_cpus,
			 struct subject_error *err)
{
	struct team *t = kvzalloc(struct_size(t, member, members), GFP_KERNEL);
	unsigned int i;

	if (!t) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for %u threads", members);
		return NULL;
	}
	t->members = members;
	t->cpus = nr_cpus;
	init_completion(&t->led);
	init_waitqueue_head(&t->work);
	init_waitqueue_head(&t->over);
	init_waitqueue_head(&t->meet);
	for (i = 0; i < members; i++) {
		if (start_member(t, i, cpus[i % nr_cpus], err)) {
			team_destroy(t);
			return NULL;
		}
	}
	/* Only now: a member that started would wait for ones that may not come. */
	for (i = 0; i < members; i++)
		wake_up_process(t->member[i].task);
	return t;
}

void team_destroy(struct team *t)
{
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < t->members; i++)
		if (t->member[i].task)
			kthread_stop(t->member[i].task);
	kvfree(t);
}
