/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stream Table Entries and Context Descriptors: their fields, how they are made,
 * and how one is changed under an SMMU that reads it. Formats: IHI 0070 (SMMUv3
 * architecture), 5.2 "Stream Table Entry" and 5.4 "Context Descriptor". Function
 * names are those of arm-smmu-v3.c in Linux 7.3; which fields they fill and use
 * is what that driver fills and uses.
 */
#ifndef SMMU_ENTRY_H
#define SMMU_ENTRY_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

#include "fence.h"

struct arm_smmu_device;
struct arm_smmu_domain;
struct arm_smmu_master;

/* Both entries are 64 bytes, and an SMMU reads them in units of 64 bits. */
#define NUM_ENTRY_QWORDS		8

struct arm_smmu_ste {
	__le64 data[NUM_ENTRY_QWORDS];
};

struct arm_smmu_cd {
	__le64 data[NUM_ENTRY_QWORDS];
};

/* STE: _n_ is the qword */
#define STRTAB_STE_0_V			BIT_ULL(0)
#define STRTAB_STE_0_CFG		GENMASK_ULL(3, 1)
#define STRTAB_STE_0_CFG_ABORT		0
#define STRTAB_STE_0_CFG_BYPASS		4
#define STRTAB_STE_0_CFG_S1_TRANS	5
#define STRTAB_STE_0_CFG_S2_TRANS	6
#define STRTAB_STE_0_CFG_NESTED		7
#define STRTAB_STE_0_S1FMT		GENMASK_ULL(5, 4)
#define STRTAB_STE_0_S1FMT_LINEAR	0
#define STRTAB_STE_0_S1CTXPTR_MASK	GENMASK_ULL(51, 6)
#define STRTAB_STE_0_S1CDMAX		GENMASK_ULL(63, 59)

#define STRTAB_STE_1_S1DSS		GENMASK_ULL(1, 0)
#define STRTAB_STE_1_S1DSS_TERMINATE	0
#define STRTAB_STE_1_S1DSS_BYPASS	1
#define STRTAB_STE_1_S1DSS_SSID0	2
#define STRTAB_STE_1_S1CIR		GENMASK_ULL(3, 2)
#define STRTAB_STE_1_S1COR		GENMASK_ULL(5, 4)
#define STRTAB_STE_1_S1C_CACHE_WBRA	1
#define STRTAB_STE_1_S1CSH		GENMASK_ULL(7, 6)
#define STRTAB_STE_1_MEV		BIT_ULL(19)
#define STRTAB_STE_1_S2FWB		BIT_ULL(25)
#define STRTAB_STE_1_S1STALLD		BIT_ULL(27)
#define STRTAB_STE_1_EATS		GENMASK_ULL(29, 28)
#define STRTAB_STE_1_EATS_TRANS		1
#define STRTAB_STE_1_EATS_S1CHK		2
#define STRTAB_STE_1_STRW		GENMASK_ULL(31, 30)
#define STRTAB_STE_1_STRW_NSEL1		0
#define STRTAB_STE_1_STRW_EL2		2
#define STRTAB_STE_1_SHCFG		GENMASK_ULL(45, 44)
#define STRTAB_STE_1_SHCFG_INCOMING	1

#define STRTAB_STE_2_S2VMID		GENMASK_ULL(15, 0)
#define STRTAB_STE_2_VTCR		GENMASK_ULL(50, 32)
#define STRTAB_STE_2_VTCR_S2T0SZ	GENMASK_ULL(5, 0)	/* within VTCR, as below */
#define STRTAB_STE_2_VTCR_S2SL0		GENMASK_ULL(7, 6)
#define STRTAB_STE_2_VTCR_S2IR0		GENMASK_ULL(9, 8)
#define STRTAB_STE_2_VTCR_S2OR0		GENMASK_ULL(11, 10)
#define STRTAB_STE_2_VTCR_S2SH0		GENMASK_ULL(13, 12)
#define STRTAB_STE_2_VTCR_S2TG		GENMASK_ULL(15, 14)
#define STRTAB_STE_2_VTCR_S2PS		GENMASK_ULL(18, 16)
#define STRTAB_STE_2_S2AA64		BIT_ULL(51)
#define STRTAB_STE_2_S2ENDI		BIT_ULL(52)
#define STRTAB_STE_2_S2PTW		BIT_ULL(54)
#define STRTAB_STE_2_S2S		BIT_ULL(57)
#define STRTAB_STE_2_S2R		BIT_ULL(58)

#define STRTAB_STE_3_S2TTB_MASK		GENMASK_ULL(51, 4)

/* CD */
#define CTXDESC_CD_0_TCR_T0SZ		GENMASK_ULL(5, 0)
#define CTXDESC_CD_0_TCR_TG0		GENMASK_ULL(7, 6)
#define CTXDESC_CD_0_TCR_IRGN0		GENMASK_ULL(9, 8)
#define CTXDESC_CD_0_TCR_ORGN0		GENMASK_ULL(11, 10)
#define CTXDESC_CD_0_TCR_SH0		GENMASK_ULL(13, 12)
#define CTXDESC_CD_0_TCR_EPD0		BIT_ULL(14)
#define CTXDESC_CD_0_TCR_EPD1		BIT_ULL(30)
#define CTXDESC_CD_0_V			BIT_ULL(31)
#define CTXDESC_CD_0_TCR_IPS		GENMASK_ULL(34, 32)
#define CTXDESC_CD_0_AA64		BIT_ULL(41)
#define CTXDESC_CD_0_S			BIT_ULL(44)
#define CTXDESC_CD_0_R			BIT_ULL(45)
#define CTXDESC_CD_0_A			BIT_ULL(46)
#define CTXDESC_CD_0_ASET		BIT_ULL(47)
#define CTXDESC_CD_0_ASID		GENMASK_ULL(63, 48)

#define CTXDESC_CD_1_TTB0_MASK		GENMASK_ULL(51, 4)

struct arm_smmu_entry_writer;

/**
 * struct arm_smmu_entry_writer_ops - what tells an STE from a CD
 * @get_used: sets in @used the bits that an SMMU looks at when it reads @entry;
 *	      @used comes in zeroed
 * @get_update_safe: sets in @safe the used bits that may change at any time; may
 *		     be NULL, @safe comes in zeroed
 * @sync: makes the SMMU forget its copy of the entry: CFGI, CMD_SYNC
 */
struct arm_smmu_entry_writer_ops {
	void (*get_used)(const __le64 *entry, __le64 *used);
	void (*get_update_safe)(const __le64 *cur, const __le64 *target, __le64 *safe);
	void (*sync)(struct arm_smmu_entry_writer *writer);
};

/**
 * struct arm_smmu_entry_writer - one write of an entry
 * @ops: for an STE or a CD
 * @master: whose entry it is
 * @fence: the strategy's entry fence
 */
struct arm_smmu_entry_writer {
	const struct arm_smmu_entry_writer_ops *ops;
	struct arm_smmu_master *master;
	enum smmu_fence fence;
};

void arm_smmu_get_ste_used(const __le64 *ent, __le64 *used_bits);
void arm_smmu_get_ste_update_safe(const __le64 *cur, const __le64 *target, __le64 *safe_bits);
void arm_smmu_get_cd_used(const __le64 *ent, __le64 *used_bits);

/**
 * arm_smmu_entry_qword_diff() - which qwords can't change unnoticed
 * @writer: gives get_used() and get_update_safe()
 * @entry: as it stands
 * @target: as it shall be
 * @unused_update: set to @entry with what nobody looks at changed already
 *
 * Return: bit n set where qword n of @unused_update still differs from @target
 * in bits that count. None: the write is one step. One: hitless. More: V = 0 for
 * a while.
 */
u8 arm_smmu_entry_qword_diff(const struct arm_smmu_entry_writer *writer, const __le64 *entry,
			     const __le64 *target, __le64 *unused_update);

/**
 * arm_smmu_write_entry() - change an entry to @target under a reading SMMU
 *
 * In steps, each followed by @writer->ops->sync() when it stored something: an
 * SMMU sees the old entry, the new one, or an invalid one, whatever part of a
 * step has reached it.
 *
 * Context: any that @writer->ops->sync() allows. One writer at a time.
 */
void arm_smmu_write_entry(struct arm_smmu_entry_writer *writer, __le64 *entry,
			  const __le64 *target);

void arm_smmu_make_abort_ste(struct arm_smmu_ste *target);
void arm_smmu_make_bypass_ste(struct arm_smmu_device *smmu, struct arm_smmu_ste *target);
/* @s1dss: STRTAB_STE_1_S1DSS_*: what becomes of transactions without a substream */
void arm_smmu_make_cdtable_ste(struct arm_smmu_ste *target, struct arm_smmu_master *master,
			       bool ats_enabled, unsigned int s1dss);
void arm_smmu_make_s2_domain_ste(struct arm_smmu_ste *target, struct arm_smmu_master *master,
				 struct arm_smmu_domain *smmu_domain, bool ats_enabled);
/* @vste: qwords 0 and 1 that the guest wrote; @s2_parent: its stage 2 */
void arm_smmu_make_nested_cd_table_ste(struct arm_smmu_ste *target,
				       struct arm_smmu_master *master,
				       struct arm_smmu_domain *s2_parent, const __le64 *vste,
				       bool ats_enabled);
void arm_smmu_make_s1_cd(struct arm_smmu_cd *target, struct arm_smmu_master *master,
			 struct arm_smmu_domain *smmu_domain);
/* The domain's CD once its address space is gone: valid, and every access faults */
void arm_smmu_make_released_cd(struct arm_smmu_cd *target, struct arm_smmu_domain *smmu_domain);

#endif
