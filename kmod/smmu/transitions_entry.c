// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configurations of single STEs and CDs, and who goes from one to another.
 */
#include <linux/array_size.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "transitions_run.h"

/* ---- single STEs ------------------------------------------------------- */

enum ste_kind {
	STE_ABORT,
	STE_BYPASS,
	STE_S1,
	STE_S1_BYPASS,
	STE_S1_TERMINATE,
	STE_S2,
	STE_NESTED,
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
	enum smmu_run_domain domain;
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
	{ "s2-a+ats+stall", STE_S2, DOMAIN_S2_A, .ats = true, .stall = true },
	{ .name = "s2-b+stall", .kind = STE_S2, .domain = DOMAIN_S2_B, .stall = true },
	{ "s2-b+ats+stall", STE_S2, DOMAIN_S2_B, .ats = true, .stall = true },
};

static void make_ste(struct smmu_run *run, const struct ste_config *config,
		     struct arm_smmu_ste *ste)
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

static int ste_run(struct smmu_run *run, unsigned int from, unsigned int to)
{
	const struct ste_config *config = &ste_configs[from], *target = &ste_configs[to];
	struct arm_smmu_entry_writer writer = {
		.ops = &smmu_watched_ste_ops,
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

	smmu_run_start(run);
	arm_smmu_write_entry(&writer, ste.data, new.data);

	run->row->from = config->name;
	run->row->to = target->name;
	run->row->op = ste_op(config, target);
	smmu_run_entry(&run->row->ste, writer.ops, old.data, new.data, STRTAB_STE_0_V);
	return 0;
}

const struct smmu_section smmu_ste_section = {
	.configs = ARRAY_SIZE(ste_configs),
	.row = ste_row,
	.run = ste_run,
};

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
	enum smmu_run_domain domain;
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

static void make_cd(struct smmu_run *run, const struct cd_config *config, struct arm_smmu_cd *cd)
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

static int cd_run(struct smmu_run *run, unsigned int from, unsigned int to)
{
	const struct cd_config *config = &cd_configs[from], *target = &cd_configs[to];
	struct arm_smmu_entry_writer writer = {
		.ops = &smmu_watched_cd_ops,
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

	smmu_run_start(run);
	arm_smmu_write_entry(&writer, cd.data, new.data);

	run->row->from = config->name;
	run->row->to = target->name;
	run->row->op = cd_op(config, target);
	smmu_run_entry(&run->row->cd, writer.ops, old.data, new.data, CTXDESC_CD_0_V);
	return 0;
}

const struct smmu_section smmu_cd_section = {
	.configs = ARRAY_SIZE(cd_configs),
	.row = cd_row,
	.run = cd_run,
};
