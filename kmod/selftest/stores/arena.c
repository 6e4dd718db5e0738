// SPDX-License-Identifier: GPL-2.0-or-later
/* Readers beside a writer: who was attached for the whole of a call is told. */
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "../selftest.h"
#include "caller.h"
#include "invs.h"
#include "world.h"

#define READERS		2

/* Each reader must have judged so many calls with somebody attached. */
#define READER_CALLS	300
#define MIN_ATTACHES	300
#define MAX_ATTACHES	200000

struct arena;

/**
 * struct arena_reader - one reader
 * @caller: it
 * @judged: calls during which somebody was attached all the time
 * @r: what it has to say
 * @ok: it has found nothing
 */
struct arena_reader {
	struct caller caller;
	unsigned long judged;
	struct suite_report r;
	bool ok;
};

/**
 * struct arena - what readers and the attacher share
 * @store: under test
 * @domain: its domain
 * @m: masters; who is attached stands in @epoch
 * @epoch: odd from the moment that a master was published until before it is taken off
 * @stop: readers end
 * @readers: of whom the attacher waits until each has judged enough
 */
static struct arena {
	const struct suite_store *store;
	struct arm_smmu_domain domain;
	struct model m;
	unsigned int epoch[MODEL_MASTERS];
	int stop;
	struct arena_reader readers[READERS];
} arena;

/* Every entry of the master has a command, and a CMD_SYNC comes after the last. */
static bool told(const struct arena *a, unsigned int master, struct caller *c, size_t n)
{
	struct arm_smmu_inv inv[MODEL_OF_MASTER];
	size_t i, j, num = model_entries(&a->m, master, inv);
	bool ok = n && (c->got[n - 1].data[0] & 0xff) == 0x46;

	num = model_expect(inv, num, MODEL_PAGE, c->want);
	for (i = 0; ok && i < num; i++) {
		for (j = 0; j < n && !same_command(&c->got[j], &c->want[i]); j++)
			;
		ok = j < n;
	}
	return ok;
}

static bool arena_call(struct arena *a, struct arena_reader *reader, smmu_unmap_fn fn)
{
	struct caller *c = &reader->caller;
	unsigned int before[MODEL_MASTERS], i;
	u64 from = c->t.ring.pos;
	bool some = false;
	size_t n;

	for (i = 0; i < MODEL_MASTERS; i++)
		/* Pairs with the release in arena_toggle(): published before odd. */
		before[i] = smp_load_acquire(&a->epoch[i]);
	fn(&c->t, 1);
	/* A walk that was begun anew too often has overwritten its own ring. */
	if (!caller_sent(c, from, &n))
		return true;
	/* Pairs with the full fence before unref: even before the entry goes. */
	smp_mb();
	for (i = 0; i < MODEL_MASTERS; i++) {
		if (before[i] % 2 == 0 || READ_ONCE(a->epoch[i]) != before[i])
			continue;
		some = true;
		if (!told(a, i, c, n))
			return FAIL(&reader->r, a->store,
				    "master %u was attached all the time and not told", i);
	}
	WRITE_ONCE(reader->judged, reader->judged + some);
	reader->r.unmaps++;
	return true;
}

static void arena_read(struct arena *a, unsigned int number)
{
	struct arena_reader *reader = &a->readers[number];
	u32 rnd = 77 + number;

	smmu_world_enter(a->store->rcu);
	/* Pairs with the release in arena_attach(). */
	while (reader->ok && !smp_load_acquire(&a->stop)) {
		WRITE_ONCE(reader->ok, arena_call(a, reader, some_unmap(a->store, &rnd)));
		smmu_world_quiescent();
	}
	smmu_world_leave();
}

/* Or one of them has found something. */
static bool enough(struct arena *a)
{
	bool all = true;
	unsigned int i;

	for (i = 0; i < READERS; i++) {
		if (!READ_ONCE(a->readers[i].ok))
			return true;
		all &= READ_ONCE(a->readers[i].judged) >= READER_CALLS;
	}
	return all;
}

static bool arena_toggle(struct arena *a, unsigned int master)
{
	struct smmu_store_txn txn = { .to_merge = model_invs(&a->m, master) };
	const struct smmu_store_ops *ops = a->store->ops;
	bool ok = txn.to_merge;

	mutex_lock(&arm_smmu_asid_lock);
	if (ok && a->epoch[master] % 2 == 0) {
		ok = !ops->prepare(&a->domain, &txn);
		if (ok) {
			ops->install_new(&a->domain, &txn);
			/* Pairs with the acquire in arena_call(). */
			smp_store_release(&a->epoch[master], a->epoch[master] + 1);
		}
	} else if (ok) {
		WRITE_ONCE(a->epoch[master], a->epoch[master] + 1);
		/* Pairs with the one in arena_call(). */
		smp_mb();
		ops->unref(&a->domain, txn.to_merge);
		ops->purge(&a->domain);
	}
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(txn.to_merge);
	return ktap_expect(ok);
}

static void arena_attach(struct arena *a)
{
	unsigned int n;
	u32 rnd = 4711;

	for (n = 0; n < MAX_ATTACHES && (n < MIN_ATTACHES || !enough(a)); n++) {
		if (!arena_toggle(a, suite_below(&rnd, MODEL_MASTERS)))
			break;
		if (n % 16 == 0)
			selftest_yield();
	}
	/* Pairs with the acquire in arena_read(). */
	smp_store_release(&a->stop, 1);
}

static void arena_member(void *arg, unsigned int nr)
{
	if (nr)
		arena_read(arg, nr - 1);
	else
		arena_attach(arg);
}

/* A reader that found something ends the others early. */
static bool arena_verdict(struct arena *a, struct suite_report *r)
{
	unsigned int i;

	for (i = 0; i < READERS; i++)
		r->unmaps += a->readers[i].r.unmaps;
	for (i = 0; i < READERS; i++) {
		if (a->readers[i].ok)
			continue;
		snprintf(r->msg, sizeof(r->msg), "%s", a->readers[i].r.msg);
		return false;
	}
	for (i = 0; i < READERS; i++)
		if (a->readers[i].judged < READER_CALLS)
			return FAIL(r, a->store, "reader %u judged but %lu calls", i,
				    a->readers[i].judged);
	return true;
}

bool suite_concurrent(const struct suite_store *store, struct suite_report *r)
{
	struct arena *a = &arena;
	unsigned int i, master;
	u32 rnd = 4711;
	bool ok;

	smmu_world_select(store->rcu);
	memset(a, 0, sizeof(*a));
	a->store = store;
	model_init(&a->m, suite_smmus, store->ops->caps, false, suite_below, &rnd);
	suite_domain_init(&a->domain, store->ops, false);
	if (store->ops->init(&a->domain))
		return FAIL(r, store, "no memory");

	for (i = 0; i < READERS; i++) {
		a->readers[i].ok = true;
		caller_init(&a->readers[i].caller, &a->domain);
		model_range(MODEL_PAGE, &a->readers[i].caller.t);
	}
	ok = selftest_threads(1 + READERS, arena_member, a) && arena_verdict(a, r);
	for (master = 0; master < MODEL_MASTERS; master++)
		if (a->epoch[master] % 2)
			arena_toggle(a, master);
	rcu_barrier();
	store->ops->destroy(&a->domain);
	return ok;
}
