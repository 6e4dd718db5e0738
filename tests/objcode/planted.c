// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loops that are wrong, named after strategies that they don't follow; the last words
 * of a name say what check.py has to find. "right" ones show that it isn't the name.
 *
 * PLANTED: FENCES; BARRIER, where smp_mb() is barrier(); FLAVOUR, compiled as another
 * flavour than the names say.
 */
#define PLANTED_FENCES 1
#define PLANTED_BARRIER 2
#define PLANTED_FLAVOUR 3

#include <asm/barrier.h>
#if PLANTED == PLANTED_BARRIER
#undef smp_mb
/* Pairs with nothing, as all that is planted here. */
#define smp_mb() barrier()
#endif

#include "../../kmod/smmu/stores/rcu_array.h"

unsigned int planted_seen;
void (*planted_pointer)(struct smmu_thread *t);
void planted_callee(struct smmu_thread *t);

static __always_inline void nothing(struct smmu_thread *t)
{
}

/* What belongs to no strategy. */
static __maybe_unused __always_inline void fence(struct smmu_thread *t)
{
	/* Pairs with nothing. */
	smp_mb();
}

static __maybe_unused __always_inline void fence_if_leaf(struct smmu_thread *t)
{
	if (!t->leaf)
		return;
	/* Pairs with nothing. */
	smp_mb();
}

static __maybe_unused __always_inline void call(struct smmu_thread *t)
{
	planted_callee(t);
}

static __maybe_unused __always_inline void call_pointer(struct smmu_thread *t)
{
	READ_ONCE(planted_pointer)(t);
}

static __maybe_unused __always_inline void choose(struct smmu_thread *t)
{
	if (t->domain->strategy == SMMU_STRATEGY_FULL)
		WRITE_ONCE(planted_seen, 1);
}

static __maybe_unused __always_inline void look_up(struct smmu_thread *t)
{
	WRITE_ONCE(planted_seen, smmu_strategies[t->domain->strategy].post);
}

/* A loop with the name of one strategy and variant and the path of another. */
#define LOOP(named, variant_named, what, path_strategy, path_queue, path_variant, before, after) \
	LOOP_FN(unmap__rcu_array__##named##__none_null__##variant_named##__qsbr__##what, \
		path_strategy, path_queue, path_variant, before, after)

#define LOOP_FN(name, s, q, v, before, after)				\
void name(struct smmu_thread *t, unsigned long n);			\
void name(struct smmu_thread *t, unsigned long n)			\
{									\
	const struct smmu_path p = {					\
		.strategy = SMMU_STRATEGY_##s,				\
		.queue = SMMU_QUEUE_##q,				\
		.device = SMMU_DEVICE_NULL,				\
		.variant = SMMU_VARIANT_##v,				\
	};								\
									\
	for (; n; n--) {						\
		smmu_pte_clear(p, t);					\
		before(t);						\
		rcu_array_inv_range(p, t, smmu_strategies[p.strategy].reader); \
		after(t);						\
	}								\
}

/* The same, with an operation that is called, as faithful has it. */
#define CALLING(named, what, path_strategy)				\
static noinline void inv_range__##named##_##what(struct smmu_thread *t)	\
{									\
	const struct smmu_path p = {					\
		.strategy = SMMU_STRATEGY_##path_strategy,		\
		.variant = SMMU_VARIANT_FAITHFUL,			\
	};								\
									\
	rcu_array_inv_range(p, t, smmu_strategies[p.strategy].reader);	\
}									\
void unmap__rcu_array__##named##__none_null__faithful__qsbr__##what(struct smmu_thread *t, \
								    unsigned long n); \
void unmap__rcu_array__##named##__none_null__faithful__qsbr__##what(struct smmu_thread *t, \
								    unsigned long n) \
{									\
	const struct smmu_path p = { .strategy = SMMU_STRATEGY_##path_strategy }; \
									\
	for (; n; n--) {						\
		smmu_pte_clear(p, t);					\
		inv_range__##named##_##what(t);				\
	}								\
}

#if PLANTED == PLANTED_FENCES
/* clang-format off */
CALLING(MERGED, right_when_called, MERGED)
CALLING(MERGED, fence_missing_when_called, NONE)
LOOP(NONE, lean, right, NONE, NONE, LEAN, nothing, nothing)
LOOP(MERGED, lean, right, MERGED, NONE, LEAN, nothing, nothing)
LOOP(MERGED, faithful, right, MERGED, NONE, FAITHFUL, nothing, nothing)
LOOP(MERGED_DMA, lean, right, MERGED_DMA, NONE, LEAN, nothing, nothing)
LOOP(ACQUIRE_RELEASE, lean, right, ACQUIRE_RELEASE, NONE, LEAN, nothing, nothing)
LOOP(RECHECK, faithful, right, RECHECK, NONE, FAITHFUL, nothing, nothing)

LOOP(MERGED, lean, fence_missing, NONE, NONE, LEAN, nothing, nothing)
LOOP(MERGED, lean, fence_weaker, READER_WMB, NONE, LEAN, nothing, nothing)
LOOP(MERGED, lean, fence_twice, MERGED, NONE, LEAN, fence, nothing)
LOOP(MERGED, lean, fence_in_one_branch, NONE, NONE, LEAN, fence_if_leaf, nothing)
LOOP(NONE, lean, fence_unwanted, MERGED, NONE, LEAN, nothing, nothing)
LOOP(MERGED_DMA, lean, fence_of_another, MERGED, NONE, LEAN, nothing, nothing)
LOOP(MERGED, lean, fence_stray_too_late, NONE, NONE, LEAN, nothing, fence)
LOOP(NONE, lean, stray_behind_the_walk, NONE, NONE, LEAN, nothing, fence)
LOOP(ACQUIRE_RELEASE, lean, store_load_plain_on_aarch64, NONE, NONE, LEAN, nothing, nothing)
LOOP(NONE, lean, call_between, NONE, NONE, LEAN, call, nothing)
LOOP(NONE, lean, indirect, NONE, NONE, LEAN, nothing, call_pointer)
LOOP(NONE, lean, choice_at_run_time, NONE, NONE, LEAN, nothing, choose)
LOOP(NONE, lean, choice_of_queue, NONE, LOCKLESS, LEAN, nothing, nothing)
LOOP(NONE, lean, table_looked_up, NONE, NONE, LEAN, nothing, look_up)
LOOP(NONE, lean, zeroing, NONE, NONE, FAITHFUL, nothing, nothing)
LOOP(NONE, faithful, zeroing_none, NONE, NONE, LEAN, nothing, nothing)
LOOP(RECHECK, lean, recheck_left_out, NONE, NONE, LEAN, nothing, nothing)
/* clang-format on */

#define MAP_UNMAP(what) map_unmap__rcu_array__NONE__lockless_NULL_DEVICE__WHOLE__##what

void MAP_UNMAP(map_without_wmb)(struct smmu_thread *t, unsigned long n);

void MAP_UNMAP(map_without_wmb)(struct smmu_thread *t, unsigned long n)
{
	const struct smmu_path p = {
		.strategy = SMMU_STRATEGY_NONE,
		.queue = SMMU_QUEUE_LOCKLESS,
		.device = SMMU_DEVICE_NULL,
		.variant = SMMU_VARIANT_FAITHFUL,
	};

	for (; n; n--) {
		smmu_pte_map(t, false);
		smmu_pte_clear(p, t);
		rcu_array_inv_range(p, t, SMMU_FENCE_NONE);
	}
}
#elif PLANTED == PLANTED_BARRIER
/* clang-format off */
LOOP(MERGED, lean, fence_is_barrier, MERGED, NONE, LEAN, nothing, nothing)
LOOP(RECHECK, lean, recheck_falls_back_to_nothing, RECHECK, NONE, LEAN, nothing, nothing)
LOOP(FULL, lean, right, FULL, NONE, LEAN, nothing, nothing)
/* clang-format on */
#elif PLANTED == PLANTED_FLAVOUR
LOOP(MERGED, lean, own_of_another_flavour, MERGED, NONE, LEAN, nothing, nothing)
#endif
