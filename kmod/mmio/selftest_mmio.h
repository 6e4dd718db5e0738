/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cases for an SMMU that the module owns have in common. */
#ifndef MMIO_SELFTEST_MMIO_H
#define MMIO_SELFTEST_MMIO_H

#include <linux/types.h>

#include "selftest.h"
#include "device.h"
#include "mmio.h"
#include "regs.h"

/* How a queue is driven, and how its CMD_SYNCs complete. */
struct mmio_kind {
	enum smmu_queue queue;
	u32 options, features;
};

#define MMIO_KINDS	5
#define MMIO_KINDS_END	(mmio_kinds + MMIO_KINDS)

/* The first SMMU, and up to three queues for it. */
extern const struct mmio_kind mmio_kinds[MMIO_KINDS];
extern struct smmu_mmio *mmio_smmu;
extern struct arm_smmu_device *mmio_smmus[3];

/* Of each case: queues that are left go. */
void mmio_before(void);
void mmio_after(void);

/* False, and the case is skipped, where there is none. */
bool mmio_there_is_one(void);

/* Kinds that it can't do come down to another one that is done already. */
bool mmio_can(const struct mmio_kind *k);

/* Queue @i, not yet held; queue 0, held. False after a finding. All away. */
bool mmio_make(unsigned int i, const struct mmio_kind *k, unsigned int depth);
bool mmio_up(const struct mmio_kind *k, unsigned int depth);
void mmio_down(void);
void mmio_hold(unsigned int i);
void mmio_release(unsigned int i);

/* @n TLBIs to queue @i, which is held. */
int mmio_send(unsigned int i, int n, bool sync);

#define MMIO_ILLEGAL_OP	0xee

/* All slots of queue @i become illegal: whoever fetches one meets an error. */
void mmio_poison(unsigned int i);

u32 mmio_reg(unsigned int offset);

/* CMDQ_CONS without ERR. It may lag behind: waits until it is @want, or a finding. */
u32 mmio_cons(void);
bool mmio_cons_becomes(u32 want);

/* Of queue 0. */
long mmio_errors(void);
long mmio_timeouts(void);

/* GERROR is acknowledged. False after a finding. */
bool mmio_no_error_is_active(void);

#endif
