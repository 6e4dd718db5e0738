/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Producers that send numbered commands, and a judge that sits in the model and sees
 * each one consumed.
 */
#ifndef SELFTEST_CMDQ_STRESS_H
#define SELFTEST_CMDQ_STRESS_H

#include "smmu.h"

#define STRESS_MAX_PRODUCERS 8

typedef int (*stress_issue_fn)(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			       bool sync);

/**
 * struct stress - one run
 * @issue: the queue
 * @queue: its kind
 * @options: ARM_SMMU_OPT_*
 * @depth: log2 of the queue's commands
 * @producers: threads, up to STRESS_MAX_PRODUCERS
 * @commands: in all, CMD_SYNCs not counted
 * @cmd_ns: model's time for a command
 * @sync_ns: for a CMD_SYNC
 * @illegal: how often a command is made illegal, at most
 * @timeout_us: of the queue
 */
struct stress {
	stress_issue_fn issue;
	enum smmu_queue queue;
	u32 options;
	unsigned int depth;
	unsigned int producers;
	u64 commands;
	u64 cmd_ns, sync_ns;
	unsigned int illegal;
	u32 timeout_us;
};

/**
 * struct stress_verdict - what the judge found
 * @findings: how many
 * @first: the first one
 * @commands: consumed, without CMD_SYNCs
 * @syncs: CMD_SYNCs consumed
 * @illegal: commands skipped
 * @laps: times that the queue wrapped
 */
struct stress_verdict {
	long findings;
	char first[160];
	u64 commands, syncs, illegal, laps;
};

/* Runs until all commands were sent, or until something was found. */
void stress_run(const struct stress *s, struct stress_verdict *v);

/*
 * For queues with a bug: has something been found in this SMMU's run? When no lap of the
 * queue was ended for STRESS_STUCK_NS, that is a finding.
 */
bool stress_over(struct arm_smmu_device *smmu);

#define STRESS_STUCK_NS		20000000000LL

/* Sound queues that dawdle where those with a bug do (busted.c). */
int stress_slow_lockless(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			 bool sync);
int stress_slow_spinlock(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			 bool sync);

#endif
