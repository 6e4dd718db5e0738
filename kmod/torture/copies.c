// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Readers of rcu-array compiled anew, for each strategy: with a delay between
 * rcu_dereference() and read_lock(), so that the array is replaced meanwhile (the lock
 * that unref takes is then another one, and who was attached isn't in it); and the same
 * with the lock in the domain.
 */
#include <linux/array_size.h>

#include "arena.h"
#include "rnd.h"
#include "stores/rcu_array.h"

#define WAIT_NS	1000000 /* for others, within an RCU read section */

/*
 * As if preempted there: until a master was detached that may be in this array, or one
 * attached that isn't; and devices have used what is being unmapped.
 */
static noinline void wait_for_others(struct smmu_thread *t)
{
	struct torture_thread *tt = to_torture_thread(t);

	switch (torture_below(&tt->delays, 4)) {
	case 0:
		return;
	case 1:
		torture_await_detach(tt, WAIT_NS);
		break;
	default:
		torture_await_attach(tt, WAIT_NS);
		break;
	}
	torture_touch(tt, t->pte_next - 1);
}

static __always_inline rwlock_t *domain_lock(struct smmu_thread *t)
{
	return &to_torture_domain(t->domain)->lock;
}

static __always_inline void copy(const struct array_build b, const enum smmu_strategy strategy,
				 struct smmu_thread *t, unsigned long n)
{
	const struct smmu_path p = {
		.strategy = strategy,
		.queue = SMMU_QUEUE_LOCKLESS,
		.device = SMMU_DEVICE_MODEL,
		.variant = SMMU_VARIANT_FAITHFUL,
	};

	for (; n; n--) {
		smmu_pte_clear(p, t);
		__rcu_array_inv_range(b, p, t, smmu_strategies[strategy].reader);
	}
}

#define STRATEGY(id, ...)						\
static void delayed__##id(struct smmu_thread *t, unsigned long n)	\
{									\
	const struct array_build b = { .dawdle = wait_for_others };	\
									\
	copy(b, SMMU_STRATEGY_##id, t, n);				\
}									\
									\
static void repaired__##id(struct smmu_thread *t, unsigned long n)	\
{									\
	const struct array_build b = {					\
		.dawdle = wait_for_others,				\
		.lock = domain_lock,					\
	};								\
									\
	copy(b, SMMU_STRATEGY_##id, t, n);				\
}
#include "strategies.def"
#undef STRATEGY

static const smmu_unmap_fn delayed[] = {
#define STRATEGY(id, ...)	[SMMU_STRATEGY_##id] = delayed__##id,
#include "strategies.def"
#undef STRATEGY
};

static const smmu_unmap_fn repaired[] = {
#define STRATEGY(id, ...)	[SMMU_STRATEGY_##id] = repaired__##id,
#include "strategies.def"
#undef STRATEGY
};

smmu_unmap_fn torture_copy(enum torture_store store, enum smmu_strategy strategy)
{
	return store == TORTURE_DELAYED ? delayed[strategy] : repaired[strategy];
}
