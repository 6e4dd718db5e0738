// SPDX-License-Identifier: GPL-2.0-or-later
/* The worker's language: each request, and each line that is none. */
#include "common.h"
#include "serve.h"

/* What the worker answers to all of @requests. */
static char *answers(const char *requests, size_t len)
{
	FILE *in = fmemopen((void *)requests, len, "r"), *out;
	char *text = NULL;
	size_t size = 0;

	out = open_memstream(&text, &size);
	assert_non_null(in);
	assert_non_null(out);
	assert_int_equal(serve(in, out), 0);
	assert_int_equal(fclose(out), 0);
	fclose(in);
	return text;
}

/* The answer to the last of them. */
static char *last(const char *requests)
{
	char *text = answers(requests, strlen(requests)), *copy, *at;
	size_t len = strlen(text);

	assert_true(len > 0 && text[len - 1] == '\n');
	text[len - 1] = '\0';
	at = strrchr(text, '\n');
	copy = strdup(at ? at + 1 : text);
	free(text);
	return copy;
}

static void check(const char *requests, const char *want)
{
	char *got = last(requests);

	if (strncmp(got, want, strlen(want)))
		fail_msg("%s\nsaid '%s', not '%s'", requests, got, want);
	free(got);
}

#define GROUP "group 2\n"
#define CELL  GROUP "cell 0 strategy=merged\n"

static void every_request_has_its_answer(void **state)
{
	(void)state;
	check("group 1\n", "ok");
	check("group 1 0\n", "ok");
	check(CELL, "ok");
	check(CELL "cell 1 strategy=none threads=2\n", "ok");
	check(CELL "alias 1 0\n", "ok");
	check(CELL "calibrate 0 1000\n", "ns ");
	check(GROUP "window 1000\n", "ok");
	check("canary 16\n", "ok");
	check("timer\n", "timer ");
	check(CELL "counters 0\n", "counters 0 0 0 0 0 0");
	check(GROUP "go\n", "ok");
	check(CELL "end\n", "ok");
	check(CELL "end\n" CELL, "ok");
	check("end\n", "ok");
	/* a line without its end is one all the same */
	check("timer", "timer ");
}

static void blocks_and_samples_come_back(void **state)
{
	static const char requests[] =
		CELL "cell 1 strategy=none threads=2\nwindow 50000\ncanary 1\n"
		     "step 7 0 0 B 100\nstep 7 1 1 B 1\nstep 8 0 0 O 5 3\n"
		     "go\nquit\ntimer\n";
	char *text = answers(requests, strlen(requests)), *rest = text, *at;
	unsigned long v[8];
	char tail[256];
	int n;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_string_equal(strsep(&rest, "\n"), "ok");
	at = strsep(&rest, "\n");
	/* round, place, cell, operations, then what was measured */
	n = sscanf(at, "B 7 0 0 100 %lu %lu %lu%s", &v[0], &v[1], &v[2], tail);
	assert_int_equal(n, 3);
	assert_true(v[0] > 0);
	assert_int_equal(v[1], 0);
	at = strsep(&rest, "\n");
	n = sscanf(at, "B 7 1 1 %lu 50000 0 %lu %lu:%lu:%lu %lu:%lu:%lu%s",
		   &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7],
		   tail);
	assert_int_equal(n, 8);
	assert_int_equal(v[0], v[2] + v[5]);
	assert_true(v[2] > 0 && v[5] > 0);
	assert_true(v[4] > v[3] && v[7] > v[6]);
	at = strsep(&rest, "\n");
	n = sscanf(at, "O 8 0 0 %lu %lu %lu %lu %lu %lu%s", &v[0], &v[1], &v[2],
		   &v[3], &v[4], &v[5], tail);
	assert_int_equal(n, 6);
	assert_int_equal(strncmp(strsep(&rest, "\n"), "K 7 ", 4), 0);
	assert_int_equal(strncmp(strsep(&rest, "\n"), "K 8 ", 4), 0);
	assert_string_equal(strsep(&rest, "\n"), "ok");
	/* and after quit nothing */
	assert_string_equal(rest, "");
	free(text);
}

static void what_is_no_request(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "\n", "error unknown request ''" },
		{ "gruop 1\n", "error unknown request 'gruop'" },
		{ "GROUP 1\n", "error unknown request 'GROUP'" },
		{ "group\n", "error a number is missing" },
		{ "group x\n", "error a number is missing" },
		{ "group -1\n", "error a number is missing" },
		{ "group 0\n", "error threads must be at least 1" },
		{ "group 1x\n", "error '1x' is not a number" },
		{ "group 99999999\n", "error 99999999 is above 65536" },
		{ "group 99999999999999999999\n",
		  "error '99999999999999999999' is not a number" },
		{ "group 1 x\n", "error a number is missing" },
		{ "group 1 70000\n", "error can't pin to CPU 70000" },
		{ "group 1 4294967296\n",
		  "error 4294967296 is above 2147483647" },
		{ GROUP "group 1\n", "error a group is there already" },
		{ "cell 0\n", "error no group" },
		{ "alias 1 0\n", "error no group" },
		{ "calibrate 0 1\n", "error no group" },
		{ "window 1\n", "error no group" },
		{ "step 0 0 0 B 1\n", "error no group" },
		{ "go\n", "error no group" },
		{ "counters 0\n", "error no group" },
		{ GROUP "cell\n", "error a number is missing" },
		{ GROUP "cell 0 op\n", "error 'op' is not key=value" },
		{ GROUP "cell 0 colour=red\n", "error axis: no 'colour'" },
		{ GROUP "cell 0 strategy=mergd\n",
		  "error strategy: no 'mergd'; did you mean merged?" },
		{ GROUP "cell 0 smmus=2\n",
		  "error entries=1 is less than smmus=2" },
		{ GROUP "cell 0 threads=3\n",
		  "error cell 0 wants 3 threads, the group has 2" },
		{ GROUP "cell 1048576\n",
		  "error cell number 1048576 is too large" },
		{ GROUP "cell 4294967296\n",
		  "error 4294967296 is above 4294967295" },
		{ CELL "cell 0\n", "error cell 0 is there already" },
		{ CELL "alias 0 0\n", "error cell 0 is there already" },
		{ CELL "alias 1 5\n", "error no cell 5" },
		{ CELL "alias 1\n", "error a number is missing" },
		{ CELL "calibrate 5 100\n", "error no cell 5" },
		{ CELL "calibrate 0\n", "error a number is missing" },
		{ CELL "calibrate 0 999999999999\n",
		  "error 999999999999 is above 100000000000" },
		{ GROUP "window\n", "error a number is missing" },
		{ GROUP "window 999999999999\n",
		  "error 999999999999 is above 100000000000" },
		{ "canary\n", "error a number is missing" },
		{ CELL "step 0 0 0 X 1\n", "error a step is B or O" },
		{ CELL "step 0 0 0\n", "error a step is B or O" },
		{ CELL "step 0 0 B 1\n", "error a number is missing" },
		{ CELL "step 0 0 0 B\n", "error a number is missing" },
		{ CELL "step 0 0 0 O 5\n", "error a number is missing" },
		{ CELL "step 0 0 0 O 5000000000 1\n",
		  "error 5000000000 is above 1000000" },
		{ CELL "step 0 0 9 B 1\ngo\n", "error no cell 9" },
		{ CELL "step 0 0 0 B 0\ngo\n",
		  "error cell 0: a block of no operations" },
		{ CELL "counters 1\n", "error no cell 1" },
		{ CELL "counters x\n", "error a number is missing" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(bad[i].text, bad[i].want);
}

static void an_error_ends_nothing(void **state)
{
	(void)state;
	check(CELL "nonsense\nstep 0 0 9 B 1\ngo\nstep 0 0 0 B 10\ngo\n", "ok");
	check("group 1 70000\n" CELL, "ok");
	check(GROUP "cell 0 smmus=2\ncell 0 strategy=none\n", "ok");
}

/* What was measured before an error is not lost. */
static void samples_before_an_error_are_kept(void **state)
{
	static const char requests[] =
		CELL "step 0 0 0 B 10\nstep 0 1 5 B 10\ngo\n";
	char *text = answers(requests, strlen(requests));

	(void)state;
	assert_non_null(strstr(text, "\nB 0 0 0 10 "));
	assert_non_null(strstr(text, "\nerror no cell 5\n"));
	free(text);
}

/* One line of one answer each, whatever the bytes. */
static void random_lines(void **state)
{
	static const char base[] =
		CELL "cell 1 op=fence threads=1\nalias 2 0\ncalibrate 0 500\n"
		     "window 1000\ncanary 4\nevents 1:9:0:0:uk\nstep 0 0 0 B 10\n"
		     "step 0 1 1 O 3 2\ngo\ncounters 0\ntimer\nend\n";
	static const char alphabet[] = "0 =-xBO\n\t\0\xff"
				       "group";
	char text[sizeof(base)];
	unsigned int seed = 9, i, k, errors = 0;

	(void)state;
	for (i = 0; i < 400; i++) {
		char *answer, *at;

		memcpy(text, base, sizeof(base));
		for (k = 0; k <= i % 3; k++) {
			seed = seed * 1103515245 + 12345;
			/* digits are not made larger: blocks of hours are fine */
			text[(seed >> 8) % (sizeof(base) - 1)] =
				alphabet[(seed >> 24) % sizeof(alphabet)];
		}
		answer = answers(text, sizeof(base) - 1);
		for (at = answer; *at; at = strchr(at, '\n') + 1) {
			assert_non_null(strchr(at, '\n'));
			errors += !strncmp(at, "error ", 6);
			assert_non_null(strchr("oetcnBOK", *at));
		}
		free(answer);
	}
	assert_true(errors > 100);
}

static void an_output_that_is_full_ends_it(void **state)
{
	static const char requests[] = "timer\ntimer\n";
	FILE *in = fmemopen((void *)requests, strlen(requests), "r");
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	if (!out) {
		fclose(in);
		skip();
	}
	assert_int_equal(serve(in, out), 1);
	fclose(out);
	fclose(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_has_its_answer),
		cmocka_unit_test(blocks_and_samples_come_back),
		cmocka_unit_test(what_is_no_request),
		cmocka_unit_test(an_error_ends_nothing),
		cmocka_unit_test(samples_before_an_error_are_kept),
		cmocka_unit_test(random_lines),
		cmocka_unit_test(an_output_that_is_full_ends_it),
	};

	return cmocka_run_group_tests_name("the worker's language", tests, NULL,
					   NULL);
}
