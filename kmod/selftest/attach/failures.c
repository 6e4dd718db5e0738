// SPDX-License-Identifier: GPL-2.0-or-later
/* A failure leaves everything as it was. */
#include "fixture.h"

/* All that an attach could change. */
struct everything {
	struct arm_smmu_master master;
	struct arm_smmu_ste stes[2];
	struct arm_smmu_cd cds[4];
	struct arm_smmu_domain domains[FIX_DOMAINS];
	struct arm_smmu_inv invs[FIX_DOMAINS][8];
	size_t num_invs[FIX_DOMAINS], num_trashes[FIX_DOMAINS];
	unsigned int master_domains;
	long allocs;
};

static void take_everything(struct everything *e)
{
	struct list_head *pos;
	unsigned int i;

	memset(e, 0, sizeof(*e));
	memcpy(&e->master, &fix.master, sizeof(fix.master));
	memcpy(e->stes, fix.master.stes, fix.master.num_streams * sizeof(*fix.master.stes));
	if (fix.master.cd_table.table)
		memcpy(e->cds, fix.master.cd_table.table, sizeof(e->cds));
	for (i = 0; i < FIX_DOMAINS; i++) {
		const struct arm_smmu_invs *invs = record_store_invs(fix_domains[i]);

		memcpy(&e->domains[i], fix_domains[i], sizeof(e->domains[i]));
		e->num_invs[i] = invs->num_invs;
		e->num_trashes[i] = invs->num_trashes;
		memcpy(e->invs[i], invs->inv, invs->num_invs * sizeof(*invs->inv));
	}
	list_for_each(pos, &fix.master.domains)
		e->master_domains++;
	e->allocs = selftest_allocs();
}

/* 0: done, or the error with which the failing allocation ended it. */
typedef int (*attempt_fn)(struct arm_smmu_domain *domain);

static int attempt_attach(struct arm_smmu_domain *domain)
{
	return arm_smmu_master_attach(&fix.master, domain);
}

static int attempt_pasid(struct arm_smmu_domain *domain)
{
	return arm_smmu_s1_set_dev_pasid(domain, &fix.master, 3, NULL);
}

/* Nothing written, nothing issued, nothing published. */
static void expect_nothing_done(const char *trace)
{
	ktap_assert(!strstr(trace, "STE"));
	ktap_assert(!strstr(trace, "CD"));
	ktap_assert(!strstr(trace, "sync"));
	ktap_assert(!strstr(trace, "publish"));
}

/* Makes one allocation after the other fail; @count is how many count. */
static void expect_undone(attempt_fn attempt, struct arm_smmu_domain *domain, unsigned int count)
{
	static struct everything before, after;
	unsigned int n;
	int ret;

	if (ktap_failed())
		return;
	for (n = 1;; n++) {
		ktap_assert(n < 10);
		take_everything(&before);
		record_start(&fix.master);
		selftest_fail_alloc(n);
		ret = attempt(domain);
		/* Purge may fail without anybody minding. */
		if (!ret) {
			selftest_fail_alloc(0);
			record_stop();
			break;
		}
		ktap_assert_eq(ret, -ENOMEM);
		ktap_assert_eq(selftest_fail_alloc_left(), 0);
		expect_nothing_done(record_stop());
		take_everything(&after);
		ktap_assert_mem(&before, &after, sizeof(before));
	}
	ktap_assert_eq(n - 1, count);
}

static void allocations_fail(void)
{
	struct arm_smmu_domain *const order[] = {
		&fix.s1_a, &fix.s1_a, &fix.s1_b, &fix.s2_a,
		&fix.s2_a, &fix.s2_b, &fix.parent, &fix.s1_a,
	};
	unsigned int ats, i;

	set_strategy(SMMU_STRATEGY_MERGED);
	for (ats = 0; ats < 2; ats++) {
		new_master(two_sids, 2, ats);
		/* The table of CDs is the master's for good, once it has one. */
		quiet_attach(&fix.s1_b);
		/* The merged array, then the record of the domain */
		for (i = 0; i < ARRAY_SIZE(order); i++)
			expect_undone(attempt_attach, order[i], 2);
		quiet_attach(&arm_smmu_blocked_domain);
		expect_undone(attempt_pasid, &fix.pasid_a, 2);
		if (ktap_failed())
			return;
		arm_smmu_blocking_set_dev_pasid(&fix.master, 3, &fix.pasid_a);
		end_master();
	}
}

/* The second failure comes after the store's prepare, and takes it back. */
static void second_failure_aborts(void)
{
	new_master(one_sid, 1, false);
	quiet_attach(&fix.s1_a);
	if (ktap_failed())
		return;
	record_start(&fix.master);
	selftest_fail_alloc(2);
	ktap_assert_eq(arm_smmu_master_attach(&fix.master, &fix.s1_b), -ENOMEM);
	ktap_assert_str(record_stop(), "prepare s1-b\nabort s1-b\n");
	ktap_assert(fix.master.sid_domain == &fix.s1_a);
	end_master();
}

static void no_cd_table(void)
{
	new_master(one_sid, 1, false);
	if (ktap_failed())
		return;
	record_start(&fix.master);
	selftest_fail_alloc(1);
	ktap_assert_eq(arm_smmu_master_attach(&fix.master, &fix.s1_a), -ENOMEM);
	ktap_assert_str(record_stop(), "");
	ktap_assert(!fix.master.cd_table.table);
	end_master();
}

static const struct ktap_case cases[] = {
	KTAP_CASE_NEEDS(allocations_fail, SELFTEST_CAN_FAIL_ALLOCS),
	KTAP_CASE_NEEDS(second_failure_aborts, SELFTEST_CAN_FAIL_ALLOCS),
	KTAP_CASE_NEEDS(no_cd_table, SELFTEST_CAN_FAIL_ALLOCS),
};

const struct ktap_suite selftest_attach_failures = {
	KTAP_SUITE("attach-failures", cases),
	.before = fix_before,
	.after = fix_after,
};
