// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings, and KTAP version 1: a suite is a test, its cases are subtests. */
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "selftest.h"

#define LINE_SIZE	512

/**
 * struct ktap_state - the case that runs
 * @lock: of what follows
 * @failed: it has found something
 * @skipped: it can't run here
 * @text: what it found, or why it can't
 */
static struct ktap_state {
	spinlock_t lock; /* of what follows */
	bool failed, skipped;
	char text[LINE_SIZE - 100];
} state = { .lock = __SPIN_LOCK_UNLOCKED(state.lock) };

/* Where notes go, and how far in. Changed between cases only. */
static const struct ktap_sink *current_sink;
static const char *indent = "";

/* ---- findings ------------------------------------------------------------ */

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

bool ktap_found(const char *file, int line, const char *fmt, ...)
{
	unsigned long flags;
	va_list args;
	int n;

	spin_lock_irqsave(&state.lock, flags);
	if (!state.failed) {
		n = snprintf(state.text, sizeof(state.text), "%s:%d: ", base_name(file), line);
		va_start(args, fmt);
		vsnprintf(state.text + n, sizeof(state.text) - n, fmt, args);
		va_end(args);
		WRITE_ONCE(state.failed, true);
	}
	spin_unlock_irqrestore(&state.lock, flags);
	return false;
}

bool ktap_equal(const char *file, int line, const char *what, long long got, long long want)
{
	if (likely(got == want))
		return true;
	return ktap_found(file, line, "%s is %lld (%#llx), not %lld (%#llx)", what, got,
			  (unsigned long long)got, want, (unsigned long long)want);
}

/* Texts of several lines: which is the first that differs? */
bool ktap_same_text(const char *file, int line, const char *what, const char *got,
		    const char *want)
{
	unsigned int nr = 1;
	size_t i, from = 0;

	if (!got || !want)
		return got == want || ktap_found(file, line, "%s is NULL, or shall be", what);
	for (i = 0; got[i] == want[i]; i++) {
		if (!got[i])
			return true;
		if (got[i] == '\n') {
			from = i + 1;
			nr++;
		}
	}
	return ktap_found(file, line, "%s: line %u is '%.*s', not '%.*s'", what, nr,
			  (int)strcspn(got + from, "\n"), got + from,
			  (int)strcspn(want + from, "\n"), want + from);
}

bool ktap_same_bytes(const char *file, int line, const char *what, const void *got,
		     const void *want, size_t size)
{
	const unsigned char *g = got, *w = want;
	size_t i;

	for (i = 0; i < size; i++)
		if (g[i] != w[i])
			return ktap_found(file, line, "%s: byte %zu is %#x, not %#x", what, i,
					  g[i], w[i]);
	return true;
}

bool ktap_failed(void)
{
	return READ_ONCE(state.failed);
}

void ktap_skip(const char *why)
{
	unsigned long flags;

	spin_lock_irqsave(&state.lock, flags);
	if (!state.failed) {
		state.skipped = true;
		snprintf(state.text, sizeof(state.text), "%s", why);
	}
	spin_unlock_irqrestore(&state.lock, flags);
}

/* ---- lines --------------------------------------------------------------- */

/* KTAP's lines are of the thread that runs the cases: one buffer serves them all. */
static char buffer[LINE_SIZE];

static void __printf(2, 3) put(const struct ktap_sink *sink, const char *fmt, ...)
{
	size_t n = snprintf(buffer, sizeof(buffer), "%s", indent);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buffer + n, sizeof(buffer) - n, fmt, args);
	va_end(args);
	sink->line(sink->ctx, buffer);
}

void ktap_note(const char *fmt, ...)
{
	const struct ktap_sink *sink = current_sink;
	va_list args;
	size_t n;

	if (!sink)
		return;
	n = snprintf(buffer, sizeof(buffer), "%s# ", indent);
	va_start(args, fmt);
	vsnprintf(buffer + n, sizeof(buffer) - n, fmt, args);
	va_end(args);
	sink->line(sink->ctx, buffer);
}

/* ---- running ------------------------------------------------------------- */

static void begin(const struct ktap_sink *sink)
{
	state.failed = false;
	state.skipped = false;
	state.text[0] = '\0';
	current_sink = sink;
}

/* NULL when the world can do all of @what, else what it can't. */
static const char *missing(unsigned int what)
{
	if (selftest_can(what))
		return NULL;
	if (!selftest_can(what & SELFTEST_CAN_FAIL_ALLOCS))
		return "no allocations that fail on demand here";
	if (!selftest_can(what & SELFTEST_CAN_COUNT_ALLOCS))
		return "nobody counts allocations here";
	if (!selftest_can(what & SELFTEST_CAN_WARN))
		return "a WARN() would taint this kernel";
	return "the log can't be read here";
}

static void run_case(const struct ktap_suite *suite, const struct ktap_case *c)
{
	if (suite->before)
		suite->before();
	if (!ktap_failed() && !state.skipped) {
		if (c->fn)
			c->fn();
		else
			c->fn_with(c->with);
	}
	if (suite->after)
		suite->after();
}

enum ktap_verdict ktap_run_case(const struct ktap_suite *suite, const struct ktap_case *c,
				const struct ktap_sink *sink, const char **text)
{
	const char *why = missing(c->needs);

	begin(sink);
	if (why)
		ktap_skip(why);
	else
		run_case(suite, c);
	current_sink = NULL;
	*text = state.text;
	cond_resched();
	return state.failed ? KTAP_NOT_OK : state.skipped ? KTAP_SKIP : KTAP_OK;
}

static bool stopping(const struct ktap_sink *sink)
{
	return sink->stopping && sink->stopping(sink->ctx);
}

/* Cases that were not ok, or -EINTR. */
static int run_suite(const struct ktap_suite *suite, const struct ktap_sink *sink)
{
	const char *text;
	unsigned int i;
	int failed = 0;

	put(sink, "KTAP version 1");
	put(sink, "# Subtest: %s", suite->name);
	put(sink, "1..%u", suite->nr_cases);
	for (i = 0; i < suite->nr_cases; i++) {
		const struct ktap_case *c = &suite->cases[i];

		if (stopping(sink))
			return -EINTR;
		switch (ktap_run_case(suite, c, sink, &text)) {
		case KTAP_OK:
			put(sink, "ok %u %s", i + 1, c->name);
			break;
		case KTAP_SKIP:
			put(sink, "ok %u %s # SKIP %s", i + 1, c->name, text);
			break;
		case KTAP_NOT_OK:
			put(sink, "not ok %u %s # %s", i + 1, c->name, text);
			failed++;
			break;
		}
	}
	return failed;
}

int ktap_run(const struct ktap_suite *const *suites, const struct ktap_sink *sink)
{
	unsigned int i, nr = 0;
	int failed = 0, ret;

	while (suites[nr])
		nr++;
	put(sink, "KTAP version 1");
	put(sink, "1..%u", nr);
	for (i = 0; i < nr; i++) {
		indent = "    ";
		ret = run_suite(suites[i], sink);
		indent = "";
		if (ret < 0) {
			put(sink, "Bail out! interrupted");
			return ret;
		}
		put(sink, "%s %u %s", ret ? "not ok" : "ok", i + 1, suites[i]->name);
		failed += ret;
	}
	return failed;
}
