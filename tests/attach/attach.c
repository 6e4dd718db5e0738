// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attach and detach: the exact order of commands, fences, stores and calls of the
 * domain's store, as arm_smmu_attach_dev() and its kin in Linux 7.3 have it; and
 * that a failure leaves everything as it was.
 */
#include "recorder.h"

#include "../../bench/compat/test_hooks.h"

static struct arm_smmu_device smmu;
static struct arm_smmu_master master;
static struct arm_smmu_domain s1_a, s1_b, s2_a, s2_b, parent, pasid_a;

static struct arm_smmu_domain *const domains[] = {
	&s1_a, &s1_b, &s2_a, &s2_b, &parent, &pasid_a,
};

/* Names in the trace. ASIDs and VMIDs are 0xa0 and up. */
static char *const names[] = { "s1-a", "s1-b", "s2-a", "s2-b", "parent", "pasid-a" };

static void set_strategy(enum smmu_strategy strategy)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(domains); i++)
		domains[i]->strategy = strategy;
}

static long allocs_before;

static int setup(void **state)
{
	unsigned int i;

	(void)state;
	allocs_before = compat_alloc_live();
	memset(&smmu, 0, sizeof(smmu));
	smmu.features = ARM_SMMU_FEAT_ATS | ARM_SMMU_FEAT_STALLS | ARM_SMMU_FEAT_ATTR_TYPES_OVR;
	for (i = 0; i < ARRAY_SIZE(domains); i++) {
		*domains[i] = (struct arm_smmu_domain){
			.stage = i >= 2 && i <= 4 ? ARM_SMMU_DOMAIN_S2 : ARM_SMMU_DOMAIN_S1,
			.nest_parent = i == 4,
			.asid = 0xa0 + i,
			.vmid = 0xa0 + i,
			.ttb = 0x100000 + (i << 12),
			.pgsize_bitmap = BIT(12) | BIT(21) | BIT(30),
			.strategy = SMMU_STRATEGY_NONE,
			.store = &record_store,
			.state = names[i],
		};
		assert_int_equal(record_store.init(domains[i]), 0);
	}
	return 0;
}

static int teardown(void **state)
{
	unsigned int i;

	(void)state;
	trace.on = false;
	trace.master = NULL;
	compat_fail_alloc_nth(0);
	for (i = 0; i < ARRAY_SIZE(domains); i++)
		record_store.destroy(domains[i]);
	assert_int_equal(compat_alloc_live(), allocs_before);
	assert_int_equal(compat_warn_count, 0);
	return 0;
}

static const u32 one_sid[] = { 0x10 };
static const u32 two_sids[] = { 0x11, 0x10 };

static void new_master(const u32 *sids, unsigned int num, bool ats)
{
	const struct arm_smmu_master_params params = {
		.sids = sids, .num_sids = num, .ssid_bits = 2, .ats = ats,
	};

	assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), 0);
}

static void end_master(void)
{
	assert_int_equal(arm_smmu_master_attach(&master, &arm_smmu_blocked_domain), 0);
	arm_smmu_master_destroy(&master);
}

static void quiet_attach(struct arm_smmu_domain *domain)
{
	trace.on = false;
	assert_int_equal(arm_smmu_master_attach(&master, domain), 0);
}

static void expect_attach(struct arm_smmu_domain *domain, const char *expected)
{
	trace_start(&master);
	assert_int_equal(arm_smmu_master_attach(&master, domain), 0);
	assert_string_equal(trace_stop(), expected);
	assert_ptr_equal(master.sid_domain, domain);
}

static void expect_invs(struct arm_smmu_domain *domain, const struct arm_smmu_inv *expected,
			size_t num)
{
	const struct arm_smmu_invs *invs = record_store_invs(domain);
	size_t i;

	assert_int_equal(invs->num_invs, num);
	for (i = 0; i < num; i++) {
		assert_ptr_equal(invs->inv[i].smmu, &smmu);
		assert_int_equal(invs->inv[i].type, expected[i].type);
		assert_int_equal(invs->inv[i].size_opcode, expected[i].size_opcode);
		assert_int_equal(invs->inv[i].nsize_opcode, expected[i].nsize_opcode);
		assert_int_equal(invs->inv[i].id, expected[i].id);
		assert_int_equal(invs->inv[i].pgsize, expected[i].pgsize);
		assert_int_equal(invs->inv[i].users, expected[i].users);
	}
}

#define expect_no_invs(domain) expect_invs(domain, NULL, 0)

/* ---- sequences --------------------------------------------------------- */

static void test_s1(void **state)
{
	const struct arm_smmu_inv invs[] = {
		{ .type = INV_TYPE_S1_ASID, .size_opcode = 0x12, .nsize_opcode = 0x11,
		  .id = 0xa0, .users = 1 },
	};

	(void)state;
	new_master(one_sid, 1, false);
	expect_attach(&s1_a,
		      "prepare s1-a\n"
		      "publish s1-a\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "prefetch_cfg 10\n");
	expect_invs(&s1_a, invs, 1);

	/* Another stage 1: the CD alone changes, and is invalid for two syncs. */
	expect_attach(&s1_b,
		      "prepare s1-b\n"
		      "publish s1-b\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "prefetch_cfg 10\n"
		      "unref s1-a\n"
		      "tlbi_nh_asid a0\nsync\n"
		      "purge s1-a\n");
	expect_no_invs(&s1_a);

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
	expect_no_invs(&s1_b);
	end_master();
}

static void test_s2(void **state)
{
	const struct arm_smmu_inv invs[] = {
		{ .type = INV_TYPE_S2_VMID, .size_opcode = 0x2a, .nsize_opcode = 0x28,
		  .id = 0xa2, .users = 1 },
	};

	(void)state;
	new_master(one_sid, 1, false);
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	expect_attach(&s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n");
	expect_invs(&s2_a, invs, 1);

	/* VMID and table: two qwords, so V = 0 first. */
	expect_attach(&s2_b,
		      "prepare s2-b\n"
		      "publish s2-b\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "unref s2-a\n"
		      "tlbi_s12_vmall a2\nsync\n"
		      "purge s2-a\n");
	/* The VMID is used by a stage 1 STE too, and there it is 0. */
	expect_attach(&s1_a,
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
	expect_attach(&s2_a,
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
static void test_identity_blocked(void **state)
{
	(void)state;
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

static void test_ats(void **state)
{
	const struct arm_smmu_inv invs[] = {
		{ .type = INV_TYPE_S1_ASID, .size_opcode = 0x12, .nsize_opcode = 0x11,
		  .id = 0xa0, .users = 1 },
		{ .type = INV_TYPE_ATS, .size_opcode = 0x40, .nsize_opcode = 0x40, .id = 0x10,
		  .users = 1 },
		{ .type = INV_TYPE_ATS, .size_opcode = 0x40, .nsize_opcode = 0x40, .id = 0x11,
		  .users = 1 },
	};

	(void)state;
	new_master(two_sids, 2, true);
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;

	/* On: EATS, then the whole ATC, then the device may ask. */
	expect_attach(&s1_a,
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
	expect_invs(&s1_a, invs, 3);
	assert_true(master.ats_enabled && master.ste_ats_enabled);

	/* Stays on: flushed while both domains still invalidate. */
	expect_attach(&s1_b,
		      "prepare s1-b\n"
		      "publish s1-b\n"
		      "CD 0: 0\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "CD 0: 1\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "CD 0: 0\ncfgi_cd 10.0\ncfgi_cd 11.0\nsync\n"
		      "atc_inv 10.0\natc_inv 11.0\nsync\n"
		      "unref s1-a\n"
		      "tlbi_nh_asid a0\nsync\n"
		      "purge s1-a\n");
	expect_no_invs(&s1_a);

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
	expect_no_invs(&s1_b);
	assert_false(master.ats_enabled || master.ste_ats_enabled);
	end_master();
}

static void test_nest_parent(void **state)
{
	const struct arm_smmu_inv invs[] = {
		{ .type = INV_TYPE_S2_VMID, .size_opcode = 0x2a, .nsize_opcode = 0x28,
		  .id = 0xa4, .users = 1 },
		{ .type = INV_TYPE_S2_VMID_S1_CLEAR, .size_opcode = 0x10, .nsize_opcode = 0x10,
		  .id = 0xa4, .users = 1 },
		{ .type = INV_TYPE_ATS_FULL, .size_opcode = 0x40, .nsize_opcode = 0x40,
		  .id = 0x10, .users = 1 },
	};

	(void)state;
	new_master(one_sid, 1, true);
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	expect_attach(&parent,
		      "prepare parent\n"
		      "publish parent\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "ATS on\n");
	expect_invs(&parent, invs, 3);
	/* The tag's S12_VMALL covers the nested stage 1. */
	expect_attach(&arm_smmu_blocked_domain,
		      "ATS off\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "unref parent\n"
		      "tlbi_s12_vmall a4\nsync\n"
		      "purge parent\n");
	expect_no_invs(&parent);
	end_master();
}

static void test_reattach(void **state)
{
	const struct arm_smmu_inv invs[] = {
		{ .type = INV_TYPE_S2_VMID, .size_opcode = 0x2a, .nsize_opcode = 0x28,
		  .id = 0xa2, .users = 1 },
		{ .type = INV_TYPE_ATS, .size_opcode = 0x40, .nsize_opcode = 0x40, .id = 0x10,
		  .users = 1 },
	};

	(void)state;
	new_master(one_sid, 1, false);
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	quiet_attach(&s2_a);

	/* Twice in the array for a while; nothing to tell the SMMU. */
	expect_attach(&s2_a, "prepare s2-a\npublish s2-a\nunref s2-a\npurge s2-a\n");
	expect_invs(&s2_a, invs, 1);

	/* ATS comes: EATS is a safe bit, one step. The tag is used throughout. */
	master.ats_supported = true;
	expect_attach(&s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "ATS on\n"
		      "unref s2-a\n"
		      "purge s2-a\n");
	expect_invs(&s2_a, invs, 2);

	/* stays */
	expect_attach(&s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "atc_inv 10.0\nsync\n"
		      "unref s2-a\n"
		      "purge s2-a\n");
	expect_invs(&s2_a, invs, 2);

	/* and goes: to_unref is of what was, to_merge of what will be. */
	master.ats_supported = false;
	expect_attach(&s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "ATS off\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "atc_inv 10.0\nsync\n"
		      "unref s2-a\n"
		      "purge s2-a\n");
	expect_invs(&s2_a, invs, 1);
	end_master();
}

static void test_shared_domain(void **state)
{
	struct arm_smmu_inv invs[] = {
		{ .type = INV_TYPE_S1_ASID, .size_opcode = 0x12, .nsize_opcode = 0x11,
		  .id = 0xa0, .users = 2 },
		{ .type = INV_TYPE_ATS, .size_opcode = 0x40, .nsize_opcode = 0x40, .id = 0x20,
		  .users = 1 },
	};
	const u32 other_sid = 0x20;
	const struct arm_smmu_master_params params = {
		.sids = &other_sid, .num_sids = 1, .ats = true,
	};
	struct arm_smmu_master other;

	(void)state;
	new_master(one_sid, 1, false);
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	assert_int_equal(arm_smmu_master_init(&other, &smmu, &params), 0);
	quiet_attach(&s1_a);
	assert_int_equal(arm_smmu_master_attach(&other, &s1_a), 0);
	expect_invs(&s1_a, invs, 2);

	/* The tag stays in use: no TLBI. */
	expect_attach(&arm_smmu_blocked_domain,
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "unref s1-a\n"
		      "purge s1-a\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n");
	invs[0].users = 1;
	expect_invs(&s1_a, invs, 2);

	assert_int_equal(arm_smmu_master_attach(&other, &arm_smmu_blocked_domain), 0);
	expect_no_invs(&s1_a);
	arm_smmu_master_destroy(&other);
	end_master();
}

static void expect_pasid(int ret, struct arm_smmu_domain *domain, u32 pasid, const char *expected)
{
	trace_start(&master);
	assert_int_equal(arm_smmu_s1_set_dev_pasid(domain, &master, pasid, NULL), ret);
	assert_string_equal(trace_stop(), expected);
}

static void expect_block_pasid(struct arm_smmu_domain *old, u32 pasid, const char *expected)
{
	trace_start(&master);
	arm_smmu_blocking_set_dev_pasid(&master, pasid, old);
	assert_string_equal(trace_stop(), expected);
}

static void test_pasid(void **state)
{
	struct arm_smmu_inv ats = {
		.type = INV_TYPE_ATS, .size_opcode = 0x40, .nsize_opcode = 0x40, .id = 0x10,
		.users = 1,
	};
	struct arm_smmu_inv invs[2] = {
		{ .type = INV_TYPE_S1_ASID, .size_opcode = 0x12, .nsize_opcode = 0x11,
		  .id = 0xa5, .users = 1 },
	};

	(void)state;
	ats.ssid = 3;
	invs[1] = ats;
	new_master(one_sid, 1, true);
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;

	/* From blocked: the CD, then the STE comes to have a table of CDs. */
	expect_pasid(0, &pasid_a, 3,
		     "prepare pasid-a\n"
		     "publish pasid-a\n"
		     "CD 3: 1 3\ncfgi_cd 10.3\nsync\n"
		     "CD 3: 0\ncfgi_cd 10.3\nsync\n"
		     "STE 10: 1\ncfgi_ste 10\nsync\n"
		     "STE 10: 0\ncfgi_ste 10\nsync\n"
		     "atc_inv 10.0\nsync\n"
		     "ATS on\n");
	expect_invs(&pasid_a, invs, 2);
	assert_int_equal(master.cd_table.used_ssids, 1);

	/* Stage 2 has no room for it. */
	trace_start(&master);
	assert_int_equal(arm_smmu_master_attach(&master, &s2_a), -EBUSY);
	assert_string_equal(trace_stop(), "");

	/* S1DSS decides, in one store, and reaches CD 0 that was ready before. */
	expect_attach(&s1_a,
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
	expect_block_pasid(&pasid_a, 3,
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
	expect_no_invs(&pasid_a);
	assert_int_equal(master.cd_table.used_ssids, 0);

	/* Refused: no PASID, one too many, stage 2 here or there. */
	expect_pasid(-EINVAL, &pasid_a, 0, "");
	expect_pasid(-EINVAL, &pasid_a, 4, "");
	expect_pasid(-EINVAL, &s2_a, 3, "");
	quiet_attach(&s2_a);
	expect_pasid(-EINVAL, &pasid_a, 3, "");
	end_master();
}

/* ATS without a table needs a table of CDs that nobody is in. */
static void test_ats_always_on(void **state)
{
	const struct arm_smmu_master_params params = {
		.sids = one_sid, .num_sids = 1, .ats = true, .ats_always_on = true,
	};

	(void)state;
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), 0);
	assert_int_equal(master.cd_table.s1cdmax, 1);
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

/* ---- invs -------------------------------------------------------------- */

static void expect_build(struct arm_smmu_domain *domain, bool ats, u32 ssid,
			 const struct arm_smmu_inv *expected, size_t num)
{
	const struct arm_smmu_invs *built = arm_smmu_master_build_invs(&master, ats, ssid, domain);
	size_t i;

	assert_non_null(built);
	assert_int_equal(built->num_invs, num);
	for (i = 0; i < num; i++) {
		assert_ptr_equal(built->inv[i].smmu, &smmu);
		assert_int_equal(built->inv[i].type, expected[i].type);
		assert_int_equal(built->inv[i].size_opcode, expected[i].size_opcode);
		assert_int_equal(built->inv[i].nsize_opcode, expected[i].nsize_opcode);
		assert_int_equal(built->inv[i].id, expected[i].id);
		assert_int_equal(built->inv[i].pgsize, expected[i].pgsize);
		assert_int_equal(built->inv[i].users, 0);
		if (i)
			assert_int_equal(arm_smmu_inv_cmp(&built->inv[i - 1], &built->inv[i]), -1);
	}
}

static void test_build_invs(void **state)
{
	const struct arm_smmu_inv s1 = {
		.type = INV_TYPE_S1_ASID, .size_opcode = 0x12, .nsize_opcode = 0x11, .id = 0xa0,
	};
	const struct arm_smmu_inv s1_ril_e2h[] = {
		{ .type = INV_TYPE_S1_ASID, .size_opcode = 0x22, .nsize_opcode = 0x21,
		  .id = 0xa0, .pgsize = 14 },
		{ .type = INV_TYPE_ATS, .size_opcode = 0x40, .nsize_opcode = 0x40,
		  .id = 0x10, .ssid = 3 },
		{ .type = INV_TYPE_ATS, .size_opcode = 0x40, .nsize_opcode = 0x40,
		  .id = 0x11, .ssid = 3 },
	};
	/* E2H is of stage 1; the range's page size is of neither S1_CLEAR nor ATS. */
	const struct arm_smmu_inv nested_ril[] = {
		{ .type = INV_TYPE_S2_VMID, .size_opcode = 0x2a, .nsize_opcode = 0x28,
		  .id = 0xa4, .pgsize = 12 },
		{ .type = INV_TYPE_S2_VMID_S1_CLEAR, .size_opcode = 0x10, .nsize_opcode = 0x10,
		  .id = 0xa4 },
		{ .type = INV_TYPE_ATS_FULL, .size_opcode = 0x40, .nsize_opcode = 0x40,
		  .id = 0x10 },
		{ .type = INV_TYPE_ATS_FULL, .size_opcode = 0x40, .nsize_opcode = 0x40,
		  .id = 0x11 },
	};

	(void)state;
	new_master(two_sids, 2, true);
	expect_build(&s1_a, false, 0, &s1, 1);
	smmu.features |= ARM_SMMU_FEAT_RANGE_INV | ARM_SMMU_FEAT_E2H;
	s1_a.pgsize_bitmap = BIT(14) | BIT(25);
	expect_build(&s1_a, true, 3, s1_ril_e2h, 3);
	s1_a.stage = ARM_SMMU_DOMAIN_SVA;
	expect_build(&s1_a, true, 3, s1_ril_e2h, 3);
	expect_build(&parent, true, 0, nested_ril, 4);
	expect_build(&parent, false, 0, nested_ril, 2);

	compat_warn_expect(true);
	assert_null(arm_smmu_master_build_invs(&master, true, 0, &arm_smmu_identity_domain));
	assert_int_equal(compat_warn_count, 1);
	compat_warn_count = 0;
	compat_warn_expect(false);
	arm_smmu_master_destroy(&master);
}

static void test_e2h_flush(void **state)
{
	(void)state;
	smmu.features |= ARM_SMMU_FEAT_E2H;
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	new_master(one_sid, 1, false);
	quiet_attach(&s1_a);
	expect_attach(&arm_smmu_blocked_domain,
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 10: 1\ncfgi_ste 10\nsync\n"
		      "unref s1-a\n"
		      "tlbi_el2_asid a0\nsync\n"
		      "purge s1-a\n"
		      "CD 0: 0\ncfgi_cd 10.0\nsync\n"
		      "CD 0: 1 3\ncfgi_cd 10.0\nsync\n");
	end_master();
}

/* ---- streams ----------------------------------------------------------- */

/* A bridge can give two functions one ID: one STE, though a command for each. */
static void test_doubled_stream(void **state)
{
	const u32 sids[] = { 0x12, 0x10, 0x12 };

	(void)state;
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	new_master(sids, 3, false);
	expect_attach(&s2_a,
		      "prepare s2-a\n"
		      "publish s2-a\n"
		      "STE 10: 1 2 3\ncfgi_ste 10\nsync\n"
		      "STE 10: 0\ncfgi_ste 10\nsync\n"
		      "STE 12: 1 2 3\ncfgi_ste 12\nsync\n"
		      "STE 12: 0\ncfgi_ste 12\nsync\n");
	end_master();
}

/* Commands between the syncs of the trace's ATC_INVs. */
static void atc_batches(unsigned int streams, unsigned int options, unsigned int *batches,
			unsigned int *num)
{
	u32 sids[140];
	const char *at;
	unsigned int i, n = 0;

	assert_true(streams <= ARRAY_SIZE(sids));
	for (i = 0; i < streams; i++)
		sids[i] = i;
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH | options;
	new_master(sids, streams, true);
	quiet_attach(&s2_a);
	trace_start(NULL);
	assert_int_equal(arm_smmu_master_attach(&master, &s2_a), 0);
	trace_stop();

	*num = 0;
	for (at = strstr(trace.text, "atc_inv"); at && strncmp(at, "unref", 5);
	     at = strchr(at, '\n') + 1) {
		if (!strncmp(at, "atc_inv", 7)) {
			n++;
		} else {
			assert_int_equal(strncmp(at, "sync", 4), 0);
			batches[(*num)++] = n;
			n = 0;
		}
	}
	assert_int_equal(n, 0);
	end_master();
}

static void test_many_streams(void **state)
{
	unsigned int batches[140], num;

	(void)state;
	atc_batches(64, 0, batches, &num);
	assert_int_equal(num, 1);
	assert_int_equal(batches[0], 64);

	atc_batches(130, 0, batches, &num);
	assert_int_equal(num, 1);
	assert_int_equal(batches[0], 130);

	/* Erratum 2812531: no 64 without a CMD_SYNC */
	atc_batches(130, ARM_SMMU_OPT_CMDQ_FORCE_SYNC, batches, &num);
	assert_int_equal(num, 3);
	assert_int_equal(batches[0], 63);
	assert_int_equal(batches[1], 63);
	assert_int_equal(batches[2], 4);

	/* The repeat erratum is not of ATC_INV. */
	atc_batches(65, ARM_SMMU_OPT_REPEAT_TLBI_CFGI, batches, &num);
	assert_int_equal(num, 1);
	assert_int_equal(batches[0], 65);
}

/* ---- strategies -------------------------------------------------------- */

static void append(char *to, size_t size, const char *what)
{
	assert_true(strlen(to) + strlen(what) < size);
	strcat(to, what);
}

static void append_fence(char *to, size_t size, enum smmu_fence f)
{
	if (f == SMMU_FENCE_NONE)
		return;
	append(to, size, smmu_fence_name(f));
	append(to, size, "\n");
}

/* Each fence in its place, once; entry fences at the top of each write and nowhere else. */
static void test_fences(void **state)
{
	enum smmu_strategy i;
	char want[2048];

	(void)state;
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	for (i = 0; i < SMMU_NR_STRATEGIES; i++) {
		const struct smmu_strategy_row *row = &smmu_strategies[i];

		if (row->publish == SMMU_FENCE_SYNC_RCU ||
		    row->publish == SMMU_FENCE_SYNC_RCU_EXPEDITED)
			assert_true(row->entry != row->publish);

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
		expect_attach(&s1_a, want);

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
static void test_two_strategies(void **state)
{
	(void)state;
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	s2_a.strategy = SMMU_STRATEGY_V9_DMA;
	s2_b.strategy = SMMU_STRATEGY_FULL;
	new_master(one_sid, 1, false);
	quiet_attach(&s2_a);
	expect_attach(&s2_b,
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
static void test_strategy_of_old(void **state)
{
	(void)state;
	smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	s1_a.strategy = SMMU_STRATEGY_FULL;
	pasid_a.strategy = SMMU_STRATEGY_MERGED;
	new_master(one_sid, 1, false);
	quiet_attach(&s1_a);
	assert_int_equal(arm_smmu_s1_set_dev_pasid(&pasid_a, &master, 3, NULL), 0);
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
	expect_block_pasid(&pasid_a, 3,
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

/* ---- failures ---------------------------------------------------------- */

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

static void test_master_init(void **state)
{
	struct arm_smmu_master_params params = {
		.sids = two_sids, .num_sids = 2, .ssid_bits = ARM_SMMU_MAX_SSID_BITS, .ats = true,
		.ats_always_on = true,
	};
	const long allocs = compat_alloc_live();
	unsigned int n;

	(void)state;
	/* streams, STEs, build_invs, CDs */
	for (n = 1; n <= 4; n++) {
		compat_fail_alloc_nth(n);
		assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), -ENOMEM);
		assert_int_equal(compat_alloc_live(), allocs);
	}
	compat_fail_alloc_nth(0);
	assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), 0);
	assert_int_equal(master.streams[0].id, 0x10);
	assert_int_equal(master.streams[1].id, 0x11);
	assert_int_equal(le64_to_cpu(master.stes[1].data[0]), 1);
	end_master();

	smmu.features &= ~ARM_SMMU_FEAT_ATS;
	assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), -EINVAL);
	params.ats_always_on = false;
	params.ssid_bits++;
	assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), -EINVAL);
	params.ssid_bits = 0;
	params.num_sids = 0;
	assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), -EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_s1),		  TEST(test_s2),	    TEST(test_identity_blocked),
		TEST(test_ats),		  TEST(test_nest_parent),   TEST(test_reattach),
		TEST(test_shared_domain), TEST(test_pasid),	    TEST(test_ats_always_on),
		TEST(test_build_invs),	  TEST(test_e2h_flush),	    TEST(test_doubled_stream),
		TEST(test_many_streams),  TEST(test_fences),	    TEST(test_two_strategies),
		TEST(test_strategy_of_old), TEST(test_failures),    TEST(test_abort),
		TEST(test_no_cd_table),	  TEST(test_master_init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
