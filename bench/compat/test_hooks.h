/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_TEST_HOOKS_H_
#define _COMPAT_TEST_HOOKS_H_

/*
 * What the tests see of the shims. Plain C, none of the kernel's names.
 */
#include <stdbool.h>

/**
 * compat_warn_count - WARN()s that fired in this process
 *
 * Read it with __atomic_load_n() while other threads run.
 */
extern unsigned long compat_warn_count;

/**
 * compat_warn_expect() - silence the line that a WARN() prints
 * @on: true: count only; false: count and print
 *
 * For the calling thread.
 */
void compat_warn_expect(bool on);

/**
 * compat_fail_alloc_nth() - make one allocation of this thread fail
 * @n: 1 is the next one; 0 or less: off
 *
 * The one that fails switches this off again.
 */
void compat_fail_alloc_nth(long n);

/** compat_fail_alloc_left() - what is left of compat_fail_alloc_nth() */
long compat_fail_alloc_left(void);

/** compat_alloc_live() - allocations of all threads not yet freed */
long compat_alloc_live(void);

#endif /* _COMPAT_TEST_HOOKS_H_ */
