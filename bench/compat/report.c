// SPDX-License-Identifier: GPL-2.0-or-later
/* WARN, BUG and printk. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bug.h>
#include <linux/device.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/printk.h>

#define RATELIMIT_NS	(5 * NSEC_PER_SEC)
#define RATELIMIT_BURST	10

unsigned long compat_warn_count;
__thread unsigned int compat_irq_depth;
__thread int compat_preempt_depth;

static __thread bool warn_expected;

void compat_warn_expect(bool on)
{
	warn_expected = on;
}

void compat_warn(const char *file, int line, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	__atomic_fetch_add(&compat_warn_count, 1, __ATOMIC_RELAXED);
	if (warn_expected)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* The kernel's formats end their line themselves, or not. */
	text[strcspn(text, "\n")] = '\0';
	fprintf(stderr, "WARNING: %s:%d: %s\n", file, line, text);
}

void compat_bug(const char *file, int line, const char *cond)
{
	fprintf(stderr, "BUG: %s:%d: %s\n", file, line, cond);
	abort();
}

void __weak compat_printk(const char *level, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (level[0] > KERN_WARNING[0])
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text[strcspn(text, "\n")] = '\0';
	fprintf(stderr, "%s\n", text);
}

int compat_ratelimit(struct compat_ratelimit *state)
{
	long long now = ktime_get();
	long long begin = __atomic_load_n(&state->begin_ns, __ATOMIC_RELAXED);

	/* Two threads may both open the window: a line more, no harm. */
	if (!begin || now - begin > RATELIMIT_NS) {
		__atomic_store_n(&state->begin_ns, now, __ATOMIC_RELAXED);
		__atomic_store_n(&state->printed, 0, __ATOMIC_RELAXED);
	}
	return __atomic_fetch_add(&state->printed, 1, __ATOMIC_RELAXED) <
	       RATELIMIT_BURST;
}

const char *dev_name(const struct device *dev)
{
	return dev && dev->init_name ? dev->init_name : "(unnamed device)";
}
