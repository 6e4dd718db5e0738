// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model is a flat, unsorted list of keys with a number of users each, looked
 * through from end to end. It knows nothing of two sorted arrays side by side.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "../selftest.h"
#include "checker.h"
#include "smmu.h"

#define NR_SMMUS	3
#define NR_TYPES	5
#define NR_IDS		4
#define NR_SSIDS	2
#define NR_KEYS		(NR_SMMUS * NR_TYPES * NR_IDS * NR_SSIDS)
#define MAX_SET		7	/* entries of one master */
#define UNTOUCHED	77	/* users that nobody sets */

/* One key. ssid and its double without ATS are one key: only ssid 0 is used there. */
struct key {
	unsigned int smmu, type, id, ssid;
};

enum life { ABSENT, LIVE, TRASH };

struct model {
	enum life life[NR_KEYS];
	int users[NR_KEYS];
	size_t pgsize[NR_KEYS];	/* of the one that was merged first */
	bool has_ats;
};

struct run {
	const struct writers *w;
	struct model model;
	struct arm_smmu_invs *invs;
	struct arm_smmu_invs *made;	/* not yet in use */
	struct arm_smmu_invs *set;	/* the master's scratch array */
	unsigned int set_keys[MAX_SET];
	u64 random;
	struct checked did;
	char *why;
	size_t len;
	bool found;
};

/* In an array, so that their order is that of their numbers. */
static struct arm_smmu_device smmus[NR_SMMUS];

static __printf(2, 3) bool found(struct run *run, const char *fmt, ...)
{
	va_list args;

	if (!run->found) {
		va_start(args, fmt);
		vsnprintf(run->why, run->len, fmt, args);
		va_end(args);
	}
	run->found = true;
	return false;
}

/* xorshift64: the same steps in every run. */
static unsigned int below(struct run *run, unsigned int n)
{
	run->random ^= run->random << 13;
	run->random ^= run->random >> 7;
	run->random ^= run->random << 17;
	return (run->random >> 20) % n;
}

/* The number of a key is its place in the order. */
static struct key key_of(unsigned int nr)
{
	return (struct key){
		.ssid = nr % NR_SSIDS,
		.id = nr / NR_SSIDS % NR_IDS,
		.type = nr / NR_SSIDS / NR_IDS % NR_TYPES,
		.smmu = nr / NR_SSIDS / NR_IDS / NR_TYPES,
	};
}

static bool key_exists(unsigned int nr)
{
	struct key k = key_of(nr);

	return k.type >= INV_TYPE_ATS || !k.ssid;
}

static struct arm_smmu_inv entry_of(unsigned int nr, size_t pgsize)
{
	struct key k = key_of(nr);
	struct arm_smmu_inv inv = {
		.smmu = &smmus[k.smmu],
		.type = k.type,
		.id = k.id,
		.size_opcode = 0x80 + nr,
		.nsize_opcode = 0x7f - nr,
	};

	if (k.type >= INV_TYPE_ATS)
		inv.ssid = k.ssid;
	else
		inv.pgsize = pgsize;
	return inv;
}

static bool same_but_users(const struct arm_smmu_inv *a, const struct arm_smmu_inv *b)
{
	return a->smmu == b->smmu && a->type == b->type && a->id == b->id &&
	       a->size_opcode == b->size_opcode && a->nsize_opcode == b->nsize_opcode &&
	       a->pgsize == b->pgsize;
}

/* Is the array what the model says? */
static bool agrees(struct run *run, const struct arm_smmu_invs *invs, const char *after)
{
	const struct model *m = &run->model;
	size_t i = 0, trashes = 0, last = 0;
	unsigned int nr;

	for (nr = 0; nr < NR_KEYS; nr++)
		if (m->life[nr] == LIVE)
			last = nr + 1;

	for (nr = 0; nr < NR_KEYS; nr++) {
		struct arm_smmu_inv want = entry_of(nr, m->pgsize[nr]);

		if (m->life[nr] == ABSENT)
			continue;
		if (m->life[nr] == TRASH && nr >= last)
			return found(run, "%s: the model has trash at its end", after);
		if (i >= invs->num_invs)
			return found(run, "%s: %zu entries, the model has more", after, i);
		if (!same_but_users(&invs->inv[i], &want))
			return found(run, "%s: entry %zu isn't the model's", after, i);
		if (invs->inv[i].users != (m->life[nr] == LIVE ? m->users[nr] : 0))
			return found(run, "%s: entry %zu has %d users, the model %d", after, i,
				     invs->inv[i].users, m->users[nr]);
		trashes += m->life[nr] == TRASH;
		i++;
	}
	if (i != invs->num_invs)
		return found(run, "%s: %zu entries, the model has %zu", after, invs->num_invs, i);
	if (invs->num_invs > invs->max_invs)
		return found(run, "%s: more entries than room", after);
	if (trashes != invs->num_trashes)
		return found(run, "%s: num_trashes is %zu, not %zu", after, invs->num_trashes,
			     trashes);
	if (invs->has_ats != m->has_ats)
		return found(run, "%s: has_ats is %d", after, invs->has_ats);
	return true;
}

static bool model_has_ats(const struct model *m)
{
	unsigned int nr;

	for (nr = 0; nr < NR_KEYS; nr++)
		if (m->life[nr] == LIVE && key_of(nr).type >= INV_TYPE_ATS)
			return true;
	return false;
}

static void model_drop_trash(struct model *m)
{
	unsigned int nr;

	for (nr = 0; nr < NR_KEYS; nr++)
		if (m->life[nr] == TRASH)
			m->life[nr] = ABSENT;
	m->has_ats = model_has_ats(m);
}

/* A set of up to MAX_SET keys of the lives wanted, in the order of their numbers. */
static void choose_set(struct run *run, bool live, bool others)
{
	unsigned int nr, n = 0, want = below(run, MAX_SET + 1);
	unsigned int stride = 1 + below(run, NR_KEYS / 2);

	for (nr = below(run, stride); nr < NR_KEYS && n < want; nr += 1 + below(run, stride)) {
		bool is_live = run->model.life[nr] == LIVE;

		if (!key_exists(nr) || (is_live ? !live : !others))
			continue;
		run->set_keys[n] = nr;
		run->set->inv[n] = entry_of(nr, 12 + 2 * below(run, 3));
		run->set->inv[n].users = UNTOUCHED;
		n++;
	}
	run->set->num_invs = n;
}

/* What a call must leave as it is. */
struct snapshot {
	struct arm_smmu_invs head;
	struct arm_smmu_inv inv[NR_KEYS];
	size_t num;
};

static void take(struct snapshot *s, const struct arm_smmu_invs *invs)
{
	memcpy(&s->head, invs, sizeof(s->head));
	s->num = invs->max_invs;
	memcpy(s->inv, invs->inv, s->num * sizeof(invs->inv[0]));
}

static bool unchanged(const struct snapshot *s, const struct arm_smmu_invs *invs)
{
	return !memcmp(&s->head, invs, sizeof(s->head)) &&
	       !memcmp(s->inv, invs->inv, s->num * sizeof(invs->inv[0]));
}

static bool step_merge(struct run *run, bool fail)
{
	static struct snapshot old, set;
	struct arm_smmu_invs *merged;
	long live = selftest_allocs();
	struct model *m = &run->model;
	size_t i;

	choose_set(run, true, true);
	take(&old, run->invs);
	take(&set, run->set);

	selftest_fail_alloc(fail);
	merged = run->w->merge(run->invs, run->set);
	selftest_fail_alloc(0);
	run->did.merges++;
	if (!IS_ERR(merged))
		run->made = merged;

	if (!unchanged(&old, run->invs))
		return found(run, "merge changed the old array");
	if (!unchanged(&set, run->set))
		return found(run, "merge changed to_merge");
	if (fail) {
		run->did.failed_allocs++;
		if (merged != ERR_PTR(-ENOMEM))
			return found(run, "merge without memory gave no -ENOMEM");
		if (selftest_allocs() != live)
			return found(run, "merge without memory leaks");
		return agrees(run, run->invs, "merge without memory");
	}
	if (IS_ERR_OR_NULL(merged))
		return found(run, "merge failed");
	if (!selftest_allocs_are(live + 1))
		return found(run, "merge leaks");

	for (i = 0; i < run->set->num_invs; i++) {
		unsigned int nr = run->set_keys[i];

		if (m->life[nr] == LIVE) {
			m->users[nr]++;
		} else {
			m->life[nr] = LIVE;
			m->users[nr] = 1;
			m->pgsize[nr] = run->set->inv[i].pgsize;
		}
	}
	model_drop_trash(m);
	kfree(run->invs);
	run->invs = merged;
	run->made = NULL;
	if (merged->max_invs != merged->num_invs)
		return found(run, "merge left room");
	return agrees(run, merged, "merge");
}

/* bugs: of a caller, who names entries that aren't there. */
static bool step_unref(struct run *run, bool bugs)
{
	unsigned long warned = selftest_warnings(), expected = 0;
	struct model *m = &run->model;
	long live = selftest_allocs();
	size_t i, trimmed;
	unsigned int nr;

	choose_set(run, true, bugs);
	trimmed = run->invs->num_invs;
	selftest_fail_alloc(1);
	run->w->unref(run->invs, run->set);
	if (selftest_fail_alloc_left() != selftest_can(SELFTEST_CAN_FAIL_ALLOCS) ||
	    selftest_allocs() != live)
		return found(run, "unref allocates");
	selftest_fail_alloc(0);
	run->did.unrefs++;
	run->did.trims += run->invs->num_invs != trimmed;

	for (i = 0; i < run->set->num_invs; i++) {
		int want;

		nr = run->set_keys[i];
		if (m->life[nr] == LIVE) {
			m->users[nr]--;
			want = !!m->users[nr];
			if (!m->users[nr])
				m->life[nr] = TRASH;
			run->did.trashed += !want;
		} else {
			want = UNTOUCHED;
			expected++;
		}
		if (run->set->inv[i].users != want)
			return found(run, "unref told %d of an entry, not %d",
				     run->set->inv[i].users, want);
	}
	run->did.bugs += expected;
	if (selftest_warnings() - warned != expected)
		return found(run, "unref warned %lu times, not %lu", selftest_warnings() - warned,
			     expected);

	/* Trailing trash is gone, has_ats stays until the next array. */
	for (nr = NR_KEYS; nr-- && m->life[nr] != LIVE;)
		m->life[nr] = ABSENT;
	return agrees(run, run->invs, "unref");
}

static bool step_purge(struct run *run, bool fail)
{
	static struct snapshot old;
	struct model *m = &run->model;
	long live = selftest_allocs();
	struct arm_smmu_invs *purged;
	bool trash = false;
	unsigned int nr;

	for (nr = 0; nr < NR_KEYS; nr++)
		trash |= m->life[nr] == TRASH;

	take(&old, run->invs);
	selftest_fail_alloc(fail);
	purged = run->w->purge(run->invs);
	selftest_fail_alloc(0);
	run->did.purges++;
	run->made = purged;

	if (!unchanged(&old, run->invs))
		return found(run, "purge changed the old array");
	if (!selftest_allocs_are(live + !!purged))
		return found(run, "purge leaks");
	if (!purged != (!trash || fail))
		return found(run, "purge %s an array", purged ? "made" : "made no");
	if (!purged) {
		run->did.failed_allocs += trash;
		return agrees(run, run->invs, "purge of nothing");
	}
	model_drop_trash(m);
	kfree(run->invs);
	run->invs = purged;
	run->made = NULL;
	run->did.purged++;
	if (purged->max_invs != purged->num_invs)
		return found(run, "purge left room");
	return agrees(run, purged, "purge");
}

bool invs_check(const struct writers *w, u64 seed, unsigned long steps, struct checked *did,
		char *why, size_t len)
{
	const bool fail = selftest_can(SELFTEST_CAN_FAIL_ALLOCS);
	const bool bugs = selftest_can(SELFTEST_CAN_WARN);
	unsigned long warned = selftest_warnings();
	static struct run run;
	unsigned long i;

	run = (struct run){ .w = w, .random = seed, .why = why, .len = len };
	run.invs = arm_smmu_invs_alloc(0);
	run.set = arm_smmu_invs_alloc(MAX_SET);
	if (!run.invs || !run.set)
		found(&run, "no memory");

	selftest_expect_warn(true);
	for (i = 0; i < steps && !run.found; i++) {
		/* Arrays that grow, and twice as long ones that shrink to nothing. */
		unsigned int merges = i / 100 % 3 ? 2 : 9;
		unsigned int dice = below(&run, 16);

		if (dice < merges)
			step_merge(&run, !below(&run, 8) && fail);
		else if (dice < 13)
			step_unref(&run, !below(&run, 3) && bugs);
		else
			step_purge(&run, !below(&run, 4) && fail);
		cond_resched();
	}
	selftest_expect_warn(false);
	if (!run.found && selftest_warnings() - warned != run.did.bugs)
		found(&run, "a warning that no caller deserved");

	kfree(run.made);
	kfree(run.set);
	kfree(run.invs);
	if (did)
		*did = run.did;
	return !run.found;
}
