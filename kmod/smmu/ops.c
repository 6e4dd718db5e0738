// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The loops of the operations that aren't a store's unmap: a whole map + unmap for
 * the barrier budget, the bare queue, the bare fence, the floors. Compiled once for
 * each copy.
 */
#include <linux/array_size.h>

#include "stores/rcu_array.h"
#include "subject_thread.h"

#define __OP_NAME(name, copy)	name##__##copy
#define _OP_NAME(name, copy)	__OP_NAME(name, copy)
#define OP_NAME(name)		_OP_NAME(name, SMMU_INSTANCE_COPY)

/* ---- map-unmap: rcu-array, qsbr, a queue ------------------------------- */

static __always_inline void map_unmap(const enum smmu_strategy strategy,
				      const enum smmu_device_kind device,
				      const enum subject_budget budget,
				      struct smmu_thread *t, unsigned long n)
{
	const struct smmu_path p = {
		.strategy = strategy,
		.queue = SMMU_QUEUE_LOCKLESS,
		.device = device,
		.variant = SMMU_VARIANT_FAITHFUL,
		.no_queue_wmb = budget == SUBJECT_BUDGET_NO_QUEUE_WMB,
	};
	enum smmu_fence reader = smmu_strategies[strategy].reader;

	if (budget == SUBJECT_BUDGET_NO_READER_FENCE)
		reader = SMMU_FENCE_NONE;
	for (; n; n--) {
		smmu_pte_map(t, budget != SUBJECT_BUDGET_NO_MAP_WMB);
		smmu_pte_clear(p, t);
		rcu_array_inv_range(p, t, reader);
	}
}

#if SMMU_HAS_MMIO
#define IF_MMIO(...)	__VA_ARGS__
#else
#define IF_MMIO(...)
#endif

#define MAP_UNMAPS(X)							\
	MAP_UNMAP_BUDGETS(X, NONE, NULL_DEVICE) MAP_UNMAP_BUDGETS(X, NONE, MODEL) \
	MAP_UNMAP_BUDGETS(X, MERGED, NULL_DEVICE) MAP_UNMAP_BUDGETS(X, MERGED, MODEL) \
	IF_MMIO(MAP_UNMAP_BUDGETS(X, NONE, MMIO) MAP_UNMAP_BUDGETS(X, MERGED, MMIO))
#define MAP_UNMAP_BUDGETS(X, s, d)					\
	X(s, d, WHOLE) X(s, d, NO_MAP_WMB) X(s, d, NO_READER_FENCE) X(s, d, NO_QUEUE_WMB)

/* NULL alone is a macro already. */
#define SMMU_DEVICE_NULL_DEVICE	SMMU_DEVICE_NULL

#define MAP_UNMAP_FN(s, d, b)						\
static void OP_NAME(map_unmap__rcu_array__##s##__lockless_##d##__##b)(struct smmu_thread *t, \
								      unsigned long n) \
{									\
	map_unmap(SMMU_STRATEGY_##s, SMMU_DEVICE_##d, SUBJECT_BUDGET_##b, t, n); \
}
MAP_UNMAPS(MAP_UNMAP_FN)

static const struct {
	enum smmu_strategy strategy;
	enum smmu_device_kind device;
	enum subject_budget budget;
	smmu_unmap_fn fn;
} map_unmaps[] = {
#define MAP_UNMAP_ROW(s, d, b)						\
	{ SMMU_STRATEGY_##s, SMMU_DEVICE_##d, SUBJECT_BUDGET_##b,	\
	  OP_NAME(map_unmap__rcu_array__##s##__lockless_##d##__##b) },
	MAP_UNMAPS(MAP_UNMAP_ROW)
};

/* ---- cmdq -------------------------------------------------------------- */

static __always_inline void cmdq(const enum smmu_queue queue, const enum smmu_device_kind device,
				 struct smmu_thread *t, unsigned long n)
{
	const struct smmu_path p = { .queue = queue, .device = device };
	struct subject_thread *s = to_subject_thread(t);

	for (; n; n--)
		if (unlikely(smmu_issue(p, t, s->smmu, s->cmds, s->num_cmds, true)))
			t->errors++;
}

#define CMDQS(X)							\
	X(LOCKLESS, NULL_DEVICE) X(LOCKLESS, MODEL)			\
	X(SPINLOCK, NULL_DEVICE) X(SPINLOCK, MODEL)			\
	IF_MMIO(X(LOCKLESS, MMIO) X(SPINLOCK, MMIO))

#define CMDQ_FN(q, d)							\
static void OP_NAME(cmdq__##q##_##d)(struct smmu_thread *t, unsigned long n) \
{									\
	cmdq(SMMU_QUEUE_##q, SMMU_DEVICE_##d, t, n);			\
}
CMDQS(CMDQ_FN)

static const smmu_unmap_fn cmdqs[SMMU_NR_QUEUES][SMMU_NR_DEVICES] = {
#define CMDQ_ROW(q, d)	[SMMU_QUEUE_##q][SMMU_DEVICE_##d] = OP_NAME(cmdq__##q##_##d),
	CMDQS(CMDQ_ROW)
};

/* ---- fence ------------------------------------------------------------- */

/* The ring is the thread's own and not otherwise used here. */
static __always_inline void fence(const enum smmu_fence f, struct smmu_thread *t,
				  unsigned long n)
{
	const struct smmu_path p = { .strategy = SMMU_STRATEGY_NONE };
	u64 *line = t->ring.cmds[0].data;

	for (; n; n--) {
		smmu_pte_clear(p, t);
		WRITE_ONCE(line[0], n);
		/* Pairs with nothing: this is about what it costs. */
		smmu_fence(f);
		(void)READ_ONCE(line[1]);
	}
}

#define FENCES(X)							\
	X(NONE) X(BARRIER) X(SMP_RMB) X(SMP_WMB) X(SMP_MB) X(DMA_RMB)	\
	X(DMA_WMB) X(DMA_MB) X(RMB) X(WMB) X(MB)

#define FENCE_FN(f)							\
static void OP_NAME(fence__##f)(struct smmu_thread *t, unsigned long n)	\
{									\
	fence(SMMU_FENCE_##f, t, n);					\
}
FENCES(FENCE_FN)

static const smmu_unmap_fn fences[] = {
#define FENCE_ROW(f)	[SMMU_FENCE_##f] = OP_NAME(fence__##f),
	FENCES(FENCE_ROW)
};

/* ---- floors ------------------------------------------------------------ */

/* What a walk of num_cmds ASIDs would build, from IDs that the compiler doesn't know. */
static void OP_NAME(build)(struct smmu_thread *t, unsigned long n)
{
	const int num = to_subject_thread(t)->num_cmds;
	const u64 va = t->iova & CMDQ_TLBI_1_VA_MASK;
	int i;

	for (; n; n--) {
		u64 pos = t->ring.pos;

		for (i = 0; i < num; i++) {
			struct arm_smmu_cmd *cmd = &t->ring.cmds[pos++ % SMMU_RING_ENTRIES];
			unsigned int id = i;

			OPTIMIZER_HIDE_VAR(id);
			*cmd = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, id, 0);
			cmd->data[1] = va | FIELD_PREP(CMDQ_TLBI_1_LEAF, 1);
		}
		t->ring.pos = pos;
	}
}

static void OP_NAME(harness_floor)(struct smmu_thread *t, unsigned long n)
{
	const struct smmu_path p = { .strategy = SMMU_STRATEGY_NONE };

	for (; n; n--) {
		smmu_pte_clear(p, t);
		barrier();
	}
}

smmu_unmap_fn OP_NAME(smmu_op_find)(const struct subject_params *p)
{
	size_t i;

	switch (p->op) {
	case SUBJECT_OP_MAP_UNMAP:
		for (i = 0; i < ARRAY_SIZE(map_unmaps); i++)
			if (map_unmaps[i].strategy == p->strategy &&
			    map_unmaps[i].device == p->device &&
			    map_unmaps[i].budget == p->budget)
				return map_unmaps[i].fn;
		return NULL;
	case SUBJECT_OP_CMDQ:
		return p->device < ARRAY_SIZE(cmdqs[0]) ? cmdqs[p->queue][p->device] : NULL;
	case SUBJECT_OP_FENCE:
		return p->fence < ARRAY_SIZE(fences) ? fences[p->fence] : NULL;
	case SUBJECT_OP_BUILD:
		return OP_NAME(build);
	case SUBJECT_OP_FLOOR:
		return OP_NAME(harness_floor);
	default:
		return NULL;
	}
}
