// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors that an SMMU reports, with and without an interrupt, and one that dies. */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/ktime.h>

#include "selftest_mmio.h"

#define SHORT_US	20000	/* the queue's time-out where a case waits for it */

/* IHI 0070, CMD_SYNC: CS 13:12 = SEV, MSH 23:22 = ISH, MSIATTR 27:24 = OIWB */
static const struct arm_smmu_cmd mended = {
	.data = { 0x46 | 2 << 12 | 3 << 22 | 0xf << 24, 0 },
};

static bool until_errors_are(long want)
{
	ktime_t end = ktime_add_us(ktime_get(), SMMU_CMDQ_TIMEOUT_US);

	while (mmio_errors() != want && ktime_before(ktime_get(), end))
		usleep_range(100, 200);
	return ktap_expect_eq(mmio_errors(), want);
}

/* Nobody is told: the SMMU stands still until somebody who waits looks. */
static void illegal_polled(void)
{
	const struct mmio_kind *k;

	if (!mmio_there_is_one())
		return;
	for (k = mmio_kinds; k < MMIO_KINDS_END; k++) {
		if (!mmio_can(k))
			continue;
		ktap_assert(mmio_up(k, 7));
		ktap_assert_eq(smmu_mmio_enable_irq(mmio_smmu, false), 0);
		arm_smmu_cmdq_issue_cmd(mmio_smmus[0], arm_smmu_make_cmd_op(MMIO_ILLEGAL_OP));
		usleep_range(1000, 2000);
		ktap_expect_eq(FIELD_GET(CMDQ_CONS_ERR, mmio_reg(SMMU_CMDQ_CONS)),
			       CMDQ_ERR_CERROR_ILL_IDX);
		ktap_expect_eq(mmio_cons(), 0);
		ktap_expect_eq(mmio_reg(SMMU_GERROR) ^ mmio_reg(SMMU_GERRORN), GERROR_CMDQ_ERR);
		ktap_expect_eq(mmio_errors(), 0);

		ktap_expect_eq(mmio_send(0, 3, true), 0);
		ktap_expect_eq(smmu_mmio_enable_irq(mmio_smmu, mmio_smmu->irq), 0);
		ktap_assert_eq(mmio_errors(), 1);
		ktap_assert_eq(mmio_timeouts(), 0);
		ktap_assert_mem(&mmio_smmus[0]->cmdq.q.base[0], &mended, sizeof(mended));
		ktap_assert(mmio_cons_becomes(5));
		ktap_assert(mmio_no_error_is_active());
		mmio_down();
	}
}

/* The interrupt mends it, with nobody waiting. */
static void illegal_irq(void)
{
	if (!mmio_there_is_one())
		return;
	if (!mmio_smmu->irq) {
		ktap_skip("this SMMU has no interrupt for errors");
		return;
	}
	ktap_assert(mmio_up(&mmio_kinds[0], 7));
	ktap_assert_eq(arm_smmu_cmdq_issue_cmd(mmio_smmus[0],
					       arm_smmu_make_cmd_op(MMIO_ILLEGAL_OP)),
		       0);
	ktap_assert(until_errors_are(1));
	ktap_assert(mmio_cons_becomes(1));
	ktap_assert_mem(&mmio_smmus[0]->cmdq.q.base[0], &mended, sizeof(mended));
	ktap_assert_eq(mmio_send(0, 3, true), 0);
	ktap_assert_eq(mmio_errors(), 1);
	ktap_assert(mmio_no_error_is_active());
}

/* Several among others, as a batch that is waited for. */
static void illegal_batch(void)
{
	struct arm_smmu_cmd cmds[6];
	const struct mmio_kind *k;
	int i;

	if (!mmio_there_is_one())
		return;
	for (k = mmio_kinds; k < MMIO_KINDS_END; k++) {
		if (!mmio_can(k))
			continue;
		ktap_assert(mmio_up(k, 7));
		for (i = 0; i < 6; i++)
			cmds[i] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_ASID, i, 0);
		cmds[1] = arm_smmu_make_cmd_op(0xff);
		cmds[4] = arm_smmu_make_cmd_op(MMIO_ILLEGAL_OP);
		ktap_assert_eq(arm_smmu_cmdq_issue_cmdlist(mmio_smmus[0], cmds, 6, true), 0);
		ktap_assert_eq(mmio_errors(), 2);
		ktap_assert_eq(mmio_timeouts(), 0);
		ktap_assert(mmio_cons_becomes(7));
		for (i = 0; i < 6; i++)
			ktap_assert_mem(&mmio_smmus[0]->cmdq.q.base[i],
					i == 1 || i == 4 ? &mended : &cmds[i], 16);
		mmio_down();
	}
}

/* Left by one queue's turn, and nobody told: it is mended in that ring, not in the next. */
static void illegal_left(void)
{
	if (!mmio_there_is_one())
		return;
	ktap_assert(mmio_up(&mmio_kinds[0], 7));
	ktap_assert(mmio_make(1, &mmio_kinds[3], 8));
	ktap_assert_eq(smmu_mmio_enable_irq(mmio_smmu, false), 0);
	arm_smmu_cmdq_issue_cmd(mmio_smmus[0], arm_smmu_make_cmd_op(MMIO_ILLEGAL_OP));
	arm_smmu_cmdq_issue_cmd(mmio_smmus[0], arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_ASID, 1, 0));
	usleep_range(1000, 2000);
	ktap_expect_eq(mmio_errors(), 0);
	mmio_release(0);
	mmio_hold(1);
	ktap_expect_eq(smmu_mmio_enable_irq(mmio_smmu, mmio_smmu->irq), 0);
	ktap_assert_eq(mmio_errors(), 1);
	ktap_assert(mmio_no_error_is_active());
	ktap_assert_mem(&mmio_smmus[0]->cmdq.q.base[0], &mended, sizeof(mended));
	ktap_assert_eq(mmio_send(1, 3, true), 0);
	ktap_assert_eq(atomic_long_read(&mmio_smmus[1]->cmdq.errors), 0);
	mmio_release(1);

	/* What was left of the queue is consumed at its next turn. */
	mmio_hold(0);
	ktap_assert(mmio_cons_becomes(2));
	ktap_assert_eq(mmio_send(0, 3, true), 0);
	ktap_assert_eq(mmio_errors(), 1);
}

/* ---- death --------------------------------------------------------------- */

/* 0 or what a CMD_SYNC said, and how long that took. */
static int timed_sync(s64 *us)
{
	ktime_t start = ktime_get();
	int ret = mmio_send(0, 1, true);

	*us = ktime_us_delta(ktime_get(), start);
	return ret;
}

/* An SMMU that consumes no more: time-outs, told and counted; then it comes back. */
static void dies(void)
{
	const struct mmio_kind *k;
	int i, full;
	s64 us;

	if (!mmio_there_is_one())
		return;
	for (k = mmio_kinds; k < MMIO_KINDS_END; k++) {
		if (!mmio_can(k))
			continue;
		ktap_assert(mmio_up(k, 7));
		mmio_smmus[0]->cmdq.timeout_us = SHORT_US;
		ktap_assert_eq(smmu_mmio_enable_queue(mmio_smmu, false), 0);
		ktap_expect_eq(timed_sync(&us), -ETIMEDOUT);
		ktap_expect(us >= SHORT_US && us < 50 * SHORT_US);
		ktap_expect_eq(mmio_timeouts(), 1);
		ktap_expect(mmio_smmus[0]->cmdq.timeout_us < SHORT_US);
		/*
		 * 128 slots, of which two are used. After a time-out of an MSI the
		 * lockless queue takes one for free, as the driver's does.
		 */
		full = k->options & ARM_SMMU_OPT_MSIPOLL ? 0 : 126;
		for (i = 0; i < full; i++)
			ktap_expect_eq(mmio_send(0, 1, false), 0);
		if (full)
			ktap_expect_eq(mmio_send(0, 1, false), -ETIMEDOUT);
		ktap_expect_eq(mmio_timeouts(), full ? 2 : 1);

		ktap_assert_eq(smmu_mmio_enable_queue(mmio_smmu, true), 0);
		ktap_assert(mmio_cons_becomes(full + 2));
		ktap_assert_eq(mmio_send(0, 5, true), 0);
		ktap_assert(mmio_cons_becomes(full + 8));
		ktap_assert_eq(mmio_timeouts(), full ? 2 : 1);
		mmio_down();
	}
}

struct death {
	atomic_t syncs;
	int ret;
};

static void dies_under(void *arg, unsigned int nr)
{
	struct death *d = arg;

	if (nr) {
		while (atomic_read(&d->syncs) < 100 && !READ_ONCE(d->ret))
			usleep_range(100, 200);
		smmu_mmio_enable_queue(mmio_smmu, false);
		return;
	}
	do {
		WRITE_ONCE(d->ret, mmio_send(0, 1, true));
		if (atomic_inc_return(&d->syncs) % 64 == 0)
			usleep_range(50, 100);
	} while (!d->ret && atomic_read(&d->syncs) < 100000000);
}

/* In the midst of CMD_SYNCs. The queue ends with what is left in it, and others work. */
static void dies_at_work(void)
{
	struct death d = {};

	if (!mmio_there_is_one())
		return;
	ktap_assert(mmio_up(&mmio_kinds[0], 7));
	mmio_smmus[0]->cmdq.timeout_us = SHORT_US;
	ktap_assert(selftest_threads(2, dies_under, &d));
	ktap_assert_eq(d.ret, -ETIMEDOUT);
	ktap_assert_eq(mmio_timeouts(), 1);
	ktap_assert(mmio_cons() != mmio_reg(SMMU_CMDQ_PROD));
	mmio_down();
	ktap_assert(mmio_up(&mmio_kinds[3], 7));
	ktap_assert_eq(mmio_send(0, 3, true), 0);
	ktap_assert(mmio_cons_becomes(4));
}

static const struct ktap_case cases[] = {
	KTAP_CASE(illegal_polled),
	KTAP_CASE(illegal_irq),
	KTAP_CASE(illegal_batch),
	KTAP_CASE(illegal_left),
	KTAP_CASE(dies),
	KTAP_CASE(dies_at_work),
};

const struct ktap_suite selftest_mmio_errors = {
	KTAP_SUITE("mmio-errors", cases),
	.before = mmio_before,
	.after = mmio_after,
};
