// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table that list --transitions prints: rows worked out by hand from the driver,
 * and what holds for all of them.
 */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../selftest.h"
#include "transitions.h"

/* Worked out from arm_smmu_write_entry() and its callers in Linux 7.3. */
struct golden {
	enum smmu_transition_table table;
	const char *from, *to, *op;
	enum smmu_transition_how ste, cd;
	unsigned int ste_syncs, ste_window, cd_syncs, cd_window;
	int syncs_before;	/* -1: reaches nothing new */
	const char *reached_by;
};

#define STE SMMU_TRANSITIONS_STE
#define CD SMMU_TRANSITIONS_CD
#define ATTACH SMMU_TRANSITIONS_ATTACH
#define SAME SMMU_HOW_SAME
#define SAFE SMMU_HOW_SAFE
#define HITLESS SMMU_HOW_HITLESS
#define BREAK SMMU_HOW_BREAK
#define BLOCKED "arm_smmu_attach_dev_blocked"
#define IDENTITY "arm_smmu_attach_dev_identity"
#define DEV "arm_smmu_attach_dev"
#define NESTED "arm_smmu_attach_dev_nested"
#define SET_PASID "arm_smmu_set_pasid"
#define CLEAR_PASID "arm_smmu_blocking_set_dev_pasid"

static const struct golden goldens[] = {
	{ STE, "abort", "abort", BLOCKED, SAME, SAME, 0, 0, 0, 0, -1, NULL },
	{ STE, "abort", "bypass", IDENTITY, HITLESS, SAME, 2, 0, 0, 0, -1, NULL },
	{ STE, "bypass", "abort", BLOCKED, HITLESS, SAME, 2, 0, 0, 0, -1, NULL },
	{ STE, "abort", "s1+ats", DEV, HITLESS, SAME, 2, 0, 0, 0, 1, "STE[0]" },
	{ STE, "s1+ats", "abort", BLOCKED, HITLESS, SAME, 2, 0, 0, 0, -1, NULL },
	{ STE, "bypass", "s1", DEV, HITLESS, SAME, 3, 0, 0, 0, 1, "STE[0]" },
	{ STE, "s1", "bypass", IDENTITY, HITLESS, SAME, 3, 0, 0, 0, -1, NULL },
	{ STE, "s1", "s1dss-bypass", IDENTITY, HITLESS, SAME, 1, 0, 0, 0, -1, NULL },
	{ STE, "s1dss-bypass", "s1", DEV, HITLESS, SAME, 1, 0, 0, 0, 0, "STE[1]" },
	{ STE, "bypass", "s1dss-bypass", SET_PASID, HITLESS, SAME, 2, 0, 0, 0, 1, "STE[0]" },
	{ STE, "s1dss-bypass", "bypass", CLEAR_PASID, HITLESS, SAME, 2, 0, 0, 0, -1, NULL },
	{ STE, "s1dss-terminate", "abort", CLEAR_PASID, HITLESS, SAME, 2, 0, 0, 0, -1, NULL },
	{ STE, "s1dss-terminate", "bypass", NULL, HITLESS, SAME, 3, 0, 0, 0, -1, NULL },
	{ STE, "abort", "s2-a", DEV, HITLESS, SAME, 2, 0, 0, 0, 1, "STE[0]" },
	{ STE, "s2-a+ats", "abort", BLOCKED, HITLESS, SAME, 2, 0, 0, 0, -1, NULL },
	{ STE, "bypass", "s2-a", DEV, HITLESS, SAME, 2, 0, 0, 0, 1, "STE[0]" },
	/* S2VMID counts for stage 1, too, and there it is 0 */
	{ STE, "s1", "s2-a", DEV, BREAK, SAME, 3, 2, 0, 0, 2, "STE[0]" },
	{ STE, "s2-a", "s1", DEV, BREAK, SAME, 3, 2, 0, 0, 2, "STE[0]" },
	{ STE, "s2-a", "s2-b", DEV, BREAK, SAME, 3, 2, 0, 0, 2, "STE[0]" },
	{ STE, "s2-a", "s2-a+ats", NULL, SAFE, SAME, 1, 0, 0, 0, -1, NULL },
	{ STE, "s1dss-terminate", "s2-a", NULL, BREAK, SAME, 3, 2, 0, 0, 2, "STE[0]" },
	{ STE, "nest-parent", "nested", NESTED, HITLESS, SAME, 2, 0, 0, 0, 1, "STE[0]" },
	/* EATS and MEV go after the switch */
	{ STE, "nested+ats", "nest-parent", NULL, HITLESS, SAME, 3, 0, 0, 0, -1, NULL },
	{ STE, "nested", "nested+ats", NESTED, SAFE, SAME, 1, 0, 0, 0, -1, NULL },
	/* With S2S EATS isn't safe: it decides alone */
	{ STE, "s2-a+stall", "s2-a+ats+stall", NULL, HITLESS, SAME, 1, 0, 0, 0, -1, NULL },

	{ CD, "invalid", "a", DEV, SAME, HITLESS, 0, 0, 2, 0, 1, "CD[0]" },
	{ CD, "a", "invalid", "arm_smmu_clear_cd", SAME, HITLESS, 0, 0, 2, 0, -1, NULL },
	{ CD, "a", "b", DEV, SAME, BREAK, 0, 0, 3, 2, 2, "CD[0]" },
	{ CD, "a", "a", DEV, SAME, SAME, 0, 0, 0, 0, -1, NULL },
	{ CD, "a", "a-other-asid", NULL, SAME, HITLESS, 0, 0, 1, 0, -1, NULL },
	{ CD, "a", "a-released", "arm_smmu_mm_release", SAME, HITLESS, 0, 0, 2, 0, -1, NULL },

	{ ATTACH, "blocked", "s1-a", DEV, HITLESS, HITLESS, 2, 0, 2, 0, 3, "STE[0]" },
	{ ATTACH, "identity", "s1-a+ats", DEV, HITLESS, HITLESS, 3, 0, 2, 0, 3, "STE[0]" },
	{ ATTACH, "s2-a", "s1-a", DEV, BREAK, HITLESS, 3, 2, 2, 0, 4, "STE[0]" },
	{ ATTACH, "s1-a", "s1-b", DEV, SAME, BREAK, 0, 0, 3, 2, 2, "CD[0]" },
	{ ATTACH, "s1-a", "s1-a", DEV, SAME, SAME, 0, 0, 0, 0, -1, NULL },
	{ ATTACH, "s1-a", "s2-a", DEV, BREAK, HITLESS, 3, 2, 2, 0, 2, "STE[0]" },
	{ ATTACH, "s1-a", "blocked", BLOCKED, HITLESS, HITLESS, 2, 0, 2, 0, -1, NULL },
	{ ATTACH, "blocked", "s2-a+ats", DEV, HITLESS, SAME, 2, 0, 0, 0, 1, "STE[0]" },
	{ ATTACH, "s2-a", "nest-parent", DEV, BREAK, SAME, 3, 2, 0, 0, 2, "STE[0]" },
	{ ATTACH, "blocked", "blocked+pasid-a", SET_PASID, HITLESS, HITLESS, 2, 0, 2, 0, 3,
	  "STE[0]" },
	/* The fewest: the table of CDs is reached already, its new CD is written last */
	{ ATTACH, "s1-a", "s1-a+pasid-a", SET_PASID, SAME, HITLESS, 0, 0, 2, 0, 1, "CD[0]" },
	{ ATTACH, "s1-a+pasid-a", "s1-a+pasid-b", SET_PASID, SAME, BREAK, 0, 0, 3, 2, 2,
	  "CD[0]" },
	{ ATTACH, "blocked+pasid-a", "s1-a+pasid-a", DEV, HITLESS, HITLESS, 1, 0, 2, 0, 2,
	  "STE[1]" },
	{ ATTACH, "identity+pasid-a", "identity", CLEAR_PASID, HITLESS, HITLESS, 2, 0, 2, 0, -1,
	  NULL },
	{ ATTACH, "blocked", "identity+ats", IDENTITY, HITLESS, SAME, 2, 0, 0, 0, -1, NULL },
	{ ATTACH, "identity+ats", "s1-a+ats", DEV, HITLESS, HITLESS, 1, 0, 2, 0, 2, "STE[1]" },
};

/* All rows, found out anew for each case. */
static struct smmu_transition rows[1024];
static unsigned int nr_rows;
static long allocs;
static unsigned long warnings;

static void before(void)
{
	unsigned int i, num = smmu_nr_transitions();

	allocs = selftest_allocs();
	warnings = selftest_warnings();
	nr_rows = 0;
	ktap_assert(num <= ARRAY_SIZE(rows));
	for (i = 0; i < num; i++) {
		ktap_assert_eq(smmu_transition(i, &rows[i]), 0);
		cond_resched();
	}
	nr_rows = num;
}

static void after(void)
{
	selftest_fail_alloc(0);
	ktap_assert_eq(selftest_allocs(), allocs);
	ktap_assert_eq(selftest_warnings(), warnings);
}

/* Its number, or nr_rows. */
static unsigned int find_golden(const struct golden *g)
{
	unsigned int i;

	for (i = 0; i < nr_rows; i++)
		if (rows[i].table == g->table && !strcmp(rows[i].from, g->from) &&
		    !strcmp(rows[i].to, g->to))
			return i;
	ktap_fail("no row %s to %s", g->from, g->to);
	return nr_rows;
}

static void golden_row(const struct golden *g, const struct smmu_transition *row)
{
	if (row->ste.how != g->ste || row->cd.how != g->cd ||
	    row->ste.syncs != g->ste_syncs || row->ste.window != g->ste_window ||
	    row->cd.syncs != g->cd_syncs || row->cd.window != g->cd_window ||
	    (row->reaches ? (int)row->syncs_before : -1) != g->syncs_before)
		ktap_fail("%s to %s: ste %s %u %u, cd %s %u %u, reaches %d after %u", g->from,
			  g->to, smmu_transition_how_name(row->ste.how), row->ste.syncs,
			  row->ste.window, smmu_transition_how_name(row->cd.how),
			  row->cd.syncs, row->cd.window, row->reaches, row->syncs_before);
	ktap_assert_str(row->reached_by, g->reached_by);
	ktap_assert_str(row->op, g->op);
}

static void golden_rows(void)
{
	unsigned int i, nr;

	for (i = 0; i < ARRAY_SIZE(goldens); i++) {
		nr = find_golden(&goldens[i]);
		if (nr < nr_rows)
			golden_row(&goldens[i], &rows[nr]);
	}
}

static void table(void)
{
	unsigned int of[SMMU_NR_TRANSITION_TABLES] = {}, i, j;

	for (i = 0; i < nr_rows; i++) {
		struct smmu_transition *row = &rows[i];

		of[row->table]++;
		/* One table after the other, no pair twice */
		ktap_assert(!i || rows[i - 1].table <= row->table);
		for (j = 0; j < i; j++)
			ktap_assert(!(rows[j].table == row->table &&
				      !strcmp(rows[j].from, row->from) &&
				      !strcmp(rows[j].to, row->to)));

		ktap_assert(row->reaches == !!row->reached_by);
		ktap_assert(row->syncs_before <= row->ste.syncs + row->cd.syncs);
		if (row->table == SMMU_TRANSITIONS_STE)
			ktap_assert(row->cd.how == SMMU_HOW_SAME && !row->cd.syncs);
		if (row->table == SMMU_TRANSITIONS_CD)
			ktap_assert(row->ste.how == SMMU_HOW_SAME && !row->ste.syncs);
		if (row->table != SMMU_TRANSITIONS_ATTACH)
			continue;

		/*
		 * What the question is about: whichever way a table comes to be
		 * reached, a CMD_SYNC of the writes lies before it.
		 */
		ktap_assert(row->op);
		if (row->reaches)
			ktap_assert(row->syncs_before >= 1);
	}
	ktap_assert_eq(of[SMMU_TRANSITIONS_CD], 5 * 5 + 2 * 2 + 2 * 2);
	ktap_assert_eq(of[SMMU_TRANSITIONS_ATTACH],
		       /* no PASID */ 7 * 7 + (7 * 7 - 2 * 2) +
			       /* one, with another domain without */ 2 * 4 * 4 +
			       /* PASIDs come, change and go */ 2 * 3 * 3 +
			       /* ATS always on */ 2 * 5 - 1);
	ktap_assert_eq(smmu_transition(nr_rows, rows), -ENOENT);
}

static void no_memory(void)
{
	const struct golden g = { ATTACH, .from = "s1-a+ats", .to = "s1-a+pasid-a+ats" };
	unsigned int i = find_golden(&g), n;
	static struct smmu_transition row;
	int ret;

	for (n = 1;; n++) {
		ktap_assert(n < 20);
		selftest_fail_alloc(n);
		ret = smmu_transition(i, &row);
		if (!ret)
			break;
		ktap_assert_eq(ret, -ENOMEM);
		ktap_assert_eq(selftest_allocs(), allocs);
	}
	/* run, streams, STEs, invs, CDs, and a record for each of three domains */
	ktap_assert_eq(n - 1, 8);
}

static void names(void)
{
	ktap_assert_str(smmu_transition_table_name(SMMU_TRANSITIONS_ATTACH), "attach");
	ktap_assert_str(smmu_transition_table_name(SMMU_NR_TRANSITION_TABLES), "?");
	ktap_assert_str(smmu_transition_how_name(SMMU_HOW_BREAK), "break");
	ktap_assert_str(smmu_transition_how_name(SMMU_NR_HOWS), "?");
}

static const struct ktap_case cases[] = {
	KTAP_CASE(golden_rows),
	KTAP_CASE(table),
	KTAP_CASE_NEEDS(no_memory, SELFTEST_CAN_FAIL_ALLOCS),
	KTAP_CASE(names),
};

const struct ktap_suite selftest_attach_table = {
	KTAP_SUITE("attach-table", cases),
	.before = before,
	.after = after,
};
