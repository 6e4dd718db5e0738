/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cases that run in the kernel and in user space: what they report with, and who runs
 * them. A case is a function that says what it expects. What isn't so is its finding;
 * the first one counts, and the case is over as far as the asserts are concerned:
 * nothing is thrown, so a case that failed runs to its end past asserts that do nothing.
 *
 * One run at a time; any thread of it may find something.
 */
#ifndef SELFTEST_KTAP_H
#define SELFTEST_KTAP_H

#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct ktap_case - one case
 * @name: without spaces
 * @fn: it
 * @fn_with: or it, with
 * @with: this; planted bugs are told apart by it
 * @needs: SELFTEST_CAN_* (selftest.h); in a world that can't it is skipped
 */
struct ktap_case {
	const char *name;
	void (*fn)(void);
	void (*fn_with)(const void *with);
	const void *with;
	unsigned int needs;
};

#define KTAP_CASE(f)		{ .name = #f, .fn = f }
#define KTAP_CASE_NEEDS(f, n)	{ .name = #f, .fn = f, .needs = n }

/**
 * struct ktap_suite - cases that belong together
 * @name: without spaces
 * @cases: them
 * @nr_cases: of them
 * @before: before each, or NULL
 * @after: after each, whatever became of it, or NULL
 */
struct ktap_suite {
	const char *name;
	const struct ktap_case *cases;
	unsigned int nr_cases;
	void (*before)(void);
	void (*after)(void);
};

#define KTAP_SUITE(n, list) \
	.name = n, .cases = list, .nr_cases = ARRAY_SIZE(list)

/* ---- what a case says ---------------------------------------------------- */

bool ktap_found(const char *file, int line, const char *fmt, ...) __printf(3, 4) __cold;
bool ktap_equal(const char *file, int line, const char *what, long long got, long long want);
bool ktap_same_text(const char *file, int line, const char *what, const char *got,
		    const char *want);
bool ktap_same_bytes(const char *file, int line, const char *what, const void *got,
		     const void *want, size_t size);

static inline bool ktap_so(bool so, const char *file, int line, const char *what)
{
	return likely(so) || ktap_found(file, line, "%s is not so", what);
}

/* Has this case found something already? */
bool ktap_failed(void);

/* All: true, or false after a finding. */
#define ktap_expect(cond)	ktap_so(cond, __FILE__, __LINE__, #cond)
#define ktap_expect_eq(got, want) \
	ktap_equal(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))
#define ktap_expect_str(got, want) \
	ktap_same_text(__FILE__, __LINE__, #got, got, want)
#define ktap_expect_mem(got, want, size) \
	ktap_same_bytes(__FILE__, __LINE__, #got, got, want, size)

/* A finding in words: printf's, without a newline. */
#define ktap_fail(fmt, ...) \
	((void)ktap_found(__FILE__, __LINE__, fmt, ##__VA_ARGS__))

/*
 * The same, and the end of the function, which returns nothing. After a finding they
 * end it without looking: what they would look at may not be there.
 */
#define __ktap_assert(expectation)					\
	do {								\
		if (ktap_failed() || !(expectation))			\
			return;						\
	} while (0)
#define ktap_assert(cond)		__ktap_assert(ktap_expect(cond))
#define ktap_assert_eq(got, want)	__ktap_assert(ktap_expect_eq(got, want))
#define ktap_assert_str(got, want)	__ktap_assert(ktap_expect_str(got, want))
#define ktap_assert_mem(got, want, n)	__ktap_assert(ktap_expect_mem(got, want, n))

/* A line for the reader, at once. */
void ktap_note(const char *fmt, ...) __printf(1, 2);

/* The case can't run here; @why in a few words. It returns after that. */
void ktap_skip(const char *why);

/* ---- who runs them ------------------------------------------------------- */

enum ktap_verdict {
	KTAP_OK,
	KTAP_NOT_OK,
	KTAP_SKIP,
};

/**
 * struct ktap_sink - where lines go
 * @line: one line, without its newline. Called by the thread that runs the cases
 * @stopping: somebody wants the run to end; asked between cases. May be NULL
 * @ctx: handed to both
 */
struct ktap_sink {
	void (*line)(void *ctx, const char *text);
	bool (*stopping)(void *ctx);
	void *ctx;
};

/**
 * ktap_run_case() - one case, with what its suite has before and after it
 * @suite: its suite
 * @c: case
 * @sink: where ktap_note() goes
 * @text: the finding with its place, or the reason to skip; good until the next case
 *
 * Context: process context; may sleep.
 */
enum ktap_verdict ktap_run_case(const struct ktap_suite *suite, const struct ktap_case *c,
				const struct ktap_sink *sink, const char **text);

/**
 * ktap_run() - suites, told in KTAP
 * @suites: NULL ends them
 * @sink: where the KTAP goes
 *
 * Context: as ktap_run_case().
 * Return: how many cases were not ok, or -EINTR when the sink has ended it.
 */
int ktap_run(const struct ktap_suite *const *suites, const struct ktap_sink *sink);

#endif
