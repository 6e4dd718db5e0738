// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of cases.c on every path; lean against faithful on random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <linux/array_size.h>
#include <linux/errno.h>

#include "inv_range.h"
#include "inv_range_test.h"

#define RANDOM_ROUNDS	50000

/* A CMD_SYNC by SEV, ISH and OIWB: 0x46, CS 2, MSH 3, MSIAttr 0xf. */
static const struct arm_smmu_cmd ring_sync = { .data = { 0x0fc02046, 0 } };

struct setup {
	struct arm_smmu_device smmus[NR_SMMUS];
	struct smmu_thread t;
	struct arm_smmu_inv inv[MAX_ENTRIES];
	size_t nr;
	u64 pte;
};

/* Aligned as its SMMUs are. */
static struct setup setup;

/* A store of its own kind: entries on a list. */
struct list_cursor {
	const struct arm_smmu_inv *inv;
	const int *order;	/* index of the next one, -1 ends */
};

static __always_inline const struct arm_smmu_inv *list_next(void *cursor)
{
	struct list_cursor *c = cursor;

	while (*c->order >= 0) {
		const struct arm_smmu_inv *inv = &c->inv[*c->order++];

		if (READ_ONCE(inv->users))
			return inv;
	}
	return NULL;
}

typedef struct smmu_submission (*walk_fn)(struct setup *s);

#define WALK(name, q, d, v, nowmb)						\
static struct smmu_submission name(struct setup *s)				\
{										\
	const struct smmu_path p = {						\
		.strategy = SMMU_STRATEGY_MERGED, .queue = SMMU_QUEUE_##q,	\
		.device = SMMU_DEVICE_##d, .variant = SMMU_VARIANT_##v,		\
		.no_queue_wmb = nowmb,						\
	};									\
										\
	return smmu_inv_array_walk(p, &s->t, s->inv, s->nr);			\
}

WALK(none_faithful, NONE, NULL, FAITHFUL, false)
WALK(none_lean, NONE, NULL, LEAN, false)
WALK(lockless_null_faithful, LOCKLESS, NULL, FAITHFUL, false)
WALK(lockless_null_lean, LOCKLESS, NULL, LEAN, false)
WALK(lockless_model_faithful, LOCKLESS, MODEL, FAITHFUL, false)
WALK(lockless_model_lean, LOCKLESS, MODEL, LEAN, false)
WALK(lockless_null_nowmb_lean, LOCKLESS, NULL, LEAN, true)
WALK(lockless_model_nowmb_faithful, LOCKLESS, MODEL, FAITHFUL, true)
WALK(lockless_model_nowmb_lean, LOCKLESS, MODEL, LEAN, true)
WALK(spinlock_null_faithful, SPINLOCK, NULL, FAITHFUL, false)
WALK(spinlock_null_lean, SPINLOCK, NULL, LEAN, false)
WALK(spinlock_model_lean, SPINLOCK, MODEL, LEAN, false)

#define LIST_WALK(name, q, v)							\
static struct smmu_submission name(struct setup *s)				\
{										\
	const struct smmu_path p = {						\
		.strategy = SMMU_STRATEGY_MERGED, .queue = SMMU_QUEUE_##q,	\
		.device = SMMU_DEVICE_NULL, .variant = SMMU_VARIANT_##v,	\
	};									\
	int order[MAX_ENTRIES + 1];						\
	struct list_cursor c = { .inv = s->inv, .order = order };		\
	size_t i;								\
										\
	for (i = 0; i < s->nr; i++)						\
		order[i] = i;							\
	order[s->nr] = -1;							\
	return smmu_walk(p, &s->t, list_next, &c);				\
}

LIST_WALK(list_none_lean, NONE, LEAN)
LIST_WALK(list_lockless_faithful, LOCKLESS, FAITHFUL)
LIST_WALK(list_lockless_lean, LOCKLESS, LEAN)

static const struct path {
	const char *name;
	walk_fn walk;
	bool ring;	/* leaves no hand-overs, but what the ring has */
} paths[] = {
	{ "none/faithful", none_faithful, true },
	{ "none/lean", none_lean, true },
	{ "lockless-null/faithful", lockless_null_faithful, false },
	{ "lockless-null/lean", lockless_null_lean, false },
	{ "lockless-model/faithful", lockless_model_faithful, false },
	{ "lockless-model/lean", lockless_model_lean, false },
	{ "lockless-null-nowmb/lean", lockless_null_nowmb_lean, false },
	{ "lockless-model-nowmb/faithful", lockless_model_nowmb_faithful, false },
	{ "lockless-model-nowmb/lean", lockless_model_nowmb_lean, false },
	{ "spinlock-null/faithful", spinlock_null_faithful, false },
	{ "spinlock-null/lean", spinlock_null_lean, false },
	{ "spinlock-model/lean", spinlock_model_lean, false },
	{ "list, none/lean", list_none_lean, true },
	{ "list, lockless-null/faithful", list_lockless_faithful, false },
	{ "list, lockless-null/lean", list_lockless_lean, false },
};

/* Opcodes as arm_smmu_master_build_inv() has them. */
static void set_opcodes(struct arm_smmu_inv *inv)
{
	bool e2h = inv->smmu->features & ARM_SMMU_FEAT_E2H;

	switch (inv->type) {
	case INV_TYPE_S1_ASID:
		inv->size_opcode = e2h ? 0x22 : 0x12;
		inv->nsize_opcode = e2h ? 0x21 : 0x11;
		break;
	case INV_TYPE_S2_VMID:
		inv->size_opcode = 0x2a;
		inv->nsize_opcode = 0x28;
		break;
	case INV_TYPE_S2_VMID_S1_CLEAR:
		inv->size_opcode = 0x10;
		inv->nsize_opcode = 0x10;
		break;
	default:
		inv->size_opcode = 0x40;
		inv->nsize_opcode = 0x40;
	}
}

static void set_up(struct setup *s, const struct range_case *c, u64 ring_pos)
{
	const struct entries *e;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < NR_SMMUS; i++) {
		s->smmus[i].index = i;
		s->smmus[i].features = c->smmu[i].features;
		s->smmus[i].options = c->smmu[i].options;
	}
	s->t.iova = c->iova;
	s->t.size = c->size;
	s->t.granule = c->granule;
	s->t.leaf = c->leaf;
	s->t.ring.pos = ring_pos;

	for (e = c->entries; e->nr; e++)
		for (i = 0; i < e->nr; i++) {
			struct arm_smmu_inv *inv = &s->inv[s->nr++];

			inv->smmu = &s->smmus[e->smmu];
			inv->type = e->type;
			inv->id = e->id + i;
			if (arm_smmu_inv_is_ats(inv))
				inv->ssid = e->x;
			else
				inv->pgsize = e->x;
			inv->users = !e->trash;
			set_opcodes(inv);
		}
}

static void expand(const struct range_case *c, struct record *r)
{
	const struct want *w;
	unsigned int i;

	r->nr = 0;
	for (w = c->want; w->nr; w++) {
		for (i = 0; i < w->nr && !w->hand_over; i++) {
			struct arm_smmu_cmd cmd = { .data = { w->word0 + i * w->step0,
							      w->word1 + i * w->step1 } };

			record_cmd(r, &cmd);
		}
		if (w->hand_over)
			record_hand_over(r, w->smmu, w->sync);
	}
}

static bool same_words(const struct arm_smmu_cmd *a, const struct arm_smmu_cmd *b)
{
	return a->data[0] == b->data[0] && a->data[1] == b->data[1];
}

static bool same_record(const struct record *got, const struct record *want)
{
	unsigned int i;

	for (i = 0; i < got->nr && i < want->nr; i++) {
		const struct recorded *a = &got->what[i], *b = &want->what[i];

		if (a->hand_over != b->hand_over)
			return false;
		if (a->hand_over ? a->smmu != b->smmu || a->sync != b->sync :
				   !same_words(&a->cmd, &b->cmd))
			return false;
	}
	return got->nr == want->nr;
}

/* The ring has commands and CMD_SYNCs: hand-overs without one leave nothing there. */
static bool same_ring(const struct smmu_ring *ring, u64 from, const struct record *want)
{
	u64 pos = from, oldest;
	unsigned int i;

	for (i = 0; i < want->nr; i++)
		pos += !want->what[i].hand_over || want->what[i].sync;
	if (ring->pos != pos)
		return false;

	oldest = pos - from > SMMU_RING_ENTRIES ? pos - SMMU_RING_ENTRIES : from;
	for (i = 0, pos = from; i < want->nr; i++) {
		const struct recorded *w = &want->what[i];

		if (w->hand_over && !w->sync)
			continue;
		if (pos >= oldest && !same_words(&ring->cmds[pos % SMMU_RING_ENTRIES],
						 w->hand_over ? &ring_sync : &w->cmd))
			return false;
		pos++;
	}
	return true;
}

static unsigned int count_syncs(const struct record *r)
{
	unsigned int i, n = 0;

	for (i = 0; i < r->nr; i++)
		n += r->what[i].hand_over && r->what[i].sync;
	return n;
}

static void print_record(const char *what, const struct record *r)
{
	unsigned int i;

	print_message("  %s:\n", what);
	for (i = 0; i < r->nr && i < 150; i++)
		if (r->what[i].hand_over)
			print_message("    -> smmu %u%s\n", r->what[i].smmu,
				      r->what[i].sync ? ", CMD_SYNC" : "");
		else
			print_message("    %016llx %016llx\n",
				      (unsigned long long)r->what[i].cmd.data[0],
				      (unsigned long long)r->what[i].cmd.data[1]);
}

static void cases_word_for_word(void **state)
{
	/* From an empty ring, and from where it wraps in mid-walk. */
	const u64 ring_from[] = { 0, SMMU_RING_ENTRIES - 1, 3 * SMMU_RING_ENTRIES - 40 };
	static struct record got, want;
	unsigned int i, j, k;
	struct setup *s = &setup;

	(void)state;
	recorder = &got;
	for (i = 0; i < nr_range_cases; i++) {
		const struct range_case *c = &range_cases[i];
		unsigned int repeats = 0;

		expand(c, &want);
		for (j = 0; j < NR_SMMUS; j++)
			if (c->smmu[j].options & ARM_SMMU_OPT_REPEAT_TLBI_CFGI)
				repeats++;
		for (j = 0; j < ARRAY_SIZE(paths); j++) {
			for (k = 0; k < ARRAY_SIZE(ring_from); k++) {
				struct smmu_submission done;
				bool ok;

				set_up(s, c, ring_from[k]);
				got.nr = 0;
				done = paths[j].walk(s);
				ok = paths[j].ring ? same_ring(&s->t.ring, ring_from[k], &want) &&
						     !got.nr :
						     same_record(&got, &want);
				if (!ok) {
					print_record("got", &got);
					print_record("want", &want);
					fail_msg("%s: %s", c->name, paths[j].name);
				}
				/* A repeated batch is one batch. */
				if (!repeats && done.syncs != count_syncs(&want))
					fail_msg("%s: %s: %u syncs", c->name, paths[j].name,
						 done.syncs);
				assert_int_equal(!done.syncs, !want.nr);
				assert_int_equal(done.err, 0);
				assert_int_equal(s->t.errors, 0);
			}
		}
	}
	print_message("%u cases on %zu paths\n", nr_range_cases, ARRAY_SIZE(paths));
}

/* A wrong sequence of every case must be called wrong, both in queue and in ring. */
static void comparison_finds_planted_bugs(void **state)
{
	static struct record want, bad;
	static struct smmu_ring ring;
	unsigned int i, j, bug, found = 0;

	(void)state;
	for (i = 0; i < nr_range_cases; i++) {
		expand(&range_cases[i], &want);
		for (bug = 0; want.nr && bug < 6; bug++) {
			unsigned int at = want.nr / 2;

			bad = want;
			switch (bug) {
			case 0:		/* busted-no-last-sync */
				bad.nr--;
				break;
			case 1:		/* busted-extra-sync */
				record_hand_over(&bad, 0, true);
				break;
			case 2:		/* busted-first-bit */
				bad.what[0].cmd.data[0] ^= 1ULL << (i % 64);
				break;
			case 3:		/* busted-address-bit */
				bad.what[0].cmd.data[1] ^= 1ULL << (i % 64);
				break;
			case 4:		/* busted-lost-command */
				memmove(&bad.what[0], &bad.what[1],
					--bad.nr * sizeof(bad.what[0]));
				break;
			default:	/* busted-sync-too-late */
				while (at < bad.nr && !bad.what[at].hand_over)
					at++;
				bad.what[at].sync ^= true;
			}
			if (same_record(&bad, &want))
				fail_msg("%s: planted bug %u was not found",
					 range_cases[i].name, bug);

			/* The same as a ring has it; the last 256 are all that it keeps. */
			memset(&ring, 0, sizeof(ring));
			for (j = 0; j < bad.nr; j++)
				if (!bad.what[j].hand_over || bad.what[j].sync)
					ring.cmds[ring.pos++ % SMMU_RING_ENTRIES] =
						bad.what[j].hand_over ? ring_sync :
									bad.what[j].cmd;
			if (want.nr <= SMMU_RING_ENTRIES && same_ring(&ring, 0, &want))
				fail_msg("%s: planted bug %u was not found in the ring",
					 range_cases[i].name, bug);
			found++;
		}
	}
	assert_true(found > 400);
}

/* The queue's errors are counted, told, and change nothing else. */
static void errors_are_told_and_passed_over(void **state)
{
	const struct range_case plain = {
		.iova = 0x12345000,
		.size = 4096,
		.granule = 4096,
		.leaf = true,
		.entries = { { .nr = 65, .type = INV_TYPE_S1_ASID, .id = 1 },
			     { .nr = 1, .type = INV_TYPE_ATS, .id = 0x10 } },
	};
	struct range_case repeat = plain;
	static struct record got, want;
	struct smmu_submission done;
	unsigned int j, at;
	struct setup *s = &setup;

	(void)state;
	repeat.smmu[0].options = ARM_SMMU_OPT_REPEAT_TLBI_CFGI;
	for (j = 0; j < ARRAY_SIZE(paths); j++) {
		if (paths[j].ring)
			continue;
		recorder = &want;
		want.nr = 0;
		set_up(s, &plain, 0);
		done = paths[j].walk(s);
		assert_int_equal(done.syncs, 2);
		assert_int_equal(done.err, 0);

		/* Hand-overs: 64, 1 and a sync, 1 and a sync. */
		recorder = &got;
		for (at = 1; at <= 3; at++) {
			got.nr = 0;
			recorder_fail_at = at;
			set_up(s, &plain, 0);
			done = paths[j].walk(s);
			assert_int_equal(recorder_fail_at, 0);
			assert_true(same_record(&got, &want));
			assert_int_equal(done.syncs, 2);
			assert_int_equal(done.err, -ETIMEDOUT);
			assert_int_equal(s->t.errors, 1);
		}

		/* What failed isn't repeated: 64, 1, 1 again, and the ATC_INV. */
		got.nr = 0;
		recorder_fail_at = 1;
		set_up(s, &repeat, 0);
		done = paths[j].walk(s);
		assert_int_equal(got.nr, 64 + 1 + 2 * 2 + 2);
		assert_int_equal(done.syncs, 3);
		assert_int_equal(done.err, -ETIMEDOUT);
		assert_int_equal(s->t.errors, 1);

		/* The repetition's own failure is the batch's. */
		got.nr = 0;
		recorder_fail_at = 2;
		set_up(s, &repeat, 0);
		done = paths[j].walk(s);
		assert_int_equal(got.nr, 2 * 65 + 2 * 2 + 2);
		assert_int_equal(done.err, -ETIMEDOUT);
		assert_int_equal(s->t.errors, 1);
	}
}

static u64 random_state = 0x9e3779b97f4a7c15ULL;

static unsigned int below(unsigned int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % n;
}

/* Lean hoists what faithful does for each entry: no array may tell them apart. */
static void lean_is_faithful(void **state)
{
	static const unsigned int pages[] = { 12, 14, 16 };
	static struct record want, got;
	struct setup *s = &setup;
	unsigned int i, j, n;
	unsigned long commands = 0;

	(void)state;
	for (i = 0; i < RANDOM_ROUNDS; i++) {
		unsigned int pgsize = pages[below(3)], level = below(3);
		struct range_case c = { .leaf = below(2) };
		struct smmu_submission a, b;

		for (j = 0; j < NR_SMMUS; j++) {
			c.smmu[j].features = below(2) * ARM_SMMU_FEAT_RANGE_INV |
					     below(2) * ARM_SMMU_FEAT_E2H;
			if (!below(6))
				c.smmu[j].options = below(4) << 2;
		}
		c.granule = 1U << (pgsize + (pgsize == 12 ? level : level % 2) * (pgsize - 3));
		/* One in sixteen is everything, few take many commands. */
		n = below(16);
		c.iova = (u64)below(1U << 20) << 24;
		c.size = n ? (size_t)c.granule * (1 + below(n < 12 ? 5 : 70)) : -(size_t)below(2);
		if (!n)
			c.iova = 0;

		for (j = 0, n = 0; j < NR_SMMUS * 5 && n < MAX_RUNS - 1; j++) {
			struct entries *e = &c.entries[n];

			if (below(3))
				continue;
			e->nr = below(8) ? 1 + below(3) : 1 + below(20);
			e->smmu = j / 5;
			e->type = j % 5;
			e->id = below(1000);
			e->trash = !below(5);
			if (e->type >= INV_TYPE_ATS)
				e->x = below(2) * 3;
			else if (c.smmu[e->smmu].features & ARM_SMMU_FEAT_RANGE_INV)
				e->x = pgsize;
			n++;
		}

		recorder = &want;
		want.nr = 0;
		set_up(s, &c, 0);
		a = lockless_null_faithful(s);
		recorder = &got;
		got.nr = 0;
		set_up(s, &c, 0);
		b = lockless_null_lean(s);
		commands += want.nr;
		if (!same_record(&got, &want) || a.syncs != b.syncs) {
			print_record("lean", &got);
			print_record("faithful", &want);
			fail_msg("round %u", i);
		}
		set_up(s, &c, i);
		b = none_lean(s);
		if (!same_ring(&s->t.ring, i, &want) || a.syncs != b.syncs)
			fail_msg("round %u, in the ring", i);
	}
	print_message("%lu commands and hand-overs\n", commands);
	assert_true(commands > 10UL * RANDOM_ROUNDS);
}

static noinline void dirty_the_stack(void)
{
	unsigned char dirt[8192];

	memset(dirt, 0xaa, sizeof(dirt));
	__asm__ __volatile__("" : : "r"(dirt) : "memory");
}

/* All of the batch at each call, whatever the walk uses of it. */
static void faithful_clears_its_batch(void **state)
{
	static const walk_fn walks[] = {
		lockless_null_faithful,
		lockless_model_faithful,
		lockless_model_nowmb_faithful,
		spinlock_null_faithful,
		list_lockless_faithful,
	};
	static struct record got;
	struct setup *s = &setup;
	unsigned int i;

	(void)state;
	assert_int_equal(sizeof(struct smmu_batch), 1040);
	recorder = &got;
	recorder_looks_behind = true;
	for (i = 0; i < ARRAY_SIZE(walks); i++) {
		recorder_dirt = 0;
		got.nr = 0;
		set_up(s, &range_cases[0], 0);
		dirty_the_stack();
		walks[i](s);
		assert_int_equal(got.nr, 2);
		assert_int_equal(recorder_dirt, 0);
	}
	recorder_looks_behind = false;
}

static void ptes_go_where_the_thread_says(void **state)
{
	const struct smmu_path plain = { .strategy = SMMU_STRATEGY_MERGED };
	const struct smmu_path release = { .strategy = SMMU_STRATEGY_ACQUIRE_RELEASE };
	u64 ptes[64];
	struct setup *s = &setup;
	unsigned int i, round;

	(void)state;
	memset(s, 0, sizeof(*s));
	s->t.ptes = ptes;
	s->t.pte_mask = 63;
	s->t.pte_stride = 8;
	s->t.nr_ptes = 3;
	s->t.pte_next = 48;

	for (round = 0; round < 2; round++) {
		unsigned long at = s->t.pte_next;

		memset(ptes, 0xaa, sizeof(ptes));
		/* map leaves its place to the unmap after it. */
		smmu_pte_map(&s->t, !round);
		assert_int_equal(s->t.pte_next, at);
		for (i = 0; i < 64; i++) {
			bool stored = i == at % 64 || i == (at + 8) % 64 || i == (at + 16) % 64;

			assert_int_equal(ptes[i] == 0xaaaaaaaaaaaaaaaaULL, !stored);
			if (stored)
				assert_int_equal(ptes[i] & 3, 3);
		}
		if (round)
			smmu_pte_clear(release, &s->t);
		else
			smmu_pte_clear(plain, &s->t);
		assert_int_equal(s->t.pte_next, at + 24);
		for (i = 0; i < 64; i++) {
			bool stored = i == at % 64 || i == (at + 8) % 64 || i == (at + 16) % 64;

			assert_int_equal(ptes[i], stored ? 0 : 0xaaaaaaaaaaaaaaaaULL);
		}
	}

	s->t.nr_ptes = 0;
	memset(ptes, 0xaa, sizeof(ptes));
	smmu_pte_clear(plain, &s->t);
	for (i = 0; i < 64; i++)
		assert_int_equal(ptes[i], 0xaaaaaaaaaaaaaaaaULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases_word_for_word),
		cmocka_unit_test(comparison_finds_planted_bugs),
		cmocka_unit_test(errors_are_told_and_passed_over),
		cmocka_unit_test(lean_is_faithful),
		cmocka_unit_test(faithful_clears_its_batch),
		cmocka_unit_test(ptes_go_where_the_thread_says),
	};

	return cmocka_run_group_tests_name("inv_range", tests, NULL, NULL);
}
