/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of an SMMUv3 that the module reads or writes: page 0, Non-secure, 32 bits
 * at a time (CMDQ_BASE as two halves while its queue is off). Sections are those of
 * IHI 0070. CMDQ_CONS.ERR and GERROR's bits are in smmu/cmdq.h.
 */
#ifndef MMIO_REGS_H
#define MMIO_REGS_H

#include <linux/bits.h>

#define SMMU_IDR0		0x00		/* 6.3.1 */
#define IDR0_S2P		BIT(0)
#define IDR0_S1P		BIT(1)
#define IDR0_COHACC		BIT(4)
#define IDR0_ATS		BIT(10)
#define IDR0_MSI		BIT(13)
#define IDR0_SEV		BIT(14)

#define SMMU_IDR1		0x04		/* 6.3.2 */
#define IDR1_CMDQS		GENMASK(25, 21)
#define IDR1_REL		BIT(28)
#define IDR1_QUEUES_PRESET	BIT(29)
#define IDR1_TABLES_PRESET	BIT(30)

#define SMMU_IDR3		0x0c		/* 6.3.4 */
#define IDR3_RIL		BIT(10)

#define SMMU_IDR5		0x14		/* 6.3.6 */
#define IDR5_OAS		GENMASK(2, 0)

#define SMMU_AIDR		0x1c		/* 6.3.8 */
#define AIDR_MINOR		GENMASK(3, 0)
#define AIDR_MAJOR		GENMASK(7, 4)

#define SMMU_CR0		0x20		/* 6.3.9 */
#define CR0_SMMUEN		BIT(0)
#define CR0_CMDQEN		BIT(3)
#define SMMU_CR0ACK		0x24		/* 6.3.10 */

#define SMMU_CR1		0x28		/* 6.3.11 */
#define CR1_TABLE_SH		GENMASK(11, 10)
#define CR1_TABLE_OC		GENMASK(9, 8)
#define CR1_TABLE_IC		GENMASK(7, 6)
#define CR1_QUEUE_SH		GENMASK(5, 4)
#define CR1_QUEUE_OC		GENMASK(3, 2)
#define CR1_QUEUE_IC		GENMASK(1, 0)
#define CR1_CACHE_NC		0
#define CR1_CACHE_WB		1
#define CR1_SH_OSH		2
#define CR1_SH_ISH		3

#define SMMU_CR2		0x2c		/* 6.3.12 */
#define CR2_PTM			BIT(2)

#define SMMU_IRQ_CTRL		0x50		/* 6.3.17 */
#define IRQ_CTRL_GERROR_IRQEN	BIT(0)
#define SMMU_IRQ_CTRLACK	0x54		/* 6.3.18 */

#define SMMU_GERROR		0x60		/* 6.3.19 */
#define SMMU_GERRORN		0x64		/* 6.3.20 */
#define SMMU_GERROR_IRQ_CFG0	0x68		/* 6.3.21 */

#define SMMU_CMDQ_BASE		0x90		/* 6.3.26 */
#define CMDQ_BASE_RA		BIT_ULL(62)
#define CMDQ_BASE_ADDR		GENMASK_ULL(55, 5)
#define CMDQ_BASE_LOG2SIZE	GENMASK_ULL(4, 0)
#define SMMU_CMDQ_PROD		0x98		/* 6.3.27 */
#define SMMU_CMDQ_CONS		0x9c		/* 6.3.28 */
#define CMDQ_INDEX		GENMASK(19, 0)	/* of both */

/*
 * What is mapped. The rest of page 0 is IMPLEMENTATION DEFINED and may be another
 * driver's, such as the one of performance counters.
 */
#define SMMU_REG_SIZE		0xe00

#endif
