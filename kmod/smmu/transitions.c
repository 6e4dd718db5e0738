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

#include "domain.h"

#define PASID			1

enum domain_index {
	DOMAIN_S1_A, DOMAIN_S1_B, DOMAIN_S2_A, DOMAIN_S2_B, DOMAIN_NEST_PARENT,
	DOMAIN_PASID_A, DOMAIN_PASID_B,
	NR_DOMAINS,
};

/* What an SMMU can reach: bit n is the table of domain n, and beside them */
#define REACH_CD_TABLE		BIT(8)	/* the CD without a PASID, whatever it says */
#define REACH_CD_TABLE_PASID	BIT(9)	/* those with one */
#define REACH_GUEST_CD_TABLE	BIT(10)

/**
 * struct run - one row while it is found out
 * @master: whose entries they are
 * @smmu: it has all features that an entry depends on, and no queue
 * @domains: to attach to
 * @ste: the STE that is watched
 * @cd: the CDs that are watched, without and with PASID; NULL when only the STE is
 * @recording: past the preparations
 * @seen: all three at the last sync
 * @reached: REACH_* when recording began
 * @since_publish: CMD_SYNCs completed since publish
 * @found: the first store that reaches more was seen
 * @row: to be filled
 */
struct run {
	struct arm_smmu_master master;
	struct arm_smmu_device smmu;
	struct arm_smmu_domain domains[NR_DOMAINS];
	struct arm_smmu_ste *ste;
	struct arm_smmu_cd *cd[2];
	bool recording;
	struct {
		struct arm_smmu_ste ste;
		struct arm_smmu_cd cd[2];
	} seen;
	unsigned long reached;
	unsigned int since_publish;
	bool found;
	struct smmu_transition *row;
};

/* ---- what an SMMU would reach ------------------------------------------ */

static unsigned long reach_table(const struct run *run, u64 ttb)
{
	unsigned int i;

	for (i = 0; i < NR_DOMAINS; i++) {
		if (run->domains[i].ttb == ttb)
			return BIT(i);
	}
	return 0;
}

static unsigned long reach_cd(const struct run *run, unsigned int i)
{
	u64 qword0;

	if (!run->cd[i])
		return i ? REACH_CD_TABLE_PASID : REACH_CD_TABLE;

	qword0 = le64_to_cpu(run->cd[i]->data[0]);
	if (!(qword0 & CTXDESC_CD_0_V) || qword0 & CTXDESC_CD_0_TCR_EPD0)
		return 0;
	return reach_table(run, le64_to_cpu(run->cd[i]->data[1]));
}

static unsigned long reach(const struct run *run)
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

static void take_snapshot(struct run *run)
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
static void step_ended(struct run *run, struct smmu_transition_entry *entry, bool is_cd,
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
	struct run *run = container_of(writer->master, struct run, master);

	if (run->recording)
		step_ended(run, &run->row->ste, false, run->ste->data, run->seen.ste.data,
			   STRTAB_STE_0_V);
}

static void watch_cd(struct arm_smmu_entry_writer *writer)
{
	struct run *run = container_of(writer->master, struct run, master);
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

static const struct arm_smmu_entry_writer_ops watched_ste_ops = {
	.get_used = arm_smmu_get_ste_used,
	.get_update_safe = arm_smmu_get_ste_update_safe,
	.sync = watch_ste,
};

static const struct arm_smmu_entry_writer_ops watched_cd_ops = {
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
	struct run *run = domain->state;

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

static void run_start(struct run *run)
{
	take_snapshot(run);
	run->reached = reach(run);
	run->since_publish = 0;
	run->recording = true;
}

static void entry_finish(struct smmu_transition_entry *entry,
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

static void run_init(struct run *run, struct smmu_transition *row)
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

/* ---- single STEs ------------------------------------------------------- */

enum ste_kind {
	STE_ABORT, STE_BYPASS, STE_S1, STE_S1_BYPASS, STE_S1_TERMINATE, STE_S2, STE_NESTED,
};

/**
 * struct ste_config - an STE that the driver installs
 * @name: for the user
 * @kind: how it is made
 * @domain: of stage 2
 * @ats: EATS
 * @stall: the master's faults stall; a master's never change
 */
struct ste_config {
	const char *name;
	enum ste_kind kind;
	enum domain_index domain;
	bool ats, stall;
};

static const struct ste_config ste_configs[] = {
	{ .name = "abort", .kind = STE_ABORT },
	{ .name = "bypass", .kind = STE_BYPASS },
	{ .name = "s1", .kind = STE_S1 },
	{ .name = "s1+ats", .kind = STE_S1, .ats = true },
	{ .name = "s1dss-bypass", .kind = STE_S1_BYPASS },
	{ .name = "s1dss-bypass+ats", .kind = STE_S1_BYPASS, .ats = true },
	{ .name = "s1dss-terminate", .kind = STE_S1_TERMINATE },
	{ .name = "s1dss-terminate+ats", .kind = STE_S1_TERMINATE, .ats = true },
	{ .name = "s2-a", .kind = STE_S2, .domain = DOMAIN_S2_A },
	{ .name = "s2-a+ats", .kind = STE_S2, .domain = DOMAIN_S2_A, .ats = true },
	{ .name = "s2-b", .kind = STE_S2, .domain = DOMAIN_S2_B },
	{ .name = "s2-b+ats", .kind = STE_S2, .domain = DOMAIN_S2_B, .ats = true },
	{ .name = "nest-parent", .kind = STE_S2, .domain = DOMAIN_NEST_PARENT },
	{ .name = "nest-parent+ats", .kind = STE_S2, .domain = DOMAIN_NEST_PARENT, .ats = true },
	{ .name = "nested", .kind = STE_NESTED, .domain = DOMAIN_NEST_PARENT },
	{ .name = "nested+ats", .kind = STE_NESTED, .domain = DOMAIN_NEST_PARENT, .ats = true },
	{ .name = "s1+stall", .kind = STE_S1, .stall = true },
	{ .name = "s1+ats+stall", .kind = STE_S1, .ats = true, .stall = true },
	{ .name = "s2-a+stall", .kind = STE_S2, .domain = DOMAIN_S2_A, .stall = true },
	{ .name = "s2-a+ats+stall", .kind = STE_S2, .domain = DOMAIN_S2_A, .ats = true,
	  .stall = true },
	{ .name = "s2-b+stall", .kind = STE_S2, .domain = DOMAIN_S2_B, .stall = true },
	{ .name = "s2-b+ats+stall", .kind = STE_S2, .domain = DOMAIN_S2_B, .ats = true,
	  .stall = true },
};

static void make_ste(struct run *run, const struct ste_config *config, struct arm_smmu_ste *ste)
{
	/* What a guest would have in its own STE: a table of CDs */
	const __le64 vste[2] = {
		cpu_to_le64(STRTAB_STE_0_V |
			    FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_S1_TRANS) |
			    (0xabc000 & STRTAB_STE_0_S1CTXPTR_MASK)),
		cpu_to_le64(FIELD_PREP(STRTAB_STE_1_S1DSS, STRTAB_STE_1_S1DSS_SSID0) |
			    FIELD_PREP(STRTAB_STE_1_S1CSH, ARM_SMMU_SH_ISH)),
	};
	struct arm_smmu_domain *domain = &run->domains[config->domain];
	struct arm_smmu_master *master = &run->master;

	switch (config->kind) {
	case STE_ABORT:
		arm_smmu_make_abort_ste(ste);
		break;
	case STE_BYPASS:
		arm_smmu_make_bypass_ste(&run->smmu, ste);
		break;
	case STE_S1:
		arm_smmu_make_cdtable_ste(ste, master, config->ats, STRTAB_STE_1_S1DSS_SSID0);
		break;
	case STE_S1_BYPASS:
		arm_smmu_make_cdtable_ste(ste, master, config->ats, STRTAB_STE_1_S1DSS_BYPASS);
		break;
	case STE_S1_TERMINATE:
		arm_smmu_make_cdtable_ste(ste, master, config->ats,
					  STRTAB_STE_1_S1DSS_TERMINATE);
		break;
	case STE_S2:
		arm_smmu_make_s2_domain_ste(ste, master, domain, config->ats);
		break;
	case STE_NESTED:
		arm_smmu_make_nested_cd_table_ste(ste, master, domain, vste, config->ats);
		break;
	}
}

static bool ste_has_cd_table(const struct ste_config *config)
{
	return config->kind == STE_S1 || config->kind == STE_S1_BYPASS ||
	       config->kind == STE_S1_TERMINATE;
}

static bool ste_has_table(const struct ste_config *config)
{
	return config->kind != STE_ABORT && config->kind != STE_BYPASS;
}

/* Only a guest's own STE takes ATS off a master that has it. */
static bool ste_ats_agrees(const struct ste_config *from, const struct ste_config *to)
{
	if (!ste_has_table(from) || !ste_has_table(to) || from->ats == to->ats)
		return true;
	return from->ats ? to->kind == STE_NESTED : from->kind == STE_NESTED;
}

/* A row for this pair? The two must be STEs of one master. */
static bool ste_pair(const struct ste_config *from, const struct ste_config *to)
{
	return from->stall == to->stall || (from->stall && !ste_has_table(to)) ||
	       (to->stall && !ste_has_table(from));
}

/*
 * Which function of the driver goes from one to the other, if any. S1DSS other than
 * SSID0 means that PASIDs are in use, or, bypass with ATS, a master whose ATS is
 * always on; stage 2 refuses the former.
 */
static const char *ste_op(const struct ste_config *from, const struct ste_config *to)
{
	const bool always_on = from->kind == STE_S1_BYPASS && from->ats;

	if (!ste_ats_agrees(from, to))
		return NULL;

	switch (to->kind) {
	case STE_ABORT:
		if (from->kind == STE_S1_TERMINATE)
			return "arm_smmu_blocking_set_dev_pasid";
		if (from->kind == STE_S1_BYPASS && !always_on)
			return NULL;
		return "arm_smmu_attach_dev_blocked";
	case STE_BYPASS:
		if (from->kind == STE_S1_BYPASS)
			return "arm_smmu_blocking_set_dev_pasid";
		if (from->kind == STE_S1_TERMINATE)
			return NULL;
		return "arm_smmu_attach_dev_identity";
	case STE_S1:
		return "arm_smmu_attach_dev";
	case STE_S1_BYPASS:
		if (from->kind == STE_BYPASS)
			return "arm_smmu_set_pasid";
		if (ste_has_cd_table(from) || to->ats)
			return "arm_smmu_attach_dev_identity";
		return NULL;
	case STE_S1_TERMINATE:
		if (from->kind == STE_ABORT)
			return "arm_smmu_set_pasid";
		return ste_has_cd_table(from) ? "arm_smmu_attach_dev_blocked" : NULL;
	case STE_S2:
	case STE_NESTED:
		if (from->kind == STE_S1_TERMINATE ||
		    (from->kind == STE_S1_BYPASS && !always_on))
			return NULL;
		return to->kind == STE_S2 ? "arm_smmu_attach_dev" : "arm_smmu_attach_dev_nested";
	}
	return NULL;
}

static bool ste_row(unsigned int from, unsigned int to)
{
	return ste_pair(&ste_configs[from], &ste_configs[to]);
}

static int ste_run(struct run *run, unsigned int from, unsigned int to)
{
	const struct ste_config *config = &ste_configs[from], *target = &ste_configs[to];
	struct arm_smmu_entry_writer writer = {
		.ops = &watched_ste_ops,
		.master = &run->master,
		.fence = SMMU_FENCE_NONE,
	};
	struct arm_smmu_ste old, new, ste;

	run->master.smmu = &run->smmu;
	run->master.stall_enabled = config->stall || target->stall;
	run->master.cd_table.cdtab_dma = 0x123000;
	run->master.cd_table.s1cdmax = 1;

	make_ste(run, config, &old);
	make_ste(run, target, &new);
	ste = old;
	run->ste = &ste;

	run_start(run);
	arm_smmu_write_entry(&writer, ste.data, new.data);

	run->row->from = config->name;
	run->row->to = target->name;
	run->row->op = ste_op(config, target);
	entry_finish(&run->row->ste, writer.ops, old.data, new.data, STRTAB_STE_0_V);
	return 0;
}

/* ---- single CDs -------------------------------------------------------- */

/**
 * struct cd_config - a CD that the driver installs
 * @name: for the user
 * @valid: else all zeroes
 * @domain: whose
 * @other_asid: under another ASID, as if it were shared with a CPU's page table
 * @released: the address space is gone
 * @stall: as in struct ste_config
 */
struct cd_config {
	const char *name;
	bool valid;
	enum domain_index domain;
	bool other_asid, released, stall;
};

static const struct cd_config cd_configs[] = {
	{ .name = "invalid" },
	{ .name = "a", .valid = true, .domain = DOMAIN_S1_A },
	{ .name = "a-other-asid", .valid = true, .domain = DOMAIN_S1_A, .other_asid = true },
	{ .name = "a-released", .valid = true, .domain = DOMAIN_S1_A, .released = true },
	{ .name = "b", .valid = true, .domain = DOMAIN_S1_B },
	{ .name = "a+stall", .valid = true, .domain = DOMAIN_S1_A, .stall = true },
	{ .name = "b+stall", .valid = true, .domain = DOMAIN_S1_B, .stall = true },
};

static void make_cd(struct run *run, const struct cd_config *config, struct arm_smmu_cd *cd)
{
	struct arm_smmu_domain domain = run->domains[config->domain];

	if (config->other_asid)
		domain.asid += 0x100;
	if (!config->valid)
		memset(cd, 0, sizeof(*cd));
	else if (config->released)
		arm_smmu_make_released_cd(cd, &domain);
	else
		arm_smmu_make_s1_cd(cd, &run->master, &domain);
}

/* arm_smmu_mm_release() is of SVA, whose CDs differ from ours in nothing else. */
static const char *cd_op(const struct cd_config *from, const struct cd_config *to)
{
	if (from->other_asid || to->other_asid)
		return NULL;
	if (!to->valid)
		return "arm_smmu_clear_cd";
	if (to->released)
		return from->valid && from->domain == to->domain ? "arm_smmu_mm_release" : NULL;
	/* An SVA domain doesn't come back, and its PASID is cleared first. */
	if (from->released)
		return NULL;
	return "arm_smmu_attach_dev";
}

static bool cd_row(unsigned int from, unsigned int to)
{
	const struct cd_config *config = &cd_configs[from], *target = &cd_configs[to];

	return config->stall == target->stall || !config->valid || !target->valid;
}

static int cd_run(struct run *run, unsigned int from, unsigned int to)
{
	const struct cd_config *config = &cd_configs[from], *target = &cd_configs[to];
	struct arm_smmu_entry_writer writer = {
		.ops = &watched_cd_ops,
		.master = &run->master,
		.fence = SMMU_FENCE_NONE,
	};
	struct arm_smmu_cd old, new, cd;

	run->master.smmu = &run->smmu;
	run->master.stall_enabled = config->stall || target->stall;
	make_cd(run, config, &old);
	make_cd(run, target, &new);
	cd = old;
	run->cd[0] = &cd;

	run_start(run);
	arm_smmu_write_entry(&writer, cd.data, new.data);

	run->row->from = config->name;
	run->row->to = target->name;
	run->row->op = cd_op(config, target);
	entry_finish(&run->row->cd, writer.ops, old.data, new.data, CTXDESC_CD_0_V);
	return 0;
}

/* ---- whole attaches ---------------------------------------------------- */

enum sid_state {
	SID_BLOCKED, SID_IDENTITY, SID_S1_A, SID_S1_B, SID_S2_A, SID_S2_B, SID_NEST_PARENT,
	NR_SID_STATES,
};

enum pasid_state { PASID_NONE, PASID_A, PASID_B, NR_PASID_STATES };

enum ats_state { ATS_OFF, ATS_ON, ATS_ALWAYS_ON, NR_ATS_STATES };

static const char * const attach_names[2][NR_SID_STATES][NR_PASID_STATES] = {
	{
		{ "blocked", "blocked+pasid-a", "blocked+pasid-b" },
		{ "identity", "identity+pasid-a", "identity+pasid-b" },
		{ "s1-a", "s1-a+pasid-a", "s1-a+pasid-b" },
		{ "s1-b", "s1-b+pasid-a", "s1-b+pasid-b" },
		{ "s2-a" }, { "s2-b" }, { "nest-parent" },
	}, {
		{ "blocked", "blocked+pasid-a+ats", "blocked+pasid-b+ats" },
		{ "identity", "identity+pasid-a+ats", "identity+pasid-b+ats" },
		{ "s1-a+ats", "s1-a+pasid-a+ats", "s1-a+pasid-b+ats" },
		{ "s1-b+ats", "s1-b+pasid-a+ats", "s1-b+pasid-b+ats" },
		{ "s2-a+ats" }, { "s2-b+ats" }, { "nest-parent+ats" },
	},
};

struct attach_config {
	enum ats_state ats;
	enum sid_state sid;
	enum pasid_state pasid;
};

#define NR_ATTACH_CONFIGS	(NR_ATS_STATES * NR_SID_STATES * NR_PASID_STATES)

static struct attach_config attach_config(unsigned int i)
{
	return (struct attach_config){
		.pasid = i % NR_PASID_STATES,
		.sid = i / NR_PASID_STATES % NR_SID_STATES,
		.ats = i / NR_PASID_STATES / NR_SID_STATES,
	};
}

static const char *attach_name(const struct attach_config *config)
{
	if (config->ats == ATS_ALWAYS_ON && config->sid == SID_IDENTITY)
		return "identity+ats";
	return attach_names[config->ats != ATS_OFF][config->sid][config->pasid];
}

static bool attach_row(unsigned int from, unsigned int to)
{
	const struct attach_config f = attach_config(from), t = attach_config(to);

	if (f.ats != t.ats)
		return false;

	switch (f.ats) {
	case ATS_ALWAYS_ON:
		/* Differs from ATS_ON by its identity domain */
		return f.pasid == PASID_NONE && t.pasid == PASID_NONE &&
		       (f.sid == SID_IDENTITY || t.sid == SID_IDENTITY) &&
		       f.sid != SID_S1_B && f.sid != SID_S2_B &&
		       t.sid != SID_S1_B && t.sid != SID_S2_B;
	case ATS_ON:
		/* Where neither has ATS on, the same as ATS_OFF */
		if (f.pasid == PASID_NONE && t.pasid == PASID_NONE &&
		    f.sid <= SID_IDENTITY && t.sid <= SID_IDENTITY)
			return false;
		break;
	default:
		break;
	}

	/* Another domain without a PASID */
	if (f.pasid == t.pasid)
		return f.pasid == PASID_NONE ||
		       (f.pasid == PASID_A && f.sid <= SID_S1_B && t.sid <= SID_S1_B);

	/* Another domain with one */
	return f.sid == t.sid && f.sid <= SID_S1_A &&
	       (f.pasid == PASID_A || (f.pasid == PASID_NONE && t.pasid == PASID_A));
}

static int attach_sid(struct run *run, enum sid_state sid)
{
	static const enum domain_index domain[NR_SID_STATES] = {
		[SID_S1_A] = DOMAIN_S1_A, [SID_S1_B] = DOMAIN_S1_B,
		[SID_S2_A] = DOMAIN_S2_A, [SID_S2_B] = DOMAIN_S2_B,
		[SID_NEST_PARENT] = DOMAIN_NEST_PARENT,
	};

	if (sid == SID_BLOCKED)
		return arm_smmu_master_attach(&run->master, &arm_smmu_blocked_domain);
	if (sid == SID_IDENTITY)
		return arm_smmu_master_attach(&run->master, &arm_smmu_identity_domain);
	return arm_smmu_master_attach(&run->master, &run->domains[domain[sid]]);
}

static struct arm_smmu_domain *pasid_domain(struct run *run, enum pasid_state pasid)
{
	if (pasid == PASID_NONE)
		return NULL;
	return &run->domains[pasid == PASID_A ? DOMAIN_PASID_A : DOMAIN_PASID_B];
}

static int attach_pasid(struct run *run, enum pasid_state old, enum pasid_state new)
{
	if (new != PASID_NONE)
		return arm_smmu_s1_set_dev_pasid(pasid_domain(run, new), &run->master, PASID,
						 pasid_domain(run, old));
	if (old != PASID_NONE)
		arm_smmu_blocking_set_dev_pasid(&run->master, PASID, pasid_domain(run, old));
	return 0;
}

static const char *attach_op(const struct attach_config *from, const struct attach_config *to)
{
	if (from->pasid != to->pasid)
		return to->pasid == PASID_NONE ? "arm_smmu_blocking_set_dev_pasid" :
						 "arm_smmu_set_pasid";
	if (to->sid == SID_BLOCKED)
		return "arm_smmu_attach_dev_blocked";
	if (to->sid == SID_IDENTITY)
		return "arm_smmu_attach_dev_identity";
	return "arm_smmu_attach_dev";
}

static int attach_run(struct run *run, unsigned int from, unsigned int to)
{
	const struct attach_config old = attach_config(from), new = attach_config(to);
	const u32 sid = 1;
	const struct arm_smmu_master_params params = {
		.sids = &sid,
		.num_sids = 1,
		.ssid_bits = 1,
		.ats = old.ats != ATS_OFF,
		.ats_always_on = old.ats == ATS_ALWAYS_ON,
	};
	struct arm_smmu_cd old_cd[2] = {};
	struct arm_smmu_ste old_ste;
	unsigned int i;
	int ret;

	ret = arm_smmu_master_init(&run->master, &run->smmu, &params);
	if (ret)
		return ret;
	run->master.ste_ops = &watched_ste_ops;
	run->master.cd_ops = &watched_cd_ops;

	/* Makes the table of CDs, which a first attach would otherwise do midway */
	ret = attach_sid(run, SID_S1_B);
	if (ret)
		goto out_destroy;
	ret = attach_sid(run, old.sid);
	if (!ret)
		ret = attach_pasid(run, PASID_NONE, old.pasid);
	if (ret)
		goto out_detach;

	run->ste = &run->master.stes[0];
	old_ste = *run->ste;
	for (i = 0; i < ARRAY_SIZE(run->cd); i++) {
		run->cd[i] = &run->master.cd_table.table[i];
		old_cd[i] = *run->cd[i];
	}

	run_start(run);
	if (old.pasid == new.pasid)
		ret = attach_sid(run, new.sid);
	else
		ret = attach_pasid(run, old.pasid, new.pasid);
	run->recording = false;
	if (ret)
		goto out_detach;

	run->row->from = attach_name(&old);
	run->row->to = attach_name(&new);
	run->row->op = attach_op(&old, &new);
	entry_finish(&run->row->ste, &watched_ste_ops, old_ste.data, run->ste->data,
		     STRTAB_STE_0_V);
	for (i = 0; i < ARRAY_SIZE(run->cd); i++)
		entry_finish(&run->row->cd, &watched_cd_ops, old_cd[i].data, run->cd[i]->data,
			     CTXDESC_CD_0_V);
	attach_pasid(run, new.pasid, PASID_NONE);
	attach_sid(run, SID_BLOCKED);
	goto out_destroy;

out_detach:
	attach_pasid(run, run->master.cd_table.used_ssids ? old.pasid : PASID_NONE, PASID_NONE);
	attach_sid(run, SID_BLOCKED);
out_destroy:
	arm_smmu_master_destroy(&run->master);
	return ret;
}

/* ---- the table --------------------------------------------------------- */

/**
 * struct section - all rows of one table
 * @configs: their configurations; a row is a pair of them
 * @row: is there one for this pair?
 * @run: fills it
 */
struct section {
	unsigned int configs;
	bool (*row)(unsigned int from, unsigned int to);
	int (*run)(struct run *run, unsigned int from, unsigned int to);
};

static const struct section sections[SMMU_NR_TRANSITION_TABLES] = {
	[SMMU_TRANSITIONS_STE] = { ARRAY_SIZE(ste_configs), ste_row, ste_run },
	[SMMU_TRANSITIONS_CD] = { ARRAY_SIZE(cd_configs), cd_row, cd_run },
	[SMMU_TRANSITIONS_ATTACH] = { NR_ATTACH_CONFIGS, attach_row, attach_run },
};

/* Row @i as (table, from, to); false past the end, then @i is less by all rows. */
static bool find_row(unsigned int *i, unsigned int *table, unsigned int *from, unsigned int *to)
{
	for (*table = 0; *table < SMMU_NR_TRANSITION_TABLES; (*table)++) {
		const struct section *section = &sections[*table];

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
	struct run *run;
	int ret;

	if (!find_row(&i, &table, &from, &to))
		return -ENOENT;

	run = kzalloc_obj(*run);
	if (!run)
		return -ENOMEM;

	memset(row, 0, sizeof(*row));
	row->table = table;
	run_init(run, row);
	ret = sections[table].run(run, from, to);
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
