// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted list under a rwlock. */
#define SMMU_STORE	rwlock_list

#include "lock_rw.h"
#include "locked_list.h"
