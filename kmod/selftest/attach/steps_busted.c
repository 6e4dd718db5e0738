// SPDX-License-Identifier: GPL-2.0-or-later
/* Writers of entries with a planted bug: what an SMMU could see must give them away. */
#include <linux/bitops.h>
#include <linux/string.h>

#include "../selftest.h"
#include "steps.h"

static void busted_set(struct arm_smmu_entry_writer *writer, __le64 *entry,
		       const __le64 *target, unsigned int start, unsigned int len, bool sync)
{
	bool changed = memcmp(entry + start, target + start, len * sizeof(*entry));

	memcpy(entry + start, target + start, len * sizeof(*entry));
	if (changed && sync)
		writer->ops->sync(writer);
}

/* The qword that decides goes first, the others after it. */
static void busted_critical_first(struct arm_smmu_entry_writer *writer, __le64 *entry,
				  const __le64 *target)
{
	__le64 unused[NUM_ENTRY_QWORDS];
	const u8 diff = arm_smmu_entry_qword_diff(writer, entry, target, unused);

	if (hweight8(diff) != 1) {
		arm_smmu_write_entry(writer, entry, target);
		return;
	}
	busted_set(writer, entry, target, __ffs(diff), 1, true);
	busted_set(writer, entry, target, 0, NUM_ENTRY_QWORDS, true);
}

/* The steps are right, but nothing keeps the first two apart. */
static void busted_no_sync_between(struct arm_smmu_entry_writer *writer, __le64 *entry,
				   const __le64 *target)
{
	__le64 unused[NUM_ENTRY_QWORDS];
	const u8 diff = arm_smmu_entry_qword_diff(writer, entry, target, unused);

	if (hweight8(diff) != 1) {
		arm_smmu_write_entry(writer, entry, target);
		return;
	}
	unused[__ffs(diff)] = entry[__ffs(diff)];
	busted_set(writer, entry, unused, 0, NUM_ENTRY_QWORDS, false);
	busted_set(writer, entry, target, __ffs(diff), 1, true);
	busted_set(writer, entry, target, 0, NUM_ENTRY_QWORDS, true);
}

/* All qwords in a row, V stays set. */
static void busted_no_break(struct arm_smmu_entry_writer *writer, __le64 *entry,
			    const __le64 *target)
{
	__le64 unused[NUM_ENTRY_QWORDS];

	if (hweight8(arm_smmu_entry_qword_diff(writer, entry, target, unused)) < 2) {
		arm_smmu_write_entry(writer, entry, target);
		return;
	}
	busted_set(writer, entry, target, 1, NUM_ENTRY_QWORDS - 1, true);
	busted_set(writer, entry, target, 0, 1, true);
}

/* V comes on before the rest is there. */
static void busted_valid_early(struct arm_smmu_entry_writer *writer, __le64 *entry,
			       const __le64 *target)
{
	const __le64 zero[NUM_ENTRY_QWORDS] = {};
	__le64 unused[NUM_ENTRY_QWORDS];

	if (hweight8(arm_smmu_entry_qword_diff(writer, entry, target, unused)) < 2) {
		arm_smmu_write_entry(writer, entry, target);
		return;
	}
	busted_set(writer, entry, zero, 0, 1, true);
	busted_set(writer, entry, target, 0, 1, true);
	busted_set(writer, entry, target, 1, NUM_ENTRY_QWORDS - 1, true);
}

/* What it would be without a thought for S2S. */
static void busted_update_safe(const __le64 *cur, const __le64 *target, __le64 *safe)
{
	arm_smmu_get_ste_update_safe(cur, target, safe);
	safe[1] |= cpu_to_le64(STRTAB_STE_1_EATS);
}

static const struct arm_smmu_entry_writer_ops busted_safe_ops = {
	.get_used = arm_smmu_get_ste_used,
	.get_update_safe = busted_update_safe,
	.sync = steps_note,
};

static void busted_safe(struct arm_smmu_entry_writer *writer, __le64 *entry,
			const __le64 *target)
{
	writer->ops = &busted_safe_ops;
	arm_smmu_write_entry(writer, entry, target);
}

/* ---- are they caught? ------------------------------------------------- */

static void must_catch(const void *with)
{
	const write_fn *write = with;
	struct count count = { .write = *write };

	visit_pairs(count_pair, &count);
	ktap_assert(count.bad_pairs);
	ktap_note("caught: %u of %u pairs pass through what is neither", count.bad_pairs,
		  count.pairs);
}

static void illegal_is_caught(void)
{
	unsigned int illegal = count_illegal(busted_safe);

	ktap_assert(illegal > 0);
	ktap_note("caught: %u illegal STEs on the way", illegal);
}

#define BUSTED(n, f) \
	{ .name = "busted-" n, .fn_with = must_catch, .with = &(const write_fn){ f } }

static const struct ktap_case cases[] = {
	BUSTED("critical-first", busted_critical_first),
	BUSTED("no-sync-between", busted_no_sync_between),
	BUSTED("no-break", busted_no_break),
	BUSTED("valid-early", busted_valid_early),
	{ .name = "busted-eats-with-s2s", .fn = illegal_is_caught },
};

const struct ktap_suite selftest_attach_busted = { KTAP_SUITE("attach-busted", cases) };
