/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conformance suite: whatever a store is made of, within its capabilities every
 * command that the history asks for is issued, in the store's own sequence. One suite
 * for all of them; a failure is a line that names the store.
 */
#ifndef SELFTEST_STORES_SUITE_H
#define SELFTEST_STORES_SUITE_H

#include <linux/types.h>

#include "stores/stores.h"

/**
 * struct suite_store - what is tested
 * @ops: the store
 * @rcu: flavour of its readers
 * @copy: which compiled copy
 */
struct suite_store {
	const struct smmu_store_ops *ops;
	const char *rcu;
	unsigned int copy;
};

struct suite_report {
	char msg[512];
	u64 unmaps;	/* judged */
	u64 required;	/* commands that had to be there */
};

/* All: true, or false with a line in @r. */

/* Random attach, detach and unmap against a naive model, with failing allocations. */
bool suite_history(const struct suite_store *store, unsigned int seed, unsigned int steps,
		   struct suite_report *r);
/* 63, 64, 65 and 130 entries of one SMMU. */
bool suite_long(const struct suite_store *store, struct suite_report *r);
/* Two readers beside attach and detach: who was attached for the whole call is told. */
bool suite_concurrent(const struct suite_store *store, struct suite_report *r);

/* User space: a store that belongs to another world takes part. Before the first case. */
void stores_stand_in(const struct smmu_store_ops *ops);

#endif
