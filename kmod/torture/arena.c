// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "arena.h"
#include "rnd.h"

#define QUEUE_SHIFT	8

/* A thread that holds something may be off its CPU for long, where there are few. */
#define QUEUE_TIMEOUT_US	30000000

/* Long enough that commands are under way while others work. */
#define CMD_NS		100
#define SYNC_NS		400

/* StreamIDs: the master's number above, its stream below. */
#define SID_SHIFT	4

static const struct {
	const char *name;
	enum arm_smmu_domain_stage stage;
	u16 asid, vmid;
} domain_rows[ARENA_DOMAINS] = {
	[ARENA_S1_A] = { .name = "s1-a", .stage = ARM_SMMU_DOMAIN_S1, .asid = 1 },
	[ARENA_S1_B] = { .name = "s1-b", .stage = ARM_SMMU_DOMAIN_S1, .asid = 2 },
	[ARENA_S2_A] = { .name = "s2-a", .stage = ARM_SMMU_DOMAIN_S2, .vmid = 1 },
	[ARENA_S2_B] = { .name = "s2-b", .stage = ARM_SMMU_DOMAIN_S2, .vmid = 2 },
};

u32 arena_sid(const struct torture_master *m, unsigned int stream)
{
	return ((u32)(m - m->arena->masters) + 1) << SID_SHIFT | stream;
}

struct torture_master *arena_master(struct arena *a, u32 sid)
{
	u32 i = (sid >> SID_SHIFT) - 1;

	return i < ARENA_MASTERS ? &a->masters[i] : NULL;
}

void arena_found(struct arena *a, enum torture_kind kind, const char *fmt, ...)
{
	va_list args;

	atomic_inc(&a->found[kind]);
	if (!atomic_cmpxchg(&a->told[kind], 0, 1)) {
		va_start(args, fmt);
		vsnprintf(a->first[kind], sizeof(a->first[kind]), fmt, args);
		va_end(args);
	}
	if (a->stop_on & 1U << kind)
		WRITE_ONCE(a->stop, true);
}

/* ---- SMMUs ------------------------------------------------------------ */

/* The two differ in all that decides how their commands look. */
static int smmu_create(struct torture_smmu *s)
{
	struct smmu_model_params params = {
		.cmd_ns = CMD_NS,
		.sync_ns = SYNC_NS,
		.cache_entries = ARENA_CACHE,
	};
	struct arm_smmu_device *smmu = &s->smmu;
	int ret;

	smmu->features = ARM_SMMU_FEAT_COHERENCY | ARM_SMMU_FEAT_ATS;
	if (s->index) {
		smmu->features |= ARM_SMMU_FEAT_E2H;
	} else {
		smmu->features |= ARM_SMMU_FEAT_RANGE_INV;
		smmu->options = ARM_SMMU_OPT_MSIPOLL | ARM_SMMU_OPT_SKIP_PREFETCH;
	}
	smmu->index = s->index;
	smmu->queue = SMMU_QUEUE_LOCKLESS;
	smmu->kind = SMMU_DEVICE_MODEL;
	torture_walker(s, &params);
	smmu->model = smmu_model_create(&params);
	if (IS_ERR(smmu->model)) {
		smmu->model = NULL;
		return -ENOMEM;
	}
	ret = arm_smmu_cmdq_init(smmu, QUEUE_SHIFT);
	if (!ret)
		smmu->cmdq.timeout_us = QUEUE_TIMEOUT_US;
	return ret;
}

static int smmus_create(struct arena *a, u64 seed)
{
	unsigned int i;
	int ret = 0;

	a->nr_smmus = a->store->caps & SMMU_STORE_SMMUS ? ARENA_SMMUS : 1;
	for (i = 0; i < a->nr_smmus && !ret; i++) {
		a->smmus[i].arena = a;
		a->smmus[i].index = i;
		a->smmus[i].delays = torture_seed(seed, 100 + i);
		ret = smmu_create(&a->smmus[i]);
	}
	return ret;
}

static void smmus_destroy(struct arena *a)
{
	unsigned int i;

	for (i = 0; i < a->nr_smmus; i++) {
		arm_smmu_cmdq_free(&a->smmus[i].smmu);
		smmu_model_destroy(a->smmus[i].smmu.model);
	}
}

/* ---- domains ---------------------------------------------------------- */

static int domain_create(struct arena *a, enum arena_domain i)
{
	struct torture_domain *td = &a->domains[i];
	struct arm_smmu_domain *d = &td->d;

	td->arena = a;
	td->name = domain_rows[i].name;
	rwlock_init(&td->lock);
	td->ptes = kvcalloc(ARENA_PAGES, sizeof(*td->ptes), GFP_KERNEL);
	if (!td->ptes)
		return -ENOMEM;
	d->stage = domain_rows[i].stage;
	d->nest_parent = i == ARENA_S2_A && a->store->caps & SMMU_STORE_NESTED;
	d->asid = domain_rows[i].asid;
	d->vmid = domain_rows[i].vmid;
	/* Not an address: one of the kernel doesn't fit into a CD. */
	d->ttb = (i + 1ULL) << ARENA_PAGE_SHIFT;
	d->pgsize_bitmap = 1UL << ARENA_PAGE_SHIFT;
	d->strategy = a->c->strategy_id;
	if (a->store->init(d))
		return -ENOMEM;
	d->store = &a->hooks;
	return 0;
}

static int domains_create(struct arena *a)
{
	int ret = 0, i;

	for (i = 0; i < ARENA_DOMAINS && !ret; i++)
		ret = domain_create(a, i);
	return ret;
}

static void domains_destroy(struct arena *a)
{
	unsigned int i;

	for (i = 0; i < ARENA_DOMAINS; i++) {
		struct torture_domain *td = &a->domains[i];

		if (td->d.store)
			a->store->destroy(&td->d);
		kvfree(td->ptes);
	}
}

/* ---- masters ---------------------------------------------------------- */

static int master_create(struct arena *a, unsigned int i)
{
	struct torture_master *tm = &a->masters[i];
	struct arm_smmu_master_params params = {
		.num_sids = 1 + i % ARENA_STREAMS,
		.ats = a->store->caps & SMMU_STORE_ATS && i % 4 != 3,
	};
	u32 sids[ARENA_STREAMS];
	unsigned int s;
	int ret;

	tm->smmu = &a->smmus[i / 2 % a->nr_smmus];
	tm->arena = a;
	tm->detached = true;
	for (s = 0; s < ARENA_STREAMS; s++)
		sids[s] = arena_sid(tm, s);
	params.sids = sids;
	ret = arm_smmu_master_init(&tm->m, &tm->smmu->smmu, &params);
	if (ret) {
		tm->arena = NULL;
		return ret;
	}
	torture_hook_master(tm);
	/* Now: models read the pointer to it without a lock. */
	return arm_smmu_alloc_cd_tables(&tm->m);
}

static int masters_create(struct arena *a, u64 seed)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARENA_MASTERS && !ret; i++) {
		a->masters[i].delays = torture_seed(seed, 300 + i);
		ret = master_create(a, i);
	}
	return ret;
}

static void masters_destroy(struct arena *a)
{
	unsigned int i;

	for (i = 0; i < ARENA_MASTERS; i++)
		if (a->masters[i].arena)
			arm_smmu_master_destroy(&a->masters[i].m);
}

/* ---- threads ---------------------------------------------------------- */

static int thread_create(struct arena *a, unsigned int i, u64 seed)
{
	/* A power of two is aligned to itself: to a line at least. */
	struct torture_thread *t = kvzalloc(roundup_pow_of_two(sizeof(*t)), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	a->threads[i] = t;
	t->arena = a;
	t->member = i;
	t->first_page = i * ARENA_OWN_PAGES;
	t->rnd = torture_seed(seed, 2 * i);
	t->delays = torture_seed(seed, 2 * i + 1);
	t->t.pte_mask = ARENA_PAGES - 1;
	t->t.pte_stride = 1;
	t->t.granule = 1U << ARENA_PAGE_SHIFT;
	return 0;
}

static int threads_create(struct arena *a, u64 seed)
{
	unsigned int i;
	int ret = 0;

	a->threads = kcalloc(a->nr_threads, sizeof(*a->threads), GFP_KERNEL);
	if (!a->threads)
		return -ENOMEM;
	for (i = 0; i < a->nr_threads && !ret; i++)
		ret = thread_create(a, i, seed);
	return ret;
}

static void threads_destroy(struct arena *a)
{
	unsigned int i;

	for (i = 0; a->threads && i < a->nr_threads; i++)
		kvfree(a->threads[i]);
	kfree(a->threads);
}

/* ---- the whole -------------------------------------------------------- */

/* Which store, and whose fast path. */
static void choose(struct arena *a, const struct torture_case *c)
{
	const struct smmu_path path = {
		.strategy = c->strategy_id,
		.queue = SMMU_QUEUE_LOCKLESS,
		.device = SMMU_DEVICE_MODEL,
		.variant = SMMU_VARIANT_FAITHFUL,
	};
	const bool copy = c->store_id >= SMMU_NR_STORES;

	a->store = torture_store(c->store_id);
	a->domain_lock = c->store_id == TORTURE_REPAIRED;
	if (torture_bugs[c->bug].unmap)
		a->unmap = torture_bugs[c->bug].unmap;
	else if (copy)
		a->unmap = torture_copy(c->store_id, c->strategy_id);
	else
		a->unmap = a->store->unmap(&path);
}

int arena_create(struct arena *a, const struct torture_case *c, unsigned int threads, u64 seed)
{
	int ret;

	memset(a, 0, sizeof(*a));
	a->c = c;
	a->nr_threads = threads;
	a->delays = torture_seed(seed, 200);
	choose(a, c);
	torture_hook_store(a);
	ret = smmus_create(a, seed);
	if (!ret)
		ret = domains_create(a);
	if (!ret)
		ret = masters_create(a, seed);
	if (!ret)
		ret = threads_create(a, seed);
	if (ret)
		arena_destroy(a);
	return ret;
}

void arena_destroy(struct arena *a)
{
	masters_destroy(a);
	rcu_barrier();
	domains_destroy(a);
	smmus_destroy(a);
	threads_destroy(a);
}
