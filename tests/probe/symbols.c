// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of symbols as /proc/kallsyms has them: renamed, doubled and missing functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
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

/* A kernel's BTF: a queue with @fields, and a function with @args. */
static struct btf *make_btf(const char *const *fields, const char *const *args)
{
	struct btf *btf = btf__new_empty();
	int u32 = btf__add_int(btf, "unsigned int", 4, 0), llq, q, proto, i;

	llq = btf__add_struct(btf, "arm_smmu_ll_queue", 16);
	btf__add_field(btf, "", llq + 1, 0, 0);
	btf__add_field(btf, "max_n_shift", u32, 64, 0);
	btf__add_struct(btf, "", 8);
	btf__add_field(btf, "prod", u32, 0, 0);
	btf__add_field(btf, "cons", u32, 32, 0);
	q = btf__add_struct(btf, "arm_smmu_queue", 24);
	btf__add_field(btf, "llq", llq, 64, 0);
	i = btf__add_struct(btf, "arm_smmu_cmdq", 64);
	assert_int_equal(i, q + 1);
	btf__add_field(btf, "q", q, 64, 0);
	for (i = 0; fields[i]; i++)
		btf__add_field(btf, fields[i], q + 2, 320 + 32 * (__u32)i, 0);
	btf__add_struct(btf, "atomic_t", 4);
	btf__add_field(btf, "counter", u32, 0, 0);
	/* the older driver's, then the one that is meant */
	btf__add_struct(btf, "arm_smmu_device", 8);
	btf__add_field(btf, "dev", u32, 0, 0);
	i = btf__add_struct(btf, "arm_smmu_device", 80);
	btf__add_field(btf, "dev", u32, 64, 0);
	btf__add_field(btf, "cmdq", q + 1, 128, 0);
	btf__add_struct(btf, "kobject", 8);
	btf__add_field(btf, "name", u32, 0, 0);
	btf__add_struct(btf, "device", 16);
	btf__add_field(btf, "kobj", i + 1, 0, 0);
	btf__add_field(btf, "init_name", u32, 64, 0);
	proto = btf__add_func_proto(btf, u32);
	for (i = 0; args[i]; i++)
		btf__add_func_param(btf, args[i], u32);
	assert_true(btf__add_func(btf, "arm_smmu_cmdq_issue_cmdlist",
				  BTF_FUNC_GLOBAL, proto) > 0);
	return btf;
}

static void test_fields(void **state)
{
	static const char *const whole[] = { "owner_prod", "lock", NULL };
	static const char *const less[] = { "owner_prod", NULL };
	static const char *const args[] = { "smmu", "cmdq", "cmds", "n", "sync",
					    NULL };
	static const char *const before[] = { "smmu", "cmds", "n", "sync",
					      NULL };
	static const char *const no_n[] = { "smmu", "cmdq", "cmds", "sync",
					    NULL };
	struct btf *btf = make_btf(whole, args);
	struct probe_args at;
	char why[200];

	(void)state;
	assert_int_equal(probe_offset(btf, "arm_smmu_cmdq", NULL, "q.llq.prod"), 16);
	assert_int_equal(probe_offset(btf, "arm_smmu_cmdq", NULL, "q.llq.cons"), 20);
	assert_int_equal(probe_offset(btf, "arm_smmu_cmdq", NULL,
				      "q.llq.max_n_shift"),
			 24);
	assert_int_equal(probe_offset(btf, "arm_smmu_cmdq", NULL, "lock.counter"),
			 44);
	assert_int_equal(probe_offset(btf, "arm_smmu_cmdq", NULL, "q.llq.x"), -1);
	assert_int_equal(probe_offset(btf, "arm_smmu", NULL, "q"), -1);
	assert_int_equal(probe_offset(btf, "arm_smmu_device", NULL, "dev"), 0);
	assert_int_equal(probe_offset(btf, "arm_smmu_device", "cmdq", "dev"),
			 8);
	assert_int_equal(probe_check_fields(btf, PROBE_ISSUE, why, sizeof(why)),
			 0);
	assert_int_equal(probe_check_fields(btf, PROBE_RANGE, why, sizeof(why)),
			 0);
	assert_int_equal(probe_check_fields(btf, PROBE_COMMIT, why,
					    sizeof(why)),
			 -1);
	assert_string_equal(
		why, "struct arm_smmu_attach_state of this kernel has no master");
	assert_int_equal(probe_find_args(btf, "arm_smmu_cmdq_issue_cmdlist",
					 &at, why, sizeof(why)),
			 0);
	assert_int_equal(at.cmdq, 1);
	assert_int_equal(at.sync, 4);
	assert_int_equal(probe_find_args(btf, "f", &at, why, sizeof(why)), -1);
	btf__free(btf);

	btf = make_btf(less, before);
	assert_int_equal(probe_check_fields(btf, PROBE_ISSUE, why, sizeof(why)),
			 -1);
	assert_string_equal(
		why, "struct arm_smmu_cmdq of this kernel has no lock.counter");
	assert_int_equal(probe_find_args(btf, "arm_smmu_cmdq_issue_cmdlist",
					 &at, why, sizeof(why)),
			 0);
	assert_int_equal(at.cmdq, -1);
	assert_int_equal(at.cmds, 1);
	btf__free(btf);

	btf = make_btf(whole, no_n);
	assert_int_equal(probe_find_args(btf, "arm_smmu_cmdq_issue_cmdlist",
					 &at, why, sizeof(why)),
			 -1);
	assert_string_equal(
		why,
		"arm_smmu_cmdq_issue_cmdlist() of this kernel has no argument 'n'");
	btf__free(btf);
}

static void test_cpus(void **state)
{
	static const struct {
		const char *text;
		unsigned int cpus;
	} lists[] = { { "0-1\n", 2 },	  { "0\n", 1 },	{ "0-3,8-11\n", 12 },
		      { "0,2,5\n", 6 }, { "\n", 0 }, { "many\n", 0 } };
	char path[] = "cpus.XXXXXX";
	int fd = mkstemp(path);
	size_t i;

	(void)state;
	assert_true(fd >= 0);
	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		size_t len = strlen(lists[i].text);

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, lists[i].text, len, 0), len);
		assert_int_equal(probe_cpus(path), lists[i].cpus);
	}
	close(fd);
	unlink(path);
	assert_int_equal(probe_cpus(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
