// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Intel VT-d's way (cache.c of its driver, cache_tag_flush_range()): a list of tags,
 * whose spinlock is held, interrupts off, across the walk and the flush itself.
 */
#define SMMU_STORE	cache_tags

#include "lock_spin.h"

#undef STORE_LOCK_DROPPED_EARLY
#define STORE_LOCK_DROPPED_EARLY	false

#include "locked_list.h"
