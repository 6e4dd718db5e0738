// SPDX-License-Identifier: GPL-2.0-or-later
/* What the threads do: readers map and unmap, attachers move masters, devices translate. */
#include <linux/array_size.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "arena.h"
#include "judge.h"
#include "rnd.h"
#include "world.h"

/* ---- devices ---------------------------------------------------------- */

static void translate(struct torture_thread *t, unsigned int master, unsigned int stream,
		      unsigned int page)
{
	struct torture_master *m = &t->arena->masters[master];
	struct smmu_model_leaf leaf;

	t->translations++;
	/* What comes of it is in the model's caches. */
	smmu_model_translate(m->smmu->smmu.model, arena_sid(m, stream), 0,
			     (u64)page << ARENA_PAGE_SHIFT, &leaf);
}

void torture_touch(struct torture_thread *t, unsigned int page)
{
	unsigned int i;

	for (i = 0; i < ARENA_MASTERS * ARENA_STREAMS; i++)
		translate(t, i / ARENA_STREAMS, i % ARENA_STREAMS, page);
}

void torture_await_detach(struct torture_thread *t, u32 ns)
{
	ktime_t until = ktime_add_ns(ktime_get(), ns);
	int gone = atomic_read(&t->arena->gone);

	while (atomic_read(&t->arena->gone) == gone && ktime_before(ktime_get(), until))
		cpu_relax();
}

void torture_await_attach(struct torture_thread *t, u32 ns)
{
	ktime_t until = ktime_add_ns(ktime_get(), ns);
	const void *invs = rcu_access_pointer(t->t.domain->invs);
	int moves = atomic_read(&t->arena->moves);

	while ((rcu_access_pointer(t->t.domain->invs) == invs ||
		atomic_read(&t->arena->moves) == moves) &&
	       ktime_before(ktime_get(), until))
		cpu_relax();
}

static void device_step(struct torture_thread *t)
{
	unsigned int n = t->arena->nr_threads;
	/* Of each four, the first and the last are readers. */
	unsigned int reader = torture_below(&t->rnd, n / 4 * 2 + !!(n % 4));
	unsigned int page = (reader / 2 * 4 + reader % 2 * 3) * ARENA_OWN_PAGES;

	translate(t, torture_below(&t->rnd, ARENA_MASTERS),
		  torture_below(&t->rnd, ARENA_STREAMS),
		  page + torture_below(&t->rnd, ARENA_OWN_PAGES));
	torture_dawdle(&t->delays, 4, 4);
}

/* ---- readers ---------------------------------------------------------- */

/* Some of a reader's own pages. */
struct pages {
	unsigned int first, num;
};

static struct pages some_pages(struct torture_thread *t)
{
	static const u8 lengths[] = { 1, 1, 1, 1, 2, 3, 8, ARENA_OWN_PAGES };
	struct pages r;

	r.num = lengths[torture_below(&t->rnd, ARRAY_SIZE(lengths))];
	r.first = torture_below(&t->rnd, ARENA_OWN_PAGES - r.num + 1);
	return r;
}

/* A value that was never there before; judge.c takes it apart. */
static u64 new_pte(struct torture_thread *t, unsigned int domain, unsigned int page)
{
	return ++t->serial << 24 | page << 16 | domain << 12 | t->member << 4 | 3;
}

static void map(struct torture_thread *t, unsigned int domain, struct pages r)
{
	u64 *ptes = &t->arena->domains[domain].ptes[t->first_page];
	unsigned int page;

	for (page = r.first; page < r.first + r.num; page++) {
		if (t->mapped[domain][page])
			continue;
		t->mapped[domain][page] = new_pte(t, domain, page);
		WRITE_ONCE(ptes[page], t->mapped[domain][page]);
	}
	/* The wmb() that ends arm_lpae_map_pages(); pairs with the model's walk. */
	wmb();
}

static void unmap(struct torture_thread *t, unsigned int domain, struct pages r)
{
	struct torture_domain *td = &t->arena->domains[domain];
	u64 errors = t->t.errors;

	t->t.domain = &td->d;
	t->t.ptes = td->ptes;
	t->t.pte_next = t->first_page + r.first;
	t->t.nr_ptes = r.num;
	t->t.iova = (unsigned long)(t->first_page + r.first) << ARENA_PAGE_SHIFT;
	t->t.size = (size_t)r.num << ARENA_PAGE_SHIFT;
	/* Now and then everything, as arm_smmu_tlb_inv_context() asks for it. */
	if (!torture_below(&t->rnd, 16)) {
		t->t.iova = 0;
		t->t.size = 0;
	}
	t->t.leaf = torture_below(&t->rnd, 8);
	judge_begin(t);
	t->arena->unmap(&t->t, 1);
	memset(&t->mapped[domain][r.first], 0, r.num * sizeof(t->mapped[domain][0]));
	if (t->t.errors != errors)
		arena_found(t->arena, TORTURE_QUEUE_ERROR, "commands failed");
	else
		judge_unmap(t, domain, r.first, r.num);
}

static void reader_step(struct torture_thread *t)
{
	unsigned int domain = torture_below(&t->rnd, ARENA_DOMAINS), touch;
	struct pages m = some_pages(t), u = some_pages(t);
	int moves;

	/* What was mapped just now, or what devices have had for longer. */
	if (torture_below(&t->rnd, 2))
		u = m;
	map(t, domain, m);
	touch = torture_below(&t->rnd, 2 * u.num);
	if (touch < u.num)
		torture_touch(t, t->first_page + u.first + touch);
	torture_dawdle(&t->delays, 4, 10);
	moves = atomic_read(&t->arena->moves);
	unmap(t, domain, u);
	t->raced += moves != atomic_read(&t->arena->moves);
}

/* ---- attachers -------------------------------------------------------- */

static struct arm_smmu_domain *somewhere(struct torture_thread *t, struct torture_master *m)
{
	u32 r = torture_below(&t->rnd, 12);

	if (r < 8)
		return &t->arena->domains[r % ARENA_DOMAINS].d;
	if (r == 8)
		return &arm_smmu_identity_domain;
	/* The same once more: nested attaches do it, and the array is replaced twice. */
	if (r == 9)
		return m->m.sid_domain;
	return &arm_smmu_blocked_domain;
}

/* Members 1, 5, 9, ... are attachers; each has masters that nobody else moves. */
static void attacher_step(struct torture_thread *t)
{
	unsigned int nr = (t->arena->nr_threads + 2) / 4, mine = t->member / 4;
	unsigned int of_mine = (ARENA_MASTERS - mine + nr - 1) / nr;
	struct torture_master *m =
		&t->arena->masters[mine + nr * torture_below(&t->rnd, of_mine)];
	int ret = torture_attach(m, somewhere(t, m));

	if (ret)
		arena_found(t->arena, TORTURE_QUEUE_ERROR, "an attach failed: %d", ret);
	t->moves++;
	torture_dawdle(&t->delays, 2, 40);
}

/* ---- the team --------------------------------------------------------- */

/* By member's number, over and over. On two CPUs, attachers race with one of each. */
static void (*const steps[])(struct torture_thread *t) = {
	reader_step,
	attacher_step,
	device_step,
	reader_step,
};

void torture_member(struct arena *a, unsigned int member, void (*tick)(void *ctx), void *ctx)
{
	struct torture_thread *t = a->threads[member];

	smmu_world_enter("qsbr");
	while (!READ_ONCE(a->stop)) {
		steps[member % ARRAY_SIZE(steps)](t);
		smmu_world_quiescent();
		if (!member)
			tick(ctx);
	}
	smmu_world_leave();
}
