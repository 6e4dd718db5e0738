// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arm_smmu_write_entry() over every pair of configurations: what an SMMU could see
 * on the way, and what it costs. What is expected comes from the fields of each
 * configuration, told here once more.
 */
#include "transitions_entry.c"

#include <linux/bitops.h>
#include <linux/container_of.h>

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
/* clang-format on */

#include "../../bench/compat/test_hooks.h"

/* ---- fields ------------------------------------------------------------ */

/* Who uses a field of an STE. IHI 0070, 5.2; bits of CFG as in CFG[2:0]. */
enum used_by {
	USED_ALWAYS,		/* V */
	USED_VALID,
	USED_S1,
	USED_S2,
	USED_S1_OR_S2,
	USED_SHCFG,		/* bypass of any kind, or stage 2 */
};

struct field {
	const char *name;
	unsigned int qword, high, low;
	enum used_by used_by;
};

static const struct field ste_fields[] = {
	{ "V", 0, 0, 0, USED_ALWAYS },
	{ "Config", 0, 3, 1, USED_VALID },
	{ "S1Fmt", 0, 5, 4, USED_S1 },
	{ "S1ContextPtr", 0, 51, 6, USED_S1 },
	{ "S1CDMax", 0, 63, 59, USED_S1 },
	{ "S1DSS", 1, 1, 0, USED_S1 },
	{ "S1CIR", 1, 3, 2, USED_S1 },
	{ "S1COR", 1, 5, 4, USED_S1 },
	{ "S1CSH", 1, 7, 6, USED_S1 },
	{ "MEV", 1, 19, 19, USED_S1_OR_S2 },
	{ "S2FWB", 1, 25, 25, USED_S2 },
	{ "S1STALLD", 1, 27, 27, USED_S1 },
	{ "EATS", 1, 29, 28, USED_S1_OR_S2 },
	{ "STRW", 1, 31, 30, USED_S1 },
	{ "SHCFG", 1, 45, 44, USED_SHCFG },
	{ "S2VMID", 2, 15, 0, USED_S1_OR_S2 },
	{ "VTCR", 2, 50, 32, USED_S2 },
	{ "S2AA64", 2, 51, 51, USED_S2 },
	{ "S2ENDI", 2, 52, 52, USED_S2 },
	{ "S2PTW", 2, 54, 54, USED_S2 },
	{ "S2S", 2, 57, 57, USED_S2 },
	{ "S2R", 2, 58, 58, USED_S2 },
	{ "S2TTB", 3, 51, 4, USED_S2 },
};

enum { F_V = 0, F_MEV = 9, F_EATS = 12, F_S2S = 20 };

static u64 field_get(const __le64 *entry, const struct field *f)
{
	return le64_to_cpu(entry[f->qword]) << (63 - f->high) >> (63 - f->high + f->low);
}

static bool ste_field_used(const __le64 *ste, const struct field *f)
{
	const unsigned int cfg = le64_to_cpu(ste[0]) >> 1 & 7;
	const bool s1 = cfg & 1, s2 = cfg & 2;

	if (f->used_by == USED_ALWAYS)
		return true;
	if (!(le64_to_cpu(ste[0]) & 1))
		return false;
	switch (f->used_by) {
	case USED_S1:
		return s1;
	case USED_S2:
		return s2;
	case USED_S1_OR_S2:
		return s1 || s2;
	case USED_SHCFG:
		return s2 || cfg == 4 || (s1 && (le64_to_cpu(ste[1]) & 3) == 1);
	default:
		return true;
	}
}

/* MEV at any time; EATS unless it is split, or could meet S2S. */
static bool ste_field_safe(const __le64 *from, const __le64 *to, unsigned int f)
{
	const struct field *eats = &ste_fields[F_EATS], *s2s = &ste_fields[F_S2S];

	if (f == F_MEV)
		return true;
	return f == F_EATS && !(field_get(from, eats) & 2) && !(field_get(to, eats) & 2) &&
	       !field_get(from, s2s) && !field_get(to, s2s);
}

/* Does an SMMU that reads @seen act as with @other? */
static bool ste_acts_as(const __le64 *seen, const __le64 *other)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ste_fields); i++) {
		const struct field *f = &ste_fields[i];

		if (ste_field_used(seen, f) && !ste_field_safe(seen, other, i) &&
		    field_get(seen, f) != field_get(other, f))
			return false;
	}
	return true;
}

/* A CD: all of it, except that EPD0 takes TTB0 and how to walk from it out. */
static bool cd_acts_as(const __le64 *seen, const __le64 *other)
{
	const bool epd0 = le64_to_cpu(seen[0]) >> 14 & 1;
	unsigned int i;

	for (i = 0; i < NUM_ENTRY_QWORDS; i++) {
		u64 differ = le64_to_cpu(seen[i] ^ other[i]);

		if (epd0 && i == 0)
			differ &= ~0x3fffULL;
		if (epd0 && i == 1)
			differ &= ~0xffffffffffff0ULL;
		if (differ)
			return false;
	}
	return true;
}

/* ---- everything that an SMMU can see ----------------------------------- */

#define MAX_STEPS 8

/* A write as it looked at each of its syncs; @at[0] is before it. */
struct steps {
	struct arm_smmu_master master;
	__le64 *entry;
	__le64 at[MAX_STEPS + 1][NUM_ENTRY_QWORDS];
	unsigned int num;
	bool is_cd;
};

static void steps_note(struct arm_smmu_entry_writer *writer)
{
	struct steps *steps = container_of(writer->master, struct steps, master);

	assert_true(steps->num < MAX_STEPS);
	memcpy(steps->at[++steps->num], steps->entry, sizeof(steps->at[0]));
}

static const struct arm_smmu_entry_writer_ops steps_ste_ops = {
	.get_used = arm_smmu_get_ste_used,
	.get_update_safe = arm_smmu_get_ste_update_safe,
	.sync = steps_note,
};

static const struct arm_smmu_entry_writer_ops steps_cd_ops = {
	.get_used = arm_smmu_get_cd_used,
	.sync = steps_note,
};

typedef void (*write_fn)(struct arm_smmu_entry_writer *writer, __le64 *entry,
			 const __le64 *target);

static void steps_run(struct steps *steps, write_fn write, bool is_cd, const __le64 *from,
		      const __le64 *to)
{
	__le64 entry[NUM_ENTRY_QWORDS];
	struct arm_smmu_entry_writer writer = {
		.ops = is_cd ? &steps_cd_ops : &steps_ste_ops,
		.master = &steps->master,
		.fence = SMMU_FENCE_DMA_WMB,
	};

	memcpy(entry, from, sizeof(entry));
	memcpy(steps->at[0], from, sizeof(entry));
	steps->entry = entry;
	steps->num = 0;
	steps->is_cd = is_cd;
	write(&writer, entry, to);
	assert_memory_equal(entry, to, sizeof(entry));
	/* A store after the last sync would be one that the SMMU isn't told of. */
	steps->entry = NULL;
	if (memcmp(steps->at[steps->num], to, sizeof(entry)))
		memcpy(steps->at[++steps->num], to, sizeof(entry));
}

/*
 * Between two syncs any part of the stores may have reached the SMMU: each subset of
 * the qwords that differ. Returns how many of these states are neither the old entry,
 * nor the new one, nor invalid.
 */
static unsigned int steps_bad(const struct steps *steps)
{
	bool (*const acts_as)(const __le64 *, const __le64 *) =
		steps->is_cd ? cd_acts_as : ste_acts_as;
	const u64 valid = steps->is_cd ? 1ULL << 31 : 1;
	const __le64 *from = steps->at[0], *to = steps->at[steps->num];
	unsigned int step, subset, i, bad = 0;

	for (step = 1; step <= steps->num; step++) {
		for (subset = 0; subset < 1U << NUM_ENTRY_QWORDS; subset++) {
			__le64 seen[NUM_ENTRY_QWORDS];

			for (i = 0; i < NUM_ENTRY_QWORDS; i++)
				seen[i] = steps->at[step - (subset >> i & 1 ? 0 : 1)][i];
			if (!(le64_to_cpu(seen[0]) & valid))
				continue;
			if (!acts_as(seen, from) && !acts_as(seen, to))
				bad++;
		}
	}
	return bad;
}

/* ---- pairs ------------------------------------------------------------- */

struct pair {
	__le64 from[NUM_ENTRY_QWORDS], to[NUM_ENTRY_QWORDS];
	const char *from_name, *to_name;
	bool is_cd;
};

static void pair_init(struct smmu_run *run, struct smmu_transition *row, bool stall)
{
	memset(run, 0, sizeof(*run));
	smmu_run_init(run, row);
	run->master.smmu = &run->smmu;
	run->master.stall_enabled = stall;
	run->master.cd_table.cdtab_dma = 0x123000;
	run->master.cd_table.s1cdmax = 1;
}

static void ste_make_pair(struct pair *pair, unsigned int from, unsigned int to)
{
	const struct ste_config *f = &ste_configs[from], *t = &ste_configs[to];
	static struct smmu_transition row;
	static struct smmu_run run;
	struct arm_smmu_ste ste;

	pair_init(&run, &row, f->stall || t->stall);
	make_ste(&run, f, &ste);
	memcpy(pair->from, ste.data, sizeof(pair->from));
	make_ste(&run, t, &ste);
	memcpy(pair->to, ste.data, sizeof(pair->to));
	pair->from_name = f->name;
	pair->to_name = t->name;
	pair->is_cd = false;
}

static void cd_make_pair(struct pair *pair, unsigned int from, unsigned int to)
{
	const struct cd_config *f = &cd_configs[from], *t = &cd_configs[to];
	static struct smmu_transition row;
	static struct smmu_run run;
	struct arm_smmu_cd cd;

	pair_init(&run, &row, f->stall || t->stall);
	make_cd(&run, f, &cd);
	memcpy(pair->from, cd.data, sizeof(pair->from));
	make_cd(&run, t, &cd);
	memcpy(pair->to, cd.data, sizeof(pair->to));
	pair->from_name = f->name;
	pair->to_name = t->name;
	pair->is_cd = true;
}

typedef void (*pair_fn)(const struct pair *pair, void *arg);

static void visit_pairs(pair_fn fn, void *arg)
{
	static struct pair pair;
	unsigned int from, to;

	for (from = 0; from < ARRAY_SIZE(ste_configs); from++) {
		for (to = 0; to < ARRAY_SIZE(ste_configs); to++) {
			if (!ste_row(from, to))
				continue;
			ste_make_pair(&pair, from, to);
			fn(&pair, arg);
		}
	}
	for (from = 0; from < ARRAY_SIZE(cd_configs); from++) {
		for (to = 0; to < ARRAY_SIZE(cd_configs); to++) {
			if (!cd_row(from, to))
				continue;
			cd_make_pair(&pair, from, to);
			fn(&pair, arg);
		}
	}
}

/* ---- writers with a planted bug ---------------------------------------- */

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

/* ---- tests: what an SMMU can see --------------------------------------- */

struct count {
	write_fn write;
	unsigned int pairs, bad_pairs;
};

static void count_pair(const struct pair *pair, void *arg)
{
	struct count *count = arg;
	static struct steps steps;
	unsigned int bad;

	steps_run(&steps, count->write, pair->is_cd, pair->from, pair->to);
	bad = steps_bad(&steps);
	if (bad && count->write == arm_smmu_write_entry)
		print_error("%s to %s: %u states are neither\n", pair->from_name, pair->to_name,
			    bad);
	count->pairs++;
	count->bad_pairs += !!bad;
}

static void test_never_neither(void **state)
{
	struct count count = { .write = arm_smmu_write_entry };

	(void)state;
	visit_pairs(count_pair, &count);
	assert_int_equal(count.bad_pairs, 0);
	/* 16 STEs without stalls, 4 more, 2 tables of them with abort and bypass; CDs */
	assert_int_equal(count.pairs, 16 * 16 + 6 * 6 + 2 * 6 * 2 + 5 * 5 + 2 * 2 + 2 * 2);
}

static void test_busted(void **state)
{
	static const write_fn busted[] = {
		busted_critical_first,
		busted_no_sync_between,
		busted_no_break,
		busted_valid_early,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(busted); i++) {
		struct count count = { .write = busted[i] };

		visit_pairs(count_pair, &count);
		if (!count.bad_pairs)
			fail_msg("busted writer %u went unnoticed", i);
	}
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

/* S2S = 1 with EATS = 1 in a stage 2 STE: IHI 0070, 5.2, illegal. */
static bool ste_illegal(const __le64 *ste)
{
	const struct field *eats = &ste_fields[F_EATS], *s2s = &ste_fields[F_S2S];

	return ste_field_used(ste, s2s) && field_get(ste, eats) == 1 && field_get(ste, s2s);
}

/* Pairs that pass through an illegal STE though neither of both is one. */
static unsigned int count_illegal(write_fn write)
{
	static struct steps steps;
	static struct pair pair;
	unsigned int from, to, step, illegal = 0;

	for (from = 0; from < ARRAY_SIZE(ste_configs); from++) {
		for (to = 0; to < ARRAY_SIZE(ste_configs); to++) {
			ste_make_pair(&pair, from, to);
			/* Stalls come and go: of two masters here, but a rule all the same */
			if (!ste_configs[from].stall)
				pair.from[2] &= ~cpu_to_le64(STRTAB_STE_2_S2S);
			if (!ste_configs[to].stall)
				pair.to[2] &= ~cpu_to_le64(STRTAB_STE_2_S2S);
			if (ste_illegal(pair.from) || ste_illegal(pair.to))
				continue;
			steps_run(&steps, write, false, pair.from, pair.to);
			for (step = 0; step <= steps.num; step++)
				illegal += ste_illegal(steps.at[step]);
		}
	}
	return illegal;
}

static void test_stall_and_ats(void **state)
{
	(void)state;
	assert_int_equal(count_illegal(arm_smmu_write_entry), 0);
	assert_true(count_illegal(busted_safe) > 0);
}

/* EATS of 0b11, which split EATS could pass through, isn't safe on the way. */
static void test_split_eats(void **state)
{
	const __le64 trans[NUM_ENTRY_QWORDS] = { 0, cpu_to_le64(1 << 28) };
	const __le64 split[NUM_ENTRY_QWORDS] = { 0, cpu_to_le64(2 << 28) };
	const __le64 none[NUM_ENTRY_QWORDS] = {};
	const u64 mev = 1 << 19, eats = 1 << 28;
	const struct {
		const __le64 *from, *to;
		u64 safe;
	} cases[] = {
		{ none, trans, mev | eats },
		{ trans, none, mev | eats },
		{ none, none, mev | eats },
		{ split, trans, mev },
		{ trans, split, mev },
		{ none, split, mev },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		__le64 safe[NUM_ENTRY_QWORDS] = {};

		arm_smmu_get_ste_update_safe(cases[i].from, cases[i].to, safe);
		assert_int_equal(le64_to_cpu(safe[1]), cases[i].safe);
		assert_int_equal(le64_to_cpu(safe[0]), 0);
	}
}

/* ---- tests: what it costs, by fields ----------------------------------- */

/* How many syncs and which qwords decide, from nothing but the fields' values. */
static void expect_ste_pair(const struct pair *pair, void *arg)
{
	bool before[NUM_ENTRY_QWORDS] = {}, after[NUM_ENTRY_QWORDS] = {};
	bool differ[NUM_ENTRY_QWORDS] = {};
	unsigned int i, used = 0, syncs = 0, critical, *rows = arg;
	static struct steps steps;

	if (pair->is_cd)
		return;

	for (i = 0; i < ARRAY_SIZE(ste_fields); i++) {
		const struct field *f = &ste_fields[i];
		const bool in_from = ste_field_used(pair->from, f);
		const bool in_to = ste_field_used(pair->to, f);

		if (field_get(pair->from, f) == field_get(pair->to, f))
			continue;
		differ[f->qword] = true;
		if (!in_from || (in_to && ste_field_safe(pair->from, pair->to, i)))
			before[f->qword] = true;
		else if (in_to)
			used |= 1U << f->qword;
		else
			after[f->qword] = true;
	}

	if (!used) {
		/* Changed at once */
		for (i = 0; i < NUM_ENTRY_QWORDS; i++)
			syncs |= differ[i];
	} else if (hweight8(used) == 1) {
		bool first = false, last = false;

		critical = __ffs(used);
		for (i = 0; i < NUM_ENTRY_QWORDS; i++) {
			first |= i != critical && before[i];
			last |= i != critical && after[i];
		}
		syncs = first + 1 + last;
	} else {
		bool middle = false;

		for (i = 1; i < NUM_ENTRY_QWORDS; i++)
			middle |= differ[i];
		syncs = 1 + middle + 1;
	}

	steps_run(&steps, arm_smmu_write_entry, false, pair->from, pair->to);
	if (steps.num != syncs)
		fail_msg("%s to %s: %u syncs, not %u", pair->from_name, pair->to_name, steps.num,
			 syncs);

	/* The same in the table's row. */
	for (i = *rows;; i++) {
		struct smmu_transition row;

		assert_int_equal(smmu_transition(i, &row), 0);
		assert_int_equal(row.table, SMMU_TRANSITIONS_STE);
		if (strcmp(row.from, pair->from_name) || strcmp(row.to, pair->to_name))
			continue;
		assert_int_equal(row.ste.syncs, syncs);
		assert_int_equal(row.ste.used, used);
		for (critical = 0; critical < NUM_ENTRY_QWORDS; critical++)
			assert_int_equal(row.ste.differ >> critical & 1, differ[critical]);
		assert_int_equal(row.ste.window, hweight8(used) > 1 ? syncs - 1 : 0);
		*rows = i + 1;
		break;
	}
}

static void test_fields(void **state)
{
	unsigned int rows = 0;

	(void)state;
	visit_pairs(expect_ste_pair, &rows);
	assert_int_equal(rows, 16 * 16 + 6 * 6 + 2 * 6 * 2);
}

/*
 * The driver's own tests call stage 1 to stage 2 hitless with 3 syncs: their VMID is
 * 0, which no real domain has.
 */
static void test_vmid_zero(void **state)
{
	static struct steps steps;
	static struct pair pair;
	unsigned int s1 = 2, s2 = 8, i;

	(void)state;
	assert_string_equal(ste_configs[s1].name, "s1");
	assert_string_equal(ste_configs[s2].name, "s2-a");
	ste_make_pair(&pair, s1, s2);
	pair.to[2] &= ~cpu_to_le64(0xffff);
	steps_run(&steps, arm_smmu_write_entry, false, pair.from, pair.to);
	assert_int_equal(steps.num, 3);
	for (i = 0; i <= steps.num; i++)
		assert_int_equal(le64_to_cpu(steps.at[i][0]) & 1, 1);
	assert_int_equal(steps_bad(&steps), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_neither),
		cmocka_unit_test(test_busted),
		cmocka_unit_test(test_stall_and_ats),
		cmocka_unit_test(test_split_eats),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_vmid_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
