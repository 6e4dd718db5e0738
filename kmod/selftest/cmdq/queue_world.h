/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One SMMU with its queue, for cases with a single producer. */
#ifndef SELFTEST_CMDQ_QUEUE_WORLD_H
#define SELFTEST_CMDQ_QUEUE_WORLD_H

#include <linux/err.h>
#include <linux/io.h>
#include <linux/types.h>

#include "../selftest.h"
#include "cmdq.h"
#include "device.h"
#include "smmu.h"

/* 20 ms: the queue's time-out where a case waits for it. */
#define WORLD_TIMEOUT_US 20000

/* The kinds that each case with a model goes through. */
struct world_kind {
	enum smmu_queue queue;
	u32 options;
};

#define WORLD_KINDS	4

extern const struct world_kind world_kinds[WORLD_KINDS];

#define WORLD_KINDS_END	(world_kinds + WORLD_KINDS)

#define WORLD_LOG	512

/**
 * struct world - an SMMU and what became of its commands
 * @smmu: it
 * @up: it has a queue and a model
 * @log: what the model consumed
 * @logged: how much of it; may be more than @log holds
 * @cmds: scratch: what is sent
 * @counters: scratch: of the model
 */
struct world {
	struct arm_smmu_device smmu;
	bool up;
	struct arm_smmu_cmd log[WORLD_LOG];
	unsigned int logged;
	struct arm_smmu_cmd cmds[WORLD_LOG];
	struct smmu_model_counters counters;
};

extern struct world queue_world;

/* Of each case: a world that is left up is taken down. */
void world_before(void);
void world_after(void);

/* False after a finding. */
bool world_up(struct world *w, const struct world_kind *kind, unsigned int depth,
	      struct smmu_model_params params);
void world_down(struct world *w);

/* The model's counters as they are now; good until the next call. */
const struct smmu_model_counters *world_counters(struct world *w);

/* n TLBIs, numbered from @first. */
int world_send(struct world *w, u64 first, int n, bool sync);

/* Numbers of the logged commands must be first, first + 1, ... */
void world_log_is(struct world *w, u64 first, unsigned int n);

#endif
