/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attach side compiled with ears: every command, fence, store and call of a
 * domain's store goes to one trace, in order.
 */
#ifndef SELFTEST_ATTACH_RECORDER_H
#define SELFTEST_ATTACH_RECORDER_H

#include "recorded.h"

#include "domain.h"

/* From here on; @master's entries are looked at before each line. NULL: nobody's. */
void record_start(struct arm_smmu_master *master);

/* What happened since. Good until the next record_start(). */
const char *record_stop(void);

/* Neither is anything recorded, nor is a master looked at. */
void record_reset(void);

/* A store that says what it is asked; domain->state is the domain's name. */
extern const struct smmu_store_ops record_store;

/* Its array of a domain. */
struct arm_smmu_invs *record_store_invs(struct arm_smmu_domain *domain);

#endif
