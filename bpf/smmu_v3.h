/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stock driver's structs, as far as BPF programs read them: flavours, whose fields
 * libbpf looks up in the running kernel's BTF (CO-RE). Linux 6.12 to 7.3 have them.
 */
#ifndef BPF_SMMU_V3_H
#define BPF_SMMU_V3_H

#define FLAVOUR __attribute__((preserve_access_index))

struct kobject___probe {
	const char *name;
} FLAVOUR;

struct device___probe {
	struct kobject___probe kobj;
	const char *init_name;
} FLAVOUR;

struct arm_smmu_ll_queue___v3 {
	__u32 prod;
	__u32 cons;
	__u32 max_n_shift;
} FLAVOUR;

struct arm_smmu_queue___v3 {
	struct arm_smmu_ll_queue___v3 llq;
} FLAVOUR;

struct atomic_t___probe {
	int counter;
} FLAVOUR;

struct arm_smmu_cmdq___v3 {
	struct arm_smmu_queue___v3 q;
	struct atomic_t___probe lock;
} FLAVOUR;

struct arm_smmu_master___v3 {
	void *smmu;
} FLAVOUR;

struct arm_smmu_attach_state___v3 {
	struct arm_smmu_master___v3 *master;
} FLAVOUR;

#endif
