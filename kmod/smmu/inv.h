/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of an invalidation array and the array itself, under upstream's
 * names: arm-smmu-v3.h of Linux 7.3, struct arm_smmu_inv and arm_smmu_invs.
 */
#ifndef SMMU_INV_H
#define SMMU_INV_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct arm_smmu_device;

/* In the order in which their commands must reach the queue. */
enum arm_smmu_inv_type {
	INV_TYPE_S1_ASID,
	INV_TYPE_S2_VMID,
	INV_TYPE_S2_VMID_S1_CLEAR,
	INV_TYPE_ATS,
	INV_TYPE_ATS_FULL,
};

/**
 * struct arm_smmu_inv - one invalidation that a domain owes
 * @smmu: whose command queue takes it
 * @type: enum arm_smmu_inv_type
 * @size_opcode: command for a range
 * @nsize_opcode: command for everything under @id
 * @id: ASID, VMID or, for the ATS types, StreamID
 * @pgsize: log2 of the leaf page size when the SMMU has range invalidation
 * @ssid: substream of the ATS types
 * @users: attachments that want it; 0 marks trash. Written under the asid lock,
 *	   read without it.
 */
struct arm_smmu_inv {
	struct arm_smmu_device *smmu;
	u8 type;
	u8 size_opcode;
	u8 nsize_opcode;
	u32 id;
	union {
		size_t pgsize;
		u32 ssid;
	};
	int users;
};

static __always_inline bool arm_smmu_inv_is_ats(const struct arm_smmu_inv *inv)
{
	return inv->type == INV_TYPE_ATS || inv->type == INV_TYPE_ATS_FULL;
}

/**
 * struct arm_smmu_invs - a domain's sorted array
 * @max_invs: room in @inv
 * @num_invs: entries in use, trash in between included
 * @num_trashes: how many of them are trash
 * @rwlock: readers hold it round the walk when @has_ats; unref trims under it
 * @has_ats: an ATS or ATS_FULL entry is among them
 * @rcu: for kfree_rcu()
 * @inv: sorted by (smmu, type, id, and ssid for the ATS types)
 */
struct arm_smmu_invs {
	size_t max_invs;
	size_t num_invs;
	size_t num_trashes;
	rwlock_t rwlock;
	bool has_ats;
	struct rcu_head rcu;
	struct arm_smmu_inv inv[] __counted_by(max_invs);
};

#endif
