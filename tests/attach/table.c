// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table that list --transitions prints: rows worked out by hand from the driver,
 * and what holds for all of them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "transitions.h"

#include "../../bench/compat/test_hooks.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

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

static void find_golden(const struct golden *g, struct smmu_transition *row)
{
	unsigned int i;

	for (i = 0; i < smmu_nr_transitions(); i++) {
		assert_int_equal(smmu_transition(i, row), 0);
		if (row->table == g->table && !strcmp(row->from, g->from) &&
		    !strcmp(row->to, g->to))
			return;
	}
	fail_msg("no row %s to %s", g->from, g->to);
}

static void test_goldens(void **state)
{
	struct smmu_transition row;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(goldens); i++) {
		const struct golden *g = &goldens[i];

		find_golden(g, &row);
		if (row.ste.how != g->ste || row.cd.how != g->cd ||
		    row.ste.syncs != g->ste_syncs || row.ste.window != g->ste_window ||
		    row.cd.syncs != g->cd_syncs || row.cd.window != g->cd_window ||
		    (row.reaches ? (int)row.syncs_before : -1) != g->syncs_before)
			fail_msg("%s to %s: ste %s %u %u, cd %s %u %u, reaches %d after %u",
				 g->from, g->to, smmu_transition_how_name(row.ste.how),
				 row.ste.syncs, row.ste.window,
				 smmu_transition_how_name(row.cd.how), row.cd.syncs,
				 row.cd.window, row.reaches, row.syncs_before);
		if (g->reached_by)
			assert_string_equal(row.reached_by, g->reached_by);
		else
			assert_null(row.reached_by);
		if (g->op)
			assert_string_equal(row.op, g->op);
		else
			assert_null(row.op);
	}
}

static void test_table(void **state)
{
	unsigned int of[SMMU_NR_TRANSITION_TABLES] = {}, i, j, num = smmu_nr_transitions();
	static struct smmu_transition rows[1024];
	const long allocs = compat_alloc_live();

	(void)state;
	assert_true(num <= ARRAY_SIZE(rows));
	for (i = 0; i < num; i++) {
		struct smmu_transition *row = &rows[i];

		assert_int_equal(smmu_transition(i, row), 0);
		of[row->table]++;
		/* One table after the other, no pair twice */
		assert_true(!i || rows[i - 1].table <= row->table);
		for (j = 0; j < i; j++)
			assert_false(rows[j].table == row->table &&
				     !strcmp(rows[j].from, row->from) &&
				     !strcmp(rows[j].to, row->to));

		assert_true(row->reaches == !!row->reached_by);
		assert_true(row->syncs_before <= row->ste.syncs + row->cd.syncs);
		if (row->table == SMMU_TRANSITIONS_STE)
			assert_true(row->cd.how == SMMU_HOW_SAME && !row->cd.syncs);
		if (row->table == SMMU_TRANSITIONS_CD)
			assert_true(row->ste.how == SMMU_HOW_SAME && !row->ste.syncs);
		if (row->table != SMMU_TRANSITIONS_ATTACH)
			continue;

		/*
		 * What the question is about: whichever way a table comes to be
		 * reached, a CMD_SYNC of the writes lies before it.
		 */
		assert_non_null(row->op);
		if (row->reaches)
			assert_true(row->syncs_before >= 1);
	}
	assert_int_equal(of[SMMU_TRANSITIONS_CD], 5 * 5 + 2 * 2 + 2 * 2);
	assert_int_equal(of[SMMU_TRANSITIONS_ATTACH],
			 /* no PASID */ 7 * 7 + (7 * 7 - 2 * 2) +
				 /* one, with another domain without */ 2 * 4 * 4 +
				 /* PASIDs come, change and go */ 2 * 3 * 3 +
				 /* ATS always on */ 2 * 5 - 1);
	assert_int_equal(smmu_transition(num, rows), -ENOENT);
	assert_int_equal(compat_alloc_live(), allocs);
	assert_int_equal(compat_warn_count, 0);
}

static void test_table_no_memory(void **state)
{
	const struct golden g = { ATTACH, .from = "s1-a+ats", .to = "s1-a+pasid-a+ats" };
	const long allocs = compat_alloc_live();
	struct smmu_transition row;
	unsigned int i, n;
	int ret;

	(void)state;
	find_golden(&g, &row);
	for (i = 0; i < smmu_nr_transitions(); i++) {
		assert_int_equal(smmu_transition(i, &row), 0);
		if (row.table == g.table && !strcmp(row.from, g.from) && !strcmp(row.to, g.to))
			break;
	}
	for (n = 1;; n++) {
		compat_fail_alloc_nth(n);
		ret = smmu_transition(i, &row);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOMEM);
		assert_int_equal(compat_alloc_live(), allocs);
	}
	compat_fail_alloc_nth(0);
	/* run, streams, STEs, invs, CDs, and a record for each of three domains */
	assert_int_equal(n - 1, 8);
	assert_int_equal(compat_alloc_live(), allocs);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(smmu_transition_table_name(SMMU_TRANSITIONS_ATTACH), "attach");
	assert_string_equal(smmu_transition_table_name(SMMU_NR_TRANSITION_TABLES), "?");
	assert_string_equal(smmu_transition_how_name(SMMU_HOW_BREAK), "break");
	assert_string_equal(smmu_transition_how_name(SMMU_NR_HOWS), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_no_memory),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
