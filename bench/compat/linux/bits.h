/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_BITS_H_
#define _COMPAT_LINUX_BITS_H_

#include <linux/const.h>
#include <linux/types.h>

#define BITS_PER_BYTE		8
#ifndef BITS_PER_LONG
#define BITS_PER_LONG		__SIZEOF_LONG__ * 8
#endif
#undef BITS_PER_LONG
#define BITS_PER_LONG		64
#define BITS_PER_LONG_LONG	64
static_assert(sizeof(long) == 8);

#define BIT(nr)			(1UL << (nr))
#define BIT_ULL(nr)		(1ULL << (nr))
#define BIT_U32(nr)		((u32)(1U << (nr)))
#define BIT_U64(nr)		((u64)(1ULL << (nr)))
#define BIT_MASK(nr)		(1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)		((nr) / BITS_PER_LONG)

#define GENMASK(h, l)		((~0UL << (l)) & (~0UL >> (63 - (h))))
#define GENMASK_ULL(h, l)	((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define GENMASK_U64(h, l)	((u64)GENMASK_ULL(h, l))
#define GENMASK_U32(h, l)	((u32)GENMASK_ULL(h, l))

#endif /* _COMPAT_LINUX_BITS_H_ */
