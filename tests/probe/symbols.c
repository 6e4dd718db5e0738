// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of symbols as /proc/kallsyms has them: renamed, doubled and missing functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "probe.h"

static const char list[] =
	"ffffffc008000000 T arm_smmu_cmdq_issue_cmdlist\n"
	"ffffffc008000010 t arm_smmu_domain_inv_range.isra.0\n"
	"ffffffc008000018 t arm_smmu_domain_inv_range.isra.0.cold\n"
	"ffffffc008000020 t arm_smmu_attach_dev\n"
	"ffffffc008000030 t arm_smmu_attach_dev\n"
	"ffffffc008000040 d arm_smmu_attach_commit\n"
	"ffffffc008000050 t arm_smmu_attach_prepare_invs\n"
	"ffffffc008000060 t arm_smmu_cmdq_init\t[invbench]\n";

static void test_symbols(void **state)
{
	char path[] = "symbols.XXXXXX", found[64];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, list, sizeof(list) - 1), sizeof(list) - 1);
	close(fd);
	assert_int_equal(probe_symbol_in(path, "arm_smmu_cmdq_issue_cmdlist",
					 found, sizeof(found)),
			 1);
	assert_string_equal(found, "");
	assert_int_equal(probe_symbol_in(path, "arm_smmu_domain_inv_range",
					 found, sizeof(found)),
			 0);
	assert_string_equal(found, "arm_smmu_domain_inv_range.isra.0");
	assert_int_equal(probe_symbol_in(path, "arm_smmu_attach_dev", found,
					 sizeof(found)),
			 2);
	/* data, and a longer name */
	assert_int_equal(probe_symbol_in(path, "arm_smmu_attach_commit", found,
					 sizeof(found)),
			 0);
	assert_string_equal(found, "");
	assert_int_equal(probe_symbol_in(path, "arm_smmu_attach_prepare", found,
					 sizeof(found)),
			 0);
	assert_string_equal(found, "");
	assert_int_equal(probe_symbol_in(path, "arm_smmu_cmdq_init", found,
					 sizeof(found)),
			 1);
	unlink(path);
	assert_int_equal(probe_symbol_in(path, "x", found, sizeof(found)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
