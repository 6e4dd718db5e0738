/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_MATH64_H_
#define _COMPAT_LINUX_MATH64_H_

#include <linux/math.h>

#define div_u64(n, d)		((u64)(n) / (u32)(d))
#define div64_u64(n, d)		((u64)(n) / (u64)(d))

#endif /* _COMPAT_LINUX_MATH64_H_ */
