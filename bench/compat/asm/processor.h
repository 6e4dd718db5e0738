/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_ASM_PROCESSOR_H_
#define _COMPAT_ASM_PROCESSOR_H_

#include <linux/compiler.h>

static __always_inline void cpu_relax(void)
{
#if defined(__x86_64__)
	__asm__ __volatile__("rep; nop" : : : "memory");
#else
	__asm__ __volatile__("yield" : : : "memory");
#endif
}

#endif /* _COMPAT_ASM_PROCESSOR_H_ */
