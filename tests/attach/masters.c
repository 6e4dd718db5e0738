// SPDX-License-Identifier: GPL-2.0-or-later
/* What a master adds to a domain, and what its streams are sent. */
#include "fixture.h"

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

static void test_master_init(void **state)
{
	struct arm_smmu_master_params params = {
		.sids = two_sids,
		.num_sids = 2,
		.ssid_bits = ARM_SMMU_MAX_SSID_BITS,
		.ats = true,
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
	const struct CMUnitTest tests[] = {
		TEST(test_build_invs),
		TEST(test_e2h_flush),
		TEST(test_doubled_stream),
		TEST(test_many_streams),
		TEST(test_master_init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
