/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of rwlock-array and rwlock-list. Interrupts off: unmap may be called there. */
#include <linux/compiler.h>
#include <linux/spinlock.h>

/* Held to the end: that hinders no reader, and unref then waits for every ATC_INV. */
#define STORE_LOCK_DROPPED_EARLY	false

struct store_lock {
	rwlock_t lock;
};

static inline void store_lock_init(struct store_lock *l)
{
	rwlock_init(&l->lock);
}

static __always_inline void store_read_lock(struct store_lock *l, unsigned long *flags)
	__acquires(&l->lock)
{
	read_lock_irqsave(&l->lock, *flags);
}

static __always_inline void store_read_unlock(struct store_lock *l, unsigned long flags)
	__releases(&l->lock)
{
	read_unlock_irqrestore(&l->lock, flags);
}

static __always_inline void store_write_lock(struct store_lock *l, unsigned long *flags)
	__acquires(&l->lock)
{
	write_lock_irqsave(&l->lock, *flags);
}

static __always_inline void store_write_unlock(struct store_lock *l, unsigned long flags)
	__releases(&l->lock)
{
	write_unlock_irqrestore(&l->lock, flags);
}
