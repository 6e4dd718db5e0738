/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_BUILD_BUG_H_
#define _COMPAT_LINUX_BUILD_BUG_H_

#include <linux/compiler.h>

#define BUILD_BUG_ON_ZERO(e)	((int)sizeof(struct { int:(-!!(e)); }))
#define BUILD_BUG_ON_MSG(c, msg)	_Static_assert(!(c), msg)
#define BUILD_BUG_ON(c)		BUILD_BUG_ON_MSG(c, #c)

#endif /* _COMPAT_LINUX_BUILD_BUG_H_ */
