/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the suite's parts share: a caller of unmap, what it sent, and dice. */
#ifndef SELFTEST_STORES_CALLER_H
#define SELFTEST_STORES_CALLER_H

#include <linux/sprintf.h>

#include "model.h"
#include "suite.h"

#define NR_PTES		16

#define FAIL(r, store, fmt, ...)					\
	(snprintf((r)->msg, sizeof((r)->msg), "%s (%s, copy %u): " fmt, \
		  (store)->ops->name, (store)->rcu, (store)->copy, ##__VA_ARGS__), false)

/* Of all of the suite's domains. */
extern struct arm_smmu_device suite_smmus[MODEL_SMMUS];

/**
 * struct caller - somebody who unmaps
 * @t: what the fast path sees of it
 * @ptes: its IOPTEs
 * @want: scratch: commands that a call should send
 * @got: scratch: commands that it sent
 */
struct caller {
	struct smmu_thread t;
	u64 ptes[NR_PTES];
	struct arm_smmu_cmd want[MODEL_COMMANDS], got[MODEL_COMMANDS];
};

void caller_init(struct caller *c, struct arm_smmu_domain *domain);

/* What a call sent, out of the ring to @c->got; false: more than the ring holds. */
bool caller_sent(struct caller *c, u64 from, size_t *n);

/* CMD_SYNCs are equal whatever signals their completion. */
bool same_command(const struct arm_smmu_cmd *got, const struct arm_smmu_cmd *want);

/* An instance of the store, drawn by lot. */
smmu_unmap_fn some_unmap(const struct suite_store *store, u32 *rnd);

/* xorshift: the same histories on every machine. @ctx: a u32 */
unsigned int suite_below(void *ctx, unsigned int limit);

void suite_domain_init(struct arm_smmu_domain *d, const struct smmu_store_ops *ops, bool nested);

#endif
