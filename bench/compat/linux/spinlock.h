/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SPINLOCK_H_
#define _COMPAT_LINUX_SPINLOCK_H_

/*
 * ConcurrencyKit's fetch-and-store lock: uncontended it costs what the
 * kernel's queued spinlock costs (one locked operation, one plain or release
 * store). Contended it is not first come, first served; in exchange a waiter
 * that the scheduler took off the CPU holds nobody up.
 * TSan doesn't know it, so there it is a pthread mutex.
 */
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>

static __always_inline void spin_lock_init(spinlock_t *lock)
{
#ifdef COMPAT_TSAN
	pthread_mutex_init(&lock->mutex, NULL);
#else
	ck_spinlock_fas_init(&lock->ck);
#endif
}

static __always_inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
#ifdef COMPAT_TSAN
	pthread_mutex_lock(&lock->mutex);
#else
	ck_spinlock_fas_lock(&lock->ck);
#endif
}

static __always_inline bool spin_trylock(spinlock_t *lock)
{
	bool got;

	preempt_disable();
#ifdef COMPAT_TSAN
	got = !pthread_mutex_trylock(&lock->mutex);
#else
	got = ck_spinlock_fas_trylock(&lock->ck);
#endif
	if (!got)
		preempt_enable();
	return got;
}

static __always_inline void spin_unlock(spinlock_t *lock)
{
#ifdef COMPAT_TSAN
	pthread_mutex_unlock(&lock->mutex);
#else
	ck_spinlock_fas_unlock(&lock->ck);
#endif
	preempt_enable();
}

#define spin_lock_irqsave(lock, flags)					\
	do {								\
		local_irq_save(flags);					\
		spin_lock(lock);					\
	} while (0)
#define spin_unlock_irqrestore(lock, flags)				\
	do {								\
		spin_unlock(lock);					\
		local_irq_restore(flags);				\
	} while (0)
#define spin_lock_irq(lock)	do { local_irq_disable(); spin_lock(lock); } while (0)
#define spin_unlock_irq(lock)	do { spin_unlock(lock); local_irq_enable(); } while (0)
#define spin_lock_bh(lock)	spin_lock(lock)
#define spin_unlock_bh(lock)	spin_unlock(lock)

#define raw_spin_lock_init(lock)	spin_lock_init(lock)
#define raw_spin_lock(lock)		spin_lock(lock)
#define raw_spin_trylock(lock)		spin_trylock(lock)
#define raw_spin_unlock(lock)		spin_unlock(lock)
#define raw_spin_lock_irqsave(lock, f)	spin_lock_irqsave(lock, f)
#define raw_spin_unlock_irqrestore(lock, f) spin_unlock_irqrestore(lock, f)

/* The kernel's spinlock.h brings these too. */
#include <linux/rwlock.h>

#endif /* _COMPAT_LINUX_SPINLOCK_H_ */
