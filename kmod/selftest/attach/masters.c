// SPDX-License-Identifier: GPL-2.0-or-later
/* What a master adds to a domain, and what its streams are sent. */
#include "fixture.h"

static void expect_build(struct arm_smmu_domain *domain, bool ats, u32 ssid,
			 const struct arm_smmu_inv *expected, size_t num)
{
	const struct arm_smmu_invs *built;
	size_t i;

	if (ktap_failed())
		return;
	built = arm_smmu_master_build_invs(&fix.master, ats, ssid, domain);
	ktap_assert(built);
	ktap_assert_eq(built->num_invs, num);
	for (i = 0; i < num; i++) {
		ktap_assert(built->inv[i].smmu == &fix.smmu);
		ktap_assert_eq(built->inv[i].type, expected[i].type);
		ktap_assert_eq(built->inv[i].size_opcode, expected[i].size_opcode);
		ktap_assert_eq(built->inv[i].nsize_opcode, expected[i].nsize_opcode);
		ktap_assert_eq(built->inv[i].id, expected[i].id);
		ktap_assert_eq(built->inv[i].pgsize, expected[i].pgsize);
		ktap_assert_eq(built->inv[i].users, 0);
		if (i)
			ktap_assert_eq(arm_smmu_inv_cmp(&built->inv[i - 1], &built->inv[i]), -1);
	}
}

/* A caller's bug. */
static void expect_no_build(struct arm_smmu_domain *domain)
{
	if (ktap_failed())
		return;
	selftest_expect_warn(true);
	ktap_expect(!arm_smmu_master_build_invs(&fix.master, true, 0, domain));
	selftest_expect_warn(false);
	ktap_assert_eq(selftest_warnings(), fix.warnings + 1);
	selftest_forget_warnings(fix.warnings);
}

static void build_invs(void)
{
	const struct arm_smmu_inv s1 = INV(S1_ASID, 0x12, 0x11, 0xa0);
	const struct arm_smmu_inv s1_ril_e2h[] = {
		INV(S1_ASID, 0x22, 0x21, 0xa0, .pgsize = 14),
		INV(ATS, 0x40, 0x40, 0x10, .ssid = 3),
		INV(ATS, 0x40, 0x40, 0x11, .ssid = 3),
	};
	/* E2H is of stage 1; the range's page size is of neither S1_CLEAR nor ATS. */
	const struct arm_smmu_inv nested_ril[] = {
		INV(S2_VMID, 0x2a, 0x28, 0xa4, .pgsize = 12),
		INV(S2_VMID_S1_CLEAR, 0x10, 0x10, 0xa4),
		INV(ATS_FULL, 0x40, 0x40, 0x10),
		INV(ATS_FULL, 0x40, 0x40, 0x11),
	};

	new_master(two_sids, 2, true);
	expect_build(&fix.s1_a, false, 0, &s1, 1);
	fix.smmu.features |= ARM_SMMU_FEAT_RANGE_INV | ARM_SMMU_FEAT_E2H;
	fix.s1_a.pgsize_bitmap = BIT(14) | BIT(25);
	expect_build(&fix.s1_a, true, 3, s1_ril_e2h, 3);
	fix.s1_a.stage = ARM_SMMU_DOMAIN_SVA;
	expect_build(&fix.s1_a, true, 3, s1_ril_e2h, 3);
	expect_build(&fix.parent, true, 0, nested_ril, 4);
	expect_build(&fix.parent, false, 0, nested_ril, 2);

	if (selftest_can(SELFTEST_CAN_WARN))
		expect_no_build(&arm_smmu_identity_domain);
	if (!ktap_failed())
		arm_smmu_master_destroy(&fix.master);
}

static void e2h_flush(void)
{
	fix.smmu.features |= ARM_SMMU_FEAT_E2H;
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	new_master(one_sid, 1, false);
	quiet_attach(&fix.s1_a);
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
static void doubled_stream(void)
{
	const u32 sids[] = { 0x12, 0x10, 0x12 };

	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH;
	new_master(sids, 3, false);
	expect_attach(&fix.s2_a,
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

	ktap_assert(streams <= ARRAY_SIZE(sids));
	for (i = 0; i < streams; i++)
		sids[i] = i;
	fix.smmu.options = ARM_SMMU_OPT_SKIP_PREFETCH | options;
	new_master(sids, streams, true);
	quiet_attach(&fix.s2_a);
	record_start(NULL);
	ktap_assert_eq(arm_smmu_master_attach(&fix.master, &fix.s2_a), 0);

	*num = 0;
	for (at = strstr(record_stop(), "atc_inv"); at && strncmp(at, "unref", 5);
	     at = strchr(at, '\n') + 1) {
		if (!strncmp(at, "atc_inv", 7)) {
			n++;
		} else {
			ktap_assert_eq(strncmp(at, "sync", 4), 0);
			batches[(*num)++] = n;
			n = 0;
		}
	}
	ktap_assert_eq(n, 0);
	end_master();
}

static void many_streams(void)
{
	unsigned int batches[140] = {}, num = 0;

	atc_batches(64, 0, batches, &num);
	ktap_assert_eq(num, 1);
	ktap_assert_eq(batches[0], 64);

	atc_batches(130, 0, batches, &num);
	ktap_assert_eq(num, 1);
	ktap_assert_eq(batches[0], 130);

	/* Erratum 2812531: no 64 without a CMD_SYNC */
	atc_batches(130, ARM_SMMU_OPT_CMDQ_FORCE_SYNC, batches, &num);
	ktap_assert_eq(num, 3);
	ktap_assert_eq(batches[0], 63);
	ktap_assert_eq(batches[1], 63);
	ktap_assert_eq(batches[2], 4);

	/* The repeat erratum is not of ATC_INV. */
	atc_batches(65, ARM_SMMU_OPT_REPEAT_TLBI_CFGI, batches, &num);
	ktap_assert_eq(num, 1);
	ktap_assert_eq(batches[0], 65);
}

static void master_init(void)
{
	struct arm_smmu_master_params params = {
		.sids = two_sids,
		.num_sids = 2,
		.ssid_bits = ARM_SMMU_MAX_SSID_BITS,
		.ats = true,
		.ats_always_on = true,
	};
	const long allocs = selftest_allocs();
	unsigned int n;

	/* streams, STEs, build_invs, CDs */
	for (n = 1; n <= 4 && selftest_can(SELFTEST_CAN_FAIL_ALLOCS); n++) {
		selftest_fail_alloc(n);
		ktap_assert_eq(arm_smmu_master_init(&fix.master, &fix.smmu, &params), -ENOMEM);
		ktap_assert_eq(selftest_allocs(), allocs);
	}
	selftest_fail_alloc(0);
	ktap_assert_eq(arm_smmu_master_init(&fix.master, &fix.smmu, &params), 0);
	ktap_assert_eq(fix.master.streams[0].id, 0x10);
	ktap_assert_eq(fix.master.streams[1].id, 0x11);
	ktap_assert_eq(le64_to_cpu(fix.master.stes[1].data[0]), 1);
	end_master();

	fix.smmu.features &= ~ARM_SMMU_FEAT_ATS;
	ktap_assert_eq(arm_smmu_master_init(&fix.master, &fix.smmu, &params), -EINVAL);
	params.ats_always_on = false;
	params.ssid_bits++;
	ktap_assert_eq(arm_smmu_master_init(&fix.master, &fix.smmu, &params), -EINVAL);
	params.ssid_bits = 0;
	params.num_sids = 0;
	ktap_assert_eq(arm_smmu_master_init(&fix.master, &fix.smmu, &params), -EINVAL);
}

static const struct ktap_case cases[] = {
	KTAP_CASE(build_invs),
	KTAP_CASE(e2h_flush),
	KTAP_CASE(doubled_stream),
	KTAP_CASE(many_streams),
	KTAP_CASE(master_init),
};

const struct ktap_suite selftest_attach_masters = {
	KTAP_SUITE("attach-masters", cases),
	.before = fix_before,
	.after = fix_after,
};
