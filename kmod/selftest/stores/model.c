// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Slow and plain on purpose, and without the subject's helpers: sorting by insertion,
 * commands from numbers that stand in the architecture's tables.
 */
#include <linux/string.h>

#include "../selftest.h"
#include "invs.h"
#include "model.h"

#define PAGE		4096ULL
#define AN_IOVA		0x12345000ULL

void model_init(struct model *m, struct arm_smmu_device *smmus, u32 caps, bool nested,
		unsigned int (*rnd)(void *ctx, unsigned int below), void *ctx)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->caps = caps;
	m->nested = nested;
	m->smmus = smmus;
	for (i = 0; i < MODEL_MASTERS; i++) {
		struct model_master *master = &m->masters[i];

		if (caps & SMMU_STORE_SMMUS)
			master->smmu = rnd(ctx, MODEL_SMMUS);
		if (caps & SMMU_STORE_ATS)
			master->streams = rnd(ctx, MODEL_STREAMS + 1);
		master->full = nested && (caps & SMMU_STORE_NESTED);
	}
}

static int compare(const struct arm_smmu_inv *a, const struct arm_smmu_inv *b)
{
	if (a->smmu != b->smmu)
		return a->smmu < b->smmu ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return 0;
}

static struct arm_smmu_inv entry(const struct model *m, unsigned int smmu, u8 type, u32 id)
{
	struct arm_smmu_inv inv = { .smmu = &m->smmus[smmu], .type = type, .id = id };

	switch (type) {
	case INV_TYPE_S1_ASID:
		inv.size_opcode = 0x12;
		inv.nsize_opcode = 0x11;
		break;
	case INV_TYPE_S2_VMID:
		inv.size_opcode = 0x2a;
		inv.nsize_opcode = 0x28;
		break;
	case INV_TYPE_S2_VMID_S1_CLEAR:
		inv.size_opcode = 0x10;
		inv.nsize_opcode = 0x10;
		break;
	default:
		inv.size_opcode = 0x40;
		inv.nsize_opcode = 0x40;
		break;
	}
	return inv;
}

size_t model_entries(const struct model *m, unsigned int master, struct arm_smmu_inv *out)
{
	const struct model_master *d = &m->masters[master];
	size_t n = 0;
	unsigned int i;

	if (m->nested) {
		out[n++] = entry(m, d->smmu, INV_TYPE_S2_VMID, MODEL_TAG(d->smmu));
		out[n++] = entry(m, d->smmu, INV_TYPE_S2_VMID_S1_CLEAR, MODEL_TAG(d->smmu));
	} else {
		out[n++] = entry(m, d->smmu, INV_TYPE_S1_ASID, MODEL_TAG(d->smmu));
	}
	for (i = 0; i < d->streams; i++)
		out[n++] = entry(m, d->smmu, d->full ? INV_TYPE_ATS_FULL : INV_TYPE_ATS,
				 MODEL_SID(master, i));
	return n;
}

struct arm_smmu_invs *model_invs(const struct model *m, unsigned int master)
{
	struct arm_smmu_inv inv[MODEL_OF_MASTER];
	size_t i, n = model_entries(m, master, inv);
	struct arm_smmu_invs *invs = arm_smmu_invs_alloc(n);

	if (!invs)
		return NULL;
	for (i = 0; i < n; i++)
		invs->inv[i] = inv[i];
	return invs;
}

void model_attach(struct model *m, unsigned int master)
{
	if (!ktap_expect(m->num_attached < MODEL_ATTACHMENTS))
		return;
	m->attached[m->num_attached++] = master;
	m->ever = true;
}

void model_detach(struct model *m, unsigned int master)
{
	unsigned int i = m->num_attached;

	while (i && m->attached[i - 1] != master)
		i--;
	if (!ktap_expect(i))
		return;
	for (; i < m->num_attached; i++)
		m->attached[i - 1] = m->attached[i];
	m->num_attached--;
}

unsigned int model_users(const struct model *m, unsigned int master)
{
	unsigned int i, users = 0;

	for (i = 0; i < m->num_attached; i++)
		users += m->attached[i] == master;
	return users;
}

size_t model_live(const struct model *m, struct arm_smmu_inv *out)
{
	struct arm_smmu_inv inv[MODEL_OF_MASTER];
	size_t n = 0, i, j, k, more;
	unsigned int a;

	for (a = 0; a < m->num_attached; a++) {
		more = model_entries(m, m->attached[a], inv);
		for (i = 0; i < more; i++) {
			for (j = 0; j < n && compare(&out[j], &inv[i]) < 0; j++)
				;
			if (j < n && !compare(&out[j], &inv[i])) {
				out[j].users++;
				continue;
			}
			for (k = n++; k > j; k--)
				out[k] = out[k - 1];
			out[j] = inv[i];
			out[j].users = 1;
		}
	}
	return n;
}

void model_range(enum model_range range, struct smmu_thread *t)
{
	t->granule = PAGE;
	t->leaf = true;
	switch (range) {
	case MODEL_PAGE:
		t->iova = AN_IOVA;
		t->size = PAGE;
		break;
	case MODEL_THREE_PAGES:
		t->iova = AN_IOVA;
		t->size = 3 * PAGE;
		break;
	default:
		t->iova = 0;
		t->size = 0;
		break;
	}
}

static size_t put(struct arm_smmu_cmd *out, size_t n, u64 word0, u64 word1)
{
	out[n].data[0] = word0;
	out[n].data[1] = word1;
	return n + 1;
}

/* The commands of one entry, by hand. */
static size_t commands_of(const struct arm_smmu_inv *inv, enum model_range range,
			  struct arm_smmu_cmd *out)
{
	u64 tag = inv->type == INV_TYPE_S1_ASID ? (u64)inv->id << 48 : (u64)inv->id << 32;
	size_t n = 0, page, pages = range == MODEL_PAGE ? 1 : 3;

	switch (inv->type) {
	case INV_TYPE_S1_ASID:
	case INV_TYPE_S2_VMID:
		if (range == MODEL_EVERYTHING)
			return put(out, n, inv->nsize_opcode | tag, 0);
		/* Bit 0 of the second word: leaf. */
		for (page = 0; page < pages; page++)
			n = put(out, n, inv->size_opcode | tag, (AN_IOVA + page * PAGE) | 1);
		return n;
	case INV_TYPE_S2_VMID_S1_CLEAR:
		/* S12_VMALL has done that. */
		return range == MODEL_EVERYTHING ? 0 : put(out, n, 0x10 | tag, 0);
	case INV_TYPE_ATS:
		if (range == MODEL_PAGE)
			return put(out, n, 0x40 | tag, AN_IOVA);
		/* 0x12345..0x12347 lie in four pages from 0x12344 on: 2^2. */
		if (range == MODEL_THREE_PAGES)
			return put(out, n, 0x40 | tag, 0x12344000 | 2);
		return put(out, n, 0x40 | tag, 52);
	default:
		return put(out, n, 0x40 | tag, 52);
	}
}

static bool ats(const struct arm_smmu_inv *inv)
{
	return inv->type == INV_TYPE_ATS || inv->type == INV_TYPE_ATS_FULL;
}

size_t model_expect(const struct arm_smmu_inv *inv, size_t n, enum model_range range,
		    struct arm_smmu_cmd *out)
{
	size_t i, total = 0, pending = 0, more;

	for (i = 0; i < n; i++) {
		const struct arm_smmu_inv *next = i + 1 < n ? &inv[i + 1] : NULL;

		more = commands_of(&inv[i], range, &out[total]);
		total += more;
		pending += more;
		if (pending && (!next || next->smmu != inv[i].smmu ||
				(next->type == INV_TYPE_S2_VMID_S1_CLEAR &&
				 inv[i].type != next->type) ||
				(ats(next) && !ats(&inv[i])))) {
			/* CMD_SYNC; its other fields are the queue's matter. */
			total = put(out, total, 0x46, 0);
			pending = 0;
		}
	}
	return total;
}

/* Tags as soon as they are known, whoever is attached; then the latest device first. */
static size_t devices_list_commands(const struct model *m, enum model_range range,
				    struct arm_smmu_cmd *out)
{
	static struct arm_smmu_inv inv[MODEL_OF_MASTER * MODEL_ATTACHMENTS];
	struct arm_smmu_inv mine[MODEL_OF_MASTER];
	size_t i, n, total, tags = m->nested ? 2 : 1, num = 0;
	unsigned int a;

	if (!m->ever)
		return 0;
	model_entries(m, 0, mine);
	total = model_expect(mine, tags, range, out);
	for (a = m->num_attached; a; a--) {
		n = model_entries(m, m->attached[a - 1], mine);
		for (i = tags; i < n; i++)
			inv[num++] = mine[i];
	}
	return total + model_expect(inv, num, range, &out[total]);
}

size_t model_commands(const struct model *m, bool devices_list, enum model_range range,
		      struct arm_smmu_cmd *out)
{
	static struct arm_smmu_inv inv[MODEL_ENTRIES];

	if (devices_list)
		return devices_list_commands(m, range, out);
	return model_expect(inv, model_live(m, inv), range, out);
}
