/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_ASM_CMPXCHG_H_
#define _COMPAT_ASM_CMPXCHG_H_

/*
 * On plain types, of 1 to 8 bytes: the queue mixes a 64-bit cmpxchg with
 * 32-bit operations on one half of the word, which C11's atomics can't say.
 *
 * A fully ordered one is, on arm64, a store-release exclusive and a DMB, as
 * in the kernel; gcc's seq_cst has no DMB. x86's lock prefix is full anyway.
 */
#include <asm/barrier.h>
#include <linux/compiler.h>

#ifdef COMPAT_TSAN
#define __COMPAT_RELAXED	__ATOMIC_SEQ_CST
#define __COMPAT_ACQUIRE	__ATOMIC_SEQ_CST
#define __COMPAT_RELEASE	__ATOMIC_SEQ_CST
#define __COMPAT_CAS_FAIL	__ATOMIC_SEQ_CST
#define __COMPAT_FULL		__ATOMIC_SEQ_CST
#define __compat_full_after()	barrier()
#else
#define __COMPAT_RELAXED	__ATOMIC_RELAXED
#define __COMPAT_ACQUIRE	__ATOMIC_ACQUIRE
#define __COMPAT_RELEASE	__ATOMIC_RELEASE
#define __COMPAT_CAS_FAIL	__ATOMIC_RELAXED
#if defined(__x86_64__)
#define __COMPAT_FULL		__ATOMIC_SEQ_CST
#else
#define __COMPAT_FULL		__ATOMIC_RELEASE
#endif
#define __compat_full_after()	smp_mb__after_atomic()
#endif

#define __compat_cmpxchg(ptr, old, new, mo)				\
	({								\
		typeof(*(ptr)) __cas_o = (old);				\
		__atomic_compare_exchange_n(ptr, &__cas_o, new, 0, mo,	\
					    __COMPAT_CAS_FAIL);		\
		__cas_o;						\
	})

#define cmpxchg_relaxed(ptr, old, new) \
	__compat_cmpxchg(ptr, old, new, __COMPAT_RELAXED)
#define cmpxchg_acquire(ptr, old, new) \
	__compat_cmpxchg(ptr, old, new, __COMPAT_ACQUIRE)
#define cmpxchg_release(ptr, old, new) \
	__compat_cmpxchg(ptr, old, new, __COMPAT_RELEASE)
#define cmpxchg(ptr, old, new)						\
	({								\
		typeof(*(ptr)) __cas_f =				\
			__compat_cmpxchg(ptr, old, new, __COMPAT_FULL);	\
		__compat_full_after();					\
		__cas_f;						\
	})
#define cmpxchg64(ptr, old, new)		cmpxchg(ptr, old, new)
#define cmpxchg64_relaxed(ptr, old, new)	cmpxchg_relaxed(ptr, old, new)

#define __compat_try_cmpxchg(ptr, oldp, new, mo) \
	__atomic_compare_exchange_n(ptr, oldp, new, 0, mo, __COMPAT_CAS_FAIL)
#define try_cmpxchg_relaxed(ptr, oldp, new) \
	__compat_try_cmpxchg(ptr, oldp, new, __COMPAT_RELAXED)
#define try_cmpxchg_acquire(ptr, oldp, new) \
	__compat_try_cmpxchg(ptr, oldp, new, __COMPAT_ACQUIRE)
#define try_cmpxchg(ptr, oldp, new)					\
	({								\
		_Bool __cas_f =						\
			__compat_try_cmpxchg(ptr, oldp, new, __COMPAT_FULL); \
		__compat_full_after();					\
		__cas_f;						\
	})

#define xchg_relaxed(ptr, v)	__atomic_exchange_n(ptr, v, __COMPAT_RELAXED)
#define xchg_acquire(ptr, v)	__atomic_exchange_n(ptr, v, __COMPAT_ACQUIRE)
#define xchg_release(ptr, v)	__atomic_exchange_n(ptr, v, __COMPAT_RELEASE)
#define xchg(ptr, v)							\
	({								\
		typeof(*(ptr)) __xchg =					\
			__atomic_exchange_n(ptr, v, __COMPAT_FULL);	\
		__compat_full_after();					\
		__xchg;							\
	})

#endif /* _COMPAT_ASM_CMPXCHG_H_ */
