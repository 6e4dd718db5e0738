/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One SMMU, one master, a handful of domains on a recording store, and the trace of
 * an attach held against text.
 */
#ifndef SELFTEST_ATTACH_FIXTURE_H
#define SELFTEST_ATTACH_FIXTURE_H

/* First: it gives the attach side its other names. */
#include "recorder.h"

#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/string.h>
#include <asm/byteorder.h>

#include "../selftest.h"
#include "cmdq.h"
#include "inv_range.h"
#include "invs.h"

/**
 * struct fixture - what the cases work on
 * @smmu: without a queue of its own: it is recorded
 * @master: see new_master()
 * @s1_a: ASIDs and VMIDs are 0xa0 and up, in this order
 * @s1_b: likewise
 * @s2_a: likewise
 * @s2_b: likewise
 * @parent: likewise
 * @pasid_a: likewise
 * @allocs: how many there were before it
 * @warnings: likewise
 */
struct fixture {
	struct arm_smmu_device smmu;
	struct arm_smmu_master master;
	struct arm_smmu_domain s1_a, s1_b, s2_a, s2_b, parent, pasid_a;
	long allocs;
	unsigned long warnings;
};

extern struct fixture fix;

#define FIX_DOMAINS	6

/* Its domains in that order. */
extern struct arm_smmu_domain *const fix_domains[FIX_DOMAINS];

static const u32 __maybe_unused one_sid[] = { 0x10 };
static const u32 __maybe_unused two_sids[] = { 0x11, 0x10 };

/* Of each case. After it nothing may be left, and nobody have warned. */
void fix_before(void);
void fix_after(void);

/* All below find what isn't so, and do nothing once something was found. */

void set_strategy(enum smmu_strategy strategy);
void new_master(const u32 *sids, unsigned int num, bool ats);
void end_master(void);
void quiet_attach(struct arm_smmu_domain *domain);
void expect_attach(struct arm_smmu_domain *domain, const char *expected);
void expect_invs(struct arm_smmu_domain *domain, const struct arm_smmu_inv *expected, size_t num);

#define expect_no_invs(domain) expect_invs(domain, NULL, 0)

void expect_pasid(int ret, struct arm_smmu_domain *domain, u32 pasid, const char *expected);
void expect_block_pasid(struct arm_smmu_domain *old, u32 pasid, const char *expected);

/* An entry of an array: type, opcodes by their numbers, ID, and what else isn't 0. */
#define INV(name, size, nsize, number, ...)				\
	{								\
		.type = INV_TYPE_##name, .size_opcode = (size),		\
		.nsize_opcode = (nsize), .id = (number), __VA_ARGS__	\
	}

#endif
