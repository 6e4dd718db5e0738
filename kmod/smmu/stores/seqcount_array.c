// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sorted array changed in place under a seqcount. A reader copies entries out, a
 * few at a time, and uses them once the count says that they are whole; when it has
 * moved on, the reader begins anew: what it has sent by then is only too much.
 * Memory is never freed before the store is: a reader may look at an old buffer.
 */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/seqlock.h>
#include <linux/slab.h>

#include "stores.h"

#define SMMU_STORE		seqcount_array
#define SMMU_STORE_STRATEGIES	1

#define WORDS	(sizeof(struct arm_smmu_inv) / sizeof(u64))
#define CHUNK	8

/* Entries as words, so that each can be read and written once. */
union seq_entry {
	struct arm_smmu_inv inv;
	u64 words[WORDS];
};

static_assert(sizeof(struct arm_smmu_inv) == WORDS * sizeof(u64));

/**
 * struct seq_buf - entries in place
 * @older: the buffer that was outgrown
 * @room: entries that fit in; constant
 * @num: entries in use, at most @room at any time
 * @e: entries
 */
struct seq_buf {
	struct seq_buf *older;
	size_t room;
	size_t num;
	union seq_entry e[];
};

/**
 * struct store_state - the store
 * @seq: odd while the writer is at it
 * @buf: current buffer
 * @invs: the writer's own array of the same entries, for merge, unref and purge
 */
struct store_state {
	seqcount_t seq ____cacheline_aligned_in_smp;
	struct seq_buf *buf;
	struct arm_smmu_invs *invs ____cacheline_aligned_in_smp;
};

/* What prepare hands to install_new. */
struct seq_prepared {
	struct arm_smmu_invs *merged;
	struct seq_buf *larger;
};

static struct seq_buf *buf_alloc(size_t room)
{
	struct seq_buf *buf = kzalloc(struct_size(buf, e, room), GFP_KERNEL);

	if (buf)
		buf->room = room;
	return buf;
}

/* Writes the live entries of s->invs where readers look. */
static void publish(struct store_state *s, struct seq_buf *larger)
{
	struct seq_buf *buf = larger ? larger : s->buf;
	size_t i, w, n = 0;
	unsigned long flags;

	/* Readers spin while the count is odd, and some are interrupts of this CPU. */
	local_irq_save(flags);
	write_seqcount_begin(&s->seq);
	for (i = arm_smmu_invs_next_live(s->invs, 0); i < s->invs->num_invs;
	     i = arm_smmu_invs_next_live(s->invs, i + 1), n++) {
		union seq_entry e = { .inv = s->invs->inv[i] };

		for (w = 0; w < WORDS; w++)
			WRITE_ONCE(buf->e[n].words[w], e.words[w]);
	}
	WRITE_ONCE(buf->num, n);
	if (larger) {
		larger->older = s->buf;
		/* Pairs with the load of buf in seq_begin(): room and older are there. */
		smp_store_release(&s->buf, larger);
	}
	write_seqcount_end(&s->seq);
	local_irq_restore(flags);
}

static int store_init(struct arm_smmu_domain *domain)
{
	struct store_state *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	seqcount_init(&s->seq);
	s->buf = buf_alloc(CHUNK);
	s->invs = arm_smmu_invs_alloc(0);
	if (!s->buf || !s->invs) {
		kfree(s->buf);
		kfree(s->invs);
		kfree(s);
		return -ENOMEM;
	}
	domain->state = s;
	return 0;
}

static void store_destroy(struct arm_smmu_domain *domain)
{
	struct store_state *s = domain->state;
	struct seq_buf *buf, *older;

	for (buf = s->buf; buf; buf = older) {
		older = buf->older;
		kfree(buf);
	}
	kfree(s->invs);
	kfree(s);
	domain->state = NULL;
}

static int store_prepare(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct store_state *s = domain->state;
	struct seq_prepared *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	p->merged = arm_smmu_invs_merge(s->invs, txn->to_merge);
	if (IS_ERR(p->merged)) {
		kfree(p);
		return -ENOMEM;
	}
	/* Doubling bounds what outgrown buffers keep to one buffer's size. */
	if (p->merged->num_invs > s->buf->room) {
		p->larger = buf_alloc(max(p->merged->num_invs, 2 * s->buf->room));
		if (!p->larger) {
			kfree(p->merged);
			kfree(p);
			return -ENOMEM;
		}
	}
	txn->prepared = p;
	return 0;
}

static void store_abort(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct seq_prepared *p = txn->prepared;

	kfree(p->larger);
	kfree(p->merged);
	kfree(p);
}

static void store_install_new(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct store_state *s = domain->state;
	struct seq_prepared *p = txn->prepared;

	kfree(s->invs);
	s->invs = p->merged;
	publish(s, p->larger);
	kfree(p);
}

static void store_unref(struct arm_smmu_domain *domain, struct arm_smmu_invs *to_unref)
{
	struct store_state *s = domain->state;

	arm_smmu_invs_unref(s->invs, to_unref);
	publish(s, NULL);
}

static void store_purge(struct arm_smmu_domain *domain)
{
	struct store_state *s = domain->state;
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(s->invs);

	/* What readers see has no trash. */
	if (purged) {
		kfree(s->invs);
		s->invs = purged;
	}
}

static size_t store_live(struct arm_smmu_domain *domain, struct arm_smmu_inv *out, size_t max)
{
	struct store_state *s = domain->state;

	return smmu_invs_live(s->invs, out, max);
}

/**
 * struct seq_cursor - a reader's place
 * @s: the store
 * @buf: buffer that it reads
 * @seq: the count that it began with
 * @at: entries copied out of @buf
 * @num: entries in @buf
 * @i: entries of @chunk handed out
 * @n: entries in @chunk
 * @sel: slot handed out last
 * @chunk: whole entries
 * @slot: what the walk sees. Entries of one SMMU and type share a slot, since the walk
 *	  asks the first of such a run for both after the last.
 */
struct seq_cursor {
	struct store_state *s;
	const struct seq_buf *buf;
	unsigned int seq;
	size_t at, num;
	unsigned int i, n;
	unsigned int sel;
	union seq_entry chunk[CHUNK];
	struct arm_smmu_inv slot[2];
};

static __always_inline void seq_begin(struct seq_cursor *c)
{
	/* Pairs with write_seqcount_end() in publish(). */
	c->seq = read_seqcount_begin(&c->s->seq);
	/* Pairs with the store-release in publish(). */
	c->buf = smp_load_acquire(&c->s->buf);
	c->num = READ_ONCE(c->buf->num);
	c->at = 0;
}

/* The next whole entries into the chunk; n stays 0 at the end. */
static __always_inline void seq_fill(struct seq_cursor *c)
{
	unsigned int n, w;

	for (;;) {
		for (n = 0; n < CHUNK && c->at + n < c->num; n++)
			for (w = 0; w < WORDS; w++)
				c->chunk[n].words[w] = READ_ONCE(c->buf->e[c->at + n].words[w]);
		/* Pairs with write_seqcount_begin() in publish(). */
		if (likely(!read_seqcount_retry(&c->s->seq, c->seq)))
			break;
		seq_begin(c);
	}
	c->at += n;
	c->n = n;
	c->i = 0;
}

static __always_inline const struct arm_smmu_inv *seq_next(void *cursor)
{
	struct seq_cursor *c = cursor;
	const struct arm_smmu_inv *inv;

	if (c->i == c->n) {
		seq_fill(c);
		if (!c->n)
			return NULL;
	}
	inv = &c->chunk[c->i++].inv;
	if (c->slot[c->sel].smmu != inv->smmu || c->slot[c->sel].type != inv->type)
		c->sel ^= 1;
	c->slot[c->sel] = *inv;
	return &c->slot[c->sel];
}

static __always_inline void store_inv_range(const struct smmu_path p, struct smmu_thread *t)
{
	const struct smmu_strategy_row *strategy = &smmu_strategies[p.strategy];
	struct seq_cursor c;

	/*
	 * The IOPTE stores before, the load of seq after it. Pairs as the one in
	 * rcu_array_inv_range(); that load is an acquire in any strategy.
	 */
	smmu_fence(strategy->reader);

	c.s = t->domain->state;
	for (;;) {
		struct smmu_submission done;

		c.i = 0;
		c.n = 0;
		c.sel = 0;
		c.slot[0].smmu = NULL;
		seq_begin(&c);
		done = smmu_walk(p, t, seq_next, &c);
		if (strategy->post != SMMU_POST_RECHECK)
			break;
		if (!done.syncs || done.err)
			/*
			 * As in array_inv_range(), and pairs as there. After a
			 * CMD_SYNC the smp_rmb() in read_seqcount_retry() will do.
			 */
			smp_mb();
		/* Pairs with write_seqcount_begin() in publish(). */
		if (likely(!read_seqcount_retry(&c.s->seq, c.seq)))
			break;
		t->repeats++;
	}
}

#include "instances.h"
