// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted list under a mutex. */
#define SMMU_STORE	mutex_list

#include "lock_mutex.h"
#include "locked_list.h"
