/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_LOG2_H_
#define _COMPAT_LINUX_LOG2_H_

#include <linux/bitops.h>

/* A constant for a constant argument; -1 for 0, where the kernel's is undefined. */
#define ilog2(n) \
	((int)(sizeof(n) <= 4 ? fls((unsigned int)(n)) - 1 : fls64(n) - 1))

static __always_inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static __always_inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n <= 1 ? 1 : 1UL << fls_long(n - 1);
}

static __always_inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1UL << (fls_long(n) - 1);
}

static __always_inline int order_base_2(unsigned long n)
{
	return n > 1 ? (int)fls_long(n - 1) : 0;
}

#endif /* _COMPAT_LINUX_LOG2_H_ */
