// SPDX-License-Identifier: GPL-2.0-or-later
/* User space's half of selftest.h: the shims can do it all. */
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <linux/printk.h>

#include <compat/test_hooks.h>

#include "run.h"
#include "selftest.h"

/* What threads have to race for is a sanitizer's to watch: fewer of them. */
#if defined(__SANITIZE_THREAD__)
#define SHARE 20
#elif defined(__SANITIZE_ADDRESS__)
#define SHARE 5
#else
#define SHARE 1
#endif

bool run_heavy;

bool selftest_can(unsigned int what)
{
	(void)what;
	return true;
}

unsigned long selftest_share(unsigned long full, unsigned long least)
{
	unsigned long share = run_heavy ? full / SHARE : full;

	return share < least ? least : share;
}

void selftest_fail_alloc(long n)
{
	compat_fail_alloc_nth(n);
}

long selftest_fail_alloc_left(void)
{
	return compat_fail_alloc_left();
}

long selftest_allocs(void)
{
	return compat_alloc_live();
}

void selftest_expect_warn(bool on)
{
	compat_warn_expect(on);
}

unsigned long selftest_warnings(void)
{
	return __atomic_load_n(&compat_warn_count, __ATOMIC_RELAXED);
}

void selftest_forget_warnings(unsigned long count)
{
	__atomic_store_n(&compat_warn_count, count, __ATOMIC_RELAXED);
}

/* ---- the log: kept, not printed ----------------------------------------- */

static char text_of[16][160];
static unsigned int lines;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void compat_printk(const char *level, const char *fmt, ...)
{
	va_list args;

	(void)level;
	pthread_mutex_lock(&lock);
	va_start(args, fmt);
	vsnprintf(text_of[lines++ % 16], sizeof(text_of[0]), fmt, args);
	va_end(args);
	pthread_mutex_unlock(&lock);
}

unsigned int selftest_logged(const char *text)
{
	unsigned int i, n = 0;

	pthread_mutex_lock(&lock);
	for (i = 0; i < lines && i < 16; i++)
		n += !!strstr(text_of[i], text);
	pthread_mutex_unlock(&lock);
	return n;
}

void selftest_log_reset(void)
{
	pthread_mutex_lock(&lock);
	lines = 0;
	pthread_mutex_unlock(&lock);
}

/* ---- threads ------------------------------------------------------------- */

void selftest_yield(void)
{
	sched_yield();
}

void selftest_sleep_us(unsigned long us)
{
	const struct timespec ts = {
		.tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000,
	};

	nanosleep(&ts, NULL);
}
