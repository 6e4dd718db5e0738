/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SPINLOCK_TYPES_H_
#define _COMPAT_LINUX_SPINLOCK_TYPES_H_

#include <linux/compiler.h>

#ifdef COMPAT_TSAN
#include <pthread.h>
#else
#include <ck_rwlock.h>
#include <ck_spinlock.h>
#endif

#ifdef COMPAT_TSAN
typedef struct spinlock {
	pthread_mutex_t mutex;
} spinlock_t;

typedef struct {
	pthread_rwlock_t rwlock;
} rwlock_t;

#define __SPIN_LOCK_UNLOCKED(name)	{ .mutex = PTHREAD_MUTEX_INITIALIZER }
#define __RW_LOCK_UNLOCKED(name)	{ .rwlock = PTHREAD_RWLOCK_INITIALIZER }
#else
typedef struct spinlock {
	ck_spinlock_fas_t ck;
} spinlock_t;

typedef struct {
	ck_rwlock_t ck;
} rwlock_t;

#define __SPIN_LOCK_UNLOCKED(name)	{ .ck = CK_SPINLOCK_FAS_INITIALIZER }
#define __RW_LOCK_UNLOCKED(name)	{ .ck = CK_RWLOCK_INITIALIZER }
#endif

typedef spinlock_t raw_spinlock_t;

#define DEFINE_SPINLOCK(x)	spinlock_t x = __SPIN_LOCK_UNLOCKED(x)
#define DEFINE_RAW_SPINLOCK(x)	raw_spinlock_t x = __SPIN_LOCK_UNLOCKED(x)
#define DEFINE_RWLOCK(x)	rwlock_t x = __RW_LOCK_UNLOCKED(x)

#endif /* _COMPAT_LINUX_SPINLOCK_TYPES_H_ */
