// SPDX-License-Identifier: GPL-2.0-or-later
/* The slow side of mutexes. */

/* For the owner field: who asks was built with it, whatever this file is. */
#ifndef COMPAT_DEBUG
#define COMPAT_DEBUG 1
#endif

#include <linux/mutex.h>

#include "rcu_thread.h"

static __thread char self;

const void *compat_self(void)
{
	return &self;
}

bool compat_mutex_is_held(const void *lock)
{
	const struct mutex *m = lock;

	return READ_ONCE(m->owner) == compat_self();
}

void compat_mutex_lock_slow(struct mutex *lock)
{
	bool was_online = compat_rcu_pause();

	pthread_mutex_lock(&lock->lock);
	if (was_online)
		compat_rcu_online();
}
