/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_MINMAX_H_
#define _COMPAT_LINUX_MINMAX_H_

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/const.h>

#define __COMPAT_CMP(op, a, b, ua, ub) ({				\
	__auto_type ua = (a);						\
	__auto_type ub = (b);						\
	ua op ub ? ua : ub; })
#define __COMPAT_CMP_ONCE(op, a, b) \
	__COMPAT_CMP(op, a, b, __UNIQUE_ID(l), __UNIQUE_ID(r))

/* As the kernel's, both sides are evaluated once. */
#undef min
#define min(a, b)		__COMPAT_CMP_ONCE(<, a, b)
#undef max
#define max(a, b)		__COMPAT_CMP_ONCE(>, a, b)
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
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
