// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted list under a spinlock. */
#define SMMU_STORE	spinlock_list

#include "lock_spin.h"
#include "locked_list.h"
