// SPDX-License-Identifier: GPL-2.0-or-later
/* A wrong sequence of every case must be called wrong, both in queue and in ring. */
#include <linux/string.h>

#include "../selftest.h"
#include "inv_range_test.h"

/* All: in the sequence of case number @nr. */

static void no_last_sync(struct record *r, unsigned int nr)
{
	r->nr--;
}

static void extra_sync(struct record *r, unsigned int nr)
{
	recorder_hand_over(r, 0, true);
}

static void first_bit(struct record *r, unsigned int nr)
{
	r->what[0].cmd.data[0] ^= 1ULL << (nr % 64);
}

static void address_bit(struct record *r, unsigned int nr)
{
	r->what[0].cmd.data[1] ^= 1ULL << (nr % 64);
}

static void lost_command(struct record *r, unsigned int nr)
{
	memmove(&r->what[0], &r->what[1], --r->nr * sizeof(r->what[0]));
}

static void sync_too_late(struct record *r, unsigned int nr)
{
	unsigned int at = r->nr / 2;

	while (at < r->nr && !r->what[at].hand_over)
		at++;
	r->what[at].sync ^= true;
}

typedef void (*plant_fn)(struct record *r, unsigned int nr);

/* As a ring has it; the last 256 are all that it keeps. */
static void to_ring(struct smmu_ring *ring, const struct record *r)
{
	unsigned int i;

	memset(ring, 0, sizeof(*ring));
	for (i = 0; i < r->nr; i++)
		if (!r->what[i].hand_over || r->what[i].sync)
			ring->cmds[ring->pos++ % SMMU_RING_ENTRIES] =
				r->what[i].hand_over ? range_ring_sync : r->what[i].cmd;
}

static void must_catch(const void *with)
{
	const plant_fn *plant = with;
	struct record *bad = range_got, *want = range_want;
	static struct smmu_ring ring;
	unsigned int i, found = 0;

	for (i = 0; i < nr_range_cases; i++) {
		const char *name = range_cases[i].name;

		range_expand(&range_cases[i], want);
		if (!want->nr)
			continue;
		bad->nr = want->nr;
		memcpy(bad->what, want->what, want->nr * sizeof(want->what[0]));
		(*plant)(bad, i);
		if (range_same(bad, want))
			ktap_fail("%s: not caught", name);
		to_ring(&ring, bad);
		if (want->nr <= SMMU_RING_ENTRIES && range_same_in_ring(&ring, 0, want))
			ktap_fail("%s: not caught in the ring", name);
		found++;
	}
	ktap_assert(found > 66);
	if (!ktap_failed())
		ktap_note("caught in each of %u sequences", found);
}

#define BUSTED(n, f) \
	{ .name = "busted-" n, .fn_with = must_catch, .with = &(const plant_fn){ f } }

static const struct ktap_case cases[] = {
	BUSTED("no-last-sync", no_last_sync),
	BUSTED("extra-sync", extra_sync),
	BUSTED("first-bit", first_bit),
	BUSTED("address-bit", address_bit),
	BUSTED("lost-command", lost_command),
	BUSTED("sync-too-late", sync_too_late),
};

const struct ktap_suite selftest_inv_range_busted = {
	KTAP_SUITE("inv_range-busted", cases),
	.before = range_before,
	.after = range_after,
};
