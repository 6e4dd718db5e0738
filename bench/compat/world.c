// SPDX-License-Identifier: GPL-2.0-or-later
/* User space's half of the subject's world.h: threads and RCU flavours. */
#include <pthread.h>
#include <string.h>

#include "rcu_thread.h"

void smmu_world_enter(const char *rcu);
void smmu_world_leave(void);
void smmu_world_quiescent(void);
void smmu_world_select(const char *rcu);
void smmu_world_fence_all(void);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t registered;

static void unregister(void *unused)
{
	(void)unused;
	compat_rcu_unregister_thread();
}

static void make_key(void)
{
	pthread_key_create(&registered, unregister);
}

void smmu_world_select(const char *rcu)
{
	int f;

	for (f = 0; f < COMPAT_RCU_FLAVOURS; f++)
		if (!strcmp(compat_rcu_name(f), rcu))
			compat_rcu_select(f);
}

void smmu_world_enter(const char *rcu)
{
	smmu_world_select(rcu);
	pthread_once(&once, make_key);
	if (pthread_getspecific(registered)) {
		compat_rcu_online();
		return;
	}
	/* Until the thread ends. */
	compat_rcu_register_thread();
	pthread_setspecific(registered, &registered);
}

void smmu_world_leave(void)
{
	compat_rcu_offline();
}

void smmu_world_quiescent(void)
{
	compat_rcu_quiescent();
}

void smmu_world_fence_all(void)
{
	compat_ipi_mb();
}
