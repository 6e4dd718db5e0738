// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fidelity of what writers do: the driver's arm_smmu_invs_merge(), _unref() and _purge()
 * and ours, over the same random attaches, detaches and purges, with the same arrays
 * after each. Only a kernel with the driver's KUnit has them as functions.
 */
#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "checks.h"
#include "invs.h"
#include "layout.h"
#include "subject.h"
#include "symbol.h"

#define STEPS		100000
#define FLAW_AT		1000
#define MASTERS		12
#define MAX_ENTRIES	5 /* of a master */
#define SEED		0x5eed

/**
 * struct invs_check - a comparison
 * @merge: the driver's arm_smmu_invs_merge()
 * @unref: its arm_smmu_invs_unref()
 * @purge: its arm_smmu_invs_purge()
 * @ours: what our functions made
 * @theirs: what the driver's made
 * @attached: what each master that is attached has merged, else NULL
 * @rnd: choices
 * @flaw: for the test of the test: a count of ours is turned
 * @merges: done so far
 * @unrefs: likewise
 * @purges: likewise, of those that made an array
 * @longest: entries of the longest array
 * @err: one line
 */
struct invs_check {
	struct arm_smmu_invs *(*merge)(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_merge);
	void (*unref)(struct arm_smmu_invs *invs, struct arm_smmu_invs *to_unref);
	struct arm_smmu_invs *(*purge)(struct arm_smmu_invs *invs);
	struct arm_smmu_invs *ours, *theirs;
	struct arm_smmu_invs *attached[MASTERS];
	struct rnd_state rnd;
	bool flaw;
	unsigned int merges, unrefs, purges;
	size_t longest;
	struct subject_error *err;
};

/* ---- the driver's functions --------------------------------------------- */

#define INV(field)	{ "inv." #field, offsetof(struct arm_smmu_inv, field), \
			  sizeof_field(struct arm_smmu_inv, field) }
#define INVS(field)	{ #field, offsetof(struct arm_smmu_invs, field), \
			  sizeof_field(struct arm_smmu_invs, field) }

static const struct {
	const char *path;
	size_t offset, size;
} same[] = {
	INVS(max_invs),	    INVS(num_invs),	INVS(num_trashes), INVS(rwlock),
	INVS(has_ats),	    INV(smmu),		INV(type),	   INV(size_opcode),
	INV(nsize_opcode),  INV(id),		INV(pgsize),	   INV(ssid),
	INV(users),
};

/* Our structures are passed to the driver's functions, so they must be its own. */
static int check_layout(struct layout *l, struct subject_error *err)
{
	u32 invs = layout_param(l, "arm_smmu_invs_merge", 0), inv;
	size_t at, i;

	if (!invs || !layout_field(l, invs, "inv", 0, &at, &inv) ||
	    at != offsetof(struct arm_smmu_invs, inv) ||
	    layout_size(l, inv) != sizeof(struct arm_smmu_inv)) {
		snprintf(err->msg, sizeof(err->msg),
			 "this kernel's arm_smmu_invs is not that of Linux 7.3");
		return STOCK_SKIP;
	}
	for (i = 0; i < ARRAY_SIZE(same); i++) {
		bool of_entry = !strncmp(same[i].path, "inv.", 4);

		if (layout_field(l, of_entry ? inv : invs, same[i].path + 4 * of_entry,
				 same[i].size, &at, NULL) &&
		    at == same[i].offset)
			continue;
		snprintf(err->msg, sizeof(err->msg),
			 "this kernel's arm_smmu_invs has no %s as that of Linux 7.3",
			 same[i].path);
		return STOCK_SKIP;
	}
	return 0;
}

static int find_functions(struct invs_check *c)
{
	struct layout *l;
	const char *why;
	int ret;

	c->merge = stock_symbol("arm_smmu_invs_merge");
	c->unref = stock_symbol("arm_smmu_invs_unref");
	c->purge = stock_symbol("arm_smmu_invs_purge");
	if (!c->merge || !c->unref || !c->purge) {
		snprintf(c->err->msg, sizeof(c->err->msg),
			 "the driver's merge, unref and purge are inlined here: a kernel with CONFIG_ARM_SMMU_V3_KUNIT_TEST has them");
		return STOCK_SKIP;
	}
	l = layout_open(&why);
	if (!l) {
		snprintf(c->err->msg, sizeof(c->err->msg), "%s", why);
		return STOCK_SKIP;
	}
	ret = check_layout(l, c->err);
	layout_close(l);
	return ret;
}

/* ---- steps --------------------------------------------------------------- */

static u32 below(struct invs_check *c, u32 limit)
{
	return prandom_u32_state(&c->rnd) % limit;
}

static struct arm_smmu_inv any_entry(struct invs_check *c)
{
	struct arm_smmu_inv inv = {
		/* Only ever compared. */
		.smmu = (void *)(SZ_4K * (1UL + below(c, 3))),
		.type = below(c, INV_TYPE_ATS_FULL + 1),
		.size_opcode = below(c, 256),
		.nsize_opcode = below(c, 256),
		.id = below(c, 6),
	};

	if (arm_smmu_inv_is_ats(&inv))
		inv.ssid = below(c, 3);
	else
		inv.pgsize = 12 * below(c, 2);
	return inv;
}

/* Sorted, no key twice. */
static struct arm_smmu_invs *any_master(struct invs_check *c)
{
	struct arm_smmu_invs *invs = arm_smmu_invs_alloc(1 + below(c, MAX_ENTRIES));
	size_t n = 0, at, want;

	if (!invs)
		return NULL;
	for (want = invs->num_invs; want; want--) {
		struct arm_smmu_inv inv = any_entry(c);

		for (at = n; at && arm_smmu_inv_cmp(&invs->inv[at - 1], &inv) > 0; at--)
			;
		if (at && !arm_smmu_inv_cmp(&invs->inv[at - 1], &inv))
			continue;
		memmove(&invs->inv[at + 1], &invs->inv[at], (n - at) * sizeof(inv));
		invs->inv[at] = inv;
		n++;
	}
	invs->num_invs = n;
	return invs;
}

static int same_value(struct invs_check *c, const char *what, size_t i, u64 ours, u64 theirs)
{
	if (ours == theirs)
		return 0;
	snprintf(c->err->msg, sizeof(c->err->msg),
		 "after %u merges, %u unrefs and %u purges, %s (entry %zu): ours is %llu, the driver's is %llu",
		 c->merges, c->unrefs, c->purges, what, i, ours, theirs);
	return -EINVAL;
}

struct pair {
	const char *what;
	u64 ours, theirs;
};

static int same_pairs(struct invs_check *c, size_t i, const struct pair *pairs, size_t nr)
{
	int ret = 0;

	for (; nr-- && !ret; pairs++)
		ret = same_value(c, pairs->what, i, pairs->ours, pairs->theirs);
	return ret;
}

static int compare_entry(struct invs_check *c, const struct arm_smmu_inv *o,
			 const struct arm_smmu_inv *t, size_t i)
{
	const struct pair pairs[] = {
		{ "smmu", (uintptr_t)o->smmu, (uintptr_t)t->smmu },
		{ "type", o->type, t->type },
		{ "size_opcode", o->size_opcode, t->size_opcode },
		{ "nsize_opcode", o->nsize_opcode, t->nsize_opcode },
		{ "id", o->id, t->id },
		{ "pgsize or ssid", o->pgsize, t->pgsize },
		{ "users", o->users, t->users },
	};

	return same_pairs(c, i, pairs, ARRAY_SIZE(pairs));
}

static int compare(struct invs_check *c, const struct arm_smmu_invs *o,
		   const struct arm_smmu_invs *t)
{
	const struct pair pairs[] = {
		{ "max_invs", o->max_invs, t->max_invs },
		{ "num_invs", o->num_invs, t->num_invs },
		{ "num_trashes", o->num_trashes, t->num_trashes },
		{ "has_ats", o->has_ats, t->has_ats },
	};
	int ret = same_pairs(c, 0, pairs, ARRAY_SIZE(pairs));
	size_t i;

	for (i = 0; i < o->num_invs && !ret; i++)
		ret = compare_entry(c, &o->inv[i], &t->inv[i], i);
	return ret;
}

/* Both are new, or neither. */
static int replace(struct invs_check *c, struct arm_smmu_invs *ours, struct arm_smmu_invs *theirs)
{
	int ret = same_value(c, "a new array instead", 0, !!ours, !!theirs);

	if (ret || !ours) {
		kfree(ours);
		kfree(theirs);
		return ret;
	}
	kfree(c->ours);
	kfree(c->theirs);
	c->ours = ours;
	c->theirs = theirs;
	c->longest = max(c->longest, ours->num_invs);
	return 0;
}

static int attach(struct invs_check *c, unsigned int master)
{
	struct arm_smmu_invs *to_merge = any_master(c), *ours, *theirs;

	if (!to_merge)
		return -ENOMEM;
	c->attached[master] = to_merge;
	ours = arm_smmu_invs_merge(c->ours, to_merge);
	theirs = c->merge(c->theirs, to_merge);
	if (IS_ERR(ours) || IS_ERR(theirs)) {
		kfree(IS_ERR(ours) ? NULL : ours);
		kfree(IS_ERR(theirs) ? NULL : theirs);
		return -ENOMEM;
	}
	c->merges++;
	return replace(c, ours, theirs);
}

static int detach(struct invs_check *c, unsigned int master)
{
	struct arm_smmu_invs *mine = c->attached[master], *his;
	int ret;

	his = kmemdup(mine, struct_size(mine, inv, mine->max_invs), GFP_KERNEL);
	if (!his)
		return -ENOMEM;
	arm_smmu_invs_unref(c->ours, mine);
	c->unref(c->theirs, his);
	c->unrefs++;
	/* What the callers are told. */
	ret = compare(c, mine, his);
	kfree(his);
	kfree(mine);
	c->attached[master] = NULL;
	return ret;
}

static int purge(struct invs_check *c)
{
	struct arm_smmu_invs *ours = arm_smmu_invs_purge(c->ours);

	c->purges += !!ours;
	return replace(c, ours, c->purge(c->theirs));
}

static int one_step(struct invs_check *c)
{
	unsigned int master = below(c, MASTERS);
	int ret;

	if (!below(c, 4))
		ret = purge(c);
	else if (c->attached[master])
		ret = detach(c, master);
	else
		ret = attach(c, master);
	if (ret == -ENOMEM)
		snprintf(c->err->msg, sizeof(c->err->msg), "not enough memory for an array");
	return ret ? ret : compare(c, c->ours, c->theirs);
}

static int all_steps(struct invs_check *c)
{
	unsigned int i, m;
	int ret = 0;

	c->ours = arm_smmu_invs_alloc(0);
	c->theirs = arm_smmu_invs_alloc(0);
	if (!c->ours || !c->theirs)
		ret = -ENOMEM;
	prandom_seed_state(&c->rnd, SEED);
	for (i = 0; i < STEPS && !ret; i++) {
		if (c->flaw && i >= FLAW_AT && c->ours->num_invs)
			c->ours->inv[0].users++;
		ret = one_step(c);
		cond_resched();
	}
	for (m = 0; m < MASTERS; m++)
		kfree(c->attached[m]);
	kfree(c->ours);
	kfree(c->theirs);
	return ret;
}

static int check(bool flaw, struct subject_error *err)
{
	struct invs_check *c = kvzalloc(sizeof(*c), GFP_KERNEL);
	int ret;

	if (!c) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return -ENOMEM;
	}
	c->err = err;
	c->flaw = flaw;
	ret = find_functions(c);
	if (!ret)
		ret = all_steps(c);
	if (!ret)
		snprintf(err->msg, sizeof(err->msg),
			 "%u merges, %u unrefs and %u purges, up to %zu entries", c->merges,
			 c->unrefs, c->purges, c->longest);
	kvfree(c);
	return ret;
}

int stock_check_invs(struct subject_error *err)
{
	return check(false, err);
}

int stock_check_invs_planted(struct subject_error *err)
{
	return stock_planted(check(true, err), err, "ours is ",
			     "a turned count was not seen");
}
