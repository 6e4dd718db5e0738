/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_IRQFLAGS_H_
#define _COMPAT_LINUX_IRQFLAGS_H_

/*
 * A thread has no interrupts to mask: what is left of the kernel's is the
 * compiler barrier, and, with COMPAT_DEBUG, a depth that tests can read.
 */
#include <linux/compiler.h>

#ifdef COMPAT_DEBUG
#include <linux/bug.h>

extern __thread unsigned int compat_irq_depth;
extern __thread int compat_preempt_depth;

#define local_irq_save(flags)						\
	do {								\
		(flags) = compat_irq_depth++;				\
		barrier();						\
	} while (0)
#define local_irq_restore(flags)					\
	do {								\
		barrier();						\
		compat_irq_depth--;					\
		WARN((flags) != compat_irq_depth,			\
		     "interrupt flags restored out of order");		\
	} while (0)
#define local_irq_disable()	do { compat_irq_depth++; barrier(); } while (0)
#define local_irq_enable()	do { barrier(); compat_irq_depth--; } while (0)
#define irqs_disabled()		(compat_irq_depth != 0)
#else
#define local_irq_save(flags)	do { (flags) = 0; barrier(); } while (0)
#define local_irq_restore(flags) do { (void)(flags); barrier(); } while (0)
#define local_irq_disable()	barrier()
#define local_irq_enable()	barrier()
#define irqs_disabled()		0
#endif

#endif /* _COMPAT_LINUX_IRQFLAGS_H_ */
