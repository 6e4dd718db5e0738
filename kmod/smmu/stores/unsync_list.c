// SPDX-License-Identifier: GPL-2.0-or-later
/* A sorted list without synchronisation. */
#define SMMU_STORE	unsync_list

#include "lock_none.h"
#include "locked_list.h"
