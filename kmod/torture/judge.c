// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/array_size.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "judge.h"
#include "rnd.h"

/* Transactions tried after an unmap. */
#define TRIES	2

static const struct {
	enum smmu_cache cache;
	enum torture_kind kind;
} judged[] = {
	{ SMMU_CACHE_IOTLB, TORTURE_STALE_IOTLB },
	{ SMMU_CACHE_ATC, TORTURE_STALE_ATC },
};

/**
 * struct look - at the lines of one cache
 * @t: whose pages
 * @atc: it is an ATC
 * @lines: valid lines of these
 * @stale: the first that is, by domain; valid when there was one
 * @attached: the first that is, of a master that was attached meanwhile
 */
struct look {
	struct torture_thread *t;
	bool atc;
	u64 lines;
	struct smmu_model_entry stale[ARENA_DOMAINS];
	struct smmu_model_entry attached;
};

/* An IOPTE says whose it is: see new_pte() in roles.c. Later ones are larger. */
static bool is_stale(const struct torture_thread *t, u64 pte)
{
	unsigned int domain = pte >> 12 & 0xf, page = pte >> 16 & 0xff;

	return (pte >> 4 & 0xff) == t->member && t->mapped[domain][page] != pte &&
	       t->known[domain][page] < pte;
}

/* Has the master of an ATC line been moved since judge_begin()? */
static bool was_moved(const struct torture_thread *t, u32 sid)
{
	const struct torture_master *m = arena_master(t->arena, sid);
	u32 before = t->master_moves[m - t->arena->masters];

	return before % 2 || READ_ONCE(m->moves) != before;
}

static bool look_at_line(void *ctx, const struct smmu_model_entry *line)
{
	struct look *l = ctx;
	struct torture_thread *t = l->t;
	u64 page = (line->iova >> ARENA_PAGE_SHIFT) - t->first_page;
	unsigned int domain = line->cfg.table;

	if (page >= ARENA_OWN_PAGES)
		return true;
	l->lines++;
	if (l->atc ? !is_stale(t, line->leaf.pte) : line->leaf.pte == t->mapped[domain][page])
		return true;
	if (l->atc && was_moved(t, line->sid)) {
		t->known[domain][page] = line->leaf.pte;
		l->attached = *line;
	} else if (!l->stale[domain].valid) {
		l->stale[domain] = *line;
	}
	return true;
}

static void found_line(struct torture_thread *t, unsigned int smmu, enum torture_kind kind,
		       const struct smmu_model_entry *line)
{
	unsigned int domain = line->cfg.table;
	u64 page = (line->iova >> ARENA_PAGE_SHIFT) - t->first_page;

	arena_found(t->arena, kind,
		    "smmu%u, %s, StreamID 0x%x, iova 0x%llx: 0x%llx cached, 0x%llx mapped", smmu,
		    t->arena->domains[domain].name, line->sid, (unsigned long long)line->iova,
		    (unsigned long long)line->leaf.pte,
		    (unsigned long long)t->mapped[domain][page]);
}

static void look_at_cache(struct torture_thread *t, unsigned int smmu, unsigned int which)
{
	struct arena *a = t->arena;
	struct look l = { .t = t, .atc = judged[which].cache == SMMU_CACHE_ATC };
	u32 before[ARENA_DOMAINS];
	unsigned int i;

	for (i = 0; i < ARENA_DOMAINS; i++)
		before[i] = READ_ONCE(a->domains[i].retiring);
	/* Pairs with hook_purge(): who read it even finds the tag flushed. */
	smp_mb();
	smmu_model_for_each(a->smmus[smmu].smmu.model, judged[which].cache, look_at_line, &l);
	/* As above, for who reads it even and the same again. */
	smp_mb();
	t->seen += l.lines;
	if (l.attached.valid)
		found_line(t, smmu, TORTURE_STALE_ATC_ATTACH, &l.attached);
	for (i = 0; i < ARENA_DOMAINS; i++) {
		if (!l.stale[i].valid)
			continue;
		if (!l.atc && (before[i] % 2 || READ_ONCE(a->domains[i].retiring) != before[i]))
			t->in_window++;
		else
			found_line(t, smmu, judged[which].kind, &l.stale[i]);
	}
}

static void try_to_use(struct torture_thread *t, unsigned int domain, unsigned int first,
		       unsigned int num)
{
	struct arena *a = t->arena;
	struct torture_master *m = &a->masters[torture_below(&t->rnd, ARENA_MASTERS)];
	unsigned int page = t->first_page + first + torture_below(&t->rnd, num);
	u64 iova = (u64)page << ARENA_PAGE_SHIFT;
	struct smmu_model_leaf leaf;
	u32 sid = arena_sid(m, 0);

	t->translations++;
	if (smmu_model_translate(m->smmu->smmu.model, sid, 0, iova, &leaf))
		return;
	if (is_stale(t, leaf.pte))
		arena_found(a, TORTURE_STALE_USE,
			    "smmu%u, StreamID 0x%x, iova 0x%llx, unmapped from %s: 0x%llx was used",
			    m->smmu->index, sid, (unsigned long long)iova,
			    a->domains[domain].name, (unsigned long long)leaf.pte);
}

void judge_begin(struct torture_thread *t)
{
	unsigned int i;

	for (i = 0; i < ARENA_MASTERS; i++)
		/* Pairs with torture_attach(): attached then, found by the unmap. */
		t->master_moves[i] = smp_load_acquire(&t->arena->masters[i].moves);
}

void judge_unmap(struct torture_thread *t, enum arena_domain domain, unsigned int first,
		 unsigned int num)
{
	unsigned int s, c, i;

	/*
	 * Pairs with hook_unref(): if the walk has missed an entry, retiring is seen odd,
	 * or later.
	 */
	smp_mb();
	for (s = 0; s < t->arena->nr_smmus; s++)
		for (c = 0; c < ARRAY_SIZE(judged); c++)
			look_at_cache(t, s, c);
	/* After it, which knows what stale-atc-attach has left. */
	for (i = 0; i < TRIES; i++)
		try_to_use(t, domain, first, num);
	t->unmaps++;
}

static bool keep_first(void *ctx, const struct smmu_model_entry *line)
{
	struct smmu_model_entry *first = ctx;

	if (!first->valid)
		*first = *line;
	return true;
}

void judge_end(struct arena *a)
{
	unsigned int s, c;

	for (s = 0; s < a->nr_smmus; s++) {
		for (c = 0; c < ARRAY_SIZE(judged); c++) {
			struct smmu_model_entry first = {};

			smmu_model_for_each(a->smmus[s].smmu.model, judged[c].cache, keep_first,
					    &first);
			if (!first.valid)
				continue;
			arena_found(a, judged[c].kind,
				    "smmu%u, %s, StreamID 0x%x, iova 0x%llx: in the cache when all are detached",
				    s, a->domains[first.cfg.table].name, first.sid,
				    (unsigned long long)first.iova);
		}
	}
}
