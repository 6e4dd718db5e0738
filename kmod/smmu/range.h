/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A range of addresses -> the commands that invalidate it. Plain arithmetic; who
 * gathers the commands is batch.h's matter.
 */
#ifndef SMMU_RANGE_H
#define SMMU_RANGE_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/types.h>

#include "cmd.h"
#include "smmu.h"

/**
 * arm_smmu_inv_size_too_big() - one command for everything instead of a range?
 * @features: ARM_SMMU_FEAT_* of the SMMU that takes the command
 * @size: bytes; 0 and SIZE_MAX mean everything
 * @granule: bytes; not looked at when @size means everything
 *
 * Without range invalidation, from as many granules on as a table has entries
 * (granule / 8: arm64's MAX_TLBI_OPS). As arm_smmu_inv_size_too_big().
 */
static __always_inline bool arm_smmu_inv_size_too_big(u32 features, size_t size,
						      unsigned int granule)
{
	if (!size || size == SIZE_MAX)
		return true;
	if (features & ARM_SMMU_FEAT_RANGE_INV)
		return false;
	return size >= (size_t)granule << (ilog2(granule) - 3);
}

/**
 * struct smmu_range - what is left of a range
 * @iova: where the next command begins
 * @end: first byte beyond the range
 * @step: bytes that a command covers; without range invalidation it is constant
 * @num_pages: with range invalidation: pages left
 * @tg: with range invalidation: log2 of a page, else 0
 * @hints: LEAF, TTL and TG of every command's data[1]
 */
struct smmu_range {
	u64 iova, end;
	u64 step;
	u64 num_pages;
	unsigned int tg;
	u64 hints;
};

/**
 * smmu_range_init() - begin with a range
 * @r: set up
 * @features: ARM_SMMU_FEAT_* of the SMMU
 * @iova: first byte
 * @size: bytes, not 0; with range invalidation a multiple of the page
 * @granule: bytes
 * @pgsize: with range invalidation, log2 of the leaf page size: 12, 14 or 16
 * @leaf: only last-level entries have changed
 *
 * As the head of arm_smmu_cmdq_batch_add_range(). TG is 1, 2 or 3 for 4, 16 or
 * 64 KiB. TTL is the level that holds granules of this size, known for leaves only;
 * a table of 2^n-byte pages has 2^(n - 3) entries. A page count of 1 in its low five
 * bits gains a page when it isn't a leaf: NUM = 0 with SCALE = 0 and TTL = 0 is
 * reserved (IHI 0070, "Range-based invalidation").
 */
static __always_inline void smmu_range_init(struct smmu_range *r, u32 features, u64 iova,
					    size_t size, unsigned int granule,
					    unsigned int pgsize, bool leaf)
{
	r->iova = iova;
	r->end = iova + size;
	r->step = granule;
	r->num_pages = 0;
	r->tg = 0;
	r->hints = FIELD_PREP(CMDQ_TLBI_1_LEAF, leaf);

	if (features & ARM_SMMU_FEAT_RANGE_INV) {
		unsigned int levels = (ilog2(granule) - 3U) / (pgsize - 3);

		r->tg = pgsize;
		r->num_pages = size >> pgsize;
		r->hints |= FIELD_PREP(CMDQ_TLBI_1_TG, (pgsize - 10) / 2);
		if (leaf)
			r->hints |= FIELD_PREP(CMDQ_TLBI_1_TTL, 4 - levels);
		else if ((r->num_pages & CMDQ_TLBI_RANGE_NUM_MAX) == 1)
			r->num_pages++;
	}
}

/**
 * smmu_range_next() - the range's words of one command
 * @r: moved on behind what the command covers
 * @data: data[0] takes NUM and SCALE, to be or-ed to opcode and tag; data[1] all
 *
 * As the loop of arm_smmu_cmdq_batch_add_range(): with range invalidation a command
 * takes the five bits of the page count from the lowest one that is set.
 *
 * Return: false when nothing was left.
 */
static __always_inline bool smmu_range_next(struct smmu_range *r, struct arm_smmu_cmd *data)
{
	if (r->iova >= r->end)
		return false;

	data->data[0] = 0;
	data->data[1] = r->hints | (r->iova & CMDQ_TLBI_1_VA_MASK);

	/* Pages run out early when size is no multiple of them: don't go on forever. */
	if (r->tg) {
		unsigned int scale;
		u64 num;

		if (!r->num_pages)
			return false;
		scale = __ffs(r->num_pages);
		num = (r->num_pages >> scale) & CMDQ_TLBI_RANGE_NUM_MAX;
		data->data[0] = FIELD_PREP(CMDQ_TLBI_0_NUM, num - 1) |
				FIELD_PREP(CMDQ_TLBI_0_SCALE, scale & 0x1f);
		r->step = num << (scale + r->tg);
		r->num_pages -= num << scale;
	}
	r->iova += r->step;
	return true;
}

/**
 * smmu_range_page() - the words of the shortest range, without range invalidation
 * @iova: first byte
 * @size: bytes, or 0 or SIZE_MAX for everything
 * @granule: bytes
 * @leaf: only last-level entries have changed
 * @data: the words, set when true is returned
 *
 * What most unmaps are, without the arithmetic that longer ranges need.
 *
 * Return: whether the range is no longer than a granule.
 */
static __always_inline bool smmu_range_page(u64 iova, size_t size, unsigned int granule,
					    bool leaf, struct arm_smmu_cmd *data)
{
	/* 0 and SIZE_MAX are above any granule here. */
	if (unlikely(size - 1 >= granule))
		return false;

	data->data[0] = 0;
	data->data[1] = FIELD_PREP(CMDQ_TLBI_1_LEAF, leaf) | (iova & CMDQ_TLBI_1_VA_MASK);
	return true;
}

/**
 * smmu_range_page_ril() - what range invalidation adds to smmu_range_page()
 * @size: bytes
 * @granule: bytes
 * @pgsize: log2 of the leaf page size
 * @data: smmu_range_page()'s words: NUM 0, SCALE 0 and, a page's level being the last, TTL 3
 *
 * Return: false when the range isn't one leaf page: the words are of no use then.
 */
static __always_inline bool smmu_range_page_ril(size_t size, unsigned int granule, size_t pgsize,
						struct arm_smmu_cmd *data)
{
	if (unlikely(!(data->data[1] & CMDQ_TLBI_1_LEAF) || size != granule ||
		     size != 1UL << pgsize))
		return false;
	data->data[1] |= FIELD_PREP(CMDQ_TLBI_1_TTL, 3) |
			 FIELD_PREP(CMDQ_TLBI_1_TG, (pgsize - 10) / 2);
	return true;
}

/**
 * smmu_range_single() - is one command enough for a range, or for everything?
 * @features: ARM_SMMU_FEAT_* of the SMMU
 * @iova: first byte
 * @size: bytes, or 0 or SIZE_MAX for everything
 * @granule: bytes
 * @pgsize: as for smmu_range_init()
 * @leaf: only last-level entries have changed
 * @all: set when it is nsize_opcode that takes the words
 * @data: the words, set when true is returned
 *
 * Return: false when the range takes several commands.
 */
static __always_inline bool smmu_range_single(u32 features, u64 iova, size_t size,
					      unsigned int granule, size_t pgsize, bool leaf,
					      bool *all, struct arm_smmu_cmd *data)
{
	struct smmu_range r;

	*all = arm_smmu_inv_size_too_big(features, size, granule);
	if (*all) {
		*data = (struct arm_smmu_cmd){ 0 };
		return true;
	}
	smmu_range_init(&r, features, iova, size, granule, pgsize, leaf);
	return smmu_range_next(&r, data) && r.iova >= r.end;
}

/**
 * arm_smmu_atc_inv_to_cmd() - the ATC_INV that covers a range
 * @sid: StreamID
 * @ssid: SubstreamID
 * @iova: first byte
 * @size: bytes; 0 and SIZE_MAX as the driver has them: see below
 *
 * The smallest aligned power of two of 4 KiB pages in which the first and the last
 * one lie, as arm_smmu_atc_inv_to_cmd(). A size of 0 at iova 0 spans all of them
 * (the last byte is then ~0): log2 is 52, ATC_INV_SIZE_ALL.
 */
static __always_inline struct arm_smmu_cmd arm_smmu_atc_inv_to_cmd(u32 sid, u32 ssid, u64 iova,
								   size_t size)
{
	u64 first = iova >> 12, last = (iova + size - 1) >> 12;
	unsigned int log2_span = fls_long(first ^ last);

	first &= ~((1ULL << log2_span) - 1);
	return arm_smmu_make_cmd_atc_inv(sid, ssid, first << 12, log2_span);
}

#endif
