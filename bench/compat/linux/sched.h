/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SCHED_H_
#define _COMPAT_LINUX_SCHED_H_

#include_next <linux/sched.h>

#include <sched.h>

#define cond_resched()		((void)0)
#define might_sleep()		((void)0)

#endif /* _COMPAT_LINUX_SCHED_H_ */
