/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_ERRNO_H_
#define _COMPAT_LINUX_ERRNO_H_

#include_next <linux/errno.h>

#ifndef ENOTSUPP
#define ENOTSUPP	524
#endif

#endif /* _COMPAT_LINUX_ERRNO_H_ */
