/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_MUTEX_H_
#define _COMPAT_LINUX_MUTEX_H_

#include <pthread.h>

#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/types.h>

struct mutex {
	pthread_mutex_t lock;
#ifdef COMPAT_DEBUG
	const void *owner;
#endif
};

#ifdef __CHECKER__
/* libc's initialiser has a plain 0 for a pointer. */
#define DEFINE_MUTEX(name)	struct mutex name = { }
#else
#define DEFINE_MUTEX(name) \
	struct mutex name = { .lock = PTHREAD_MUTEX_INITIALIZER }
#endif

void compat_mutex_lock_slow(struct mutex *lock);

#ifdef COMPAT_DEBUG
const void *compat_self(void);
#define __compat_mutex_owner(m, o)	WRITE_ONCE((m)->owner, o)
#else
#define __compat_mutex_owner(m, o)	((void)0)
#endif

static inline void mutex_init(struct mutex *lock)
{
	pthread_mutex_init(&lock->lock, NULL);
	__compat_mutex_owner(lock, NULL);
}

static inline void mutex_destroy(struct mutex *lock)
{
	pthread_mutex_destroy(&lock->lock);
}

/* Who sleeps here holds no grace period up: the slow path goes offline. */
static __always_inline void mutex_lock(struct mutex *lock)
{
	if (unlikely(pthread_mutex_trylock(&lock->lock)))
		compat_mutex_lock_slow(lock);
	__compat_mutex_owner(lock, compat_self());
}

static __always_inline int mutex_trylock(struct mutex *lock)
{
	if (pthread_mutex_trylock(&lock->lock))
		return 0;
	__compat_mutex_owner(lock, compat_self());
	return 1;
}

static __always_inline void mutex_unlock(struct mutex *lock)
{
	__compat_mutex_owner(lock, NULL);
	pthread_mutex_unlock(&lock->lock);
}

#endif /* _COMPAT_LINUX_MUTEX_H_ */
