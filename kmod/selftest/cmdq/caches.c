// SPDX-License-Identifier: GPL-2.0-or-later
/* The model's caches: what is filled, and what each command takes out. */
#include <linux/bitfield.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "queue_world.h"

#include "range.h"

#define SIDS	 8
#define ANY	 (~0ULL)
#define MAX_GONE 10

/* What each StreamID translates through; 0 is blocked. */
static const struct smmu_model_config configs[SIDS] = {
	[1] = { .regime = SMMU_REGIME_S1, .asid = 1 },
	[2] = { .regime = SMMU_REGIME_S1, .asid = 2 },
	[3] = { .regime = SMMU_REGIME_S1, .asid = 1, .vmid = 5 },
	[4] = { .regime = SMMU_REGIME_S2, .vmid = 5 },
	[5] = { .regime = SMMU_REGIME_S2, .vmid = 6 },
	[6] = { .regime = SMMU_REGIME_EL2, .asid = 1 },
	[7] = { .regime = SMMU_REGIME_S1, .asid = 3, .ats = true },
};

/* What every table maps: 4 KiB pages, one of 2 MiB, one of 1 GiB. */
static const struct {
	u64 iova;
	struct smmu_model_leaf leaf;
} pages[] = {
	{ 0x1000, { .shift = 12, .level = 3 } },
	{ 0x2000, { .shift = 12, .level = 3 } },
	{ 0x21000, { .shift = 12, .level = 3 } },
	{ SZ_2M, { .shift = 21, .level = 2 } },
	{ SZ_1G, { .shift = 30, .level = 1 } },
};

#define NR_PAGES (ARRAY_SIZE(pages))

struct tables {
	struct smmu_model_config config[SIDS];
	u64 generation; /* comes back as the pte, so that a stale one is told from a new one */
	unsigned int configs_read, walks;
};

static int read_config(void *ctx, u32 sid, u32 ssid, struct smmu_model_config *cfg)
{
	struct tables *t = ctx;

	t->configs_read++;
	if (!sid || sid >= SIDS)
		return -ENOENT;
	*cfg = t->config[sid];
	cfg->table = ssid;
	return 0;
}

static int walk(void *ctx, const struct smmu_model_config *cfg, u64 iova,
		struct smmu_model_leaf *leaf)
{
	struct tables *t = ctx;
	size_t i;

	t->walks++;
	for (i = 0; i < NR_PAGES; i++) {
		if (iova >> pages[i].leaf.shift == pages[i].iova >> pages[i].leaf.shift) {
			*leaf = pages[i].leaf;
			leaf->pte = t->generation;
			return 0;
		}
	}
	return -ENOENT;
}

static struct tables tables;

static bool caches_up(struct world *w, unsigned int entries)
{
	struct smmu_model_params params = {
		.cache_entries = entries,
		.walker = { .config = read_config, .walk = walk, .ctx = &tables },
	};

	memset(&tables, 0, sizeof(tables));
	memcpy(tables.config, configs, sizeof(configs));
	tables.generation = 1;
	return world_up(w, &world_kinds[0], 7, params);
}

static u64 pte(struct world *w, u32 sid, u32 ssid, u64 iova)
{
	struct smmu_model_leaf leaf = {};

	ktap_expect_eq(smmu_model_translate(w->smmu.model, sid, ssid, iova, &leaf), 0);
	return leaf.pte;
}

static void send(struct world *w, struct arm_smmu_cmd cmd)
{
	ktap_assert_eq(arm_smmu_cmdq_issue_cmd_with_sync(&w->smmu, cmd), 0);
}

static void fill_all(struct world *w)
{
	u32 sid;
	size_t i;

	for (sid = 1; sid < SIDS; sid++)
		for (i = 0; i < NR_PAGES; i++)
			pte(w, sid, 0, pages[i].iova);
}

static void hits_and_misses(void)
{
	struct smmu_model_leaf leaf;
	struct world *w = &queue_world;

	ktap_assert(caches_up(w, 256));
	ktap_assert_eq(pte(w, 1, 0, 0x1234), 1);
	ktap_assert_eq(tables.configs_read, 1);
	ktap_assert_eq(tables.walks, 1);
	tables.generation = 2;
	ktap_assert_eq(pte(w, 1, 0, 0x1fff), 1); /* the same page: cached */
	ktap_assert_eq(pte(w, 1, 0, 0x2000), 2);
	ktap_assert_eq(pte(w, 1, 0, SZ_2M + 0x5000), 2);
	tables.generation = 3;
	ktap_assert_eq(pte(w, 1, 0, 2 * SZ_2M - 1), 2); /* all of the block */
	ktap_assert_eq(tables.configs_read, 1);
	ktap_assert_eq(tables.walks, 3);
	ktap_assert_eq(pte(w, 2, 0, 0x1234), 3); /* another ASID */

	ktap_assert_eq(smmu_model_translate(w->smmu.model, 1, 0, 0x9000, &leaf), -ENOENT);
	ktap_assert_eq(smmu_model_translate(w->smmu.model, 0, 0, 0x1000, &leaf), -ENOENT);
	ktap_assert_eq(world_counters(w)->hits[SMMU_CACHE_IOTLB], 2);
	ktap_assert_eq(world_counters(w)->fills[SMMU_CACHE_IOTLB], 4);
	ktap_assert_eq(world_counters(w)->fills[SMMU_CACHE_CONFIG], 2);
	ktap_assert_eq(world_counters(w)->fills[SMMU_CACHE_ATC], 0);

	/* The endpoint asks its ATC first, by StreamID and SSID. */
	ktap_assert_eq(pte(w, 7, 0, 0x1000), 3);
	tables.generation = 4;
	send(w, arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NSNH_ALL, 0, 0));
	ktap_assert_eq(pte(w, 7, 0, 0x1000), 3);
	ktap_assert_eq(pte(w, 7, 9, 0x1000), 4);
	ktap_assert_eq(pte(w, 1, 0, 0x1000), 4);
	world_down(w);

	/* Without caches each one walks. */
	ktap_assert(caches_up(w, 0));
	ktap_assert_eq(pte(w, 7, 0, 0x1000), 1);
	tables.generation = 2;
	ktap_assert_eq(pte(w, 7, 0, 0x1000), 2);
	world_down(w);

	ktap_assert(world_up(w, &world_kinds[0], 7, (struct smmu_model_params){}));
	ktap_assert_eq(smmu_model_translate(w->smmu.model, 1, 0, 0, &leaf), -EINVAL);
	world_down(w);
}

static void sizes(void)
{
	static const unsigned int bad[] = { 3, 5, 100, 131072 };
	struct smmu_model_params params = {};
	struct world *w = &queue_world;
	unsigned int n;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		params.cache_entries = bad[i];
		ktap_assert_eq(PTR_ERR(smmu_model_create(&params)), -EINVAL);
	}
	/* However small: never more lines than it has, and the newest is among them. */
	for (n = 1; n <= 64; n *= 2) {
		ktap_assert(caches_up(w, n));
		for (i = 0; i < 100; i++) {
			tables.generation = i;
			pte(w, 1 + i % 6, 0, pages[i % NR_PAGES].iova);
			tables.generation = 1000;
			ktap_assert(pte(w, 1 + i % 6, 0, pages[i % NR_PAGES].iova) < 1000);
			ktap_assert(world_counters(w)->fills[SMMU_CACHE_IOTLB] <= i + 1);
		}
		world_down(w);
	}
}

struct survivors {
	unsigned int seen[SIDS][NR_PAGES];
};

static bool note(void *ctx, const struct smmu_model_entry *e)
{
	struct survivors *s = ctx;
	size_t i;
	u32 sid;

	for (sid = 1; sid < SIDS; sid++)
		if (configs[sid].regime == e->cfg.regime && configs[sid].asid == e->cfg.asid &&
		    configs[sid].vmid == e->cfg.vmid)
			break;
	for (i = 0; i < NR_PAGES; i++)
		if (pages[i].iova == e->iova && pages[i].leaf.shift == e->leaf.shift)
			break;
	if (!ktap_expect(sid < SIDS && i < NR_PAGES))
		return false;
	s->seen[sid][i]++;
	return true;
}

/* Of all lines of @cache those are gone whose StreamID is in @sids and page in @gone. */
static void check_gone(struct world *w, enum smmu_cache cache, unsigned int sids,
		       unsigned int gone, const char *what)
{
	u32 sid = cache == SMMU_CACHE_ATC ? 7 : 1; /* the only one with ATS */
	struct survivors s = {};
	size_t i;

	smmu_model_for_each(w->smmu.model, cache, note, &s);
	for (; sid < SIDS; sid++) {
		for (i = 0; i < NR_PAGES; i++) {
			bool want = !(sids >> sid & 1 && gone >> i & 1);

			if (s.seen[sid][i] != want)
				ktap_fail("%s: SID %u, page %#llx: %u lines", what, sid,
					  (unsigned long long)pages[i].iova, s.seen[sid][i]);
		}
	}
}

/* Bits of @gone: pages[]. */
#define P1     1U
#define P2     2U
#define P21    4U
#define B2M    8U
#define B1G    16U
#define ALL    31U
#define SID(n) (1U << (n))

/* IHI 0070, CMD_TLBI_*: NUM 16:12, SCALE 25:20 of the first word */
#define RANGE(num, scale) (((num) - 1ULL) << 12 | (scale) << 20)
/* TTL 9:8, TG 11:10 of the second */
#define HINTS(ttl, tg) ((ttl) << 8 | (tg) << 10)

static const struct tlbi_case {
	const char *what;
	u8 op;
	u16 asid, vmid;
	u64 addr, word0, word1;
	unsigned int sids, gone;
} tlbi_cases[] = {
	{ "NH_ALL 0", 0x10, 0, 0, 0, 0, 0, SID(1) | SID(2) | SID(7), ALL },
	{ "NH_ALL 5", 0x10, 0, 5, 0, 0, 0, SID(3), ALL },
	{ "NH_ASID", 0x11, 1, 0, 0, 0, 0, SID(1), ALL },
	{ "NH_ASID, VMID 5", 0x11, 1, 5, 0, 0, 0, SID(3), ALL },
	{ "NH_ASID of nobody", 0x11, 9, 0, 0, 0, 0, 0, 0 },
	{ "NH_VA", 0x12, 1, 0, 0x2000, 0, 0, SID(1), P2 },
	{ "NH_VA in a block", 0x12, 1, 0, SZ_2M + 0x7000, 0, 0, SID(1), B2M },
	{ "NH_VA of nothing", 0x12, 1, 0, 0x3000, 0, 0, 0, 0 },
	{ "NH_VA, leaf", 0x12, 2, 0, 0x2000, 0, 1, SID(2), P2 },
	{ "NH_VAA", 0x13, 0, 0, 0x1000, 0, 0, SID(1) | SID(2) | SID(7), P1 },
	{ "EL2_ALL", 0x20, 0, 0, 0, 0, 0, SID(6), ALL },
	{ "EL2_ASID", 0x21, 1, 0, 0, 0, 0, SID(6), ALL },
	{ "EL2_ASID of nobody", 0x21, 2, 0, 0, 0, 0, 0, 0 },
	{ "EL2_VA", 0x22, 1, 0, 0x1000, 0, 0, SID(6), P1 },
	{ "S12_VMALL", 0x28, 0, 5, 0, 0, 0, SID(3) | SID(4), ALL },
	{ "S2_IPA", 0x2a, 0, 5, 0x1000, 0, 0, SID(4), P1 },
	{ "NSNH_ALL", 0x30, 0, 0, 0, 0, 0, ~SID(6), ALL },
	{ "2 pages", 0x12, 1, 0, 0x1000, RANGE(2, 0), HINTS(3, 1), SID(1), P1 | P2 },
	{ "1 page, TTL 3", 0x12, 1, 0, 0x1000, RANGE(1, 0), HINTS(3, 1), SID(1), P1 },
	{ "31 pages", 0x12, 1, 0, 0x2000, RANGE(31, 0), HINTS(3, 1), SID(1), P2 },
	{ "32 pages", 0x12, 1, 0, 0x2000, RANGE(32, 0), HINTS(3, 1), SID(1), P2 | P21 },
	{ "scale 5", 0x12, 1, 0, 0x2000, RANGE(1, 5), HINTS(3, 1), SID(1), P2 | P21 },
	{ "the wrong level", 0x12, 1, 0, SZ_2M, RANGE(1, 9), HINTS(3, 1), 0, 0 },
	{ "the right level", 0x12, 1, 0, SZ_2M, RANGE(1, 9), HINTS(2, 1), SID(1), B2M },
	{ "any level", 0x12, 1, 0, 0, RANGE(2, 9), HINTS(0, 1), SID(1), ALL & ~B1G },
	{ "64 KiB pages", 0x12, 1, 0, 0x10000, RANGE(2, 0), HINTS(0, 3), SID(1), P21 },
	{ "16 KiB pages", 0x12, 1, 0, 0, RANGE(2, 0), HINTS(0, 2), SID(1), P1 | P2 },
	{ "beyond the end", 0x2a, 0, 5, 0x2000, RANGE(32, 63), HINTS(0, 3), SID(4), ALL & ~P1 },
};

static void tlbi(void)
{
	struct arm_smmu_cmd cmd;
	struct world *w = &queue_world;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tlbi_cases); i++) {
		const struct tlbi_case *c = &tlbi_cases[i];

		ktap_assert(caches_up(w, 1024));
		fill_all(w);
		cmd = arm_smmu_make_cmd_tlbi(c->op, c->asid, c->vmid);
		cmd.data[0] |= c->word0;
		cmd.data[1] |= c->word1 | c->addr;
		send(w, cmd);
		ktap_assert_eq(world_counters(w)->illegal, 0);
		check_gone(w, SMMU_CACHE_IOTLB, c->sids, c->gone, c->what);
		ktap_assert_eq(world_counters(w)->invalidated[SMMU_CACHE_ATC], 0);
		ktap_assert_eq(world_counters(w)->invalidated[SMMU_CACHE_CONFIG], 0);
		world_down(w);
	}
}

static void atc(void)
{
	static const struct {
		const char *what;
		u32 sid, ssid;
		u64 addr;
		u8 size;
		unsigned int gone;
	} cases[] = {
		{ "one page", 7, 0, 0x1000, 0, P1 },
		{ "four pages", 7, 0, 0, 2, P1 | P2 },
		{ "in a block", 7, 0, SZ_2M + 0x3000, 0, B2M },
		{ "all", 7, 0, 0, ATC_INV_SIZE_ALL, ALL },
		{ "another stream", 6, 0, 0, ATC_INV_SIZE_ALL, 0 },
		{ "another substream", 7, 4, 0, ATC_INV_SIZE_ALL, 0 },
	};
	struct world *w = &queue_world;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ktap_assert(caches_up(w, 1024));
		fill_all(w);
		send(w, arm_smmu_make_cmd_atc_inv(cases[i].sid, cases[i].ssid, cases[i].addr,
						  cases[i].size));
		check_gone(w, SMMU_CACHE_ATC, SID(7), cases[i].gone, cases[i].what);
		ktap_assert_eq(world_counters(w)->invalidated[SMMU_CACHE_IOTLB], 0);
		world_down(w);
	}

	/* Without an SSID in it, those with one go too; with one, only that. */
	ktap_assert(caches_up(w, 64));
	pte(w, 7, 0, 0x1000);
	pte(w, 7, 3, 0x1000);
	pte(w, 7, 4, 0x1000);
	send(w, arm_smmu_make_cmd_atc_inv_all(7, 3));
	ktap_assert_eq(world_counters(w)->invalidated[SMMU_CACHE_ATC], 1);
	send(w, arm_smmu_make_cmd_atc_inv_all(7, 0));
	ktap_assert_eq(world_counters(w)->invalidated[SMMU_CACHE_ATC], 3);
	world_down(w);
}

static void config(void)
{
	struct world *w = &queue_world;

	ktap_assert(caches_up(w, 64));
	ktap_assert_eq(pte(w, 1, 0, 0x1000), 1);
	ktap_assert_eq(pte(w, 1, 2, 0x1000), 1);
	ktap_assert_eq(pte(w, 2, 0, 0x1000), 1);
	tables.generation = 2;
	tables.config[1].asid = 8;

	/* The old ASID until the configuration is invalidated, and then not before a walk. */
	ktap_assert_eq(pte(w, 1, 0, 0x1000), 1);
	send(w, arm_smmu_make_cmd_cfgi_ste(2, true));
	ktap_assert_eq(pte(w, 1, 0, 0x1000), 1);
	send(w, arm_smmu_make_cmd_cfgi_cd(1, 2, true));
	ktap_assert_eq(pte(w, 1, 0, 0x1000), 1);
	ktap_assert_eq(pte(w, 1, 2, 0x1000), 2);
	send(w, arm_smmu_make_cmd_cfgi_ste(1, true));
	ktap_assert_eq(pte(w, 1, 0, 0x1000), 2);
	ktap_assert_eq(world_counters(w)->invalidated[SMMU_CACHE_CONFIG], 4);

	tables.generation = 3;
	tables.config[1].asid = 9;
	send(w, arm_smmu_make_cmd_cfgi_all());
	ktap_assert_eq(pte(w, 1, 0, 0x1000), 3);
	ktap_assert_eq(world_counters(w)->invalidated[SMMU_CACHE_IOTLB], 0);
	world_down(w);
}

/*
 * Whatever range.h makes of a range takes out each line that overlaps it. Lines are
 * of the granule that is invalidated, as TTL promises; beside the range one page to
 * each side stays, unless the range was rounded up.
 */
static struct {
	unsigned int shift;
	unsigned int pgshift;
	u64 iova, size;
} random_range;

static int random_walk(void *ctx, const struct smmu_model_config *cfg, u64 iova,
		       struct smmu_model_leaf *leaf)
{
	leaf->shift = random_range.shift;
	leaf->level = 4 - (random_range.shift - 3) / (random_range.pgshift - 3);
	leaf->pte = 1;
	return 0;
}

static bool overlaps(void *ctx, const struct smmu_model_entry *e)
{
	unsigned int *bad = ctx;

	if (e->iova < random_range.iova + random_range.size &&
	    e->iova + (1ULL << e->leaf.shift) > random_range.iova)
		++*bad;
	return true;
}

static void ranges(void)
{
	static const struct {
		unsigned int pgshift, shift;
	} granules[] = {
		{ 12, 12 },
		{ 12, 21 },
		{ 12, 30 },
		{ 14, 14 },
		{ 14, 25 },
		{ 16, 16 },
		{ 16, 29 },
	};
	const struct smmu_model_params params = {
		.cache_entries = 256,
		.walker = { .config = read_config, .walk = random_walk, .ctx = &tables },
	};
	const unsigned long rounds = selftest_share(3000, 210);
	struct world *w = &queue_world;
	u64 seed = 1, i, page, pages_in;
	unsigned int bad, ril, leaf;

	memcpy(tables.config, configs, sizeof(configs));
	for (i = 0; i < rounds; i++) {
		unsigned int g = i % 7;
		struct arm_smmu_cmd cmd;
		struct smmu_range r;

		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		ril = seed >> 63;
		leaf = ril ? seed >> 62 & 1 : 1;
		random_range.shift = granules[g].shift;
		random_range.pgshift = granules[g].pgshift;
		pages_in = 1 + (seed >> 40) % 100;
		random_range.iova = (4096 + (seed >> 20) % 4096) << granules[g].shift;
		random_range.size = pages_in << granules[g].shift;

		ktap_assert(world_up(w, &world_kinds[0], 9, params));
		for (page = 0; page < pages_in + 2; page++)
			pte(w, 1, 0, random_range.iova + ((page - 1) << granules[g].shift));

		smmu_range_init(&r, ril ? ARM_SMMU_FEAT_RANGE_INV : 0, random_range.iova,
				random_range.size, 1U << granules[g].shift, granules[g].pgshift,
				leaf);
		while (smmu_range_next(&r, &cmd)) {
			cmd.data[0] |= arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, 1, 0).data[0];
			ktap_assert_eq(arm_smmu_cmdq_issue_cmd(&w->smmu, cmd), 0);
		}
		ktap_assert_eq(world_send(w, 0, 0, true), 0);
		ktap_assert_eq(world_counters(w)->illegal, 0);
		bad = 0;
		smmu_model_for_each(w->smmu.model, SMMU_CACHE_IOTLB, overlaps, &bad);
		if (bad)
			ktap_fail("%u lines survive: %#llx at %#llx, granule 2^%u, ril %u, leaf %u",
				  bad, (unsigned long long)random_range.size,
				  (unsigned long long)random_range.iova, random_range.shift,
				  ril, leaf);
		/* One page before the range is never touched. */
		ktap_assert(world_counters(w)->invalidated[SMMU_CACHE_IOTLB] <= pages_in + 1);
		world_down(w);
		cond_resched();
	}
}

static const struct ktap_case cases[] = {
	KTAP_CASE(hits_and_misses),
	KTAP_CASE(sizes),
	KTAP_CASE(tlbi),
	KTAP_CASE(atc),
	KTAP_CASE(config),
	KTAP_CASE(ranges),
};

const struct ktap_suite selftest_cmdq_caches = {
	KTAP_SUITE("cmdq-caches", cases),
	.before = world_before,
	.after = world_after,
};
