// SPDX-License-Identifier: GPL-2.0-or-later
/* Cells come to life, run, count and leave nothing behind. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <compat/test_hooks.h>

#include "parse.h"

/* What a cell of queue=none sent for one unmap. */
static uint64_t commands_of_one(const char *text)
{
	struct subject_params p;
	struct subject_error err;
	struct subject_counters before, after;
	struct subject *s;

	if (parse(&p, text, &err))
		fail_msg("%s: %s", text, err.msg);
	s = subject_create(&p, &err);
	if (!s)
		fail_msg("%s: %s", text, err.msg);
	subject_thread_enter(subject_thread(s, 0));
	subject_counters(s, &before);
	subject_block(s)(subject_thread(s, 0), 1);
	subject_counters(s, &after);
	subject_thread_leave(subject_thread(s, 0));
	assert_int_equal(after.errors, 0);
	assert_int_equal(after.timeouts, 0);
	subject_drain(s);
	subject_destroy(s);
	return after.commands - before.commands;
}

/* Compositions as subject.h has them, each with its syncs. */
static void compositions_are_as_promised(void **state)
{
	static const struct {
		const char *cell;
		uint64_t commands;
	} cases[] = {
		{ "entries=1", 1 + 1 },
		{ "entries=2", 1 + 1 + 1 + 1 }, /* IPA, sync, NH_ALL, sync */
		{ "entries=2 ats=on",
		  1 + 1 + 1 + 1 }, /* VA, sync, ATC_INV, sync */
		{ "entries=5 ats=on", 1 + 1 + 4 + 1 },
		{ "entries=3", 3 + 1 },
		{ "entries=64", 64 + 1 },
		{ "entries=4096", 4096 + 1 },
		{ "entries=2 smmus=2", 2 * (1 + 1) },
		{ "entries=8 smmus=2", 2 * (4 + 1) },
		{ "entries=5 smmus=2 ats=on",
		  (1 + 1 + 2 + 1) + (1 + 1 + 1 + 1) },
		{ "entries=3 smmus=2 ats=on", (1 + 1 + 1 + 1) + (1 + 1) },
		{ "size=16K", 4 + 1 },
		{ "size=2M", 1 + 1 },
		{ "size=16K ril=on", 1 + 1 },
		{ "size=0", 1 + 1 },
		{ "store=devices-list entries=2", 1 + 1 + 1 + 1 },
		{ "store=devices-list entries=5 ats=on", 1 + 1 + 4 + 1 },
		{ "store=cache-tags entries=5 smmus=2 ats=on", 9 },
		{ "store=seqcount-array entries=100", 100 + 1 },
		{ "store=unsync-list entries=64 variant=lean", 64 + 1 },
		{ "op=build entries=64", 64 },
		{ "op=floor ptes=64", 0 },
		{ "op=fence", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ROW(cases); i++)
		if (commands_of_one(cases[i].cell) != cases[i].commands)
			fail_msg("%s: not %llu commands", cases[i].cell,
				 (unsigned long long)cases[i].commands);
}

/* Each value of each axis, with what it needs beside it. */
static void every_axis_runs(void **state)
{
	static const char *const base[] = {
		"",
		"queue=lockless",
		"queue=lockless device=model strategy=none",
		"queue=spinlock device=model",
		"op=cmdq queue=lockless",
		"op=attach",
		"op=attach queue=lockless",
		"op=map-unmap queue=lockless",
		"op=fence",
		"op=attach strategy=rcu-gp ats=on entries=2",
		"attach_rate=5",
	};
	unsigned int a, b, v, ran = 0;

	(void)state;
	for (b = 0; b < ROW(base); b++) {
		for (a = 0; a < subject_nr_axes(); a++) {
			const struct subject_axis *ax = subject_axis(a);

			if (ax->kind != SUBJECT_AXIS_NAME ||
			    !strcmp(ax->key, "op"))
				continue;
			for (v = 0; v < ax->nr_names; v++) {
				struct subject_params p;
				struct subject_error err;
				struct subject_counters c;
				struct subject *s;

				assert_int_equal(parse(&p, base[b], &err), 0);
				assert_int_equal(
					subject_params_set(&p, ax->key,
							   ax->names[v], &err),
					0);
				if (subject_params_check(&p, &err))
					continue;
				s = subject_create(&p, &err);
				if (p.world != SUBJECT_WORLD_USER) {
					assert_null(s);
					assert_string_equal(
						err.msg,
						"world=kernel isn't here");
					continue;
				}
				if (!s)
					fail_msg("%s %s=%s: %s", base[b],
						 ax->key, ax->names[v],
						 err.msg);
				subject_thread_enter(subject_thread(s, 0));
				subject_block(s)(subject_thread(s, 0), 100);
				subject_thread_leave(subject_thread(s, 0));
				subject_attach_once(s);
				subject_counters(s, &c);
				assert_int_equal(c.errors + c.timeouts, 0);
				if (!strncmp(base[b], "op=attach", 9))
					assert_int_equal(c.attaches, 100);
				if (p.attach_rate)
					assert_int_equal(c.attaches, 1);
				subject_destroy(s);
				ran++;
			}
		}
	}
	assert_true(ran > 150);
	assert_int_equal(compat_alloc_live(), 0);
}

struct caller {
	struct subject *s;
	unsigned int thread;
	int *stop;
};

static void *call(void *arg)
{
	struct caller *c = arg;
	struct subject_thread *t = subject_thread(c->s, c->thread);
	subject_block_fn block = subject_block(c->s);

	subject_thread_enter(t);
	while (!__atomic_load_n(c->stop, __ATOMIC_RELAXED))
		block(t, 1000);
	subject_thread_leave(t);
	return NULL;
}

/* Callers beside attaches, in each flavour, none of them online when all is over. */
static void callers_beside_attaches(void **state)
{
	static const char *const cells[] = {
		"rcu=qsbr",
		"rcu=memb",
		"rcu=mb",
		"strategy=rcu-gp",
		"strategy=asymmetric",
		"strategy=recheck entries=3 ats=on",
		"store=rcu-list entries=4",
		"store=mutex-list",
		"store=seqcount-array entries=20",
		"queue=lockless device=model",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ROW(cells); i++) {
		struct caller callers[2];
		pthread_t threads[2];
		struct subject_params p;
		struct subject_error err;
		struct subject_counters c;
		struct subject *s;
		int stop = 0, j;

		assert_int_equal(parse(&p, cells[i], &err), 0);
		p.threads = 2;
		p.attach_rate = 1000;
		s = subject_create(&p, &err);
		if (!s)
			fail_msg("%s: %s", cells[i], err.msg);
		for (j = 0; j < 2; j++) {
			callers[j] = (struct caller){ s, j, &stop };
			assert_int_equal(pthread_create(&threads[j], NULL, call,
							&callers[j]),
					 0);
		}
		for (j = 0; j < 50; j++)
			subject_attach_once(s);
		__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
		for (j = 0; j < 2; j++)
			pthread_join(threads[j], NULL);
		subject_counters(s, &c);
		assert_int_equal(c.attaches, 50);
		assert_int_equal(c.errors + c.timeouts, 0);
		subject_destroy(s);
	}
	assert_int_equal(compat_alloc_live(), 0);
}

/* Each allocation fails in turn: one line, and nothing is left. */
static void no_memory_leaves_nothing(void **state)
{
	static const char *const cells[] = {
		"entries=5 smmus=2 ats=on",
		"store=rcu-list entries=9",
		"op=attach threads=2",
		"store=seqcount-array entries=40",
		"store=devices-list entries=3 ats=on",
		"queue=lockless device=model",
		"op=cmdq queue=spinlock",
		"ptes=8",
		"store=spinlock-array entries=4",
		"store=mutex-list",
		"attach_rate=3",
	};
	unsigned int failed = 0;
	size_t i;
	long n;

	(void)state;
	for (i = 0; i < ROW(cells); i++) {
		for (n = 1;; n++) {
			struct subject_params p;
			struct subject_error err;
			struct subject *s;

			assert_int_equal(parse(&p, cells[i], &err), 0);
			compat_fail_alloc_nth(n);
			s = subject_create(&p, &err);
			if (s) {
				/* Optional allocations may fail unseen; then look on. */
				long left = compat_fail_alloc_left();

				compat_fail_alloc_nth(0);
				subject_destroy(s);
				assert_int_equal(compat_alloc_live(), 0);
				if (left > 0)
					break;
				continue;
			}
			compat_fail_alloc_nth(0);
			assert_non_null(strstr(err.msg, "not enough memory"));
			assert_int_equal(compat_alloc_live(), 0);
			failed++;
		}
	}
	assert_true(failed > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compositions_are_as_promised),
		cmocka_unit_test(every_axis_runs),
		cmocka_unit_test(callers_beside_attaches),
		cmocka_unit_test(no_memory_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
