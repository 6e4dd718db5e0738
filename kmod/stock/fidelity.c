// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fidelity: for the same entry and range, the words that the driver's
 * arm_smmu_domain_inv_range() puts into its queue are those that rcu-array, faithful and
 * merged, hands over. The driver's are read in the queue's memory, where they stay when
 * the SMMU has taken them; ours in the thread's ring.
 */
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "attached.h"
#include "checks.h"
#include "driver.h"
#include "invs.h"
#include "queue.h"
#include "smmu.h"
#include "stores/stores.h"
#include "subject.h"

#define MAX_WORDS	(2 * SMMU_RING_ENTRIES)
#define TRIES		5 /* others behind the SMMU may put theirs in between */

/* ARM_SMMU_FEAT_RANGE_INV of the driver; believed only when it has that effect. */
#define STOCK_FEAT_RANGE_INV	BIT(15)

/**
 * struct fidelity - a comparison
 * @a: the driver's side
 * @inv_range: its function
 * @smmu_domain: its argument
 * @features: of its SMMU
 * @q: its queue
 * @smmu: our side: an SMMU without a queue
 * @domain: with the same entry
 * @t: with a ring
 * @pte: the IOPTE that is cleared
 * @unmap: rcu-array's loop
 * @words: of the driver's, MAX_WORDS
 * @flaw: for the test of the test: a bit of one of our words is turned
 * @cases: compared so far
 * @commands: in them, CMD_SYNCs included
 * @err: one line
 */
struct fidelity {
	struct stock_attached a;
	stock_inv_range_fn inv_range;
	void *smmu_domain;
	u32 *features;
	struct stock_queue q;
	struct arm_smmu_device smmu;
	struct arm_smmu_domain domain;
	struct smmu_thread t;
	u64 pte;
	smmu_unmap_fn unmap;
	u64 words[MAX_WORDS];
	bool flaw;
	unsigned int cases;
	unsigned long commands;
	struct subject_error *err;
};

/* What is unmapped. */
struct unmapped {
	unsigned long iova;
	size_t size;
	unsigned int granule;
	bool leaf;
};

static __printf(2, 3) int fail(struct fidelity *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->err->msg, sizeof(f->err->msg), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- one range --------------------------------------------------------- */

static size_t stock_words(struct fidelity *f, const struct unmapped *r)
{
	u32 from = stock_queue_prod(&f->q);

	f->inv_range(f->smmu_domain, r->iova, r->size, r->granule, r->leaf);
	return stock_queue_read(&f->q, from, stock_queue_prod(&f->q), f->words, SMMU_RING_ENTRIES);
}

static size_t our_words(struct fidelity *f, const struct unmapped *r)
{
	f->t.iova = r->iova;
	f->t.size = r->size;
	f->t.granule = r->granule;
	f->t.leaf = r->leaf;
	f->t.ring.pos = 0;
	f->unmap(&f->t, 1);
	if (f->flaw && f->t.ring.pos)
		f->t.ring.cmds[0].data[1] ^= BIT(12);
	return f->t.ring.pos;
}

/* How a CMD_SYNC tells that it is done is the SMMU's affair: ours here has no MSIs. */
static bool same_command(const u64 *stock, const struct arm_smmu_cmd *ours)
{
	struct arm_smmu_cmd cmd = { .data = { stock[0], stock[1] } };

	if (arm_smmu_cmd_op(&cmd) == CMDQ_OP_CMD_SYNC &&
	    FIELD_GET(CMDQ_SYNC_0_CS, cmd.data[0]) != CMDQ_SYNC_0_CS_SEV)
		return arm_smmu_cmd_op(ours) == CMDQ_OP_CMD_SYNC;
	return cmd.data[0] == ours->data[0] && cmd.data[1] == ours->data[1];
}

static int compare_once(struct fidelity *f, const struct unmapped *r)
{
	size_t stock = stock_words(f, r), ours = our_words(f, r), i;

	if (stock > SMMU_RING_ENTRIES || ours > SMMU_RING_ENTRIES)
		return fail(f, "size=%#zx granule=%#x: %zu commands don't fit", r->size,
			    r->granule, max(stock, ours));
	if (stock != ours)
		return fail(f,
			    "iova=%#lx size=%#zx granule=%#x leaf=%d: %zu commands, ours are %zu",
			    r->iova, r->size, r->granule, r->leaf, stock, ours);
	for (i = 0; i < stock; i++)
		if (!same_command(&f->words[2 * i], &f->t.ring.cmds[i]))
			return fail(f,
				    "iova=%#lx size=%#zx granule=%#x leaf=%d: command %zu of %zu is %016llx %016llx, ours is %016llx %016llx",
				    r->iova, r->size, r->granule, r->leaf, i, stock,
				    f->words[2 * i], f->words[2 * i + 1],
				    f->t.ring.cmds[i].data[0], f->t.ring.cmds[i].data[1]);
	f->cases++;
	f->commands += stock;
	return 0;
}

static int compare(struct fidelity *f, const struct unmapped *r)
{
	unsigned int i;
	int ret = -EINVAL;

	for (i = 0; i < TRIES && ret; i++)
		ret = compare_once(f, r);
	return ret;
}

/* ---- the table --------------------------------------------------------- */

/* Of granules of 4 KiB pages; up to what a ring holds where each takes a command. */
static const unsigned int sizes[] = { 1,  2,  3,  5,   16,  17,	 31,  32,  33, 34,
				      62, 63, 64, 65,  66,  96, 127, 128, 129, 192 };
/* Many commands without range invalidation, or one for all. */
static const unsigned int long_sizes[] = { 511, 512, 513, 1023, 1024, 1025, 4095, 65536, 65537 };
static const unsigned int granules[] = { SZ_4K, SZ_2M, SZ_1G };
static const unsigned long iovas[] = { 0, SZ_4K, 0x7fffc000, 0x7ffffe0000UL };

static int compare_sizes(struct fidelity *f, struct unmapped *r, const unsigned int *of,
			 size_t nr)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < nr && !ret; i++) {
		r->size = (size_t)of[i] * r->granule;
		ret = compare(f, r);
	}
	return ret;
}

static int compare_granule(struct fidelity *f, unsigned int granule, bool ril)
{
	struct unmapped r = { .granule = granule };
	size_t i;
	int ret = 0;

	for (i = 0; i < 2 * ARRAY_SIZE(iovas) && !ret; i++) {
		r.iova = ALIGN(iovas[i / 2], granule);
		r.leaf = i % 2;
		ret = compare_sizes(f, &r, sizes, ARRAY_SIZE(sizes));
		if (!ret && ril)
			ret = compare_sizes(f, &r, long_sizes, ARRAY_SIZE(long_sizes));
	}
	return ret;
}

/* Everything: the sizes that mean it, and from where on a range is too long. */
static int compare_all_of_it(struct fidelity *f)
{
	struct unmapped r = { .granule = SZ_4K };
	static const size_t all[] = { 0, SIZE_MAX, 512UL * SZ_4K, 1024UL * SZ_4K };
	int ret = 0;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(all) && !ret; i++) {
		r.size = all[i / 2];
		r.leaf = i % 2;
		ret = compare(f, &r);
	}
	return ret;
}

static int compare_table(struct fidelity *f, bool ril)
{
	size_t i;
	int ret;

	f->smmu.features = ril ? ARM_SMMU_FEAT_RANGE_INV : 0;
	ret = compare_all_of_it(f);
	for (i = 0; i < ARRAY_SIZE(granules) && !ret; i++)
		ret = compare_granule(f, granules[i], ril);
	return ret;
}

/* The same driver on an SMMU without range invalidation: a feature is taken away. */
static int compare_without_ril(struct fidelity *f)
{
	const struct unmapped two = { .size = SZ_8K, .granule = SZ_4K, .leaf = true };
	size_t with = stock_words(f, &two), without;
	int ret;

	WRITE_ONCE(*f->features, *f->features ^ STOCK_FEAT_RANGE_INV);
	without = stock_words(f, &two);
	if (with == 2 && without == 3)
		ret = compare_table(f, false);
	else
		ret = fail(f,
			   "the driver's range invalidation can't be switched off: %zu and %zu commands for two pages",
			   with, without);
	WRITE_ONCE(*f->features, *f->features ^ STOCK_FEAT_RANGE_INV);
	return ret;
}

/* ---- both sides -------------------------------------------------------- */

static int add_entry(struct fidelity *f, const struct stock_inv *inv)
{
	struct smmu_store_txn txn = { .to_merge = arm_smmu_invs_alloc(1) };
	int ret;

	if (!txn.to_merge)
		return -ENOMEM;
	txn.to_merge->inv[0] = (struct arm_smmu_inv){
		.smmu = &f->smmu,
		.type = inv->type,
		.size_opcode = inv->size_opcode,
		.nsize_opcode = inv->nsize_opcode,
		.id = inv->id,
		.pgsize = inv->pgsize,
	};
	mutex_lock(&arm_smmu_asid_lock);
	ret = f->domain.store->prepare(&f->domain, &txn);
	if (!ret)
		f->domain.store->install_new(&f->domain, &txn);
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(txn.to_merge);
	return ret;
}

static int compare_tables(struct fidelity *f, const struct stock_inv *inv)
{
	int ret = add_entry(f, inv);

	if (ret)
		return fail(f, "not enough memory for an entry");
	f->t.domain = &f->domain;
	f->t.ptes = &f->pte;
	f->t.nr_ptes = 1;
	ret = compare_table(f, inv->pgsize);
	if (!ret && inv->pgsize)
		ret = compare_without_ril(f);
	return ret;
}

static int with_our_side(struct fidelity *f, const struct stock_inv *inv)
{
	static const struct smmu_path path = {
		.strategy = SMMU_STRATEGY_MERGED,
		.queue = SMMU_QUEUE_NONE,
		.device = SMMU_DEVICE_NULL,
		.variant = SMMU_VARIANT_FAITHFUL,
	};
	int ret;

	f->domain.store = smmu_store_find(SMMU_STORE_ID_rcu_array, "", 0);
	f->unmap = f->domain.store->unmap(&path);
	if (f->domain.store->init(&f->domain))
		return fail(f, "not enough memory for a store");
	ret = compare_tables(f, inv);
	f->domain.store->destroy(&f->domain);
	return ret;
}

static int with_stock_side(struct fidelity *f)
{
	struct stock_inv inv;
	int ret;

	f->smmu_domain = stock_domain(f->a.domain);
	if (stock_domain_invs(f->smmu_domain, &inv, 1) != 1)
		return fail(f, "the driver's domain has no entry, or several");
	f->features = stock_features(stock_domain_smmu(f->smmu_domain));
	ret = stock_queue(stock_domain_smmu(f->smmu_domain), &f->q, f->err);
	return ret ? ret : with_our_side(f, &inv);
}

static int check(bool flaw, struct subject_error *err)
{
	struct fidelity *f;
	int ret;

	f = kvzalloc(sizeof(*f), GFP_KERNEL);
	if (!f) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return -ENOMEM;
	}
	f->err = err;
	f->flaw = flaw;
	f->inv_range = stock_inv_range(err);
	ret = f->inv_range ? stock_attached_open(&f->a, err) : STOCK_SKIP;
	if (!ret) {
		ret = with_stock_side(f);
		stock_attached_close(&f->a);
	}
	if (!ret)
		snprintf(err->msg, sizeof(err->msg), "%u ranges, %lu commands", f->cases,
			 f->commands);
	kvfree(f);
	return ret;
}

int stock_check_fidelity(struct subject_error *err)
{
	return check(false, err);
}

int stock_check_fidelity_planted(struct subject_error *err)
{
	return stock_planted(check(true, err), err, ", ours is ",
			     "a turned bit was not seen");
}
