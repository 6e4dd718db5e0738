/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_ATOMIC_H_
#define _COMPAT_LINUX_ATOMIC_H_

#include <asm/cmpxchg.h>
#include <linux/types.h>

/*
 * The three atomic types have the same operations. As in the kernel: those
 * that return nothing are unordered, those that return a value are fully
 * ordered unless their name says less. They wrap.
 */
#define __COMPAT_RMW(name, type, T, op, builtin)			\
static __always_inline void name##_##op(T i, type *v)			\
{									\
	(void)builtin(&v->counter, i, __COMPAT_RELAXED);		\
}									\
static __always_inline T name##_fetch_##op##_relaxed(T i, type *v)	\
{									\
	return builtin(&v->counter, i, __COMPAT_RELAXED);		\
}									\
static __always_inline T name##_fetch_##op##_acquire(T i, type *v)	\
{									\
	return builtin(&v->counter, i, __COMPAT_ACQUIRE);		\
}									\
static __always_inline T name##_fetch_##op##_release(T i, type *v)	\
{									\
	return builtin(&v->counter, i, __COMPAT_RELEASE);		\
}									\
static __always_inline T name##_fetch_##op(T i, type *v)		\
{									\
	T ret = builtin(&v->counter, i, __COMPAT_FULL);			\
									\
	__compat_full_after();						\
	return ret;							\
}

#define __COMPAT_STEP(name, type, T, op, builtin, sign)			\
static __always_inline void name##_##op(type *v)			\
{									\
	(void)builtin(&v->counter, 1, __COMPAT_RELAXED);		\
}									\
static __always_inline T name##_fetch_##op##_relaxed(type *v)		\
{									\
	return builtin(&v->counter, 1, __COMPAT_RELAXED);		\
}									\
static __always_inline T name##_##op##_return_relaxed(type *v)		\
{									\
	return (T)((unsigned long)builtin(&v->counter, 1,		\
					  __COMPAT_RELAXED) sign 1);	\
}									\
static __always_inline T name##_##op##_return_acquire(type *v)		\
{									\
	return (T)((unsigned long)builtin(&v->counter, 1,		\
					  __COMPAT_ACQUIRE) sign 1);	\
}									\
static __always_inline T name##_##op##_return_release(type *v)		\
{									\
	return (T)((unsigned long)builtin(&v->counter, 1,		\
					  __COMPAT_RELEASE) sign 1);	\
}									\
static __always_inline T name##_fetch_##op(type *v)			\
{									\
	T ret = builtin(&v->counter, 1, __COMPAT_FULL);			\
									\
	__compat_full_after();						\
	return ret;							\
}									\
static __always_inline T name##_##op##_return(type *v)			\
{									\
	return (T)((unsigned long)name##_fetch_##op(v) sign 1);		\
}									\
static __always_inline bool name##_##op##_and_test(type *v)		\
{									\
	return name##_##op##_return(v) == 0;				\
}

#define __compat_fetch_andnot(p, i, mo)	__atomic_fetch_and(p, ~(i), mo)

#define __COMPAT_ATOMIC(name, type, T)					\
static __always_inline T name##_read(const type *v)			\
{									\
	return READ_ONCE(v->counter);					\
}									\
static __always_inline T name##_read_acquire(const type *v)		\
{									\
	return smp_load_acquire(&v->counter);				\
}									\
static __always_inline void name##_set(type *v, T i)			\
{									\
	WRITE_ONCE(v->counter, i);					\
}									\
static __always_inline void name##_set_release(type *v, T i)		\
{									\
	smp_store_release(&v->counter, i);				\
}									\
static __always_inline T name##_cmpxchg_relaxed(type *v, T o, T n)	\
{									\
	return cmpxchg_relaxed(&v->counter, o, n);			\
}									\
static __always_inline T name##_cmpxchg_acquire(type *v, T o, T n)	\
{									\
	return cmpxchg_acquire(&v->counter, o, n);			\
}									\
static __always_inline T name##_cmpxchg_release(type *v, T o, T n)	\
{									\
	return cmpxchg_release(&v->counter, o, n);			\
}									\
static __always_inline T name##_cmpxchg(type *v, T o, T n)		\
{									\
	return cmpxchg(&v->counter, o, n);				\
}									\
static __always_inline bool name##_try_cmpxchg_relaxed(type *v, T *o, T n) \
{									\
	return try_cmpxchg_relaxed(&v->counter, o, n);			\
}									\
static __always_inline bool name##_try_cmpxchg(type *v, T *o, T n)	\
{									\
	return try_cmpxchg(&v->counter, o, n);				\
}									\
static __always_inline T name##_xchg(type *v, T n)			\
{									\
	return xchg(&v->counter, n);					\
}									\
__COMPAT_RMW(name, type, T, add, __atomic_fetch_add)			\
__COMPAT_RMW(name, type, T, sub, __atomic_fetch_sub)			\
__COMPAT_RMW(name, type, T, and, __atomic_fetch_and)			\
__COMPAT_RMW(name, type, T, or, __atomic_fetch_or)			\
__COMPAT_RMW(name, type, T, xor, __atomic_fetch_xor)			\
__COMPAT_RMW(name, type, T, andnot, __compat_fetch_andnot)		\
__COMPAT_STEP(name, type, T, inc, __atomic_fetch_add, +)		\
__COMPAT_STEP(name, type, T, dec, __atomic_fetch_sub, -)		\
static __always_inline T name##_add_return(T i, type *v)		\
{									\
	return (T)((unsigned long)name##_fetch_add(i, v) + i);		\
}									\
static __always_inline T name##_sub_return(T i, type *v)		\
{									\
	return (T)((unsigned long)name##_fetch_sub(i, v) - i);		\
}

__COMPAT_ATOMIC(atomic, atomic_t, int)
__COMPAT_ATOMIC(atomic64, atomic64_t, s64)
__COMPAT_ATOMIC(atomic_long, atomic_long_t, long)

#undef __COMPAT_ATOMIC
#undef __COMPAT_STEP
#undef __COMPAT_RMW

#define atomic_cond_read_relaxed(v, c) \
	smp_cond_load_relaxed(&(v)->counter, c)
#define atomic_cond_read_acquire(v, c) \
	smp_cond_load_acquire(&(v)->counter, c)
#define atomic64_cond_read_relaxed(v, c)	atomic_cond_read_relaxed(v, c)
#define atomic64_cond_read_acquire(v, c)	atomic_cond_read_acquire(v, c)
#define atomic_long_cond_read_relaxed(v, c)	atomic_cond_read_relaxed(v, c)
#define atomic_long_cond_read_acquire(v, c)	atomic_cond_read_acquire(v, c)

#endif /* _COMPAT_LINUX_ATOMIC_H_ */
