// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an SMMU could see while arm_smmu_write_entry() goes from one configuration to
 * another, for every pair of them. What is expected comes from the fields of each
 * configuration, told here once more.
 */
/* The module has these two already. */
#define smmu_ste_section	steps_ste_section
#define smmu_cd_section		steps_cd_section
#include "transitions_entry.c"

#include <linux/bitops.h>
#include <linux/container_of.h>
#include <linux/sched.h>

#include "../selftest.h"
#include "steps.h"

const struct field ste_fields[NR_STE_FIELDS] = {
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

u64 ste_field_get(const __le64 *entry, const struct field *f)
{
	return le64_to_cpu(entry[f->qword]) << (63 - f->high) >> (63 - f->high + f->low);
}

bool ste_field_used(const __le64 *ste, const struct field *f)
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
bool ste_field_safe(const __le64 *from, const __le64 *to, unsigned int f)
{
	const struct field *eats = &ste_fields[F_EATS], *s2s = &ste_fields[F_S2S];

	if (f == F_MEV)
		return true;
	return f == F_EATS && !(ste_field_get(from, eats) & 2) && !(ste_field_get(to, eats) & 2) &&
	       !ste_field_get(from, s2s) && !ste_field_get(to, s2s);
}

/* Does an SMMU that reads @seen act as with @other? */
static bool ste_acts_as(const __le64 *seen, const __le64 *other)
{
	unsigned int i;

	for (i = 0; i < NR_STE_FIELDS; i++) {
		const struct field *f = &ste_fields[i];

		if (ste_field_used(seen, f) && !ste_field_safe(seen, other, i) &&
		    ste_field_get(seen, f) != ste_field_get(other, f))
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

void steps_note(struct arm_smmu_entry_writer *writer)
{
	struct steps *steps = container_of(writer->master, struct steps, master);

	ktap_assert(steps->num < MAX_STEPS);
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

void steps_run(struct steps *steps, write_fn write, bool is_cd, const __le64 *from,
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
	ktap_assert_mem(entry, to, sizeof(entry));
	/* A store after the last sync would be one that the SMMU isn't told of. */
	steps->entry = NULL;
	if (memcmp(steps->at[steps->num], to, sizeof(entry)))
		memcpy(steps->at[++steps->num], to, sizeof(entry));
}

/*
 * Between two syncs any part of the stores may have reached the SMMU: each subset of
 * the qwords that differ.
 */
unsigned int steps_bad(const struct steps *steps)
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

static void pair_init(struct smmu_run *run, struct smmu_transition *row, bool stall)
{
	memset(run, 0, sizeof(*run));
	smmu_run_init(run, row);
	run->master.smmu = &run->smmu;
	run->master.stall_enabled = stall;
	run->master.cd_table.cdtab_dma = 0x123000;
	run->master.cd_table.s1cdmax = 1;
}

void ste_make_pair(struct pair *pair, unsigned int from, unsigned int to)
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

void visit_pairs(pair_fn fn, void *arg)
{
	static struct pair pair;
	unsigned int from, to;

	for (from = 0; from < ARRAY_SIZE(ste_configs); from++) {
		for (to = 0; to < ARRAY_SIZE(ste_configs); to++) {
			if (!ste_row(from, to))
				continue;
			ste_make_pair(&pair, from, to);
			fn(&pair, arg);
			cond_resched();
		}
	}
	for (from = 0; from < ARRAY_SIZE(cd_configs); from++) {
		for (to = 0; to < ARRAY_SIZE(cd_configs); to++) {
			if (!cd_row(from, to))
				continue;
			cd_make_pair(&pair, from, to);
			fn(&pair, arg);
			cond_resched();
		}
	}
}

/* ---- judges of all pairs ------------------------------------- */

void count_pair(const struct pair *pair, void *arg)
{
	struct count *count = arg;
	static struct steps steps;
	unsigned int bad;

	steps_run(&steps, count->write, pair->is_cd, pair->from, pair->to);
	bad = steps_bad(&steps);
	if (bad && count->write == arm_smmu_write_entry)
		ktap_note("%s to %s: %u states are neither", pair->from_name, pair->to_name, bad);
	count->pairs++;
	count->bad_pairs += !!bad;
}

/* S2S = 1 with EATS = 1 in a stage 2 STE: IHI 0070, 5.2, illegal. */
static bool ste_illegal(const __le64 *ste)
{
	const struct field *eats = &ste_fields[F_EATS], *s2s = &ste_fields[F_S2S];

	return ste_field_used(ste, s2s) && ste_field_get(ste, eats) == 1 && ste_field_get(ste, s2s);
}

unsigned int count_illegal(write_fn write)
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
