/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_TIME_H_
#define _COMPAT_LINUX_TIME_H_

/* Not uapi's: it defines libc's struct timeval again. */
#include <time.h>

#include <linux/time64.h>

#endif /* _COMPAT_LINUX_TIME_H_ */
