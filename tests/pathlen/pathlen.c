// SPDX-License-Identifier: GPL-2.0-or-later
/* What a list may say, and that a figure that has moved is found. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pathlen.h"

#define MAX_ROWS 4

/* A file with @text; its name is good until the next one. */
static const char *file_of(const char *text)
{
	static char path[32];
	int fd;

	strcpy(path, "pathlen.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

static const struct {
	const char *text;
	unsigned int line;
	const char *words[3];
} bad_lists[] = {
	{ "a", 1, { "'a'", "NAME = [ROW PERCENT%] KEY=VALUE" } },
	{ "# no row\n\n", 3, { "no row" } },
	{ "a =\n", 1, { "'a'", "no cell" } },
	{ "\na b = op=build\n", 2, { "'a b'", "letters" } },
	{ "= op=build\n", 1, { "1 to 31 characters" } },
	{ "a23456789012345678901234567890123 = op=build\n",
	  1,
	  { "1 to 31 characters" } },
	{ "a = op=build\na = op=build\n", 2, { "'a'", "one already" } },
	{ "a = op=buildd\n", 1, { "buildd", "build", "unmap" } },
	{ "a = opp=cmdq\n", 1, { "opp", "store" } },
	{ "a = op=build op=build\n", 1, { "op", "twice" } },
	{ "a = op=build entries=two\n", 1, { "two", "entries" } },
	{ "a = op=build b\n", 1, { "'b'", "key=value" } },
	{ "a = b 10% op=build\n", 1, { "'b'", "row above" } },
	{ "b = op=build\na = b op=build\n", 2, { "op=build", "1%", "1000%" } },
	{ "b = op=build\na = b 0% op=build\n", 2, { "'0%'", "1%" } },
	{ "b = op=build\na = b 1001% op=build\n", 2, { "'1001%'", "1000%" } },
	{ "b = op=build\na = b 10 op=build\n", 2, { "'10'", "1%" } },
	{ "b = op=build\na = b\n", 2, { "''", "1%" } },
	{ "a = store=seqcount-array entries=2 ats=on\n",
	  1,
	  { "seqcount-array", "ats" } },
};

static void refuses_lists(void **state)
{
	struct subject_error err;
	struct pathlen_list l;
	char where[64];
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(bad_lists) / sizeof(bad_lists[0]); i++) {
		const char *path = file_of(bad_lists[i].text);

		assert_int_equal(pathlen_list_read(path, &l, &err), -EINVAL);
		unlink(path);
		snprintf(where, sizeof(where), "%s:%u: ", path,
			 bad_lists[i].line);
		if (strncmp(err.msg, where, strlen(where)))
			fail_msg("'%s' isn't of %s", err.msg, where);
		for (j = 0; j < 3 && bad_lists[i].words[j]; j++)
			if (!strstr(err.msg, bad_lists[i].words[j]))
				fail_msg("'%s' has no '%s'", err.msg,
					 bad_lists[i].words[j]);
		assert_null(strchr(err.msg, '\n'));
	}
	assert_int_equal(pathlen_list_read("there/is/none", &l, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "there/is/none"));
}

/* Of the project: it reads, and what is to be held against the stock driver is. */
static void reads_its_own(void **state)
{
	static const char *const ours[] = { "ours/empty", "ours/1", "ours/2" };
	struct subject_error err;
	struct pathlen_list l;
	size_t i;

	(void)state;
	if (pathlen_list_read(TOP "/bench/pathlen/pathlen.list", &l, &err))
		fail_msg("%s", err.msg);
	for (i = 0; i < 3; i++) {
		int row = pathlen_list_find(&l, ours[i]);

		assert_true(row >= 0);
		assert_true(l.rows[row].held >= 0);
		assert_memory_equal(l.rows[l.rows[row].held].name, "stock/", 6);
		assert_true(l.rows[row].percent <= 10);
	}
	pathlen_list_free(&l);
}

static void reads_rows(void **state)
{
	static const char text[] = "a\t= op=build entries=4 # comment\n"
				   "*b/2 = a 25% op=build entries=64\n";
	const char *path = file_of(text);
	struct subject_error err;
	struct pathlen_list l;

	(void)state;
	assert_int_equal(pathlen_list_read(path, &l, &err), 0);
	unlink(path);
	assert_int_equal(l.nr, 2);
	assert_string_equal(l.rows[0].name, "a");
	assert_int_equal(l.rows[0].held, -1);
	assert_false(l.rows[0].few);
	assert_string_equal(l.rows[1].name, "b/2");
	assert_int_equal(l.rows[1].held, 0);
	assert_int_equal(l.rows[1].percent, 25);
	assert_true(l.rows[1].few);
	assert_int_equal(l.rows[1].params.entries, 64);
	assert_int_equal(l.rows[1].params.world, SUBJECT_WORLD_KERNEL);
	pathlen_list_free(&l);
}

static void counts(void **state)
{
	struct pathlen_blocks b;

	(void)state;
	pathlen_blocks_init(&b, 64, 256);
	assert_true(pathlen_blocks_figure(&b) < 0);
	pathlen_blocks_add(&b, 64, 700);
	assert_true(pathlen_blocks_figure(&b) < 0);
	/* those with an interrupt in them are the longer ones */
	pathlen_blocks_add(&b, 320, 99999);
	pathlen_blocks_add(&b, 320, 700 + 128 * 25);
	pathlen_blocks_add(&b, 320, 99998);
	pathlen_blocks_add(&b, 64, 701);
	assert_true(pathlen_blocks_figure(&b) == 12.5);
}

/* ---- judging ----------------------------------------------------------- */

static const struct pathlen_place here = { "7.3.4", "GCC: 14", "QEMU 7" };

/* Three rows: "stock" 200, "ours" 190 within 10 % of it, "other" 50.25. */
static struct pathlen_list list;
static struct pathlen_figure figures[MAX_ROWS];
static char said[1024];

static int begin(void **state)
{
	static const char text[] = "stock = op=build\n"
				   "ours = stock 10% op=build\n"
				   "other = op=build\n";
	const char *path = file_of(text);
	struct subject_error err;
	size_t i;

	(void)state;
	assert_int_equal(pathlen_list_read(path, &list, &err), 0);
	unlink(path);
	memset(figures, 0, sizeof(figures));
	for (i = 0; i < 3; i++) {
		figures[i].wanted = true;
		figures[i].known = true;
	}
	figures[0].value = 200;
	figures[1].value = 190;
	figures[2].value = 50.25;
	return 0;
}

static int end(void **state)
{
	(void)state;
	pathlen_list_free(&list);
	return 0;
}

static void say(void *arg, const char *line)
{
	size_t len = strlen(said);

	(void)arg;
	snprintf(said + len, sizeof(said) - len, "%s\n", line);
}

static unsigned int judge(const struct pathlen_reference *r, bool whole)
{
	*said = '\0';
	return pathlen_judge(&list, figures, r, whole, say, NULL);
}

/* What --update writes, and reads again. */
static void recorded(struct pathlen_reference *r)
{
	const char *path = file_of("");
	struct subject_error err;

	assert_int_equal(
		pathlen_reference_write(path, &here, &list, figures, &err), 0);
	if (pathlen_reference_read(path, r, &err))
		fail_msg("%s", err.msg);
	unlink(path);
}

static void finds_what_moved(void **state)
{
	struct pathlen_reference r;

	(void)state;
	recorded(&r);
	assert_int_equal(r.nr, 3);
	assert_string_equal(r.place.compiler, here.compiler);
	assert_int_equal(judge(&r, true), 0);
	assert_string_equal(said, "");
	/* planted: one instruction in 64 operations */
	r.rows[2].value += 1.0 / 64;
	assert_int_equal(judge(&r, true), 1);
	assert_string_equal(said, "other: was 50.266, is 50.250\n");
	pathlen_reference_free(&r);
}

static void finds_rows_that_come_and_go(void **state)
{
	struct pathlen_reference r;

	(void)state;
	recorded(&r);
	strcpy(r.rows[2].name, "others");
	assert_int_equal(judge(&r, true), 2);
	assert_string_equal(said,
			    "other: was not in the reference, is 50.250\n"
			    "others: in the reference, and no row any more\n");
	/* of some rows nothing is said about the rest */
	figures[2].wanted = false;
	assert_int_equal(judge(&r, false), 0);
	pathlen_reference_free(&r);
}

static void finds_cells_that_are_gone(void **state)
{
	struct pathlen_reference r;

	(void)state;
	recorded(&r);
	figures[0].known = false;
	strcpy(figures[0].why, "no such function");
	assert_int_equal(judge(&r, true), 1);
	assert_string_equal(said,
			    "stock: was 200.000, is -: no such function\n");
	pathlen_reference_free(&r);
	/* nor is it nothing where there is none */
	assert_int_equal(judge(NULL, true), 1);
	assert_string_equal(said, "stock: not counted: no such function\n");
	/* which a reference may say, too */
	recorded(&r);
	assert_int_equal(judge(&r, true), 0);
	pathlen_reference_free(&r);
}

static void finds_what_is_too_far(void **state)
{
	(void)state;
	assert_int_equal(judge(NULL, true), 0);
	figures[1].value = 180;
	assert_int_equal(judge(NULL, true), 0);
	figures[1].value = 179;
	assert_int_equal(judge(NULL, true), 1);
	assert_string_equal(
		said,
		"ours: 179.00, -10.5 % from stock's 200.00: the limit is 10 %\n");
	figures[1].value = 220.5;
	assert_int_equal(judge(NULL, true), 1);
}

static void compares_like_with_like(void **state)
{
	struct pathlen_place other = here;
	struct subject_error err;

	(void)state;
	strcpy(other.qemu, "QEMU 11");
	assert_true(pathlen_same_place(&here, &other, &err));
	strcpy(other.compiler, "GCC: 15");
	assert_false(pathlen_same_place(&here, &other, &err));
	assert_non_null(strstr(err.msg, "GCC: 15"));
	other = here;
	strcpy(other.kernel, "7.3.5");
	assert_false(pathlen_same_place(&here, &other, &err));
	assert_non_null(strstr(err.msg, "7.3.5"));
}

static const struct {
	const char *text;
	unsigned int line;
	const char *word;
} bad_references[] = {
	{ "", 0, "kernel" },
	{ "kernel = a\nqemu = b\n", 2, "compiler" },
	{ "row\n", 1, "NAME INSTRUCTIONS" },
	{ "row 1\nrow 2\n", 2, "twice" },
	{ "row 1x\n", 1, "not a number" },
	{ "row -1\n", 1, "not a number" },
	{ "row nan\n", 1, "not a number" },
};

static void refuses_references(void **state)
{
	struct pathlen_reference r;
	struct subject_error err;
	char where[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_references) / sizeof(bad_references[0]);
	     i++) {
		const char *path = file_of(bad_references[i].text);

		assert_int_equal(pathlen_reference_read(path, &r, &err),
				 -EINVAL);
		unlink(path);
		snprintf(where, sizeof(where), "%s:%u: ", path,
			 bad_references[i].line);
		assert_memory_equal(err.msg, where, strlen(where));
		assert_non_null(strstr(err.msg, bad_references[i].word));
	}
	assert_int_equal(pathlen_reference_read("there/is/none", &r, &err),
			 -ENOENT);
}

#define JUDGES(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_lists),
		cmocka_unit_test(reads_its_own),
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(counts),
		JUDGES(finds_what_moved),
		JUDGES(finds_rows_that_come_and_go),
		JUDGES(finds_cells_that_are_gone),
		JUDGES(finds_what_is_too_far),
		cmocka_unit_test(compares_like_with_like),
		cmocka_unit_test(refuses_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
