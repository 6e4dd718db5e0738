/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_ASM_BARRIER_H_
#define _COMPAT_ASM_BARRIER_H_

/*
 * The kernel's barriers by the instructions that it maps them to.
 *
 * COMPAT_UP: every smp_ form is a compiler barrier, as in a kernel without
 * CONFIG_SMP; the mandatory and the dma_ forms stay.
 * Under TSan the fences are left in (it doesn't see them) and the accesses
 * are seq_cst.
 */
#include <linux/compiler.h>

#include <asm/processor.h>

#if defined(__x86_64__)
#define mb()		__asm__ __volatile__("mfence" : : : "memory")
#define rmb()		__asm__ __volatile__("lfence" : : : "memory")
#define wmb()		__asm__ __volatile__("sfence" : : : "memory")
#define dma_rmb()	barrier()
#define dma_wmb()	barrier()
/* x86 has no dma_mb() of its own: the generic fallback. */
#define dma_mb()	mb()
/* Below the stack pointer, so that it doesn't wait for the return address. */
#define __smp_mb() \
	__asm__ __volatile__("lock; addl $0,-4(%%rsp)" : : : "memory", "cc")
#define __smp_rmb()	dma_rmb()
#define __smp_wmb()	barrier()
#elif defined(__aarch64__)
#define __compat_dmb(o)	__asm__ __volatile__("dmb " #o : : : "memory")
#define __compat_dsb(o)	__asm__ __volatile__("dsb " #o : : : "memory")
#define dmb(o)		__compat_dmb(o)
#define dsb(o)		__compat_dsb(o)
#define isb()		__asm__ __volatile__("isb" : : : "memory")
#define mb()		dsb(sy)
#define rmb()		dsb(ld)
#define wmb()		dsb(st)
#define dma_mb()	dmb(osh)
#define dma_rmb()	dmb(oshld)
#define dma_wmb()	dmb(oshst)
#define __smp_mb()	dmb(ish)
#define __smp_rmb()	dmb(ishld)
#define __smp_wmb()	dmb(ishst)
#else
#error "only x86-64 and arm64 are mapped"
#endif

#ifdef COMPAT_UP
#define smp_mb()	barrier()
#define smp_rmb()	barrier()
#define smp_wmb()	barrier()
#else
#define smp_mb()	__smp_mb()
#define smp_rmb()	__smp_rmb()
#define smp_wmb()	__smp_wmb()
#endif

#define __compat_native_word(t)						\
	(sizeof(t) == 1 || sizeof(t) == 2 || sizeof(t) == 4 || sizeof(t) == 8)
#define __compat_check_word(x) \
	_Static_assert(__compat_native_word(x), "not a machine word")

#if defined(COMPAT_TSAN)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_SEQ_CST)
#elif defined(COMPAT_UP) || defined(__x86_64__)
#define smp_store_release(p, v)						\
	do {								\
		__compat_check_word(*(p));				\
		barrier();						\
		WRITE_ONCE(*(p), v);					\
	} while (0)
#define __compat_load_acquire(p, acq)					\
	({								\
		__compat_check_word(*(p));				\
		typeof(*(p)) acq = READ_ONCE(*(p));			\
		barrier();						\
		acq;							\
	})
#define smp_load_acquire(p) __compat_load_acquire(p, __UNIQUE_ID(acq))
#else
/* By hand: a compiler may take LDAPR for an acquire, the kernel has LDAR. */
#define smp_store_release(p, v)						\
	do {								\
		typeof(p) __rel_p = (p);				\
		union {							\
			typeof(*(p)) val;				\
			unsigned char c1;				\
			unsigned short c2;				\
			unsigned int c4;				\
			unsigned long c8;				\
		} __rel = { .val = (v) };				\
		__compat_check_word(*(p));				\
		switch (sizeof(*(p))) {					\
		case 1:							\
			__asm__ __volatile__("stlrb %w1, %0"		\
				: "=Q" (*__rel_p)			\
				: "rZ" (__rel.c1) : "memory");		\
			break;						\
		case 2:							\
			__asm__ __volatile__("stlrh %w1, %0"		\
				: "=Q" (*__rel_p)			\
				: "rZ" (__rel.c2) : "memory");		\
			break;						\
		case 4:							\
			__asm__ __volatile__("stlr %w1, %0"		\
				: "=Q" (*__rel_p)			\
				: "rZ" (__rel.c4) : "memory");		\
			break;						\
		case 8:							\
			__asm__ __volatile__("stlr %x1, %0"		\
				: "=Q" (*__rel_p)			\
				: "rZ" (__rel.c8) : "memory");		\
			break;						\
		}							\
	} while (0)
#define __compat_load_acquire(p, acq_p, acq)				\
	({								\
		typeof(p) acq_p = (p);				\
		union {							\
			typeof(*(p)) val;				\
			unsigned char c1;				\
			unsigned short c2;				\
			unsigned int c4;				\
			unsigned long c8;				\
		} acq;						\
		__compat_check_word(*(p));				\
		switch (sizeof(*(p))) {					\
		case 1:							\
			__asm__ __volatile__("ldarb %w0, %1"		\
				: "=r" (acq.c1)			\
				: "Q" (*acq_p) : "memory");		\
			break;						\
		case 2:							\
			__asm__ __volatile__("ldarh %w0, %1"		\
				: "=r" (acq.c2)			\
				: "Q" (*acq_p) : "memory");		\
			break;						\
		case 4:							\
			__asm__ __volatile__("ldar %w0, %1"		\
				: "=r" (acq.c4)			\
				: "Q" (*acq_p) : "memory");		\
			break;						\
		case 8:							\
			__asm__ __volatile__("ldar %x0, %1"		\
				: "=r" (acq.c8)			\
				: "Q" (*acq_p) : "memory");		\
			break;						\
		}							\
		acq.val;						\
	})
#define smp_load_acquire(p) \
	__compat_load_acquire(p, __UNIQUE_ID(acq_p), __UNIQUE_ID(acq))
#endif

#if defined(COMPAT_TSAN)
#define smp_store_mb(var, val)	__atomic_store_n(&(var), val, __ATOMIC_SEQ_CST)
#elif defined(__x86_64__) && !defined(COMPAT_UP)
#define smp_store_mb(var, val) \
	((void)__atomic_exchange_n(&(var), val, __ATOMIC_SEQ_CST))
#else
#define smp_store_mb(var, val)						\
	do {								\
		WRITE_ONCE(var, val);					\
		smp_mb();						\
	} while (0)
#endif

/* Spins on the load; arm64's kernel waits for an event in between. */
#define smp_cond_load_relaxed(ptr, cond_expr)				\
	({								\
		typeof(ptr) __cond_p = (ptr);				\
		typeof(*(ptr)) VAL;					\
		for (;;) {						\
			VAL = READ_ONCE(*__cond_p);			\
			if (cond_expr)					\
				break;					\
			cpu_relax();					\
		}							\
		(typeof(*(ptr)))VAL;					\
	})

#if defined(__x86_64__) || defined(COMPAT_UP)
#define __compat_acquire_after_ctrl()	barrier()
#else
#define __compat_acquire_after_ctrl()	smp_rmb()
#endif

#define smp_acquire__after_ctrl_dep()	__compat_acquire_after_ctrl()

#if defined(__aarch64__) && !defined(COMPAT_UP)
#define smp_cond_load_acquire(ptr, cond_expr)				\
	({								\
		typeof(ptr) __cond_p = (ptr);				\
		typeof(*(ptr)) VAL;					\
		for (;;) {						\
			VAL = smp_load_acquire(__cond_p);		\
			if (cond_expr)					\
				break;					\
			cpu_relax();					\
		}							\
		(typeof(*(ptr)))VAL;					\
	})
#else
#define smp_cond_load_acquire(ptr, cond_expr)				\
	({								\
		typeof(*(ptr)) __cond_v =				\
			smp_cond_load_relaxed(ptr, cond_expr);		\
		smp_acquire__after_ctrl_dep();				\
		(typeof(*(ptr)))__cond_v;				\
	})
#endif

/* x86's locked operations order everything round them by themselves. */
#if defined(__x86_64__) || defined(COMPAT_UP)
#define smp_mb__before_atomic()	barrier()
#define smp_mb__after_atomic()	barrier()
#else
#define smp_mb__before_atomic()	smp_mb()
#define smp_mb__after_atomic()	smp_mb()
#endif
#define smp_mb__after_spinlock()	smp_mb()

#endif /* _COMPAT_ASM_BARRIER_H_ */
