// SPDX-License-Identifier: GPL-2.0-or-later
/* Results of one's own through Google Benchmark's reporters. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "common.h"

static const struct gb_run plain = {
	.name = "store/array",
	.iterations = 1000,
	.threads = 1,
	.repetitions = 1,
	.unit = GB_NS,
	.real_time = 5.35,
	.cpu_time = 5.25,
};

static struct gb_report *open_path(enum gb_format format, const char *path)
{
	struct gb_report *report = gb_report_open(&(struct gb_report_options){
		.format = format, .driver = "rounds", .path = path });

	if (!report)
		fail_msg("%s", gb_last_error());
	return report;
}

/* A JSON file with @n results, read back. */
static json_t *write_runs(const struct gb_run *runs, size_t n)
{
	const char *path = in_dir("written.json");
	struct gb_report *report = open_path(GB_JSON, path);

	assert_int_equal(gb_report_runs(report, runs, n), 0);
	assert_int_equal(gb_report_close(report), 0);
	return load(path);
}

static void every_field_arrives(void **state)
{
	static const struct gb_counter counters[] = {
		{ .name = "dropped", .value = 3 },
		{ .name = "commands", .value = 1e9, .flags = GB_RATE },
	};
	struct gb_run runs[6];
	json_t *file, *r;

	(void)state;
	for (int i = 0; i < 6; i++)
		runs[i] = plain;
	runs[0].counters = counters;
	runs[0].n_counters = 2;
	runs[0].label = "na\xc3\xafve \"quoted\" \\";
	runs[0].threads = 4;
	runs[1].unit = GB_MS;
	runs[1].repetitions = 3;
	runs[1].repetition_index = 2;
	runs[1].instance_index = 1;
	runs[1].iterations = 0;
	runs[2].kind = GB_RUN_AGGREGATE;
	runs[2].aggregate = "median";
	runs[2].repetitions = 3;
	runs[2].iterations = 3;
	runs[3] = runs[2];
	runs[3].aggregate = "cv";
	runs[3].percentage = true;
	runs[3].real_time = 0.125;
	runs[4].outcome = GB_FAILED;
	runs[4].message = "all blocks were dropped";
	runs[4].real_time = NAN;
	runs[5].family_index = 1;
	runs[5].unit = GB_S;

	file = write_runs(runs, 6);
	r = result(file, 0);
	assert_string_equal(get_text(r, "name"), "store/array");
	assert_string_equal(get_text(r, "run_name"), "store/array");
	assert_string_equal(get_text(r, "run_type"), "iteration");
	assert_near(get_number(r, "real_time"), 5.35);
	assert_near(get_number(r, "cpu_time"), 5.25);
	assert_string_equal(get_text(r, "time_unit"), "ns");
	assert_near(get_number(r, "iterations"), 1000);
	assert_near(get_number(r, "threads"), 4);
	assert_near(get_number(r, "dropped"), 3);
	/* A value of one's own is final: its flags divide nothing. */
	assert_near(get_number(r, "commands"), 1e9);
	assert_string_equal(get_text(r, "label"), "na\xc3\xafve \"quoted\" \\");

	r = result(file, 1);
	assert_near(get_number(r, "real_time"), 5.35);
	assert_string_equal(get_text(r, "time_unit"), "ms");
	assert_near(get_number(r, "repetitions"), 3);
	assert_near(get_number(r, "repetition_index"), 2);
	assert_near(get_number(r, "per_family_instance_index"), 1);

	r = result(file, 2);
	assert_string_equal(get_text(r, "name"), "store/array_median");
	assert_string_equal(get_text(r, "run_type"), "aggregate");
	assert_string_equal(get_text(r, "aggregate_name"), "median");
	assert_string_equal(get_text(r, "aggregate_unit"), "time");
	assert_near(get_number(r, "real_time"), 5.35);

	r = result(file, 3);
	assert_string_equal(get_text(r, "aggregate_unit"), "percentage");
	assert_near(get_number(r, "real_time"), 0.125);

	r = result(file, 4);
	assert_true(json_is_true(json_object_get(r, "error_occurred")));
	assert_string_equal(get_text(r, "error_message"),
			    "all blocks were dropped");

	r = result(file, 5);
	assert_near(get_number(r, "family_index"), 1);
	assert_string_equal(get_text(r, "time_unit"), "s");
	assert_near(get_number(r, "real_time"), 5.35);
	json_decref(file);
}

/* What Google Benchmark measured, handed on: both files say the same. */

static void count_and_wait(struct gb_state *st, void *ctx)
{
	unsigned int *rep = ctx;
	uint64_t n;

	++*rep;
	while ((n = gb_next_batch(st, 7)))
		gb_set_iteration_time(st, n * *rep * 1.7e-6);
	gb_set_items(st, gb_iterations(st));
	gb_set_counter(st, "invert", 3, GB_RATE | GB_INVERT, 0);
	gb_set_label(st, "label");
	gb_set_complexity_n(st, gb_arg(st, 0));
}

static void give_up(struct gb_state *st, void *ctx)
{
	(void)ctx;
	gb_skip(st, "gave up");
}

static void hand_on(const struct gb_run *runs, size_t n, void *ctx)
{
	if (gb_report_runs(ctx, runs, n))
		fail_msg("%s", gb_last_error());
}

static void measured_runs_can_be_handed_on(void **state)
{
	unsigned int rep = 0;
	struct gb_report *report = open_path(GB_JSON, in_dir("handed-on.json"));
	struct gb_reporter reporter = { .runs = hand_on, .ctx = report };
	struct gb_benchmark *b = gb_register("b", count_and_wait, &rep);
	json_t *theirs, *ours;
	char flag[600];

	(void)state;
	gb_set_clock(b, GB_MANUAL_TIME);
	gb_set_iterations(b, 100);
	gb_set_repetitions(b, 3);
	gb_set_unit(b, GB_US);
	gb_add_range(b, 1, 64);
	gb_set_complexity(b, GB_O_N_LOG_N);
	gb_register("failing", give_up, NULL);
	snprintf(flag, sizeof(flag), "--benchmark_out=%s",
		 in_dir("theirs.json"));
	assert_int_equal(gb_set_flag(flag), 0);
	assert_int_equal(gb_run_benchmarks(NULL, &reporter, GB_QUIET), 4);
	assert_int_equal(gb_report_close(report), 0);
	assert_int_equal(gb_shutdown(), 0);

	theirs = load(in_dir("theirs.json"));
	ours = load(in_dir("handed-on.json"));
	assert_true(json_array_size(json_object_get(ours, "benchmarks")) > 20);
	assert_same_json(json_object_get(ours, "benchmarks"),
			 json_object_get(theirs, "benchmarks"));
	json_decref(theirs);
	json_decref(ours);
}

static void context_is_the_reports_own(void **state)
{
	static const struct gb_kv kv[] = { { "seed", "42" },
					   { "cpu \"model\"", "a\\b" } };
	const char *path = in_dir("context.json");
	struct gb_report_options o = {
		.driver = "rounds", .path = path, .context = kv, .n_context = 2
	};
	const json_t *context;
	struct gb_report *report;
	json_t *file;

	(void)state;
	assert_int_equal(gb_set_context("global", "x"), 0);
	report = gb_report_open(&o);
	assert_non_null(report);
	assert_int_equal(gb_report_close(report), 0);
	file = load(path);
	context = json_object_get(file, "context");
	assert_string_equal(get_text(context, "driver"), "rounds");
	assert_string_equal(get_text(context, "seed"), "42");
	assert_string_equal(get_text(context, "cpu \"model\""), "a\\b");
	assert_null(json_object_get(context, "global"));
	assert_true(get_number(context, "num_cpus") > 0);
	assert_int_equal(json_array_size(json_object_get(file, "benchmarks")),
			 0);
	json_decref(file);
	assert_int_equal(gb_shutdown(), 0);
}

static void the_console_shows_it(void **state)
{
	static const struct gb_counter rate = { .name = "commands",
						.value = 2.5e6,
						.flags = GB_RATE };
	struct gb_report_options o = { .format = GB_CONSOLE,
				       .driver = "rounds",
				       .name_width = 20 };
	struct gb_run run = plain;
	struct gb_report *report;
	char *out, *err;
	size_t size;

	(void)state;
	run.counters = &rate;
	run.n_counters = 1;
	run.label = "below noise";
	o.out = open_memstream(&out, &size);
	o.err = open_memstream(&err, &size);
	report = gb_report_open(&o);
	assert_non_null(report);
	assert_int_equal(gb_report_runs(report, &run, 1), 0);
	assert_int_equal(gb_report_close(report), 0);
	fclose(o.out);
	fclose(o.err);
	assert_non_null(strstr(out, "store/array                5.35 ns"));
	assert_non_null(strstr(out, "commands=2.5M/s below noise\n"));
	assert_null(strstr(out, "\033"));
	assert_non_null(strstr(err, "driver: rounds\n"));
	free(out);
	free(err);

	/* Without err the context goes nowhere; colours as asked for. */
	o.err = NULL;
	o.style = GB_COLOR;
	o.out = open_memstream(&out, &size);
	report = gb_report_open(&o);
	assert_non_null(report);
	assert_int_equal(gb_report_runs(report, &run, 1), 0);
	assert_int_equal(gb_report_close(report), 0);
	fclose(o.out);
	assert_null(strstr(out, "driver"));
	assert_non_null(strstr(out, "\033"));
	free(out);
}

static void csv_has_one_header(void **state)
{
	static const struct gb_counter a = { .name = "a", .value = 1 };
	static const struct gb_counter b = { .name = "b", .value = 1 };
	struct gb_report_options o = { .format = GB_CSV, .driver = "rounds" };
	struct gb_report *report;
	struct gb_run run = plain;
	char *out, *line;
	size_t size;

	(void)state;
	o.out = open_memstream(&out, &size);
	report = gb_report_open(&o);
	assert_non_null(report);
	run.counters = &a;
	run.n_counters = 1;
	assert_int_equal(gb_report_runs(report, &run, 1), 0);
	run.counters = &b;
	assert_error(gb_report_runs(report, &run, 1), -EINVAL,
		     "store/array: counter b");
	run.n_counters = 0;
	assert_int_equal(gb_report_runs(report, &run, 1), 0);
	assert_int_equal(gb_report_close(report), 0);
	fclose(o.out);
	line = strtok(out, "\n");
	assert_non_null(strstr(line, "name,iterations,real_time"));
	assert_non_null(strstr(line, "\"a\""));
	assert_memory_equal(strtok(NULL, "\n"), "\"store/array\",1000,5.35,",
			    24);
	assert_non_null(strtok(NULL, "\n"));
	assert_null(strtok(NULL, "\n"));
	free(out);
}

static void unsound_runs_are_refused(void **state)
{
	static const struct gb_counter twice[] = { { .name = "a" },
						   { .name = "a" } };
	static const struct gb_counter nan_counter = { .name = "n",
						       .value = NAN };
	static const struct gb_counter odd = { .name = "o", .one_k = 3 };
	static const struct gb_counter unnamed = { .value = 1 };
	static const struct gb_counter taken = { .name = "cpu_time" };
	const char *path = in_dir("unsound.json");
	struct gb_report *report = open_path(GB_JSON, path);
	struct gb_run run;
	json_t *file;

	(void)state;
#define refused(what, word)                                                   \
	do {                                                                  \
		run = plain;                                                  \
		what;                                                         \
		assert_error(gb_report_runs(report, &run, 1), -EINVAL, word); \
	} while (0)
	refused(run.name = NULL, "name is NULL");
	refused(run.name = "", "empty");
	refused(run.name = "a\nb", "control");
	refused(run.label = "\xed\xa0\x80", "UTF-8");
	refused(run.real_time = NAN, "store/array: a time");
	refused(run.cpu_time = INFINITY, "not finite");
	refused(run.iterations = -1, "iterations");
	refused(run.threads = 0, "thread");
	refused(run.repetitions = 0, "repetition");
	refused(run.repetition_index = 1, "repetition");
	refused(run.family_index = -1, "index");
	refused(run.unit = (enum gb_unit)7, "unit");
	refused(run.kind = (enum gb_run_kind)7, "kind");
	refused(run.outcome = (enum gb_outcome)7, "outcome");
	refused(run.big_o = (enum gb_big_o)77, "complexity");
	refused(run.kind = GB_RUN_AGGREGATE, "aggregate's name");
	refused(run.percentage = true, "percentage");
	refused(run.n_counters = 1, "counters");
	refused((run.counters = twice, run.n_counters = 2), "a comes twice");
	refused((run.counters = &nan_counter, run.n_counters = 1),
		"n is not finite");
	refused((run.counters = &odd, run.n_counters = 1), "1024");
	refused((run.counters = &unnamed, run.n_counters = 1), "NULL");
	refused((run.counters = &taken, run.n_counters = 1), "cpu_time");
#undef refused
	{
		struct gb_run pair[2] = { plain, plain };

		pair[1].threads = -1;
		assert_error(gb_report_runs(report, pair, 2), -EINVAL,
			     "thread");
	}
	assert_error(gb_report_runs(NULL, &plain, 1), -EINVAL, "no report");
	assert_error(gb_report_runs(report, NULL, 1), -EINVAL, "no runs");
	assert_int_equal(gb_report_runs(report, NULL, 0), 0);
	assert_int_equal(gb_report_runs(report, &plain, 1), 0);
	assert_int_equal(gb_report_close(report), 0);

	/* Nothing of a refused call was written. */
	file = load(path);
	assert_int_equal(json_array_size(json_object_get(file, "benchmarks")),
			 1);
	json_decref(file);
}

static void expect_no_report(struct gb_report_options o, int err,
			     const char *word)
{
	errno = 0;
	assert_null(gb_report_open(&o));
	assert_int_equal(errno, err);
	if (!strstr(gb_last_error(), word))
		fail_msg("\"%s\" does not say \"%s\"", gb_last_error(), word);
}

static void bad_reports_are_refused(void **state)
{
	static const struct gb_kv taken = { "host_name", "x" };
	static const struct gb_kv driver = { "driver", "x" };
	struct gb_report_options o = { .driver = "rounds",
				       .path = in_dir("never.json") };
	struct gb_report_options bad;

	(void)state;
	assert_null(gb_report_open(NULL));
	assert_int_equal(errno, EINVAL);
#define refused(what, err, word)                  \
	do {                                      \
		bad = o;                          \
		what;                             \
		expect_no_report(bad, err, word); \
	} while (0)
	refused(bad.driver = NULL, EINVAL, "driver");
	refused(bad.driver = "", EINVAL, "driver");
	refused(bad.path = NULL, EINVAL, "either");
	refused(bad.out = stdout, EINVAL, "either");
	refused(bad.path = "", EINVAL, "empty");
	refused(bad.path = "/nonexistent/x.json", ENOENT, "/nonexistent");
	refused(bad.format = (enum gb_format)9, EINVAL, "format");
	refused(bad.style = 64, EINVAL, "style");
	refused(bad.n_context = 1, EINVAL, "context");
	refused((bad.context = &taken, bad.n_context = 1), EINVAL, "host_name");
	refused((bad.context = &driver, bad.n_context = 1), EINVAL, "twice");
#undef refused
	assert_int_equal(access(o.path, F_OK), -1);
	assert_int_equal(gb_report_close(NULL), -EINVAL);
	gb_report_abort(NULL);
}

static void files_appear_whole(void **state)
{
	const char *path = in_dir("whole.json");
	const char *part = in_dir("whole.json.part");
	struct gb_report *report = open_path(GB_JSON, path);
	json_t *file;

	(void)state;
	assert_int_equal(gb_report_runs(report, &plain, 1), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(access(part, F_OK), 0);
	assert_int_equal(gb_report_close(report), 0);
	assert_int_equal(access(part, F_OK), -1);

	/* Another one, dropped: the first stays. */
	report = open_path(GB_JSON, path);
	assert_int_equal(gb_report_runs(report, &plain, 1), 0);
	assert_int_equal(gb_report_runs(report, &plain, 1), 0);
	gb_report_abort(report);
	assert_int_equal(access(part, F_OK), -1);
	file = load(path);
	assert_int_equal(json_array_size(json_object_get(file, "benchmarks")),
			 1);
	json_decref(file);
}

static void a_full_disk_is_noticed(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct gb_report_options o = { .driver = "rounds", .out = full };

	(void)state;
	if (!full) {
		print_message("no /dev/full here\n");
		skip();
	}
	expect_no_report(o, ENOSPC, "No space");
	fclose(full);
}

static void many_runs_are_one_file(void **state)
{
	struct gb_run *runs = calloc(10000, sizeof(*runs));
	json_t *file;

	(void)state;
	assert_non_null(runs);
	for (int i = 0; i < 10000; i++) {
		runs[i] = plain;
		runs[i].instance_index = i;
	}
	file = write_runs(runs, 10000);
	assert_near(get_number(result(file, 9999), "per_family_instance_index"),
		    9999);
	json_decref(file);
	free(runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_arrives),
		cmocka_unit_test(measured_runs_can_be_handed_on),
		cmocka_unit_test(context_is_the_reports_own),
		cmocka_unit_test(the_console_shows_it),
		cmocka_unit_test(csv_has_one_header),
		cmocka_unit_test(unsound_runs_are_refused),
		cmocka_unit_test(bad_reports_are_refused),
		cmocka_unit_test(files_appear_whole),
		cmocka_unit_test(a_full_disk_is_noticed),
		cmocka_unit_test(many_runs_are_one_file),
	};

	return cmocka_run_group_tests_name("gbench-report", tests, make_dir,
					   remove_dir);
}
