// SPDX-License-Identifier: GPL-2.0-or-later
#include "smmu_bits.h"

/* arm-smmu-v3.h of Linux 7.3; older drivers have the first of these, at the same bits. */
static const char *const features[32] = {
	"2_LVL_STRTAB",
	"2_LVL_CDTAB",
	"TT_LE",
	"TT_BE",
	"PRI",
	"ATS",
	"SEV",
	"MSI",
	"COHERENCY",
	"TRANS_S1",
	"TRANS_S2",
	"STALLS",
	"HYP",
	"STALL_FORCE",
	"VAX",
	"RANGE_INV",
	"BTM",
	"SVA",
	"E2H",
	"NESTING",
	"ATTR_TYPES_OVR",
	"HA",
	"HD",
	"S2FWB",
	"BBML2",
	"HAFT",
	"DS",
};

static const char *const options[32] = {
	"SKIP_PREFETCH",   "PAGE0_REGS_ONLY", "MSIPOLL",
	"CMDQ_FORCE_SYNC", "TEGRA241_CMDQV",
};

const char *smmu_feature(unsigned int bit)
{
	return bit < 32 ? features[bit] : NULL;
}

const char *smmu_option(unsigned int bit)
{
	return bit < 32 ? options[bit] : NULL;
}
