// SPDX-License-Identifier: GPL-2.0-or-later
#include "transitions.h"

#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "transitions_run.h"

/* ---- what an SMMU would reach ------------------------------------------ */

static unsigned long reach_table(const struct smmu_run *run, u64 ttb)
{
	unsigned int i;

	for (i = 0; i < NR_DOMAINS; i++) {
		if (run->domains[i].ttb == ttb)
			return BIT(i);
	}
	return 0;
}

static unsigned long reach_cd(const struct smmu_run *run, unsigned int i)
{
	u64 qword0;

	if (!run->cd[i])
		return i ? REACH_CD_TABLE_PASID : REACH_CD_TABLE;

	qword0 = le64_to_cpu(run->cd[i]->data[0]);
	if (!(qword0 & CTXDESC_CD_0_V) || qword0 & CTXDESC_CD_0_TCR_EPD0)
		return 0;
	return reach_table(run, le64_to_cpu(run->cd[i]->data[1]));
}

static unsigned long reach(const struct smmu_run *run)
{
	const u64 qword0 = run->ste ? le64_to_cpu(run->ste->data[0]) : 0;
	unsigned long reached = 0;

	/* The table of single CDs: an STE points there all the time. */
	if (!run->ste)
		return reach_cd(run, 0);

	if (!(qword0 & STRTAB_STE_0_V))
		return 0;

	switch (FIELD_GET(STRTAB_STE_0_CFG, qword0)) {
	case STRTAB_STE_0_CFG_S1_TRANS:
		if (FIELD_GET(STRTAB_STE_1_S1DSS, le64_to_cpu(run->ste->data[1])) ==
		    STRTAB_STE_1_S1DSS_SSID0)
			reached |= reach_cd(run, 0);
		/* S1CDMAX of 0: no CD but the first */
		if (FIELD_GET(STRTAB_STE_0_S1CDMAX, qword0))
			reached |= reach_cd(run, 1);
		break;
	case STRTAB_STE_0_CFG_NESTED:
		reached |= REACH_GUEST_CD_TABLE;
		fallthrough;
	case STRTAB_STE_0_CFG_S2_TRANS:
		reached |= reach_table(run, le64_to_cpu(run->ste->data[3]));
		break;
	default:
		break;
	}
	return reached;
}

/* ---- watching ---------------------------------------------------------- */

static void take_snapshot(struct smmu_run *run)
{
	unsigned int i;

	if (run->ste)
		run->seen.ste = *run->ste;
	for (i = 0; i < ARRAY_SIZE(run->cd); i++) {
		if (run->cd[i])
			run->seen.cd[i] = *run->cd[i];
	}
}

static unsigned int entry_differ(const __le64 *l, const __le64 *r)
{
	unsigned int i, differ = 0;

	for (i = 0; i < NUM_ENTRY_QWORDS; i++) {
		if (l[i] != r[i])
			differ |= 1U << i;
	}
	return differ;
}

static const char * const store_names[2][NUM_ENTRY_QWORDS] = {
	{ "STE[0]", "STE[1]", "STE[2]", "STE[3]", "STE[4]", "STE[5]", "STE[6]", "STE[7]" },
	{ "CD[0]", "CD[1]", "CD[2]", "CD[3]", "CD[4]", "CD[5]", "CD[6]", "CD[7]" },
};

/*
 * A step of a write has ended: its stores are those since the last time. Only V
 * opens and closes a window; whether one was open counts in the end.
 */
static void step_ended(struct smmu_run *run, struct smmu_transition_entry *entry, bool is_cd,
		       const __le64 *now, const __le64 *before, u64 valid)
{
	const unsigned int differ = entry_differ(now, before);

	entry->syncs++;
	if (!(le64_to_cpu(now[0]) & valid))
		entry->window++;
	if (differ && !run->found && reach(run) & ~run->reached) {
		run->found = true;
		run->row->syncs_before = run->since_publish;
		run->row->reached_by = store_names[is_cd][__ffs(differ)];
	}
	run->since_publish++;
	take_snapshot(run);
}

static void watch_ste(struct arm_smmu_entry_writer *writer)
{
	struct smmu_run *run = container_of(writer->master, struct smmu_run, master);

	if (run->recording)
		step_ended(run, &run->row->ste, false, run->ste->data, run->seen.ste.data,
			   STRTAB_STE_0_V);
}

static void watch_cd(struct arm_smmu_entry_writer *writer)
{
	struct smmu_run *run = container_of(writer->master, struct smmu_run, master);
	unsigned int i;

	if (!run->recording)
		return;

	/* One attach writes one CD; the other has not moved. */
	for (i = 0; i < ARRAY_SIZE(run->cd); i++) {
		if (run->cd[i] && entry_differ(run->cd[i]->data, run->seen.cd[i].data))
			step_ended(run, &run->row->cd, true, run->cd[i]->data,
				   run->seen.cd[i].data, CTXDESC_CD_0_V);
	}
}

const struct arm_smmu_entry_writer_ops smmu_watched_ste_ops = {
	.get_used = arm_smmu_get_ste_used,
	.get_update_safe = arm_smmu_get_ste_update_safe,
	.sync = watch_ste,
};

const struct arm_smmu_entry_writer_ops smmu_watched_cd_ops = {
	.get_used = arm_smmu_get_cd_used,
	.sync = watch_cd,
};

/* A store that keeps nothing, and says when it would have published. */
static int watched_prepare(struct arm_smmu_domain *domain __always_unused,
			   struct smmu_store_txn *txn __always_unused)
{
	return 0;
}

static void watched_abort(struct arm_smmu_domain *domain __always_unused,
			  struct smmu_store_txn *txn __always_unused)
{
}

static void watched_install_new(struct arm_smmu_domain *domain,
				struct smmu_store_txn *txn __always_unused)
{
	struct smmu_run *run = domain->state;

	run->since_publish = 0;
}

static void watched_unref(struct arm_smmu_domain *domain __always_unused,
			  struct arm_smmu_invs *to_unref)
{
	size_t i;

	/* As if others used it still: the TLBI of the tag isn't asked for. */
	for (i = 0; i < to_unref->num_invs; i++)
		to_unref->inv[i].users = 1;
}

static void watched_purge(struct arm_smmu_domain *domain __always_unused)
{
}

static const struct smmu_store_ops watched_store = {
	.name = "watched",
	.prepare = watched_prepare,
	.abort = watched_abort,
	.install_new = watched_install_new,
	.unref = watched_unref,
	.purge = watched_purge,
};

void smmu_run_start(struct smmu_run *run)
{
	take_snapshot(run);
	run->reached = reach(run);
	run->since_publish = 0;
	run->recording = true;
}

void smmu_run_entry(struct smmu_transition_entry *entry,
		    const struct arm_smmu_entry_writer_ops *ops, const __le64 *from,
		    const __le64 *to, u64 valid)
{
	const struct arm_smmu_entry_writer writer = { .ops = ops };
	__le64 unused_update[NUM_ENTRY_QWORDS];
	const unsigned int differ = entry_differ(from, to);

	/* An attach that wrote none of its two CDs tells of the STE alone */
	if (!differ)
		return;
	entry->differ = differ;
	entry->used = arm_smmu_entry_qword_diff(&writer, from, to, unused_update);
	entry->how = !entry->used		 ? SMMU_HOW_SAFE :
		     hweight8(entry->used) == 1 ? SMMU_HOW_HITLESS :
						  SMMU_HOW_BREAK;
	/* It wasn't valid before, or isn't any more: nothing was interrupted. */
	if (!(le64_to_cpu(from[0]) & le64_to_cpu(to[0]) & valid))
		entry->window = 0;
}

void smmu_run_init(struct smmu_run *run, struct smmu_transition *row)
{
	static const struct {
		enum arm_smmu_domain_stage stage;
		bool nest_parent;
	} kinds[NR_DOMAINS] = {
		[DOMAIN_S1_A] = { ARM_SMMU_DOMAIN_S1 },
		[DOMAIN_S1_B] = { ARM_SMMU_DOMAIN_S1 },
		[DOMAIN_S2_A] = { ARM_SMMU_DOMAIN_S2 },
		[DOMAIN_S2_B] = { ARM_SMMU_DOMAIN_S2 },
		[DOMAIN_NEST_PARENT] = { ARM_SMMU_DOMAIN_S2, true },
		[DOMAIN_PASID_A] = { ARM_SMMU_DOMAIN_S1 },
		[DOMAIN_PASID_B] = { ARM_SMMU_DOMAIN_S1 },
	};
	unsigned int i;

	run->row = row;
	run->smmu.features = ARM_SMMU_FEAT_ATS | ARM_SMMU_FEAT_STALLS |
			     ARM_SMMU_FEAT_ATTR_TYPES_OVR;
	run->smmu.queue = SMMU_QUEUE_NONE;

	for (i = 0; i < NR_DOMAINS; i++) {
		run->domains[i] = (struct arm_smmu_domain){
			.stage = kinds[i].stage,
			.nest_parent = kinds[i].nest_parent,
			.asid = i + 1,
			.vmid = i + 1,
			.ttb = (i + 1ULL) << 12,
			.pgsize_bitmap = BIT(12),
			.strategy = SMMU_STRATEGY_NONE,
			.store = &watched_store,
			.state = run,
		};
	}
}

/* ---- the table --------------------------------------------------------- */

static const struct smmu_section *const sections[SMMU_NR_TRANSITION_TABLES] = {
	[SMMU_TRANSITIONS_STE] = &smmu_ste_section,
	[SMMU_TRANSITIONS_CD] = &smmu_cd_section,
	[SMMU_TRANSITIONS_ATTACH] = &smmu_attach_section,
};

/* Row @i as (table, from, to); false past the end, then @i is less by all rows. */
static bool find_row(unsigned int *i, unsigned int *table, unsigned int *from, unsigned int *to)
{
	for (*table = 0; *table < SMMU_NR_TRANSITION_TABLES; (*table)++) {
		const struct smmu_section *section = sections[*table];

		for (*from = 0; *from < section->configs; (*from)++) {
			for (*to = 0; *to < section->configs; (*to)++) {
				if (section->row(*from, *to) && !(*i)--)
					return true;
			}
		}
	}
	return false;
}

unsigned int smmu_nr_transitions(void)
{
	unsigned int i = ~0U, table, from, to;

	find_row(&i, &table, &from, &to);
	return ~0U - i;
}

int smmu_transition(unsigned int i, struct smmu_transition *row)
{
	unsigned int table, from, to;
	struct smmu_run *run;
	int ret;

	if (!find_row(&i, &table, &from, &to))
		return -ENOENT;

	run = kzalloc(sizeof(*run), GFP_KERNEL);
	if (!run)
		return -ENOMEM;

	memset(row, 0, sizeof(*row));
	row->table = table;
	smmu_run_init(run, row);
	ret = sections[table]->run(run, from, to);
	row->reaches = run->found;
	kfree(run);
	return ret;
}

const char *smmu_transition_table_name(enum smmu_transition_table table)
{
	static const char * const names[SMMU_NR_TRANSITION_TABLES] = {
		[SMMU_TRANSITIONS_STE] = "ste",
		[SMMU_TRANSITIONS_CD] = "cd",
		[SMMU_TRANSITIONS_ATTACH] = "attach",
	};

	return table < SMMU_NR_TRANSITION_TABLES ? names[table] : "?";
}

const char *smmu_transition_how_name(enum smmu_transition_how how)
{
	static const char * const names[SMMU_NR_HOWS] = {
		[SMMU_HOW_SAME] = "same",
		[SMMU_HOW_SAFE] = "safe",
		[SMMU_HOW_HITLESS] = "hitless",
		[SMMU_HOW_BREAK] = "break",
	};

	return how < SMMU_NR_HOWS ? names[how] : "?";
}
