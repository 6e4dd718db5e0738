// SPDX-License-Identifier: GPL-2.0-or-later
#include "entry.h"

#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "domain.h"
#include "inv_range.h"

/*
 * What a domain's table looks like; one choice for all domains, since no transition
 * depends on it: 48 bits in and out, write-back and inner shareable walks.
 */
#define TCR_T0SZ_48BIT		16
#define TCR_PS_48BIT		5
#define TCR_RGN_WBWA		1
#define TCR_SH_IS		3
#define VTCR_SL0_48BIT		2	/* the table's top level, with any granule */
/* Non-cacheable, write-back, device, inner non-cacheable: io-pgtable-arm.c's four. */
#define MAIR_ATTRS		0xf404ff44ULL

void arm_smmu_get_ste_used(const __le64 *ent, __le64 *used_bits)
{
	const u64 qword0 = le64_to_cpu(ent[0]);
	const unsigned int cfg = FIELD_GET(STRTAB_STE_0_CFG, qword0);
	u64 used[4] = { STRTAB_STE_0_V };
	unsigned int i;

	if (!(qword0 & STRTAB_STE_0_V))
		goto out;

	used[0] |= STRTAB_STE_0_CFG;

	/* Bit 0 of CFG: stage 1 translates */
	if (cfg & 1) {
		used[0] |= STRTAB_STE_0_S1FMT | STRTAB_STE_0_S1CTXPTR_MASK |
			   STRTAB_STE_0_S1CDMAX;
		used[1] |= STRTAB_STE_1_S1DSS | STRTAB_STE_1_S1CIR | STRTAB_STE_1_S1COR |
			   STRTAB_STE_1_S1CSH | STRTAB_STE_1_S1STALLD | STRTAB_STE_1_STRW |
			   STRTAB_STE_1_EATS | STRTAB_STE_1_MEV;
		used[2] |= STRTAB_STE_2_S2VMID;

		/* IHI 0070, 13.5: SHCFG applies where stage 1 is bypassed */
		if (FIELD_GET(STRTAB_STE_1_S1DSS, le64_to_cpu(ent[1])) ==
		    STRTAB_STE_1_S1DSS_BYPASS)
			used[1] |= STRTAB_STE_1_SHCFG;
	}

	/* Bit 1 of CFG: stage 2 translates */
	if (cfg & 2) {
		used[1] |= STRTAB_STE_1_S2FWB | STRTAB_STE_1_EATS | STRTAB_STE_1_SHCFG |
			   STRTAB_STE_1_MEV;
		used[2] |= STRTAB_STE_2_S2VMID | STRTAB_STE_2_VTCR | STRTAB_STE_2_S2AA64 |
			   STRTAB_STE_2_S2ENDI | STRTAB_STE_2_S2PTW | STRTAB_STE_2_S2S |
			   STRTAB_STE_2_S2R;
		used[3] |= STRTAB_STE_3_S2TTB_MASK;
	}

	if (cfg == STRTAB_STE_0_CFG_BYPASS)
		used[1] |= STRTAB_STE_1_SHCFG;
out:
	for (i = 0; i < ARRAY_SIZE(used); i++)
		used_bits[i] |= cpu_to_le64(used[i]);
}

void arm_smmu_get_ste_update_safe(const __le64 *cur, const __le64 *target, __le64 *safe_bits)
{
	const __le64 s1chk = cpu_to_le64(FIELD_PREP(STRTAB_STE_1_EATS,
						    STRTAB_STE_1_EATS_S1CHK));
	const __le64 trans = cpu_to_le64(FIELD_PREP(STRTAB_STE_1_EATS,
						    STRTAB_STE_1_EATS_TRANS));

	/*
	 * A device sends no translation request while EATS changes: its ATS was
	 * disabled before, or is enabled after (attach prepare and commit). But
	 * S2S = 1 with EATS = TRANS is an illegal STE, even in passing, and
	 * EATS = 0b11 means something else.
	 */
	if (!((cur[1] | target[1]) & s1chk) &&
	    !((cur[2] | target[2]) & cpu_to_le64(STRTAB_STE_2_S2S)))
		safe_bits[1] |= trans;

	/* MEV may merge events; an SMMU may act as if it were set anyhow. */
	safe_bits[1] |= cpu_to_le64(STRTAB_STE_1_MEV);
}

void arm_smmu_get_cd_used(const __le64 *ent, __le64 *used_bits)
{
	/* How to walk from TTB0, which matters only where there is such a walk */
	static const u64 walk0 = CTXDESC_CD_0_TCR_SH0 | CTXDESC_CD_0_TCR_ORGN0 |
				 CTXDESC_CD_0_TCR_IRGN0 | CTXDESC_CD_0_TCR_TG0 |
				 CTXDESC_CD_0_TCR_T0SZ;
	const u64 qword0 = le64_to_cpu(ent[0]);
	u64 used[NUM_ENTRY_QWORDS] = { CTXDESC_CD_0_V };
	unsigned int i;

	if (qword0 & CTXDESC_CD_0_V) {
		memset(used, 0xff, sizeof(used));
		if (qword0 & CTXDESC_CD_0_TCR_EPD0) {
			used[0] ^= walk0;
			used[1] ^= CTXDESC_CD_1_TTB0_MASK;
		}
	}
	for (i = 0; i < ARRAY_SIZE(used); i++)
		used_bits[i] |= cpu_to_le64(used[i]);
}

u8 arm_smmu_entry_qword_diff(const struct arm_smmu_entry_writer *writer, const __le64 *entry,
			     const __le64 *target, __le64 *unused_update)
{
	const struct arm_smmu_entry_writer_ops *ops = writer->ops;
	struct {
		__le64 now[NUM_ENTRY_QWORDS];
		__le64 then[NUM_ENTRY_QWORDS];
		__le64 safe[NUM_ENTRY_QWORDS];
	} bits = {};
	unsigned int i, deciding = 0;

	ops->get_used(entry, bits.now);
	ops->get_used(target, bits.then);
	if (ops->get_update_safe)
		ops->get_update_safe(entry, target, bits.safe);

	for (i = 0; i < NUM_ENTRY_QWORDS; i++) {
		/* A safe bit that only one of both uses goes with that one's others. */
		const __le64 keep = bits.now[i] & ~(bits.safe[i] & bits.then[i]);

		/* What target doesn't use it must not set, or it would never settle. */
		WARN_ON_ONCE(target[i] & ~bits.then[i]);

		unused_update[i] = target[i] ^ ((entry[i] ^ target[i]) & keep);
		deciding |= (unsigned int)((unused_update[i] & bits.then[i]) != target[i]) << i;
	}
	return deciding;
}

static void entry_set(struct arm_smmu_entry_writer *writer, __le64 *entry, const __le64 *target,
		      unsigned int start, unsigned int len)
{
	bool changed = false;
	unsigned int i;

	for (i = start; i < start + len; i++) {
		if (entry[i] == target[i])
			continue;
		/* In one piece: the SMMU may read it at any time. */
		WRITE_ONCE(entry[i], target[i]);
		changed = true;
	}

	/*
	 * The CMD_SYNC keeps the steps apart: the queue's dma_wmb() orders these
	 * stores before the CFGI, and a later step's stores come after the CMD_SYNC
	 * has completed, when no reader holds a mixture of two steps.
	 */
	if (changed)
		writer->ops->sync(writer);
}

/*
 * The SMMU reads an entry in single-copy atomic units of 64 bits, in any order
 * (IHI 0070, 3.21.3), so each step must be harmless whatever part of it is
 * seen.
 */
void arm_smmu_write_entry(struct arm_smmu_entry_writer *writer, __le64 *entry,
			  const __le64 *target)
{
	__le64 unused_update[NUM_ENTRY_QWORDS];
	unsigned int critical;
	u8 used_qword_diff;

	/*
	 * The entry fence. Orders what the entry will lead to (the table, the CD,
	 * and the new domain's invs) before the entry's own stores; pairs with the
	 * SMMU's fetch of this entry and of the table through it, ordered by address.
	 * dma_wmb() at the top of arm_smmu_write_entry(), arm-smmu-v3.c, Linux 7.3.
	 */
	smmu_fence_run(writer->fence);

	used_qword_diff = arm_smmu_entry_qword_diff(writer, entry, target, unused_update);

	switch (hweight8(used_qword_diff)) {
	case 0:
		/* Safe bits at most */
		entry_set(writer, entry, target, 0, NUM_ENTRY_QWORDS);
		break;
	case 1:
		/*
		 * Hitless: what the current entry ignores, then the one qword that
		 * decides, then what the new entry ignores. The deciding qword's own
		 * ignored bits ride along with it, which can save a sync.
		 */
		critical = __ffs(used_qword_diff);
		unused_update[critical] = entry[critical];
		entry_set(writer, entry, unused_update, 0, NUM_ENTRY_QWORDS);
		entry_set(writer, entry, target, critical, 1);
		entry_set(writer, entry, target, 0, NUM_ENTRY_QWORDS);
		break;
	default:
		/* V is in qword 0: off first, on last. */
		unused_update[0] = 0;
		entry_set(writer, entry, unused_update, 0, 1);
		entry_set(writer, entry, target, 1, NUM_ENTRY_QWORDS - 1);
		entry_set(writer, entry, target, 0, 1);
		break;
	}
}

void arm_smmu_make_abort_ste(struct arm_smmu_ste *target)
{
	memset(target, 0, sizeof(*target));
	target->data[0] = cpu_to_le64(STRTAB_STE_0_V |
				      FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_ABORT));
}

/* SHCFG where the SMMU can override attributes: leave them as they come in. */
static u64 ste_shcfg(const struct arm_smmu_device *smmu)
{
	if (!(smmu->features & ARM_SMMU_FEAT_ATTR_TYPES_OVR))
		return 0;
	return FIELD_PREP(STRTAB_STE_1_SHCFG, STRTAB_STE_1_SHCFG_INCOMING);
}

static u64 ste_eats(bool ats_enabled)
{
	return ats_enabled ? FIELD_PREP(STRTAB_STE_1_EATS, STRTAB_STE_1_EATS_TRANS) : 0;
}

void arm_smmu_make_bypass_ste(struct arm_smmu_device *smmu, struct arm_smmu_ste *target)
{
	memset(target, 0, sizeof(*target));
	target->data[0] = cpu_to_le64(STRTAB_STE_0_V |
				      FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_BYPASS));
	target->data[1] = cpu_to_le64(ste_shcfg(smmu));
}

void arm_smmu_make_cdtable_ste(struct arm_smmu_ste *target, struct arm_smmu_master *master,
			       bool ats_enabled, unsigned int s1dss)
{
	const struct arm_smmu_ctx_desc_cfg *cd_table = &master->cd_table;
	const struct arm_smmu_device *smmu = master->smmu;
	u64 qword1;

	memset(target, 0, sizeof(*target));
	target->data[0] = cpu_to_le64(STRTAB_STE_0_V |
				      FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_S1_TRANS) |
				      FIELD_PREP(STRTAB_STE_0_S1FMT, cd_table->s1fmt) |
				      (cd_table->cdtab_dma & STRTAB_STE_0_S1CTXPTR_MASK) |
				      FIELD_PREP(STRTAB_STE_0_S1CDMAX, cd_table->s1cdmax));

	qword1 = FIELD_PREP(STRTAB_STE_1_S1DSS, s1dss) |
		 FIELD_PREP(STRTAB_STE_1_S1CIR, STRTAB_STE_1_S1C_CACHE_WBRA) |
		 FIELD_PREP(STRTAB_STE_1_S1COR, STRTAB_STE_1_S1C_CACHE_WBRA) |
		 FIELD_PREP(STRTAB_STE_1_S1CSH, ARM_SMMU_SH_ISH) |
		 ste_eats(ats_enabled);
	if (smmu->features & ARM_SMMU_FEAT_STALLS && !master->stall_enabled)
		qword1 |= STRTAB_STE_1_S1STALLD;
	if (s1dss == STRTAB_STE_1_S1DSS_BYPASS)
		qword1 |= ste_shcfg(smmu);
	/* As the CPU runs, so that its broadcast TLBIs would match; VMID is 0. */
	if (smmu->features & ARM_SMMU_FEAT_E2H)
		qword1 |= FIELD_PREP(STRTAB_STE_1_STRW, STRTAB_STE_1_STRW_EL2);
	else
		qword1 |= FIELD_PREP(STRTAB_STE_1_STRW, STRTAB_STE_1_STRW_NSEL1);
	target->data[1] = cpu_to_le64(qword1);
}

/* The encoding of a granule in TG0 of a CD and in S2TG of an STE. */
static u64 domain_tg(const struct arm_smmu_domain *smmu_domain)
{
	switch (smmu_domain->pgsize_bitmap & -smmu_domain->pgsize_bitmap) {
	case SZ_64K:
		return 1;
	case SZ_16K:
		return 2;
	default:
		return 0;
	}
}

void arm_smmu_make_s2_domain_ste(struct arm_smmu_ste *target, struct arm_smmu_master *master,
				 struct arm_smmu_domain *smmu_domain, bool ats_enabled)
{
	const u64 vtcr = FIELD_PREP(STRTAB_STE_2_VTCR_S2T0SZ, TCR_T0SZ_48BIT) |
			 FIELD_PREP(STRTAB_STE_2_VTCR_S2SL0, VTCR_SL0_48BIT) |
			 FIELD_PREP(STRTAB_STE_2_VTCR_S2IR0, TCR_RGN_WBWA) |
			 FIELD_PREP(STRTAB_STE_2_VTCR_S2OR0, TCR_RGN_WBWA) |
			 FIELD_PREP(STRTAB_STE_2_VTCR_S2SH0, TCR_SH_IS) |
			 FIELD_PREP(STRTAB_STE_2_VTCR_S2TG, domain_tg(smmu_domain)) |
			 FIELD_PREP(STRTAB_STE_2_VTCR_S2PS, TCR_PS_48BIT);

	memset(target, 0, sizeof(*target));
	target->data[0] = cpu_to_le64(STRTAB_STE_0_V |
				      FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_S2_TRANS));
	target->data[1] = cpu_to_le64(ste_eats(ats_enabled) | ste_shcfg(master->smmu));
	target->data[2] = cpu_to_le64(FIELD_PREP(STRTAB_STE_2_S2VMID, smmu_domain->vmid) |
				      FIELD_PREP(STRTAB_STE_2_VTCR, vtcr) |
				      STRTAB_STE_2_S2AA64 | STRTAB_STE_2_S2PTW |
				      (master->stall_enabled ? STRTAB_STE_2_S2S : 0) |
				      STRTAB_STE_2_S2R);
	target->data[3] = cpu_to_le64(smmu_domain->ttb & STRTAB_STE_3_S2TTB_MASK);
}

void arm_smmu_make_nested_cd_table_ste(struct arm_smmu_ste *target,
				       struct arm_smmu_master *master,
				       struct arm_smmu_domain *s2_parent, const __le64 *vste,
				       bool ats_enabled)
{
	arm_smmu_make_s2_domain_ste(target, master, s2_parent, ats_enabled);

	target->data[0] = cpu_to_le64(STRTAB_STE_0_V |
				      FIELD_PREP(STRTAB_STE_0_CFG, STRTAB_STE_0_CFG_NESTED)) |
			  (vste[0] & ~cpu_to_le64(STRTAB_STE_0_CFG));
	/* A guest could flood the event queue: let the SMMU merge. */
	target->data[1] |= vste[1] | cpu_to_le64(STRTAB_STE_1_MEV);
}

/* What both kinds of CD have in qword 0. */
static u64 cd_qword0(const struct arm_smmu_domain *smmu_domain)
{
	return CTXDESC_CD_0_TCR_EPD1 | CTXDESC_CD_0_V |
	       FIELD_PREP(CTXDESC_CD_0_TCR_IPS, TCR_PS_48BIT) |
	       CTXDESC_CD_0_AA64 | CTXDESC_CD_0_A | CTXDESC_CD_0_ASET |
	       FIELD_PREP(CTXDESC_CD_0_ASID, smmu_domain->asid);
}

void arm_smmu_make_s1_cd(struct arm_smmu_cd *target, struct arm_smmu_master *master,
			 struct arm_smmu_domain *smmu_domain)
{
	memset(target, 0, sizeof(*target));
	target->data[0] = cpu_to_le64(cd_qword0(smmu_domain) |
				      FIELD_PREP(CTXDESC_CD_0_TCR_T0SZ, TCR_T0SZ_48BIT) |
				      FIELD_PREP(CTXDESC_CD_0_TCR_TG0, domain_tg(smmu_domain)) |
				      FIELD_PREP(CTXDESC_CD_0_TCR_IRGN0, TCR_RGN_WBWA) |
				      FIELD_PREP(CTXDESC_CD_0_TCR_ORGN0, TCR_RGN_WBWA) |
				      FIELD_PREP(CTXDESC_CD_0_TCR_SH0, TCR_SH_IS) |
				      (master->stall_enabled ? CTXDESC_CD_0_S : 0) |
				      CTXDESC_CD_0_R);
	target->data[1] = cpu_to_le64(smmu_domain->ttb & CTXDESC_CD_1_TTB0_MASK);
	target->data[3] = cpu_to_le64(MAIR_ATTRS);
}

void arm_smmu_make_released_cd(struct arm_smmu_cd *target, struct arm_smmu_domain *smmu_domain)
{
	memset(target, 0, sizeof(*target));
	/* Neither S nor R: abort at once and say nothing */
	target->data[0] = cpu_to_le64(cd_qword0(smmu_domain) | CTXDESC_CD_0_TCR_EPD0);
	target->data[3] = cpu_to_le64(MAIR_ATTRS);
}

/* ---- a master's entries ------------------------------------------------ */

void arm_smmu_issue_for_streams(struct arm_smmu_master *master, u32 ssid,
				struct arm_smmu_cmd (*make)(u32 sid, u32 ssid))
{
	struct arm_smmu_device *smmu = master->smmu;
	struct arm_smmu_cmd cmds[CMDQ_BATCH_ENTRIES];
	unsigned int i;
	int n = 0;

	for (i = 0; i < master->num_streams; i++) {
		/* As arm_smmu_cmdq_batch_add_cmd_p(), with what both errata ask */
		if (n == CMDQ_BATCH_ENTRIES - 1 &&
		    smmu->options & ARM_SMMU_OPT_CMDQ_FORCE_SYNC) {
			arm_smmu_cmdq_issue_cmdlist(smmu, cmds, n, true);
			n = 0;
		} else if (n == CMDQ_BATCH_ENTRIES) {
			arm_smmu_cmdq_issue_cmdlist(smmu, cmds, n, smmu_repeats(smmu, cmds));
			n = 0;
		}
		cmds[n++] = make(master->streams[i].id, ssid);
	}
	arm_smmu_cmdq_issue_cmdlist(smmu, cmds, n, true);
}

static struct arm_smmu_cmd make_cfgi_cd_leaf(u32 sid, u32 ssid)
{
	return arm_smmu_make_cmd_cfgi_cd(sid, ssid, true);
}

/* ---- context descriptors ----------------------------------------------- */

int arm_smmu_alloc_cd_tables(struct arm_smmu_master *master)
{
	struct arm_smmu_cd *table;
	u8 s1cdmax = master->ssid_bits;

	/* S1DSS, which such a master needs, is ignored where S1CDMAX is 0 */
	if (master->ats_always_on && !s1cdmax)
		s1cdmax = 1;

	/* A power of two, hence aligned as S1ContextPtr wants it */
	table = kcalloc(1UL << s1cdmax, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;

	master->cd_table = (struct arm_smmu_ctx_desc_cfg){
		.table = table,
		/* No SMMU here translates addresses of its own: a walker takes this. */
		.cdtab_dma = (uintptr_t)table,
		.s1fmt = STRTAB_STE_0_S1FMT_LINEAR,
		.s1cdmax = s1cdmax,
	};
	return 0;
}

struct arm_smmu_cd *arm_smmu_get_cd_ptr(struct arm_smmu_master *master, u32 ssid)
{
	if (!master->cd_table.table)
		return NULL;
	return &master->cd_table.table[ssid];
}

struct arm_smmu_cd *arm_smmu_alloc_cd_ptr(struct arm_smmu_master *master, u32 ssid)
{
	if (!master->cd_table.table && arm_smmu_alloc_cd_tables(master))
		return NULL;
	return arm_smmu_get_cd_ptr(master, ssid);
}

/**
 * struct arm_smmu_cd_writer - a write of one CD
 * @writer: what arm_smmu_write_entry() knows of it
 * @ssid: its place in the table
 */
struct arm_smmu_cd_writer {
	struct arm_smmu_entry_writer writer;
	u32 ssid;
};

static void arm_smmu_cd_writer_sync_entry(struct arm_smmu_entry_writer *writer)
{
	const struct arm_smmu_cd_writer *cd_writer =
		container_of(writer, struct arm_smmu_cd_writer, writer);

	arm_smmu_issue_for_streams(writer->master, cd_writer->ssid, make_cfgi_cd_leaf);
}

const struct arm_smmu_entry_writer_ops arm_smmu_cd_writer_ops = {
	.get_used = arm_smmu_get_cd_used,
	.sync = arm_smmu_cd_writer_sync_entry,
};

static bool cd_is_valid(const struct arm_smmu_cd *cd)
{
	return le64_to_cpu(cd->data[0]) & CTXDESC_CD_0_V;
}

void arm_smmu_write_cd_entry(struct arm_smmu_master *master, u32 ssid, struct arm_smmu_cd *cdptr,
			     const struct arm_smmu_cd *target)
{
	struct arm_smmu_cd_writer cd_writer = {
		.writer = {
			.ops = master->cd_ops,
			.master = master,
			.fence = smmu_strategies[master->strategy].entry,
		},
		.ssid = ssid,
	};

	if (ssid != IOMMU_NO_PASID)
		master->cd_table.used_ssids += cd_is_valid(target) - cd_is_valid(cdptr);

	arm_smmu_write_entry(&cd_writer.writer, cdptr->data, target->data);
}

void arm_smmu_clear_cd(struct arm_smmu_master *master, u32 ssid)
{
	const struct arm_smmu_cd target = {};
	struct arm_smmu_cd *cdptr = arm_smmu_get_cd_ptr(master, ssid);

	if (cdptr)
		arm_smmu_write_cd_entry(master, ssid, cdptr, &target);
}

/* ---- stream table entries ---------------------------------------------- */

/**
 * struct arm_smmu_ste_writer - a write of one STE
 * @writer: what arm_smmu_write_entry() knows of it
 * @sid: whose STE
 */
struct arm_smmu_ste_writer {
	struct arm_smmu_entry_writer writer;
	u32 sid;
};

static void arm_smmu_ste_writer_sync_entry(struct arm_smmu_entry_writer *writer)
{
	const struct arm_smmu_ste_writer *ste_writer =
		container_of(writer, struct arm_smmu_ste_writer, writer);

	arm_smmu_cmdq_issue_cmd_with_sync(writer->master->smmu,
					  arm_smmu_make_cmd_cfgi_ste(ste_writer->sid, true));
}

const struct arm_smmu_entry_writer_ops arm_smmu_ste_writer_ops = {
	.get_used = arm_smmu_get_ste_used,
	.get_update_safe = arm_smmu_get_ste_update_safe,
	.sync = arm_smmu_ste_writer_sync_entry,
};

static void arm_smmu_write_ste(struct arm_smmu_master *master, u32 sid, struct arm_smmu_ste *ste,
			       const struct arm_smmu_ste *target)
{
	struct arm_smmu_ste_writer ste_writer = {
		.writer = {
			.ops = master->ste_ops,
			.master = master,
			.fence = smmu_strategies[master->strategy].entry,
		},
		.sid = sid,
	};

	arm_smmu_write_entry(&ste_writer.writer, ste->data, target->data);

	/* It will be wanted soon; nobody waits for this one. */
	if (!(master->smmu->options & ARM_SMMU_OPT_SKIP_PREFETCH))
		arm_smmu_cmdq_issue_cmd(master->smmu, arm_smmu_make_cmd_prefetch_cfg(sid));
}

void arm_smmu_install_ste_for_dev(struct arm_smmu_master *master,
				  const struct arm_smmu_ste *target)
{
	const u64 cfg = FIELD_GET(STRTAB_STE_0_CFG, le64_to_cpu(target->data[0]));
	const u64 eats = FIELD_GET(STRTAB_STE_1_EATS, le64_to_cpu(target->data[1]));
	unsigned int i;

	master->cd_table.in_ste = cfg == STRTAB_STE_0_CFG_S1_TRANS;
	master->ste_ats_enabled = eats == STRTAB_STE_1_EATS_TRANS;

	for (i = 0; i < master->num_streams; i++) {
		/* Sorted: a doubled ID has its double beside it */
		if (i && master->streams[i].id == master->streams[i - 1].id)
			continue;
		arm_smmu_write_ste(master, master->streams[i].id, &master->stes[i], target);
	}
}
