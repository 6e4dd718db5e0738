// SPDX-License-Identifier: GPL-2.0-or-later
/* From perf's and addr2line's text to named stacks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "parts.h"

/* As perf 6.1 prints it, of a worker called /w. */
static const char script[] =
	"7/7 cpu-clock:\n"
	"\t             af7 __vdso_clock_gettime ([vdso])\n"
	"\t             130 issue (/w)\n"
	"\t             210 unmap__rcu_array__MERGED__x__0 (/w)\n"
	"\t             310 main (/w)\n"
	"\t             400 __libc_start_call_main (/w)\n"
	"\t    841f0f2e66ff [unknown] ([unknown])\n"
	"\n"
	"7/7 cpu-clock:\n"
	"\tffffffff81000010 asm_sysvec_apic_timer_interrupt ([kernel.kallsyms])\n"
	"\t             120 issue (/w)\n"
	"\t             210 unmap__rcu_array__MERGED__x__0 (/w)\n"
	"\t             310 main (/w)\n"
	"\n"
	"7/8 cpu-clock:\n"
	"\n"
	"7/7  PERF_RECORD_LOST lost 12\n"
	"7/7 cpu-clock:\n"
	"\t             500 std::map<int, (anonymous)>::at(int) const (/w)\n"
	"\t             310 main (/w)\n";

/* Of 0x120, and of the call at 0x12f: the segment lies 0x1000 above its place in the file. */
static const char inlined[] =
	"0x0000000000001120\n"
	"poll\n/s/a.h:1\nwait_for\n/s/a.h:2\nissue\n/s/a.c:3 (discriminator 3)\n"
	"0x000000000000112f\n"
	"poll\n/s/a.h:1\nissue\n/s/a.c:3\n"
	"0x000000000000120f\n"
	"another\n/s/a.h:1\nno_such_symbol\n/s/a.c:9\n"
	"0x000000000000130f\n??\n??:0\n";

/* As memcpy() is seen where it has no frame: main is beyond what can be walked. */
static const char alone[] = "7/7 cpu-clock:\n"
			    "\t             610 __memmove_avx (/libc.so.6)\n"
			    "\t          777777 [unknown] ([unknown])\n"
			    "\n"
			    "7/7 cpu-clock:\n"
			    "\t             500 issue (/w)\n"
			    "\t             310 main (/w)\n";

static const struct elf_map map = { .part = { { 0x100, 0x500, 0x1100 } },
				    .nr = 1 };

static FILE *text_file(const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");

	assert_non_null(in);
	return in;
}

static int add(void *arg, const struct perf_sample *s)
{
	assert_int_equal(s->pid, 7);
	return fold_add(arg, s->frames, s->nr, 1);
}

static struct fold *read_text(const char *text, struct perf_counts *counts)
{
	struct fold *fold = fold_new();
	FILE *in = text_file(text);

	assert_int_equal(perf_script_read(in, add, fold, counts), 0);
	fclose(in);
	return fold;
}

static struct fold *read_script(struct perf_counts *counts)
{
	return read_text(script, counts);
}

static struct inlines *read_inlines(void)
{
	FILE *in = text_file(inlined);
	struct inlines *i = inlines_read(in);

	fclose(in);
	assert_non_null(i);
	return i;
}

static void samples_are_counted(void **state)
{
	struct perf_counts counts;

	(void)state;
	fold_free(read_script(&counts));
	assert_int_equal(counts.samples, 3);
	assert_int_equal(counts.empty, 1);
	assert_int_equal(counts.lost, 12);
}

static int refuse(void *arg, const struct perf_sample *s)
{
	(void)s;
	++*(int *)arg;
	return -EIO;
}

static void a_refusal_ends_it(void **state)
{
	struct perf_counts counts;
	FILE *in = text_file(script);
	int seen = 0;

	(void)state;
	assert_int_equal(perf_script_read(in, refuse, &seen, &counts), -EIO);
	assert_int_equal(seen, 1);
	fclose(in);
}

static void stacks_are_named(void **state)
{
	static const char *const roots[] = { "main", NULL };
	struct inlines *inlines = read_inlines();
	struct fold_names names = { .dso = "/w",
				    .map = &map,
				    .inlines = inlines,
				    .roots = roots };
	struct perf_counts counts;
	struct fold *fold = read_script(&counts);
	struct flame *f = flame_new();
	char *text;

	(void)state;
	assert_int_equal(fold_finish(fold, &names, f, FLAME_A), 0);
	text = folded(f, FLAME_A);
	assert_string_equal(
		text,
		"main;std::map<int, (anonymous)>::at(int) const 1\n"
		/* a return address is its call's, an interrupted one its own */
		"main;unmap__rcu_array__MERGED__x__0;issue;poll_[i];__vdso_clock_gettime 1\n"
		"main;unmap__rcu_array__MERGED__x__0;issue;wait_for_[i];poll_[i];asm_sysvec_apic_timer_interrupt_[k] 1\n");
	free(text);
	/* two cells' instances are one frame */
	names.plain = true;
	names.inlines = NULL;
	assert_int_equal(fold_finish(fold, &names, f, FLAME_B), 0);
	assert_int_equal(at(f, "main;unmap")->total[FLAME_B], 2);
	assert_int_equal(at(f, "main;unmap;issue;__vdso_clock_gettime")->self[FLAME_B], 1);
	flame_free(f);
	fold_free(fold);
	inlines_free(inlines);
}

/* Where a stack's callers are missing it isn't put in their place. */
static void stacks_without_a_root(void **state)
{
	static const char *const roots[] = { "main", NULL };
	struct fold_names names = { .dso = "/w", .map = &map, .roots = roots };
	struct perf_counts counts;
	struct fold *fold = read_text(alone, &counts);
	struct flame *f = flame_new();
	char *text;

	(void)state;
	assert_int_equal(fold_finish(fold, &names, f, FLAME_A), 0);
	text = folded(f, FLAME_A);
	assert_string_equal(text, FLAME_NO_CALLER ";__memmove_avx 1\nmain;issue 1\n");
	free(text);
	/* who has no roots has all stacks as they are */
	names.roots = NULL;
	assert_int_equal(fold_finish(fold, &names, f, FLAME_B), 0);
	assert_int_equal(at(f, "__memmove_avx")->self[FLAME_B], 1);
	flame_free(f);
	fold_free(fold);
}

static void addresses_are_asked_once(void **state)
{
	struct perf_counts counts;
	struct fold *fold = read_script(&counts);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(fold_addresses(fold, "/w", &map, out), 0);
	fclose(out);
	assert_string_equal(text, "1120\n112f\n120f\n130f\n13ff\n1500\n");
	free(text);
	fold_free(fold);
}

static void kernel_objects(void **state)
{
	(void)state;
	assert_true(fold_is_kernel("[kernel.kallsyms]"));
	assert_true(fold_is_kernel("[guest.kernel.kallsyms]"));
	assert_true(fold_is_kernel("/lib/modules/6.12/kernel/nvme.ko.xz"));
	assert_true(fold_is_kernel("/m/invbench.ko"));
	assert_false(fold_is_kernel("[vdso]"));
	assert_false(fold_is_kernel("/w"));
}

int run_names(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_are_counted),
		cmocka_unit_test(a_refusal_ends_it),
		cmocka_unit_test(stacks_are_named),
		cmocka_unit_test(stacks_without_a_root),
		cmocka_unit_test(addresses_are_asked_once),
		cmocka_unit_test(kernel_objects),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
