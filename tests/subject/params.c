// SPDX-License-Identifier: GPL-2.0-or-later
/* Axes: set, get, print, near misses, and what doesn't go together. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "parse.h"

static void fallbacks_parse_and_print_as_themselves(void **state)
{
	struct subject_params p, q;
	struct subject_error err;
	char text[1024], value[64];
	unsigned int i;

	(void)state;
	subject_params_init(&p);
	assert_int_equal(subject_params_print(&p, false, text, sizeof(text)),
			 0);
	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *ax = subject_axis(i);

		assert_ptr_equal(subject_axis_by_key(ax->key), ax);
		assert_string_equal(subject_params_get(&p, ax->key, value,
						       sizeof(value)),
				    ax->fallback);
		assert_true(strlen(ax->help) > 0);
	}
	assert_null(subject_axis(i));
	assert_null(subject_axis_by_key("colour"));

	assert_int_equal(subject_params_check(&p, &err), 0);
	subject_params_init(&q);
	assert_memory_equal(&p, &q, sizeof(p));
}

/* Each value of each axis comes back as it went in, alone and through a line. */
static void values_round_trip(void **state)
{
	struct subject_params p, q;
	struct subject_error err;
	char line[1024], value[64];
	unsigned int i, v;

	(void)state;
	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *ax = subject_axis(i);

		for (v = 0;
		     v < (ax->kind == SUBJECT_AXIS_NAME ? ax->nr_names : 2);
		     v++) {
			if (ax->kind == SUBJECT_AXIS_NAME)
				snprintf(value, sizeof(value), "%s",
					 ax->names[v]);
			else
				snprintf(value, sizeof(value), "%llu",
					 (unsigned long long)(v ? ax->max :
								  ax->min));
			subject_params_init(&p);
			assert_int_equal(subject_params_set(&p, ax->key, value,
							    &err),
					 0);
			subject_params_print(&p, true, line, sizeof(line));
			assert_int_equal(parse(&q, line, &err), 0);
			assert_memory_equal(&p, &q, sizeof(p));
			if (ax->kind == SUBJECT_AXIS_NAME)
				assert_string_equal(
					subject_params_get(&q, ax->key, line,
							   sizeof(line)),
					value);
		}
	}
}

static void sizes_take_suffixes(void **state)
{
	struct subject_params p;
	struct subject_error err;
	char value[64];

	(void)state;
	assert_int_equal(parse(&p, "size=2M granule=64k", &err), 0);
	assert_int_equal(p.size, 2 << 20);
	assert_int_equal(p.granule, 64 << 10);
	assert_string_equal(
		subject_params_get(&p, "size", value, sizeof(value)), "2M");
	assert_int_equal(parse(&p, "size=12K", &err), 0);
	assert_string_equal(
		subject_params_get(&p, "size", value, sizeof(value)), "12K");
	assert_int_equal(parse(&p, "size=0", &err), 0);
	assert_string_equal(
		subject_params_get(&p, "size", value, sizeof(value)), "0");
}

static void print_tells_what_it_cut(void **state)
{
	struct subject_params p;
	struct subject_error err;
	char all[1024], cut[8];
	int len;

	(void)state;
	assert_int_equal(parse(&p, "store=rcu-list entries=8", &err), 0);
	len = subject_params_print(&p, false, all, sizeof(all));
	assert_string_equal(all, "store=rcu-list entries=8");
	assert_int_equal(len, strlen(all));
	assert_int_equal(subject_params_print(&p, false, cut, sizeof(cut)),
			 len);
	assert_string_equal(cut, "store=r");
	assert_int_equal(subject_params_print(&p, false, NULL, 0), len);
}

static void bad_words_are_named(void **state)
{
	static const struct {
		const char *set, *says;
	} cases[] = {
		{ "strategy=mergd",
		  "strategy: no 'mergd'; did you mean merged? valid: none, " },
		{ "stor=rcu-array",
		  "axis: no 'stor'; did you mean store? valid: op, store, " },
		{ "store=rcu_array",
		  "did you mean rcu-array? valid: rcu-array, rcu-list, " },
		{ "store=xyzzy",
		  "store: no 'xyzzy'; valid: rcu-array, rcu-list, " },
		{ "entries=65537", "entries: 65537 is not in 0..65536" },
		{ "entries=-1", "entries: '-1' is not a number" },
		{ "entries=1x", "entries: '1x' is not a number" },
		{ "entries=", "entries: '' is not a number" },
		{ "entries=18446744073709551616", "is not a number" },
		{ "entries=99999999999G", "is not a number" },
		{ "depth=6",
		  "depth: 6 is not in 7..18 (a batch of 64 and its CMD_SYNC must fit)" },
		{ "depth=19", "depth: 19 is not in 7..18" },
		{ "granule=5000",
		  "granule: 5000 is not in 4K..1G, powers of two" },
		{ "threads=0", "threads: 0 is not in 1..1024" },
	};
	struct subject_params p;
	struct subject_error err;
	size_t i;

	(void)state;
	for (i = 0; i < ROW(cases); i++) {
		assert_int_equal(parse(&p, cases[i].set, &err), -EINVAL);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].set,
				 err.msg, cases[i].says);
		assert_null(strchr(err.msg, '\n'));
	}
}

static void every_list_of_names_fits_its_line(void **state)
{
	struct subject_params p;
	struct subject_error err;
	unsigned int i, j;

	(void)state;
	subject_params_init(&p);
	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *ax = subject_axis(i);

		if (ax->kind != SUBJECT_AXIS_NAME)
			continue;
		assert_int_equal(subject_params_set(&p, ax->key, "xyzzy", &err),
				 -EINVAL);
		for (j = 0; j < ax->nr_names; j++)
			assert_non_null(strstr(err.msg, ax->names[j]));
	}
}

static void contradictions_name_both_sides(void **state)
{
	static const struct {
		const char *set, *one, *other;
	} cases[] = {
		{ "store=devices-list smmus=2 entries=2", "store=devices-list",
		  "smmus=2" },
		{ "store=devices-list entries=3", "store=devices-list",
		  "entries=3" },
		{ "store=seqcount-array ats=on entries=2",
		  "store=seqcount-array", "ats=on" },
		{ "store=srcu-array", "store=srcu-array", "kernel" },
		{ "store=unsync-array threads=2", "store=unsync-array",
		  "threads=2" },
		{ "store=unsync-list attach_rate=10", "store=unsync-list",
		  "attach_rate=10" },
		{ "strategy=own", "store=rcu-array", "strategy=own" },
		{ "store=seqcount-array strategy=rcu-gp", "strategy=rcu-gp",
		  "store=seqcount-array" },
		{ "entries=2 smmus=3", "entries=2", "smmus=3" },
		{ "entries=0 smmus=2", "entries=0", "smmus=2" },
		{ "entries=0 ats=on", "entries=0", "smmus=1" },
		{ "op=cmdq queue=lockless entries=0", "op=cmdq", "entries=0" },
		{ "store=stock queue=lockless", "store=stock", "kernel" },
		{ "store=stock world=kernel", "store=stock", "queue=none" },
		{ "store=stock world=kernel queue=lockless device=model",
		  "store=stock", "device=model" },
		{ "store=stock world=kernel queue=lockless entries=2",
		  "store=stock", "entries=2" },
		{ "store=stock world=kernel queue=lockless attach_rate=9",
		  "store=stock", "attach_rate=9" },
		{ "store=stock world=kernel op=attach", "store=stock",
		  "op=attach" },
		{ "op=iommu-map-unmap", "store=stock", "kernel" },
		{ "op=iommu-map-unmap world=kernel size=8M",
		  "op=iommu-map-unmap", "4M" },
		{ "op=dma-map-unmap world=kernel size=0", "op=dma-map-unmap",
		  "size=0" },
		{ "op=iommu-attach world=kernel threads=2", "op=iommu-attach",
		  "threads=2" },
		{ "ats=on", "ats=on", "entries=1" },
		{ "size=5000", "size=5000", "granule=4K" },
		{ "size=32K granule=32K", "granule: no 32K", "64K" },
		{ "op=cmdq", "op=cmdq", "queue=none" },
		{ "variant=lean queue=spinlock", "variant=lean",
		  "queue=spinlock" },
		{ "rcu=mb queue=lockless", "rcu=mb", "queue=lockless" },
		{ "queue=lockless device=mmio", "device=mmio", "kernel" },
		{ "op=cmdq queue=lockless device=mmio", "device=mmio", "kernel" },
		{ "op=attach queue=spinlock device=mmio", "device=mmio", "kernel" },
		{ "world=kernel queue=lockless device=mmio variant=lean",
		  "variant=lean", "device=mmio" },
		{ "world=kernel queue=spinlock device=mmio strategy=v9",
		  "strategy=v9", "device=mmio" },
		{ "op=map-unmap queue=lockless strategy=v9", "op=map-unmap",
		  "strategy=v9" },
		{ "op=map-unmap", "op=map-unmap", "queue=none" },
		{ "op=map-unmap queue=lockless store=rcu-list", "op=map-unmap",
		  "store=rcu-list" },
	};
	struct subject_params p;
	struct subject_error err;
	size_t i;

	(void)state;
	for (i = 0; i < ROW(cases); i++) {
		assert_int_equal(parse(&p, cases[i].set, &err), 0);
		if (subject_params_check(&p, &err) != -EINVAL)
			fail_msg("%s: not refused", cases[i].set);
		if (!strstr(err.msg, cases[i].one) ||
		    !strstr(err.msg, cases[i].other))
			fail_msg("%s: \"%s\" lacks \"%s\" or \"%s\"",
				 cases[i].set, err.msg, cases[i].one,
				 cases[i].other);
	}
}

static void what_means_nothing_is_folded(void **state)
{
	static const struct {
		const char *set, *becomes;
	} cases[] = {
		{ "device=model cmd_ns=5 depth=9", "" },
		{ "queue=lockless cmd_ns=5 depth=9", "queue=lockless depth=9" },
		{ "queue=lockless device=model cmd_ns=5",
		  "queue=lockless device=model cmd_ns=5" },
		{ "store=rwlock-list strategy=none rcu=memb",
		  "store=rwlock-list strategy=own" },
		{ "store=rwlock-list strategy=own",
		  "store=rwlock-list strategy=own" },
		{ "store=seqcount-array strategy=none rcu=memb",
		  "store=seqcount-array strategy=none" },
		{ "fence=mb budget=no-map-wmb", "" },
		{ "ptes=0 pte_cache=cold", "ptes=0" },
		{ "op=fence fence=mb store=srcu-array strategy=v9 entries=9 queue=lockless",
		  "op=fence fence=mb" },
		{ "op=floor store=devices-list entries=4096 ptes=8",
		  "op=floor ptes=8" },
		{ "op=build entries=64 ptes=8 size=5", "op=build entries=64" },
		{ "op=cmdq queue=spinlock store=rcu-list",
		  "op=cmdq queue=spinlock" },
		{ "store=stock world=kernel queue=lockless device=mmio depth=9 strategy=v9",
		  "store=stock strategy=own queue=lockless device=mmio world=kernel" },
		{ "op=iommu-map-unmap world=kernel store=rcu-list flush=lazy domains=3 size=8K",
		  "op=iommu-map-unmap store=stock strategy=own size=8K world=kernel" },
		{ "op=dma-map-unmap world=kernel flush=lazy granule=16K",
		  "op=dma-map-unmap store=stock strategy=own flush=lazy world=kernel" },
		{ "op=iommu-attach world=kernel domains=64 size=8K",
		  "op=iommu-attach store=stock strategy=own domains=64 world=kernel" },
		{ "op=attach variant=lean ptes=8 size=2M attach_rate=5",
		  "op=attach" },
		{ "op=map-unmap variant=lean queue=lockless budget=no-queue-wmb",
		  "op=map-unmap queue=lockless budget=no-queue-wmb" },
		{ "device=mmio", "" },
		{ "world=kernel queue=lockless device=mmio cmd_ns=5 strategy=v9",
		  "strategy=v9 queue=lockless device=mmio world=kernel" },
		{ "world=kernel queue=spinlock device=mmio depth=18",
		  "queue=spinlock device=mmio depth=18 world=kernel" },
		{ "world=kernel op=cmdq queue=spinlock device=mmio",
		  "op=cmdq queue=spinlock device=mmio world=kernel" },
		{ "world=kernel op=map-unmap queue=lockless device=mmio budget=no-queue-wmb",
		  "op=map-unmap queue=lockless device=mmio budget=no-queue-wmb world=kernel" },
		{ "world=kernel op=attach queue=spinlock device=mmio",
		  "op=attach queue=spinlock device=mmio world=kernel" },
	};
	struct subject_params p;
	struct subject_error err;
	char line[1024];
	size_t i;

	(void)state;
	for (i = 0; i < ROW(cases); i++) {
		assert_int_equal(parse(&p, cases[i].set, &err), 0);
		if (subject_params_check(&p, &err))
			fail_msg("%s: %s", cases[i].set, err.msg);
		subject_params_print(&p, false, line, sizeof(line));
		assert_string_equal(line, cases[i].becomes);
	}
}

static void long_arrays_are_artificial(void **state)
{
	static const struct {
		const char *set;
		bool artificial;
	} cases[] = {
		{ "entries=1", false },	       { "entries=2", false },
		{ "entries=2 ats=on", false }, { "entries=3", true },
		{ "entries=2 smmus=2", true }, { "op=build entries=64", false },
	};
	struct subject_params p;
	struct subject_error err;
	size_t i;

	(void)state;
	for (i = 0; i < ROW(cases); i++) {
		assert_int_equal(parse(&p, cases[i].set, &err), 0);
		assert_int_equal(subject_params_artificial(&p),
				 cases[i].artificial);
	}
}

static void tables_are_complete(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < subject_nr_strategies(); i++) {
		const struct subject_strategy *s = subject_strategy(i);

		assert_true(*s->name && *s->origin && *s->meaning &&
			    *s->worlds);
		assert_true(*s->pte && *s->reader && *s->publish && *s->entry &&
			    *s->retire && *s->post);
		assert_string_equal(subject_axis_by_key("strategy")->names[i],
				    s->name);
	}
	assert_null(subject_strategy(i));
	for (i = 0; i < subject_nr_stores(); i++) {
		const struct subject_store *s = subject_store(i);

		assert_true(*s->name && *s->help && *s->worlds);
		assert_string_equal(subject_axis_by_key("store")->names[i],
				    s->name);
		assert_int_equal(s->here, !!strstr(s->worlds, "user"));
	}
	assert_null(subject_store(i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fallbacks_parse_and_print_as_themselves),
		cmocka_unit_test(values_round_trip),
		cmocka_unit_test(sizes_take_suffixes),
		cmocka_unit_test(print_tells_what_it_cut),
		cmocka_unit_test(bad_words_are_named),
		cmocka_unit_test(every_list_of_names_fits_its_line),
		cmocka_unit_test(contradictions_name_both_sides),
		cmocka_unit_test(what_means_nothing_is_folded),
		cmocka_unit_test(long_arrays_are_artificial),
		cmocka_unit_test(tables_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
