// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several producers: each command consumed once, in order per producer, no sync back
 * before its commands, across wraps and full queues.
 */
#include "../selftest.h"
#include "stress.h"

#define TIMEOUT_US	60000000 /* a slow machine is no finding */
#define LEAST		20000	 /* commands of a run */

static void sound(const void *with)
{
	static struct stress_verdict v;
	static struct stress s;

	s = *(const struct stress *)with;
	s.commands = selftest_share(s.commands, LEAST);
	s.timeout_us = TIMEOUT_US;
	stress_run(&s, &v);
	ktap_note("%llu commands, %llu syncs, %llu laps, %llu illegal",
		  (unsigned long long)v.commands, (unsigned long long)v.syncs,
		  (unsigned long long)v.laps, (unsigned long long)v.illegal);
	if (v.findings)
		ktap_fail("%s", v.first);
	ktap_assert_eq(v.commands + v.illegal, s.commands);
	ktap_assert(v.syncs > 0);
	/* Laps are counted in pairs. */
	ktap_assert(v.laps + 2 > v.commands >> s.depth);
	ktap_assert(s.illegal ? v.illegal > 0 && v.illegal <= s.illegal : !v.illegal);
}

#define LOCKLESS	.issue = arm_smmu_cmdq_issue_cmdlist_lockless_model, \
			.queue = SMMU_QUEUE_LOCKLESS
#define SPINLOCK	.issue = arm_smmu_cmdq_issue_cmdlist_spinlock_model, \
			.queue = SMMU_QUEUE_SPINLOCK
#define SLOW_LOCKLESS	.issue = stress_slow_lockless, .queue = SMMU_QUEUE_LOCKLESS
#define SLOW_SPINLOCK	.issue = stress_slow_spinlock, .queue = SMMU_QUEUE_SPINLOCK
#define MSI		.options = ARM_SMMU_OPT_MSIPOLL
#define TAKES_TIME	.cmd_ns = 20, .sync_ns = 500
#define MILLION		1000000ULL

#define RUN(n, q, d, p, c, ...)							\
	{									\
		.name = n, .fn_with = sound,					\
		.with = &(const struct stress){					\
			q, .depth = d, .producers = p, .commands = c, ##__VA_ARGS__ \
		},								\
	}

static const struct ktap_case cases[] = {
	/* 10^7 commands through a queue that two batches fill */
	RUN("lockless", LOCKLESS, 7, 4, 10 * MILLION),
	RUN("lockless-msi", LOCKLESS, 7, 4, 10 * MILLION, MSI),
	RUN("spinlock", SPINLOCK, 7, 4, 10 * MILLION),
	RUN("spinlock-msi", SPINLOCK, 7, 4, 10 * MILLION, MSI),
	/* two producers, one a CPU; more of them than CPUs */
	RUN("lockless-two", LOCKLESS, 8, 2, 5 * MILLION),
	RUN("lockless-msi-eight", LOCKLESS, 10, 8, 2 * MILLION, MSI),
	/* a queue that isn't full */
	RUN("lockless-deep", LOCKLESS, 14, 3, 10 * MILLION),
	/* an SMMU that takes its time */
	RUN("lockless-waits", LOCKLESS, 7, 3, MILLION / 4, TAKES_TIME),
	RUN("lockless-msi-waits", LOCKLESS, 7, 3, MILLION / 4, TAKES_TIME, MSI),
	RUN("spinlock-waits", SPINLOCK, 7, 3, MILLION / 4, TAKES_TIME),
	/* illegal commands among the others */
	RUN("lockless-illegal", LOCKLESS, 7, 4, MILLION, .illegal = 200),
	RUN("lockless-msi-illegal", LOCKLESS, 7, 4, MILLION, .illegal = 200, MSI),
	RUN("spinlock-illegal", SPINLOCK, 7, 4, MILLION, .illegal = 200),
	/* dawdling where the planted bugs do: what they lack is what finds nothing here */
	RUN("slow-lockless", SLOW_LOCKLESS, 7, 4, MILLION / 2),
	RUN("slow-lockless-msi", SLOW_LOCKLESS, 7, 4, MILLION / 2, MSI),
	RUN("slow-spinlock", SLOW_SPINLOCK, 7, 4, MILLION / 10),
};

const struct ktap_suite selftest_cmdq_stress = { KTAP_SUITE("cmdq-stress", cases) };
