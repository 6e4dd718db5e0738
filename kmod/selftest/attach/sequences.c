// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attach and detach: the exact order of commands, stores and calls of the domain's
 * store, as arm_smmu_attach_dev() and its kin in Linux 7.3 have it. No fences: the
 * strategy is none.
 */
#include "fixture.h"

static void stage_1(void)
{
	const struct arm_smmu_inv invs[] = {
		INV(S1_ASID, 0x12, 0x11, 0xa0, .users = 1),
	};

	new_master(one_sid, 1, false);
	expect_attach(&fix.s1_a,
		      "prepare s1-a\n"
		      "publish s1-a\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "prefetch_cfg 10\n");
	expect_invs(&fix.s1_a, invs, 1);

	/* Another stage 1: the CD alone changes, and is invalid for two syncs. */
	expect_attach(&fix.s1_b,
		      "prepare s1-b\n"
		      "publish s1-b\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "prefetch_cfg 10\n"
		      "unref s1-a\n"
		      "tlbi_nh_asid a0\nsync\n"
		      "purge s1-a\n");
	expect_no_invs(&fix.s1_a);

	/* The CD goes last, when nothing reaches it. */
	expect_attach(&arm_smmu_blocked_domain,
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "prefetch_cfg 10\n"
		      "unref s1-b\n"
		      "tlbi_nh_asid a1\nsync\n"
		      "purge s1-b\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n");
	expect_no_invs(&fix.s1_b);
	end_master();
}

static void stage_2(void)
{
	const struct arm_smmu_inv invs[] = {
		INV(S2_VMID, 0x2a, 0x28, 0xa2, .users = 1),
	};

	new_master(one_sid, 1, false);
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	expect_attach(&fix.s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n");
	expect_invs(&fix.s2_a, invs, 1);

	/* VMID and table: two qwords, so V = 0 first. */
	expect_attach(&fix.s2_b,
		      "prepare s2-b\n"
		      "publish s2-b\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "unref s2-a\n"
		      "tlbi_s12_vmall a2\nsync\n"
		      "purge s2-a\n");
	/* The VMID is used by a stage 1 STE too, and there it is 0. */
	expect_attach(&fix.s1_a,
		      "prepare s1-a\n"
		      "publish s1-a\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "unref s2-b\n"
		      "tlbi_s12_vmall a3\nsync\n"
		      "purge s2-b\n");
	/* Back: the STE first, then the CD that it leaves behind. */
	expect_attach(&fix.s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n"
		      "unref s1-a\n"
		      "tlbi_nh_asid a0\nsync\n"
		      "purge s1-a\n");
	end_master();
}

/* A master that never had a domain with a table writes entries as Linux does. */
static void identity_blocked(void)
{
	new_master(one_sid, 1, true);
	expect_attach(&arm_smmu_identity_domain,
		      "dma_wmb\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "prefetch_cfg 10\n");
	expect_attach(&arm_smmu_identity_domain, "dma_wmb\nprefetch_cfg 10\n");
	expect_attach(&arm_smmu_blocked_domain,
		      "dma_wmb\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "prefetch_cfg 10\n");
	expect_attach(&arm_smmu_blocked_domain, "dma_wmb\nprefetch_cfg 10\n");
	end_master();
}

static void ats(void)
{
	const struct arm_smmu_inv invs[] = {
		INV(S1_ASID, 0x12, 0x11, 0xa0, .users = 1),
		INV(ATS, 0x40, 0x40, 0x10, .users = 1),
		INV(ATS, 0x40, 0x40, 0x11, .users = 1),
	};

	new_master(two_sids, 2, true);
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;

	/* On: EATS, then the whole ATC, then the device may ask. */
	expect_attach(&fix.s1_a,
		      "prepare s1-a\n"
		      "publish s1-a\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 11: 1\ncfgi_ste 11\nsync\n"
		      "STE 11: 0\ncfgi_ste 11\nsync\n"
		      "atc_inv 10.0\natc_inv 11.0\nsync\n"
		      "ATS on\n");
	expect_invs(&fix.s1_a, invs, 3);
	ktap_assert(fix.master.ats_enabled && fix.master.ste_ats_enabled);

	/* Stays on: flushed while both domains still invalidate. */
	expect_attach(&fix.s1_b,
		      "prepare s1-b\n"
		      "publish s1-b\n"
		      "CD 0: 0\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "CD 0: 1\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "atc_inv 10.0\natc_inv 11.0\nsync\n"
		      "unref s1-a\n"
		      "tlbi_nh_asid a0\nsync\n"
		      "purge s1-a\n");
	expect_no_invs(&fix.s1_a);

	/* Off: before the STE that refuses it; the ATC after. */
	expect_attach(&arm_smmu_identity_domain,
		      "ATS off\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "STE 11: 1\ncfgi_ste 11\nsync\n"
		      "STE 11: 0\ncfgi_ste 11\nsync\n"
		      "STE 11: 1\ncfgi_ste 11\nsync\n"
		      "atc_inv 10.0\natc_inv 11.0\nsync\n"
		      "unref s1-b\n"
		      "tlbi_nh_asid a1\nsync\n"
		      "purge s1-b\n"
		      "CD 0: 0\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n");
	expect_no_invs(&fix.s1_b);
	ktap_assert(!(fix.master.ats_enabled || fix.master.ste_ats_enabled));
	end_master();
}

static void nest_parent(void)
{
	const struct arm_smmu_inv invs[] = {
		INV(S2_VMID, 0x2a, 0x28, 0xa4, .users = 1),
		INV(S2_VMID_S1_CLEAR, 0x10, 0x10, 0xa4, .users = 1),
		INV(ATS_FULL, 0x40, 0x40, 0x10, .users = 1),
	};

	new_master(one_sid, 1, true);
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	expect_attach(&fix.parent,
		      "prepare parent\n"
		      "publish parent\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "ATS on\n");
	expect_invs(&fix.parent, invs, 3);
	/* The tag's S12_VMALL covers the nested stage 1. */
	expect_attach(&arm_smmu_blocked_domain,
		      "ATS off\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "unref parent\n"
		      "tlbi_s12_vmall a4\nsync\n"
		      "purge parent\n");
	expect_no_invs(&fix.parent);
	end_master();
}

static void reattach(void)
{
	const struct arm_smmu_inv invs[] = {
		INV(S2_VMID, 0x2a, 0x28, 0xa2, .users = 1),
		INV(ATS, 0x40, 0x40, 0x10, .users = 1),
	};

	new_master(one_sid, 1, false);
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	quiet_attach(&fix.s2_a);

	/* Twice in the array for a while; nothing to tell the SMMU. */
	expect_attach(&fix.s2_a, "prepare s2-a\npublish s2-a\nunref s2-a\npurge s2-a\n");
	expect_invs(&fix.s2_a, invs, 1);

	/* ATS comes: EATS is a safe bit, one step. The tag is used throughout. */
	fix.master.ats_supported = true;
	expect_attach(&fix.s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "ATS on\n"
		      "unref s2-a\n"
		      "purge s2-a\n");
	expect_invs(&fix.s2_a, invs, 2);

	/* stays */
	expect_attach(&fix.s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "atc_inv 10.0\nsync\n"
		      "unref s2-a\n"
		      "purge s2-a\n");
	expect_invs(&fix.s2_a, invs, 2);

	/* and goes: to_unref is of what was, to_merge of what will be. */
	fix.master.ats_supported = false;
	expect_attach(&fix.s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "ATS off\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "unref s2-a\n"
		      "purge s2-a\n");
	expect_invs(&fix.s2_a, invs, 1);
	end_master();
}

static void shared_domain(void)
{
	struct arm_smmu_inv invs[] = {
		INV(S1_ASID, 0x12, 0x11, 0xa0, .users = 2),
		INV(ATS, 0x40, 0x40, 0x20, .users = 1),
	};
	const u32 other_sid = 0x20;
	const struct arm_smmu_master_params params = {
		.sids = &other_sid,
		.num_sids = 1,
		.ats = true,
	};
	struct arm_smmu_master other;

	new_master(one_sid, 1, false);
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	ktap_assert_eq(arm_smmu_master_init(&other, &fix.smmu, &params), 0);
	quiet_attach(&fix.s1_a);
	ktap_assert_eq(arm_smmu_master_attach(&other, &fix.s1_a), 0);
	expect_invs(&fix.s1_a, invs, 2);

	/* The tag stays in use: no TLBI. */
	expect_attach(&arm_smmu_blocked_domain,
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "unref s1-a\n"
		      "purge s1-a\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n");
	invs[0].users = 1;
	expect_invs(&fix.s1_a, invs, 2);

	ktap_assert_eq(arm_smmu_master_attach(&other, &arm_smmu_blocked_domain), 0);
	expect_no_invs(&fix.s1_a);
	arm_smmu_master_destroy(&other);
	end_master();
}

static void one_pasid(void)
{
	struct arm_smmu_inv ats = INV(ATS, 0x40, 0x40, 0x10, .users = 1);
	struct arm_smmu_inv invs[2] = {
		INV(S1_ASID, 0x12, 0x11, 0xa5, .users = 1),
	};

	ats.ssid = 3;
	invs[1] = ats;
	new_master(one_sid, 1, true);
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;

	/* From blocked: the CD, then the STE comes to have a table of CDs. */
	expect_pasid(0, &fix.pasid_a, 3,
		     "prepare pasid-a\n"
		     "publish pasid-a\n"
		     "CD 3: 1 3\ncfgi_cd 10.3\nsync\n"
		     "CD 3: 0\ncfgi_cd 10.3\nsync\n"
		     "STE 10: 1\ncfgi_ste 10\nsync\n"
		     "STE 10: 0\ncfgi_ste 10\nsync\n"
		     "atc_inv 10.0\nsync\n"
		     "ATS on\n");
	expect_invs(&fix.pasid_a, invs, 2);
	ktap_assert_eq(fix.master.cd_table.used_ssids, 1);

	/* Stage 2 has no room for it. */
	record_start(&fix.master);
	ktap_assert_eq(arm_smmu_master_attach(&fix.master, &fix.s2_a), -EBUSY);
	ktap_assert_str(record_stop(), "");

	/* S1DSS decides, in one store, and reaches CD 0 that was ready before. */
	expect_attach(&fix.s1_a,
		      "prepare s1-a\n"
		      "publish s1-a\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n");
	expect_attach(&arm_smmu_identity_domain,
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "unref s1-a\n"
		      "tlbi_nh_asid a0\nsync\n"
		      "purge s1-a\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n");

	/* The last PASID takes the table of CDs along; ATS goes with it. */
	expect_block_pasid(&fix.pasid_a, 3,
			   "CD 3: 0\ncfgi_cd 10.3\nsync\n"
			   "CD 3: 1 3\ncfgi_cd 10.3\nsync\n"
			   "atc_inv 10.3\nsync\n"
			   "unref pasid-a\n"
			   "tlbi_nh_asid a5\nsync\n"
			   "purge pasid-a\n"
			   "ATS off\n"
			   "STE 10: 0\ncfgi_ste 10\nsync\n"
			   "STE 10: 1\ncfgi_ste 10\nsync\n"
			   "atc_inv 10.0\nsync\n");
	expect_no_invs(&fix.pasid_a);
	ktap_assert_eq(fix.master.cd_table.used_ssids, 0);

	/* Refused: no PASID, one too many, stage 2 here or there. */
	expect_pasid(-EINVAL, &fix.pasid_a, 0, "");
	expect_pasid(-EINVAL, &fix.pasid_a, 4, "");
	expect_pasid(-EINVAL, &fix.s2_a, 3, "");
	quiet_attach(&fix.s2_a);
	expect_pasid(-EINVAL, &fix.pasid_a, 3, "");
	end_master();
}

/* ATS without a table needs a table of CDs that nobody is in. */
static void ats_always_on(void)
{
	const struct arm_smmu_master_params params = {
		.sids = one_sid,
		.num_sids = 1,
		.ats = true,
		.ats_always_on = true,
	};

	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	ktap_assert_eq(arm_smmu_master_init(&fix.master, &fix.smmu, &params), 0);
	ktap_assert_eq(fix.master.cd_table.s1cdmax, 1);
	expect_attach(&arm_smmu_identity_domain,
		      "dma_wmb\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "ATS on\n"
		      "dma_wmb\n");
	expect_attach(&arm_smmu_blocked_domain,
		      "ATS off\n"
		      "dma_wmb\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "dma_wmb\n");
	end_master();
}

static const struct ktap_case cases[] = {
	KTAP_CASE(stage_1),
	KTAP_CASE(stage_2),
	KTAP_CASE(identity_blocked),
	KTAP_CASE(ats),
	KTAP_CASE(nest_parent),
	KTAP_CASE(reattach),
	KTAP_CASE(shared_domain),
	KTAP_CASE(one_pasid),
	KTAP_CASE(ats_always_on),
};

const struct ktap_suite selftest_attach_sequences = {
	KTAP_SUITE("attach-sequences", cases),
	.before = fix_before,
	.after = fix_after,
};
