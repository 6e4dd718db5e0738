/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_DELAY_H_
#define _COMPAT_LINUX_DELAY_H_

#include <asm/processor.h>
#include <linux/ktime.h>

static inline void ndelay(unsigned long nsec)
{
	ktime_t end = ktime_get() + nsec;

	while (ktime_get() < end)
		cpu_relax();
}

static inline void udelay(unsigned long usec)
{
	ndelay(usec * NSEC_PER_USEC);
}

#endif /* _COMPAT_LINUX_DELAY_H_ */
