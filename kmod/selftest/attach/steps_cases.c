// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arm_smmu_write_entry() over every pair of configurations: what an SMMU could see
 * on the way, and what it costs.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "../selftest.h"
#include "steps.h"
#include "transitions.h"

/* ---- what an SMMU can see ---------------------------------------------- */

static void never_neither(void)
{
	struct count count = { .write = arm_smmu_write_entry };

	visit_pairs(count_pair, &count);
	ktap_assert_eq(count.bad_pairs, 0);
	/* 16 STEs without stalls, 4 more, 2 tables of them with abort and bypass; CDs */
	ktap_assert_eq(count.pairs, 16 * 16 + 6 * 6 + 2 * 6 * 2 + 5 * 5 + 2 * 2 + 2 * 2);
}

static void stall_and_ats(void)
{
	ktap_assert_eq(count_illegal(arm_smmu_write_entry), 0);
}

/* EATS of 0b11, which split EATS could pass through, isn't safe on the way. */
static void split_eats(void)
{
	const __le64 trans[NUM_ENTRY_QWORDS] = { 0, cpu_to_le64(1 << 28) };
	const __le64 split[NUM_ENTRY_QWORDS] = { 0, cpu_to_le64(2 << 28) };
	const __le64 none[NUM_ENTRY_QWORDS] = {};
	const u64 mev = 1 << 19, eats = 1 << 28;
	const struct {
		const __le64 *from, *to;
		u64 safe;
	} cases[] = {
		{ none, trans, mev | eats },
		{ trans, none, mev | eats },
		{ none, none, mev | eats },
		{ split, trans, mev },
		{ trans, split, mev },
		{ none, split, mev },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		__le64 safe[NUM_ENTRY_QWORDS] = {};

		arm_smmu_get_ste_update_safe(cases[i].from, cases[i].to, safe);
		ktap_assert_eq(le64_to_cpu(safe[1]), cases[i].safe);
		ktap_assert_eq(le64_to_cpu(safe[0]), 0);
	}
}

/* ---- what it costs, by fields ------------------------------------------ */

/* How many syncs and which qwords decide, from nothing but the fields' values. */
static void expect_ste_pair(const struct pair *pair, void *arg)
{
	bool before[NUM_ENTRY_QWORDS] = {}, after[NUM_ENTRY_QWORDS] = {};
	bool differ[NUM_ENTRY_QWORDS] = {};
	unsigned int i, used = 0, syncs = 0, critical, *rows = arg;
	static struct steps steps;

	if (pair->is_cd)
		return;

	for (i = 0; i < ARRAY_SIZE(ste_fields); i++) {
		const struct field *f = &ste_fields[i];
		const bool in_from = ste_field_used(pair->from, f);
		const bool in_to = ste_field_used(pair->to, f);

		if (ste_field_get(pair->from, f) == ste_field_get(pair->to, f))
			continue;
		differ[f->qword] = true;
		if (!in_from || (in_to && ste_field_safe(pair->from, pair->to, i)))
			before[f->qword] = true;
		else if (in_to)
			used |= 1U << f->qword;
		else
			after[f->qword] = true;
	}

	if (!used) {
		/* Changed at once */
		for (i = 0; i < NUM_ENTRY_QWORDS; i++)
			syncs |= differ[i];
	} else if (hweight8(used) == 1) {
		bool first = false, last = false;

		critical = __ffs(used);
		for (i = 0; i < NUM_ENTRY_QWORDS; i++) {
			first |= i != critical && before[i];
			last |= i != critical && after[i];
		}
		syncs = first + 1 + last;
	} else {
		bool middle = false;

		for (i = 1; i < NUM_ENTRY_QWORDS; i++)
			middle |= differ[i];
		syncs = 1 + middle + 1;
	}

	steps_run(&steps, arm_smmu_write_entry, false, pair->from, pair->to);
	if (steps.num != syncs)
		ktap_fail("%s to %s: %u syncs, not %u", pair->from_name, pair->to_name,
			  steps.num, syncs);

	/* The same in the table's row. */
	for (i = *rows;; i++) {
		struct smmu_transition row;

		ktap_assert_eq(smmu_transition(i, &row), 0);
		ktap_assert_eq(row.table, SMMU_TRANSITIONS_STE);
		if (strcmp(row.from, pair->from_name) || strcmp(row.to, pair->to_name))
			continue;
		ktap_assert_eq(row.ste.syncs, syncs);
		ktap_assert_eq(row.ste.used, used);
		for (critical = 0; critical < NUM_ENTRY_QWORDS; critical++)
			ktap_assert_eq(row.ste.differ >> critical & 1, differ[critical]);
		ktap_assert_eq(row.ste.window, hweight8(used) > 1 ? syncs - 1 : 0);
		*rows = i + 1;
		break;
	}
}

static void fields(void)
{
	unsigned int rows = 0;

	visit_pairs(expect_ste_pair, &rows);
	ktap_assert_eq(rows, 16 * 16 + 6 * 6 + 2 * 6 * 2);
}

/*
 * The driver's own tests call stage 1 to stage 2 hitless with 3 syncs: their VMID is
 * 0, which no real domain has.
 */
static void vmid_zero(void)
{
	static struct steps steps;
	static struct pair pair;
	unsigned int s1 = 2, s2 = 8, i;

	ste_make_pair(&pair, s1, s2);
	ktap_assert_str(pair.from_name, "s1");
	ktap_assert_str(pair.to_name, "s2-a");
	pair.to[2] &= ~cpu_to_le64(0xffff);
	steps_run(&steps, arm_smmu_write_entry, false, pair.from, pair.to);
	ktap_assert_eq(steps.num, 3);
	for (i = 0; i <= steps.num; i++)
		ktap_assert_eq(le64_to_cpu(steps.at[i][0]) & 1, 1);
	ktap_assert_eq(steps_bad(&steps), 0);
}

static const struct ktap_case cases[] = {
	KTAP_CASE(never_neither),
	KTAP_CASE(stall_and_ats),
	KTAP_CASE(split_eats),
	KTAP_CASE(fields),
	KTAP_CASE(vmid_zero),
};

const struct ktap_suite selftest_attach_steps = { KTAP_SUITE("attach-steps", cases) };
