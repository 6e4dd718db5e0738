// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted array without synchronisation. */
#define SMMU_STORE	unsync_array

#include "lock_none.h"
#include "locked_array.h"
