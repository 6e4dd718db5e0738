/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_RATELIMIT_H_
#define _COMPAT_LINUX_RATELIMIT_H_

#include <linux/printk.h>

#endif /* _COMPAT_LINUX_RATELIMIT_H_ */
