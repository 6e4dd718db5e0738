/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_STORES_FREE_H
#define TESTS_STORES_FREE_H

#include "store.h"

/* The old array is freed at once, readers or not. */
const struct smmu_store_ops *busted_free(void);

#endif
