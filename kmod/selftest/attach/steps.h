/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes of entries, step by step, over every pair of configurations. */
#ifndef SELFTEST_ATTACH_STEPS_H
#define SELFTEST_ATTACH_STEPS_H

#include "domain.h"

/* ---- fields ------------------------------------------------------------ */

/* Who uses a field of an STE. IHI 0070, 5.2; bits of CFG as in CFG[2:0]. */
enum used_by {
	USED_ALWAYS,		/* V */
	USED_VALID,
	USED_S1,
	USED_S2,
	USED_S1_OR_S2,
	USED_SHCFG,		/* bypass of any kind, or stage 2 */
};

struct field {
	const char *name;
	unsigned int qword, high, low;
	enum used_by used_by;
};

#define NR_STE_FIELDS	23

extern const struct field ste_fields[NR_STE_FIELDS];

/* Those that rules are made of. */
enum { F_V = 0, F_MEV = 9, F_EATS = 12, F_S2S = 20 };

u64 ste_field_get(const __le64 *entry, const struct field *f);
bool ste_field_used(const __le64 *ste, const struct field *f);
/* May number @f change while the SMMU looks? */
bool ste_field_safe(const __le64 *from, const __le64 *to, unsigned int f);

/* ---- steps --------------------------------------------------------------- */

#define MAX_STEPS 8

/* A write as it looked at each of its syncs; @at[0] is before it. */
struct steps {
	struct arm_smmu_master master;
	__le64 *entry;
	__le64 at[MAX_STEPS + 1][NUM_ENTRY_QWORDS];
	unsigned int num;
	bool is_cd;
};

typedef void (*write_fn)(struct arm_smmu_entry_writer *writer, __le64 *entry,
			 const __le64 *target);

void steps_run(struct steps *steps, write_fn write, bool is_cd, const __le64 *from,
	       const __le64 *to);

/* The sync of a writer's ops: takes a step down. */
void steps_note(struct arm_smmu_entry_writer *writer);

/*
 * How many of the states that the SMMU can see are neither the old entry, nor the new
 * one, nor invalid.
 */
unsigned int steps_bad(const struct steps *steps);

/* ---- pairs --------------------------------------------------------------- */

struct pair {
	__le64 from[NUM_ENTRY_QWORDS], to[NUM_ENTRY_QWORDS];
	const char *from_name, *to_name;
	bool is_cd;
};

/* By number of the configuration. */
void ste_make_pair(struct pair *pair, unsigned int from, unsigned int to);

typedef void (*pair_fn)(const struct pair *pair, void *arg);

void visit_pairs(pair_fn fn, void *arg);

/* Pairs that pass through an illegal STE though neither of both is one. */
unsigned int count_illegal(write_fn write);

/* Pairs, and those of them with a bad state on the way. */
struct count {
	write_fn write;
	unsigned int pairs, bad_pairs;
};

void count_pair(const struct pair *pair, void *arg);

#endif
