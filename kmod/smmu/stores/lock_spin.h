/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of spinlock-array and spinlock-list. Interrupts off: unmap may be called there. */
#include <linux/compiler.h>
#include <linux/spinlock.h>

#define STORE_LOCK_DROPPED_EARLY	true

struct store_lock {
	spinlock_t lock;	/* readers and writers of the store */
};

static inline void store_lock_init(struct store_lock *l)
{
	spin_lock_init(&l->lock);
}

static __always_inline void store_read_lock(struct store_lock *l, unsigned long *flags)
	__acquires(&l->lock)
{
	spin_lock_irqsave(&l->lock, *flags);
}

static __always_inline void store_read_unlock(struct store_lock *l, unsigned long flags)
	__releases(&l->lock)
{
	spin_unlock_irqrestore(&l->lock, flags);
}

#define store_write_lock	store_read_lock
#define store_write_unlock	store_read_unlock
