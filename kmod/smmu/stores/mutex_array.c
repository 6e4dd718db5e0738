// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted array under a mutex. */
#define SMMU_STORE	mutex_array

#include "lock_mutex.h"
#include "locked_array.h"
