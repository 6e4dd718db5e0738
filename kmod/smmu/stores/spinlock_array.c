// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted array under a spinlock. */
#define SMMU_STORE	spinlock_array

#include "lock_spin.h"
#include "locked_array.h"
