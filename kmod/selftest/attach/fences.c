// SPDX-License-Identifier: GPL-2.0-or-later
/* Each strategy's fences in their places, and nowhere else. */
#include "fixture.h"

static void append(char *to, size_t size, const char *what)
{
	size_t len = strlen(to);

	ktap_assert(len + strlen(what) < size);
	memcpy(to + len, what, strlen(what) + 1);
}

static void append_fence(char *to, size_t size, enum smmu_fence f)
{
	if (f == SMMU_FENCE_NONE)
		return;
	append(to, size, smmu_fence_name(f));
	append(to, size, "\n");
}

/* Each fence in its place, once; entry fences at the top of each write and nowhere else. */
static void fences(void)
{
	enum smmu_strategy i;
	static char want[2048];

	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	for (i = 0; i < SMMU_NR_STRATEGIES; i++) {
		const struct smmu_strategy_row *row = &smmu_strategies[i];

		if (row->publish == SMMU_FENCE_SYNC_RCU ||
		    row->publish == SMMU_FENCE_SYNC_RCU_EXPEDITED)
			ktap_assert(row->entry != row->publish);

		set_strategy(i);
		new_master(one_sid, 1, true);

		want[0] = '\0';
		append(want, sizeof(want), "prepare s1-a\npublish s1-a\n");
		append_fence(want, sizeof(want), row->publish);
		append_fence(want, sizeof(want), row->entry);
		append(want, sizeof(want),
		       "CD 0: 1 3\ncfgi_cd 10.0\nsync\n"
		       "CD 0: 0\ncfgi_cd 10.0\nsync\n");
		append_fence(want, sizeof(want), row->entry);
		append(want, sizeof(want),
		       "STE 10: 1\ncfgi_ste 10\nsync\n"
		       "STE 10: 0\ncfgi_ste 10\nsync\n"
		       "atc_inv 10.0\nsync\n"
		       "ATS on\n");
		expect_attach(&fix.s1_a, want);

		/* Nothing is published, so there is no publish fence. */
		want[0] = '\0';
		append(want, sizeof(want), "ATS off\n");
		append_fence(want, sizeof(want), row->entry);
		append(want, sizeof(want),
		       "STE 10: 0\ncfgi_ste 10\nsync\n"
		       "STE 10: 1\ncfgi_ste 10\nsync\n"
		       "atc_inv 10.0\nsync\n");
		append_fence(want, sizeof(want), row->retire);
		append(want, sizeof(want),
		       "unref s1-a\n"
		       "tlbi_nh_asid a0\nsync\n"
		       "purge s1-a\n");
		append_fence(want, sizeof(want), row->entry);
		append(want, sizeof(want),
		       "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		       "CD 0: 1 3\ncfgi_cd 10.0\nsync\n");
		expect_attach(&arm_smmu_blocked_domain, want);
		end_master();
	}
}

/* Publish and entry are of the domain that comes, retire of the one that goes. */
static void two_strategies(void)
{
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	fix.s2_a.strategy = SMMU_STRATEGY_V9_DMA;
	fix.s2_b.strategy = SMMU_STRATEGY_FULL;
	new_master(one_sid, 1, false);
	quiet_attach(&fix.s2_a);
	expect_attach(&fix.s2_b,
		      "prepare s2-b\n"
		      "publish s2-b\n"
		      "mb\n"
		      "wmb\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "dma_mb\n"
		      "unref s2-a\n"
		      "tlbi_s12_vmall a2\nsync\n"
		      "purge s2-a\n");
	end_master();
}

/* Without a table coming, entries are written as the domain that goes asks. */
static void strategy_of_old(void)
{
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	fix.s1_a.strategy = SMMU_STRATEGY_FULL;
	fix.pasid_a.strategy = SMMU_STRATEGY_MERGED;
	new_master(one_sid, 1, false);
	quiet_attach(&fix.s1_a);
	ktap_assert_eq(arm_smmu_s1_set_dev_pasid(&fix.pasid_a, &fix.master, 3, NULL), 0);
	expect_attach(&arm_smmu_blocked_domain,
		      "wmb\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "mb\n"
		      "unref s1-a\n"
		      "tlbi_nh_asid a0\nsync\n"
		      "purge s1-a\n"
		      "wmb\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n");
	/* The CD as the PASID's domain asks, the STE too: it was the last that had a table. */
	expect_block_pasid(&fix.pasid_a, 3,
			   "dma_wmb\n"
			   "CD 3: 0\ncfgi_cd 10.3\nsync\n"
			   "CD 3: 1 3\ncfgi_cd 10.3\nsync\n"
			   "unref pasid-a\n"
			   "tlbi_nh_asid a5\nsync\n"
			   "purge pasid-a\n"
			   "dma_wmb\n"
			   "STE 10: 0\ncfgi_ste 10\nsync\n"
			   "STE 10: 1\ncfgi_ste 10\nsync\n"
			   "dma_wmb\n");
	end_master();
}

static const struct ktap_case cases[] = {
	KTAP_CASE(fences),
	KTAP_CASE(two_strategies),
	KTAP_CASE(strategy_of_old),
};

const struct ktap_suite selftest_attach_fences = {
	KTAP_SUITE("attach-fences", cases),
	.before = fix_before,
	.after = fix_after,
};
