// SPDX-License-Identifier: GPL-2.0-or-later
/* What was handed over, against what should have been. */
#include "../selftest.h"
#include "inv_range_test.h"

const struct arm_smmu_cmd range_ring_sync = { .data = { 0x0fc02046, 0 } };

void range_expand(const struct range_case *c, struct record *r)
{
	const struct want *w;
	unsigned int i;

	r->nr = 0;
	for (w = c->want; w->nr; w++) {
		for (i = 0; i < w->nr && !w->hand_over; i++) {
			struct arm_smmu_cmd cmd = { .data = { w->word0 + i * w->step0,
							      w->word1 + i * w->step1 } };

			recorder_cmd(r, &cmd);
		}
		if (w->hand_over)
			recorder_hand_over(r, w->smmu, w->sync);
	}
}

static bool same_words(const struct arm_smmu_cmd *a, const struct arm_smmu_cmd *b)
{
	return a->data[0] == b->data[0] && a->data[1] == b->data[1];
}

bool range_same(const struct record *got, const struct record *want)
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
bool range_same_in_ring(const struct smmu_ring *ring, u64 from, const struct record *want)
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
						 w->hand_over ? &range_ring_sync : &w->cmd))
			return false;
		pos++;
	}
	return true;
}

unsigned int range_syncs(const struct record *r)
{
	unsigned int i, n = 0;

	for (i = 0; i < r->nr; i++)
		n += r->what[i].hand_over && r->what[i].sync;
	return n;
}

void range_print(const char *what, const struct record *r)
{
	unsigned int i;

	ktap_note("  %s:", what);
	for (i = 0; i < r->nr && i < 150; i++)
		if (r->what[i].hand_over)
			ktap_note("    -> smmu %u%s", r->what[i].smmu,
				  r->what[i].sync ? ", CMD_SYNC" : "");
		else
			ktap_note("    %016llx %016llx",
				  (unsigned long long)r->what[i].cmd.data[0],
				  (unsigned long long)r->what[i].cmd.data[1]);
}
