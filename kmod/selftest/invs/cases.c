// SPDX-License-Identifier: GPL-2.0-or-later
/* merge, unref and purge: single cases by hand, then the checker. */
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../selftest.h"
#include "checker.h"
#include "smmu.h"

#define STEPS		1200000UL

static struct arm_smmu_device smmus[2];

static const struct writers real = {
	.name = "invs",
	.merge = arm_smmu_invs_merge,
	.unref = arm_smmu_invs_unref,
	.purge = arm_smmu_invs_purge,
};

static struct arm_smmu_inv asid(u32 id, int users)
{
	return (struct arm_smmu_inv){
		.smmu = &smmus[0],
		.type = INV_TYPE_S1_ASID,
		.id = id,
		.users = users,
		.size_opcode = CMDQ_OP_TLBI_NH_VA,
		.nsize_opcode = CMDQ_OP_TLBI_NH_ASID,
	};
}

static struct arm_smmu_inv ats(u32 sid, u32 ssid, int users)
{
	return (struct arm_smmu_inv){
		.smmu = &smmus[0],
		.type = INV_TYPE_ATS,
		.id = sid,
		.ssid = ssid,
		.users = users,
		.size_opcode = CMDQ_OP_ATC_INV,
		.nsize_opcode = CMDQ_OP_ATC_INV,
	};
}

static struct arm_smmu_invs *array_of(size_t n, const struct arm_smmu_inv *inv)
{
	struct arm_smmu_invs *invs = arm_smmu_invs_alloc(n);
	size_t i;

	if (!ktap_expect(invs))
		return NULL;
	for (i = 0; i < n; i++) {
		invs->inv[i] = inv[i];
		invs->num_trashes += !inv[i].users;
		invs->has_ats |= arm_smmu_inv_is_ats(&inv[i]);
	}
	return invs;
}

#define ARRAY(...)								\
	array_of(sizeof((struct arm_smmu_inv[]){ __VA_ARGS__ }) /		\
		 sizeof(struct arm_smmu_inv),					\
		 (struct arm_smmu_inv[]){ __VA_ARGS__ })

static void order_is_smmu_type_id_ssid(void)
{
	struct arm_smmu_inv l = ats(3, 1, 1), r = l;

	ktap_assert_eq(arm_smmu_inv_cmp(&l, &r), 0);
	r.ssid = 2;
	ktap_assert_eq(arm_smmu_inv_cmp(&l, &r), -1);
	r.id = 2;
	ktap_assert_eq(arm_smmu_inv_cmp(&l, &r), 1);
	r.type = INV_TYPE_ATS_FULL;
	ktap_assert_eq(arm_smmu_inv_cmp(&l, &r), -1);
	l.smmu = &smmus[1];
	ktap_assert_eq(arm_smmu_inv_cmp(&l, &r), 1);

	/* The other half of the union is no part of the key. */
	l = asid(3, 1);
	r = l;
	r.pgsize = 16;
	ktap_assert_eq(arm_smmu_inv_cmp(&l, &r), 0);
	/* Ids are compared without a sign. */
	r.id = 0x80000000;
	ktap_assert_eq(arm_smmu_inv_cmp(&l, &r), -1);
	r.id = l.id;
	r.type = INV_TYPE_S2_VMID;
	ktap_assert_eq(arm_smmu_inv_cmp(&r, &l), 1);
}

static void merge_into_empty(void)
{
	struct arm_smmu_invs *empty = arm_smmu_invs_alloc(0), *merged;
	struct arm_smmu_invs *set = ARRAY(asid(7, 0), ats(1, 0, 0));

	ktap_assert(empty && set);
	merged = arm_smmu_invs_merge(empty, set);
	ktap_assert(!IS_ERR(merged));
	ktap_assert_eq(merged->num_invs, 2);
	ktap_assert_eq(merged->max_invs, 2);
	ktap_assert_eq(merged->num_trashes, 0);
	ktap_assert_eq(merged->inv[0].users, 1);
	ktap_assert_eq(merged->inv[0].size_opcode, CMDQ_OP_TLBI_NH_VA);
	ktap_assert_eq(merged->inv[1].users, 1);
	ktap_assert(merged->has_ats);
	ktap_assert_eq(empty->num_invs, 0);
	kfree(merged);
	kfree(set);
	kfree(empty);
}

static void merge_of_trash_and_its_key(void)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 2), asid(2, 0), asid(3, 1));
	struct arm_smmu_invs *set = ARRAY(asid(2, 0)), *merged;

	ktap_assert(invs && set);
	merged = arm_smmu_invs_merge(invs, set);
	ktap_assert(!IS_ERR(merged));
	/* The trash is dropped, the key begins anew. */
	ktap_assert_eq(merged->num_invs, 3);
	ktap_assert_eq(merged->num_trashes, 0);
	ktap_assert_eq(merged->inv[0].users, 2);
	ktap_assert_eq(merged->inv[1].id, 2);
	ktap_assert_eq(merged->inv[1].users, 1);
	ktap_assert_eq(merged->inv[2].users, 1);
	kfree(merged);
	kfree(set);
	kfree(invs);
}

/* Bridged PCI devices may have an id twice: both stay, and go, together. */
static void merge_and_unref_of_twins(void)
{
	struct arm_smmu_invs *empty = arm_smmu_invs_alloc(0), *one, *two;
	struct arm_smmu_invs *set = ARRAY(asid(7, 0), ats(1, 0, 0), ats(1, 0, 0));

	ktap_assert(empty && set);
	one = arm_smmu_invs_merge(empty, set);
	ktap_assert(!IS_ERR(one));
	ktap_assert_eq(one->num_invs, 3);
	two = arm_smmu_invs_merge(one, set);
	ktap_assert(!IS_ERR(two));
	ktap_assert_eq(two->num_invs, 3);
	ktap_assert_eq(two->inv[1].users, 2);
	ktap_assert_eq(two->inv[2].users, 2);
	arm_smmu_invs_unref(two, set);
	ktap_assert_eq(set->inv[2].users, 1);
	arm_smmu_invs_unref(two, set);
	ktap_assert_eq(set->inv[0].users, 0);
	ktap_assert_eq(set->inv[1].users, 0);
	ktap_assert_eq(set->inv[2].users, 0);
	ktap_assert_eq(two->num_invs, 0);
	ktap_assert_eq(two->num_trashes, 0);
	kfree(two);
	kfree(one);
	kfree(set);
	kfree(empty);
}

static void merge_warns_of_disorder(void)
{
	struct arm_smmu_invs *empty = arm_smmu_invs_alloc(0), *merged;
	struct arm_smmu_invs *set = ARRAY(asid(2, 0), asid(1, 0));
	unsigned long warned = selftest_warnings();

	ktap_assert(empty && set);
	selftest_expect_warn(true);
	merged = arm_smmu_invs_merge(empty, set);
	selftest_expect_warn(false);
	ktap_assert_eq(selftest_warnings() - warned, 1);
	kfree(merged);
	kfree(set);
	kfree(empty);
}

static void unref_trims_behind_the_last_live(void)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 1), asid(2, 2), asid(3, 1), asid(4, 1));
	struct arm_smmu_invs *set = ARRAY(asid(1, 9), asid(4, 9));

	ktap_assert(invs && set);
	arm_smmu_invs_unref(invs, set);
	ktap_assert_eq(invs->num_invs, 3);
	ktap_assert_eq(invs->num_trashes, 1);
	ktap_assert_eq(set->inv[0].users, 0);
	ktap_assert_eq(set->inv[1].users, 0);

	/* Trash from before is trimmed along with what follows it. */
	set->num_invs = 1;
	set->inv[0] = asid(3, 9);
	arm_smmu_invs_unref(invs, set);
	ktap_assert_eq(invs->num_invs, 2);
	ktap_assert_eq(invs->num_trashes, 1);

	set->inv[0] = asid(2, 9);
	arm_smmu_invs_unref(invs, set);
	ktap_assert_eq(set->inv[0].users, 1);
	ktap_assert_eq(invs->num_invs, 2);
	arm_smmu_invs_unref(invs, set);
	ktap_assert_eq(set->inv[0].users, 0);
	ktap_assert_eq(invs->num_invs, 0);
	ktap_assert_eq(invs->num_trashes, 0);
	ktap_assert_eq(invs->max_invs, 4);
	kfree(set);
	kfree(invs);
}

static void unref_of_absent_and_trash_warns(void)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 2), asid(3, 0), asid(5, 1));
	struct arm_smmu_invs *set = ARRAY(asid(0, 9), asid(1, 9), asid(3, 9), asid(6, 9));
	unsigned long warned = selftest_warnings();

	ktap_assert(invs && set);
	selftest_expect_warn(true);
	arm_smmu_invs_unref(invs, set);
	selftest_expect_warn(false);
	ktap_assert_eq(selftest_warnings() - warned, 3);
	/* Those are passed over, the one between them isn't. */
	ktap_assert_eq(set->inv[0].users, 9);
	ktap_assert_eq(set->inv[1].users, 1);
	ktap_assert_eq(set->inv[2].users, 9);
	ktap_assert_eq(set->inv[3].users, 9);
	ktap_assert_eq(invs->inv[0].users, 1);
	ktap_assert_eq(invs->inv[2].users, 1);
	ktap_assert_eq(invs->num_invs, 3);
	ktap_assert_eq(invs->num_trashes, 1);
	kfree(set);
	kfree(invs);
}

static void purge_drops_trash_and_has_ats(void)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 0), asid(2, 3), ats(1, 0, 0));
	struct arm_smmu_invs *purged;

	ktap_assert(invs);
	purged = arm_smmu_invs_purge(invs);
	ktap_assert(purged);
	ktap_assert_eq(purged->num_invs, 1);
	ktap_assert_eq(purged->inv[0].id, 2);
	ktap_assert_eq(purged->inv[0].users, 3);
	ktap_assert(!purged->has_ats);
	ktap_assert(!arm_smmu_invs_purge(purged));
	kfree(purged);
	kfree(invs);
}

static void purge_of_a_damaged_array_warns(void)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 1));
	unsigned long warned = selftest_warnings();

	ktap_assert(invs);
	invs->num_trashes = 2;
	selftest_expect_warn(true);
	ktap_assert(!arm_smmu_invs_purge(invs));
	selftest_expect_warn(false);
	ktap_assert_eq(selftest_warnings() - warned, 1);
	kfree(invs);
}

/* Each allocation in turn, until the call needs no further one. */
static void every_allocation_fails_once(void)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 1), asid(2, 0), asid(3, 1));
	struct arm_smmu_invs *set = ARRAY(asid(3, 9), asid(4, 9));
	struct arm_smmu_inv before[3];
	struct arm_smmu_invs *new;
	long live = selftest_allocs();
	unsigned int nth, i;

	ktap_assert(invs && set);
	memcpy(before, invs->inv, sizeof(before));

	for (nth = 1;; nth++) {
		selftest_fail_alloc(nth);
		new = arm_smmu_invs_merge(invs, set);
		if (selftest_fail_alloc_left())
			break;
		ktap_assert(new == ERR_PTR(-ENOMEM));
		ktap_assert_eq(selftest_allocs(), live);
		ktap_assert_mem(invs->inv, before, sizeof(before));
		ktap_assert_eq(invs->num_invs, 3);
		ktap_assert_eq(invs->num_trashes, 1);
		ktap_assert_eq(set->inv[0].users, 9);
	}
	selftest_fail_alloc(0);
	ktap_assert_eq(nth, 2);
	ktap_assert(!IS_ERR(new));
	kfree(new);

	for (nth = 1;; nth++) {
		selftest_fail_alloc(nth);
		new = arm_smmu_invs_purge(invs);
		if (selftest_fail_alloc_left())
			break;
		ktap_assert(!new);
		ktap_assert_eq(selftest_allocs(), live);
		ktap_assert_mem(invs->inv, before, sizeof(before));
	}
	selftest_fail_alloc(0);
	ktap_assert_eq(nth, 2);
	ktap_assert(new);
	kfree(new);

	for (i = 0; i < 2; i++) {
		selftest_fail_alloc(i);
		new = arm_smmu_invs_alloc(i);
		ktap_assert(!new == !!i);
		kfree(new);
	}
	/* No array is that long, which the kernel's allocator warns of. */
	if (selftest_can(SELFTEST_CAN_WARN))
		ktap_assert(!arm_smmu_invs_alloc(SIZE_MAX / sizeof(struct arm_smmu_inv)));
	ktap_assert_eq(selftest_allocs(), live);
	kfree(set);
	kfree(invs);
}

static void agrees_with_the_model(void)
{
	const unsigned long steps = selftest_share(STEPS, 10000);
	static struct checked did;
	static char why[200];
	long live = selftest_allocs();

	if (!invs_check(&real, 0x9e3779b97f4a7c15ULL, steps, &did, why, sizeof(why)))
		ktap_fail("%s", why);
	ktap_assert_eq(selftest_allocs(), live);
	ktap_assert_eq(did.merges + did.unrefs + did.purges, steps);
	ktap_note("%lu merges; %lu times no memory", did.merges, did.failed_allocs);
	ktap_note("%lu unrefs: %lu trimmed, %lu entries trashed, %lu caller's bugs", did.unrefs,
		  did.trims, did.trashed, did.bugs);
	ktap_note("%lu purges: %lu made an array", did.purges, did.purged);
	/* Nothing of it was left out by chance. */
	ktap_assert(did.trims > steps / 100);
	ktap_assert(did.trashed > steps / 100);
	ktap_assert(did.purged > steps / 100);
	if (selftest_can(SELFTEST_CAN_WARN))
		ktap_assert(did.bugs > steps / 100);
	if (selftest_can(SELFTEST_CAN_FAIL_ALLOCS))
		ktap_assert(did.failed_allocs > steps / 100);
}

static const struct ktap_case cases[] = {
	KTAP_CASE(order_is_smmu_type_id_ssid),
	KTAP_CASE(merge_into_empty),
	KTAP_CASE(merge_of_trash_and_its_key),
	KTAP_CASE(merge_and_unref_of_twins),
	KTAP_CASE_NEEDS(merge_warns_of_disorder, SELFTEST_CAN_WARN),
	KTAP_CASE(unref_trims_behind_the_last_live),
	KTAP_CASE_NEEDS(unref_of_absent_and_trash_warns, SELFTEST_CAN_WARN),
	KTAP_CASE(purge_drops_trash_and_has_ats),
	KTAP_CASE_NEEDS(purge_of_a_damaged_array_warns, SELFTEST_CAN_WARN),
	KTAP_CASE_NEEDS(every_allocation_fails_once, SELFTEST_CAN_FAIL_ALLOCS),
	KTAP_CASE(agrees_with_the_model),
};

const struct ktap_suite selftest_invs = { KTAP_SUITE("invs", cases) };
