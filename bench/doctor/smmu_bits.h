/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DOCTOR_SMMU_BITS_H
#define DOCTOR_SMMU_BITS_H

#include <stddef.h>

/*
 * The bits of "features 0x..." and "option mask 0x..." as the stock driver prints them, by
 * its own names (ARM_SMMU_FEAT_*, ARM_SMMU_OPT_*); NULL: a bit that 7.3's doesn't have.
 */
const char *smmu_feature(unsigned int bit);
const char *smmu_option(unsigned int bit);

enum {
	SMMU_FEATURE_SEV = 6,
	SMMU_FEATURE_MSI = 7,
	SMMU_FEATURE_COHERENCY = 8,
	SMMU_FEATURE_RANGE_INV = 15,
};

#endif
