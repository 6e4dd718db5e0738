/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One SMMU with its queue, for tests with a single producer. */
#ifndef TESTS_CMDQ_WORLD_H
#define TESTS_CMDQ_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/err.h>
#include <linux/io.h>

#include "cmdq.h"
#include "device.h"
#include "smmu.h"

/* 20 ms: the queue's time-out where a test waits for it. */
#define WORLD_TIMEOUT_US 20000

/* The kinds that each test of a model goes through. */
static const struct world_kind {
	enum smmu_queue queue;
	u32 options;
} world_kinds[] = {
	{ SMMU_QUEUE_LOCKLESS, 0 },
	{ SMMU_QUEUE_LOCKLESS, ARM_SMMU_OPT_MSIPOLL },
	{ SMMU_QUEUE_SPINLOCK, 0 },
	{ SMMU_QUEUE_SPINLOCK, ARM_SMMU_OPT_MSIPOLL },
};

#define WORLD_KINDS_END (world_kinds + sizeof(world_kinds) / sizeof(*world_kinds))

struct world {
	struct arm_smmu_device smmu;
	struct arm_smmu_cmd log[512]; /* what the model consumed */
	unsigned int logged;
};

static inline void world_consumed(void *ctx, const struct arm_smmu_cmd *cmd, u32 cons)
{
	struct world *w = ctx;

	(void)cons;
	w->log[w->logged++ % 512] = *cmd;
}

static inline void world_up(struct world *w, const struct world_kind *kind, unsigned int depth,
			    struct smmu_model_params params)
{
	memset(w, 0, sizeof(*w));
	params.consumed = world_consumed;
	params.ctx = w;
	w->smmu.queue = kind->queue;
	w->smmu.options = kind->options;
	w->smmu.kind = SMMU_DEVICE_MODEL;
	w->smmu.model = smmu_model_create(&params);
	assert_false(IS_ERR(w->smmu.model));
	assert_int_equal(arm_smmu_cmdq_init(&w->smmu, depth), 0);
	assert_int_equal(w->smmu.cmdq.timeout_us, SMMU_CMDQ_TIMEOUT_US);
}

static inline void world_down(struct world *w)
{
	arm_smmu_cmdq_free(&w->smmu);
	smmu_model_destroy(w->smmu.model);
}

static inline struct smmu_model_counters world_counters(struct world *w)
{
	struct smmu_model_counters c;

	smmu_model_counters(w->smmu.model, &c);
	return c;
}

/* n TLBIs, numbered from @first. */
static inline int world_send(struct world *w, u64 first, int n, bool sync)
{
	struct arm_smmu_cmd cmds[512];
	int i;

	assert_true(n <= 512);
	for (i = 0; i < n; i++) {
		cmds[i] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, 1, 0);
		cmds[i].data[1] = (first + i) << 12;
	}
	return arm_smmu_cmdq_issue_cmdlist(&w->smmu, cmds, n, sync);
}

/* Numbers of the logged commands must be first, first + 1, ... */
static inline void world_log_is(struct world *w, u64 first, unsigned int n)
{
	unsigned int i, seen = 0;

	assert_true(w->logged <= 512);
	for (i = 0; i < w->logged; i++) {
		if (arm_smmu_cmd_op(&w->log[i]) == CMDQ_OP_CMD_SYNC)
			continue;
		assert_int_equal(w->log[i].data[1] >> 12, first + seen);
		seen++;
	}
	assert_int_equal(seen, n);
}

#endif
