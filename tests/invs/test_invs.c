// SPDX-License-Identifier: GPL-2.0-or-later
/* merge, unref and purge: single cases by hand, then the checker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include <compat/test_hooks.h>

#include <linux/err.h>
#include <linux/slab.h>

#include "checker.h"
#include "smmu.h"

#define STEPS		1200000UL
#define BUSTED_STEPS	20000UL

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

	assert_non_null(invs);
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

static void order_is_smmu_type_id_ssid(void **state)
{
	struct arm_smmu_inv l = ats(3, 1, 1), r = l;

	(void)state;
	assert_int_equal(arm_smmu_inv_cmp(&l, &r), 0);
	r.ssid = 2;
	assert_int_equal(arm_smmu_inv_cmp(&l, &r), -1);
	r.id = 2;
	assert_int_equal(arm_smmu_inv_cmp(&l, &r), 1);
	r.type = INV_TYPE_ATS_FULL;
	assert_int_equal(arm_smmu_inv_cmp(&l, &r), -1);
	l.smmu = &smmus[1];
	assert_int_equal(arm_smmu_inv_cmp(&l, &r), 1);

	/* The other half of the union is no part of the key. */
	l = asid(3, 1);
	r = l;
	r.pgsize = 16;
	assert_int_equal(arm_smmu_inv_cmp(&l, &r), 0);
	/* Ids are compared without a sign. */
	r.id = 0x80000000;
	assert_int_equal(arm_smmu_inv_cmp(&l, &r), -1);
	r.id = l.id;
	r.type = INV_TYPE_S2_VMID;
	assert_int_equal(arm_smmu_inv_cmp(&r, &l), 1);
}

static void merge_into_empty(void **state)
{
	struct arm_smmu_invs *empty = arm_smmu_invs_alloc(0), *merged;
	struct arm_smmu_invs *set = ARRAY(asid(7, 0), ats(1, 0, 0));

	(void)state;
	merged = arm_smmu_invs_merge(empty, set);
	assert_false(IS_ERR(merged));
	assert_int_equal(merged->num_invs, 2);
	assert_int_equal(merged->max_invs, 2);
	assert_int_equal(merged->num_trashes, 0);
	assert_int_equal(merged->inv[0].users, 1);
	assert_int_equal(merged->inv[0].size_opcode, CMDQ_OP_TLBI_NH_VA);
	assert_int_equal(merged->inv[1].users, 1);
	assert_true(merged->has_ats);
	assert_int_equal(empty->num_invs, 0);
	kfree(merged);
	kfree(set);
	kfree(empty);
}

static void merge_of_trash_and_its_key(void **state)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 2), asid(2, 0), asid(3, 1));
	struct arm_smmu_invs *set = ARRAY(asid(2, 0)), *merged;

	(void)state;
	merged = arm_smmu_invs_merge(invs, set);
	assert_false(IS_ERR(merged));
	/* The trash is dropped, the key begins anew. */
	assert_int_equal(merged->num_invs, 3);
	assert_int_equal(merged->num_trashes, 0);
	assert_int_equal(merged->inv[0].users, 2);
	assert_int_equal(merged->inv[1].id, 2);
	assert_int_equal(merged->inv[1].users, 1);
	assert_int_equal(merged->inv[2].users, 1);
	kfree(merged);
	kfree(set);
	kfree(invs);
}

/* Bridged PCI devices may have an id twice: both stay, and go, together. */
static void merge_and_unref_of_twins(void **state)
{
	struct arm_smmu_invs *empty = arm_smmu_invs_alloc(0), *one, *two;
	struct arm_smmu_invs *set = ARRAY(asid(7, 0), ats(1, 0, 0), ats(1, 0, 0));

	(void)state;
	one = arm_smmu_invs_merge(empty, set);
	assert_false(IS_ERR(one));
	assert_int_equal(one->num_invs, 3);
	two = arm_smmu_invs_merge(one, set);
	assert_false(IS_ERR(two));
	assert_int_equal(two->num_invs, 3);
	assert_int_equal(two->inv[1].users, 2);
	assert_int_equal(two->inv[2].users, 2);
	arm_smmu_invs_unref(two, set);
	assert_int_equal(set->inv[2].users, 1);
	arm_smmu_invs_unref(two, set);
	assert_int_equal(set->inv[0].users, 0);
	assert_int_equal(set->inv[1].users, 0);
	assert_int_equal(set->inv[2].users, 0);
	assert_int_equal(two->num_invs, 0);
	assert_int_equal(two->num_trashes, 0);
	kfree(two);
	kfree(one);
	kfree(set);
	kfree(empty);
}

static void merge_warns_of_disorder(void **state)
{
	struct arm_smmu_invs *empty = arm_smmu_invs_alloc(0), *merged;
	struct arm_smmu_invs *set = ARRAY(asid(2, 0), asid(1, 0));
	unsigned long warned = compat_warn_count;

	(void)state;
	compat_warn_expect(true);
	merged = arm_smmu_invs_merge(empty, set);
	compat_warn_expect(false);
	assert_int_equal(compat_warn_count - warned, 1);
	kfree(merged);
	kfree(set);
	kfree(empty);
}

static void unref_trims_behind_the_last_live(void **state)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 1), asid(2, 2), asid(3, 1), asid(4, 1));
	struct arm_smmu_invs *set = ARRAY(asid(1, 9), asid(4, 9));

	(void)state;
	arm_smmu_invs_unref(invs, set);
	assert_int_equal(invs->num_invs, 3);
	assert_int_equal(invs->num_trashes, 1);
	assert_int_equal(set->inv[0].users, 0);
	assert_int_equal(set->inv[1].users, 0);

	/* Trash from before is trimmed along with what follows it. */
	set->num_invs = 1;
	set->inv[0] = asid(3, 9);
	arm_smmu_invs_unref(invs, set);
	assert_int_equal(invs->num_invs, 2);
	assert_int_equal(invs->num_trashes, 1);

	set->inv[0] = asid(2, 9);
	arm_smmu_invs_unref(invs, set);
	assert_int_equal(set->inv[0].users, 1);
	assert_int_equal(invs->num_invs, 2);
	arm_smmu_invs_unref(invs, set);
	assert_int_equal(set->inv[0].users, 0);
	assert_int_equal(invs->num_invs, 0);
	assert_int_equal(invs->num_trashes, 0);
	assert_int_equal(invs->max_invs, 4);
	kfree(set);
	kfree(invs);
}

static void unref_of_absent_and_trash_warns(void **state)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 2), asid(3, 0), asid(5, 1));
	struct arm_smmu_invs *set = ARRAY(asid(0, 9), asid(1, 9), asid(3, 9), asid(6, 9));
	unsigned long warned = compat_warn_count;

	(void)state;
	compat_warn_expect(true);
	arm_smmu_invs_unref(invs, set);
	compat_warn_expect(false);
	assert_int_equal(compat_warn_count - warned, 3);
	/* Those are passed over, the one between them isn't. */
	assert_int_equal(set->inv[0].users, 9);
	assert_int_equal(set->inv[1].users, 1);
	assert_int_equal(set->inv[2].users, 9);
	assert_int_equal(set->inv[3].users, 9);
	assert_int_equal(invs->inv[0].users, 1);
	assert_int_equal(invs->inv[2].users, 1);
	assert_int_equal(invs->num_invs, 3);
	assert_int_equal(invs->num_trashes, 1);
	kfree(set);
	kfree(invs);
}

static void purge_drops_trash_and_has_ats(void **state)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 0), asid(2, 3), ats(1, 0, 0));
	struct arm_smmu_invs *purged;

	(void)state;
	purged = arm_smmu_invs_purge(invs);
	assert_non_null(purged);
	assert_int_equal(purged->num_invs, 1);
	assert_int_equal(purged->inv[0].id, 2);
	assert_int_equal(purged->inv[0].users, 3);
	assert_false(purged->has_ats);
	assert_null(arm_smmu_invs_purge(purged));
	kfree(purged);
	kfree(invs);
}

static void purge_of_a_damaged_array_warns(void **state)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 1));
	unsigned long warned = compat_warn_count;

	(void)state;
	invs->num_trashes = 2;
	compat_warn_expect(true);
	assert_null(arm_smmu_invs_purge(invs));
	compat_warn_expect(false);
	assert_int_equal(compat_warn_count - warned, 1);
	kfree(invs);
}

/* Each allocation in turn, until the call needs no further one. */
static void every_allocation_fails_once(void **state)
{
	struct arm_smmu_invs *invs = ARRAY(asid(1, 1), asid(2, 0), asid(3, 1));
	struct arm_smmu_invs *set = ARRAY(asid(3, 9), asid(4, 9));
	struct arm_smmu_inv before[3];
	struct arm_smmu_invs *new;
	long live = compat_alloc_live();
	unsigned int nth, i;

	(void)state;
	memcpy(before, invs->inv, sizeof(before));

	for (nth = 1;; nth++) {
		compat_fail_alloc_nth(nth);
		new = arm_smmu_invs_merge(invs, set);
		if (compat_fail_alloc_left())
			break;
		assert_ptr_equal(new, ERR_PTR(-ENOMEM));
		assert_int_equal(compat_alloc_live(), live);
		assert_memory_equal(invs->inv, before, sizeof(before));
		assert_int_equal(invs->num_invs, 3);
		assert_int_equal(invs->num_trashes, 1);
		assert_int_equal(set->inv[0].users, 9);
	}
	compat_fail_alloc_nth(0);
	assert_int_equal(nth, 2);
	assert_false(IS_ERR(new));
	kfree(new);

	for (nth = 1;; nth++) {
		compat_fail_alloc_nth(nth);
		new = arm_smmu_invs_purge(invs);
		if (compat_fail_alloc_left())
			break;
		assert_null(new);
		assert_int_equal(compat_alloc_live(), live);
		assert_memory_equal(invs->inv, before, sizeof(before));
	}
	compat_fail_alloc_nth(0);
	assert_int_equal(nth, 2);
	assert_non_null(new);
	kfree(new);

	for (i = 0; i < 2; i++) {
		compat_fail_alloc_nth(i);
		new = arm_smmu_invs_alloc(i);
		assert_true(!new == !!i);
		kfree(new);
	}
	/* No array is that long. */
	assert_null(arm_smmu_invs_alloc(SIZE_MAX / sizeof(struct arm_smmu_inv)));
	assert_int_equal(compat_alloc_live(), live);
	kfree(set);
	kfree(invs);
}

static void agrees_with_the_model(void **state)
{
	struct checked did;
	char why[200] = "";
	long live = compat_alloc_live();

	(void)state;
	if (!invs_check(&real, 0x9e3779b97f4a7c15ULL, STEPS, &did, why, sizeof(why)))
		fail_msg("%s", why);
	assert_int_equal(compat_alloc_live(), live);
	assert_int_equal(did.merges + did.unrefs + did.purges, STEPS);
	print_message("%lu merges; %lu times no memory\n", did.merges, did.failed_allocs);
	print_message("%lu unrefs: %lu trimmed, %lu entries trashed, %lu caller's bugs\n",
		      did.unrefs, did.trims, did.trashed, did.bugs);
	print_message("%lu purges: %lu made an array\n", did.purges, did.purged);
	/* Nothing of it was left out by chance. */
	assert_true(did.trims > STEPS / 100);
	assert_true(did.trashed > STEPS / 100);
	assert_true(did.bugs > STEPS / 100);
	assert_true(did.purged > STEPS / 100);
	assert_true(did.failed_allocs > STEPS / 100);
}

static void finds_planted_bugs(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < nr_busted; i++) {
		char why[200] = "";

		if (invs_check(&busted[i], 0x9e3779b97f4a7c15ULL, BUSTED_STEPS, NULL, why,
			       sizeof(why)))
			fail_msg("%s was not found", busted[i].name);
		print_message("%-34s %s\n", busted[i].name, why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_smmu_type_id_ssid),
		cmocka_unit_test(merge_into_empty),
		cmocka_unit_test(merge_of_trash_and_its_key),
		cmocka_unit_test(merge_and_unref_of_twins),
		cmocka_unit_test(merge_warns_of_disorder),
		cmocka_unit_test(unref_trims_behind_the_last_live),
		cmocka_unit_test(unref_of_absent_and_trash_warns),
		cmocka_unit_test(purge_drops_trash_and_has_ats),
		cmocka_unit_test(purge_of_a_damaged_array_warns),
		cmocka_unit_test(every_allocation_fails_once),
		cmocka_unit_test(agrees_with_the_model),
		cmocka_unit_test(finds_planted_bugs),
	};

	return cmocka_run_group_tests_name("invs", tests, NULL, NULL);
}
