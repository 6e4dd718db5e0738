/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the indices in struct subject_params are: between the axes (axes.c), what
 * goes together (params.c), and the cells made from them (subject.c).
 */
#ifndef SMMU_PARAMS_H
#define SMMU_PARAMS_H

#include <linux/types.h>

#include "fence.h"
#include "store.h"
#include "subject.h"

enum subject_op {
	SUBJECT_OP_UNMAP,
	SUBJECT_OP_MAP_UNMAP,
	SUBJECT_OP_ATTACH,
	SUBJECT_OP_CMDQ,
	SUBJECT_OP_FENCE,
	SUBJECT_OP_BUILD,
	SUBJECT_OP_FLOOR,
	SUBJECT_OP_IOMMU_MAP_UNMAP,
	SUBJECT_OP_DMA_MAP_UNMAP,
	SUBJECT_OP_IOMMU_ATTACH,
};

enum subject_rcu {
	SUBJECT_RCU_QSBR,
	SUBJECT_RCU_MEMB,
	SUBJECT_RCU_MB,
	SUBJECT_NR_RCU,
};

enum subject_budget {
	SUBJECT_BUDGET_WHOLE,
	SUBJECT_BUDGET_NO_MAP_WMB,
	SUBJECT_BUDGET_NO_READER_FENCE,
	SUBJECT_BUDGET_NO_QUEUE_WMB,
	SUBJECT_NR_BUDGETS,
};

enum subject_flush {
	SUBJECT_FLUSH_STRICT,
	SUBJECT_FLUSH_LAZY,
};

enum subject_pte_cache {
	SUBJECT_PTES_WARM,
	SUBJECT_PTES_COLD,
};

/* A world as in worlds masks: the bits are in the order of enum subject_world. */
#define SUBJECT_WORLD_BIT(w)	(1U << (w))
#define SUBJECT_WORLD_HERE \
	(SMMU_WORLD_HERE & SMMU_WORLD_KERNEL ? SUBJECT_WORLD_KERNEL : SUBJECT_WORLD_USER)

/* After the strategies: what a store with an ordering of its own is shown with. */
#define SUBJECT_STRATEGY_OWN SMMU_NR_STRATEGIES

enum subject_axis_id {
	AX_OP,
	AX_STORE,
	AX_STRATEGY,
	AX_VARIANT,
	AX_QUEUE,
	AX_DEVICE,
	AX_RCU,
	AX_FENCE,
	AX_BUDGET,
	AX_COPY,
	AX_ENTRIES,
	AX_ATS,
	AX_SMMUS,
	AX_PTES,
	AX_PTE_CACHE,
	AX_DEPTH,
	AX_CMD_NS,
	AX_SYNC_NS,
	AX_SIZE,
	AX_GRANULE,
	AX_LEAF,
	AX_RIL,
	AX_THREADS,
	AX_ATTACH_RATE,
	AX_READERS,
	AX_DOMAINS,
	AX_FLUSH,
	AX_WORLD,
	SUBJECT_NR_AXES,
};

#define SUBJECT_MAX_THREADS	1024

/* One axis of a cell as a number, or as its name; back to its fallback; text of a number. */
u64 subject_axis_value(const struct subject_params *p, enum subject_axis_id a);
const char *subject_axis_name(const struct subject_params *p, enum subject_axis_id a);
void subject_axis_reset(struct subject_params *p, enum subject_axis_id a);
void subject_print_number(u64 value, bool bytes, char *buf, size_t len);

/* A cell of the stock driver's; its axes are folded. */
bool subject_is_stock(const struct subject_params *p);

/* This world's compiled loop of a cell whose axes are folded, but for op=attach; or NULL. */
smmu_unmap_fn subject_loop(const struct subject_params *p);
smmu_unmap_fn smmu_op_find__0(const struct subject_params *p);
smmu_unmap_fn smmu_op_find__1(const struct subject_params *p);

/* The smallest page of the table that has blocks of @granule bytes; 0: none has. */
u64 subject_granule_base(u64 granule);

#endif
