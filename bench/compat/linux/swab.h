/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SWAB_H_
#define _COMPAT_LINUX_SWAB_H_

#include_next <linux/swab.h>

#define swab16	__swab16
#define swab32	__swab32
#define swab64	__swab64

#endif /* _COMPAT_LINUX_SWAB_H_ */
