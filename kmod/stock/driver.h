/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stock arm-smmu-v3: its arm_smmu_domain_inv_range(), and where it keeps what that
 * function reads. Found in the kernel that runs; no structure of its is known here.
 */
#ifndef STOCK_DRIVER_H
#define STOCK_DRIVER_H

#include <linux/types.h>

struct subject_error;

/* arm_smmu_domain_inv_range(); the first argument is a struct arm_smmu_domain. */
typedef void (*stock_inv_range_fn)(void *smmu_domain, unsigned long iova, size_t size,
				   unsigned int granule, bool leaf);

/**
 * struct stock_inv - an entry of a domain's array, as the driver has it
 * @type: enum arm_smmu_inv_type
 * @size_opcode: CMDQ_OP_*
 * @nsize_opcode: likewise
 * @id: ASID, VMID or StreamID
 * @pgsize: log2, with range invalidation
 * @users: 0: trash
 */
struct stock_inv {
	u8 type, size_opcode, nsize_opcode;
	u32 id;
	size_t pgsize;
	int users;
};

/**
 * struct stock_queue - the fields of a command queue, where they are
 * @indices: llq.val: prod in the low half, cons in the high one
 * @shift: log2 of the entries
 * @base: the entries, two little-endian words each
 * @prod_reg: the driver's pointer to CMDQ_PROD
 * @cons_reg: to CMDQ_CONS
 * @valid_map: a bit an entry
 * @owner_prod: up to where PROD was written
 * @lock: shared count
 */
struct stock_queue {
	u64 *indices;
	u32 shift;
	__le64 *base;
	void __iomem **prod_reg;
	void __iomem **cons_reg;
	unsigned long *valid_map;
	u32 *owner_prod;
	int *lock;
};

/**
 * stock_inv_range() - the driver's function
 * @err: one line on failure: which part this kernel hasn't got
 *
 * May sleep. Return: NULL on failure.
 */
stock_inv_range_fn stock_inv_range(struct subject_error *err);

/* The struct arm_smmu_domain round a paging domain; stock_inv_range() has succeeded. */
void *stock_domain(void *iommu_domain);

/**
 * stock_domain_invs() - a copy of the entries that a domain's unmaps owe
 * @smmu_domain: of stock_domain(); nobody attaches to it meanwhile
 * @invs: room for @max
 *
 * Return: how many there are.
 */
size_t stock_domain_invs(const void *smmu_domain, struct stock_inv *invs, size_t max);

/* The SMMU that a domain was finalised for, or of its first entry. */
void *stock_domain_smmu(const void *smmu_domain);

/* options of an SMMU; the bits are the driver's own. */
u32 stock_options(const void *smmu);

/* features of an SMMU; the bits are the driver's own. */
u32 *stock_features(void *smmu);

/**
 * stock_queue() - the command queue that every command of an SMMU goes to
 * @smmu: of stock_domain_smmu()
 * @q: filled in
 * @err: one line on failure
 *
 * Return: 0; -ENODEV where the SMMU has further queues (impl_ops).
 */
int stock_queue(void *smmu, struct stock_queue *q, struct subject_error *err);

#endif
