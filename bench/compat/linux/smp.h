/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SMP_H_
#define _COMPAT_LINUX_SMP_H_

#include <linux/compiler.h>
#include <linux/preempt.h>

/**
 * smp_call_mb_all() - a full fence on every CPU, and on this one
 *
 * What an IPI does in the kernel, membarrier does here.
 */
void smp_call_mb_all(void);

#endif /* _COMPAT_LINUX_SMP_H_ */
