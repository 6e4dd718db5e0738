/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stores with planted bugs. Each must be found by the suite, by its name. */
#ifndef TESTS_STORES_BUSTED_H
#define TESTS_STORES_BUSTED_H

#include "stores/stores.h"

/* The walk leaves out the last entry. */
const struct smmu_store_ops *busted_last(void);
/* What install_new should publish is published by the next unmap, after it has looked. */
const struct smmu_store_ops *busted_late(void);
/* The old array is freed at once, readers or not. */
const struct smmu_store_ops *busted_free(void);

#endif
