/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who must be told: masters, the order in which they were attached, and no more. */
#ifndef SELFTEST_STORES_MODEL_H
#define SELFTEST_STORES_MODEL_H

#include <linux/types.h>

#include "smmu.h"
#include "store.h"

#define MODEL_SMMUS		3
#define MODEL_MASTERS		8
#define MODEL_STREAMS		3
#define MODEL_ATTACHMENTS	24
#define MODEL_ENTRIES		64	/* of all masters */
#define MODEL_OF_MASTER		(2 + MODEL_STREAMS)
#define MODEL_COMMANDS		SMMU_RING_ENTRIES

/* Tags differ by SMMU here, so that a ring of all SMMUs' commands can be read. */
#define MODEL_TAG(smmu)		(100 + (smmu))
#define MODEL_SID(master, i)	(0x1000 * ((master) + 1) + (i))

struct model_master {
	unsigned int smmu;
	unsigned int streams;	/* with ATS */
	bool full;		/* ATS_FULL */
};

/**
 * struct model - what a domain's store should know
 * @caps: SMMU_STORE_* that the masters were made for
 * @nested: the domain is a nest parent
 * @smmus: in the order of their addresses
 * @masters: what each would add
 * @attached: masters in the order in which they were attached; one may be there twice
 * @num_attached: of them
 * @ever: something was attached once
 */
struct model {
	u32 caps;
	bool nested;
	struct arm_smmu_device *smmus;
	struct model_master masters[MODEL_MASTERS];
	unsigned int attached[MODEL_ATTACHMENTS];
	unsigned int num_attached;
	bool ever;
};

/* The ranges that are unmapped. */
enum model_range {
	MODEL_PAGE,
	MODEL_THREE_PAGES,
	MODEL_EVERYTHING,
	MODEL_NR_RANGES,
};

void model_init(struct model *m, struct arm_smmu_device *smmus, u32 caps, bool nested,
		unsigned int (*rnd)(void *ctx, unsigned int below), void *ctx);
/* The master's invalidations, sorted, without users. Returns how many; room for all. */
size_t model_entries(const struct model *m, unsigned int master, struct arm_smmu_inv *out);
/* The same as an array that the caller frees; NULL without memory. */
struct arm_smmu_invs *model_invs(const struct model *m, unsigned int master);
void model_attach(struct model *m, unsigned int master);
/* Undoes the latest attach of @master. */
void model_detach(struct model *m, unsigned int master);
unsigned int model_users(const struct model *m, unsigned int master);
/* Live entries in the array's order, users counted. Returns how many. */
size_t model_live(const struct model *m, struct arm_smmu_inv *out);

void model_range(enum model_range range, struct smmu_thread *t);
/* The commands of an unmap of entries in this order, syncs included. */
size_t model_expect(const struct arm_smmu_inv *inv, size_t n, enum model_range range,
		    struct arm_smmu_cmd *out);
/*
 * The same for the whole model: sorted, or as devices-list has it. One caller at a time:
 * it has memory of its own.
 */
size_t model_commands(const struct model *m, bool devices_list, enum model_range range,
		      struct arm_smmu_cmd *out);

#endif
