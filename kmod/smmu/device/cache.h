/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model's caches. No lock of their own: the model's is held.
 */
#ifndef SMMU_DEVICE_CACHE_H
#define SMMU_DEVICE_CACHE_H

#include "../device.h"

/**
 * struct smmu_cache_lines - one cache
 * @lines: all lines, set by set
 * @used: how many are valid
 * @shifts: a bit for each leaf.shift that was ever filled: sizes to look up
 */
struct smmu_cache_lines {
	struct smmu_model_entry *lines;
	unsigned int used;
	u64 shifts;
};

/**
 * struct smmu_caches - all three, of the same size
 * @cache: by enum smmu_cache
 * @nr_sets: sets of each; 0: there are no caches
 * @nr_ways: lines of a set
 * @serial: of the last fill
 * @fills: as in struct smmu_model_counters
 * @hits: likewise
 * @invalidated: likewise
 */
struct smmu_caches {
	struct smmu_cache_lines cache[SMMU_NR_CACHES];
	unsigned int nr_sets;
	unsigned int nr_ways;
	u64 serial;
	u64 fills[SMMU_NR_CACHES];
	u64 hits[SMMU_NR_CACHES];
	u64 invalidated[SMMU_NR_CACHES];
};

/* @caches is zero before it. 0, -EINVAL unless a power of two up to 1 << 16, -ENOMEM. */
int smmu_caches_init(struct smmu_caches *caches, unsigned int entries);
void smmu_caches_free(struct smmu_caches *caches);

/*
 * The line that @key's transaction would use, or NULL: @key has sid, ssid, iova (any
 * address) and for the IOTLB cfg; its leaf doesn't matter.
 */
struct smmu_model_entry *smmu_caches_find(struct smmu_caches *caches, enum smmu_cache cache,
					  struct smmu_model_entry key);

/* Takes the place of an unused line, else of the oldest of its set. */
void smmu_caches_fill(struct smmu_caches *caches, enum smmu_cache cache,
		      const struct smmu_model_entry *entry);

/* What a command does to the caches. False for an illegal command: nothing is done. */
bool smmu_caches_execute(struct smmu_caches *caches, u8 op, const struct arm_smmu_cmd *cmd);

/* As smmu_model_for_each(). */
size_t smmu_caches_for_each(const struct smmu_caches *caches, enum smmu_cache cache,
			    bool (*fn)(void *ctx, const struct smmu_model_entry *entry),
			    void *ctx);

#endif
