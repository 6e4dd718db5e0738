/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No lock: unsync-array and unsync-list, for one thread. */
#include <linux/compiler.h>

#define STORE_LOCK_DROPPED_EARLY	false

struct store_lock {
};

static inline void store_lock_init(struct store_lock *l)
{
}

static __always_inline void store_read_lock(struct store_lock *l, unsigned long *flags)
{
	*flags = 0;
}

static __always_inline void store_read_unlock(struct store_lock *l, unsigned long flags)
{
}

#define store_write_lock	store_read_lock
#define store_write_unlock	store_read_unlock
