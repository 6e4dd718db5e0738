// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a model reads: the STEs, CDs and IOPTEs that the subject writes beside it, qword
 * by qword and in no order. And who watches the commands that it consumes. All of it
 * runs under the model's lock, interrupts off.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <asm/byteorder.h>

#include "arena.h"
#include "rnd.h"

/* Qwords that any configuration uses. */
#define QWORDS	4

static void pause_a_little(struct torture_smmu *s)
{
	if (!torture_below(&s->delays, 8))
		ndelay(torture_below(&s->delays, 500));
}

/* From either end: an SMMU may read in any order (IHI 0070, 3.21.3). */
static void read_entry(struct torture_smmu *s, const __le64 *entry, u64 *qwords)
{
	const unsigned int turn = torture_below(&s->delays, 2) ? QWORDS - 1 : 0;
	unsigned int i;

	for (i = 0; i < QWORDS; i++) {
		qwords[i ^ turn] = le64_to_cpu(READ_ONCE(entry[i ^ turn]));
		pause_a_little(s);
	}
}

static int torn(struct torture_smmu *s, u32 sid, const char *what, const u64 *q)
{
	arena_found(s->arena, TORTURE_TORN_ENTRY,
		    "smmu%u: %s of StreamID 0x%x: 0x%llx 0x%llx 0x%llx 0x%llx", s->index, what, sid,
		    (unsigned long long)q[0], (unsigned long long)q[1],
		    (unsigned long long)q[2], (unsigned long long)q[3]);
	return -ENOENT;
}

/* The domain whose tag and table belong together, or ARENA_DOMAINS. */
static unsigned int domain_of(const struct arena *a, bool s2, u16 tag, u64 ttb)
{
	const enum arm_smmu_domain_stage stage = s2 ? ARM_SMMU_DOMAIN_S2 : ARM_SMMU_DOMAIN_S1;
	unsigned int i;

	for (i = 0; i < ARENA_DOMAINS; i++) {
		const struct arm_smmu_domain *d = &a->domains[i].d;

		if (d->stage == stage && d->ttb == ttb && tag == (s2 ? d->vmid : d->asid))
			break;
	}
	return i;
}

static int config_s2(struct torture_smmu *s, u32 sid, const u64 *ste,
		     struct smmu_model_config *cfg)
{
	cfg->regime = SMMU_REGIME_S2;
	cfg->vmid = FIELD_GET(STRTAB_STE_2_S2VMID, ste[2]);
	cfg->table = domain_of(s->arena, true, cfg->vmid, ste[3] & STRTAB_STE_3_S2TTB_MASK);
	return cfg->table < ARENA_DOMAINS ? 0 : torn(s, sid, "STE", ste);
}

static int config_s1(struct torture_smmu *s, const struct arm_smmu_master *m, u32 sid,
		     const u64 *ste, struct smmu_model_config *cfg)
{
	const struct arm_smmu_ctx_desc_cfg *cd_table = &m->cd_table;
	u64 cd[QWORDS];

	if ((ste[0] ^ cd_table->cdtab_dma) & STRTAB_STE_0_S1CTXPTR_MASK ||
	    FIELD_GET(STRTAB_STE_2_S2VMID, ste[2]))
		return torn(s, sid, "STE", ste);

	read_entry(s, cd_table->table[0].data, cd);
	if (!(cd[0] & CTXDESC_CD_0_V))
		return -ENOENT;
	cfg->regime = FIELD_GET(STRTAB_STE_1_STRW, ste[1]) == STRTAB_STE_1_STRW_EL2 ?
			      SMMU_REGIME_EL2 :
			      SMMU_REGIME_S1;
	cfg->asid = FIELD_GET(CTXDESC_CD_0_ASID, cd[0]);
	cfg->table = domain_of(s->arena, false, cfg->asid, cd[1] & CTXDESC_CD_1_TTB0_MASK);
	return cfg->table < ARENA_DOMAINS ? 0 : torn(s, sid, "CD", cd);
}

static int read_config(void *ctx, u32 sid, u32 ssid, struct smmu_model_config *cfg)
{
	struct torture_smmu *s = ctx;
	struct torture_master *tm = arena_master(s->arena, sid);
	unsigned int stream;
	u64 ste[QWORDS];

	for (stream = 0; tm && stream < tm->m.num_streams; stream++)
		if (tm->m.streams[stream].id == sid)
			break;
	if (!tm || stream == tm->m.num_streams)
		return -ENOENT;

	read_entry(s, tm->m.stes[stream].data, ste);
	if (!(ste[0] & STRTAB_STE_0_V))
		return -ENOENT;
	*cfg = (struct smmu_model_config){
		/* Bolder than a device: it asks as soon as the STE lets it. */
		.ats = FIELD_GET(STRTAB_STE_1_EATS, ste[1]) == STRTAB_STE_1_EATS_TRANS,
	};
	switch (FIELD_GET(STRTAB_STE_0_CFG, ste[0])) {
	case STRTAB_STE_0_CFG_ABORT:
	case STRTAB_STE_0_CFG_BYPASS:
		return -ENOENT;
	case STRTAB_STE_0_CFG_S1_TRANS:
		return config_s1(s, &tm->m, sid, ste, cfg);
	case STRTAB_STE_0_CFG_S2_TRANS:
		return config_s2(s, sid, ste, cfg);
	default:
		return torn(s, sid, "STE", ste);
	}
}

static int read_pte(void *ctx, const struct smmu_model_config *cfg, u64 iova,
		    struct smmu_model_leaf *leaf)
{
	struct torture_smmu *s = ctx;
	u64 page = iova >> ARENA_PAGE_SHIFT;

	/* Between the entry and the table that it leads to. */
	pause_a_little(s);
	if (page >= ARENA_PAGES)
		return -ENOENT;
	/* Pairs with smmu_pte_clear(), through the reader's fence and its queue. */
	leaf->pte = READ_ONCE(s->arena->domains[cfg->table].ptes[page]);
	leaf->shift = ARENA_PAGE_SHIFT;
	leaf->level = 3;
	return leaf->pte & 1 ? 0 : -ENOENT;
}

static void consumed(void *ctx, const struct arm_smmu_cmd *cmd, u32 cons)
{
	struct torture_smmu *s = ctx;
	struct torture_master *tm;
	u32 sid;

	if (arm_smmu_cmd_op(cmd) != CMDQ_OP_ATC_INV)
		return;
	sid = FIELD_GET(CMDQ_ATC_0_SID, cmd->data[0]);
	tm = arena_master(s->arena, sid);
	/* Pairs with the stores of torture_attach(). */
	if (tm && READ_ONCE(tm->detached))
		arena_found(s->arena, TORTURE_ATC_AFTER_DETACH,
			    "smmu%u: ATC_INV to StreamID 0x%x, whose detach had returned",
			    s->index, sid);
}

void torture_walker(struct torture_smmu *s, struct smmu_model_params *params)
{
	params->walker = (struct smmu_model_walker){
		.config = read_config,
		.walk = read_pte,
		.ctx = s,
	};
	params->consumed = consumed;
	params->ctx = s;
}
