// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model's configuration cache, IOTLB and ATC, and what each command takes out of
 * them: IHI 0070 (SMMUv3 architecture), chapter 4 "Commands".
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "cache.h"

#define CACHE_WAYS		4U
#define CACHE_MAX_ENTRIES	((unsigned int)BIT(16))

/* Mixes the key; the multiplier is 2^64 / golden ratio, as linux/hash.h has it. */
static unsigned int model_set(const struct smmu_caches *caches, u64 a, u64 b)
{
	u64 h = (a * 0x61c8864680b583ebULL) ^ b;

	return ((h * 0x61c8864680b583ebULL) >> 40) & (caches->nr_sets - 1);
}

static u64 model_tag(const struct smmu_model_config *cfg)
{
	return (u64)cfg->regime << 32 | (u32)cfg->asid << 16 | cfg->vmid;
}

static bool model_same_key(enum smmu_cache cache, const struct smmu_model_entry *a,
			   const struct smmu_model_entry *b)
{
	switch (cache) {
	case SMMU_CACHE_CONFIG:
		return a->sid == b->sid && a->ssid == b->ssid;
	case SMMU_CACHE_IOTLB:
		return model_tag(&a->cfg) == model_tag(&b->cfg) && a->iova == b->iova &&
		       a->leaf.shift == b->leaf.shift;
	case SMMU_CACHE_ATC:
		return a->sid == b->sid && a->ssid == b->ssid && a->iova == b->iova &&
		       a->leaf.shift == b->leaf.shift;
	case SMMU_NR_CACHES:
		break;
	}
	return false;
}

/* The set that @key belongs to, or NULL without caches. */
static struct smmu_model_entry *model_lines(const struct smmu_caches *caches, enum smmu_cache cache,
					    const struct smmu_model_entry *key)
{
	u64 a = cache == SMMU_CACHE_IOTLB ? model_tag(&key->cfg) : (u64)key->sid << 32 | key->ssid;
	u64 b = cache == SMMU_CACHE_CONFIG ? 0 : key->iova >> key->leaf.shift;

	if (!caches->nr_sets)
		return NULL;
	return &caches->cache[cache].lines[model_set(caches, a, b) * caches->nr_ways];
}

static struct smmu_model_entry *model_find_exact(struct smmu_caches *caches, enum smmu_cache cache,
						 const struct smmu_model_entry *key)
{
	struct smmu_model_entry *line = model_lines(caches, cache, key);
	unsigned int i;

	for (i = 0; line && i < caches->nr_ways; i++, line++) {
		if (line->valid && model_same_key(cache, line, key)) {
			caches->hits[cache]++;
			return line;
		}
	}
	return NULL;
}

struct smmu_model_entry *smmu_caches_find(struct smmu_caches *caches, enum smmu_cache cache,
					  struct smmu_model_entry key)
{
	u64 shifts = caches->cache[cache].shifts, iova = key.iova;
	struct smmu_model_entry *line;

	if (cache == SMMU_CACHE_CONFIG)
		return model_find_exact(caches, cache, &key);

	for (; shifts; shifts &= shifts - 1) {
		key.leaf.shift = __ffs(shifts);
		key.iova = iova >> key.leaf.shift << key.leaf.shift;
		line = model_find_exact(caches, cache, &key);
		if (line)
			return line;
	}
	return NULL;
}

void smmu_caches_fill(struct smmu_caches *caches, enum smmu_cache cache,
		      const struct smmu_model_entry *entry)
{
	struct smmu_model_entry *line = model_lines(caches, cache, entry), *victim = line;
	unsigned int i;

	if (!line)
		return;
	for (i = 0; i < caches->nr_ways; i++) {
		if (!line[i].valid) {
			victim = &line[i];
			break;
		}
		if (line[i].filled < victim->filled)
			victim = &line[i];
	}
	caches->cache[cache].used += !victim->valid;
	caches->cache[cache].shifts |= 1ULL << entry->leaf.shift;
	*victim = *entry;
	victim->valid = true;
	victim->filled = ++caches->serial;
	caches->fills[cache]++;
}

/* ---- invalidation ------------------------------------------------------ */

/**
 * struct model_inval - what a command takes out of one cache
 * @cache: which
 * @regimes: bits of enum smmu_regime; IOTLB
 * @by_asid: only @asid
 * @by_vmid: only @vmid
 * @by_ssid: only @ssid
 * @asid: see @by_asid
 * @vmid: see @by_vmid
 * @sid: CONFIG and ATC
 * @ssid: see @by_ssid
 * @sid_mask: bits of @sid that count
 * @first: first byte of the range; CONFIG has none
 * @last: last byte of it
 * @level: only leaves of this level; 0: of any
 */
struct model_inval {
	enum smmu_cache cache;
	unsigned int regimes;
	bool by_asid, by_vmid, by_ssid;
	u16 asid, vmid;
	u32 sid, ssid, sid_mask;
	u64 first, last;
	u8 level;
};

static bool model_inval_hits(const struct model_inval *inval, const struct smmu_model_entry *e)
{
	if (inval->cache == SMMU_CACHE_IOTLB) {
		if (!(inval->regimes & (1U << e->cfg.regime)) ||
		    (inval->by_asid && e->cfg.asid != inval->asid) ||
		    (inval->by_vmid && e->cfg.vmid != inval->vmid) ||
		    (inval->level && e->leaf.level != inval->level))
			return false;
	} else {
		if ((e->sid ^ inval->sid) & inval->sid_mask ||
		    (inval->by_ssid && e->ssid != inval->ssid))
			return false;
	}
	return inval->cache == SMMU_CACHE_CONFIG ||
	       (e->iova <= inval->last && e->iova + ((1ULL << e->leaf.shift) - 1) >= inval->first);
}

static void model_invalidate(struct smmu_caches *caches, const struct model_inval *inval)
{
	struct smmu_cache_lines *cache = &caches->cache[inval->cache];
	unsigned int i, left = cache->used;

	for (i = 0; left; i++) {
		if (!cache->lines[i].valid)
			continue;
		left--;
		if (!model_inval_hits(inval, &cache->lines[i]))
			continue;
		cache->lines[i].valid = false;
		cache->used--;
		caches->invalidated[inval->cache]++;
	}
}

/* A span of 2^bits bytes at @addr; everything from 64 bits on. */
static void model_inval_span(struct model_inval *inval, u64 addr, unsigned int bits)
{
	inval->first = bits < 64 ? addr & ~((1ULL << bits) - 1) : 0;
	inval->last = bits < 64 ? inval->first + ((1ULL << bits) - 1) : ~0ULL;
}

/*
 * Address, and with TG the range, of a sized TLBI. False where IHI 0070 reserves the
 * combination ("Range-based invalidation": NUM, SCALE and TTL all 0 with a TG).
 */
static bool model_inval_range(struct model_inval *inval, const struct arm_smmu_cmd *cmd)
{
	unsigned int tg = FIELD_GET(CMDQ_TLBI_1_TG, cmd->data[1]);
	unsigned int num = FIELD_GET(CMDQ_TLBI_0_NUM, cmd->data[0]);
	unsigned int scale = FIELD_GET(CMDQ_TLBI_0_SCALE, cmd->data[0]);
	unsigned int shift = scale + 10 + 2 * tg;
	u64 bytes;

	inval->first = cmd->data[1] & CMDQ_TLBI_1_VA_MASK;
	inval->last = inval->first;
	if (!tg)
		return true;

	inval->level = FIELD_GET(CMDQ_TLBI_1_TTL, cmd->data[1]);
	if (!num && !scale && !inval->level)
		return false;
	bytes = shift < 64 ? (num + 1ULL) << shift : 0;
	if (shift >= 64 || bytes >> shift != num + 1ULL || inval->first + (bytes - 1) < bytes - 1)
		inval->last = ~0ULL;
	else
		inval->last = inval->first + (bytes - 1);
	return true;
}

#define MODEL_S1	BIT(SMMU_REGIME_S1)
#define MODEL_EL2	BIT(SMMU_REGIME_EL2)
#define MODEL_S2	BIT(SMMU_REGIME_S2)

/* False for an illegal command. */
static bool model_tlbi(struct model_inval *inval, u8 op, const struct arm_smmu_cmd *cmd)
{
	inval->cache = SMMU_CACHE_IOTLB;
	inval->asid = FIELD_GET(CMDQ_TLBI_0_ASID, cmd->data[0]);
	inval->vmid = FIELD_GET(CMDQ_TLBI_0_VMID, cmd->data[0]);
	inval->last = ~0ULL;

	switch (op) {
	case CMDQ_OP_TLBI_NSNH_ALL:
		inval->regimes = MODEL_S1 | MODEL_S2;
		return true;
	case CMDQ_OP_TLBI_S12_VMALL:
		inval->regimes = MODEL_S1 | MODEL_S2;
		inval->by_vmid = true;
		return true;
	case CMDQ_OP_TLBI_S2_IPA:
		inval->regimes = MODEL_S2;
		inval->by_vmid = true;
		return model_inval_range(inval, cmd);
	case CMDQ_OP_TLBI_NH_ALL:
	case CMDQ_OP_TLBI_NH_ASID:
	case CMDQ_OP_TLBI_NH_VA:
	case CMDQ_OP_TLBI_NH_VAA:
		inval->regimes = MODEL_S1;
		inval->by_vmid = true;
		inval->by_asid = op == CMDQ_OP_TLBI_NH_ASID || op == CMDQ_OP_TLBI_NH_VA;
		return op == CMDQ_OP_TLBI_NH_ALL || op == CMDQ_OP_TLBI_NH_ASID ||
		       model_inval_range(inval, cmd);
	case CMDQ_OP_TLBI_EL2_ALL:
	case CMDQ_OP_TLBI_EL2_ASID:
	case CMDQ_OP_TLBI_EL2_VA:
		inval->regimes = MODEL_EL2;
		inval->by_asid = op != CMDQ_OP_TLBI_EL2_ALL;
		return op != CMDQ_OP_TLBI_EL2_VA || model_inval_range(inval, cmd);
	default:
		return false;
	}
}

bool smmu_caches_execute(struct smmu_caches *caches, u8 op, const struct arm_smmu_cmd *cmd)
{
	struct model_inval inval = { .sid_mask = ~0U };
	unsigned int size;

	switch (op) {
	case CMDQ_OP_PREFETCH_CFG:
	case CMDQ_OP_CMD_SYNC:
		return true;
	case CMDQ_OP_CFGI_ALL:
		size = FIELD_GET(CMDQ_CFGI_1_RANGE, cmd->data[1]);
		inval.cache = SMMU_CACHE_CONFIG;
		inval.sid = FIELD_GET(CMDQ_CFGI_0_SID, cmd->data[0]);
		inval.sid_mask = size >= CMDQ_CFGI_RANGE_ALL ? 0 : ~0U << (size + 1);
		break;
	case CMDQ_OP_CFGI_STE:
	case CMDQ_OP_CFGI_CD:
	case CMDQ_OP_CFGI_CD_ALL:
		inval.cache = SMMU_CACHE_CONFIG;
		inval.sid = FIELD_GET(CMDQ_CFGI_0_SID, cmd->data[0]);
		inval.ssid = FIELD_GET(CMDQ_CFGI_0_SSID, cmd->data[0]);
		inval.by_ssid = op == CMDQ_OP_CFGI_CD;
		break;
	case CMDQ_OP_ATC_INV:
		/* Without an SSID those that have one go, too. */
		size = FIELD_GET(CMDQ_ATC_1_SIZE, cmd->data[1]);
		inval.cache = SMMU_CACHE_ATC;
		inval.sid = FIELD_GET(CMDQ_ATC_0_SID, cmd->data[0]);
		inval.ssid = FIELD_GET(CMDQ_ATC_0_SSID, cmd->data[0]);
		inval.by_ssid = cmd->data[0] & CMDQ_0_SSV;
		model_inval_span(&inval, cmd->data[1] & CMDQ_ATC_1_ADDR_MASK, size + 12);
		break;
	default:
		if (!model_tlbi(&inval, op, cmd))
			return false;
		break;
	}
	model_invalidate(caches, &inval);
	return true;
}

size_t smmu_caches_for_each(const struct smmu_caches *caches, enum smmu_cache cache,
			    bool (*fn)(void *ctx, const struct smmu_model_entry *entry),
			    void *ctx)
{
	unsigned int i, nr = caches->nr_sets * caches->nr_ways;
	const struct smmu_model_entry *line;
	size_t seen = 0;

	for (i = 0; i < nr; i++) {
		line = &caches->cache[cache].lines[i];
		if (!line->valid)
			continue;
		seen++;
		if (!fn(ctx, line))
			break;
	}
	return seen;
}

int smmu_caches_init(struct smmu_caches *caches, unsigned int entries)
{
	unsigned int i;

	if (entries & (entries - 1) || entries > CACHE_MAX_ENTRIES)
		return -EINVAL;
	if (!entries)
		return 0;

	caches->nr_ways = min(entries, CACHE_WAYS);
	caches->nr_sets = entries / caches->nr_ways;
	for (i = 0; i < SMMU_NR_CACHES; i++) {
		caches->cache[i].lines = kvcalloc(entries, sizeof(*caches->cache[i].lines),
						  GFP_KERNEL);
		if (!caches->cache[i].lines) {
			smmu_caches_free(caches);
			return -ENOMEM;
		}
	}
	return 0;
}

void smmu_caches_free(struct smmu_caches *caches)
{
	unsigned int i;

	for (i = 0; i < SMMU_NR_CACHES; i++)
		kvfree(caches->cache[i].lines);
}
