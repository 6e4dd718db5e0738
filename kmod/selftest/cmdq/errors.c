// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors that the SMMU reports, and an SMMU that says nothing any more. */
#include <linux/bitfield.h>
#include <linux/string.h>

#include "queue_world.h"

/* IHI 0070, CMD_SYNC: CS 13:12 = SEV, MSH 23:22 = ISH, MSIATTR 27:24 = OIWB */
static const struct arm_smmu_cmd skipped = {
	.data = { 0x46 | 2 << 12 | 3 << 22 | 0xf << 24, 0 },
};

/* Illegal ones among others: a CMD_SYNC stands in their slots, the rest goes on. */
static void illegal(void)
{
	const struct world_kind *k;
	struct arm_smmu_cmd cmds[6];
	struct world *w = &queue_world;
	int i;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		for (i = 0; i < 6; i++)
			cmds[i] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_ASID, i, 0);
		cmds[1] = arm_smmu_make_cmd_op(0x00);
		cmds[2] = arm_smmu_make_cmd_op(0xff);
		/* NUM, SCALE and TTL all 0 with a TG: reserved. */
		cmds[4] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, 0, 0);
		cmds[4].data[1] = FIELD_PREP(CMDQ_TLBI_1_TG, 1ULL);

		ktap_assert_eq(arm_smmu_cmdq_issue_cmdlist(&w->smmu, cmds, 6, true), 0);
		ktap_assert_eq(world_counters(w)->illegal, 3);
		ktap_assert_eq(atomic_long_read(&w->smmu.cmdq.errors), 3);
		ktap_assert_eq(world_counters(w)->by_op[CMDQ_OP_TLBI_NH_ASID], 3);
		ktap_assert_eq(world_counters(w)->by_op[CMDQ_OP_CMD_SYNC], 4);
		for (i = 0; i < 6; i++) {
			bool bad = i == 1 || i == 2 || i == 4;

			ktap_assert_mem(&w->log[i], bad ? &skipped : &cmds[i], 16);
		}
		ktap_assert_mem(&w->smmu.cmdq.q.base[1], &skipped, sizeof(skipped));
		ktap_assert_eq(readl(w->smmu.cmdq.gerror_reg), readl(w->smmu.cmdq.gerrorn_reg));
		ktap_assert(!arm_smmu_gerror_handler(&w->smmu));
		world_down(w);
	}
}

static unsigned int ignored;

static bool ignore(struct arm_smmu_device *smmu)
{
	ignored++;
	return true;
}

/* Without the handler the SMMU stays where it is, and its producers time out. */
static void not_acknowledged(void)
{
	struct smmu_model_params params = { .gerror = ignore };
	const struct world_kind *k;
	struct arm_smmu_cmd bad = arm_smmu_make_cmd_op(0xee);
	struct world *w = &queue_world;
	u32 cons;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, params));
		w->smmu.cmdq.timeout_us = WORLD_TIMEOUT_US;
		ignored = 0;
		ktap_assert_eq(arm_smmu_cmdq_issue_cmd_with_sync(&w->smmu, bad), -ETIMEDOUT);
		ktap_assert_eq(ignored, 1);
		cons = readl(w->smmu.cmdq.q.cons_reg);
		ktap_assert_eq(cons & 0xff, 0);
		ktap_assert_eq(FIELD_GET(CMDQ_CONS_ERR, cons), CMDQ_ERR_CERROR_ILL_IDX);
		ktap_assert_eq(readl(w->smmu.cmdq.gerror_reg) ^
				       readl(w->smmu.cmdq.gerrorn_reg),
			       GERROR_CMDQ_ERR);
		ktap_assert_eq(w->logged, 0);

		ktap_assert(arm_smmu_gerror_handler(&w->smmu));
		smmu_model_poll(&w->smmu);
		ktap_assert_eq(w->logged, 2);
		ktap_assert_eq(readl(w->smmu.cmdq.q.cons_reg), 2);
		world_down(w);
	}
}

/* ABT and ATC_INV time-outs: tried again, nothing is lost and nothing comes twice. */
static void tried_again(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		smmu_model_inject(w->smmu.model, SMMU_ERROR_ABT, 4, 3);
		smmu_model_inject(w->smmu.model, SMMU_ERROR_ATC_TIMEOUT, 0, 2);
		smmu_model_inject(w->smmu.model, SMMU_ERROR_ILL, 8, 2);
		ktap_assert_eq(world_send(w, 0, 8, true), 0);
		world_log_is(w, 0, 8);
		ktap_assert_eq(world_counters(w)->aborts, 3);
		ktap_assert_eq(world_counters(w)->atc_timeouts, 2);
		ktap_assert_eq(world_counters(w)->illegal, 0);
		ktap_assert_eq(world_counters(w)->syncs, 1);
		ktap_assert_eq(atomic_long_read(&w->smmu.cmdq.errors), 5);
		ktap_assert_eq(atomic_long_read(&w->smmu.cmdq.timeouts), 0);

		/* The CMD_SYNC was spared: the two that follow it are illegal. */
		w->logged = 0;
		ktap_assert_eq(world_send(w, 8, 3, true), 0);
		ktap_assert_eq(world_counters(w)->illegal, 2);
		world_log_is(w, 10, 1);
		world_down(w);
	}
}

/* An MSI to an address that is none of the queue's: reported, the queue goes on. */
static void lost_msi(void)
{
	const struct world_kind *k;
	struct arm_smmu_cmd sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ, 0x1000);
	struct world *w = &queue_world;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		selftest_log_reset();
		ktap_assert_eq(arm_smmu_cmdq_issue_cmd(&w->smmu, sync), 0);
		ktap_assert_eq(world_send(w, 0, 2, true), 0);
		ktap_assert_eq(world_counters(w)->msi_aborts, 1);
		ktap_assert_eq(world_counters(w)->syncs, 2);
		ktap_assert_eq(atomic_long_read(&w->smmu.cmdq.errors), 0);
		ktap_assert_eq(readl(w->smmu.cmdq.gerror_reg), GERROR_MSI_CMDQ_ABT_ERR);
		ktap_assert_eq(readl(w->smmu.cmdq.gerrorn_reg), GERROR_MSI_CMDQ_ABT_ERR);
		world_log_is(w, 0, 2);
		world_down(w);
	}
	if (selftest_can(SELFTEST_CAN_READ_LOG))
		ktap_assert_eq(selftest_logged("MSI"), 1);
}

/* A sync to a dead SMMU comes back with an error; so does a queue that stays full. */
static void dead(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		w->smmu.cmdq.timeout_us = WORLD_TIMEOUT_US;
		smmu_model_inject(w->smmu.model, SMMU_ERROR_DEAD, 3, 1);

		ktap_assert_eq(world_send(w, 0, 10, true), -ETIMEDOUT);
		ktap_assert_eq(atomic_long_read(&w->smmu.cmdq.timeouts), 1);
		world_log_is(w, 0, 3);

		ktap_assert_eq(world_send(w, 10, 64, false), 0);
		ktap_assert_eq(world_send(w, 74, 64, false), -ETIMEDOUT);
		ktap_assert_eq(atomic_long_read(&w->smmu.cmdq.timeouts), 2);
		ktap_assert_eq(world_send(w, 0, 127, true), -ETIMEDOUT);
		ktap_assert_eq(atomic_long_read(&w->smmu.cmdq.timeouts), 3);
		world_down(w);
	}
}

/* What was in the queue of an SMMU that comes back is consumed, once and in order. */
static void back_again(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		w->smmu.cmdq.timeout_us = WORLD_TIMEOUT_US;
		smmu_model_inject(w->smmu.model, SMMU_ERROR_DEAD, 3, 1);
		ktap_assert_eq(world_send(w, 0, 100, true), -ETIMEDOUT);
		world_log_is(w, 0, 3);
		smmu_model_inject(w->smmu.model, SMMU_ERROR_DEAD, 0, 0);
		w->smmu.cmdq.timeout_us = SMMU_CMDQ_TIMEOUT_US;
		ktap_assert_eq(world_send(w, 100, 20, true), 0);
		world_log_is(w, 0, 120);
		ktap_assert_eq(world_counters(w)->overruns, 0);
		world_down(w);
	}
}

static const struct ktap_case cases[] = {
	KTAP_CASE(illegal),
	KTAP_CASE(not_acknowledged),
	KTAP_CASE(tried_again),
	KTAP_CASE(lost_msi),
	KTAP_CASE(dead),
	KTAP_CASE(back_again),
};

const struct ktap_suite selftest_cmdq_errors = {
	KTAP_SUITE("cmdq-errors", cases),
	.before = world_before,
	.after = world_after,
};
