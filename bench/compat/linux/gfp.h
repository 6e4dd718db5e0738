/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_GFP_H_
#define _COMPAT_LINUX_GFP_H_

#include <linux/types.h>

#define GFP_KERNEL	((gfp_t)0x1)
#define GFP_ATOMIC	((gfp_t)0x2)
#define GFP_NOWAIT	((gfp_t)0x4)
#define __GFP_ZERO	((gfp_t)0x100)
#define __GFP_NOWARN	((gfp_t)0x200)
#define __GFP_RETRY_MAYFAIL	((gfp_t)0x400)
#define GFP_KERNEL_ACCOUNT	GFP_KERNEL

#endif /* _COMPAT_LINUX_GFP_H_ */
