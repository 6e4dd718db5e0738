/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SMMU's commands: two 64-bit words each. Formats: IHI 0070 (SMMUv3
 * architecture), chapter 4 "Commands". Function names are those of
 * arm-smmu-v3.h in Linux 7.3; which fields they fill is what that driver fills.
 */
#ifndef SMMU_CMD_H
#define SMMU_CMD_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define CMDQ_ENT_DWORDS		2
#define CMDQ_ENT_SZ_SHIFT	4

/* An entry of the command queue: 16 bytes. */
struct arm_smmu_cmd {
	u64 data[CMDQ_ENT_DWORDS];
};

/*
 * Commands that are gathered before they go to the queue. The driver's
 * CMDQ_BATCH_ENTRIES, which is BITS_PER_LONG; a queue must hold more than these.
 */
#define CMDQ_BATCH_ENTRIES	64

/* IHI 0070 chapter 4, "Command opcodes". */
enum arm_smmu_cmdq_opcode {
	CMDQ_OP_PREFETCH_CFG	= 0x01,
	CMDQ_OP_CFGI_STE	= 0x03,
	CMDQ_OP_CFGI_ALL	= 0x04,
	CMDQ_OP_CFGI_CD		= 0x05,
	CMDQ_OP_CFGI_CD_ALL	= 0x06,
	CMDQ_OP_TLBI_NH_ALL	= 0x10,
	CMDQ_OP_TLBI_NH_ASID	= 0x11,
	CMDQ_OP_TLBI_NH_VA	= 0x12,
	CMDQ_OP_TLBI_NH_VAA	= 0x13,
	CMDQ_OP_TLBI_EL2_ALL	= 0x20,
	CMDQ_OP_TLBI_EL2_ASID	= 0x21,
	CMDQ_OP_TLBI_EL2_VA	= 0x22,
	CMDQ_OP_TLBI_S12_VMALL	= 0x28,
	CMDQ_OP_TLBI_S2_IPA	= 0x2a,
	CMDQ_OP_TLBI_NSNH_ALL	= 0x30,
	CMDQ_OP_ATC_INV		= 0x40,
	CMDQ_OP_CMD_SYNC	= 0x46,
};

/* Fields: _0_ in data[0], _1_ in data[1]. Common to the commands that have them. */
#define CMDQ_0_OP		GENMASK_ULL(7, 0)
#define CMDQ_0_SSV		BIT_ULL(11)

/* CMD_PREFETCH_CONFIG */
#define CMDQ_PREFETCH_0_SID	GENMASK_ULL(63, 32)

/* CMD_CFGI_*; CMD_CFGI_ALL is CMD_CFGI_STE_RANGE with a range of 31 */
#define CMDQ_CFGI_0_SSID	GENMASK_ULL(31, 12)
#define CMDQ_CFGI_0_SID		GENMASK_ULL(63, 32)
#define CMDQ_CFGI_1_LEAF	BIT_ULL(0)
#define CMDQ_CFGI_1_RANGE	GENMASK_ULL(4, 0)
#define CMDQ_CFGI_RANGE_ALL	31

/* CMD_TLBI_*; NUM, SCALE, TTL and TG only with IDR3.RIL ("Range-based invalidation") */
#define CMDQ_TLBI_0_NUM		GENMASK_ULL(16, 12)
#define CMDQ_TLBI_0_SCALE	GENMASK_ULL(25, 20)
#define CMDQ_TLBI_0_VMID	GENMASK_ULL(47, 32)
#define CMDQ_TLBI_0_ASID	GENMASK_ULL(63, 48)
#define CMDQ_TLBI_1_LEAF	BIT_ULL(0)
#define CMDQ_TLBI_1_TTL		GENMASK_ULL(9, 8)
#define CMDQ_TLBI_1_TG		GENMASK_ULL(11, 10)
#define CMDQ_TLBI_1_VA_MASK	GENMASK_ULL(63, 12)
#define CMDQ_TLBI_RANGE_NUM_MAX	31

/* CMD_ATC_INV; SIZE is the log2 of 4 KiB pages, 52 is everything */
#define CMDQ_ATC_0_SSID		GENMASK_ULL(31, 12)
#define CMDQ_ATC_0_SID		GENMASK_ULL(63, 32)
#define CMDQ_ATC_1_SIZE		GENMASK_ULL(5, 0)
#define CMDQ_ATC_1_ADDR_MASK	GENMASK_ULL(63, 12)
#define ATC_INV_SIZE_ALL	52

/* CMD_SYNC */
#define CMDQ_SYNC_0_CS		GENMASK_ULL(13, 12)
#define CMDQ_SYNC_0_CS_NONE	0
#define CMDQ_SYNC_0_CS_IRQ	1
#define CMDQ_SYNC_0_CS_SEV	2
#define CMDQ_SYNC_0_MSH		GENMASK_ULL(23, 22)
#define CMDQ_SYNC_0_MSIATTR	GENMASK_ULL(27, 24)
#define CMDQ_SYNC_0_MSIDATA	GENMASK_ULL(63, 32)
#define CMDQ_SYNC_1_MSIADDR_MASK GENMASK_ULL(51, 2)

/* Inner shareable, and outer + inner write-back cacheable: how an MSI is written. */
#define ARM_SMMU_SH_ISH		3
#define ARM_SMMU_MEMATTR_OIWB	0xf

/* Of a command that was made: which one it is. */
static __always_inline u8 arm_smmu_cmd_op(const struct arm_smmu_cmd *cmd)
{
	return cmd->data[0] & CMDQ_0_OP;
}

static __always_inline struct arm_smmu_cmd arm_smmu_cmd(u64 first, u64 second)
{
	return (struct arm_smmu_cmd){ .data = { first, second } };
}

/* The command with nothing but its opcode. */
static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_op(u8 op)
{
	return arm_smmu_cmd(op, 0);
}

static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_cfgi_all(void)
{
	return arm_smmu_cmd(CMDQ_OP_CFGI_ALL,
			    FIELD_PREP(CMDQ_CFGI_1_RANGE, CMDQ_CFGI_RANGE_ALL));
}

static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_prefetch_cfg(u32 sid)
{
	return arm_smmu_cmd(CMDQ_OP_PREFETCH_CFG | FIELD_PREP(CMDQ_PREFETCH_0_SID, sid),
			    0);
}

static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_cfgi_ste(u32 sid, bool leaf)
{
	return arm_smmu_cmd(CMDQ_OP_CFGI_STE | FIELD_PREP(CMDQ_CFGI_0_SID, sid),
			    FIELD_PREP(CMDQ_CFGI_1_LEAF, leaf));
}

static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_cfgi_cd(u32 sid, u32 ssid,
								     bool leaf)
{
	return arm_smmu_cmd(CMDQ_OP_CFGI_CD | FIELD_PREP(CMDQ_CFGI_0_SID, sid) |
				    FIELD_PREP(CMDQ_CFGI_0_SSID, ssid),
			    FIELD_PREP(CMDQ_CFGI_1_LEAF, leaf));
}

/**
 * arm_smmu_make_cmd_tlbi() - a TLBI of everything under its tag
 * @op: CMDQ_OP_TLBI_*
 * @asid: 0 where the opcode takes none
 * @vmid: 0 where the opcode takes none, and for stage 1 as the driver has it
 *
 * For a sized TLBI range.h adds the range and its hints.
 */
static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_tlbi(u8 op, u16 asid, u16 vmid)
{
	return arm_smmu_cmd(op | FIELD_PREP(CMDQ_TLBI_0_ASID, asid) |
				    FIELD_PREP(CMDQ_TLBI_0_VMID, vmid),
			    0);
}

/**
 * arm_smmu_make_cmd_atc_inv() - an ATC_INV of a power-of-two span
 * @sid: StreamID
 * @ssid: SubstreamID; SSV is set when it isn't 0 (IOMMU_NO_PASID)
 * @addr: of the span, a multiple of its size
 * @size: log2 of its 4 KiB pages
 */
static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_atc_inv(u32 sid, u32 ssid,
								     u64 addr, u8 size)
{
	return arm_smmu_cmd(CMDQ_OP_ATC_INV | FIELD_PREP(CMDQ_0_SSV, ssid != 0) |
				    FIELD_PREP(CMDQ_ATC_0_SSID, ssid) |
				    FIELD_PREP(CMDQ_ATC_0_SID, sid),
			    FIELD_PREP(CMDQ_ATC_1_SIZE, size) | (addr & CMDQ_ATC_1_ADDR_MASK));
}

static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_atc_inv_all(u32 sid, u32 ssid)
{
	return arm_smmu_make_cmd_atc_inv(sid, ssid, 0, ATC_INV_SIZE_ALL);
}

/**
 * arm_smmu_make_cmd_sync() - a CMD_SYNC
 * @cs: CMDQ_SYNC_0_CS_*: how its completion is told
 * @msiaddr: where the SMMU writes 0 with CS_IRQ (MSIDATA is left 0), else 0
 */
static __always_inline struct arm_smmu_cmd arm_smmu_make_cmd_sync(unsigned int cs, u64 msiaddr)
{
	return arm_smmu_cmd(CMDQ_OP_CMD_SYNC | FIELD_PREP(CMDQ_SYNC_0_CS, cs) |
				    FIELD_PREP(CMDQ_SYNC_0_MSH, ARM_SMMU_SH_ISH) |
				    FIELD_PREP(CMDQ_SYNC_0_MSIATTR, ARM_SMMU_MEMATTR_OIWB),
			    msiaddr & CMDQ_SYNC_1_MSIADDR_MASK);
}

#endif
