// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole attaches: every way from one domain to another, with and without PASIDs.
 */
#include <linux/array_size.h>

#include "transitions_run.h"

#define PASID 1

enum sid_state {
	SID_BLOCKED,
	SID_IDENTITY,
	SID_S1_A,
	SID_S1_B,
	SID_S2_A,
	SID_S2_B,
	SID_NEST_PARENT,
	NR_SID_STATES,
};

enum pasid_state { PASID_NONE, PASID_A, PASID_B, NR_PASID_STATES };

enum ats_state { ATS_OFF, ATS_ON, ATS_ALWAYS_ON, NR_ATS_STATES };

static const char *const attach_names[2][NR_SID_STATES][NR_PASID_STATES] = {
	{
		{ "blocked", "blocked+pasid-a", "blocked+pasid-b" },
		{ "identity", "identity+pasid-a", "identity+pasid-b" },
		{ "s1-a", "s1-a+pasid-a", "s1-a+pasid-b" },
		{ "s1-b", "s1-b+pasid-a", "s1-b+pasid-b" },
		{ "s2-a" },
		{ "s2-b" },
		{ "nest-parent" },
	},
	{
		{ "blocked", "blocked+pasid-a+ats", "blocked+pasid-b+ats" },
		{ "identity", "identity+pasid-a+ats", "identity+pasid-b+ats" },
		{ "s1-a+ats", "s1-a+pasid-a+ats", "s1-a+pasid-b+ats" },
		{ "s1-b+ats", "s1-b+pasid-a+ats", "s1-b+pasid-b+ats" },
		{ "s2-a+ats" },
		{ "s2-b+ats" },
		{ "nest-parent+ats" },
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

static int attach_sid(struct smmu_run *run, enum sid_state sid)
{
	static const enum smmu_run_domain domain[NR_SID_STATES] = {
		[SID_S1_A] = DOMAIN_S1_A,
		[SID_S1_B] = DOMAIN_S1_B,
		[SID_S2_A] = DOMAIN_S2_A,
		[SID_S2_B] = DOMAIN_S2_B,
		[SID_NEST_PARENT] = DOMAIN_NEST_PARENT,
	};

	if (sid == SID_BLOCKED)
		return arm_smmu_master_attach(&run->master, &arm_smmu_blocked_domain);
	if (sid == SID_IDENTITY)
		return arm_smmu_master_attach(&run->master, &arm_smmu_identity_domain);
	return arm_smmu_master_attach(&run->master, &run->domains[domain[sid]]);
}

static struct arm_smmu_domain *pasid_domain(struct smmu_run *run, enum pasid_state pasid)
{
	if (pasid == PASID_NONE)
		return NULL;
	return &run->domains[pasid == PASID_A ? DOMAIN_PASID_A : DOMAIN_PASID_B];
}

static int attach_pasid(struct smmu_run *run, enum pasid_state old, enum pasid_state new)
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

static int attach_run(struct smmu_run *run, unsigned int from, unsigned int to)
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
	run->master.ste_ops = &smmu_watched_ste_ops;
	run->master.cd_ops = &smmu_watched_cd_ops;

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

	smmu_run_start(run);
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
	smmu_run_entry(&run->row->ste, &smmu_watched_ste_ops, old_ste.data, run->ste->data,
		       STRTAB_STE_0_V);
	for (i = 0; i < ARRAY_SIZE(run->cd); i++)
		smmu_run_entry(&run->row->cd, &smmu_watched_cd_ops, old_cd[i].data,
			       run->cd[i]->data, CTXDESC_CD_0_V);
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

const struct smmu_section smmu_attach_section = {
	.configs = NR_ATTACH_CONFIGS,
	.row = attach_row,
	.run = attach_run,
};
