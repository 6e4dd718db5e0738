/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a store's file: the loops, one for each strategy and path, and the ops
 * table. Before it come
 *
 *   SMMU_STORE			its id in stores.def
 *   SMMU_STORE_STRATEGIES	1: an instance for each; 0: the store orders by itself
 *   store_inv_range(path, thread)	invalidates the thread's range; always-inline
 *   store_init() ... store_live()	as in struct smmu_store_ops
 */
#ifndef SMMU_INSTANCES_H
#define SMMU_INSTANCES_H

#include <linux/array_size.h>

#include "paths.h"
#include "stores.h"

#define __PATHS(set, rcu)	PATHS_##set##_##rcu
#define _PATHS(set, rcu)	__PATHS(set, rcu)
#define PATHS(set, X, s)	_PATHS(set, SMMU_INSTANCE_RCU)(X, s)

#define __INSTANCE_NAME(what, store, s, qd, v, rcu, copy) \
	what##__##store##__##s##__##qd##__##v##__##rcu##__##copy
#define _INSTANCE_NAME(what, store, s, qd, v, rcu, copy) \
	__INSTANCE_NAME(what, store, s, qd, v, rcu, copy)
#define INSTANCE_NAME(s, qd, v) \
	_INSTANCE_NAME(unmap, SMMU_STORE, s, qd, v, SMMU_INSTANCE_RCU, SMMU_INSTANCE_COPY)
#define OPERATION_NAME(s, qd, v) \
	_INSTANCE_NAME(inv_range, SMMU_STORE, s, qd, v, SMMU_INSTANCE_RCU, SMMU_INSTANCE_COPY)

/* An order of the store's own: the fast path has no fence but its lock. */
#define SMMU_STRATEGY_OWN_ORDER	SMMU_STRATEGY_NONE

#define INSTANCE_PATH(s, qd, v)	{ .strategy = SMMU_STRATEGY_##s, PATH_##qd, PATH_##v }

/*
 * Faithful: the operation is a function that is called, as the driver's
 * arm_smmu_domain_inv_range() is by whoever has unmapped. Lean has it in its loop.
 */
#define INSTANCE(s, qd, v)						\
static noinline __maybe_unused void OPERATION_NAME(s, qd, v)(struct smmu_thread *t) \
{									\
	const struct smmu_path p = INSTANCE_PATH(s, qd, v);		\
									\
	store_inv_range(p, t);						\
}									\
									\
static void INSTANCE_NAME(s, qd, v)(struct smmu_thread *t, unsigned long n) \
{									\
	const struct smmu_path p = INSTANCE_PATH(s, qd, v);		\
									\
	for (; n; n--) {						\
		smmu_pte_clear(p, t);					\
		if (p.variant == SMMU_VARIANT_FAITHFUL)			\
			OPERATION_NAME(s, qd, v)(t);			\
		else							\
			store_inv_range(p, t);				\
	}								\
}

#define INSTANCE_ROW(s, qd, v)						\
	{ .path = INSTANCE_PATH(s, qd, v), .unmap = INSTANCE_NAME(s, qd, v) },

#if SMMU_STORE_STRATEGIES
#define STRATEGY(id, ...)	PATHS(ALL, INSTANCE, id)
#include "../strategies.def"
#undef STRATEGY
PATHS(FEW, INSTANCE, NONE)
PATHS(FEW, INSTANCE, MERGED)
#else
PATHS(ALL, INSTANCE, OWN_ORDER)
PATHS(FEW, INSTANCE, OWN_ORDER)
#endif

static const struct {
	struct smmu_path path;
	smmu_unmap_fn unmap;
} instances[] = {
#if SMMU_STORE_STRATEGIES
#define STRATEGY(id, ...)	PATHS(ALL, INSTANCE_ROW, id)
#include "../strategies.def"
#undef STRATEGY
	PATHS(FEW, INSTANCE_ROW, NONE) PATHS(FEW, INSTANCE_ROW, MERGED)
#else
	PATHS(ALL, INSTANCE_ROW, OWN_ORDER) PATHS(FEW, INSTANCE_ROW, OWN_ORDER)
#endif
};

static smmu_unmap_fn store_unmap(const struct smmu_path *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(instances); i++) {
		const struct smmu_path *p = &instances[i].path;

		if ((p->strategy == path->strategy || !SMMU_STORE_STRATEGIES) &&
		    p->queue == path->queue && p->device == path->device &&
		    p->variant == path->variant && p->no_queue_wmb == path->no_queue_wmb)
			return instances[i].unmap;
	}
	return NULL;
}

/* Of the columns of stores.def, the one of this file's store. */
#define __STORE_IS(store, id)	(SMMU_STORE_ID_##store == SMMU_STORE_ID_##id)
#define _STORE_IS(store, id)	__STORE_IS(store, id)
#define STORE_IS(id)		_STORE_IS(SMMU_STORE, id)

extern const struct smmu_store_ops SMMU_STORE_OPS(SMMU_STORE);

const struct smmu_store_ops SMMU_STORE_OPS(SMMU_STORE) = {
	.name =
#define STORE(id, n, f, w, c, h) STORE_IS(id) ? n :
#include "stores.def"
#undef STORE
		NULL,
	.help =
#define STORE(id, n, f, w, c, h) STORE_IS(id) ? h :
#include "stores.def"
#undef STORE
		NULL,
	.caps =
#define STORE(id, n, f, w, c, h) STORE_IS(id) ? (c) :
#include "stores.def"
#undef STORE
		0,
	.worlds =
#define STORE(id, n, f, w, c, h) STORE_IS(id) ? SMMU_WORLD_##w :
#include "stores.def"
#undef STORE
		0,
	.init = store_init,
	.destroy = store_destroy,
	.prepare = store_prepare,
	.abort = store_abort,
	.install_new = store_install_new,
	.unref = store_unref,
	.purge = store_purge,
	.unmap = store_unmap,
	.live = store_live,
};

#endif
