// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gbench in short. Takes Google Benchmark's flags, for instance
 *	example --benchmark_filter=sum --benchmark_min_time=0.1
 * and, for results of one's own, --own=FILE.json
 */
#include <gbench.h>

#include <stdlib.h>
#include <string.h>

/* A callback that is given its batches: the shortest way. */
static void add(void *ctx, uint64_t n)
{
	unsigned long *word = ctx;

	while (n--) {
		++*word;
		gb_use(word);
	}
}

/* One that asks for them: arguments, a counter, a label. */
static void sum(struct gb_state *st, void *ctx)
{
	size_t len = (size_t)gb_arg(st, 0);
	int step = (int)gb_arg(st, 1);
	const int *v = ctx;
	uint64_t n;

	while ((n = gb_next_batch(st, 1000))) {
		while (n--) {
			long s = 0;

			for (size_t i = 0; i < len; i += (size_t)step)
				s += v[i];
			gb_use(&s);
		}
	}
	gb_set_items(st, gb_iterations(st) * (len / (size_t)step));
	gb_set_counter(st, "bytes", (double)(len * sizeof(*v)), GB_AVG_THREADS,
		       GB_1024);
	gb_set_label(st, step == 1 ? "in a row" : "with gaps");
}

/* Threads: what belongs to one is made in it, off the clock. */
static int make_word(struct gb_state *st, void *ctx)
{
	(void)ctx;
	gb_set_local(st, calloc(1, sizeof(unsigned long)));
	if (gb_local(st))
		return 0;
	gb_skip(st, "out of memory");
	return -1;
}

static int free_word(struct gb_state *st, void *ctx)
{
	(void)ctx;
	free(gb_local(st));
	return 0;
}

/* Manual time: here every operation is said to take 3 ns. */
static void three_ns(struct gb_state *st, void *ctx)
{
	uint64_t n;

	(void)ctx;
	while ((n = gb_next_batch(st, 0)))
		gb_set_iteration_time(st, (double)n * 3e-9);
}

static double smallest(const double *v, size_t n)
{
	double least = v[0];

	for (size_t i = 1; i < n; i++)
		if (v[i] < least)
			least = v[i];
	return least;
}

/* A reporter in C. */
static void count_runs(const struct gb_run *runs, size_t n, void *ctx)
{
	size_t *count = ctx;

	for (size_t i = 0; i < n; i++)
		*count += runs[i].kind == GB_RUN_ITERATION;
}

/* Results that somebody else measured. */
static int write_own(const char *path)
{
	static const struct gb_counter counters[] = {
		{ .name = "dropped", .value = 2 },
	};
	static const struct gb_run run = {
		.name = "fence/merged",
		.iterations = 1000000,
		.threads = 1,
		.repetitions = 1,
		.unit = GB_NS,
		.real_time = 5.35,
		.cpu_time = 5.35,
		.counters = counters,
		.n_counters = 1,
	};
	struct gb_report *report = gb_report_open(&(struct gb_report_options){
		.format = GB_JSON, .driver = "rounds", .path = path });
	int err;

	if (!report)
		return -1;
	err = gb_report_runs(report, &run, 1);
	if (err) {
		gb_report_abort(report);
		return err;
	}
	return gb_report_close(report);
}

int main(int argc, char **argv)
{
	static const int64_t lengths[] = { 64, 4096 };
	static const int64_t steps[] = { 1, 8 };
	static const struct gb_arg_list lists[] = { { lengths, 2 },
						    { steps, 2 } };
	static const char *const names[] = { "len", "step" };
	static unsigned long word;
	static int data[4096];
	struct gb_reporter counter = { .runs = count_runs };
	struct gb_benchmark *b;
	size_t runs = 0;
	int n;

	n = gb_init(&argc, argv);
	if (n)
		goto out;
	if (argc == 2 && !strncmp(argv[1], "--own=", 6)) {
		n = write_own(argv[1] + 6);
		goto out;
	}
	if (gb_unrecognized(argc, argv))
		return 2;
	gb_set_context("driver", "gbench");

	gb_register_block("add", add, &word);

	b = gb_register_block("add_threads", add, NULL);
	gb_set_thread_setup(b, make_word, free_word);
	gb_add_thread_range(b, 1, 2);
	gb_set_clock(b, GB_REAL_TIME);

	b = gb_register("sum", sum, data);
	gb_set_arg_names(b, names, 2);
	gb_add_product(b, lists, 2);

	b = gb_register("three_ns", three_ns, NULL);
	gb_set_clock(b, GB_MANUAL_TIME);
	gb_set_min_time(b, 0.01);
	gb_set_repetitions(b, 3);
	gb_add_statistic(b, "min", smallest, false);

	counter.ctx = &runs;
	n = gb_run_benchmarks(NULL, &counter, 0);
	if (n > 0)
		printf("%d instances, %zu runs, %u failed\n", n, runs,
		       gb_failed_runs());
	gb_shutdown();
out:
	if (n < 0) {
		fprintf(stderr, "%s: %s\n", argv[0], gb_last_error());
		return 2;
	}
	return 0;
}
