// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench-worker-probed: the worker with USDT where blocks begin and end, and round each
 * list of commands that the fast path hands to a queue. The subject has none of it: the
 * linker puts these functions in the place of the subject's (--wrap), whose callers in
 * other files are the instances of the fast path; lists of the attach path are in the
 * queue's own file, and aren't seen.
 *
 * A probe of user space costs more than such a list takes (about 0.7 us): each is timed
 * here, by the CPU's counter, and the probe is told.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/sdt.h>

#include "team.h"

/* ns are ticks * mult >> SHIFT, good for a second or so of a 4 GHz counter */
#define SHIFT	     24
#define CALIBRATE_NS 5000000

static uint64_t mult;

static inline uint64_t ticks(void)
{
#if defined(__x86_64__)
	uint32_t lo, hi;

	__asm__ volatile("rdtscp" : "=a"(lo), "=d"(hi) : : "ecx", "memory");
	return (uint64_t)hi << 32 | lo;
#elif defined(__aarch64__)
	uint64_t v;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(v) : : "memory");
	return v;
#else
	return team_now_ns();
#endif
}

struct moment {
	uint64_t ns, ticks;
};

/* Both clocks at once: the tightest of several pairs, since anything may come between. */
static struct moment look(void)
{
	struct moment best = { 0, 0 };
	uint64_t least = UINT64_MAX;
	int i;

	for (i = 0; i < 8; i++) {
		uint64_t before = team_now_ns(), t = ticks();
		uint64_t after = team_now_ns();

		if (after - before >= least)
			continue;
		least = after - before;
		best = (struct moment){ before + least / 2, t };
	}
	return best;
}

/* How fast the counter counts, before anything is measured. */
__attribute__((constructor)) static void calibrate(void)
{
	struct moment from = look(), to;

	do
		to = look();
	while (to.ns - from.ns < CALIBRATE_NS);
	mult = ((to.ns - from.ns) << SHIFT) / (to.ticks - from.ticks);
}

void __wrap_team_block(int cell);

void __wrap_team_block(int cell)
{
	DTRACE_PROBE1(invbench, block, (long)cell);
}

struct arm_smmu_device;
struct arm_smmu_cmd;

typedef int issue_t(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds,
		    int n, bool sync);

static __attribute__((noinline)) int timed(issue_t *queue, struct arm_smmu_device *smmu,
					   struct arm_smmu_cmd *cmds, int n, bool sync)
{
	uint64_t from = ticks(), ns;
	int ret = queue(smmu, cmds, n, sync);

	ns = (ticks() - from) * mult >> SHIFT;
	DTRACE_PROBE4(invbench, cmdlist, (long)n, (long)sync, ns, (long)ret);
	return ret;
}

/* One USDT for all of them: timed() isn't inlined, and calls through a pointer. */
#define QUEUE(name)                                                        \
	issue_t __real_arm_smmu_cmdq_issue_cmdlist_##name;                \
	issue_t __wrap_arm_smmu_cmdq_issue_cmdlist_##name;                \
	int __wrap_arm_smmu_cmdq_issue_cmdlist_##name(                     \
		struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds,   \
		int n, bool sync)                                          \
	{                                                                  \
		return timed(__real_arm_smmu_cmdq_issue_cmdlist_##name,    \
			     smmu, cmds, n, sync);                         \
	}

QUEUE(lockless_null)
QUEUE(lockless_model)
QUEUE(lockless_null_nowmb)
QUEUE(lockless_model_nowmb)
QUEUE(spinlock_null)
QUEUE(spinlock_model)
