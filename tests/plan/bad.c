// SPDX-License-Identifier: GPL-2.0-or-later
/* Bad input: one line each, with file:line, the value, and what would do. */
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

struct bad {
	const char *job, *want;
	bool whole; /* the line is that, else begins with it */
};

static void check_line(const char *line)
{
	assert_null(strchr(line, '\n'));
	assert_true(strlen(line) > 10);
}

static void check(const struct bad *b, size_t n)
{
	struct plan_error err;
	size_t i;

	for (i = 0; i < n; i++) {
		struct plan *p = load_text(b[i].job, 2, &err);

		if (p)
			fail_msg("accepted: %s", b[i].job);
		check_line(err.msg);
		if (b[i].whole)
			assert_string_equal(err.msg, b[i].want);
		else if (strncmp(err.msg, b[i].want, strlen(b[i].want)))
			fail_msg("'%s'\nis not: '%s...'", err.msg, b[i].want);
	}
}

#define CHECK(table) check(table, sizeof(table) / sizeof(table[0]))

static void unknown_words(void **state)
{
	static const struct bad bad[] = {
		{ "[a]\nstrategy = mergd\n",
		  "t.job:2: strategy: no 'mergd'; did you mean merged? valid: none, ",
		  false },
		{ "[a]\n\nstrategy = none, zzzzzz\n",
		  "t.job:3: strategy: no 'zzzzzz'; valid: none, ", false },
		{ "[a]\nstore = rcu-arry\n",
		  "t.job:2: store: no 'rcu-arry'; did you mean rcu-array? valid: ",
		  false },
		{ "[a]\nqueue = locked\n",
		  "t.job:2: queue: no 'locked'; did you mean lockless? valid: none, lockless, spinlock",
		  true },
		{ "[a]\nats = yes\n",
		  "t.job:2: ats: no 'yes'; valid: off, on", true },
		{ "[a]\nstratgy = none\n",
		  "t.job:2: unknown key 'stratgy': did you mean 'strategy'?; `invbench list --axes` names the axes",
		  true },
		{ "[a]\nroundz = 100\n",
		  "t.job:2: unknown key 'roundz': did you mean 'rounds'?; `invbench list --axes` names the axes",
		  true },
		{ "[global]\nqqqqqqqqqq = 1\n[a]\n",
		  "t.job:2: unknown key 'qqqqqqqqqq'; `invbench list --axes` names the axes",
		  true },
		{ "[a]\ncompare = stores\n",
		  "t.job:2: compare: 'stores' is no axis; did you mean store? `invbench list --axes` names them",
		  true },
		{ "[a]\nbaseline = mergd\nstrategy = none, merged\n",
		  "t.job:2: [a] baseline: 'mergd' is not among the values of strategy: did you mean 'merged'?",
		  true },
		{ "[a]\ncontrols = same, twins\n",
		  "t.job:2: controls: 'twins'; valid: same, twin, floor, none",
		  true },
		{ "[a]\nfigures = ops\n",
		  "t.job:2: figures: 'ops'; valid: block, or block,op", true },
	};

	(void)state;
	CHECK(bad);
}

static void syntax(void **state)
{
	static const struct bad bad[] = {
		{ "[a]\nptes = 1\nnonsense\n",
		  "t.job:3: not a [section], not 'key = value', not a comment",
		  true },
		{ "[a\nptes = 1\n",
		  "t.job:1: not a [section], not 'key = value', not a comment",
		  true },
		{ "# text\nptes = 1\n[a]\n",
		  "t.job:2: 'ptes' stands before any [section]", true },
		{ "[a]\nptes = 1\n\nptes = 2\n",
		  "t.job:4: 'ptes' is set twice in [a], first in line 2",
		  true },
		{ "[a]\nptes = 1\n  ptes = 2\n",
		  "t.job:3: 'ptes' is set twice in [a], first in line 2",
		  true },
		{ "[a]\nptes =\n", "t.job:2: ptes: an empty value", true },
		{ "[a]\nptes = 1,,2\n", "t.job:2: ptes: an empty value", true },
		{ "[global]\nptes = 1\n",
		  "t.job: no group: a job needs a [section] besides [global]",
		  true },
		{ "", "t.job: no group: a job needs a [section] besides [global]",
		  true },
		{ "[a]\ntitle = \xff\xfe\n",
		  "t.job:2: not text in UTF-8, or cut inside a letter", true },
		{ "[a]\nptes = 1\n[0123456789012345678901234567890123456789012345678x]\n",
		  "t.job:3: a section's name is longer than 49 bytes", true },
		{ "[a]\n[b\xff]\n",
		  "t.job:2: not text in UTF-8, or cut inside a letter", true },
		{ "[a]\ntitle = a\033[2Jb\n",
		  "t.job:2: not text in UTF-8, or cut inside a letter", true },
	};

	(void)state;
	CHECK(bad);
}

static void values(void **state)
{
	static const struct bad bad[] = {
		{ "[a]\nptes = many\n",
		  "t.job:2: ptes: 'many' is not a number (digits, then K, M or G for powers of 1024)",
		  true },
		{ "[a]\nptes = -1\n", "t.job:2: ptes: '-1' is not a number",
		  false },
		{ "[a]\nentries = 65537\n",
		  "t.job:2: entries: 65537 is not in 0..65536", true },
		{ "[a]\nentries = 99999999999999999999999\n",
		  "t.job:2: entries: '99999999999999999999999' is not a number",
		  false },
		{ "[a]\nthreads = 0\n",
		  "t.job:2: threads: 0 is not in 1..1024", true },
		{ "[a]\nthreads = 100000\n",
		  "t.job:2: threads: 100000 is not in 1..1024", true },
		{ "[a]\nop = cmdq\nqueue = lockless\ndepth = 6\n",
		  "t.job:4: depth: 6 is not in 7..18 (a batch of 64 and its CMD_SYNC must fit)",
		  true },
		{ "[a]\nop = cmdq\nqueue = lockless\ndepth = 19\n",
		  "t.job:4: depth: 19 is not in 7..18", true },
		{ "[a]\ngranule = 5000\n",
		  "t.job:2: granule: 5000 is not in 4K..1G, powers of two",
		  true },
		{ "[a]\nptes = 1, 2, 1\n", "t.job:2: ptes: 1 is named twice",
		  true },
		{ "[a]\nstrategy = all, none\n",
		  "t.job:2: strategy: none is named twice", true },
		{ "[a]\nptes = all\n",
		  "t.job:2: ptes: 'all' is for axes with names", true },
		{ "[a]\nthreads = cpus*2\n",
		  "t.job:2: threads: 'cpus*2'; cpus or cpus-1", true },
		{ "[a]\nthreads = cpusx\n",
		  "t.job:2: threads: 'cpusx'; cpus or cpus-1", true },
		{ "[a]\nthreads = cpus-\n",
		  "t.job:2: threads: 'cpus-'; cpus or cpus-1", true },
		{ "[a]\nptes = 4..1\n",
		  "t.job:2: ptes: '4..1' is no range; A..B, A..B*2 or A..B+3",
		  true },
		{ "[a]\nptes = 0..8*2\n",
		  "t.job:2: ptes: '0..8*2' is no range; A..B, A..B*2 or A..B+3",
		  true },
		{ "[a]\nptes = 1..8*1\n",
		  "t.job:2: ptes: '1..8*1' is no range; A..B, A..B*2 or A..B+3",
		  true },
		{ "[a]\nptes = 1..8+0\n",
		  "t.job:2: ptes: '1..8+0' is no range; A..B, A..B*2 or A..B+3",
		  true },
		{ "[a]\nptes = 1..8 9\n",
		  "t.job:2: ptes: '1..8 9' is no range; A..B, A..B*2 or A..B+3",
		  true },
		{ "[a]\nptes = ..\n",
		  "t.job:2: ptes: '..' is no range; A..B, A..B*2 or A..B+3",
		  true },
		{ "[a]\nentries = 65536..65540\n",
		  "t.job:2: entries: 65537 is not in 0..65536", true },
		{ "[a]\nsize = 0..18446744073709551615*3\n",
		  "t.job:2: size: '0..18446744073709551615*3' is no range", false },
		{ "[a]\nsize = 4K..18446744073709551615*16\n",
		  "t.job:2: size: 4503599627370496 is not in 0..262144G", true },
	};

	(void)state;
	CHECK(bad);
}

static void numbers_of_a_group(void **state)
{
	static const struct bad bad[] = {
		{ "[a]\nlaunches = 4\n",
		  "t.job:2: launches: '4' is no whole number from 5 to 1000",
		  true },
		{ "[a]\nlaunches = 0\n",
		  "t.job:2: launches: '0' is no whole number from 5 to 1000",
		  true },
		{ "[a]\nrounds = 0\n",
		  "t.job:2: rounds: '0' is no whole number from 8 to 10000000",
		  true },
		{ "[a]\nrounds = 1e9\n",
		  "t.job:2: rounds: '1e9' is no whole number from 8 to 10000000",
		  true },
		{ "[a]\nwarmup = 1\n",
		  "t.job:2: warmup: '1' is no whole number from 64 to 100000",
		  true },
		{ "[a]\nblock_us = 0\n",
		  "t.job:2: block_us: '0' is no whole number from 5 to 1000000",
		  true },
		{ "[a]\nwindow_us = -3\n",
		  "t.job:2: window_us: '-3' is no whole number from 50 to 10000000",
		  true },
		{ "[a]\nop_samples = 99999999\n",
		  "t.job:2: op_samples: '99999999' is no whole number from 100 to 1000000",
		  true },
		{ "[a]\nop_every = 0\n",
		  "t.job:2: op_every: '0' is no whole number from 1 to 100000",
		  true },
	};

	(void)state;
	CHECK(bad);
}

/* Both sides are named. */
static void contradictions(void **state)
{
	static const struct bad bad[] = {
		{ "[a]\nstore = devices-list\nsmmus = 2\nentries = 2\n",
		  "t.job:1: [a] store=devices-list keeps one SMMU: smmus=2",
		  true },
		{ "[a]\nstore = srcu-array\n",
		  "t.job:1: [a] store=srcu-array exists only in: kernel", true },
		{ "[a]\nsmmus = 4\n",
		  "t.job:1: [a] entries=1 is less than smmus=4: each SMMU has one",
		  true },
		{ "[a]\nats = on\n",
		  "t.job:1: [a] ats=on: entries=1 leaves none beside the ASID of each SMMU",
		  true },
		{ "[a]\nsize = 6K\n",
		  "t.job:1: [a] size=6K is not a multiple of granule=4K", true },
		{ "[a]\ngranule = 8K\nsize = 8K\n",
		  "t.job:1: [a] granule: no 8K; valid: 4K, 16K, 64K, 2M, 32M, 512M, 1G",
		  true },
		{ "[a]\nop = cmdq\n",
		  "t.job:1: [a] op=cmdq needs a queue: queue=none", true },
		{ "[a]\nop = map-unmap\nqueue = lockless\nstore = mutex-list\n",
		  "t.job:1: [a] op=map-unmap is for store=rcu-array rcu=qsbr: store=mutex-list",
		  false },
		/* where the compared axis makes it, its line is named */
		{ "[a]\nsmmus = 2\nentries = 2\ncompare = store\n"
		  "store = rcu-array, devices-list\n",
		  "t.job:5: [a] store=devices-list keeps one SMMU: smmus=2",
		  true },
		{ "[a]\ncompare = strategy\nstrategy = merged, own\n",
		  "t.job:3: [a] store=rcu-array has no ordering of its own: strategy=own",
		  true },
		{ "[a]\ncompare = store\nstore = all\nop = map-unmap\n",
		  "t.job:1: [a] leaves no cell: nothing of it is possible here",
		  true },
	};

	(void)state;
	CHECK(bad);
}

static void sizes_of_a_plan(void **state)
{
	static const struct bad bad[] = {
		{ "[a]\nptes = 0..9999\n",
		  "t.job:2: ptes: more than 4096 values", true },
		{ "[a]\nptes = 1..4000\nentries = 1..100\n",
		  "t.job:1: [a] makes more than 100000 cells of the plan",
		  true },
		/* refused before 4000^8 cells are looked at */
		{ "[a]\nptes = 1..4000\nentries = 1..4000\ncmd_ns = 1..4000\n"
		  "sync_ns = 1..4000\nattach_rate = 1..4000\nstore = all\n",
		  "t.job:1: [a] makes more than 100000 cells of the plan",
		  true },
		{ "[a]\nptes = 1, 2\nentries = 1, 2\ncmd_ns = 1, 2\n"
		  "sync_ns = 1, 2\nattach_rate = 1, 2\nats = off, on\n"
		  "leaf = off, on\nril = off, on\nqueue = none, lockless\n",
		  "t.job:", false },
	};
	struct plan_error err;

	(void)state;
	CHECK(bad);
	assert_null(load_text(bad[3].job, 2, &err));
	assert_non_null(
		strstr(err.msg, "more than 8 axes with several values in [a]"));
}

/* The reader's buffer is what bounds a line; comments have no bound. */
static void long_lines(void **state)
{
	struct plan_error err;
	char job[1400];
	struct plan *p;

	(void)state;
	snprintf(job, sizeof(job), "[a]\n# %0900d\nptes = 1\n", 7);
	p = loaded(job, 2);
	plan_free(p);

	snprintf(job, sizeof(job), "[a]\n# %0900d\nptes = %0300d\n", 7, 1);
	assert_null(load_text(job, 2, &err));
	assert_string_equal(err.msg,
			    "t.job:3: the line is longer than 198 characters, or no text");
	snprintf(job, sizeof(job), "[a]\ntitle = %0300d", 1);
	assert_null(load_text(job, 2, &err));
	assert_string_equal(err.msg,
			    "t.job:2: the line is longer than 198 characters, or no text");
}

static void long_paths_keep_their_name(void **state)
{
	char dir[512], path[600];
	const char *const jobs[] = { path };
	struct plan_error err;
	FILE *f;

	(void)state;
	snprintf(dir, sizeof(dir), "%0200d", 1);
	assert_int_equal(mkdir(dir, 0777), 0);
	snprintf(path, sizeof(path), "%s/last.job", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("[a]\nptes = x\n", f);
	fclose(f);
	assert_null(plan_load(jobs, 1, ".", NULL, 0, 7, PLAN_USER(2), 1, &err));
	assert_non_null(strstr(err.msg, "/last.job:2: ptes: 'x' is not"));
	unlink(path);
	rmdir(dir);
}

#define NO_JOB \
	"; `invbench list --jobs` names them; a file's name ends in .job"

static void jobs_that_are_not_there(void **state)
{
	static const struct {
		const char *name, *want;
	} bad[] = {
		{ "nowhere/x.job",
		  "nowhere/x.job: No such file or directory" },
		{ "x.job", "x.job: No such file or directory" },
		{ "./", "./: Is a directory" },
		{ "defaul",
		  "unknown job 'defaul': did you mean 'default'?" NO_JOB },
		{ "zzzzzzzzzzz",
		  "unknown job 'zzzzzzzzzzz'" NO_JOB },
		{ "a\nb.job",
		  "the name of job 1 is not text in UTF-8, on one line" },
	};
	struct plan_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(plan_load(&bad[i].name, 1, INVBENCH_TOP, NULL, 0, 7,
				      PLAN_USER(2), 1, &err));
		assert_string_equal(err.msg, bad[i].want);
	}
	assert_null(plan_load(NULL, 0, "/nowhere", NULL, 0, 7, PLAN_USER(2), 1, &err));
	check_line(err.msg);
	assert_non_null(strstr(err.msg, "/nowhere"));
}

static void bad_sets(void **state)
{
	static const struct {
		const char *key, *values, *want;
	} bad[] = {
		{ "stratgy", "none",
		  "--set stratgy: unknown key 'stratgy': did you mean 'strategy'?;" },
		{ "strategy", "nono",
		  "--set strategy: strategy: no 'nono'; did you mean none? valid: none, " },
		{ "ptes", "1,", "--set ptes: ptes: an empty value" },
		{ "rounds", "1",
		  "--set rounds: rounds: '1' is no whole number from 8 to 10000000" },
		{ "baseline", "v9",
		  "--set baseline: [a] baseline: 'v9' is not among the values of strategy" },
		{ "store", "devices-list",
		  "t.job:1: [a] store=devices-list keeps one SMMU: smmus=2" },
		{ "title", "two\nlines",
		  "--set: not text in UTF-8, on one line" },
	};
	struct plan_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(load_set("[a]\nsmmus = 2\nentries = 2\n",
				     bad[i].key, bad[i].values, &err));
		check_line(err.msg);
		if (strncmp(err.msg, bad[i].want, strlen(bad[i].want)))
			fail_msg("'%s'\nis not: '%s'", err.msg, bad[i].want);
	}
}

/* Any bytes: refused in one line, or a plan; never a crash. */
static void random_files(void **state)
{
	static const char base[] =
		"# text\n[global]\nlaunches = 5\nrounds = 8\n[a]\n"
		"strategy = none, merged, full\nptes = 1..8*2, cpus\n"
		"baseline = merged\n[b]\ncompare = store\nstore = all\n"
		"threads = 1..cpus\nsize = 4K, 8K\nfigures = block, op\n";
	static const char alphabet[] = "[]=,.;#*+-\n \t\r0189aeKMG\xc3\xff";
	unsigned int seed = 1, i, k, loads = 0;
	struct plan_error err;
	char text[sizeof(base)];

	(void)state;
	for (i = 0; i < 1500; i++) {
		struct plan *p;

		memcpy(text, base, sizeof(base));
		if (i < sizeof(base))
			text[i] = '\0';
		for (k = 0; i >= sizeof(base) && k <= i % 4; k++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % (sizeof(base) - 1)] =
				alphabet[(seed >> 24) % (sizeof(alphabet) - 1)];
		}
		p = load_text(text, 2, &err);
		if (p) {
			loads++;
			assert_true(p->nr_cells > 0);
			plan_free(p);
		} else {
			check_line(err.msg);
			assert_int_equal(strncmp(err.msg, "t.job", 5), 0);
		}
	}
	/* both happen, or nothing was tried */
	assert_true(loads > 50 && loads < 1400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_words),
		cmocka_unit_test(syntax),
		cmocka_unit_test(values),
		cmocka_unit_test(numbers_of_a_group),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(sizes_of_a_plan),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(long_paths_keep_their_name),
		cmocka_unit_test(jobs_that_are_not_there),
		cmocka_unit_test(bad_sets),
		cmocka_unit_test(random_files),
	};

	return cmocka_run_group_tests_name("bad input", tests, enter_folder,
					   leave_folder);
}
