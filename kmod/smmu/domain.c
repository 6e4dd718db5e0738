// SPDX-License-Identifier: GPL-2.0-or-later
#include "domain.h"

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "inv_range.h"
#include "invs.h"

/* Serialises all attaches: the writers of all stores, of all CDs and all STEs. */
DEFINE_MUTEX(arm_smmu_asid_lock);

struct arm_smmu_domain arm_smmu_identity_domain = {
	.stage = ARM_SMMU_DOMAIN_IDENTITY,
};

struct arm_smmu_domain arm_smmu_blocked_domain = {
	.stage = ARM_SMMU_DOMAIN_BLOCKED,
};

/* The domain when it has a table, and with it invalidations; else NULL. */
static struct arm_smmu_domain *to_smmu_domain_devices(struct arm_smmu_domain *domain)
{
	if (!domain || domain->stage == ARM_SMMU_DOMAIN_IDENTITY ||
	    domain->stage == ARM_SMMU_DOMAIN_BLOCKED)
		return NULL;
	return domain;
}

/* ---- masters ----------------------------------------------------------- */

/* A domain that a master's transactions may go through at present. */
struct arm_smmu_master_domain {
	struct list_head devices_elm;
	struct arm_smmu_domain *domain;
	u32 ssid;
};

static bool arm_smmu_ats_supported(const struct arm_smmu_master *master)
{
	return master->smmu->features & ARM_SMMU_FEAT_ATS && master->ats_supported;
}

static int arm_smmu_stream_id_cmp(const void *l, const void *r)
{
	const struct arm_smmu_stream *left = l, *right = r;

	return (left->id > right->id) - (left->id < right->id);
}

int arm_smmu_master_init(struct arm_smmu_master *master, struct arm_smmu_device *smmu,
			 const struct arm_smmu_master_params *params)
{
	unsigned int i;

	if (!params->num_sids || params->ssid_bits > ARM_SMMU_MAX_SSID_BITS)
		return -EINVAL;
	if (params->ats_always_on && !(params->ats && smmu->features & ARM_SMMU_FEAT_ATS))
		return -EINVAL;

	memset(master, 0, sizeof(*master));
	INIT_LIST_HEAD(&master->domains);
	master->smmu = smmu;
	master->num_streams = params->num_sids;
	master->ssid_bits = params->ssid_bits;
	master->ats_supported = params->ats;
	master->stall_enabled = params->stall;
	master->ats_always_on = params->ats_always_on;
	master->ste_ops = &arm_smmu_ste_writer_ops;
	master->cd_ops = &arm_smmu_cd_writer_ops;
	master->sid_domain = &arm_smmu_blocked_domain;
	master->strategy = SMMU_STRATEGY_MERGED;

	master->streams = kcalloc(params->num_sids, sizeof(*master->streams), GFP_KERNEL);
	master->stes = kcalloc(params->num_sids, sizeof(*master->stes), GFP_KERNEL);
	/* An ASID, or a VMID and its stage 1; and each stream's ATC */
	master->build_invs = arm_smmu_invs_alloc(2 + (size_t)params->num_sids);
	if (!master->streams || !master->stes || !master->build_invs ||
	    (params->ats_always_on && arm_smmu_alloc_cd_tables(master))) {
		kfree(master->build_invs);
		kfree(master->stes);
		kfree(master->streams);
		return -ENOMEM;
	}

	for (i = 0; i < params->num_sids; i++) {
		master->streams[i].id = params->sids[i];
		/* No SMMU reads them yet */
		arm_smmu_make_abort_ste(&master->stes[i]);
	}
	/* to_merge and to_unref must be sorted, and are built in this order */
	sort(master->streams, master->num_streams, sizeof(*master->streams),
	     arm_smmu_stream_id_cmp, NULL);
	return 0;
}

void arm_smmu_master_destroy(struct arm_smmu_master *master)
{
	WARN_ON(!list_empty(&master->domains));
	kfree(master->cd_table.table);
	kfree(master->build_invs);
	kfree(master->stes);
	kfree(master->streams);
}

/* By type: the command for a range, and for everything under the tag. */
static const struct {
	u8 size, nsize;
} inv_opcodes[] = {
	[INV_TYPE_S1_ASID] = { CMDQ_OP_TLBI_NH_VA, CMDQ_OP_TLBI_NH_ASID },
	[INV_TYPE_S2_VMID] = { CMDQ_OP_TLBI_S2_IPA, CMDQ_OP_TLBI_S12_VMALL },
	[INV_TYPE_S2_VMID_S1_CLEAR] = { CMDQ_OP_TLBI_NH_ALL, CMDQ_OP_TLBI_NH_ALL },
	[INV_TYPE_ATS] = { CMDQ_OP_ATC_INV, CMDQ_OP_ATC_INV },
	[INV_TYPE_ATS_FULL] = { CMDQ_OP_ATC_INV, CMDQ_OP_ATC_INV },
};

static void arm_smmu_master_build_inv(struct arm_smmu_master *master, enum arm_smmu_inv_type type,
				      u32 id, u32 ssid, size_t pgsize)
{
	struct arm_smmu_invs *invs = master->build_invs;
	struct arm_smmu_inv inv = {
		.smmu = master->smmu,
		.type = type,
		.size_opcode = inv_opcodes[type].size,
		.nsize_opcode = inv_opcodes[type].nsize,
		.id = id,
	};

	/* The same tag in the regime of EL2, where the host's own tables are */
	if (type == INV_TYPE_S1_ASID && master->smmu->features & ARM_SMMU_FEAT_E2H) {
		inv.size_opcode = CMDQ_OP_TLBI_EL2_VA;
		inv.nsize_opcode = CMDQ_OP_TLBI_EL2_ASID;
	}
	if (arm_smmu_inv_is_ats(&inv))
		inv.ssid = ssid;
	else
		inv.pgsize = pgsize;

	if (!WARN_ON(invs->num_invs == invs->max_invs))
		invs->inv[invs->num_invs++] = inv;
}

struct arm_smmu_invs *arm_smmu_master_build_invs(struct arm_smmu_master *master, bool ats_enabled,
						 u32 ssid, struct arm_smmu_domain *smmu_domain)
{
	const bool nesting = smmu_domain->nest_parent;
	size_t pgsize = 0;
	unsigned int i;

	if (WARN_ON(!to_smmu_domain_devices(smmu_domain)))
		return NULL;

	master->build_invs->num_invs = 0;

	/* Range commands say which leaf size they mean. */
	if (master->smmu->features & ARM_SMMU_FEAT_RANGE_INV)
		pgsize = __ffs(smmu_domain->pgsize_bitmap);

	if (smmu_domain->stage == ARM_SMMU_DOMAIN_S2)
		arm_smmu_master_build_inv(master, INV_TYPE_S2_VMID, smmu_domain->vmid,
					  IOMMU_NO_PASID, pgsize);
	else
		arm_smmu_master_build_inv(master, INV_TYPE_S1_ASID, smmu_domain->asid,
					  IOMMU_NO_PASID, pgsize);

	/* Which of the guest's ASIDs a stage 2 change concerns nobody knows. */
	if (nesting)
		arm_smmu_master_build_inv(master, INV_TYPE_S2_VMID_S1_CLEAR, smmu_domain->vmid,
					  IOMMU_NO_PASID, 0);

	for (i = 0; ats_enabled && i < master->num_streams; i++)
		arm_smmu_master_build_inv(master, nesting ? INV_TYPE_ATS_FULL : INV_TYPE_ATS,
					  master->streams[i].id, ssid, 0);

	return master->build_invs;
}

static struct arm_smmu_cmd make_atc_inv_all(u32 sid, u32 ssid)
{
	return arm_smmu_make_cmd_atc_inv_all(sid, ssid);
}

/* Everything that the master's ATCs hold for @ssid; for IOMMU_NO_PASID everything. */
static void arm_smmu_atc_inv_master(struct arm_smmu_master *master, u32 ssid)
{
	arm_smmu_issue_for_streams(master, ssid, make_atc_inv_all);
}

/* ---- attach ------------------------------------------------------------ */

static struct arm_smmu_master_domain *
arm_smmu_find_master_domain(struct arm_smmu_master *master, struct arm_smmu_domain *domain,
			    u32 ssid)
{
	struct arm_smmu_master_domain *master_domain;

	list_for_each_entry(master_domain, &master->domains, devices_elm) {
		if (master_domain->domain == domain && master_domain->ssid == ssid)
			return master_domain;
	}
	return NULL;
}

static void arm_smmu_remove_master_domain(struct arm_smmu_master *master,
					  struct arm_smmu_domain *domain, u32 ssid)
{
	struct arm_smmu_master_domain *master_domain;

	if (!to_smmu_domain_devices(domain))
		return;
	master_domain = arm_smmu_find_master_domain(master, domain, ssid);
	if (WARN_ON(!master_domain))
		return;
	list_del(&master_domain->devices_elm);
	kfree(master_domain);
}

/*
 * The entry fence is that of the domain that comes; when that one has no table, of
 * the one that goes; when neither has, of the last one that had.
 */
static void arm_smmu_choose_strategy(struct arm_smmu_master *master,
				     struct arm_smmu_domain *new_domain,
				     struct arm_smmu_domain *old_domain)
{
	const struct arm_smmu_domain *domain = to_smmu_domain_devices(new_domain);

	if (!domain)
		domain = to_smmu_domain_devices(old_domain);
	if (domain)
		master->strategy = domain->strategy;
}

/* Before the first write of a CD or an STE: arm_smmu_install_new_domain_invs(). */
static void arm_smmu_install_new_domain_invs(struct arm_smmu_attach_state *state)
{
	struct arm_smmu_domain *domain = state->new_domain;

	domain->store->install_new(domain, &state->txn);

	/*
	 * The publish fence. Orders the publication above before the CD and STE
	 * stores that follow; pairs, through the SMMU's fetch of those entries and
	 * of the IOPTE, with the reader's fence between its IOPTE store and its load
	 * of invs (inv_range): a reader that loads the old invs has stored its
	 * IOPTE where the SMMU sees it. smp_mb() in v9 of the series; no fence in
	 * arm_smmu_install_new_domain_invs(), arm-smmu-v3.c, Linux 7.3, where
	 * arm_smmu_write_entry()'s dma_wmb() does it. A grace period or an IPI
	 * does it for readers without a fence; no reader takes the asid lock.
	 */
	smmu_fence_run(smmu_strategies[domain->strategy].publish);
}

/* S12_VMALL takes the stage 1 of a nest parent along. */
static void arm_smmu_inv_flush_iotlb_tag(const struct arm_smmu_inv *inv)
{
	if (inv->type != INV_TYPE_S1_ASID && inv->type != INV_TYPE_S2_VMID)
		return;
	arm_smmu_cmdq_issue_cmd_with_sync(inv->smmu, smmu_inv_tlbi(inv, inv->nsize_opcode));
}

/* After the last write of a CD or an STE: arm_smmu_install_old_domain_invs(). */
static void arm_smmu_install_old_domain_invs(struct arm_smmu_attach_state *state)
{
	struct arm_smmu_domain *domain = to_smmu_domain_devices(state->old_domain);
	struct arm_smmu_invs *to_unref;

	if (!domain)
		return;

	/* to_merge has done its service, so its memory can be used again. */
	to_unref = arm_smmu_master_build_invs(state->master, state->master->ats_enabled,
					      state->ssid, domain);
	if (!to_unref)
		return;

	/*
	 * The retire fence. Orders the CD and STE stores above before the users that
	 * unref writes; pairs with the reader's fence between its IOPTE store and its
	 * loads of users (inv_range): a reader that misses the master finds it
	 * switched over. smp_mb() in v9 of the series; no fence in
	 * arm_smmu_install_old_domain_invs(), arm-smmu-v3.c, Linux 7.3, where the
	 * CMD_SYNC that ended the entry's write does it.
	 */
	smmu_fence_run(smmu_strategies[domain->strategy].retire);

	domain->store->unref(domain, to_unref);

	/*
	 * The first entry is the ASID or VMID. What no invalidation reaches any more
	 * must not stay in the IOTLB: the tag will be given to somebody else.
	 */
	if (!READ_ONCE(to_unref->inv[0].users))
		arm_smmu_inv_flush_iotlb_tag(&to_unref->inv[0]);

	domain->store->purge(domain);
}

int arm_smmu_attach_prepare(struct arm_smmu_attach_state *state,
			    struct arm_smmu_domain *new_domain)
{
	struct arm_smmu_domain *smmu_domain = to_smmu_domain_devices(new_domain);
	struct arm_smmu_master *master = state->master;
	struct arm_smmu_master_domain *master_domain;
	int ret;

	lockdep_assert_held(&arm_smmu_asid_lock);

	/* Bypass and abort STEs refuse ATS; a table of CDs with S1DSS = bypass does not. */
	state->ats_enabled = (smmu_domain || state->cd_needs_ats) &&
			     arm_smmu_ats_supported(master);

	if (smmu_domain) {
		state->txn.to_merge = arm_smmu_master_build_invs(master, state->ats_enabled,
								 state->ssid, smmu_domain);
		if (!state->txn.to_merge)
			return -EINVAL;

		ret = smmu_domain->store->prepare(smmu_domain, &state->txn);
		if (ret)
			return ret;

		master_domain = kzalloc(sizeof(*master_domain), GFP_KERNEL);
		if (!master_domain) {
			smmu_domain->store->abort(smmu_domain, &state->txn);
			return -ENOMEM;
		}
		master_domain->domain = smmu_domain;
		master_domain->ssid = state->ssid;

		/* A re-attach has it twice until commit. */
		list_add(&master_domain->devices_elm, &master->domains);

		state->new_domain = smmu_domain;
		arm_smmu_install_new_domain_invs(state);
	}

	arm_smmu_choose_strategy(master, new_domain, state->old_domain);

	if (!state->ats_enabled && master->ats_enabled) {
		master->pci_ats_enabled = false;
		/*
		 * Orders the write to the device's ATS capability before the STE that
		 * refuses ATS; pairs with the device's next translation request.
		 * arm_smmu_attach_prepare(), arm-smmu-v3.c, Linux 7.3.
		 */
		wmb();
	}
	return 0;
}

void arm_smmu_attach_commit(struct arm_smmu_attach_state *state)
{
	struct arm_smmu_master *master = state->master;

	lockdep_assert_held(&arm_smmu_asid_lock);

	if (state->ats_enabled && !master->ats_enabled) {
		/* The ATC may hold something of old; EATS is set already. */
		arm_smmu_atc_inv_master(master, IOMMU_NO_PASID);
		master->pci_ats_enabled = true;
	} else if (state->ats_enabled) {
		/* Both domains still invalidate, the new one translates. */
		arm_smmu_atc_inv_master(master, state->ssid);
	} else if (master->ats_enabled) {
		arm_smmu_atc_inv_master(master, IOMMU_NO_PASID);
	}

	arm_smmu_remove_master_domain(master, state->old_domain, state->ssid);
	arm_smmu_install_old_domain_invs(state);
	master->ats_enabled = state->ats_enabled;
}

int arm_smmu_attach_dev(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
			struct arm_smmu_domain *old_domain)
{
	struct arm_smmu_attach_state state = {
		.old_domain = old_domain,
		.master = master,
		.ssid = IOMMU_NO_PASID,
	};
	struct arm_smmu_cd *cdptr = NULL;
	struct arm_smmu_cd target_cd;
	struct arm_smmu_ste target;
	int ret;

	switch (domain->stage) {
	case ARM_SMMU_DOMAIN_S1:
		cdptr = arm_smmu_alloc_cd_ptr(master, IOMMU_NO_PASID);
		if (!cdptr)
			return -ENOMEM;
		break;
	case ARM_SMMU_DOMAIN_S2:
		/* Its STE has no room for a table of CDs. */
		if (master->cd_table.used_ssids)
			return -EBUSY;
		break;
	default:
		return -EINVAL;
	}

	mutex_lock(&arm_smmu_asid_lock);
	ret = arm_smmu_attach_prepare(&state, domain);
	if (ret)
		goto out_unlock;

	if (domain->stage == ARM_SMMU_DOMAIN_S1) {
		arm_smmu_make_s1_cd(&target_cd, master, domain);
		arm_smmu_write_cd_entry(master, IOMMU_NO_PASID, cdptr, &target_cd);
		arm_smmu_make_cdtable_ste(&target, master, state.ats_enabled,
					  STRTAB_STE_1_S1DSS_SSID0);
		arm_smmu_install_ste_for_dev(master, &target);
	} else {
		arm_smmu_make_s2_domain_ste(&target, master, domain, state.ats_enabled);
		arm_smmu_install_ste_for_dev(master, &target);
		arm_smmu_clear_cd(master, IOMMU_NO_PASID);
	}

	arm_smmu_attach_commit(&state);
out_unlock:
	mutex_unlock(&arm_smmu_asid_lock);
	return ret;
}

/* To a domain without a table: @ste, or a table of CDs for the sake of PASIDs or ATS. */
static void arm_smmu_attach_dev_ste(struct arm_smmu_domain *domain,
				    struct arm_smmu_domain *old_domain,
				    struct arm_smmu_master *master, struct arm_smmu_ste *ste,
				    unsigned int s1dss)
{
	struct arm_smmu_attach_state state = {
		.old_domain = old_domain,
		.master = master,
		.ssid = IOMMU_NO_PASID,
		.cd_needs_ats = master->cd_table.used_ssids ||
				(master->ats_always_on &&
				 s1dss != STRTAB_STE_1_S1DSS_TERMINATE),
	};

	mutex_lock(&arm_smmu_asid_lock);
	/* Without a table there is nothing in it that fails. */
	WARN_ON(arm_smmu_attach_prepare(&state, domain));
	if (state.cd_needs_ats)
		arm_smmu_make_cdtable_ste(ste, master, state.ats_enabled, s1dss);
	arm_smmu_install_ste_for_dev(master, ste);
	arm_smmu_attach_commit(&state);
	mutex_unlock(&arm_smmu_asid_lock);

	/* Nothing reaches it any more. */
	arm_smmu_clear_cd(master, IOMMU_NO_PASID);
}

void arm_smmu_attach_dev_identity(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
				  struct arm_smmu_domain *old_domain)
{
	struct arm_smmu_ste ste;

	arm_smmu_make_bypass_ste(master->smmu, &ste);
	arm_smmu_attach_dev_ste(domain, old_domain, master, &ste, STRTAB_STE_1_S1DSS_BYPASS);
}

void arm_smmu_attach_dev_blocked(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
				 struct arm_smmu_domain *old_domain)
{
	struct arm_smmu_ste ste;

	arm_smmu_make_abort_ste(&ste);
	arm_smmu_attach_dev_ste(domain, old_domain, master, &ste, STRTAB_STE_1_S1DSS_TERMINATE);
}

int arm_smmu_master_attach(struct arm_smmu_master *master, struct arm_smmu_domain *domain)
{
	int ret = 0;

	switch (domain->stage) {
	case ARM_SMMU_DOMAIN_IDENTITY:
		arm_smmu_attach_dev_identity(domain, master, master->sid_domain);
		break;
	case ARM_SMMU_DOMAIN_BLOCKED:
		arm_smmu_attach_dev_blocked(domain, master, master->sid_domain);
		break;
	default:
		ret = arm_smmu_attach_dev(domain, master, master->sid_domain);
		break;
	}
	if (!ret)
		master->sid_domain = domain;
	return ret;
}

/* ---- PASIDs ------------------------------------------------------------ */

/* A table of CDs under a domain without one; or only EATS changes. Hitless. */
static void arm_smmu_update_ste(struct arm_smmu_master *master, bool ats_enabled)
{
	unsigned int s1dss = STRTAB_STE_1_S1DSS_TERMINATE;
	struct arm_smmu_ste ste;

	if (master->cd_table.in_ste && master->ste_ats_enabled == ats_enabled)
		return;

	if (master->sid_domain->stage == ARM_SMMU_DOMAIN_IDENTITY)
		s1dss = STRTAB_STE_1_S1DSS_BYPASS;
	else
		WARN_ON(master->sid_domain->stage != ARM_SMMU_DOMAIN_BLOCKED);

	arm_smmu_make_cdtable_ste(&ste, master, ats_enabled, s1dss);
	arm_smmu_install_ste_for_dev(master, &ste);
}

int arm_smmu_s1_set_dev_pasid(struct arm_smmu_domain *domain, struct arm_smmu_master *master,
			      u32 pasid, struct arm_smmu_domain *old)
{
	struct arm_smmu_attach_state state = {
		.old_domain = old,
		.master = master,
		.ssid = pasid,
	};
	struct arm_smmu_cd *cdptr;
	struct arm_smmu_cd cd;
	int ret;

	if (domain->stage != ARM_SMMU_DOMAIN_S1)
		return -EINVAL;
	if (pasid == IOMMU_NO_PASID || pasid >> master->ssid_bits)
		return -EINVAL;
	if (!master->cd_table.in_ste && to_smmu_domain_devices(master->sid_domain))
		return -EINVAL;

	cdptr = arm_smmu_alloc_cd_ptr(master, pasid);
	if (!cdptr)
		return -ENOMEM;

	mutex_lock(&arm_smmu_asid_lock);
	ret = arm_smmu_attach_prepare(&state, domain);
	if (ret)
		goto out_unlock;

	arm_smmu_make_s1_cd(&cd, master, domain);
	arm_smmu_write_cd_entry(master, pasid, cdptr, &cd);
	arm_smmu_update_ste(master, state.ats_enabled);

	arm_smmu_attach_commit(&state);
out_unlock:
	mutex_unlock(&arm_smmu_asid_lock);
	return ret;
}

void arm_smmu_blocking_set_dev_pasid(struct arm_smmu_master *master, u32 pasid,
				     struct arm_smmu_domain *old_domain)
{
	struct arm_smmu_attach_state state = {
		.old_domain = old_domain,
		.master = master,
		.ssid = pasid,
	};

	mutex_lock(&arm_smmu_asid_lock);
	arm_smmu_choose_strategy(master, NULL, old_domain);
	arm_smmu_clear_cd(master, pasid);
	if (master->ats_enabled)
		arm_smmu_atc_inv_master(master, pasid);
	arm_smmu_remove_master_domain(master, old_domain, pasid);
	arm_smmu_install_old_domain_invs(&state);
	mutex_unlock(&arm_smmu_asid_lock);

	/* The table of CDs goes with its last user, unless ATS needs it. */
	if (!master->cd_table.used_ssids && !to_smmu_domain_devices(master->sid_domain) &&
	    !(master->ats_always_on && master->sid_domain->stage == ARM_SMMU_DOMAIN_IDENTITY))
		WARN_ON(arm_smmu_master_attach(master, master->sid_domain));
}
