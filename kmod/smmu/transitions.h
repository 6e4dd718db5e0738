/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every change from one STE or CD to another, and every attach, as a table: how
 * many CFGI + CMD_SYNCs it takes, for how long V = 0, and whether a CMD_SYNC lies
 * between the publication of a domain's invalidations and the store that lets the
 * SMMU reach the domain's table. Found by running the code, not written down.
 * Plain C, as subject.h.
 */
#ifndef SMMU_TRANSITIONS_H
#define SMMU_TRANSITIONS_H

#include <stdbool.h>

enum smmu_transition_table {
	SMMU_TRANSITIONS_STE,	 /* one STE, alone */
	SMMU_TRANSITIONS_CD,	 /* one CD, alone, under an STE that points at it */
	SMMU_TRANSITIONS_ATTACH, /* a whole attach: from publish to unref */
	SMMU_NR_TRANSITION_TABLES,
};

/* How arm_smmu_write_entry() went about it. */
enum smmu_transition_how {
	SMMU_HOW_SAME,		/* nothing to change, or nobody wrote this entry */
	SMMU_HOW_SAFE,		/* only bits that may change at any time */
	SMMU_HOW_HITLESS,	/* one store changes over from old to new */
	SMMU_HOW_BREAK,		/* V = 0 first */
	SMMU_NR_HOWS,
};

/**
 * struct smmu_transition_entry - what became of the STE or the CD
 * @how: how it was written
 * @differ: bit n: qword n was not the same in the end
 * @used: bit n: qword n decided on @how (arm_smmu_entry_qword_diff())
 * @syncs: CFGI + CMD_SYNC pairs
 * @window: syncs during which V = 0 though the entry was valid before and after
 */
struct smmu_transition_entry {
	enum smmu_transition_how how;
	unsigned int differ, used;
	unsigned int syncs, window;
};

/**
 * struct smmu_transition - one row
 * @table: which table it belongs to
 * @from: configuration before
 * @to: configuration after
 * @op: driver function that does this change; NULL where none does
 * @ste: the STE
 * @cd: the CD
 * @reaches: the SMMU reaches a translation table afterwards that it didn't before
 * @syncs_before: with @reaches: CMD_SYNCs that complete between publish and the
 *	store that makes it reachable. In the tables of single entries publish
 *	is taken to come just before the write.
 * @reached_by: with @reaches: that store, as "STE[0]"; else NULL
 */
struct smmu_transition {
	enum smmu_transition_table table;
	const char *from, *to, *op;
	struct smmu_transition_entry ste, cd;
	bool reaches;
	unsigned int syncs_before;
	const char *reached_by;
};

unsigned int smmu_nr_transitions(void);

/**
 * smmu_transition() - runs row @i and tells what happened
 * @i: below smmu_nr_transitions(); rows of one table follow each other
 * @row: filled on success
 *
 * Context: process context; takes arm_smmu_asid_lock.
 *
 * Return: 0, -ENOENT past the end, -ENOMEM.
 */
int smmu_transition(unsigned int i, struct smmu_transition *row);

const char *smmu_transition_table_name(enum smmu_transition_table table);
const char *smmu_transition_how_name(enum smmu_transition_how how);

#endif
