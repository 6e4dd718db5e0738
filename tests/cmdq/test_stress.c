// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several producers: each command consumed once, in order per producer, no sync back
 * before its commands, across wraps and full queues. The same judge finds each of the
 * planted bugs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stress.h"

/* Under a sanitizer fewer of them. */
#if defined(__SANITIZE_THREAD__)
#define SHARE 20
#elif defined(__SANITIZE_ADDRESS__)
#define SHARE 5
#else
#define SHARE 1
#endif

/* What a process exits with when TSan saw a race. */
#if defined(__SANITIZE_THREAD__)
#define TSAN_FOUND 66
#else
#define TSAN_FOUND (-1)
#endif

#define TIMEOUT_US     60000000 /* a slow machine is no finding */
#define BUSTED_US      2000000
#define BUSTED_SECONDS 60

#define LOCKLESS SMMU_QUEUE_LOCKLESS
#define SPINLOCK SMMU_QUEUE_SPINLOCK
#define MSI	 ARM_SMMU_OPT_MSIPOLL
#define MILLION	 1000000ULL

static const struct run {
	enum smmu_queue queue;
	u32 options;
	unsigned int depth, producers;
	u64 commands, cmd_ns, sync_ns;
	unsigned int illegal;
	bool slow;
} runs[] = {
	/* 10^7 commands through a queue that two batches fill */
	{ LOCKLESS, 0, 7, 4, 10 * MILLION, 0, 0, 0, false },
	{ LOCKLESS, MSI, 7, 4, 10 * MILLION, 0, 0, 0, false },
	{ SPINLOCK, 0, 7, 4, 10 * MILLION, 0, 0, 0, false },
	{ SPINLOCK, MSI, 7, 4, 10 * MILLION, 0, 0, 0, false },
	/* two producers, one a CPU; more of them than CPUs */
	{ LOCKLESS, 0, 8, 2, 5 * MILLION, 0, 0, 0, false },
	{ LOCKLESS, MSI, 10, 8, 2 * MILLION, 0, 0, 0, false },
	/* a queue that isn't full */
	{ LOCKLESS, 0, 14, 3, 10 * MILLION, 0, 0, 0, false },
	/* an SMMU that takes its time */
	{ LOCKLESS, 0, 7, 3, MILLION / 4, 20, 500, 0, false },
	{ LOCKLESS, MSI, 7, 3, MILLION / 4, 20, 500, 0, false },
	{ SPINLOCK, 0, 7, 3, MILLION / 4, 20, 500, 0, false },
	/* illegal commands among the others */
	{ LOCKLESS, 0, 7, 4, MILLION, 0, 0, 200, false },
	{ LOCKLESS, MSI, 7, 4, MILLION, 0, 0, 200, false },
	{ SPINLOCK, 0, 7, 4, MILLION, 0, 0, 200, false },
	/* dawdling where the planted bugs do: what they lack is what finds nothing here */
	{ LOCKLESS, 0, 7, 4, MILLION / 2, 0, 0, 0, true },
	{ LOCKLESS, MSI, 7, 4, MILLION / 2, 0, 0, 0, true },
	{ SPINLOCK, 0, 7, 4, MILLION / 10, 0, 0, 0, true },
};

static stress_issue_fn issue_of(const struct run *r)
{
	if (r->slow)
		return r->queue == LOCKLESS ? stress_slow_lockless : stress_slow_spinlock;
	return r->queue == LOCKLESS ? arm_smmu_cmdq_issue_cmdlist_lockless_model :
				      arm_smmu_cmdq_issue_cmdlist_spinlock_model;
}

static void sound(void **state)
{
	struct stress_verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		const struct run *r = &runs[i];
		const struct stress s = {
			.issue = issue_of(r),
			.queue = r->queue,
			.options = r->options,
			.depth = r->depth,
			.producers = r->producers,
			.commands = r->commands / SHARE,
			.cmd_ns = r->cmd_ns,
			.sync_ns = r->sync_ns,
			.illegal = r->illegal,
			.timeout_us = TIMEOUT_US,
		};

		stress_run(&s, &v);
		printf("%s%s, %s, 2^%u, %u producers: ", r->slow ? "slow " : "",
		       r->queue == LOCKLESS ? "lockless" : "spinlock",
		       r->options & MSI ? "MSI" : "CONS", r->depth, r->producers);
		printf("%llu commands, %llu syncs, %llu laps, %llu illegal\n",
		       (unsigned long long)v.commands, (unsigned long long)v.syncs,
		       (unsigned long long)v.laps, (unsigned long long)v.illegal);
		if (v.findings)
			fail_msg("%s", v.first);
		assert_int_equal(v.commands + v.illegal, s.commands);
		assert_true(v.syncs > 0);
		/* Laps are counted in pairs. */
		assert_true(v.laps + 2 > v.commands >> s.depth);
		assert_true(s.illegal ? v.illegal > 0 && v.illegal <= s.illegal : !v.illegal);
	}
}

/* In a process of its own: a bug may hang its producers. */
static void run_busted(const struct stress_busted *b, int out)
{
	struct stress s = {
		.issue = b->issue,
		.queue = b->queue,
		.options = b->options,
		.depth = 7,
		.producers = b->producers,
		.commands = 50 * MILLION,
		.timeout_us = BUSTED_US,
	};
	struct stress_verdict v;

	alarm(BUSTED_SECONDS);
	/* What a sanitizer says of a planted bug is no finding of this build's. */
	if (!freopen("/dev/null", "w", stderr))
		_exit(2);
	stress_run(&s, &v);
	if (v.findings && write(out, v.first, strlen(v.first)) < 0)
		_exit(2);
	_exit(v.findings ? 0 : 1);
}

static void busted(void **state)
{
	char line[200];
	unsigned int i;

	(void)state;
	for (i = 0; i < stress_nr_busted; i++) {
		int out[2], status;
		ssize_t n;
		pid_t pid;

		assert_int_equal(pipe(out), 0);
		fflush(stdout);
		pid = fork();
		assert_true(pid >= 0);
		if (!pid)
			run_busted(&stress_busted[i], out[1]);
		close(out[1]);
		n = read(out[0], line, sizeof(line) - 1);
		close(out[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		line[n > 0 ? n : 0] = '\0';
		if (WIFEXITED(status) && WEXITSTATUS(status) == TSAN_FOUND)
			snprintf(line, sizeof(line), "found by TSan");
		else if (!WIFEXITED(status) || WEXITSTATUS(status) || n <= 0)
			fail_msg("%s: not found, status %#x", stress_busted[i].name, status);
		printf("%s: %s\n", stress_busted[i].name, line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound),
		cmocka_unit_test(busted),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("cmdq-stress", tests, NULL, NULL);
}
