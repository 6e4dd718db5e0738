/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queues that an instance calls, under other names: those of recorder.c. Before
 * anything of the subject.
 */
#ifndef SELFTEST_INV_RANGE_RECORDED_H
#define SELFTEST_INV_RANGE_RECORDED_H

#define arm_smmu_cmdq_issue_cmdlist_lockless_null \
	recorder_issue_lockless_null
#define arm_smmu_cmdq_issue_cmdlist_lockless_model \
	recorder_issue_lockless_model
#define arm_smmu_cmdq_issue_cmdlist_lockless_null_nowmb \
	recorder_issue_lockless_null_nowmb
#define arm_smmu_cmdq_issue_cmdlist_lockless_model_nowmb \
	recorder_issue_lockless_model_nowmb
#define arm_smmu_cmdq_issue_cmdlist_spinlock_null \
	recorder_issue_spinlock_null
#define arm_smmu_cmdq_issue_cmdlist_spinlock_model \
	recorder_issue_spinlock_model

#endif
