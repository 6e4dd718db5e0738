// SPDX-License-Identifier: GPL-2.0-or-later
/* An SMMU that the module owns and its queues, for cases. */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "selftest_mmio.h"

/* Completion by CONS, by an event where there may be one, by MSI. */
const struct mmio_kind mmio_kinds[MMIO_KINDS] = {
	{ .queue = SMMU_QUEUE_LOCKLESS },
	{ .queue = SMMU_QUEUE_LOCKLESS, .features = ARM_SMMU_FEAT_SEV },
	{ .queue = SMMU_QUEUE_LOCKLESS, .options = ARM_SMMU_OPT_MSIPOLL },
	{ .queue = SMMU_QUEUE_SPINLOCK },
	{ .queue = SMMU_QUEUE_SPINLOCK, .options = ARM_SMMU_OPT_MSIPOLL },
};

struct smmu_mmio *mmio_smmu;
struct arm_smmu_device *mmio_smmus[3];
static bool held[ARRAY_SIZE(mmio_smmus)];

void mmio_hold(unsigned int i)
{
	smmu_mmio_ops.hold(mmio_smmus[i]);
	held[i] = true;
}

void mmio_release(unsigned int i)
{
	smmu_mmio_ops.release(mmio_smmus[i]);
	held[i] = false;
}

bool mmio_make(unsigned int i, const struct mmio_kind *k, unsigned int depth)
{
	struct arm_smmu_device *smmu = kzalloc(sizeof(*smmu), GFP_KERNEL);

	if (!ktap_expect(smmu))
		return false;
	mmio_smmus[i] = smmu;
	smmu->kind = SMMU_DEVICE_MMIO;
	smmu->queue = k->queue;
	smmu->options = k->options;
	if (!ktap_expect_eq(arm_smmu_cmdq_init(smmu, depth), 0))
		return false;
	/* An event wakes who waits, sooner or later: the timer's, if not the SMMU's. */
	smmu->features |= k->features;
	return true;
}

bool mmio_up(const struct mmio_kind *k, unsigned int depth)
{
	if (!mmio_make(0, k, depth))
		return false;
	mmio_hold(0);
	return true;
}

void mmio_down(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mmio_smmus); i++) {
		if (held[i])
			mmio_release(i);
		if (mmio_smmus[i])
			arm_smmu_cmdq_free(mmio_smmus[i]);
		kfree(mmio_smmus[i]);
		mmio_smmus[i] = NULL;
	}
}

void mmio_before(void)
{
	mmio_smmu = smmu_mmio_get(0);
}

void mmio_after(void)
{
	mmio_down();
	if (mmio_smmu)
		smmu_mmio_put(mmio_smmu);
	mmio_smmu = NULL;
}

bool mmio_there_is_one(void)
{
	if (!mmio_smmu)
		ktap_skip("the module owns no SMMU");
	return mmio_smmu;
}

bool mmio_can(const struct mmio_kind *k)
{
	return mmio_smmu->msi || !(k->options & ARM_SMMU_OPT_MSIPOLL);
}

u32 mmio_reg(unsigned int offset)
{
	return readl(mmio_smmu->base + offset);
}

u32 mmio_cons(void)
{
	return mmio_reg(SMMU_CMDQ_CONS) & CMDQ_INDEX;
}

bool mmio_cons_becomes(u32 want)
{
	ktime_t end = ktime_add_us(ktime_get(), SMMU_CMDQ_TIMEOUT_US);

	while (mmio_cons() != want && ktime_before(ktime_get(), end))
		usleep_range(100, 200);
	return ktap_expect_eq(mmio_cons(), want);
}

int mmio_send(unsigned int i, int n, bool sync)
{
	struct arm_smmu_cmd cmds[CMDQ_BATCH_ENTRIES];
	int k;

	for (k = 0; k < n; k++) {
		cmds[k] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, i + 1, 0);
		cmds[k].data[1] = (u64)k << 12;
	}
	return arm_smmu_cmdq_issue_cmdlist(mmio_smmus[i], cmds, n, sync);
}

long mmio_errors(void)
{
	return atomic_long_read(&mmio_smmus[0]->cmdq.errors);
}

long mmio_timeouts(void)
{
	return atomic_long_read(&mmio_smmus[0]->cmdq.timeouts);
}

bool mmio_no_error_is_active(void)
{
	return ktap_expect_eq(mmio_reg(SMMU_GERROR) ^ mmio_reg(SMMU_GERRORN), 0);
}

void mmio_poison(unsigned int i)
{
	const struct arm_smmu_queue *q = &mmio_smmus[i]->cmdq.q;
	u32 slot;

	for (slot = 0; slot < 1U << q->llq.max_n_shift; slot++)
		q->base[slot] = arm_smmu_make_cmd_op(MMIO_ILLEGAL_OP);
}
