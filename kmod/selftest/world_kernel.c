// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's half of selftest.h. */
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/sched.h>

#include "fail_alloc.h"
#include "selftest.h"

/* An emulated CPU shall be through with it all in seconds. */
#define SHARE	100

bool selftest_can(unsigned int what)
{
	return !(what & ~SELFTEST_CAN_FAIL_ALLOCS);
}

unsigned long selftest_share(unsigned long full, unsigned long least)
{
	return max(full / SHARE, least);
}

void selftest_fail_alloc(long n)
{
	WRITE_ONCE(fail_alloc_nth, n);
}

long selftest_fail_alloc_left(void)
{
	return READ_ONCE(fail_alloc_nth);
}

long selftest_allocs(void)
{
	return 0;
}

void selftest_expect_warn(bool on)
{
}

unsigned long selftest_warnings(void)
{
	return test_taint(TAINT_WARN);
}

void selftest_forget_warnings(unsigned long count)
{
}

unsigned int selftest_logged(const char *text)
{
	return 0;
}

void selftest_log_reset(void)
{
}

void selftest_yield(void)
{
	cond_resched();
}

void selftest_sleep_us(unsigned long us)
{
	usleep_range(us, us + us / 4 + 1);
}
