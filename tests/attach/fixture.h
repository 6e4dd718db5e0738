/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One SMMU, one master, a handful of domains on a recording store, and the trace of
 * an attach held against text. Included by one file a test.
 */
#ifndef ATTACH_FIXTURE_H
#define ATTACH_FIXTURE_H

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

static inline void set_strategy(enum smmu_strategy strategy)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(domains); i++)
		domains[i]->strategy = strategy;
}

static long allocs_before;

static inline int setup(void **state)
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

static inline int teardown(void **state)
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

static const u32 __maybe_unused one_sid[] = { 0x10 };
static const u32 __maybe_unused two_sids[] = { 0x11, 0x10 };

static inline void new_master(const u32 *sids, unsigned int num, bool ats)
{
	const struct arm_smmu_master_params params = {
		.sids = sids,
		.num_sids = num,
		.ssid_bits = 2,
		.ats = ats,
	};

	assert_int_equal(arm_smmu_master_init(&master, &smmu, &params), 0);
}

static inline void end_master(void)
{
	assert_int_equal(arm_smmu_master_attach(&master, &arm_smmu_blocked_domain), 0);
	arm_smmu_master_destroy(&master);
}

static inline void quiet_attach(struct arm_smmu_domain *domain)
{
	trace.on = false;
	assert_int_equal(arm_smmu_master_attach(&master, domain), 0);
}

static inline void expect_attach(struct arm_smmu_domain *domain, const char *expected)
{
	trace_start(&master);
	assert_int_equal(arm_smmu_master_attach(&master, domain), 0);
	assert_string_equal(trace_stop(), expected);
	assert_ptr_equal(master.sid_domain, domain);
}

static inline void expect_invs(struct arm_smmu_domain *domain, const struct arm_smmu_inv *expected,
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

static inline void expect_pasid(int ret, struct arm_smmu_domain *domain, u32 pasid,
				const char *expected)
{
	trace_start(&master);
	assert_int_equal(arm_smmu_s1_set_dev_pasid(domain, &master, pasid, NULL), ret);
	assert_string_equal(trace_stop(), expected);
}

static inline void expect_block_pasid(struct arm_smmu_domain *old, u32 pasid, const char *expected)
{
	trace_start(&master);
	arm_smmu_blocking_set_dev_pasid(&master, pasid, old);
	assert_string_equal(trace_stop(), expected);
}

/* An entry of an array: type, opcodes by their numbers, ID, and what else isn't 0. */
#define INV(name, size, nsize, number, ...)				\
	{								\
		.type = INV_TYPE_##name, .size_opcode = (size),		\
		.nsize_opcode = (nsize), .id = (number), __VA_ARGS__	\
	}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
