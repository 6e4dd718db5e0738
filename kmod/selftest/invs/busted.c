// SPDX-License-Identifier: GPL-2.0-or-later
/* Writers with a bug planted round the real ones: the checker must catch each. */
#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../selftest.h"
#include "checker.h"

#define STEPS	20000UL

/* Calls with the trash of @invs brought to life, and marks it as trash again. */
static struct arm_smmu_invs *merge_keeps_trash(struct arm_smmu_invs *invs,
					       struct arm_smmu_invs *to_merge)
{
	const int mark = 1 << 20;
	struct arm_smmu_invs *merged;
	size_t i;

	for (i = 0; i < invs->num_invs; i++)
		if (!invs->inv[i].users)
			invs->inv[i].users = mark;
	merged = arm_smmu_invs_merge(invs, to_merge);
	for (i = 0; i < invs->num_invs; i++)
		if (invs->inv[i].users == mark)
			invs->inv[i].users = 0;
	if (IS_ERR(merged))
		return merged;
	for (i = 0; i < merged->num_invs; i++)
		if (merged->inv[i].users == mark) {
			merged->inv[i].users = 0;
			merged->num_trashes++;
		}
	return merged;
}

static struct arm_smmu_invs *merge_no_new_user(struct arm_smmu_invs *invs,
					       struct arm_smmu_invs *to_merge)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(invs, to_merge);
	size_t i;

	if (IS_ERR(merged))
		return merged;
	for (i = 0; i < merged->num_invs; i++)
		if (merged->inv[i].users > 1) {
			merged->inv[i].users--;
			break;
		}
	return merged;
}

static struct arm_smmu_invs *merge_drops_last(struct arm_smmu_invs *invs,
					      struct arm_smmu_invs *to_merge)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(invs, to_merge);

	if (!IS_ERR(merged) && merged->num_invs)
		merged->num_invs--;
	return merged;
}

static struct arm_smmu_invs *merge_no_ats(struct arm_smmu_invs *invs,
					  struct arm_smmu_invs *to_merge)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(invs, to_merge);

	if (!IS_ERR(merged))
		merged->has_ats = false;
	return merged;
}

static struct arm_smmu_invs *merge_unsorted(struct arm_smmu_invs *invs,
					    struct arm_smmu_invs *to_merge)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(invs, to_merge);

	if (!IS_ERR(merged) && merged->num_invs > 1) {
		struct arm_smmu_inv first = merged->inv[0];

		merged->inv[0] = merged->inv[1];
		merged->inv[1] = first;
	}
	return merged;
}

static struct arm_smmu_invs *merge_counts_before_memory(struct arm_smmu_invs *invs,
							struct arm_smmu_invs *to_merge)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(invs, to_merge);

	if (IS_ERR(merged) && invs->num_invs)
		invs->inv[0].users++;
	return merged;
}

static struct arm_smmu_invs *merge_leaks(struct arm_smmu_invs *invs,
					 struct arm_smmu_invs *to_merge)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(invs, to_merge);

	/* Held until the next call, so that the leak is the model's to find alone. */
	static void *held;

	kfree(held);
	held = NULL;
	if (IS_ERR(merged))
		held = kmalloc(16, GFP_KERNEL);
	return merged;
}

static void unref_no_trim(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref)
{
	size_t num = invs->num_invs;

	arm_smmu_invs_unref(invs, to_unref);
	invs->num_trashes += num - invs->num_invs;
	invs->num_invs = num;
}

static void unref_trim_uncounted(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref)
{
	size_t num = invs->num_invs;

	arm_smmu_invs_unref(invs, to_unref);
	invs->num_trashes += num - invs->num_invs;
}

static void unref_trims_live(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref)
{
	size_t num = invs->num_invs;

	arm_smmu_invs_unref(invs, to_unref);
	if (invs->num_invs && invs->num_invs < num)
		invs->num_invs--;
}

static void unref_tells_nobody(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref)
{
	size_t i;

	arm_smmu_invs_unref(invs, to_unref);
	for (i = 0; i < to_unref->num_invs; i++)
		if (!to_unref->inv[i].users)
			to_unref->inv[i].users = 1;
}

static void unref_silent(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref)
{
	unsigned long warned = selftest_warnings();

	arm_smmu_invs_unref(invs, to_unref);
	selftest_forget_warnings(warned);
}

/* Takes a user from whoever is there when the entry it looks for isn't. */
static void unref_takes_neighbour(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref)
{
	unsigned long warned = selftest_warnings();
	size_t i;

	arm_smmu_invs_unref(invs, to_unref);
	for (i = 0; selftest_warnings() != warned && i < invs->num_invs; i++)
		if (invs->inv[i].users > 1) {
			invs->inv[i].users--;
			break;
		}
}

static struct arm_smmu_invs *purge_forgets_users(struct arm_smmu_invs *invs)
{
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(invs);
	size_t i;

	for (i = 0; purged && i < purged->num_invs; i++)
		purged->inv[i].users = 1;
	return purged;
}

static struct arm_smmu_invs *purge_keeps_ats(struct arm_smmu_invs *invs)
{
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(invs);

	if (purged)
		purged->has_ats = invs->has_ats;
	return purged;
}

static struct arm_smmu_invs *purge_always(struct arm_smmu_invs *invs)
{
	size_t size = struct_size(invs, inv, invs->max_invs);
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(invs);

	if (purged || invs->num_trashes)
		return purged;
	purged = kmalloc(size, GFP_KERNEL);
	if (purged)
		memcpy(purged, invs, size);
	return purged;
}

static struct arm_smmu_invs *purge_loses_last(struct arm_smmu_invs *invs)
{
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(invs);

	if (purged && purged->num_invs) {
		purged->num_invs--;
		purged->max_invs--;
	}
	return purged;
}

static void must_catch(const void *with)
{
	const struct writers *w = with;
	static char why[200];

	if (invs_check(w, 0x9e3779b97f4a7c15ULL, STEPS, NULL, why, sizeof(why)))
		ktap_fail("%s was not caught", w->name);
	else
		ktap_note("%s caught: %s", w->name, why);
}

#define REAL_MERGE	.merge = arm_smmu_invs_merge
#define REAL_UNREF	.unref = arm_smmu_invs_unref
#define REAL_PURGE	.purge = arm_smmu_invs_purge
#define NEEDS_ALLOCS	.needs = SELFTEST_CAN_FAIL_ALLOCS
#define NEEDS_COUNT	.needs = SELFTEST_CAN_FAIL_ALLOCS | SELFTEST_CAN_COUNT_ALLOCS
#define NEEDS_WARN	.needs = SELFTEST_CAN_WARN

#define BUSTED(n, ...) \
	.name = n, .fn_with = must_catch, .with = &(const struct writers){ .name = n, __VA_ARGS__ }
#define MERGE(n, f)	BUSTED("busted-" n, .merge = f, REAL_UNREF, REAL_PURGE)
#define UNREF(n, f)	BUSTED("busted-" n, REAL_MERGE, .unref = f, REAL_PURGE)
#define PURGE(n, f)	BUSTED("busted-" n, REAL_MERGE, REAL_UNREF, .purge = f)

static const struct ktap_case cases[] = {
	{ MERGE("merge-keeps-trash", merge_keeps_trash) },
	{ MERGE("merge-no-new-user", merge_no_new_user) },
	{ MERGE("merge-drops-last", merge_drops_last) },
	{ MERGE("merge-no-ats", merge_no_ats) },
	{ MERGE("merge-unsorted", merge_unsorted) },
	{ MERGE("merge-counts-before-memory", merge_counts_before_memory), NEEDS_ALLOCS },
	{ MERGE("merge-leaks", merge_leaks), NEEDS_COUNT },
	{ UNREF("unref-no-trim", unref_no_trim) },
	{ UNREF("unref-trim-uncounted", unref_trim_uncounted) },
	{ UNREF("unref-trims-live", unref_trims_live) },
	{ UNREF("unref-tells-nobody", unref_tells_nobody) },
	{ UNREF("unref-silent", unref_silent), NEEDS_WARN },
	{ UNREF("unref-takes-neighbour", unref_takes_neighbour), NEEDS_WARN },
	{ PURGE("purge-forgets-users", purge_forgets_users) },
	{ PURGE("purge-keeps-ats", purge_keeps_ats) },
	{ PURGE("purge-always", purge_always) },
	{ PURGE("purge-loses-last", purge_loses_last) },
};

const struct ktap_suite selftest_invs_busted = { KTAP_SUITE("invs-busted", cases) };
