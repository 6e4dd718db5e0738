// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/string.h>
#include <asm/byteorder.h>

#include "../selftest.h"
#include "transitions_run.h"

/* Bits counted out from IHI 0070, 5.2 and 5.4, for what arm_smmu_make_*() fill. */
static void bits(void)
{
	static struct smmu_transition row;
	static struct smmu_run run;
	struct arm_smmu_ste ste;
	struct arm_smmu_cd cd;

	memset(&run, 0, sizeof(run));
	smmu_run_init(&run, &row);
	run.master.smmu = &run.smmu;
	run.master.cd_table.cdtab_dma = 0x123000;
	run.master.cd_table.s1cdmax = 1;

	arm_smmu_make_abort_ste(&ste);
	ktap_assert_eq(le64_to_cpu(ste.data[0]), 0x1);
	ktap_assert_eq(le64_to_cpu(ste.data[1]), 0);

	arm_smmu_make_bypass_ste(&run.smmu, &ste);
	ktap_assert_eq(le64_to_cpu(ste.data[0]), 0x9);
	ktap_assert_eq(le64_to_cpu(ste.data[1]), 1ULL << 44);

	arm_smmu_make_cdtable_ste(&ste, &run.master, true, STRTAB_STE_1_S1DSS_SSID0);
	ktap_assert_eq(le64_to_cpu(ste.data[0]), 0x1ULL << 59 | 0x123000 | 0xb);
	/* EATS, STALLD, CSH, COR, CIR, DSS */
	ktap_assert_eq(le64_to_cpu(ste.data[1]), 0x10000000 | 0x8000000 | 0xc0 | 0x10 | 0x4 | 2);
	ktap_assert_eq(le64_to_cpu(ste.data[2]), 0);

	run.smmu.features |= ARM_SMMU_FEAT_E2H;
	arm_smmu_make_cdtable_ste(&ste, &run.master, false, STRTAB_STE_1_S1DSS_BYPASS);
	ktap_assert_eq(le64_to_cpu(ste.data[1]),
		       1ULL << 44 | 0x80000000 | 0x8000000 | 0xc0 | 0x10 | 0x4 | 1);
	run.smmu.features &= ~ARM_SMMU_FEAT_ATTR_TYPES_OVR;
	arm_smmu_make_bypass_ste(&run.smmu, &ste);
	ktap_assert_eq(le64_to_cpu(ste.data[1]), 0);

	/* A master whose faults stall: no STALLD */
	run.master.stall_enabled = true;
	arm_smmu_make_cdtable_ste(&ste, &run.master, false, STRTAB_STE_1_S1DSS_TERMINATE);
	ktap_assert_eq(le64_to_cpu(ste.data[1]), 0x80000000 | 0xc0 | 0x10 | 0x4);

	arm_smmu_make_s2_domain_ste(&ste, &run.master, &run.domains[DOMAIN_S2_A], true);
	ktap_assert_eq(le64_to_cpu(ste.data[0]), 0xd);
	ktap_assert_eq(le64_to_cpu(ste.data[1]), 0x10000000);
	/* R, S, PTW, AA64; PS 5, SH 3, OR 1, IR 1, SL0 2, T0SZ 16; VMID 3 */
	ktap_assert_eq(le64_to_cpu(ste.data[2]),
		       1ULL << 58 | 1ULL << 57 | 1ULL << 54 | 1ULL << 51 |
			       (5ULL << 16 | 3 << 12 | 1 << 10 | 1 << 8 | 2 << 6 | 16) << 32 | 3);
	ktap_assert_eq(le64_to_cpu(ste.data[3]), 0x3000);

	run.domains[DOMAIN_S1_A].pgsize_bitmap = BIT(16) | BIT(29);
	arm_smmu_make_s1_cd(&cd, &run.master, &run.domains[DOMAIN_S1_A]);
	/* ASID 1; ASET, A, R, S, AA64, IPS 5, V, EPD1, SH 3, OR 1, IR 1, TG 64K, T0SZ 16 */
	ktap_assert_eq(le64_to_cpu(cd.data[0]),
		       1ULL << 48 | 1ULL << 47 | 1ULL << 46 | 1ULL << 45 | 1ULL << 44 |
			       1ULL << 41 | 5ULL << 32 |
			       1ULL << 31 | 1ULL << 30 | 3 << 12 | 1 << 10 |
			       1 << 8 | 1 << 6 | 16);
	ktap_assert_eq(le64_to_cpu(cd.data[1]), 0x1000);
	ktap_assert_eq(le64_to_cpu(cd.data[3]), 0xf404ff44);

	arm_smmu_make_released_cd(&cd, &run.domains[DOMAIN_S1_A]);
	/* EPD0; neither R nor S, no way to walk, no table */
	ktap_assert_eq(le64_to_cpu(cd.data[0]),
		       1ULL << 48 | 1ULL << 47 | 1ULL << 46 | 1ULL << 41 | 5ULL << 32 |
			       1ULL << 31 | 1ULL << 30 | 1 << 14);
	ktap_assert_eq(le64_to_cpu(cd.data[1]), 0);

	run.domains[DOMAIN_S1_A].pgsize_bitmap = BIT(14);
	arm_smmu_make_s1_cd(&cd, &run.master, &run.domains[DOMAIN_S1_A]);
	ktap_assert_eq(le64_to_cpu(cd.data[0]) >> 6 & 3, 2);
}

static const struct ktap_case cases[] = {
	KTAP_CASE(bits),
};

const struct ktap_suite selftest_attach_bits = {
	KTAP_SUITE("attach-bits", cases),
};
