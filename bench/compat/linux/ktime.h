/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_KTIME_H_
#define _COMPAT_LINUX_KTIME_H_

#include <time.h>

#include <linux/time64.h>
#include <linux/types.h>

typedef s64 ktime_t;

#define KTIME_MAX	((s64)~((u64)1 << 63))

static inline ktime_t ktime_get(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static inline u64 ktime_get_ns(void)
{
	return ktime_get();
}

static inline s64 ktime_to_ns(ktime_t kt)
{
	return kt;
}

static inline ktime_t ns_to_ktime(u64 ns)
{
	return ns;
}

static inline s64 ktime_to_us(ktime_t kt)
{
	return kt / NSEC_PER_USEC;
}

static inline ktime_t ktime_add_us(ktime_t kt, u64 usec)
{
	return kt + usec * NSEC_PER_USEC;
}

static inline ktime_t ktime_add_ns(ktime_t kt, u64 nsec)
{
	return kt + nsec;
}

#define ktime_add(a, b)	((a) + (b))
#define ktime_sub(a, b)	((a) - (b))

static inline int ktime_compare(ktime_t a, ktime_t b)
{
	return (a > b) - (a < b);
}

static inline bool ktime_after(ktime_t a, ktime_t b)
{
	return a > b;
}

static inline bool ktime_before(ktime_t a, ktime_t b)
{
	return a < b;
}

#endif /* _COMPAT_LINUX_KTIME_H_ */
