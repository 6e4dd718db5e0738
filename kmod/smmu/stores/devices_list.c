// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The driver before the arrays (arm_smmu_tlb_inv_range_domain() and
 * arm_smmu_atc_inv_domain(), Linux 6.13): the domain's own tag is invalidated with a
 * CMD_SYNC, whoever is attached; then, unless a counter says that nobody has ATS, a list
 * of devices is walked under a spinlock for their ATCs.
 *
 * One thing is the arrays': a range of 512 granules and more without RIL goes out as
 * one command for the whole tag, which 6.13 did for SVA only. Beyond that size this
 * store flatters the old driver.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "stores.h"

#define SMMU_STORE		devices_list
#define SMMU_STORE_STRATEGIES	0

/* An ASID, or a VMID and what is nested in it. */
#define MAX_TAGS	2

/* Set once, by the first attach; the driver had it in the domain. */
struct tags {
	size_t num;
	struct arm_smmu_inv inv[MAX_TAGS];
};

/* One attachment, whether it has ATS or not. */
struct attachment {
	struct list_head list;
	size_t num;
	struct arm_smmu_inv ats[];
};

struct store_state {
	struct tags *tags;
	unsigned int attached;
	spinlock_t lock ____cacheline_aligned_in_smp;
	struct list_head devices;
};

struct prepared {
	struct tags *tags;
	struct attachment *attachment;
};

static int store_init(struct arm_smmu_domain *domain)
{
	struct store_state *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	spin_lock_init(&s->lock);
	INIT_LIST_HEAD(&s->devices);
	atomic_set(&domain->nr_ats_masters, 0);
	domain->state = s;
	return 0;
}

static void store_destroy(struct arm_smmu_domain *domain)
{
	struct store_state *s = domain->state;
	struct attachment *a, *next;

	list_for_each_entry_safe(a, next, &s->devices, list)
		kfree(a);
	kfree(s->tags);
	kfree(s);
	domain->state = NULL;
}

/* Sorted: the ATS types come last. */
static size_t count_tags(const struct arm_smmu_invs *invs)
{
	size_t n = 0;

	while (n < invs->num_invs && !arm_smmu_inv_is_ats(&invs->inv[n]))
		n++;
	return n;
}

static bool same_tags(const struct tags *tags, const struct arm_smmu_invs *invs)
{
	size_t i;

	for (i = 0; i < tags->num; i++)
		if (arm_smmu_inv_cmp(&tags->inv[i], &invs->inv[i]))
			return false;
	return true;
}

static int store_prepare(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	const struct arm_smmu_invs *invs = txn->to_merge;
	struct store_state *s = domain->state;
	size_t i, num_tags = count_tags(invs);
	struct prepared *p;

	/* A domain belongs to the SMMU of its first master. */
	if (num_tags > MAX_TAGS ||
	    (s->tags && (s->tags->num != num_tags || !same_tags(s->tags, invs))))
		return -EINVAL;

	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	p->attachment = kzalloc(struct_size(p->attachment, ats, invs->num_invs - num_tags),
				GFP_KERNEL);
	if (!s->tags)
		p->tags = kzalloc(sizeof(*p->tags), GFP_KERNEL);
	if (!p->attachment || (!s->tags && !p->tags)) {
		kfree(p->attachment);
		kfree(p->tags);
		kfree(p);
		return -ENOMEM;
	}

	for (i = 0; i < invs->num_invs; i++) {
		struct arm_smmu_inv inv = invs->inv[i];

		/* The walk takes 0 users for trash. */
		inv.users = 1;
		if (i >= num_tags)
			p->attachment->ats[p->attachment->num++] = inv;
		else if (p->tags)
			p->tags->inv[p->tags->num++] = inv;
	}
	txn->prepared = p;
	return 0;
}

static void store_abort(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct prepared *p = txn->prepared;

	kfree(p->attachment);
	kfree(p->tags);
	kfree(p);
}

static void store_install_new(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct store_state *s = domain->state;
	struct prepared *p = txn->prepared;
	unsigned long flags;

	if (p->tags)
		/* Pairs with the dependent loads of store_inv_range(). */
		smp_store_release(&s->tags, p->tags);

	spin_lock_irqsave(&s->lock, flags);
	list_add(&p->attachment->list, &s->devices);
	s->attached++;
	spin_unlock_irqrestore(&s->lock, flags);
	/* Pairs with the smp_mb() of store_inv_range(), by way of the STE that follows. */
	if (p->attachment->num)
		atomic_inc(&domain->nr_ats_masters);
	kfree(p);
}

static bool is_attachment_of(const struct attachment *a, const struct arm_smmu_invs *invs,
			     size_t num_tags)
{
	size_t i;

	if (a->num != invs->num_invs - num_tags)
		return false;
	for (i = 0; i < a->num; i++)
		if (arm_smmu_inv_cmp(&a->ats[i], &invs->inv[num_tags + i]))
			return false;
	return true;
}

static int ats_users(const struct store_state *s, const struct arm_smmu_inv *inv)
{
	const struct attachment *a;
	int users = 0;
	size_t i;

	list_for_each_entry(a, &s->devices, list)
		for (i = 0; i < a->num; i++)
			users += !arm_smmu_inv_cmp(&a->ats[i], inv);
	return users;
}

static void store_unref(struct arm_smmu_domain *domain, struct arm_smmu_invs *to_unref)
{
	struct store_state *s = domain->state;
	size_t i, num_tags = count_tags(to_unref);
	struct attachment *a, *gone = NULL;
	unsigned long flags;

	list_for_each_entry(a, &s->devices, list) {
		if (is_attachment_of(a, to_unref, num_tags)) {
			gone = a;
			break;
		}
	}
	if (WARN_ON(!gone))
		return;

	spin_lock_irqsave(&s->lock, flags);
	list_del(&gone->list);
	s->attached--;
	spin_unlock_irqrestore(&s->lock, flags);
	if (gone->num)
		atomic_dec(&domain->nr_ats_masters);
	/* Readers hold the lock for as long as they look. */
	kfree(gone);

	for (i = 0; i < num_tags; i++)
		to_unref->inv[i].users = !!s->attached;
	for (; i < to_unref->num_invs; i++)
		to_unref->inv[i].users = !!ats_users(s, &to_unref->inv[i]);
}

static void store_purge(struct arm_smmu_domain *domain)
{
	/* Unref leaves no trash. */
}

/* Adds what isn't in @out yet, in order. Returns how many there are then. */
static size_t live_add(struct arm_smmu_inv *out, size_t n, size_t max,
		       const struct arm_smmu_inv *inv, int users)
{
	size_t i, at = 0;

	while (at < n && arm_smmu_inv_cmp(&out[at], inv) < 0)
		at++;
	if (at < n && !arm_smmu_inv_cmp(&out[at], inv))
		return n;
	if (n >= max)
		return n + 1;
	for (i = n; i > at; i--)
		out[i] = out[i - 1];
	out[at] = *inv;
	out[at].users = users;
	return n + 1;
}

static size_t store_live(struct arm_smmu_domain *domain, struct arm_smmu_inv *out, size_t max)
{
	struct store_state *s = domain->state;
	struct attachment *a;
	size_t i, n = 0;

	for (i = 0; s->attached && i < s->tags->num; i++)
		n = live_add(out, n, max, &s->tags->inv[i], s->attached);
	list_for_each_entry(a, &s->devices, list)
		for (i = 0; i < a->num; i++)
			n = live_add(out, n, max, &a->ats[i], ats_users(s, &a->ats[i]));
	return n;
}

struct devices_cursor {
	struct store_state *s;
	struct attachment *a;
	size_t i;
	unsigned long flags;
};

/* The lock is dropped before the last batch goes out, as the driver did it. */
static __always_inline const struct arm_smmu_inv *devices_next(void *cursor)
{
	struct devices_cursor *c = cursor;

	while (!list_entry_is_head(c->a, &c->s->devices, list)) {
		if (c->i < c->a->num)
			return &c->a->ats[c->i++];
		c->a = list_next_entry(c->a, list);
		c->i = 0;
	}
	spin_unlock_irqrestore(&c->s->lock, c->flags);
	return NULL;
}

static __always_inline void store_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	struct arm_smmu_domain *domain = t->domain;
	struct store_state *s = domain->state;
	struct devices_cursor c = { .s = s };
	const struct tags *tags;

	/* Pairs with the store-release of store_install_new(). */
	tags = READ_ONCE(s->tags);
	if (unlikely(!tags))
		return;
	smmu_inv_array_walk(p, t, tags->inv, tags->num);

	/*
	 * The IOPTE stores before, the counter after it: a master that the load doesn't
	 * see has yet to enable ATS, and will find the cleared IOPTE. Pairs with the
	 * atomic_inc() in store_install_new(), before the STE is written.
	 */
	smp_mb();
	if (!atomic_read(&domain->nr_ats_masters))
		return;

	spin_lock_irqsave(&s->lock, c.flags);
	c.a = list_first_entry(&s->devices, struct attachment, list);
	smmu_walk(p, t, devices_next, &c);
}

#include "instances.h"
