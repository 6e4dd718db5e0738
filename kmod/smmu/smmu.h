/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The things that the subject is made of: SMMUs, masters, domains, and the path
 * by which a domain's invalidations reach a queue. Upstream's names where
 * upstream has the thing.
 */
#ifndef SMMU_SMMU_H
#define SMMU_SMMU_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "cmdq.h"
#include "fence.h"
#include "inv.h"

/* Features, as IDR registers tell them. The values are ours. */
#define ARM_SMMU_FEAT_RANGE_INV	     (1U << 0)
#define ARM_SMMU_FEAT_E2H	     (1U << 1)
#define ARM_SMMU_FEAT_ATS	     (1U << 2)
#define ARM_SMMU_FEAT_SEV	     (1U << 3)
#define ARM_SMMU_FEAT_STALLS	     (1U << 4)
#define ARM_SMMU_FEAT_ATTR_TYPES_OVR (1U << 5)
#define ARM_SMMU_FEAT_2_LVL_CDTAB    (1U << 6)
#define ARM_SMMU_FEAT_COHERENCY	     (1U << 7)

#define ARM_SMMU_OPT_SKIP_PREFETCH    (1U << 0)
#define ARM_SMMU_OPT_MSIPOLL	      (1U << 1)
#define ARM_SMMU_OPT_CMDQ_FORCE_SYNC  (1U << 2) /* erratum 2812531 */
#define ARM_SMMU_OPT_REPEAT_TLBI_CFGI (1U << 3) /* erratum repeat-TLBI */

/* As linux/iommu.h has it, for who includes both. */
#define IOMMU_NO_PASID (0U)

/* How a batch reaches its consumer. */
enum smmu_queue {
	SMMU_QUEUE_NONE, /* no queue: copied to the thread's own ring */
	SMMU_QUEUE_LOCKLESS,
	SMMU_QUEUE_SPINLOCK,
	SMMU_NR_QUEUES,
};

/* Who consumes. */
enum smmu_device_kind {
	SMMU_DEVICE_NULL, /* looks at nothing: whatever is written is consumed */
	SMMU_DEVICE_MODEL,
	SMMU_DEVICE_MMIO, /* a real SMMU, in the kernel only */
	SMMU_NR_DEVICES,
};

#if SMMU_WORLD_HERE & SMMU_WORLD_KERNEL
#define SMMU_HAS_MMIO	1
#else
#define SMMU_HAS_MMIO	0
#endif

enum smmu_variant {
	SMMU_VARIANT_FAITHFUL, /* zeroes its batch at each call, as the driver does */
	SMMU_VARIANT_LEAN,
	SMMU_NR_VARIANTS,
};

/**
 * struct smmu_path - what one instance of the fast path is compiled for
 *
 * Passed by value to always-inline functions and constant there: no instance
 * branches on any of these.
 *
 * @strategy: line of strategies.def
 * @queue: how a batch is handed over
 * @device: who consumes it
 * @variant: faithful or lean
 * @no_queue_wmb: leaves out the queue's dma_wmb(), for the barrier budget only
 */
struct smmu_path {
	enum smmu_strategy strategy;
	enum smmu_queue queue;
	enum smmu_device_kind device;
	enum smmu_variant variant;
	bool no_queue_wmb;
};

/**
 * struct arm_smmu_device - one SMMU
 * @features: ARM_SMMU_FEAT_*
 * @options: ARM_SMMU_OPT_*
 * @index: its place in the topology, for messages
 * @queue: the queue's kind, for the slow paths, which choose at run time
 * @kind: the consumer's kind, likewise
 * @cmdq: the command queue; unused with SMMU_QUEUE_NONE
 * @model: the model's state when @kind is SMMU_DEVICE_MODEL
 * @slow_ring: where the slow paths' commands go with SMMU_QUEUE_NONE; may be NULL
 */
struct arm_smmu_device {
	u32 features;
	u32 options;
	unsigned int index;
	enum smmu_queue queue;
	enum smmu_device_kind kind;
	struct arm_smmu_cmdq cmdq;
	struct smmu_model *model;
	struct smmu_ring *slow_ring;
};

/*
 * SMMU_QUEUE_NONE: commands, and a CMD_SYNC for each sync, go round in a ring
 * that nobody reads while it is timed. Tests read it: large enough for them, small
 * enough to stay in the first-level cache.
 */
#define SMMU_RING_ENTRIES 256

struct smmu_ring {
	u64 pos; /* commands written since the start, syncs included */
	struct arm_smmu_cmd cmds[SMMU_RING_ENTRIES];
};

/**
 * struct smmu_thread - what one caller of unmap brings along
 * @domain: the domain it unmaps from
 * @ptes: this thread's IOPTEs, a power of two of them
 * @pte_mask: their number - 1
 * @pte_stride: distance between two stores in IOPTEs (8 = a line of 64 bytes)
 * @pte_next: where the next store goes
 * @nr_ptes: stores that precede each invalidation
 * @iova: start of the range, bytes
 * @size: of the range, bytes; 0 and SIZE_MAX mean everything
 * @granule: bytes
 * @leaf: only last-level entries changed
 * @repeats: walks repeated by the post step recheck
 * @errors: submissions that failed; the fast path goes on, as the driver does
 * @ring: commands with SMMU_QUEUE_NONE
 */
struct smmu_thread {
	struct arm_smmu_domain *domain;
	u64 *ptes;
	unsigned long pte_mask;
	unsigned long pte_stride;
	unsigned long pte_next;
	unsigned int nr_ptes;
	unsigned int granule;
	unsigned long iova;
	size_t size;
	bool leaf;
	u64 repeats;
	u64 errors;
	struct smmu_ring ring;
} ____cacheline_aligned_in_smp;

enum arm_smmu_domain_stage {
	ARM_SMMU_DOMAIN_S1,
	ARM_SMMU_DOMAIN_S2,
	ARM_SMMU_DOMAIN_SVA,
	ARM_SMMU_DOMAIN_IDENTITY, /* no table: bypass STE */
	ARM_SMMU_DOMAIN_BLOCKED,  /* no table: abort STE */
};

struct smmu_store_ops;

/**
 * struct arm_smmu_domain - one translation, and whom its unmaps must tell
 * @stage: which table
 * @nest_parent: its VMID also has nested stage 1 entries
 * @asid: of a stage 1 domain
 * @vmid: of a stage 2 domain
 * @ttb: table base that goes into CD or STE
 * @pgsize_bitmap: leaf sizes; the lowest is the TG of range commands
 * @strategy: for the attach side; the fast path has its own constant
 * @store: who keeps the invalidations
 * @invs: array stores that publish by RCU
 * @nr_ats_masters: attachments with ATS, for the list that the driver had
 * @state: whatever else the store keeps (its locks on lines of their own)
 */
struct arm_smmu_domain {
	enum arm_smmu_domain_stage stage;
	bool nest_parent;
	u16 asid;
	u16 vmid;
	u64 ttb;
	unsigned long pgsize_bitmap;
	enum smmu_strategy strategy;
	const struct smmu_store_ops *store;
	struct arm_smmu_invs __rcu *invs;
	atomic_t nr_ats_masters;
	void *state;
};

struct arm_smmu_stream {
	u32 id;
};

/* Serialises all attaches, and with them all writers of every store. */
extern struct mutex arm_smmu_asid_lock;

#endif
