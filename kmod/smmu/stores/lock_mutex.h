/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of mutex-array and mutex-list. */
#include <linux/compiler.h>
#include <linux/mutex.h>

#define STORE_LOCK_DROPPED_EARLY	true

struct store_lock {
	struct mutex lock;	/* readers and writers of the store */
};

static inline void store_lock_init(struct store_lock *l)
{
	mutex_init(&l->lock);
}

static __always_inline void store_read_lock(struct store_lock *l, unsigned long *flags)
	__acquires(&l->lock)
{
	mutex_lock(&l->lock);
	*flags = 0;
}

static __always_inline void store_read_unlock(struct store_lock *l, unsigned long flags)
	__releases(&l->lock)
{
	mutex_unlock(&l->lock);
}

#define store_write_lock	store_read_lock
#define store_write_unlock	store_read_unlock
