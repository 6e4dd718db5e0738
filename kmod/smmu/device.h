/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who consumes a command queue: nobody (null), a model of an SMMU, or in the kernel an
 * SMMU (mmio). The first two are stepped by the producers themselves, so that two
 * producers on two CPUs measure the queue and not the scheduler.
 */
#ifndef SMMU_DEVICE_H
#define SMMU_DEVICE_H

#include <linux/io.h>
#include <linux/types.h>

#include "cmdq.h"
#include "smmu.h"

struct subject_error;
struct subject_params;

/**
 * struct smmu_device_ops - one kind of consumer
 * @name: what the user types
 * @help: one line
 * @own_ring: @start and @stop bring and take the ring: the SMMU must see it
 * @check: NULL, or whether it can do what a cell asks for: 0, or -errno with a line
 * @start: the queue has its memory; sets the registers. May sleep.
 * @stop: no producer is left. May sleep.
 * @hold: NULL, or: from here to @release the SMMU is @smmu's. There may be more queues
 *	  than SMMUs: without a holder no command may be issued, and who holds one of
 *	  another queue's is waited for. Counts: holders of one queue don't wait for each
 *	  other. Of several SMMUs the one with the lower index comes first. May sleep.
 * @release: likewise. May sleep.
 */
struct smmu_device_ops {
	const char *name;
	const char *help;
	bool own_ring;
	int (*check)(const struct subject_params *p, struct subject_error *err);
	int (*start)(struct arm_smmu_device *smmu);
	void (*stop)(struct arm_smmu_device *smmu);
	void (*hold)(struct arm_smmu_device *smmu);
	void (*release)(struct arm_smmu_device *smmu);
};

extern const struct smmu_device_ops smmu_null_ops;
extern const struct smmu_device_ops smmu_model_ops;
extern const struct smmu_device_ops smmu_mmio_ops; /* in the kernel */

/* The consumer's operations, or NULL where @kind isn't compiled in. */
const struct smmu_device_ops *smmu_device_ops(enum smmu_device_kind kind);

/**
 * struct smmu_regs - registers in memory, for devices that have none of their own
 * @prod: CMDQ_PROD
 * @cons: CMDQ_CONS; next to it, as in the SMMU's register page
 * @gerror: GERROR
 * @gerrorn: GERRORN
 */
struct smmu_regs {
	u32 prod;
	u32 cons;
	u32 gerror;
	u32 gerrorn;
} ____cacheline_aligned;

/* Memory for struct smmu_regs and the queue's pointers to it. For start and stop. */
int smmu_regs_alloc(struct arm_smmu_cmdq *cmdq);
void smmu_regs_free(struct arm_smmu_cmdq *cmdq);

/* ---- null ------------------------------------------------------------- */

/*
 * All of the null device: what PROD is set to has been consumed. It answers by CONS
 * whatever ARM_SMMU_OPT_MSIPOLL says, since it looks at no command.
 */
static __always_inline void smmu_null_prod_written(struct arm_smmu_queue *q, u32 prod)
{
	writel_relaxed(prod, q->cons_reg);
}

/* ---- mmio: kernel only -------------------------------------------------- */

/**
 * smmu_mmio_look() - whether the SMMU has stopped at an error
 * @smmu: of kind SMMU_DEVICE_MMIO, held
 *
 * For a poller that has waited for long. Calls arm_smmu_gerror_handler(), unless the
 * interrupt is at it. Context: any.
 */
void smmu_mmio_look(struct arm_smmu_device *smmu);

/* ---- model ------------------------------------------------------------ */

/* What can be cached, and under what. */
enum smmu_regime {
	SMMU_REGIME_S1,		/* NS-EL1: VMID and ASID */
	SMMU_REGIME_EL2,	/* NS-EL2-E2H: ASID */
	SMMU_REGIME_S2,		/* VMID; stage 2 only */
	SMMU_NR_REGIMES,
};

/**
 * struct smmu_model_config - what a StreamID and SubstreamID translate through
 * @regime: tag of its IOTLB entries
 * @asid: of S1 and EL2
 * @vmid: of S1 and S2
 * @ats: the endpoint may cache the result in its ATC
 * @table: the test's own: where the walk starts
 */
struct smmu_model_config {
	enum smmu_regime regime;
	u16 asid;
	u16 vmid;
	bool ats;
	u64 table;
};

/**
 * struct smmu_model_leaf - what a walk ends at
 * @shift: log2 of the bytes that the entry maps, 12 and up
 * @level: of the table that holds it, 1 to 3 (what TTL speaks of)
 * @pte: its value
 */
struct smmu_model_leaf {
	u8 shift;
	u8 level;
	u64 pte;
};

/**
 * struct smmu_model_walker - how the model reads the tables that a test set up
 * @config: reads STE and CD. 0, or -ENOENT for an abort or a fault
 * @walk: reads the IOPTE that @cfg reaches for @iova. 0, or -ENOENT where nothing
 *	  is mapped
 * @ctx: handed to both
 *
 * Called with the model's lock held and interrupts off: they read memory and return.
 */
struct smmu_model_walker {
	int (*config)(void *ctx, u32 sid, u32 ssid, struct smmu_model_config *cfg);
	int (*walk)(void *ctx, const struct smmu_model_config *cfg, u64 iova,
		    struct smmu_model_leaf *leaf);
	void *ctx;
};

/* Which of the model's caches. */
enum smmu_cache {
	SMMU_CACHE_CONFIG,
	SMMU_CACHE_IOTLB,
	SMMU_CACHE_ATC,
	SMMU_NR_CACHES,
};

/**
 * struct smmu_model_entry - one line of one cache
 * @valid: in use
 * @sid: CONFIG and ATC
 * @ssid: CONFIG and ATC
 * @cfg: CONFIG: what was read; IOTLB: its tag; ATC: what it was filled through
 * @iova: IOTLB and ATC: start of what it maps
 * @leaf: IOTLB and ATC
 * @filled: serial number of its fill, see struct smmu_model_counters
 */
struct smmu_model_entry {
	bool valid;
	u32 sid;
	u32 ssid;
	struct smmu_model_config cfg;
	u64 iova;
	struct smmu_model_leaf leaf;
	u64 filled;
};

/* Errors on demand. */
enum smmu_model_error {
	SMMU_ERROR_ILL,		/* the command is taken for an illegal one */
	SMMU_ERROR_ABT,		/* its fetch is aborted */
	SMMU_ERROR_ATC_TIMEOUT,	/* the CMD_SYNC reports an ATC_INV that timed out */
	SMMU_ERROR_DEAD,	/* nothing is consumed from here on */
	SMMU_NR_ERRORS,
};

/**
 * struct smmu_model_params - a model to make
 * @cmd_ns: time to consume a command other than CMD_SYNC; 0: none
 * @sync_ns: time to complete a CMD_SYNC, from the end of the command before it
 * @cache_entries: lines of each cache, a power of two up to 1 << 16; 0: no caches,
 *		   and nothing to invalidate
 * @walker: for smmu_model_translate(); zero when it isn't used
 * @gerror: called when an error becomes active, with the model's lock held; NULL is
 *	    arm_smmu_gerror_handler()
 * @consumed: sees each command that was consumed, in order, with the model's lock
 *	      held; NULL: nobody looks
 * @ctx: handed to @consumed
 */
struct smmu_model_params {
	u64 cmd_ns;
	u64 sync_ns;
	unsigned int cache_entries;
	struct smmu_model_walker walker;
	bool (*gerror)(struct arm_smmu_device *smmu);
	void (*consumed)(void *ctx, const struct arm_smmu_cmd *cmd, u32 cons);
	void *ctx;
};

/**
 * struct smmu_model_counters - what a model has done so far
 * @commands: commands consumed, CMD_SYNC included
 * @syncs: CMD_SYNCs completed
 * @by_op: commands consumed by opcode
 * @illegal: illegal commands met, those on demand included
 * @aborts: fetches aborted
 * @atc_timeouts: CMD_SYNCs that reported an ATC_INV time-out
 * @msis: completions written to memory
 * @msi_aborts: completions whose address is none of the queue's
 * @overruns: PROD was found more than a queue ahead of CONS
 * @steps: times that a poller stepped the model
 * @fills: lines filled, per cache
 * @hits: look-ups that found a line, per cache
 * @invalidated: lines taken out by commands, per cache
 */
struct smmu_model_counters {
	u64 commands;
	u64 syncs;
	u64 by_op[256];
	u64 illegal;
	u64 aborts;
	u64 atc_timeouts;
	u64 msis;
	u64 msi_aborts;
	u64 overruns;
	u64 steps;
	u64 fills[SMMU_NR_CACHES];
	u64 hits[SMMU_NR_CACHES];
	u64 invalidated[SMMU_NR_CACHES];
};

/**
 * smmu_model_create() - a model for one SMMU
 * @params: copied
 *
 * Put it into smmu->model before arm_smmu_cmdq_init(). May sleep.
 * Return: the model, or ERR_PTR(-EINVAL) for cache_entries, ERR_PTR(-ENOMEM).
 */
struct smmu_model *smmu_model_create(const struct smmu_model_params *params);

/* After arm_smmu_cmdq_free(). Fine with NULL. May sleep. */
void smmu_model_destroy(struct smmu_model *model);

/**
 * smmu_model_poll() - let the model do what its time allows
 * @smmu: of kind SMMU_DEVICE_MODEL
 *
 * For whoever polls a register or the queue. One caller steps, the others return at
 * once. Context: any.
 */
void smmu_model_poll(struct arm_smmu_device *smmu);

/**
 * smmu_model_translate() - a transaction of an endpoint
 * @model: with a walker
 * @sid: StreamID
 * @ssid: SubstreamID, 0 for none
 * @iova: bytes
 * @leaf: what it translated to, from a cache where one had it
 *
 * Looks in the ATC, then the configuration cache, then the IOTLB; fills what missed.
 * Context: any but from the model's own callbacks.
 * Return: 0; -ENOENT from the walker (nothing is cached then).
 */
int smmu_model_translate(struct smmu_model *model, u32 sid, u32 ssid, u64 iova,
			 struct smmu_model_leaf *leaf);

/**
 * smmu_model_for_each() - look at every valid line of a cache
 * @model: any
 * @cache: which
 * @fn: called with the model's lock held; false ends it
 * @ctx: handed to @fn
 *
 * For judges: "no line of this table survives". Context: as smmu_model_translate().
 * Return: lines that @fn has seen.
 */
size_t smmu_model_for_each(struct smmu_model *model, enum smmu_cache cache,
			   bool (*fn)(void *ctx, const struct smmu_model_entry *entry),
			   void *ctx);

/**
 * smmu_model_inject() - an error on demand
 * @model: any
 * @error: which
 * @after: how many more commands are consumed first (ATC_TIMEOUT: the first CMD_SYNC
 *	   from there on)
 * @times: how often it happens, ILL: to how many commands in a row; DEAD: any number
 *	   but 0. 0 takes it back, and a dead model goes on.
 *
 * One of each kind at a time; a later one replaces it. Context: as
 * smmu_model_translate().
 */
void smmu_model_inject(struct smmu_model *model, enum smmu_model_error error, u64 after,
		       unsigned int times);

/* A consistent copy of the counters. Context: as smmu_model_translate(). */
void smmu_model_counters(struct smmu_model *model, struct smmu_model_counters *counters);

/* Two of the counters, for who has no stack for all. */
void smmu_model_consumed(struct smmu_model *model, u64 *commands, u64 *syncs);

#endif
