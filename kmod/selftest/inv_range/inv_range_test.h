/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SELFTEST_INV_RANGE_H
#define SELFTEST_INV_RANGE_H

#include <linux/types.h>

/* The queues of this room write down what they are given; the subject has its own. */
#include "recorded.h"
#include "batch.h"
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

void recorder_cmd(struct record *r, const struct arm_smmu_cmd *cmd);
void recorder_hand_over(struct record *r, unsigned int smmu, bool sync);

/* Made before each case and freed after it: they are large. */
extern struct record *range_got, *range_want;

void range_before(void);
void range_after(void);

/* ---- walks --------------------------------------------------------------- */

/**
 * struct range_setup - what a walk works on
 * @smmus: SMMUs
 * @t: caller
 * @inv: entries
 * @nr: of them
 */
struct range_setup {
	struct arm_smmu_device smmus[NR_SMMUS];
	struct smmu_thread t;
	struct arm_smmu_inv inv[MAX_ENTRIES];
	size_t nr;
};

typedef struct smmu_submission (*range_walk_fn)(struct range_setup *s);

struct range_path {
	const char *name;
	range_walk_fn walk;
	bool ring;	/* leaves no hand-overs, but what the ring has */
};

extern const struct range_path range_paths[];
extern const unsigned int nr_range_paths;

/* The walk of the path of that name. */
range_walk_fn range_walk(const char *name);

void range_set_up(struct range_setup *s, const struct range_case *c, u64 ring_pos);

/* ---- comparing ----------------------------------------------------------- */

/* The CMD_SYNC of a path without a queue. */
extern const struct arm_smmu_cmd range_ring_sync;

/* What must come of a case. */
void range_expand(const struct range_case *c, struct record *r);

bool range_same(const struct record *got, const struct record *want);
bool range_same_in_ring(const struct smmu_ring *ring, u64 from, const struct record *want);

/* Hand-overs with a CMD_SYNC. */
unsigned int range_syncs(const struct record *r);

void range_print(const char *what, const struct record *r);

#endif
