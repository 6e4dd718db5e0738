// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <compat/test_hooks.h>

#include <pthread.h>
#include <sched.h>

#include "model.h"
#include "suite.h"
#include "world.h"

#define MAX_COMMANDS	SMMU_RING_ENTRIES
#define NR_PTES		16
#define READERS		2

/* Each reader must have judged so many calls with somebody attached. */
#define READER_CALLS	300
#define MIN_ATTACHES	300
#define MAX_ATTACHES	200000

static struct arm_smmu_device smmus[MODEL_SMMUS];

#define FAIL(r, store, fmt, ...)					\
	(snprintf((r)->msg, sizeof((r)->msg), "%s (%s, copy %u): " fmt, \
		  (store)->ops->name, (store)->rcu, (store)->copy, ##__VA_ARGS__), false)

/* xorshift: the same histories on every machine. */
static unsigned int below(void *ctx, unsigned int limit)
{
	u32 *state = ctx;

	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % limit;
}

struct reader {
	struct smmu_thread t;
	u64 ptes[NR_PTES];
};

static void reader_init(struct reader *r, struct arm_smmu_domain *domain)
{
	memset(r, 0, sizeof(*r));
	r->t.domain = domain;
	r->t.ptes = r->ptes;
	r->t.pte_mask = NR_PTES - 1;
	r->t.pte_stride = 1;
	r->t.nr_ptes = 1;
}

/* What a call sent, out of the ring; 0 commands more than the ring holds. */
static bool sent(const struct reader *r, u64 from, struct arm_smmu_cmd *out, size_t *n)
{
	u64 pos;

	*n = 0;
	if (r->t.ring.pos - from > SMMU_RING_ENTRIES)
		return false;
	for (pos = from; pos != r->t.ring.pos; pos++)
		out[(*n)++] = r->t.ring.cmds[pos % SMMU_RING_ENTRIES];
	return true;
}

/* CMD_SYNCs are equal whatever signals their completion. */
static bool same(const struct arm_smmu_cmd *got, const struct arm_smmu_cmd *want)
{
	if ((want->data[0] & 0xff) == 0x46)
		return (got->data[0] & 0xff) == 0x46;
	return got->data[0] == want->data[0] && got->data[1] == want->data[1];
}

static smmu_unmap_fn some_unmap(const struct suite_store *store, void *rnd)
{
	smmu_unmap_fn fn;

	do {
		struct smmu_path path = {
			.strategy = below(rnd, SMMU_NR_STRATEGIES),
			.queue = SMMU_QUEUE_NONE,
			.device = SMMU_DEVICE_NULL,
			.variant = below(rnd, SMMU_NR_VARIANTS),
		};

		fn = store->ops->unmap(&path);
	} while (!fn);
	return fn;
}

struct history {
	const struct suite_store *store;
	struct suite_report *r;
	struct arm_smmu_domain domain;
	struct model m;
	struct reader reader;
	u32 rnd;
};

static bool judge_live(struct history *h, const char *after)
{
	struct arm_smmu_inv want[MODEL_ENTRIES], got[MODEL_ENTRIES];
	size_t i, n = model_live(&h->m, want);

	if (h->store->ops->live(&h->domain, got, MODEL_ENTRIES) != n)
		return FAIL(h->r, h->store, "after %s not %zu live entries", after, n);
	for (i = 0; i < n; i++)
		if (got[i].smmu != want[i].smmu || got[i].type != want[i].type ||
		    got[i].id != want[i].id || got[i].users != want[i].users)
			return FAIL(h->r, h->store,
				    "after %s entry %zu is type %u id %#x users %d, not %u %#x %d",
				    after, i, got[i].type, got[i].id, got[i].users,
				    want[i].type, want[i].id, want[i].users);
	return true;
}

static bool judge_unmap(struct history *h, enum model_range range, const char *after)
{
	struct arm_smmu_cmd want[MAX_COMMANDS], got[MAX_COMMANDS];
	bool devices_list = !strcmp(h->store->ops->name, "devices-list");
	u64 from = h->reader.t.ring.pos;
	size_t i, n, num;

	model_range(range, &h->reader.t);
	n = model_commands(&h->m, devices_list, range, want);
	some_unmap(h->store, &h->rnd)(&h->reader.t, 1);
	if (!sent(&h->reader, from, got, &num) || num != n)
		return FAIL(h->r, h->store, "unmap after %s sent %llu commands, not %zu", after,
			    (unsigned long long)(h->reader.t.ring.pos - from), n);
	for (i = 0; i < n; i++)
		if (!same(&got[i], &want[i]))
			return FAIL(h->r, h->store,
				    "unmap after %s: command %zu is %#llx %#llx, not %#llx %#llx",
				    after, i, (unsigned long long)got[i].data[0],
				    (unsigned long long)got[i].data[1],
				    (unsigned long long)want[i].data[0],
				    (unsigned long long)want[i].data[1]);
	h->r->unmaps++;
	h->r->required += n;
	return true;
}

/* As arm_smmu_attach_prepare() goes about it; each allocation fails once. */
static bool step_attach(struct history *h, unsigned int master)
{
	const struct smmu_store_ops *ops = h->store->ops;
	struct smmu_store_txn txn = { .to_merge = model_invs(&h->m, master) };
	long live = compat_alloc_live(), n = 0;
	bool failed = below(&h->rnd, 8) == 0, ok = true;
	int ret;

	mutex_lock(&arm_smmu_asid_lock);
	do {
		if (failed)
			compat_fail_alloc_nth(++n);
		ret = ops->prepare(&h->domain, &txn);
		compat_fail_alloc_nth(0);
		/* Fewer there may be: what was deferred is freed meanwhile. */
		if (ret == -ENOMEM && compat_alloc_live() > live)
			ok = FAIL(h->r, h->store, "prepare failed and left memory");
		if (ret && ret != -ENOMEM)
			ok = FAIL(h->r, h->store, "prepare: %d", ret);
	} while (ok && ret && failed);

	if (ok && ret)
		ok = FAIL(h->r, h->store, "prepare: %d", ret);
	if (ok && below(&h->rnd, 8) == 0) {
		ops->abort(&h->domain, &txn);
		if (compat_alloc_live() > live)
			ok = FAIL(h->r, h->store, "abort left memory");
	} else if (ok) {
		ops->install_new(&h->domain, &txn);
		model_attach(&h->m, master);
		/* Here the STE is written: who unmaps now must tell the master. */
		ok = judge_unmap(h, below(&h->rnd, MODEL_NR_RANGES), "install_new");
	}
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(txn.to_merge);
	return ok;
}

static bool step_detach(struct history *h, unsigned int master)
{
	struct arm_smmu_invs *invs = model_invs(&h->m, master);
	struct arm_smmu_inv live[MODEL_ENTRIES];
	size_t i, j, n;
	bool ok = true;

	mutex_lock(&arm_smmu_asid_lock);
	h->store->ops->unref(&h->domain, invs);
	model_detach(&h->m, master);
	n = model_live(&h->m, live);
	for (i = 0; ok && i < invs->num_invs; i++) {
		const struct arm_smmu_inv *inv = &invs->inv[i];
		bool used = false;

		for (j = 0; j < n; j++)
			used |= live[j].smmu == inv->smmu && live[j].type == inv->type &&
				live[j].id == inv->id;
		if (inv->users != used)
			ok = FAIL(h->r, h->store, "unref says users %d of type %u id %#x",
				  inv->users, inv->type, inv->id);
	}
	ok = ok && judge_unmap(h, below(&h->rnd, MODEL_NR_RANGES), "unref");
	if (ok && below(&h->rnd, 2)) {
		h->store->ops->purge(&h->domain);
		ok = judge_unmap(h, below(&h->rnd, MODEL_NR_RANGES), "purge");
	}
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(invs);
	return ok;
}

/* Nobody has it: a caller's bug that is told and changes nothing. */
static bool step_wrong_detach(struct history *h, unsigned int master)
{
	struct arm_smmu_invs *invs = model_invs(&h->m, master);
	unsigned long warned = compat_warn_count;

	compat_warn_expect(true);
	mutex_lock(&arm_smmu_asid_lock);
	h->store->ops->unref(&h->domain, invs);
	mutex_unlock(&arm_smmu_asid_lock);
	compat_warn_expect(false);
	kfree(invs);
	if (compat_warn_count == warned)
		return FAIL(h->r, h->store, "unref of what isn't there went unnoticed");
	compat_warn_count = warned;
	return true;
}

static bool step(struct history *h)
{
	unsigned int master = below(&h->rnd, MODEL_MASTERS);
	unsigned int users = model_users(&h->m, master);

	switch (below(&h->rnd, 4)) {
	case 0:
		return users < 2 ? step_attach(h, master) : true;
	case 1:
		if (users)
			return step_detach(h, master);
		/* Its tags may be there by others: only with nothing attached is it clear. */
		return h->m.num_attached ? true : step_wrong_detach(h, master);
	default:
		return judge_unmap(h, below(&h->rnd, MODEL_NR_RANGES), "change");
	}
}

static void domain_init(struct arm_smmu_domain *d, const struct smmu_store_ops *ops, bool nested)
{
	memset(d, 0, sizeof(*d));
	d->stage = nested ? ARM_SMMU_DOMAIN_S2 : ARM_SMMU_DOMAIN_S1;
	d->nest_parent = nested;
	d->asid = MODEL_TAG(0);
	d->vmid = MODEL_TAG(0);
	d->pgsize_bitmap = 4096;
	d->store = ops;
}

bool suite_history(const struct suite_store *store, unsigned int seed, unsigned int steps,
		   struct suite_report *r)
{
	static struct history h;
	unsigned int i;
	long live;
	bool ok;

	smmu_world_enter(store->rcu);
	smmu_world_leave();
	rcu_barrier();
	live = compat_alloc_live();
	memset(&h, 0, sizeof(h));
	h.store = store;
	h.r = r;
	h.rnd = seed * 2654435761U | 1;
	model_init(&h.m, smmus, store->ops->caps,
		   (store->ops->caps & SMMU_STORE_NESTED) && seed % 2, below, &h.rnd);
	domain_init(&h.domain, store->ops, h.m.nested);

	compat_fail_alloc_nth(1);
	if (store->ops->init(&h.domain) != -ENOMEM)
		return FAIL(r, store, "init took no notice of a failed allocation");
	compat_fail_alloc_nth(0);
	if (compat_alloc_live() != live)
		return FAIL(r, store, "init failed and left memory");
	if (store->ops->init(&h.domain))
		return FAIL(r, store, "init failed");

	smmu_world_enter(store->rcu);
	reader_init(&h.reader, &h.domain);
	ok = judge_unmap(&h, MODEL_PAGE, "init");
	for (i = 0; ok && i < steps; i++) {
		ok = step(&h) && judge_live(&h, "change");
		smmu_world_quiescent();
	}
	while (ok && h.m.num_attached)
		ok = step_detach(&h, h.m.attached[0]) && judge_live(&h, "detach");
	smmu_world_leave();
	rcu_barrier();
	store->ops->destroy(&h.domain);
	rcu_barrier();
	if (ok && compat_alloc_live() != live)
		return FAIL(r, store, "%ld allocations are left", compat_alloc_live() - live);
	return ok;
}

static bool long_array(const struct suite_store *store, size_t num, bool ats,
		       struct suite_report *r)
{
	static struct reader reader;
	struct arm_smmu_cmd want[MAX_COMMANDS], got[MAX_COMMANDS];
	struct smmu_store_txn txn = { .to_merge = arm_smmu_invs_alloc(num) };
	struct arm_smmu_domain domain;
	u32 rnd = 1;
	size_t i, n, sent_num;
	u64 from;
	bool ok = true;

	BUG_ON(!txn.to_merge);
	for (i = 0; i < num; i++)
		txn.to_merge->inv[i] = (struct arm_smmu_inv){
			.smmu = &smmus[0],
			.type = ats && i ? INV_TYPE_ATS : INV_TYPE_S1_ASID,
			.size_opcode = ats && i ? 0x40 : 0x12,
			.nsize_opcode = ats && i ? 0x40 : 0x11,
			.id = 1 + i,
		};
	domain_init(&domain, store->ops, false);
	BUG_ON(store->ops->init(&domain));
	mutex_lock(&arm_smmu_asid_lock);
	BUG_ON(store->ops->prepare(&domain, &txn));
	store->ops->install_new(&domain, &txn);
	mutex_unlock(&arm_smmu_asid_lock);

	reader_init(&reader, &domain);
	model_range(MODEL_PAGE, &reader.t);
	n = model_expect(txn.to_merge->inv, num, MODEL_PAGE, want);
	for (i = 0; ok && i < 16; i++) {
		size_t c;

		from = reader.t.ring.pos;
		some_unmap(store, &rnd)(&reader.t, 1);
		if (!sent(&reader, from, got, &sent_num) || sent_num != n)
			ok = FAIL(r, store, "%zu entries sent %zu commands, not %zu", num,
				  sent_num, n);
		for (c = 0; ok && c < n; c++)
			if (!same(&got[c], &want[c]))
				ok = FAIL(r, store, "%zu entries: command %zu is %#llx", num, c,
					  (unsigned long long)got[c].data[0]);
	}
	kfree(txn.to_merge);
	store->ops->destroy(&domain);
	return ok;
}

bool suite_long(const struct suite_store *store, struct suite_report *r)
{
	static const size_t nums[] = { 63, 64, 65, 130 };
	bool ok = true;
	size_t i;

	smmu_world_enter(store->rcu);
	for (i = 0; ok && i < ARRAY_SIZE(nums); i++) {
		if (store->ops->caps & SMMU_STORE_SMMUS)
			ok = long_array(store, nums[i], false, r);
		if (ok && store->ops->caps & SMMU_STORE_ATS)
			ok = long_array(store, nums[i], true, r);
	}
	smmu_world_leave();
	rcu_barrier();
	return ok;
}

/* ---- readers beside a writer ------------------------------------------- */

/**
 * struct arena - what readers and the attacher share
 * @store: under test
 * @domain: its domain
 * @m: masters; who is attached stands in @epoch
 * @epoch: odd from the moment that a master was published until before it is taken off
 * @stop: readers end
 */
struct arena {
	const struct suite_store *store;
	struct arm_smmu_domain domain;
	struct model m;
	unsigned int epoch[MODEL_MASTERS];
	int stop;
};

struct arena_reader {
	struct arena *a;
	struct reader reader;
	unsigned int number;
	unsigned long judged;
	struct suite_report r;
	bool ok;
};

/* Every entry of the master has a command, and a CMD_SYNC comes after the last. */
static bool told(const struct arena *a, unsigned int master, const struct arm_smmu_cmd *cmds,
		 size_t n)
{
	struct arm_smmu_invs *invs = model_invs(&a->m, master);
	struct arm_smmu_cmd want[MAX_COMMANDS];
	size_t i, j, num;
	bool ok = n && (cmds[n - 1].data[0] & 0xff) == 0x46;

	num = model_expect(invs->inv, invs->num_invs, MODEL_PAGE, want);
	for (i = 0; ok && i < num; i++) {
		for (j = 0; j < n && !same(&cmds[j], &want[i]); j++)
			;
		ok = j < n;
	}
	kfree(invs);
	return ok;
}

static bool arena_call(struct arena_reader *ar, smmu_unmap_fn fn)
{
	struct arena *a = ar->a;
	unsigned int before[MODEL_MASTERS], i;
	struct arm_smmu_cmd cmds[MAX_COMMANDS];
	u64 from = ar->reader.t.ring.pos;
	bool some = false;
	size_t n;

	for (i = 0; i < MODEL_MASTERS; i++)
		/* Pairs with the release in arena_attacher(): published before odd. */
		before[i] = smp_load_acquire(&a->epoch[i]);
	fn(&ar->reader.t, 1);
	/* A walk that was begun anew too often has overwritten its own ring. */
	if (!sent(&ar->reader, from, cmds, &n))
		return true;
	/* Pairs with the full fence before unref: even before the entry goes. */
	smp_mb();
	for (i = 0; i < MODEL_MASTERS; i++) {
		if (before[i] % 2 == 0 || READ_ONCE(a->epoch[i]) != before[i])
			continue;
		some = true;
		if (!told(a, i, cmds, n))
			return FAIL(&ar->r, a->store,
				    "master %u was attached all the time and not told", i);
	}
	WRITE_ONCE(ar->judged, ar->judged + some);
	ar->r.unmaps++;
	return true;
}

static void *arena_reader(void *arg)
{
	struct arena_reader *ar = arg;
	u32 rnd = 77 + ar->number;

	smmu_world_enter(ar->a->store->rcu);
	while (ar->ok && !__atomic_load_n(&ar->a->stop, __ATOMIC_ACQUIRE)) {
		ar->ok = arena_call(ar, some_unmap(ar->a->store, &rnd));
		smmu_world_quiescent();
	}
	smmu_world_leave();
	return NULL;
}

static bool enough(struct arena_reader *readers)
{
	unsigned int i;

	for (i = 0; i < READERS; i++)
		if (READ_ONCE(readers[i].judged) < READER_CALLS)
			return false;
	return true;
}

static void arena_toggle(struct arena *a, unsigned int master)
{
	struct smmu_store_txn txn = { .to_merge = model_invs(&a->m, master) };
	const struct smmu_store_ops *ops = a->store->ops;

	mutex_lock(&arm_smmu_asid_lock);
	if (a->epoch[master] % 2 == 0) {
		BUG_ON(ops->prepare(&a->domain, &txn));
		ops->install_new(&a->domain, &txn);
		/* Pairs with the acquire in arena_call(). */
		smp_store_release(&a->epoch[master], a->epoch[master] + 1);
	} else {
		WRITE_ONCE(a->epoch[master], a->epoch[master] + 1);
		/* Pairs with the one in arena_call(). */
		smp_mb();
		ops->unref(&a->domain, txn.to_merge);
		ops->purge(&a->domain);
	}
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(txn.to_merge);
}

bool suite_concurrent(const struct suite_store *store, struct suite_report *r)
{
	static struct arena a;
	static struct arena_reader readers[READERS];
	pthread_t threads[READERS];
	unsigned int i, n, master;
	u32 rnd = 4711;
	bool ok = true;

	smmu_world_select(store->rcu);
	memset(&a, 0, sizeof(a));
	a.store = store;
	model_init(&a.m, smmus, store->ops->caps, false, below, &rnd);
	domain_init(&a.domain, store->ops, false);
	BUG_ON(store->ops->init(&a.domain));

	for (i = 0; i < READERS; i++) {
		memset(&readers[i], 0, sizeof(readers[i]));
		readers[i].a = &a;
		readers[i].number = i;
		readers[i].ok = true;
		reader_init(&readers[i].reader, &a.domain);
		model_range(MODEL_PAGE, &readers[i].reader.t);
		BUG_ON(pthread_create(&threads[i], NULL, arena_reader, &readers[i]));
	}
	for (n = 0; n < MAX_ATTACHES && (n < MIN_ATTACHES || !enough(readers)); n++) {
		arena_toggle(&a, below(&rnd, MODEL_MASTERS));
		if (n % 16 == 0)
			sched_yield();
	}
	__atomic_store_n(&a.stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		if (ok && !readers[i].ok) {
			*r = readers[i].r;
			ok = false;
		}
		r->unmaps += readers[i].r.unmaps;
		if (ok && readers[i].judged < READER_CALLS)
			ok = FAIL(r, store, "reader %u judged but %lu calls", i,
				  readers[i].judged);
	}
	for (master = 0; master < MODEL_MASTERS; master++)
		if (a.epoch[master] % 2)
			arena_toggle(&a, master);
	rcu_barrier();
	store->ops->destroy(&a.domain);
	return ok;
}
