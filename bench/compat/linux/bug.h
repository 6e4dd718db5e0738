/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_BUG_H_
#define _COMPAT_LINUX_BUG_H_

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "../test_hooks.h"

void compat_warn(const char *file, int line, const char *fmt, ...)
	__attribute__((__format__(printf, 3, 4), __cold__));
void compat_bug(const char *file, int line, const char *cond)
	__attribute__((__noreturn__, __cold__));

/* A value that may go unused, from a macro that may nest. */
static __always_inline bool __compat_warned(bool warned)
{
	return unlikely(warned);
}

#define WARN(cond, fmt, ...)						\
	__compat_warned(unlikely(cond) ?				\
			(compat_warn(__FILE__, __LINE__, fmt,		\
				     ##__VA_ARGS__), true) : false)

/* Counted each time: a test wants to know of the second one as well. */
#define WARN_ONCE(cond, fmt, ...)	WARN(cond, fmt, ##__VA_ARGS__)
#define WARN_ON(cond)		WARN(cond, "WARN_ON(%s)", #cond)
#define WARN_ON_ONCE(cond)	WARN(cond, "WARN_ON_ONCE(%s)", #cond)

#define BUG()			compat_bug(__FILE__, __LINE__, "BUG")
#define BUG_ON(cond)							\
	do {								\
		if (unlikely(cond))					\
			compat_bug(__FILE__, __LINE__, #cond);		\
	} while (0)

#endif /* _COMPAT_LINUX_BUG_H_ */
