// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A model of an SMMU: takes a set time for each command, keeps caches that commands
 * invalidate (cache.c), and makes errors on demand. It works when it is polled.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../cmdq_common.h"
#include "../device.h"
#include "cache.h"

/* Where the device sees the queue and the locked queue's sync_count. Of no meaning. */
#define MODEL_QUEUE_DMA		BIT_ULL(36)
#define MODEL_SYNC_DMA		BIT_ULL(35)

/* An error on demand: @times commands, from the @at-th on. */
struct model_injection {
	u64 at;
	unsigned int times;
};

struct smmu_model {
	spinlock_t lock;		/* everything below */
	struct arm_smmu_device *smmu;	/* NULL until started */
	struct smmu_regs *regs;
	u32 cons;
	u32 seen_prod;
	ktime_t busy_until;
	struct model_injection inject[SMMU_NR_ERRORS];
	struct smmu_caches caches;
	struct smmu_model_params params;
	struct smmu_model_counters counters;
} ____cacheline_aligned_in_smp;

/* ---- the queue --------------------------------------------------------- */

static bool model_injected(struct smmu_model *model, enum smmu_model_error error)
{
	struct model_injection *inject = &model->inject[error];

	if (likely(!inject->times) || model->counters.commands < inject->at)
		return false;
	if (error != SMMU_ERROR_DEAD)
		inject->times--;
	return true;
}

static void model_raise(struct smmu_model *model, u32 gerror)
{
	struct smmu_regs *regs = model->regs;

	/* An error that wasn't acknowledged yet can't be raised again. */
	if (!((regs->gerror ^ READ_ONCE(regs->gerrorn)) & gerror))
		/* The cause comes first: pairs with the handler's read of GERROR. */
		smp_store_release(&regs->gerror, regs->gerror ^ gerror);
	if (model->params.gerror)
		model->params.gerror(model->smmu);
	else
		arm_smmu_gerror_handler(model->smmu);
}

/* Stops at cons until the error is acknowledged. */
static void model_cerror(struct smmu_model *model, u32 err)
{
	WRITE_ONCE(model->regs->cons, model->cons | FIELD_PREP(CMDQ_CONS_ERR, err));
	model_raise(model, GERROR_CMDQ_ERR);
}

static void model_publish_cons(struct smmu_model *model)
{
	/*
	 * What the commands did, and our reads of their slots, come before the store
	 * that tells the producers. Pairs with the control dependency from CONS to
	 * whatever they do next, and with their readl() of CONS.
	 */
	smp_store_release(&model->regs->cons, model->cons);
}

static void model_complete_sync(struct smmu_model *model, const struct arm_smmu_cmd *cmd)
{
	struct arm_smmu_cmdq *cmdq = &model->smmu->cmdq;
	u64 addr = cmd->data[1] & CMDQ_SYNC_1_MSIADDR_MASK;
	u32 data = FIELD_GET(CMDQ_SYNC_0_MSIDATA, cmd->data[0]);
	u64 bytes = sizeof(*cmdq->q.base) << cmdq->q.llq.max_n_shift;
	u32 *word = NULL;

	model->counters.syncs++;
	model_publish_cons(model);
	if (FIELD_GET(CMDQ_SYNC_0_CS, cmd->data[0]) != CMDQ_SYNC_0_CS_IRQ)
		return;

	if (addr - cmdq->q.base_dma < bytes)
		word = (u32 *)cmdq->q.base + (addr - cmdq->q.base_dma) / sizeof(*word);
	else if (addr == cmdq->sync_dma)
		word = &cmdq->sync_count;
	if (word) {
		/* As CONS; pairs with what follows the producer's read of @word. */
		smp_store_release(word, data);
		model->counters.msis++;
	} else {
		model->counters.msi_aborts++;
		model_raise(model, GERROR_MSI_CMDQ_ABT_ERR);
	}
}

/* Consumes up to @prod as far as time allows. False when an error has stopped it. */
static bool model_run(struct smmu_model *model, u32 prod, bool timed, ktime_t now)
{
	const struct smmu_model_params *params = &model->params;
	const struct arm_smmu_queue *q = &model->smmu->cmdq.q;
	u32 shift = q->llq.max_n_shift;
	struct arm_smmu_cmd cmd;
	bool ok = true;
	u32 err = CMDQ_ERR_CERROR_NONE_IDX;
	u8 op;

	while (model->cons != prod) {
		const struct arm_smmu_cmd *slot = cmdq_slot(q, model->cons);

		if (model_injected(model, SMMU_ERROR_DEAD))
			break;
		if (model_injected(model, SMMU_ERROR_ABT)) {
			model->counters.aborts++;
			err = CMDQ_ERR_CERROR_ABT_IDX;
			break;
		}
		cmd.data[0] = le64_to_cpu((__force __le64)READ_ONCE(slot->data[0]));
		cmd.data[1] = le64_to_cpu((__force __le64)READ_ONCE(slot->data[1]));
		op = arm_smmu_cmd_op(&cmd);

		if (timed) {
			u64 ns = op == CMDQ_OP_CMD_SYNC ? params->sync_ns : params->cmd_ns;
			ktime_t done = ktime_add_ns(model->busy_until, ns);

			if (ktime_after(done, now))
				break;
			model->busy_until = done;
		}
		if (op == CMDQ_OP_CMD_SYNC && model_injected(model, SMMU_ERROR_ATC_TIMEOUT)) {
			model->counters.atc_timeouts++;
			err = CMDQ_ERR_CERROR_ATC_INV_IDX;
			break;
		}
		if ((op != CMDQ_OP_CMD_SYNC && model_injected(model, SMMU_ERROR_ILL)) ||
		    !smmu_caches_execute(&model->caches, op, &cmd)) {
			model->counters.illegal++;
			err = CMDQ_ERR_CERROR_ILL_IDX;
			break;
		}

		model->counters.commands++;
		model->counters.by_op[op]++;
		if (params->consumed)
			params->consumed(params->ctx, &cmd, model->cons);
		model->cons = cmdq_advance(shift, model->cons, 1);
		if (op == CMDQ_OP_CMD_SYNC)
			model_complete_sync(model, &cmd);
	}

	if (err != CMDQ_ERR_CERROR_NONE_IDX) {
		model_cerror(model, err);
		ok = false;
	} else {
		model_publish_cons(model);
	}
	return ok;
}

static void model_step(struct smmu_model *model)
{
	u32 shift = model->smmu->cmdq.q.llq.max_n_shift;
	bool timed = model->params.cmd_ns || model->params.sync_ns;
	ktime_t now = timed ? ktime_get() : 0;
	union cmdq_word w;

	model->counters.steps++;
	/* Acquire: pairs with the handler's writel(), which follows the mended slot. */
	if ((smp_load_acquire(&model->regs->gerrorn) ^ model->regs->gerror) & GERROR_CMDQ_ERR)
		return;

	/* What was there at the last step, first: it may have ended before now. */
	if (!model_run(model, model->seen_prod, timed, now))
		return;
	/*
	 * readl(): its barrier puts our reads of the slots after PROD's. Pairs with the
	 * producers' dma_wmb() (locked queue: writel()) between slots and PROD.
	 */
	w.prod = readl(model->smmu->cmdq.q.prod_reg);
	w.cons = model->cons;
	if (w.prod == model->seen_prod)
		return;
	if (cmdq_used(shift, w) > 1U << shift)
		model->counters.overruns++;
	if (model->cons == model->seen_prod && ktime_before(model->busy_until, now))
		model->busy_until = now;
	model->seen_prod = w.prod;
	model_run(model, w.prod, timed, now);
}

void smmu_model_poll(struct arm_smmu_device *smmu)
{
	struct smmu_model *model = smmu->model;
	unsigned long flags;

	if (readl_relaxed(smmu->cmdq.q.prod_reg) == readl_relaxed(smmu->cmdq.q.cons_reg))
		return;
	local_irq_save(flags);
	if (spin_trylock(&model->lock)) {
		model_step(model);
		spin_unlock(&model->lock);
	}
	local_irq_restore(flags);
}

/* ---- transactions and judges ------------------------------------------- */

static int model_translate(struct smmu_model *model, u32 sid, u32 ssid, u64 iova,
			   struct smmu_model_leaf *leaf)
{
	const struct smmu_model_walker *walker = &model->params.walker;
	struct smmu_model_entry key = { .sid = sid, .ssid = ssid, .iova = iova };
	struct smmu_model_entry *line;
	int ret;

	if (!walker->config || !walker->walk)
		return -EINVAL;

	line = smmu_caches_find(&model->caches, SMMU_CACHE_ATC, key);
	if (line) {
		*leaf = line->leaf;
		return 0;
	}

	line = smmu_caches_find(&model->caches, SMMU_CACHE_CONFIG, key);
	if (line) {
		key.cfg = line->cfg;
	} else {
		ret = walker->config(walker->ctx, sid, ssid, &key.cfg);
		if (ret)
			return ret;
		smmu_caches_fill(&model->caches, SMMU_CACHE_CONFIG, &key);
	}

	line = smmu_caches_find(&model->caches, SMMU_CACHE_IOTLB, key);
	if (line) {
		key.leaf = line->leaf;
	} else {
		ret = walker->walk(walker->ctx, &key.cfg, iova, &key.leaf);
		if (ret)
			return ret;
	}
	key.iova = iova >> key.leaf.shift << key.leaf.shift;
	if (!line)
		smmu_caches_fill(&model->caches, SMMU_CACHE_IOTLB, &key);
	if (key.cfg.ats)
		smmu_caches_fill(&model->caches, SMMU_CACHE_ATC, &key);
	*leaf = key.leaf;
	return 0;
}

int smmu_model_translate(struct smmu_model *model, u32 sid, u32 ssid, u64 iova,
			 struct smmu_model_leaf *leaf)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&model->lock, flags);
	ret = model_translate(model, sid, ssid, iova, leaf);
	spin_unlock_irqrestore(&model->lock, flags);
	return ret;
}

size_t smmu_model_for_each(struct smmu_model *model, enum smmu_cache cache,
			   bool (*fn)(void *ctx, const struct smmu_model_entry *entry),
			   void *ctx)
{
	unsigned long flags;
	size_t seen;

	spin_lock_irqsave(&model->lock, flags);
	seen = smmu_caches_for_each(&model->caches, cache, fn, ctx);
	spin_unlock_irqrestore(&model->lock, flags);
	return seen;
}

void smmu_model_inject(struct smmu_model *model, enum smmu_model_error error, u64 after,
		       unsigned int times)
{
	unsigned long flags;

	spin_lock_irqsave(&model->lock, flags);
	model->inject[error].at = model->counters.commands + after;
	model->inject[error].times = times;
	spin_unlock_irqrestore(&model->lock, flags);
}

void smmu_model_counters(struct smmu_model *model, struct smmu_model_counters *counters)
{
	unsigned long flags;

	spin_lock_irqsave(&model->lock, flags);
	*counters = model->counters;
	memcpy(counters->fills, model->caches.fills, sizeof(counters->fills));
	memcpy(counters->hits, model->caches.hits, sizeof(counters->hits));
	memcpy(counters->invalidated, model->caches.invalidated,
	       sizeof(counters->invalidated));
	spin_unlock_irqrestore(&model->lock, flags);
}

void smmu_model_consumed(struct smmu_model *model, u64 *commands, u64 *syncs)
{
	unsigned long flags;

	spin_lock_irqsave(&model->lock, flags);
	*commands = model->counters.commands;
	*syncs = model->counters.syncs;
	spin_unlock_irqrestore(&model->lock, flags);
}

/* ---- setting up -------------------------------------------------------- */

struct smmu_model *smmu_model_create(const struct smmu_model_params *params)
{
	struct smmu_model *model = kzalloc(sizeof(*model), GFP_KERNEL);
	int ret;

	if (!model)
		return ERR_PTR(-ENOMEM);
	ret = smmu_caches_init(&model->caches, params->cache_entries);
	if (ret) {
		kfree(model);
		return ERR_PTR(ret);
	}
	spin_lock_init(&model->lock);
	model->params = *params;
	return model;
}

void smmu_model_destroy(struct smmu_model *model)
{
	if (!model)
		return;
	smmu_caches_free(&model->caches);
	kfree(model);
}

static int smmu_model_start(struct arm_smmu_device *smmu)
{
	struct smmu_model *model = smmu->model;
	int ret;

	if (!model || model->smmu)
		return -EINVAL;
	ret = smmu_regs_alloc(&smmu->cmdq);
	if (ret)
		return ret;
	smmu->cmdq.q.base_dma = MODEL_QUEUE_DMA;
	smmu->cmdq.sync_dma = MODEL_SYNC_DMA;
	model->smmu = smmu;
	model->regs = smmu->cmdq.regs;
	model->cons = 0;
	model->seen_prod = 0;
	model->busy_until = 0;
	return 0;
}

static void smmu_model_stop(struct arm_smmu_device *smmu)
{
	smmu->model->smmu = NULL;
	smmu->model->regs = NULL;
	smmu_regs_free(&smmu->cmdq);
}

const struct smmu_device_ops smmu_model_ops = {
	.name = "model",
	.help = "an SMMU with set times for commands and syncs, caches, errors on demand",
	.start = smmu_model_start,
	.stop = smmu_model_stop,
};
