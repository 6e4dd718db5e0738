// SPDX-License-Identifier: GPL-2.0-or-later
/* A cell brought to life: SMMUs, queue, domain, attachments, threads. */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sprintf.h>

#include "device.h"
#include "stock.h"
#include "stores/stores.h"
#include "subject_thread.h"
#include "world.h"

/* Calls between two reports of a quiescent state, where grace periods want them. */
#define QUIESCENT_EVERY		64UL

#define WARM_PTES		512UL
#define COLD_PTES		(64UL << 20 >> 3)
#define PTES_A_LINE		8

#define FIRST_ASID		1
#define THE_VMID		1
/* Streams of the masters that make up the domain, and of those that come and go. */
#define FIRST_SID		0x100
#define FIRST_EXTRA_SID		0x1000000
#define THE_TTB			0x1000000000ULL

/**
 * struct subject - a cell
 * @p: checked
 * @block: what the executor calls
 * @smmus: p.smmus of them, in the order of their addresses
 * @smmus_up: how many have a queue
 * @domain: what is unmapped from
 * @domain_up: it has a store
 * @masters: one behind each SMMU; their streams are the domain's
 * @masters_up: how many are attached
 * @threads: p.threads callers, then p.readers readers
 * @stock: store=stock and its operations: the cell, of stock.h
 * @extra: who subject_attach_once() attaches
 * @extra_up: it exists
 * @attaches: by subject_attach_once()
 * @attach_errors: likewise
 */
struct subject {
	struct subject_params p;
	subject_block_fn block;
	struct arm_smmu_device *smmus;
	unsigned int smmus_up;
	struct arm_smmu_domain domain;
	bool domain_up;
	struct arm_smmu_master *masters;
	unsigned int masters_up;
	struct subject_thread **threads;
	void *stock;
	struct arm_smmu_master extra;
	bool extra_up;
	u64 attaches;
	u64 attach_errors;
};

static unsigned int num_threads(const struct subject *s)
{
	return s->p.threads + s->p.readers;
}

static const char *rcu_of(const struct subject *s)
{
	return subject_axis_name(&s->p, AX_RCU);
}

static int no_memory(struct subject_error *err, const char *what)
{
	snprintf(err->msg, sizeof(err->msg), "not enough memory for %s", what);
	return -ENOMEM;
}

/* kmalloc() aligns powers of two to their size: a line for each thread at least. */
static void *alloc_aligned(size_t size)
{
	return kvzalloc(roundup_pow_of_two(size), GFP_KERNEL);
}

/* ---- IOPTEs ----------------------------------------------------------- */

/* One cold table for each thread's number, whatever the cell: 64 MiB are a lot. */
static DEFINE_MUTEX(cold_lock);
static struct {
	u64 *ptes;
	unsigned int users;
	unsigned long next; /* where the last block over it ended */
} cold[SUBJECT_MAX_THREADS];

static u64 *cold_get(unsigned int thread)
{
	unsigned long i;
	u64 *ptes;

	mutex_lock(&cold_lock);
	if (!cold[thread].users) {
		/* More than there is gets an answer, not the OOM killer. */
		cold[thread].ptes = kvmalloc_array(COLD_PTES, sizeof(u64),
						   GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
		/* Touched, or the first round over it would measure page faults. */
		for (i = 0; cold[thread].ptes && i < COLD_PTES; i += PTES_A_LINE)
			WRITE_ONCE(cold[thread].ptes[i], 0);
	}
	ptes = cold[thread].ptes;
	if (ptes)
		cold[thread].users++;
	mutex_unlock(&cold_lock);
	return ptes;
}

static void cold_put(unsigned int thread)
{
	mutex_lock(&cold_lock);
	if (!--cold[thread].users)
		kvfree(cold[thread].ptes);
	mutex_unlock(&cold_lock);
}

static int ptes_create(struct subject *s, unsigned int thread, struct smmu_thread *t)
{
	t->nr_ptes = s->p.ptes;
	if (s->p.pte_cache == SUBJECT_PTES_COLD) {
		t->ptes = cold_get(thread);
		t->pte_mask = COLD_PTES - 1;
		t->pte_stride = PTES_A_LINE;
	} else {
		t->ptes = alloc_aligned(WARM_PTES * sizeof(u64));
		t->pte_mask = WARM_PTES - 1;
		t->pte_stride = 1;
	}
	return t->ptes ? 0 : -ENOMEM;
}

static void ptes_destroy(struct subject *s, unsigned int thread, struct smmu_thread *t)
{
	if (!t->ptes)
		return;
	if (s->p.pte_cache == SUBJECT_PTES_COLD)
		cold_put(thread);
	else
		kvfree(t->ptes);
}

/* ---- SMMUs ------------------------------------------------------------ */

static int smmu_create(struct subject *s, unsigned int i, struct subject_error *err)
{
	const struct smmu_model_params model = {
		.cmd_ns = s->p.cmd_ns,
		.sync_ns = s->p.sync_ns,
	};
	struct arm_smmu_device *smmu = &s->smmus[i];
	int ret;

	/* Coherent, and with MSIs, as servers are. */
	smmu->features = ARM_SMMU_FEAT_COHERENCY | ARM_SMMU_FEAT_ATS;
	if (s->p.ril)
		smmu->features |= ARM_SMMU_FEAT_RANGE_INV;
	smmu->options = ARM_SMMU_OPT_MSIPOLL | ARM_SMMU_OPT_SKIP_PREFETCH;
	smmu->index = i;
	smmu->queue = s->p.queue;
	smmu->kind = s->p.device;
	if (smmu->queue != SMMU_QUEUE_NONE && smmu->kind == SMMU_DEVICE_MODEL) {
		smmu->model = smmu_model_create(&model);
		if (IS_ERR(smmu->model)) {
			smmu->model = NULL;
			return no_memory(err, "a model SMMU");
		}
	}
	ret = arm_smmu_cmdq_init(smmu, s->p.depth);
	if (ret) {
		smmu_model_destroy(smmu->model);
		snprintf(err->msg, sizeof(err->msg), "%s for a queue of depth=%llu",
			 ret == -ENOMEM ? "not enough memory" : "no device",
			 (unsigned long long)s->p.depth);
	}
	return ret;
}

static int smmus_create(struct subject *s, struct subject_error *err)
{
	const struct smmu_device_ops *device = smmu_device_ops(s->p.device);
	int ret = device && device->check ? device->check(&s->p, err) : 0;

	if (ret)
		return ret;
	s->smmus = kvcalloc(s->p.smmus, sizeof(*s->smmus), GFP_KERNEL);
	if (!s->smmus)
		return no_memory(err, "SMMUs");
	for (; s->smmus_up < s->p.smmus; s->smmus_up++) {
		ret = smmu_create(s, s->smmus_up, err);
		if (ret)
			return ret;
		if (device->hold)
			device->hold(&s->smmus[s->smmus_up]);
	}
	return 0;
}

/* Round commands, where cells share an SMMU: off the clock, but for attaches beside. */
static void smmus_hold(struct subject *s)
{
	const struct smmu_device_ops *device = smmu_device_ops(s->p.device);
	unsigned int i;

	for (i = 0; device->hold && i < s->smmus_up; i++)
		device->hold(&s->smmus[i]);
}

static void smmus_release(struct subject *s)
{
	const struct smmu_device_ops *device = smmu_device_ops(s->p.device);
	unsigned int i;

	for (i = s->smmus_up; device->release && i; i--)
		device->release(&s->smmus[i - 1]);
}

static void smmus_destroy(struct subject *s)
{
	while (s->smmus_up) {
		struct arm_smmu_device *smmu = &s->smmus[--s->smmus_up];

		arm_smmu_cmdq_free(smmu);
		smmu_model_destroy(smmu->model);
	}
	kvfree(s->smmus);
}

/* ---- domain ----------------------------------------------------------- */

static int domain_create(struct subject *s, struct subject_error *err)
{
	struct arm_smmu_domain *d = &s->domain;
	bool nested = s->p.entries == 2 && s->p.smmus == 1 && !s->p.ats;
	bool own = s->p.strategy == SUBJECT_STRATEGY_OWN;
	int ret;

	d->stage = nested ? ARM_SMMU_DOMAIN_S2 : ARM_SMMU_DOMAIN_S1;
	d->nest_parent = nested;
	d->asid = FIRST_ASID;
	d->vmid = THE_VMID;
	d->ttb = THE_TTB;
	d->pgsize_bitmap = subject_granule_base(s->p.granule) | s->p.granule;
	/* Whatever orders its readers, entries are written as Linux does it. */
	d->strategy = own ? SMMU_STRATEGY_MERGED : s->p.strategy;
	d->store = smmu_store_find(s->p.store, rcu_of(s), s->p.copy);
	if (WARN_ON(!d->store))
		return -EINVAL;
	ret = d->store->init(d);
	if (ret)
		return no_memory(err, "a store");
	s->domain_up = true;
	return 0;
}

/* The part of p.entries that falls to SMMU i. */
static u64 entries_of(const struct subject *s, unsigned int i)
{
	return s->p.entries / s->p.smmus + (i < s->p.entries % s->p.smmus);
}

static int attach_failed(struct subject_error *err, int ret)
{
	if (ret == -ENOMEM)
		return no_memory(err, "an attachment");
	snprintf(err->msg, sizeof(err->msg), "attach failed: %d", ret);
	return ret;
}

static int master_create(struct arm_smmu_master *master, struct arm_smmu_device *smmu,
			 u32 first_sid, unsigned int num_sids, bool ats)
{
	struct arm_smmu_master_params params = { .num_sids = num_sids, .ats = ats };
	unsigned int i;
	int ret;
	u32 *sids;

	sids = kvmalloc_array(num_sids, sizeof(*sids), GFP_KERNEL);
	if (!sids)
		return -ENOMEM;
	for (i = 0; i < num_sids; i++)
		sids[i] = first_sid + i;
	params.sids = sids;
	ret = arm_smmu_master_init(master, smmu, &params);
	kvfree(sids);
	return ret;
}

static void master_destroy(struct arm_smmu_master *master)
{
	WARN_ON(arm_smmu_master_attach(master, &arm_smmu_blocked_domain));
	arm_smmu_master_destroy(master);
}

/* Artificial: further ASIDs, as if the domain were several to its SMMU. */
static int add_asids(struct subject *s, struct arm_smmu_master *master, unsigned int num)
{
	struct arm_smmu_domain *d = &s->domain, other = *d;
	struct smmu_store_txn txn = {};
	unsigned int i;
	int ret;

	if (!num)
		return 0;
	txn.to_merge = arm_smmu_invs_alloc(num);
	if (!txn.to_merge)
		return -ENOMEM;
	for (i = 0; i < num; i++) {
		other.asid = d->asid + 1 + i;
		txn.to_merge->inv[i] =
			arm_smmu_master_build_invs(master, false, IOMMU_NO_PASID, &other)->inv[0];
	}

	mutex_lock(&arm_smmu_asid_lock);
	ret = d->store->prepare(d, &txn);
	if (!ret)
		d->store->install_new(d, &txn);
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(txn.to_merge);
	return ret;
}

static int masters_create(struct subject *s, struct subject_error *err)
{
	if (!s->p.entries)
		return 0;
	s->masters = kvcalloc(s->p.smmus, sizeof(*s->masters), GFP_KERNEL);
	if (!s->masters)
		return no_memory(err, "masters");
	for (; s->masters_up < s->p.smmus; s->masters_up++) {
		struct arm_smmu_master *master = &s->masters[s->masters_up];
		u64 beyond = entries_of(s, s->masters_up) - 1;
		/* One ASID alone, where the entries don't go round. */
		bool ats = s->p.ats && beyond;
		int ret;

		ret = master_create(master, &s->smmus[s->masters_up], FIRST_SID,
				    ats ? beyond : 1, ats);
		if (ret)
			return attach_failed(err, ret);
		ret = arm_smmu_master_attach(master, &s->domain);
		if (!ret && !s->p.ats && !s->domain.nest_parent)
			ret = add_asids(s, master, beyond);
		if (ret) {
			master_destroy(master);
			return attach_failed(err, ret);
		}
	}
	return 0;
}

static void masters_destroy(struct subject *s)
{
	while (s->masters_up)
		master_destroy(&s->masters[--s->masters_up]);
	kvfree(s->masters);
}

/* ---- blocks ----------------------------------------------------------- */

static void block_plain(struct subject_thread *t, unsigned long n)
{
	t->fn(&t->t, n);
}

static void block_quiescent(struct subject_thread *t, unsigned long n)
{
	while (n) {
		unsigned long part = min(n, QUIESCENT_EVERY);

		t->fn(&t->t, part);
		smmu_world_quiescent();
		n -= part;
	}
}

static void attach_detach(struct smmu_thread *smmu_thread, unsigned long n)
{
	struct subject_thread *t = to_subject_thread(smmu_thread);

	for (; n; n--) {
		if (arm_smmu_master_attach(&t->master, smmu_thread->domain))
			smmu_thread->errors++;
		else if (arm_smmu_master_attach(&t->master, &arm_smmu_blocked_domain))
			smmu_thread->errors++;
		t->attaches++;
	}
}

static smmu_unmap_fn find_loop(const struct subject_params *p, bool reader)
{
	struct subject_params unmap = *p;

	if (!reader)
		return p->op == SUBJECT_OP_ATTACH ? attach_detach : subject_loop(p);
	unmap.op = SUBJECT_OP_UNMAP;
	return subject_loop(&unmap);
}

/* ---- the stock driver -------------------------------------------------- */

static const struct smmu_stock_ops *stock_ops;

void smmu_stock_register(const struct smmu_stock_ops *ops)
{
	stock_ops = ops;
}

const struct smmu_stock_ops *smmu_stock(void)
{
	return stock_ops;
}

/* ---- threads ---------------------------------------------------------- */

static int cmds_create(struct subject_thread *t)
{
	int i;

	t->cmds = kvmalloc_array(t->num_cmds, sizeof(*t->cmds), GFP_KERNEL);
	if (!t->cmds)
		return -ENOMEM;
	for (i = 0; i < t->num_cmds; i++) {
		t->cmds[i] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, i, 0);
		t->cmds[i].data[1] = t->t.iova & CMDQ_TLBI_1_VA_MASK;
	}
	return 0;
}

static int thread_create(struct subject *s, unsigned int i, struct subject_error *err)
{
	struct subject_thread *t = alloc_aligned(sizeof(*t));
	bool reader = i >= s->p.threads;

	if (!t)
		return no_memory(err, "a thread");
	s->threads[i] = t;
	t->subject = s;
	t->index = i;
	t->smmu = s->smmus;
	t->num_cmds = s->p.entries;
	t->stock = s->stock;
	t->t.domain = &s->domain;
	t->t.size = s->p.size;
	t->t.granule = s->p.granule;
	t->t.leaf = s->p.leaf;
	/* Ranges of their own, aligned to any block. */
	t->t.iova = (i + 1UL) << 34;

	if (ptes_create(s, i, &t->t))
		return no_memory(err, "IOPTEs");
	if (s->p.op == SUBJECT_OP_CMDQ && cmds_create(t))
		return no_memory(err, "commands");
	if (s->p.op == SUBJECT_OP_ATTACH && !reader) {
		int ret = master_create(&t->master, s->smmus, FIRST_EXTRA_SID + 1 + i, 1,
					s->p.ats);

		if (ret)
			return attach_failed(err, ret);
		t->has_master = true;
	}
	t->fn = find_loop(&s->p, reader);
	if (t->fn)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "readers=%llu: no loop is compiled for them",
		 (unsigned long long)s->p.readers);
	return -EINVAL;
}

static void thread_destroy(struct subject *s, unsigned int i)
{
	struct subject_thread *t = s->threads[i];

	if (!t)
		return;
	if (t->has_master)
		master_destroy(&t->master);
	kvfree(t->cmds);
	ptes_destroy(s, i, &t->t);
	kvfree(t);
}

/* ---- the facade ------------------------------------------------------- */

static int subject_build_ours(struct subject *s, struct subject_error *err)
{
	bool store = s->p.op == SUBJECT_OP_UNMAP || s->p.op == SUBJECT_OP_MAP_UNMAP ||
		     s->p.op == SUBJECT_OP_ATTACH;
	int ret;

	ret = smmus_create(s, err);
	if (!ret && store)
		ret = domain_create(s, err);
	if (!ret && store)
		ret = masters_create(s, err);
	if (!ret && store && s->p.attach_rate) {
		ret = master_create(&s->extra, s->smmus, FIRST_EXTRA_SID, 1, s->p.ats);
		s->extra_up = !ret;
		if (ret)
			attach_failed(err, ret);
	}
	return ret;
}

static int subject_build_stock(struct subject *s, struct subject_error *err)
{
	s->stock = stock_ops->create(&s->p, err);
	return s->stock ? 0 : -ENODEV;
}

static int subject_build(struct subject *s, struct subject_error *err)
{
	unsigned int i;
	int ret;

	smmu_world_select(rcu_of(s));
	ret = subject_is_stock(&s->p) ? subject_build_stock(s, err) : subject_build_ours(s, err);
	if (ret)
		return ret;

	s->threads = kvcalloc(num_threads(s), sizeof(*s->threads), GFP_KERNEL);
	if (!s->threads)
		return no_memory(err, "threads");
	for (i = 0; !ret && i < num_threads(s); i++)
		ret = thread_create(s, i, err);
	s->block = block_plain;
	if (s->p.op == SUBJECT_OP_ATTACH || s->p.attach_rate)
		s->block = block_quiescent;
	return ret;
}

static int check_here(const struct subject_params *p, struct subject_error *err)
{
	if (p->world == SUBJECT_WORLD_HERE)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "world=%s isn't here",
		 subject_axis_name(p, AX_WORLD));
	return -EINVAL;
}

struct subject *subject_create(const struct subject_params *p, struct subject_error *err)
{
	struct subject *s;
	int ret;

	s = kvzalloc(sizeof(*s), GFP_KERNEL);
	if (!s) {
		no_memory(err, "a cell");
		return NULL;
	}
	s->p = *p;
	if (subject_params_check(&s->p, err) || check_here(&s->p, err)) {
		kvfree(s);
		return NULL;
	}
	ret = subject_build(s, err);
	/* They came up held. */
	smmus_release(s);
	if (ret) {
		subject_destroy(s);
		return NULL;
	}
	return s;
}

void subject_destroy(struct subject *s)
{
	unsigned int i;

	if (!s)
		return;
	smmu_world_select(rcu_of(s));
	smmus_hold(s);
	for (i = 0; s->threads && i < num_threads(s); i++)
		thread_destroy(s, i);
	kvfree(s->threads);
	if (s->stock)
		stock_ops->destroy(s->stock);
	if (s->extra_up)
		master_destroy(&s->extra);
	masters_destroy(s);
	smmus_release(s);
	/* What a store deferred may refer to it. */
	rcu_barrier();
	if (s->domain_up)
		s->domain.store->destroy(&s->domain);
	smmus_destroy(s);
	kvfree(s);
}

subject_block_fn subject_block(const struct subject *s)
{
	return s->block;
}

subject_block_fn subject_reader_block(const struct subject *s)
{
	return block_quiescent;
}

struct subject_thread *subject_thread(struct subject *s, unsigned int thread)
{
	return s->threads[thread];
}

void subject_attach_once(struct subject *s)
{
	if (!s->extra_up)
		return;
	/* The callers may be about to leave. */
	smmus_hold(s);
	if (arm_smmu_master_attach(&s->extra, &s->domain))
		s->attach_errors++;
	else if (arm_smmu_master_attach(&s->extra, &arm_smmu_blocked_domain))
		s->attach_errors++;
	smmus_release(s);
	s->attaches++;
}

/*
 * Cells share a cold table: each block goes on where the last one ended, whichever
 * cell's that was. From places of their own they would find each other's lines warm.
 */
static bool shares_cold(const struct subject_thread *t)
{
	return t->subject->p.pte_cache == SUBJECT_PTES_COLD;
}

void subject_thread_enter(struct subject_thread *t)
{
	if (shares_cold(t))
		t->t.pte_next = cold[t->index].next;
	t->stock_entered = t->stock && !stock_ops->enter(t->stock);
	if (t->stock && !t->stock_entered)
		t->t.errors++;
	smmus_hold(t->subject);
	smmu_world_enter(rcu_of(t->subject));
}

void subject_thread_leave(struct subject_thread *t)
{
	smmu_world_leave();
	smmus_release(t->subject);
	if (t->stock_entered)
		stock_ops->leave(t->stock);
	if (shares_cold(t))
		cold[t->index].next = t->t.pte_next;
}

void subject_drain(struct subject *s)
{
	smmu_world_select(rcu_of(s));
	rcu_barrier();
}

void subject_counters(struct subject *s, struct subject_counters *c)
{
	unsigned int i;

	*c = (struct subject_counters){ .attaches = s->attaches, .errors = s->attach_errors };
	for (i = 0; i < num_threads(s); i++) {
		const struct subject_thread *t = s->threads[i];

		c->commands += t->t.ring.pos;
		c->errors += t->t.errors;
		c->repeats += t->t.repeats;
		c->attaches += t->attaches;
	}
	for (i = 0; i < s->smmus_up; i++) {
		struct arm_smmu_device *smmu = &s->smmus[i];
		u64 commands, syncs;

		c->timeouts += atomic_long_read(&smmu->cmdq.timeouts);
		c->errors += atomic_long_read(&smmu->cmdq.errors);
		if (!smmu->model)
			continue;
		smmu_model_consumed(smmu->model, &commands, &syncs);
		c->commands += commands;
		c->syncs += syncs;
	}
}
