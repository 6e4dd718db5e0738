/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The suites, and what their cases need that linux/ has no call for: each world brings it. */
#ifndef SELFTEST_H
#define SELFTEST_H

#include <linux/types.h>

#include "ktap.h"

/* ---- suites -------------------------------------------------------------- */

/* What must be so. */
extern const struct ktap_suite selftest_invs;
extern const struct ktap_suite selftest_inv_range;
extern const struct ktap_suite selftest_stores;
extern const struct ktap_suite selftest_cmdq_queue;
extern const struct ktap_suite selftest_cmdq_errors;
extern const struct ktap_suite selftest_cmdq_caches;
extern const struct ktap_suite selftest_cmdq_stress;
extern const struct ktap_suite selftest_attach_sequences;
extern const struct ktap_suite selftest_attach_masters;
extern const struct ktap_suite selftest_attach_fences;
extern const struct ktap_suite selftest_attach_failures;
extern const struct ktap_suite selftest_attach_steps;
extern const struct ktap_suite selftest_attach_bits;
extern const struct ktap_suite selftest_attach_table;
extern const struct ktap_suite selftest_mmio_queue; /* kmod/mmio, these */
extern const struct ktap_suite selftest_mmio_errors;
extern const struct ktap_suite selftest_mmio_cells;
extern const struct ktap_suite selftest_stock; /* kmod/stock */

/* Planted bugs: a case is ok when its bug was caught. */
extern const struct ktap_suite selftest_invs_busted;
extern const struct ktap_suite selftest_inv_range_busted;
extern const struct ktap_suite selftest_stores_busted;
extern const struct ktap_suite selftest_cmdq_busted;
extern const struct ktap_suite selftest_attach_busted;
extern const struct ktap_suite selftest_stock_busted; /* kmod/stock */

/* ---- what the world can do ----------------------------------------------- */

#define SELFTEST_CAN_FAIL_ALLOCS	(1U << 0)
#define SELFTEST_CAN_COUNT_ALLOCS	(1U << 1)
#define SELFTEST_CAN_WARN		(1U << 2) /* counts a WARN() without harm */
#define SELFTEST_CAN_READ_LOG		(1U << 3)

/**
 * selftest_can() - is the world able to do all of @what?
 * @what: SELFTEST_CAN_*
 *
 * Where it isn't, a case leaves out what needs it; one of which nothing would be left
 * names it as its need and is skipped.
 */
bool selftest_can(unsigned int what);

/*
 * How many of @full random steps, commands or rounds are to do in this world: all of
 * them, or a share, but not fewer than @least.
 */
unsigned long selftest_share(unsigned long full, unsigned long least);

/*
 * With SELFTEST_CAN_FAIL_ALLOCS. The @n-th allocation from now, in the subject or in a
 * case, fails, and switches this off; 0: off. And what is left of @n. While no other
 * thread allocates.
 */
void selftest_fail_alloc(long n);
long selftest_fail_alloc_left(void);

/* Allocations not yet freed; 0 without SELFTEST_CAN_COUNT_ALLOCS. */
long selftest_allocs(void);

/* As many as selftest_allocs() should tell, where it can. */
static inline bool selftest_allocs_are(long count)
{
	return !selftest_can(SELFTEST_CAN_COUNT_ALLOCS) || selftest_allocs() == count;
}

/* With SELFTEST_CAN_WARN: a WARN() of this thread is expected from now on, or isn't. */
void selftest_expect_warn(bool on);

/*
 * WARN()s so far; without SELFTEST_CAN_WARN whether there was one. And those after the
 * first @count were no WARN()s: with SELFTEST_CAN_WARN.
 */
unsigned long selftest_warnings(void);
void selftest_forget_warnings(unsigned long count);

/* With SELFTEST_CAN_READ_LOG: lines with @text in them since selftest_log_reset(). */
unsigned int selftest_logged(const char *text);
void selftest_log_reset(void);

/* Other threads go first. */
void selftest_yield(void);

/* Sleeps for at least @us microseconds. */
void selftest_sleep_us(unsigned long us);

/**
 * selftest_threads() - runs @fn on @n threads at once, and waits for all
 * @n: how many
 * @fn: called with its number, 0 to @n - 1
 * @arg: and with this
 *
 * The threads are spread over the CPUs. Return: false, after a finding, when there is no
 * memory for them.
 */
bool selftest_threads(unsigned int n, void (*fn)(void *arg, unsigned int nr), void *arg);

#endif
