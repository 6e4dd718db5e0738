/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_IO_H_
#define _COMPAT_LINUX_IO_H_

/*
 * Device registers, which are plain memory here: what is kept is the order
 * and the instructions that the kernel's accessors have.
 */
#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/types.h>

#ifdef COMPAT_TSAN
#define __COMPAT_LOAD(a)	__atomic_load_n(a, __ATOMIC_SEQ_CST)
#define __COMPAT_STORE(a, v)	__atomic_store_n(a, v, __ATOMIC_SEQ_CST)
#else
#define __COMPAT_LOAD(a)	(*(a))
#define __COMPAT_STORE(a, v)	(*(a) = (v))
#endif

/* arm64: a load's value is waited for before what follows it. */
#if defined(__aarch64__)
#define __compat_iormb(v)						\
	do {								\
		unsigned long __iormb_tmp;				\
									\
		dma_rmb();						\
		__asm__ __volatile__("eor %0, %1, %1\n\t"		\
				     "cbnz %0, ."			\
				     : "=r" (__iormb_tmp)		\
				     : "r" ((unsigned long)(v))		\
				     : "memory");			\
	} while (0)
#define __compat_iowmb()	dma_wmb()
#else
#define __compat_iormb(v)	barrier()
#define __compat_iowmb()	barrier()
#endif

#define __COMPAT_IO(suffix, type, le, to_cpu, to_le)			\
static __always_inline type						\
read##suffix##_relaxed(const volatile void __iomem *addr)		\
{									\
	return to_cpu((__force le)__COMPAT_LOAD((const volatile type __force *)addr)); \
}									\
static __always_inline type						\
read##suffix(const volatile void __iomem *addr)				\
{									\
	type v = read##suffix##_relaxed(addr);				\
									\
	__compat_iormb(v);						\
	return v;							\
}									\
static __always_inline void						\
write##suffix##_relaxed(type v, volatile void __iomem *addr)		\
{									\
	__COMPAT_STORE((volatile type __force *)addr, (__force type)to_le(v)); \
}									\
static __always_inline void						\
write##suffix(type v, volatile void __iomem *addr)			\
{									\
	__compat_iowmb();						\
	write##suffix##_relaxed(v, addr);				\
}

__COMPAT_IO(l, u32, __le32, le32_to_cpu, cpu_to_le32)
__COMPAT_IO(q, u64, __le64, le64_to_cpu, cpu_to_le64)
#undef __COMPAT_IO

#endif /* _COMPAT_LINUX_IO_H_ */
