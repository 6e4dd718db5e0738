// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors that the SMMU reports, and an SMMU that says nothing any more. */
#include "world.h"

#include <linux/bitfield.h>

#include "quiet.h"

/* IHI 0070, CMD_SYNC: CS 13:12 = SEV, MSH 23:22 = ISH, MSIATTR 27:24 = OIWB */
static const struct arm_smmu_cmd skipped = {
	.data = { 0x46 | 2 << 12 | 3 << 22 | 0xf << 24, 0 },
};

/* Illegal ones among others: a CMD_SYNC stands in their slots, the rest goes on. */
static void illegal(void **state)
{
	const struct world_kind *k;
	struct arm_smmu_cmd cmds[6];
	struct world w;
	int i;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		for (i = 0; i < 6; i++)
			cmds[i] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_ASID, i, 0);
		cmds[1] = arm_smmu_make_cmd_op(0x00);
		cmds[2] = arm_smmu_make_cmd_op(0xff);
		/* NUM, SCALE and TTL all 0 with a TG: reserved. */
		cmds[4] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, 0, 0);
		cmds[4].data[1] = FIELD_PREP(CMDQ_TLBI_1_TG, 1ULL);

		assert_int_equal(arm_smmu_cmdq_issue_cmdlist(&w.smmu, cmds, 6, true), 0);
		assert_int_equal(world_counters(&w).illegal, 3);
		assert_int_equal(atomic_long_read(&w.smmu.cmdq.errors), 3);
		assert_int_equal(world_counters(&w).by_op[CMDQ_OP_TLBI_NH_ASID], 3);
		assert_int_equal(world_counters(&w).by_op[CMDQ_OP_CMD_SYNC], 4);
		for (i = 0; i < 6; i++) {
			bool bad = i == 1 || i == 2 || i == 4;

			assert_memory_equal(&w.log[i], bad ? &skipped : &cmds[i], 16);
		}
		assert_memory_equal(&w.smmu.cmdq.q.base[1], &skipped, sizeof(skipped));
		assert_int_equal(readl(w.smmu.cmdq.gerror_reg), readl(w.smmu.cmdq.gerrorn_reg));
		assert_false(arm_smmu_gerror_handler(&w.smmu));
		world_down(&w);
	}
}

static unsigned int ignored;

static bool ignore(struct arm_smmu_device *smmu)
{
	(void)smmu;
	ignored++;
	return true;
}

/* Without the handler the SMMU stays where it is, and its producers time out. */
static void not_acknowledged(void **state)
{
	struct smmu_model_params params = { .gerror = ignore };
	const struct world_kind *k;
	struct arm_smmu_cmd bad = arm_smmu_make_cmd_op(0xee);
	struct world w;
	u32 cons;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, params);
		w.smmu.cmdq.timeout_us = WORLD_TIMEOUT_US;
		ignored = 0;
		assert_int_equal(arm_smmu_cmdq_issue_cmd_with_sync(&w.smmu, bad), -ETIMEDOUT);
		assert_int_equal(ignored, 1);
		cons = readl(w.smmu.cmdq.q.cons_reg);
		assert_int_equal(cons & 0xff, 0);
		assert_int_equal(FIELD_GET(CMDQ_CONS_ERR, cons), CMDQ_ERR_CERROR_ILL_IDX);
		assert_int_equal(readl(w.smmu.cmdq.gerror_reg) ^
					 readl(w.smmu.cmdq.gerrorn_reg),
				 GERROR_CMDQ_ERR);
		assert_int_equal(w.logged, 0);

		assert_true(arm_smmu_gerror_handler(&w.smmu));
		smmu_model_poll(&w.smmu);
		assert_int_equal(w.logged, 2);
		assert_int_equal(readl(w.smmu.cmdq.q.cons_reg), 2);
		world_down(&w);
	}
}

/* ABT and ATC_INV time-outs: tried again, nothing is lost and nothing comes twice. */
static void tried_again(void **state)
{
	const struct world_kind *k;
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		smmu_model_inject(w.smmu.model, SMMU_ERROR_ABT, 4, 3);
		smmu_model_inject(w.smmu.model, SMMU_ERROR_ATC_TIMEOUT, 0, 2);
		smmu_model_inject(w.smmu.model, SMMU_ERROR_ILL, 8, 2);
		assert_int_equal(world_send(&w, 0, 8, true), 0);
		world_log_is(&w, 0, 8);
		assert_int_equal(world_counters(&w).aborts, 3);
		assert_int_equal(world_counters(&w).atc_timeouts, 2);
		assert_int_equal(world_counters(&w).illegal, 0);
		assert_int_equal(world_counters(&w).syncs, 1);
		assert_int_equal(atomic_long_read(&w.smmu.cmdq.errors), 5);
		assert_int_equal(atomic_long_read(&w.smmu.cmdq.timeouts), 0);

		/* The CMD_SYNC was spared: the two that follow it are illegal. */
		w.logged = 0;
		assert_int_equal(world_send(&w, 8, 3, true), 0);
		assert_int_equal(world_counters(&w).illegal, 2);
		world_log_is(&w, 10, 1);
		world_down(&w);
	}
}

/* An MSI to an address that is none of the queue's: reported, the queue goes on. */
static void lost_msi(void **state)
{
	const struct world_kind *k;
	struct arm_smmu_cmd sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ, 0x1000);
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		quiet_reset();
		assert_int_equal(arm_smmu_cmdq_issue_cmd(&w.smmu, sync), 0);
		assert_int_equal(world_send(&w, 0, 2, true), 0);
		assert_int_equal(world_counters(&w).msi_aborts, 1);
		assert_int_equal(world_counters(&w).syncs, 2);
		assert_int_equal(atomic_long_read(&w.smmu.cmdq.errors), 0);
		assert_int_equal(readl(w.smmu.cmdq.gerror_reg), GERROR_MSI_CMDQ_ABT_ERR);
		assert_int_equal(readl(w.smmu.cmdq.gerrorn_reg), GERROR_MSI_CMDQ_ABT_ERR);
		world_log_is(&w, 0, 2);
		world_down(&w);
	}
	assert_int_equal(quiet_lines("MSI"), 1);
}

/* A sync to a dead SMMU comes back with an error; so does a queue that stays full. */
static void dead(void **state)
{
	const struct world_kind *k;
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		w.smmu.cmdq.timeout_us = WORLD_TIMEOUT_US;
		smmu_model_inject(w.smmu.model, SMMU_ERROR_DEAD, 3, 1);

		assert_int_equal(world_send(&w, 0, 10, true), -ETIMEDOUT);
		assert_int_equal(atomic_long_read(&w.smmu.cmdq.timeouts), 1);
		world_log_is(&w, 0, 3);

		assert_int_equal(world_send(&w, 10, 64, false), 0);
		assert_int_equal(world_send(&w, 74, 64, false), -ETIMEDOUT);
		assert_int_equal(atomic_long_read(&w.smmu.cmdq.timeouts), 2);
		assert_int_equal(world_send(&w, 0, 127, true), -ETIMEDOUT);
		assert_int_equal(atomic_long_read(&w.smmu.cmdq.timeouts), 3);
		world_down(&w);
	}
}

/* What was in the queue of an SMMU that comes back is consumed, once and in order. */
static void back_again(void **state)
{
	const struct world_kind *k;
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		w.smmu.cmdq.timeout_us = WORLD_TIMEOUT_US;
		smmu_model_inject(w.smmu.model, SMMU_ERROR_DEAD, 3, 1);
		assert_int_equal(world_send(&w, 0, 100, true), -ETIMEDOUT);
		world_log_is(&w, 0, 3);
		smmu_model_inject(w.smmu.model, SMMU_ERROR_DEAD, 0, 0);
		w.smmu.cmdq.timeout_us = SMMU_CMDQ_TIMEOUT_US;
		assert_int_equal(world_send(&w, 100, 20, true), 0);
		world_log_is(&w, 0, 120);
		assert_int_equal(world_counters(&w).overruns, 0);
		world_down(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(illegal),
		cmocka_unit_test(not_acknowledged),
		cmocka_unit_test(tried_again),
		cmocka_unit_test(lost_msi),
		cmocka_unit_test(dead),
		cmocka_unit_test(back_again),
	};

	return cmocka_run_group_tests_name("cmdq-errors", tests, NULL, NULL);
}
