// SPDX-License-Identifier: GPL-2.0-or-later
/* A failure leaves everything as it was. */
#include "fixture.h"

/* All that an attach could change. */
struct everything {
	struct arm_smmu_master master;
	struct arm_smmu_ste stes[2];
	struct arm_smmu_cd cds[4];
	struct arm_smmu_domain domains[ARRAY_SIZE(domains)];
	struct arm_smmu_inv invs[ARRAY_SIZE(domains)][8];
	size_t num_invs[ARRAY_SIZE(domains)], num_trashes[ARRAY_SIZE(domains)];
	unsigned int master_domains;
	long allocs;
};

static void take_everything(struct everything *e)
{
	struct arm_smmu_master_domain *pos;
	unsigned int i;

	memset(e, 0, sizeof(*e));
	memcpy(&e->master, &master, sizeof(master));
	memcpy(e->stes, master.stes, master.num_streams * sizeof(*master.stes));
	if (master.cd_table.table)
		memcpy(e->cds, master.cd_table.table, sizeof(e->cds));
	for (i = 0; i < ARRAY_SIZE(domains); i++) {
		const struct arm_smmu_invs *invs = record_store_invs(domains[i]);

		memcpy(&e->domains[i], domains[i], sizeof(*domains[i]));
		e->num_invs[i] = invs->num_invs;
		e->num_trashes[i] = invs->num_trashes;
		memcpy(e->invs[i], invs->inv, invs->num_invs * sizeof(*invs->inv));
	}
	list_for_each_entry(pos, &master.domains, devices_elm)
		e->master_domains++;
	e->allocs = compat_alloc_live();
}

/* 0: done, or the error with which the failing allocation ended it. */
typedef int (*attempt_fn)(struct arm_smmu_domain *domain);

static int attempt_attach(struct arm_smmu_domain *domain)
{
	return arm_smmu_master_attach(&master, domain);
}

static int attempt_pasid(struct arm_smmu_domain *domain)
{
	return arm_smmu_s1_set_dev_pasid(domain, &master, 3, NULL);
}

/* Makes one allocation after the other fail; returns how many there were that count. */
static unsigned int expect_undone(attempt_fn attempt, struct arm_smmu_domain *domain)
{
	static struct everything before, after;
	unsigned int n;

	for (n = 1;; n++) {
		int ret;

		assert_true(n < 10);
		take_everything(&before);
		trace_start(&master);
		compat_fail_alloc_nth(n);
		ret = attempt(domain);
		/* Purge may fail without anybody minding. */
		if (!ret) {
			compat_fail_alloc_nth(0);
			trace_stop();
			break;
		}
		assert_int_equal(ret, -ENOMEM);
		assert_int_equal(compat_fail_alloc_left(), 0);
		/* Nothing written, nothing issued, nothing published */
		assert_null(strstr(trace_stop(), "STE"));
		assert_null(strstr(trace.text, "CD"));
		assert_null(strstr(trace.text, "sync"));
		assert_null(strstr(trace.text, "publish"));
		take_everything(&after);
		assert_memory_equal(&before, &after, sizeof(before));
	}
	return n - 1;
}

static void test_failures(void **state)
{
	struct arm_smmu_domain *const order[] = {
		&s1_a, &s1_a, &s1_b, &s2_a, &s2_a, &s2_b, &parent, &s1_a,
	};
	unsigned int ats, i;

	(void)state;
	set_strategy(SMMU_STRATEGY_MERGED);
	for (ats = 0; ats < 2; ats++) {
		new_master(two_sids, 2, ats);
		/* The table of CDs is the master's for good, once it has one. */
		quiet_attach(&s1_b);
		/* The merged array, then the record of the domain */
		for (i = 0; i < ARRAY_SIZE(order); i++)
			assert_int_equal(expect_undone(attempt_attach, order[i]), 2);
		quiet_attach(&arm_smmu_blocked_domain);
		assert_int_equal(expect_undone(attempt_pasid, &pasid_a), 2);
		arm_smmu_blocking_set_dev_pasid(&master, 3, &pasid_a);
		end_master();
	}
}

/* The second failure comes after the store's prepare, and takes it back. */
static void test_abort(void **state)
{
	(void)state;
	new_master(one_sid, 1, false);
	quiet_attach(&s1_a);
	trace_start(&master);
	compat_fail_alloc_nth(2);
	assert_int_equal(arm_smmu_master_attach(&master, &s1_b), -ENOMEM);
	assert_string_equal(trace_stop(), "prepare s1-b\nabort s1-b\n");
	assert_ptr_equal(master.sid_domain, &s1_a);
	end_master();
}

static void test_no_cd_table(void **state)
{
	(void)state;
	new_master(one_sid, 1, false);
	trace_start(&master);
	compat_fail_alloc_nth(1);
	assert_int_equal(arm_smmu_master_attach(&master, &s1_a), -ENOMEM);
	assert_string_equal(trace_stop(), "");
	assert_null(master.cd_table.table);
	end_master();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_failures),
		TEST(test_abort),
		TEST(test_no_cd_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
