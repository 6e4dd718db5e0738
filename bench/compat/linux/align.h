/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_ALIGN_H_
#define _COMPAT_LINUX_ALIGN_H_

#include <linux/const.h>

#define __COMPAT_ALIGN_MASK(x, mask)	(((x) + (mask)) & ~(mask))
#undef ALIGN
#define ALIGN(x, a)		__COMPAT_ALIGN_MASK(x, (typeof(x))(a) - 1)
#define ALIGN_DOWN(x, a)	((x) & ~((typeof(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((typeof(x))(a) - 1)) == 0)
#define PTR_ALIGN(p, a)		((typeof(p))ALIGN((unsigned long)(p), (a)))

#endif /* _COMPAT_LINUX_ALIGN_H_ */
