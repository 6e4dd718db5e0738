// SPDX-License-Identifier: GPL-2.0-or-later
/* An SMMU's registers: what it is, its reset, and whose queue is in them. */
#include <linux/bitfield.h>
#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/iopoll.h>
#include <linux/types.h>

#include "device.h"
#include "mmio.h"
#include "regs.h"

static u32 reg_read(const struct smmu_mmio *mmio, unsigned int reg)
{
	return readl_relaxed(mmio->base + reg);
}

static void reg_write(struct smmu_mmio *mmio, unsigned int reg, u32 value)
{
	writel_relaxed(value, mmio->base + reg);
}

/* A control register, and the one that acknowledges it. */
static int write_acked(struct smmu_mmio *mmio, unsigned int reg, unsigned int ack, u32 value,
		       const char *name)
{
	u32 seen;
	int ret;

	/* Pairs with the SMMU's reads of memory once it is on: what we stored is there. */
	writel(value, mmio->base + reg);
	ret = readl_relaxed_poll_timeout(mmio->base + ack, seen, seen == value, 1,
					 SMMU_CMDQ_TIMEOUT_US);
	if (ret)
		dev_err(mmio->dev, "%s=0x%x isn't acknowledged: 0x%x\n", name, value, seen);
	return ret;
}

static int smmu_write_cr0(struct smmu_mmio *mmio, u32 value)
{
	return write_acked(mmio, SMMU_CR0, SMMU_CR0ACK, value, "CR0");
}

/* ---- what it is ---------------------------------------------------------- */

/* 6.3.6: IDR5.OAS. Later ones are more than we ask for. */
static const u8 oas_bits[] = { 32, 36, 40, 42, 44, 48, 52, 52 };

static void identify_features(struct smmu_mmio *mmio, u32 idr0)
{
	/* By the firmware's word, as the driver: the ring's mapping follows that, too. */
	bool coherent = dev_is_dma_coherent(mmio->dev);

	mmio->s1 = idr0 & IDR0_S1P;
	mmio->s2 = idr0 & IDR0_S2P;
	mmio->msi = (idr0 & IDR0_MSI) && coherent;
	if (coherent)
		mmio->features |= ARM_SMMU_FEAT_COHERENCY;
	if (idr0 & IDR0_ATS)
		mmio->features |= ARM_SMMU_FEAT_ATS;
	if (idr0 & IDR0_SEV)
		mmio->features |= ARM_SMMU_FEAT_SEV;
	if (reg_read(mmio, SMMU_IDR3) & IDR3_RIL)
		mmio->features |= ARM_SMMU_FEAT_RANGE_INV;
	mmio->oas = oas_bits[FIELD_GET(IDR5_OAS, reg_read(mmio, SMMU_IDR5))];
	mmio->version = FIELD_GET(AIDR_MINOR, reg_read(mmio, SMMU_AIDR));
}

int smmu_mmio_identify(struct smmu_mmio *mmio)
{
	u32 idr0 = reg_read(mmio, SMMU_IDR0), idr1 = reg_read(mmio, SMMU_IDR1);
	u32 aidr = reg_read(mmio, SMMU_AIDR);

	/* An address that is none of an SMMU's reads as ones or zeroes, if it does. */
	if (!(idr0 & (IDR0_S1P | IDR0_S2P)) || idr0 == U32_MAX || FIELD_GET(AIDR_MAJOR, aidr)) {
		dev_err(mmio->dev, "no SMMUv3 at %pa: IDR0 0x%08x, AIDR 0x%08x\n",
			&mmio->address, idr0, aidr);
		return -ENODEV;
	}
	if (idr1 & (IDR1_TABLES_PRESET | IDR1_QUEUES_PRESET | IDR1_REL)) {
		dev_err(mmio->dev, "its queue is at a place of its own (IDR1 0x%08x): not driven\n",
			idr1);
		return -ENODEV;
	}
	mmio->max_n_shift = FIELD_GET(IDR1_CMDQS, idr1);
	if (mmio->max_n_shift < SMMU_CMDQ_MIN_SHIFT) {
		dev_err(mmio->dev, "its queue holds %u commands: too few\n",
			1U << mmio->max_n_shift);
		return -ENODEV;
	}
	if (reg_read(mmio, SMMU_CR0) & CR0_SMMUEN) {
		dev_err(mmio->dev, "it translates for somebody (CR0.SMMUEN): not touched\n");
		return -EBUSY;
	}
	identify_features(mmio, idr0);
	return 0;
}

/* ---- reset --------------------------------------------------------------- */

int smmu_mmio_enable_irq(struct smmu_mmio *mmio, bool on)
{
	return write_acked(mmio, SMMU_IRQ_CTRL, SMMU_IRQ_CTRLACK,
			   on ? IRQ_CTRL_GERROR_IRQEN : 0, "IRQ_CTRL");
}

int smmu_mmio_enable_queue(struct smmu_mmio *mmio, bool on)
{
	return smmu_write_cr0(mmio, on ? CR0_CMDQEN : 0);
}

static u32 memory_attributes(const struct smmu_mmio *mmio)
{
	/* What the driver has; and where the ring isn't cacheable, as it is. */
	bool coherent = mmio->features & ARM_SMMU_FEAT_COHERENCY;
	u32 sh = coherent ? CR1_SH_ISH : CR1_SH_OSH;
	u32 cache = coherent ? CR1_CACHE_WB : CR1_CACHE_NC;

	return FIELD_PREP(CR1_TABLE_SH, sh) | FIELD_PREP(CR1_TABLE_OC, cache) |
	       FIELD_PREP(CR1_TABLE_IC, cache) | FIELD_PREP(CR1_QUEUE_SH, sh) |
	       FIELD_PREP(CR1_QUEUE_OC, cache) | FIELD_PREP(CR1_QUEUE_IC, cache);
}

int smmu_mmio_reset(struct smmu_mmio *mmio)
{
	int ret = smmu_write_cr0(mmio, 0);

	if (!ret)
		ret = smmu_mmio_enable_irq(mmio, false);
	if (ret)
		return ret;
	reg_write(mmio, SMMU_CR1, memory_attributes(mmio));
	/* As the driver has it: broadcast TLBIs of the CPUs are none of its business. */
	reg_write(mmio, SMMU_CR2, CR2_PTM);
	/* Wired, where there are MSIs, too. */
	reg_write(mmio, SMMU_GERROR_IRQ_CFG0, 0);
	reg_write(mmio, SMMU_GERROR_IRQ_CFG0 + 4, 0);
	reg_write(mmio, SMMU_GERRORN, reg_read(mmio, SMMU_GERROR));
	return 0;
}

/* ---- errors -------------------------------------------------------------- */

bool smmu_mmio_gerror(struct smmu_mmio *mmio)
{
	unsigned long flags;
	bool active;
	u32 gerror;

	raw_spin_lock_irqsave(&mmio->owner_lock, flags);
	if (mmio->owner) {
		active = arm_smmu_gerror_handler(mmio->owner);
	} else {
		gerror = reg_read(mmio, SMMU_GERROR);
		active = gerror != reg_read(mmio, SMMU_GERRORN);
		/* A dead one whose ring was left to it would come back with the same error. */
		if (active && !READ_ONCE(mmio->dead))
			reg_write(mmio, SMMU_GERRORN, gerror);
	}
	raw_spin_unlock_irqrestore(&mmio->owner_lock, flags);
	return active;
}

void smmu_mmio_look(struct arm_smmu_device *smmu)
{
	smmu_mmio_gerror(smmu_mmio_queue(smmu)->mmio);
}

/* ---- whose queue is in the registers ------------------------------------- */

static void set_owner(struct smmu_mmio *mmio, struct arm_smmu_device *smmu)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&mmio->owner_lock, flags);
	mmio->owner = smmu;
	raw_spin_unlock_irqrestore(&mmio->owner_lock, flags);
}

/* Under lock. What there is to consume is kept, should an SMMU have stopped. */
static void put_away(struct smmu_mmio *mmio)
{
	struct smmu_mmio_queue *q;

	if (!mmio->owner)
		return;
	q = smmu_mmio_queue(mmio->owner);
	if (smmu_mmio_enable_queue(mmio, false)) {
		WRITE_ONCE(mmio->dead, true);
		return;
	}
	/* Off, it comes to no further error: what it stopped at is mended in this ring. */
	smmu_mmio_gerror(mmio);
	q->prod = reg_read(mmio, SMMU_CMDQ_PROD) & CMDQ_INDEX;
	q->cons = reg_read(mmio, SMMU_CMDQ_CONS) & CMDQ_INDEX;
	set_owner(mmio, NULL);
}

/* Under lock. In the order that 6.3.26 asks for. */
static void bring(struct smmu_mmio *mmio, struct arm_smmu_device *smmu)
{
	struct smmu_mmio_queue *q = smmu_mmio_queue(smmu);
	u64 base = CMDQ_BASE_RA | (smmu->cmdq.q.base_dma & CMDQ_BASE_ADDR) |
		   FIELD_PREP(CMDQ_BASE_LOG2SIZE, smmu->cmdq.q.llq.max_n_shift);

	reg_write(mmio, SMMU_CMDQ_BASE, lower_32_bits(base));
	reg_write(mmio, SMMU_CMDQ_BASE + 4, upper_32_bits(base));
	reg_write(mmio, SMMU_CMDQ_PROD, q->prod);
	reg_write(mmio, SMMU_CMDQ_CONS, q->cons);
	/* Before it is on: what was left may be an error at once. */
	set_owner(mmio, smmu);
	if (smmu_mmio_enable_queue(mmio, true))
		WRITE_ONCE(mmio->dead, true);
}

void smmu_mmio_hold(struct arm_smmu_device *smmu)
{
	struct smmu_mmio *mmio = smmu_mmio_queue(smmu)->mmio;

	mutex_lock(&mmio->lock);
	while (mmio->users && mmio->holder != smmu) {
		mutex_unlock(&mmio->lock);
		wait_event_idle(mmio->idle, !READ_ONCE(mmio->users));
		mutex_lock(&mmio->lock);
	}
	mmio->users++;
	mmio->holder = smmu;
	if (mmio->owner != smmu && !mmio->dead)
		put_away(mmio);
	/* Commands for a dead one time out, each. */
	if (mmio->owner != smmu && !mmio->dead)
		bring(mmio, smmu);
	mutex_unlock(&mmio->lock);
}

void smmu_mmio_release(struct arm_smmu_device *smmu)
{
	struct smmu_mmio *mmio = smmu_mmio_queue(smmu)->mmio;
	bool idle;

	mutex_lock(&mmio->lock);
	idle = !--mmio->users;
	mutex_unlock(&mmio->lock);
	if (idle)
		wake_up_all(&mmio->idle);
}

bool smmu_mmio_forget(struct arm_smmu_device *smmu)
{
	struct smmu_mmio *mmio = smmu_mmio_queue(smmu)->mmio;
	bool owner, dead;

	mutex_lock(&mmio->lock);
	owner = mmio->owner == smmu;
	if (owner && !mmio->dead)
		put_away(mmio);
	dead = mmio->dead;
	if (owner)
		set_owner(mmio, NULL);
	mutex_unlock(&mmio->lock);
	return !(owner && dead);
}
