/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A caller of a cell: between subject.c and the loops of ops.c. */
#ifndef SMMU_SUBJECT_THREAD_H
#define SMMU_SUBJECT_THREAD_H

#include <linux/container_of.h>

#include "domain.h"
#include "params.h"
#include "store.h"

/**
 * struct subject_thread - a caller
 * @t: what the fast path sees of it
 * @fn: the cell's loop
 * @subject: the cell
 * @index: its number there
 * @smmu: whose queue op=cmdq uses
 * @cmds: commands of op=cmdq
 * @num_cmds: of op=cmdq and op=build
 * @master: who op=attach attaches
 * @has_master: it exists
 * @attaches: how often it did
 * @stock: store=stock and its operations: the cell, of stock.h
 * @stock_entered: this block has come into it
 */
struct subject_thread {
	struct smmu_thread t;
	smmu_unmap_fn fn;
	struct subject *subject;
	unsigned int index;
	struct arm_smmu_device *smmu;
	struct arm_smmu_cmd *cmds;
	int num_cmds;
	struct arm_smmu_master master;
	bool has_master;
	u64 attaches;
	void *stock;
	bool stock_entered;
};

static __always_inline struct subject_thread *to_subject_thread(struct smmu_thread *t)
{
	return container_of(t, struct subject_thread, t);
}

#endif
