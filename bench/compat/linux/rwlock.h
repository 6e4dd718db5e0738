/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_RWLOCK_H_
#define _COMPAT_LINUX_RWLOCK_H_

/*
 * ConcurrencyKit's reader-writer spinlock: a count of readers, and a writer
 * whom new readers give way to.
 */
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>

static __always_inline void rwlock_init(rwlock_t *lock)
{
#ifdef COMPAT_TSAN
	pthread_rwlock_init(&lock->rwlock, NULL);
#else
	ck_rwlock_init(&lock->ck);
#endif
}

static __always_inline void read_lock(rwlock_t *lock)
{
	preempt_disable();
#ifdef COMPAT_TSAN
	pthread_rwlock_rdlock(&lock->rwlock);
#else
	ck_rwlock_read_lock(&lock->ck);
#endif
}

static __always_inline void read_unlock(rwlock_t *lock)
{
#ifdef COMPAT_TSAN
	pthread_rwlock_unlock(&lock->rwlock);
#else
	ck_rwlock_read_unlock(&lock->ck);
#endif
	preempt_enable();
}

static __always_inline void write_lock(rwlock_t *lock)
{
	preempt_disable();
#ifdef COMPAT_TSAN
	pthread_rwlock_wrlock(&lock->rwlock);
#else
	ck_rwlock_write_lock(&lock->ck);
#endif
}

static __always_inline void write_unlock(rwlock_t *lock)
{
#ifdef COMPAT_TSAN
	pthread_rwlock_unlock(&lock->rwlock);
#else
	ck_rwlock_write_unlock(&lock->ck);
#endif
	preempt_enable();
}

#define read_lock_irqsave(lock, flags) \
	do { local_irq_save(flags); read_lock(lock); } while (0)
#define read_unlock_irqrestore(lock, flags) \
	do { read_unlock(lock); local_irq_restore(flags); } while (0)
#define write_lock_irqsave(lock, flags) \
	do { local_irq_save(flags); write_lock(lock); } while (0)
#define write_unlock_irqrestore(lock, flags) \
	do { write_unlock(lock); local_irq_restore(flags); } while (0)

#endif /* _COMPAT_LINUX_RWLOCK_H_ */
