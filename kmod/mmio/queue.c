// SPDX-License-Identifier: GPL-2.0-or-later
/* The subject's device: the queues' functions for an SMMU, and a ring that it sees. */
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/sprintf.h>

#include "cmdq_lockless.h"
#include "cmdq_spinlock.h"
#include "device.h"
#include "fail_alloc.h"
#include "mmio.h"
#include "params.h"
#include "regs.h"

int arm_smmu_cmdq_issue_cmdlist_lockless_mmio(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MMIO };

	return __arm_smmu_cmdq_issue_cmdlist(b, smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_lockless_mmio_nowmb(struct arm_smmu_device *smmu,
						    struct arm_smmu_cmd *cmds, int n,
						    bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MMIO, .no_wmb = true };

	return __arm_smmu_cmdq_issue_cmdlist(b, smmu, cmds, n, sync);
}

int arm_smmu_cmdq_issue_cmdlist_spinlock_mmio(struct arm_smmu_device *smmu,
					      struct arm_smmu_cmd *cmds, int n, bool sync)
{
	const struct cmdq_build b = { .device = SMMU_DEVICE_MMIO };

	return cmdq_issue_spinlock(b, smmu, cmds, n, sync);
}

/* ---- what a cell asks for ------------------------------------------------ */

#define REFUSE(err, ...) \
	(snprintf((err)->msg, sizeof((err)->msg), __VA_ARGS__), -EINVAL)

/* A nest parent, as subject.c makes it. */
static bool wants_stage_2(const struct subject_params *p)
{
	return p->op != SUBJECT_OP_CMDQ && p->entries == 2 && p->smmus == 1 && !p->ats;
}

static int check_one(const struct smmu_mmio *mmio, const struct subject_params *p,
		     struct subject_error *err)
{
	if (mmio->dead)
		return REFUSE(err, "device=mmio: SMMU %u doesn't answer any more",
			      mmio->nr);
	if (p->depth > mmio->max_n_shift)
		return REFUSE(err, "device=mmio: SMMU %u has depth=%u at the most: depth=%llu",
			      mmio->nr, mmio->max_n_shift, (unsigned long long)p->depth);
	if (p->ril && !(mmio->features & ARM_SMMU_FEAT_RANGE_INV))
		return REFUSE(err, "device=mmio: SMMU %u has no range invalidation: ril=on",
			      mmio->nr);
	if (p->ats && !(mmio->features & ARM_SMMU_FEAT_ATS))
		return REFUSE(err, "device=mmio: SMMU %u has no ATS: ats=on", mmio->nr);
	if (wants_stage_2(p) && !mmio->s2)
		return REFUSE(err, "device=mmio: SMMU %u has no stage 2: entries=2 wants it",
			      mmio->nr);
	if (!wants_stage_2(p) && !mmio->s1)
		return REFUSE(err, "device=mmio: SMMU %u has no stage 1", mmio->nr);
	return 0;
}

static int smmu_mmio_check(const struct subject_params *p, struct subject_error *err)
{
	unsigned int i, have = smmu_mmio_count();
	int ret = 0;

	if (!have)
		return REFUSE(err,
			      "device=mmio: the module has no SMMU: see device tree and mmio=ADDRESS in docs/kernel.md");
	for (i = 0; i < p->smmus && !ret; i++) {
		struct smmu_mmio *mmio = smmu_mmio_get(i);

		if (!mmio)
			return REFUSE(err, "device=mmio: the module has %u of smmus=%llu", have,
				      (unsigned long long)p->smmus);
		ret = check_one(mmio, p, err);
		smmu_mmio_put(mmio);
	}
	return ret;
}

/* ---- a ring -------------------------------------------------------------- */

/*
 * The locked queue has CMD_SYNCs written to a word of its own, in memory that nobody
 * has mapped yet.
 */
static int map_sync_count(struct arm_smmu_device *smmu)
{
	struct smmu_mmio_queue *q = smmu_mmio_queue(smmu);
	void *word = &smmu->cmdq.sync_count;
	struct page *page = is_vmalloc_addr(word) ? vmalloc_to_page(word) : virt_to_page(word);

	if (smmu->queue != SMMU_QUEUE_SPINLOCK || !(smmu->options & ARM_SMMU_OPT_MSIPOLL))
		return 0;
	smmu->cmdq.sync_dma = dma_map_page(q->mmio->dev, page, offset_in_page(word),
					   sizeof(smmu->cmdq.sync_count), DMA_FROM_DEVICE);
	if (dma_mapping_error(q->mmio->dev, smmu->cmdq.sync_dma))
		return -ENOMEM;
	q->sync_mapped = true;
	return 0;
}

static size_t ring_bytes(const struct arm_smmu_device *smmu)
{
	return sizeof(*smmu->cmdq.q.base) << smmu->cmdq.q.llq.max_n_shift;
}

static void set_registers(struct arm_smmu_device *smmu, struct smmu_mmio *mmio)
{
	const u32 any = ARM_SMMU_FEAT_E2H | mmio->features;

	smmu->cmdq.q.prod_reg = mmio->base + SMMU_CMDQ_PROD;
	smmu->cmdq.q.cons_reg = mmio->base + SMMU_CMDQ_CONS;
	smmu->cmdq.gerror_reg = mmio->base + SMMU_GERROR;
	smmu->cmdq.gerrorn_reg = mmio->base + SMMU_GERRORN;
	/* Who asks for less than it has gets less. */
	smmu->features &= any;
	smmu->features |= mmio->features & ARM_SMMU_FEAT_SEV;
	if (!mmio->msi)
		smmu->options &= ~ARM_SMMU_OPT_MSIPOLL;
}

static void smmu_mmio_stop(struct arm_smmu_device *smmu)
{
	struct smmu_mmio_queue *q = smmu_mmio_queue(smmu);
	struct device *dev = q->mmio->dev;

	if (smmu_mmio_forget(smmu))
		dma_free_coherent(dev, ring_bytes(smmu), smmu->cmdq.q.base,
				  smmu->cmdq.q.base_dma);
	if (q->sync_mapped)
		dma_unmap_page(dev, smmu->cmdq.sync_dma, sizeof(smmu->cmdq.sync_count),
			       DMA_FROM_DEVICE);
	smmu->cmdq.q.base = NULL;
	smmu->cmdq.regs = NULL;
	smmu_mmio_put(q->mmio);
	kfree(q);
}

static int smmu_mmio_start(struct arm_smmu_device *smmu)
{
	struct smmu_mmio *mmio = smmu_mmio_get(smmu->index);
	struct smmu_mmio_queue *q = kzalloc(sizeof(*q), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!mmio || !q || smmu->cmdq.q.llq.max_n_shift > mmio->max_n_shift) {
		ret = !mmio ? -ENODEV : !q ? -ENOMEM : -EINVAL;
		goto err;
	}
	if (!fail_alloc())
		smmu->cmdq.q.base = dma_alloc_coherent(mmio->dev, ring_bytes(smmu),
						       &smmu->cmdq.q.base_dma, GFP_KERNEL);
	if (!smmu->cmdq.q.base)
		goto err;
	q->mmio = mmio;
	smmu->cmdq.regs = q;
	/* CMDQ_BASE has no bits for less; a contiguous area may be aligned to less. */
	if (smmu->cmdq.q.base_dma & (ring_bytes(smmu) - 1)) {
		smmu_mmio_stop(smmu);
		return -ENOMEM;
	}
	set_registers(smmu, mmio);
	ret = map_sync_count(smmu);
	if (ret)
		smmu_mmio_stop(smmu);
	return ret;
err:
	kfree(q);
	if (mmio)
		smmu_mmio_put(mmio);
	return ret;
}

const struct smmu_device_ops smmu_mmio_ops = {
	.name = "mmio",
	.help = "an SMMUv3 that the module owns",
	.own_ring = true,
	.check = smmu_mmio_check,
	.start = smmu_mmio_start,
	.stop = smmu_mmio_stop,
	.hold = smmu_mmio_hold,
	.release = smmu_mmio_release,
};
