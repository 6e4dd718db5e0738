// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's half of the subject's world.h. */
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/barrier.h>

#include "world.h"

/* There is one RCU here, and every thread is known to it. */
void smmu_world_enter(const char *rcu)
{
}

void smmu_world_leave(void)
{
}

void smmu_world_quiescent(void)
{
	cond_resched();
}

void smmu_world_select(const char *rcu)
{
}

static void full_fence(void *unused)
{
	/* Pairs with what a reader has instead of a fence: its program order. */
	smp_mb();
}

void smmu_world_fence_all(void)
{
	on_each_cpu(full_fence, NULL, 1);
}
