/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gbench: Google Benchmark from C.
 *
 * A benchmark is a C callback that does batches of operations; Google
 * Benchmark owns the number of iterations, the threads, the clock, the
 * statistics and the output. Results that were measured elsewhere can be
 * handed to its JSON, console and CSV reporters, so that its tools read them.
 *
 * Errors: functions that return int give 0 (or a count) when all went well
 * and a negative errno value otherwise; functions that return a pointer give
 * NULL and set errno. gb_last_error() then says in one line what was wrong.
 * No C++ exception leaves a function of this header.
 *
 * Threads: registering, listing, running and gb_report_*() are for one thread
 * at a time. What takes a struct gb_state may be called by every thread of a
 * benchmark, each with the state that it was given.
 *
 * The words are Google Benchmark's: a family is what was registered, an
 * instance is a family with its arguments and thread count, a run is one
 * reported result of an instance.
 */
#ifndef GBENCH_H
#define GBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What C does anyway; without it a value out of range is undefined in C++. */
#ifdef __cplusplus
#define GB_UNSIGNED : unsigned int
#else
#define GB_UNSIGNED
#endif

struct gb_benchmark;
struct gb_report;
struct gb_state;

enum gb_unit GB_UNSIGNED { GB_NS, GB_US, GB_MS, GB_S };

/** enum gb_clock - the time that decides how often a benchmark iterates */
enum gb_clock GB_UNSIGNED {
	GB_CPU_TIME,   /* of the benchmark's own threads; the default */
	GB_REAL_TIME,  /* wall clock */
	GB_MANUAL_TIME /* the sum of gb_set_iteration_time() */
};

/** enum gb_big_o - complexity to fit over a family's gb_set_complexity_n() */
enum gb_big_o GB_UNSIGNED {
	GB_O_NONE,
	GB_O_1,
	GB_O_N,
	GB_O_N_SQUARED,
	GB_O_N_CUBED,
	GB_O_LOG_N,
	GB_O_N_LOG_N,
	GB_O_AUTO
};

/** enum gb_aggregates - where only the aggregates of repetitions are shown */
enum gb_aggregates GB_UNSIGNED {
	GB_AGGREGATES_AND_RUNS,
	GB_DISPLAY_AGGREGATES_ONLY,
	GB_AGGREGATES_ONLY
};

/*
 * What Google Benchmark does to a counter once a run is over. They can be
 * combined; GB_INVERT comes last. Threads' values are added up before.
 */
#define GB_RATE		       (1u << 0)  /* divide by the seconds of the run */
#define GB_AVG_THREADS	       (1u << 1)  /* divide by the number of threads */
#define GB_ITERATION_INVARIANT (1u << 2)  /* multiply by the iterations */
#define GB_AVG_ITERATIONS      (1u << 3)  /* divide by the iterations */
#define GB_INVERT	       (1u << 31) /* 1 / value */

/* What a thousand is when a counter is printed. */
#define GB_1000 1000u
#define GB_1024 1024u

/**
 * typedef gb_fn - a benchmark
 * @st: this thread's state
 * @ctx: as registered
 *
 * Must end with gb_next_batch() having returned 0:
 *
 *	while ((n = gb_next_batch(st, 1000)))
 *		for (i = 0; i < n; i++)
 *			operation();
 */
typedef void (*gb_fn)(struct gb_state *st, void *ctx);

/**
 * typedef gb_block_fn - a benchmark whose loop the wrapper owns
 * @ctx: gb_set_local()'s pointer where a thread's setup set one, else as
 *	registered
 * @n: operations to do; never 0
 */
typedef void (*gb_block_fn)(void *ctx, uint64_t n);

/**
 * typedef gb_setup_fn - before or after a benchmark
 * @st: gb_next_batch(), gb_pause() and gb_resume() can't be used with it
 * @ctx: as registered
 *
 * Returns 0, or anything else to have the run reported as an error (with the
 * message of gb_skip() where it was called).
 */
typedef int (*gb_setup_fn)(struct gb_state *st, void *ctx);

/** typedef gb_statistic_fn - one figure out of the @n values of repetitions */
typedef double (*gb_statistic_fn)(const double *v, size_t n);

/** typedef gb_list_fn - takes the full name of an instance; nonzero stops */
typedef int (*gb_list_fn)(const char *name, void *ctx);

/** struct gb_kv - a line of context */
struct gb_kv {
	const char *key;
	const char *value;
};

/** struct gb_arg_list - the values that one argument takes */
struct gb_arg_list {
	const int64_t *v;
	size_t n;
};

/**
 * struct gb_counter - a counter of a run
 * @name: its key in JSON; none of those that a result has anyway
 * @value: final, with its flags applied
 * @flags: GB_RATE and so on; here they only tell how it is printed
 * @one_k: GB_1000 or GB_1024; 0 means GB_1000
 */
struct gb_counter {
	const char *name;
	double value;
	unsigned int flags;
	unsigned int one_k;
};

enum gb_run_kind GB_UNSIGNED {
	GB_RUN_ITERATION,
	GB_RUN_AGGREGATE,
	GB_RUN_BIG_O, /* the times are the coefficients */
	GB_RUN_RMS    /* the times are the fit's error, 1 = 100 % */
};

enum gb_outcome GB_UNSIGNED {
	GB_OK,
	GB_FAILED,
	GB_SKIPPED /* Google Benchmark 1.8 and later */
};

/**
 * struct gb_run - one result, as reporters receive it and gb_report_runs()
 *	takes it
 * @kind: what it is
 * @name: of the instance, without the aggregate's name
 * @family_index: which family of the file, from 0
 * @instance_index: which instance of the family, from 0
 * @aggregate: GB_RUN_AGGREGATE: "mean", "median" and so on
 * @percentage: GB_RUN_AGGREGATE: the times and counters are ratios, 1 = 100 %
 * @big_o: GB_RUN_BIG_O and GB_RUN_RMS
 * @label: NULL when there is none
 * @outcome: the times of a run that is not GB_OK say nothing
 * @message: why it is not GB_OK, else NULL
 * @iterations: of all threads; for an aggregate how many values went into it
 * @threads: at least 1
 * @repetition_index: from 0; -1 for anything but GB_RUN_ITERATION
 * @repetitions: at least 1
 * @unit: of the two times
 * @real_time: an iteration's, in @unit (see gb_wall_time())
 * @cpu_time: an iteration's, in @unit
 * @counters: in the order of their names when they come from Google Benchmark
 * @n_counters: length of @counters
 */
struct gb_run {
	enum gb_run_kind kind;
	const char *name;
	int64_t family_index;
	int64_t instance_index;
	const char *aggregate;
	bool percentage;
	enum gb_big_o big_o;
	const char *label;
	enum gb_outcome outcome;
	const char *message;
	int64_t iterations;
	int64_t threads;
	int64_t repetition_index;
	int64_t repetitions;
	enum gb_unit unit;
	double real_time;
	double cpu_time;
	const struct gb_counter *counters;
	size_t n_counters;
};

/**
 * struct gb_context - what Google Benchmark knows about this machine
 * @executable: NULL when unknown
 * @host: its name
 * @num_cpus: logical CPUs
 * @mhz: of a CPU
 * @scaling: frequency scaling: 1 on, 0 off, -1 unknown
 * @kv: gb_set_context() and --benchmark_context
 * @n_kv: length of @kv
 */
struct gb_context {
	const char *executable;
	const char *host;
	int num_cpus;
	double mhz;
	int scaling;
	const struct gb_kv *kv;
	size_t n_kv;
};

/**
 * struct gb_reporter - a reporter in C; any callback may be NULL
 * @context: once, before the first run; nonzero calls everything off
 * @runs: the runs of an instance, its aggregates in a call of their own
 * @finalize: once, after the last run, also when @context called it off
 * @ctx: handed to each
 *
 * What is passed lives until the callback returns.
 */
struct gb_reporter {
	int (*context)(const struct gb_context *context, void *ctx);
	void (*runs)(const struct gb_run *runs, size_t n, void *ctx);
	void (*finalize)(void *ctx);
	void *ctx;
};

/* The library */

/** gb_last_error() - what went wrong last in this thread; "" when nothing */
const char *gb_last_error(void);

/** gb_library_version() - of Google Benchmark, as "1.9.1" */
const char *gb_library_version(void);

/**
 * gb_real_time_divided() - is real_time divided by the number of threads?
 *
 * Before 1.9.0 Google Benchmark divided the real and the manual time of a run
 * in several threads by their number once too often.
 */
bool gb_real_time_divided(void);

/**
 * gb_wall_time() - real time of an iteration as one thread saw it, in run->unit
 * @run: a run that a struct gb_reporter received
 *
 * real_time, with the division mended that gb_real_time_divided() tells of.
 */
double gb_wall_time(const struct gb_run *run);

/**
 * gb_init() - take Google Benchmark's flags out of the command line
 * @argc: in: length of @argv, out: what is left
 * @argv: must live as long as the process (Google Benchmark keeps argv[0])
 *
 * Whatever the installed version doesn't know is left for the caller; see
 * gb_unrecognized(). The environment (BENCHMARK_FILTER and so on) is read by
 * Google Benchmark itself. Can be left out.
 *
 * Returns 0; 1 after --help, which has printed the flags; -EINVAL for a flag
 * with an impossible value.
 */
int gb_init(int *argc, char **argv);

/**
 * gb_unrecognized() - complain on stderr about every argument left
 * @argc: as gb_init() left it
 * @argv: as gb_init() left it
 *
 * Returns how many there are.
 */
int gb_unrecognized(int argc, char **argv);

/**
 * gb_set_flag() - set one flag of Google Benchmark's
 * @flag: as on a command line, "--benchmark_min_time=0.01"
 *
 * --benchmark_format, --benchmark_color and --benchmark_counters_tabular only
 * count before the first run that is displayed.
 *
 * Returns 0, or -EINVAL for one that the installed version doesn't take.
 */
int gb_set_flag(const char *flag);

/**
 * gb_set_context() - add or replace a line of the context
 * @key: none of those that Google Benchmark writes itself
 * @value: any UTF-8 text without control characters
 */
int gb_set_context(const char *key, const char *value);

/** gb_clear() - forget all families; every struct gb_benchmark * is void */
int gb_clear(void);

/** gb_shutdown() - free everything, the context included */
int gb_shutdown(void);

/* Families */

/**
 * gb_register() - a family with a callback that asks for its batches
 * @name: UTF-8 without control characters, not empty; may repeat another's
 * @fn: the callback
 * @ctx: handed to it; must live until gb_clear() or gb_shutdown()
 *
 * Returns the family, owned by the library, or NULL.
 */
struct gb_benchmark *gb_register(const char *name, gb_fn fn, void *ctx);

/**
 * gb_register_block() - a family with a callback that is given its batches
 * @name: as for gb_register()
 * @fn: the callback; it gets all iterations in one call unless
 *	gb_set_max_batch() says otherwise
 * @ctx: as for gb_register()
 */
struct gb_benchmark *gb_register_block(const char *name, gb_block_fn fn,
				       void *ctx);

/** gb_unregister() - neither list nor run this family any more */
int gb_unregister(struct gb_benchmark *b);

/** gb_set_max_batch() - the most a gb_block_fn gets at once; 0: no limit */
int gb_set_max_batch(struct gb_benchmark *b, uint64_t n);

/**
 * gb_set_setup() - once for each run of all its threads
 * @setup: in the first thread, before any thread enters the benchmark
 * @teardown: in the first thread, when all have left it; also after an error
 *
 * Google Benchmark may run an instance several times to find the number of
 * iterations. Either may be NULL.
 */
int gb_set_setup(struct gb_benchmark *b, gb_setup_fn setup,
		 gb_setup_fn teardown);

/**
 * gb_set_thread_setup() - in each thread, off the clock
 * @setup: after gb_set_setup()'s
 * @teardown: before gb_set_setup()'s; not called when @setup failed
 */
int gb_set_thread_setup(struct gb_benchmark *b, gb_setup_fn setup,
			gb_setup_fn teardown);

/*
 * Arguments. Every call adds instances; all of a family's have the same number
 * of arguments (-EINVAL otherwise).
 */
int gb_add_arg(struct gb_benchmark *b, int64_t v);
int gb_add_args(struct gb_benchmark *b, const int64_t *v, size_t n);
/** gb_add_range() - lo, hi, and the powers of the multiplier between them */
int gb_add_range(struct gb_benchmark *b, int64_t lo, int64_t hi);
/** gb_add_dense_range() - lo, lo + step, ... up to and with hi */
int gb_add_dense_range(struct gb_benchmark *b, int64_t lo, int64_t hi,
		       int step);
/** gb_add_product() - every combination of one value from each list */
int gb_add_product(struct gb_benchmark *b, const struct gb_arg_list *lists,
		   size_t n);
/** gb_set_range_multiplier() - for later gb_add_range(); 8 unless set */
int gb_set_range_multiplier(struct gb_benchmark *b, int multiplier);
/** gb_set_arg_names() - shown as name:value; "" shows the value alone */
int gb_set_arg_names(struct gb_benchmark *b, const char *const *names,
		     size_t n);

/* Thread counts. Every call adds instances. */
int gb_add_threads(struct gb_benchmark *b, int threads);
/** gb_add_thread_range() - lo, hi, and the powers of two between them */
int gb_add_thread_range(struct gb_benchmark *b, int lo, int hi);
int gb_add_dense_thread_range(struct gb_benchmark *b, int lo, int hi,
			      int stride);

int gb_set_unit(struct gb_benchmark *b, enum gb_unit unit);
int gb_set_clock(struct gb_benchmark *b, enum gb_clock clock);
/** gb_set_process_cpu_time() - CPU time of all threads of the process */
int gb_set_process_cpu_time(struct gb_benchmark *b);
/** gb_set_min_time() - seconds; -EINVAL with a fixed number of iterations */
int gb_set_min_time(struct gb_benchmark *b, double seconds);
/**
 * gb_set_min_warmup_time() - seconds to run before it counts
 *
 * -EINVAL unless gb_set_min_time() came before: Google Benchmark takes no
 * notice of it otherwise.
 */
int gb_set_min_warmup_time(struct gb_benchmark *b, double seconds);
/** gb_set_iterations() - exactly so many in each thread, in one go */
int gb_set_iterations(struct gb_benchmark *b, uint64_t n);
int gb_set_repetitions(struct gb_benchmark *b, int n);
int gb_set_aggregates(struct gb_benchmark *b, enum gb_aggregates which);
/**
 * gb_add_statistic() - a further aggregate over the repetitions
 * @name: shown behind the instance's
 * @fn: at most 64 different ones in a process (-ENOSPC)
 * @percentage: it is a ratio, as "cv" is
 */
int gb_add_statistic(struct gb_benchmark *b, const char *name,
		     gb_statistic_fn fn, bool percentage);
int gb_set_complexity(struct gb_benchmark *b, enum gb_big_o big_o);

/* Inside a benchmark */

/**
 * gb_use() - the compiler must take *@p and all memory for read and changed
 *
 * For results that nobody looks at. No instruction comes of it.
 */
static inline void gb_use(const void *p)
{
	__asm__ __volatile__("" : : "g"(p) : "memory");
}

/**
 * gb_next_batch() - how many operations to do next
 * @max: the most that the caller wants; 0: no limit
 *
 * The first call starts the clock, once all threads are here; the one that
 * returns 0 stops it. The batches of a run add up to exactly the number of
 * iterations that Google Benchmark asked for.
 */
uint64_t gb_next_batch(struct gb_state *st, uint64_t max);

/* Stop this thread's clock and start it again; costs about half a us. */
int gb_pause(struct gb_state *st);
int gb_resume(struct gb_state *st);

/**
 * gb_set_iteration_time() - what the last batch took, with GB_MANUAL_TIME
 * @seconds: of the whole batch; the calls of a run are added up
 */
int gb_set_iteration_time(struct gb_state *st, double seconds);

/** gb_skip() - report this run as an error; gb_next_batch() returns 0 next */
int gb_skip(struct gb_state *st, const char *message);

/**
 * gb_arg() - the @i-th argument
 *
 * One that the instance doesn't have is 0, and the run is an error.
 */
int64_t gb_arg(struct gb_state *st, size_t i);
size_t gb_num_args(const struct gb_state *st);
int gb_threads(const struct gb_state *st);
int gb_thread_index(const struct gb_state *st);
/** gb_iterations() - batches given to this thread so far, in operations */
uint64_t gb_iterations(const struct gb_state *st);
/** gb_max_iterations() - what this thread will do in this run */
uint64_t gb_max_iterations(const struct gb_state *st);
/** gb_family() - the name that was registered */
const char *gb_family(const struct gb_state *st);

/* A pointer of this thread's own, until the end of the run; NULL at first. */
void gb_set_local(struct gb_state *st, void *p);
void *gb_local(const struct gb_state *st);

/* Shown as items_per_second and bytes_per_second; of this thread alone. */
int gb_set_items(struct gb_state *st, uint64_t items);
int gb_set_bytes(struct gb_state *st, uint64_t bytes);
/**
 * gb_set_counter() - a counter of this thread; the last value set counts
 * @name: none of the keys that a result has in JSON anyway ("threads", say)
 * @flags: GB_RATE and so on, or 0
 * @one_k: GB_1000 or GB_1024; 0 means GB_1000
 */
int gb_set_counter(struct gb_state *st, const char *name, double value,
		   unsigned int flags, unsigned int one_k);
/** gb_set_label() - text behind the result; one for all threads */
int gb_set_label(struct gb_state *st, const char *label);
int gb_set_complexity_n(struct gb_state *st, int64_t n);

/* Running */

/**
 * gb_list() - the instances that a filter leaves, in the order they would run
 * @filter: a regular expression, "-" before it inverts; NULL: the flag's
 * @fn: takes each name; may be NULL
 *
 * Returns their number; -ENOENT for none; -EINVAL for a bad expression.
 */
int gb_list(const char *filter, gb_list_fn fn, void *ctx);

#define GB_QUIET (1u << 0) /* not to Google Benchmark's own display */

/**
 * gb_run_benchmarks() - run what a filter leaves
 * @filter: as for gb_list()
 * @reporter: receives all that the display does; may be NULL
 * @flags: 0 or GB_QUIET
 *
 * With --benchmark_list_tests it lists on stdout and runs nothing.
 * --benchmark_out writes its file as ever.
 *
 * Returns the number of instances; -ENOENT when none is left, -EINVAL for a
 * bad expression, -ECANCELED when the reporter called it off, -EBUSY from
 * inside a benchmark; the errno of a --benchmark_out that can't be opened; -EIO
 * when it, or standard output, could not be written whole (the reporter has
 * received all runs then).
 */
int gb_run_benchmarks(const char *filter, const struct gb_reporter *reporter,
		      unsigned int flags);

/**
 * gb_failed_runs() - errors in the last gb_run_benchmarks()
 *
 * Among the runs that its reporters received.
 */
unsigned int gb_failed_runs(void);

/* Results of one's own */

enum gb_format GB_UNSIGNED { GB_JSON, GB_CONSOLE, GB_CSV };

#define GB_COLOR   (1u << 0)
#define GB_TABULAR (1u << 1)

/**
 * struct gb_report_options - where results of one's own go
 * @format: which of Google Benchmark's reporters
 * @driver: who measured them; becomes the context's "driver". Must be given:
 *	no reader may take these times for Google Benchmark's
 * @path: file to write; it appears whole, when the report is closed
 * @out: stream to write to instead of @path; not closed
 * @err: console and CSV: where the context goes; NULL: nowhere
 * @context: further lines of context
 * @n_context: length of @context
 * @name_width: console: of the first column; 0 means 10
 * @style: console: GB_COLOR, GB_TABULAR
 */
struct gb_report_options {
	enum gb_format format;
	const char *driver;
	const char *path;
	FILE *out;
	FILE *err;
	const struct gb_kv *context;
	size_t n_context;
	unsigned int name_width;
	unsigned int style;
};

/** gb_report_open() - begin a report and write its context */
struct gb_report *gb_report_open(const struct gb_report_options *options);

/**
 * gb_report_runs() - add results
 * @runs: checked first; nothing is written unless all of them are sound
 *
 * Times and counters must be finite, counters of one run have different names,
 * texts be UTF-8 without control characters. CSV: the counters are those of
 * the first call.
 *
 * Returns 0, -EINVAL with the run's name in gb_last_error(), or the errno of
 * a write that failed.
 */
int gb_report_runs(struct gb_report *report, const struct gb_run *runs,
		   size_t n);

/**
 * gb_report_close() - end a report; frees it in any case
 *
 * Returns 0, or the errno of the write that failed; @path is then untouched.
 */
int gb_report_close(struct gb_report *report);

/** gb_report_abort() - drop a report; @path stays as it was */
void gb_report_abort(struct gb_report *report);

#ifdef __cplusplus
}
#endif

#endif /* GBENCH_H */
