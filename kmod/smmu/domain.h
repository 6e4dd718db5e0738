/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Masters, and how they are attached to a domain and taken off it. Upstream's
 * names (arm-smmu-v3.c of Linux 7.3); a struct device is the master itself here,
 * and the bookkeeping of the IOMMU core is arm_smmu_master_attach().
 */
#ifndef SMMU_DOMAIN_H
#define SMMU_DOMAIN_H

#include "entry.h"
#include "smmu.h"
#include "store.h"

/**
 * struct arm_smmu_ctx_desc_cfg - a master's table of CDs
 * @table: linear, 1 << @s1cdmax CDs; NULL until the first stage 1 attach
 * @cdtab_dma: what the STE points at
 * @s1fmt: STRTAB_STE_0_S1FMT_LINEAR
 * @s1cdmax: log2 of the CDs
 * @used_ssids: valid CDs with a PASID
 * @in_ste: the STE points at the table
 */
struct arm_smmu_ctx_desc_cfg {
	struct arm_smmu_cd *table;
	u64 cdtab_dma;
	u8 s1fmt;
	u8 s1cdmax;
	unsigned int used_ssids;
	bool in_ste;
};

/**
 * struct arm_smmu_master - a device behind an SMMU
 *
 * The caller serialises what is done to one master (the IOMMU group's mutex
 * upstream); arm_smmu_asid_lock serialises masters.
 *
 * @smmu: the SMMU it sits behind
 * @streams: its StreamIDs, sorted
 * @stes: the STE of each; those of a duplicated ID are not used
 * @num_streams: number of @streams
 * @build_invs: scratch for to_merge and to_unref
 * @cd_table: its CDs
 * @ste_ops: how its STEs are written; tests put their own here
 * @cd_ops: how its CDs are written; likewise
 * @domains: those with a table that it is attached to. Upstream threads these on the
 *	domain's list of devices
 * @sid_domain: what transactions without a PASID go through; never NULL
 * @strategy: of the attach under way, for the entry fence
 * @ats_supported: device and root complex can do ATS. May change between two
 *	attaches: what upstream's attach of a nested domain does by disable_ats
 * @pci_ats_enabled: stands for the enable bit of the PCI ATS capability
 * @ats_enabled: ATS is on, and the domains' invalidations know
 * @ste_ats_enabled: EATS as it stands in the STEs
 * @stall_enabled: faults stall
 * @ats_always_on: needs ATS in an identity domain too
 * @ssid_bits: log2 of its PASIDs; 0 without
 */
struct arm_smmu_master {
	struct arm_smmu_device *smmu;
	struct arm_smmu_stream *streams;
	struct arm_smmu_ste *stes;
	unsigned int num_streams;
	struct arm_smmu_invs *build_invs;
	struct arm_smmu_ctx_desc_cfg cd_table;
	const struct arm_smmu_entry_writer_ops *ste_ops;
	const struct arm_smmu_entry_writer_ops *cd_ops;
	struct list_head domains;
	struct arm_smmu_domain *sid_domain;
	enum smmu_strategy strategy;
	bool ats_supported;
	bool pci_ats_enabled;
	bool ats_enabled;
	bool ste_ats_enabled;
	bool stall_enabled;
	bool ats_always_on;
	u8 ssid_bits;
};

/**
 * struct arm_smmu_master_params - a master to be
 * @sids: StreamIDs in any order, doubles allowed (bridges make them)
 * @num_sids: number of @sids, at least 1
 * @ssid_bits: log2 of the PASIDs, at most 10 (a linear table of CDs)
 * @ats: has ATS; counts only where the SMMU has ARM_SMMU_FEAT_ATS
 * @stall: has stalling faults
 * @ats_always_on: see struct arm_smmu_master
 */
struct arm_smmu_master_params {
	const u32 *sids;
	unsigned int num_sids;
	u8 ssid_bits;
	bool ats;
	bool stall;
	bool ats_always_on;
};

#define ARM_SMMU_MAX_SSID_BITS	10

/* The two domains without a table, shared by all masters. */
extern struct arm_smmu_domain arm_smmu_identity_domain;
extern struct arm_smmu_domain arm_smmu_blocked_domain;

/* How STEs and CDs are written: the ops that a new master has. */
extern const struct arm_smmu_entry_writer_ops arm_smmu_ste_writer_ops;
extern const struct arm_smmu_entry_writer_ops arm_smmu_cd_writer_ops;

/**
 * arm_smmu_master_init() - a master behind @smmu, blocked
 *
 * Return: 0, -EINVAL or -ENOMEM, which leave nothing behind. May sleep.
 */
int arm_smmu_master_init(struct arm_smmu_master *master, struct arm_smmu_device *smmu,
			 const struct arm_smmu_master_params *params);

/**
 * arm_smmu_master_destroy() - gives the memory of a master back
 *
 * It must be attached to a domain without a table and have no PASID in use.
 */
void arm_smmu_master_destroy(struct arm_smmu_master *master);

/**
 * arm_smmu_master_build_invs() - what @master adds to a domain's invalidations
 * @master: owns the array that is returned
 * @ats_enabled: with its ATS streams
 * @ssid: substream of the ATS entries
 * @smmu_domain: a domain with a table
 *
 * Context: one caller a master at a time.
 *
 * Return: sorted entries, without users, good until the next call; NULL for a
 * domain without a table.
 */
struct arm_smmu_invs *arm_smmu_master_build_invs(struct arm_smmu_master *master, bool ats_enabled,
						 u32 ssid, struct arm_smmu_domain *smmu_domain);

/**
 * struct arm_smmu_attach_state - one attach from prepare to commit
 * @old_domain: which domain is left; NULL for a PASID that had none
 * @master: who moves
 * @ssid: the PASID that moves, or IOMMU_NO_PASID
 * @cd_needs_ats: ATS stays on though the new domain has no table
 * @new_domain: set by prepare when that domain has a table
 * @txn: the store's side
 * @ats_enabled: set by prepare; the STE must have EATS accordingly
 */
struct arm_smmu_attach_state {
	struct arm_smmu_domain *old_domain;
	struct arm_smmu_master *master;
	u32 ssid;
	bool cd_needs_ats;
	struct arm_smmu_domain *new_domain;
	struct smmu_store_txn txn;
	bool ats_enabled;
};

/**
 * arm_smmu_attach_prepare() - all that can fail, then publish
 *
 * On success the new domain's invalidations reach the master, the publish fence
 * has run, and ATS is off where it must be off for the STE to change; the caller
 * must write the entries and call arm_smmu_attach_commit().
 *
 * Context: under arm_smmu_asid_lock; may sleep.
 *
 * Return: 0, or a negative error, and then nothing has changed.
 */
int arm_smmu_attach_prepare(struct arm_smmu_attach_state *state,
			    struct arm_smmu_domain *new_domain);
void arm_smmu_attach_commit(struct arm_smmu_attach_state *state);

/**
 * arm_smmu_issue_for_streams() - one command for each of a master's streams
 * @make: makes it
 *
 * Then a CMD_SYNC. Context: as arm_smmu_cmdq_issue_cmdlist().
 */
void arm_smmu_issue_for_streams(struct arm_smmu_master *master, u32 ssid,
				struct arm_smmu_cmd (*make)(u32 sid, u32 ssid));

void arm_smmu_install_ste_for_dev(struct arm_smmu_master *master,
				  const struct arm_smmu_ste *target);
void arm_smmu_write_cd_entry(struct arm_smmu_master *master, u32 ssid, struct arm_smmu_cd *cdptr,
			     const struct arm_smmu_cd *target);
/* 0 or -ENOMEM; may sleep. The table stays until the master goes. */
int arm_smmu_alloc_cd_tables(struct arm_smmu_master *master);
/* NULL: there is no table; alloc makes one, or has no memory */
struct arm_smmu_cd *arm_smmu_get_cd_ptr(struct arm_smmu_master *master, u32 ssid);
struct arm_smmu_cd *arm_smmu_alloc_cd_ptr(struct arm_smmu_master *master, u32 ssid);
void arm_smmu_clear_cd(struct arm_smmu_master *master, u32 ssid);

/**
 * arm_smmu_attach_dev() - attach to a domain with a table
 *
 * Return: 0; -EBUSY for stage 2 while PASIDs are in use; -ENOMEM; -EINVAL. On an
 * error all is as it was, but for an empty table of CDs that @master may own now.
 */
int arm_smmu_attach_dev(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
			struct arm_smmu_domain *old_domain);
void arm_smmu_attach_dev_identity(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
				  struct arm_smmu_domain *old_domain);
void arm_smmu_attach_dev_blocked(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
				 struct arm_smmu_domain *old_domain);

/**
 * arm_smmu_s1_set_dev_pasid() - give @pasid to a stage 1 domain
 * @old: which domain the PASID had, or NULL
 *
 * Return: 0; -EINVAL for another kind of domain, a PASID out of range, or a
 * master whose STE can't hold a table of CDs; -ENOMEM.
 */
int arm_smmu_s1_set_dev_pasid(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
			      u32 pasid, struct arm_smmu_domain *old);
void arm_smmu_blocking_set_dev_pasid(struct arm_smmu_master *master, u32 pasid,
				     struct arm_smmu_domain *old_domain);

/**
 * arm_smmu_master_attach() - what the IOMMU core does: attach and remember
 * @master: who
 * @domain: any stage; detach is &arm_smmu_blocked_domain or the identity one
 *
 * Context: process context. Takes arm_smmu_asid_lock.
 *
 * Return: as arm_smmu_attach_dev(). A domain without a table can't fail.
 */
int arm_smmu_master_attach(struct arm_smmu_master *master, struct arm_smmu_domain *domain);

#endif
