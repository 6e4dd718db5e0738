/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_INV_RANGE_H
#define TESTS_INV_RANGE_H

#include <linux/types.h>

#include "smmu.h"

#define NR_SMMUS	2
#define MAX_ENTRIES	160
#define MAX_RUNS	8
#define MAX_WANT	18
#define MAX_RECORDED	16384

/* Like entries: their ids count up from id. nr 0 ends the list. */
struct entries {
	unsigned int nr, smmu;
	enum arm_smmu_inv_type type;
	u32 id;
	size_t x;	/* pgsize or ssid */
	bool trash;
};

/* Commands whose words rise by a step, or where a hand-over ends. nr 0 ends the list. */
struct want {
	unsigned int nr;
	u64 word0, word1, step0, step1;
	unsigned int smmu;
	bool hand_over, sync;
};

/**
 * struct range_case - a call and what must come of it
 * @name: what it is about
 * @smmu: features and options of the SMMUs
 * @iova: range
 * @size: range
 * @granule: range
 * @leaf: range
 * @entries: the domain's array
 * @want: commands and hand-overs
 */
struct range_case {
	const char *name;
	struct {
		u32 features, options;
	} smmu[NR_SMMUS];
	u64 iova;
	size_t size;
	unsigned int granule;
	bool leaf;
	struct entries entries[MAX_RUNS];
	struct want want[MAX_WANT];
};

extern const struct range_case range_cases[];
extern const unsigned int nr_range_cases;

/* What was handed over: commands, each hand-over's end as one of its own. */
struct record {
	unsigned int nr;
	struct recorded {
		struct arm_smmu_cmd cmd;
		bool hand_over, sync;
		unsigned int smmu;
	} what[MAX_RECORDED];
};

/* Where the test's queues write. */
extern struct record *recorder;
/* The hand-over (1 is the next) that fails. */
extern unsigned int recorder_fail_at;
/* Look at what a batch has behind its commands, and count the words that aren't 0. */
extern bool recorder_looks_behind;
extern unsigned int recorder_dirt;

void record_cmd(struct record *r, const struct arm_smmu_cmd *cmd);
void record_hand_over(struct record *r, unsigned int smmu, bool sync);

#endif
