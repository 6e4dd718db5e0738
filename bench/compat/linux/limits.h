/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_LIMITS_H_
#define _COMPAT_LINUX_LIMITS_H_

#include_next <linux/limits.h>

#include <limits.h>
#include <stdint.h>

#define U8_MAX	((unsigned char)~0U)
#define U16_MAX	((unsigned short)~0U)
#define U32_MAX	((unsigned int)~0U)
#define S32_MAX	((int)(U32_MAX >> 1))
#define U64_MAX	((unsigned long long)~0ULL)
#define S64_MAX	((long long)(U64_MAX >> 1))

#endif /* _COMPAT_LINUX_LIMITS_H_ */
