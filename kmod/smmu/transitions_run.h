/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of transitions*.c: how a row is found out. The code that is asked about runs
 * on a master whose writes are watched.
 */
#ifndef SMMU_TRANSITIONS_RUN_H
#define SMMU_TRANSITIONS_RUN_H

#include <linux/bits.h>
#include <linux/types.h>

#include "domain.h"
#include "transitions.h"

enum smmu_run_domain {
	DOMAIN_S1_A,
	DOMAIN_S1_B,
	DOMAIN_S2_A,
	DOMAIN_S2_B,
	DOMAIN_NEST_PARENT,
	DOMAIN_PASID_A,
	DOMAIN_PASID_B,
	NR_DOMAINS,
};

/* What an SMMU can reach: bit n is the table of domain n, and beside them */
#define REACH_CD_TABLE		BIT(8)	/* the CD without a PASID, whatever it says */
#define REACH_CD_TABLE_PASID	BIT(9)	/* those with one */
#define REACH_GUEST_CD_TABLE	BIT(10)

/**
 * struct smmu_run - one row while it is found out
 * @master: whose entries they are
 * @smmu: it has all features that an entry depends on, and no queue
 * @domains: to attach to
 * @ste: the STE that is watched
 * @cd: the CDs that are watched, without and with PASID; NULL when only the STE is
 * @recording: past the preparations
 * @seen: all three at the last sync
 * @reached: REACH_* when recording began
 * @since_publish: CMD_SYNCs completed since publish
 * @found: the first store that reaches more was seen
 * @row: to be filled
 */
struct smmu_run {
	struct arm_smmu_master master;
	struct arm_smmu_device smmu;
	struct arm_smmu_domain domains[NR_DOMAINS];
	struct arm_smmu_ste *ste;
	struct arm_smmu_cd *cd[2];
	bool recording;
	struct {
		struct arm_smmu_ste ste;
		struct arm_smmu_cd cd[2];
	} seen;
	unsigned long reached;
	unsigned int since_publish;
	bool found;
	struct smmu_transition *row;
};

/**
 * struct smmu_section - all rows of one table
 * @configs: their configurations; a row is a pair of them
 * @row: is there one for this pair?
 * @run: fills it
 */
struct smmu_section {
	unsigned int configs;
	bool (*row)(unsigned int from, unsigned int to);
	int (*run)(struct smmu_run *run, unsigned int from, unsigned int to);
};

extern const struct smmu_section smmu_ste_section, smmu_cd_section, smmu_attach_section;

extern const struct arm_smmu_entry_writer_ops smmu_watched_ste_ops, smmu_watched_cd_ops;

/* A zeroed run gets its SMMU and its domains. */
void smmu_run_init(struct smmu_run *run, struct smmu_transition *row);

/* The preparations are over: from now on steps count. */
void smmu_run_start(struct smmu_run *run);

/* What became of an entry that was @from and is @to. @valid: its V. */
void smmu_run_entry(struct smmu_transition_entry *entry,
		    const struct arm_smmu_entry_writer_ops *ops, const __le64 *from,
		    const __le64 *to, u64 valid);

#endif
