// SPDX-License-Identifier: GPL-2.0-or-later
/* Which stores, flavours and copies this build has. */
#include <linux/array_size.h>
#include <linux/string.h>

#include "stores.h"

/* Twins are for what strategies are measured with, under the default flavour. */
#if SMMU_INSTANCE_COPIES > 1
#define TWIN(X, id, rcu)	X(id, rcu, 1)
#else
#define TWIN(X, id, rcu)
#endif

#if SMMU_WORLD_HERE & SMMU_WORLD_KERNEL
#define SETS_RCU(X, id)	X(id, kernel, 0) TWIN(X, id, kernel)
#define SETS_ANY(X, id)	X(id, kernel, 0)
#else
#define SETS_RCU(X, id)	X(id, qsbr, 0) TWIN(X, id, qsbr) X(id, memb, 0) X(id, mb, 0)
#define SETS_ANY(X, id)	X(id, any, 0)
#endif
#define SETS_NONE(X, id)

#define HERE_ALL(sets, X, id)	sets(X, id)
#if SMMU_WORLD_HERE & SMMU_WORLD_USER
#define HERE_USER(sets, X, id)	sets(X, id)
#else
#define HERE_USER(sets, X, id)
#endif
#if SMMU_WORLD_HERE & SMMU_WORLD_KERNEL
#define HERE_KERNEL(sets, X, id) sets(X, id)
#else
#define HERE_KERNEL(sets, X, id)
#endif

#define DECLARE(id, rcu, copy) \
	extern const struct smmu_store_ops __SMMU_STORE_OPS(id, rcu, copy);
#define STORE(id, n, f, w, c, h) HERE_##w(SETS_##f, DECLARE, id)
#include "stores.def"
#undef STORE

#define ROW(_id, _rcu, _copy)						\
	{ .id = SMMU_STORE_ID_##_id, .rcu = #_rcu, .copy = _copy,	\
	  .ops = &__SMMU_STORE_OPS(_id, _rcu, _copy) },
static const struct {
	enum smmu_store_id id;
	const char *rcu;
	unsigned int copy;
	const struct smmu_store_ops *ops;
} sets[] = {
#define STORE(id, n, f, w, c, h) HERE_##w(SETS_##f, ROW, id)
#include "stores.def"
#undef STORE
};

/* One set serves whatever flavour is asked for. */
static bool serves_all(const char *rcu)
{
	return !strcmp(rcu, "any") || !strcmp(rcu, "kernel");
}

const struct smmu_store_ops *smmu_store_find(enum smmu_store_id id, const char *rcu,
					     unsigned int copy)
{
	const struct smmu_store_ops *found = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		if (sets[i].id != id || (!serves_all(sets[i].rcu) && strcmp(sets[i].rcu, rcu)))
			continue;
		if (sets[i].copy == copy)
			return sets[i].ops;
		if (!sets[i].copy)
			found = sets[i].ops;
	}
	return found;
}
