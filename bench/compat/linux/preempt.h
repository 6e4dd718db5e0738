/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_PREEMPT_H_
#define _COMPAT_LINUX_PREEMPT_H_

#include <linux/irqflags.h>

#ifdef COMPAT_DEBUG
#define preempt_disable() \
	do { compat_preempt_depth++; barrier(); } while (0)
#define preempt_enable() \
	do { barrier(); compat_preempt_depth--; } while (0)
#define preempt_count()		(compat_preempt_depth)
#else
#define preempt_disable()	barrier()
#define preempt_enable()	barrier()
#define preempt_count()		0
#endif

#endif /* _COMPAT_LINUX_PREEMPT_H_ */
