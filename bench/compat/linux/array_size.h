/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_ARRAY_SIZE_H_
#define _COMPAT_LINUX_ARRAY_SIZE_H_

#include <linux/build_bug.h>

/* A pointer in place of the array doesn't compile. */
#define ARRAY_SIZE(arr)							\
	(sizeof(arr) / sizeof((arr)[0]) +				\
	 BUILD_BUG_ON_ZERO(__same_type((arr), &(arr)[0])))

#endif /* _COMPAT_LINUX_ARRAY_SIZE_H_ */
