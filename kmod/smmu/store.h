/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A store keeps the invalidations that a domain owes. One file a store; behind
 * this table for the attach side, and as instances compiled for every strategy
 * for the fast path.
 */
#ifndef SMMU_STORE_H
#define SMMU_STORE_H

#include "smmu.h"

/* What a store can do. A plan refuses what it can't. */
#define SMMU_STORE_SMMUS  (1U << 0) /* entries of several SMMUs */
#define SMMU_STORE_ATS	  (1U << 1)
#define SMMU_STORE_NESTED (1U << 2) /* S2_VMID_S1_CLEAR, ATS_FULL */
#define SMMU_STORE_RCU	  (1U << 3) /* the rcu axis applies */
#define SMMU_STORE_OWN_ORDER \
	(1U << 4) /* orders by its lock: no strategy applies */
#define SMMU_STORE_CONCURRENT (1U << 5) /* attach may run beside readers */

#define STORE(id, ...) SMMU_STORE_ID_##id,
enum smmu_store_id {
#include "stores/stores.def"
	SMMU_NR_STORES,
};

#undef STORE

/**
 * struct smmu_store_txn - what prepare hands to the steps after it
 * @to_merge: the master's invalidations in the new domain; sorted
 * @prepared: the store's own
 */
struct smmu_store_txn {
	struct arm_smmu_invs *to_merge;
	void *prepared;
};

/* n unmaps in a row: each stores its IOPTEs, then invalidates. */
typedef void (*smmu_unmap_fn)(struct smmu_thread *t, unsigned long n);

/**
 * struct smmu_store_ops - one store
 * @name: what the user types
 * @help: one line
 * @caps: SMMU_STORE_*
 * @worlds: SMMU_WORLD_*
 * @init: an empty store for the domain; -ENOMEM leaves nothing behind. May sleep.
 * @destroy: no reader is left
 * @prepare: everything that can fail; nothing is visible yet. Under the asid lock.
 * @abort: takes prepare back
 * @install_new: publishes; cannot fail; readers see it from here on
 * @unref: takes the entries of @to_unref out, in place, cannot fail; tells the
 *	   caller by to_unref->inv[j].users (0: nobody is left, else 1)
 * @purge: gives memory of trash back where it can; may do nothing
 * @unmap: the instance for a path and an rcu flavour's instance set, or NULL
 *	   where this store, world or build has none
 * @live: writes the live entries in order to @out (at most @max); returns their
 *	   number. For tests and listings. Under the asid lock.
 */
struct smmu_store_ops {
	const char *name;
	const char *help;
	u32 caps;
	unsigned int worlds;
	int (*init)(struct arm_smmu_domain *domain);
	void (*destroy)(struct arm_smmu_domain *domain);
	int (*prepare)(struct arm_smmu_domain *domain,
		       struct smmu_store_txn *txn);
	void (*abort)(struct arm_smmu_domain *domain,
		      struct smmu_store_txn *txn);
	void (*install_new)(struct arm_smmu_domain *domain,
			    struct smmu_store_txn *txn);
	void (*unref)(struct arm_smmu_domain *domain,
		      struct arm_smmu_invs *to_unref);
	void (*purge)(struct arm_smmu_domain *domain);
	smmu_unmap_fn (*unmap)(const struct smmu_path *path);
	size_t (*live)(struct arm_smmu_domain *domain, struct arm_smmu_inv *out,
		       size_t max);
};

#endif
