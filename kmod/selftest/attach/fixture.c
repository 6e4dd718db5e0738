// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"

struct fixture fix;

struct arm_smmu_domain *const fix_domains[FIX_DOMAINS] = {
	&fix.s1_a, &fix.s1_b, &fix.s2_a, &fix.s2_b, &fix.parent, &fix.pasid_a,
};

/* Names in the trace. */
static char *const names[FIX_DOMAINS] = { "s1-a", "s1-b", "s2-a", "s2-b", "parent", "pasid-a" };

void fix_before(void)
{
	unsigned int i;

	memset(&fix, 0, sizeof(fix));
	fix.allocs = selftest_allocs();
	fix.warnings = selftest_warnings();
	fix.smmu.features = ARM_SMMU_FEAT_ATS | ARM_SMMU_FEAT_STALLS |
			    ARM_SMMU_FEAT_ATTR_TYPES_OVR;
	for (i = 0; i < FIX_DOMAINS; i++) {
		*fix_domains[i] = (struct arm_smmu_domain){
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
		ktap_assert_eq(record_store.init(fix_domains[i]), 0);
	}
}

void fix_after(void)
{
	unsigned int i;

	record_reset();
	selftest_fail_alloc(0);
	for (i = 0; i < FIX_DOMAINS; i++)
		if (fix_domains[i]->store)
			record_store.destroy(fix_domains[i]);
	ktap_assert_eq(selftest_allocs(), fix.allocs);
	ktap_assert_eq(selftest_warnings(), fix.warnings);
}

void set_strategy(enum smmu_strategy strategy)
{
	unsigned int i;

	for (i = 0; i < FIX_DOMAINS; i++)
		fix_domains[i]->strategy = strategy;
}

void new_master(const u32 *sids, unsigned int num, bool ats)
{
	const struct arm_smmu_master_params params = {
		.sids = sids,
		.num_sids = num,
		.ssid_bits = 2,
		.ats = ats,
	};

	ktap_assert_eq(arm_smmu_master_init(&fix.master, &fix.smmu, &params), 0);
}

void end_master(void)
{
	ktap_assert_eq(arm_smmu_master_attach(&fix.master, &arm_smmu_blocked_domain), 0);
	arm_smmu_master_destroy(&fix.master);
}

void quiet_attach(struct arm_smmu_domain *domain)
{
	record_reset();
	ktap_assert_eq(arm_smmu_master_attach(&fix.master, domain), 0);
}

void expect_attach(struct arm_smmu_domain *domain, const char *expected)
{
	if (ktap_failed())
		return;
	record_start(&fix.master);
	ktap_assert_eq(arm_smmu_master_attach(&fix.master, domain), 0);
	ktap_assert_str(record_stop(), expected);
	ktap_assert(fix.master.sid_domain == domain);
}

void expect_invs(struct arm_smmu_domain *domain, const struct arm_smmu_inv *expected, size_t num)
{
	const struct arm_smmu_invs *invs = record_store_invs(domain);
	size_t i;

	ktap_assert_eq(invs->num_invs, num);
	for (i = 0; i < num; i++) {
		ktap_assert(invs->inv[i].smmu == &fix.smmu);
		ktap_assert_eq(invs->inv[i].type, expected[i].type);
		ktap_assert_eq(invs->inv[i].size_opcode, expected[i].size_opcode);
		ktap_assert_eq(invs->inv[i].nsize_opcode, expected[i].nsize_opcode);
		ktap_assert_eq(invs->inv[i].id, expected[i].id);
		ktap_assert_eq(invs->inv[i].pgsize, expected[i].pgsize);
		ktap_assert_eq(invs->inv[i].users, expected[i].users);
	}
}

void expect_pasid(int ret, struct arm_smmu_domain *domain, u32 pasid, const char *expected)
{
	if (ktap_failed())
		return;
	record_start(&fix.master);
	ktap_assert_eq(arm_smmu_s1_set_dev_pasid(domain, &fix.master, pasid, NULL), ret);
	ktap_assert_str(record_stop(), expected);
}

void expect_block_pasid(struct arm_smmu_domain *old, u32 pasid, const char *expected)
{
	if (ktap_failed())
		return;
	record_start(&fix.master);
	arm_smmu_blocking_set_dev_pasid(&fix.master, pasid, old);
	ktap_assert_str(record_stop(), expected);
}
