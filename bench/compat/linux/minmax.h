/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_MINMAX_H_
#define _COMPAT_LINUX_MINMAX_H_

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/const.h>

#define __COMPAT_CMP(op, a, b, type) ({					\
	type __cmp_a = (a);						\
	type __cmp_b = (b);						\
	__cmp_a op __cmp_b ? __cmp_a : __cmp_b; })

/* As the kernel's, both sides are evaluated once. */
#define min_t(type, a, b)	__COMPAT_CMP(<, a, b, type)
#define max_t(type, a, b)	__COMPAT_CMP(>, a, b, type)
#undef min
#define min(a, b) ({							\
	__auto_type __min_a = (a);					\
	__auto_type __min_b = (b);					\
	__min_a < __min_b ? __min_a : __min_b; })
#undef max
#define max(a, b) ({							\
	__auto_type __max_a = (a);					\
	__auto_type __max_b = (b);					\
	__max_a > __max_b ? __max_a : __max_b; })
#define min3(a, b, c)		min(min(a, b), c)
#define max3(a, b, c)		max(max(a, b), c)
#define umin(a, b)		min_t(unsigned long, a, b)
#define umax(a, b)		max_t(unsigned long, a, b)
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define clamp_t(type, v, lo, hi) min_t(type, max_t(type, v, lo), hi)
/* For array sizes and other constants. */
#define MIN_T(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define MAX_T(type, a, b)	((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#undef MIN
#define MIN(a, b)		((a) < (b) ? (a) : (b))
#undef MAX
#define MAX(a, b)		((a) > (b) ? (a) : (b))

#define swap(a, b) \
	do { typeof(a) __swap = (a); (a) = (b); (b) = __swap; } while (0)

#define cmp_int(l, r)		(((l) > (r)) - ((l) < (r)))

#endif /* _COMPAT_LINUX_MINMAX_H_ */
