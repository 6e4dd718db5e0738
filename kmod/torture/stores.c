// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stores. Those that take a strategy are compiled once more for torture, as instance
 * set "torture" (stores/paths.h): builds have the model under few strategies elsewhere.
 */
#include <linux/array_size.h>

#include "arena.h"
#include "stores/stores.h"

#define TORTURE_SET(id)		__SMMU_STORE_OPS(id, torture, 0)

#define STORES_USER(X)		X(rcu_array) X(rcu_list) X(seqcount_array)
#if SMMU_WORLD_HERE & SMMU_WORLD_KERNEL
#define STORES(X)		STORES_USER(X) X(srcu_array)
#else
#define STORES(X)		STORES_USER(X)
#endif

#define DECLARE(id)		extern const struct smmu_store_ops TORTURE_SET(id);
STORES(DECLARE)

#define ROW(id)			[SMMU_STORE_ID_##id] = &TORTURE_SET(id),
static const struct smmu_store_ops *const sets[SMMU_NR_STORES] = {
	STORES(ROW)
};

const struct smmu_store_ops *torture_store(unsigned int id)
{
	if (id >= SMMU_NR_STORES)
		id = SMMU_STORE_ID_rcu_array;
	return sets[id] ? sets[id] : smmu_store_find(id, "qsbr", 0);
}
