/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each fence of strategies.def is. The always-inline forms are for paths
 * that are compiled once a strategy; smmu_fence_run() is for the attach path.
 */
#ifndef SMMU_FENCE_H
#define SMMU_FENCE_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <asm/barrier.h>

#include "world.h"

enum smmu_fence {
	SMMU_FENCE_NONE,
	SMMU_FENCE_BARRIER,	/* barrier(): the compiler only */
	SMMU_FENCE_SMP_RMB,
	SMMU_FENCE_SMP_WMB,
	SMMU_FENCE_SMP_MB,
	SMMU_FENCE_DMA_RMB,
	SMMU_FENCE_DMA_WMB,
	SMMU_FENCE_DMA_MB,
	SMMU_FENCE_RMB,
	SMMU_FENCE_WMB,
	SMMU_FENCE_MB,
	SMMU_FENCE_LOAD_ACQUIRE,	/* the following load itself: nothing here */
	SMMU_FENCE_SYNC_RCU,		/* may sleep */
	SMMU_FENCE_SYNC_RCU_EXPEDITED,	/* may sleep */
	SMMU_FENCE_IPI_MB,		/* smp_mb() on every CPU; may sleep */
	SMMU_NR_FENCES,
};

enum smmu_pte_store {
	SMMU_PTE_PLAIN,
	SMMU_PTE_RELEASE,
};

enum smmu_post {
	SMMU_POST_NONE,
	SMMU_POST_RECHECK,
};

/* Worlds, as bits: where a strategy or a store exists. */
#define SMMU_WORLD_USER		(1U << 0)
#define SMMU_WORLD_KERNEL	(1U << 1)
#define SMMU_WORLD_ALL		(SMMU_WORLD_USER | SMMU_WORLD_KERNEL)

#define STRATEGY(id, ...) SMMU_STRATEGY_##id,
enum smmu_strategy {
#include "strategies.def"
	SMMU_NR_STRATEGIES,
};

#undef STRATEGY

/**
 * struct smmu_strategy_row - one line of strategies.def
 * @name: what the user types
 * @pte: how an IOPTE is cleared
 * @reader: between the IOPTE store and the load of invs
 * @publish: between the publication of invs and the entry write
 * @entry: first thing in arm_smmu_write_entry()
 * @retire: between the entry write and unref
 * @post: what follows the last CMD_SYNC of an invalidation
 * @worlds: SMMU_WORLD_* bits
 * @origin: commit, thread or "invbench"
 * @meaning: one line for the user
 */
struct smmu_strategy_row {
	const char *name;
	enum smmu_pte_store pte;
	enum smmu_fence reader, publish, entry, retire;
	enum smmu_post post;
	unsigned int worlds;
	const char *origin;
	const char *meaning;
};

/*
 * A constant table in every translation unit: indexed by a constant it folds
 * to a constant, so no instance of the fast path branches on its strategy.
 */
#define STRATEGY(id, n, p, r, pub, e, ret, po, w, o, m)			\
	[SMMU_STRATEGY_##id] = {					\
		.name = n, .pte = SMMU_PTE_##p,				\
		.reader = SMMU_FENCE_##r, .publish = SMMU_FENCE_##pub,	\
		.entry = SMMU_FENCE_##e, .retire = SMMU_FENCE_##ret,	\
		.post = SMMU_POST_##po, .worlds = SMMU_WORLD_##w,	\
		.origin = o, .meaning = m,				\
	},
static const __maybe_unused struct smmu_strategy_row smmu_strategies[SMMU_NR_STRATEGIES] = {
#include "strategies.def"
};

#undef STRATEGY

/**
 * smmu_fence() - one fence, chosen by a constant
 * @f: a constant SMMU_FENCE_*
 *
 * Context: any for the memory barriers; process context, no lock that a reader
 * needs, for SYNC_RCU, SYNC_RCU_EXPEDITED and IPI_MB.
 */
static __always_inline void smmu_fence(const enum smmu_fence f)
{
	switch (f) {
	case SMMU_FENCE_BARRIER:
		barrier();
		break;
	case SMMU_FENCE_SMP_RMB:
		smp_rmb();
		break;
	case SMMU_FENCE_SMP_WMB:
		smp_wmb();
		break;
	case SMMU_FENCE_SMP_MB:
		smp_mb();
		break;
	case SMMU_FENCE_DMA_RMB:
		dma_rmb();
		break;
	case SMMU_FENCE_DMA_WMB:
		dma_wmb();
		break;
	case SMMU_FENCE_DMA_MB:
		dma_mb();
		break;
	case SMMU_FENCE_RMB:
		rmb();
		break;
	case SMMU_FENCE_WMB:
		wmb();
		break;
	case SMMU_FENCE_MB:
		mb();
		break;
	case SMMU_FENCE_SYNC_RCU:
		synchronize_rcu();
		break;
	case SMMU_FENCE_SYNC_RCU_EXPEDITED:
		synchronize_rcu_expedited();
		break;
	case SMMU_FENCE_IPI_MB:
		smmu_world_fence_all();
		break;
	case SMMU_FENCE_NONE:
	case SMMU_FENCE_LOAD_ACQUIRE:
	case SMMU_NR_FENCES:
		break;
	}
}

/* The attach path's fence, chosen at run time. Context: as smmu_fence(). */
static inline void smmu_fence_run(enum smmu_fence f)
{
	smmu_fence(f);
}

/* What list, plan and verify call a fence: the kernel's name for it. */
static const char * const smmu_fence_names[SMMU_NR_FENCES] = {
	[SMMU_FENCE_NONE] = "none",
	[SMMU_FENCE_BARRIER] = "barrier",
	[SMMU_FENCE_SMP_RMB] = "smp_rmb",
	[SMMU_FENCE_SMP_WMB] = "smp_wmb",
	[SMMU_FENCE_SMP_MB] = "smp_mb",
	[SMMU_FENCE_DMA_RMB] = "dma_rmb",
	[SMMU_FENCE_DMA_WMB] = "dma_wmb",
	[SMMU_FENCE_DMA_MB] = "dma_mb",
	[SMMU_FENCE_RMB] = "rmb",
	[SMMU_FENCE_WMB] = "wmb",
	[SMMU_FENCE_MB] = "mb",
	[SMMU_FENCE_LOAD_ACQUIRE] = "load_acquire",
	[SMMU_FENCE_SYNC_RCU] = "synchronize_rcu",
	[SMMU_FENCE_SYNC_RCU_EXPEDITED] = "synchronize_rcu_expedited",
	[SMMU_FENCE_IPI_MB] = "ipi_mb",
};

static inline const char *smmu_fence_name(enum smmu_fence f)
{
	return f < SMMU_NR_FENCES ? smmu_fence_names[f] : "?";
}

#endif
