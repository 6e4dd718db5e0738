// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted array under a rwlock. */
#define SMMU_STORE	rwlock_array

#include "lock_rw.h"
#include "locked_array.h"
