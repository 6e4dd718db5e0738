// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/string.h>

#include "queue_world.h"

const struct world_kind world_kinds[WORLD_KINDS] = {
	{ SMMU_QUEUE_LOCKLESS, 0 },
	{ SMMU_QUEUE_LOCKLESS, ARM_SMMU_OPT_MSIPOLL },
	{ SMMU_QUEUE_SPINLOCK, 0 },
	{ SMMU_QUEUE_SPINLOCK, ARM_SMMU_OPT_MSIPOLL },
};

struct world queue_world;

static void consumed(void *ctx, const struct arm_smmu_cmd *cmd, u32 cons)
{
	struct world *w = ctx;

	w->log[w->logged++ % WORLD_LOG] = *cmd;
}

bool world_up(struct world *w, const struct world_kind *kind, unsigned int depth,
	      struct smmu_model_params params)
{
	memset(w, 0, sizeof(*w));
	params.consumed = consumed;
	params.ctx = w;
	w->smmu.queue = kind->queue;
	w->smmu.options = kind->options;
	w->smmu.kind = SMMU_DEVICE_MODEL;
	w->smmu.model = smmu_model_create(&params);
	if (!ktap_expect(!IS_ERR(w->smmu.model)))
		return false;
	w->up = true;
	return ktap_expect_eq(arm_smmu_cmdq_init(&w->smmu, depth), 0) &&
	       ktap_expect_eq(w->smmu.cmdq.timeout_us, SMMU_CMDQ_TIMEOUT_US);
}

void world_down(struct world *w)
{
	if (!w->up)
		return;
	arm_smmu_cmdq_free(&w->smmu);
	smmu_model_destroy(w->smmu.model);
	w->up = false;
}

void world_before(void)
{
	queue_world.up = false;
}

void world_after(void)
{
	selftest_fail_alloc(0);
	world_down(&queue_world);
}

const struct smmu_model_counters *world_counters(struct world *w)
{
	smmu_model_counters(w->smmu.model, &w->counters);
	return &w->counters;
}

int world_send(struct world *w, u64 first, int n, bool sync)
{
	int i;

	if (!ktap_expect(n <= WORLD_LOG))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		w->cmds[i] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, 1, 0);
		w->cmds[i].data[1] = (first + i) << 12;
	}
	return arm_smmu_cmdq_issue_cmdlist(&w->smmu, w->cmds, n, sync);
}

void world_log_is(struct world *w, u64 first, unsigned int n)
{
	unsigned int i, seen = 0;

	ktap_assert(w->logged <= WORLD_LOG);
	for (i = 0; i < w->logged; i++) {
		if (arm_smmu_cmd_op(&w->log[i]) == CMDQ_OP_CMD_SYNC)
			continue;
		ktap_assert_eq(w->log[i].data[1] >> 12, first + seen);
		seen++;
	}
	ktap_assert_eq(seen, n);
}
