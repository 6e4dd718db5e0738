/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_COMPILER_H_
#define _COMPAT_LINUX_COMPILER_H_

/*
 * Compiler helpers and single-copy accesses of the kernel, in user space.
 */
#ifdef __SANITIZE_THREAD__
#define COMPAT_TSAN 1
#endif

#ifdef __CHECKER__
/* It has an empty __rcu, which is to come before ours. */
#include <urcu/compiler.h>
#define __kernel	__attribute__((address_space(0)))
#define __user		__attribute__((noderef, address_space(__user)))
#define __iomem		__attribute__((noderef, address_space(__iomem)))
#undef __rcu
#define __rcu		__attribute__((noderef, address_space(__rcu)))
#define __force		__attribute__((force))
#define __must_hold(x)	__attribute__((context(x, 1, 1)))
#define __acquires(x)	__attribute__((context(x, 0, 1)))
#define __releases(x)	__attribute__((context(x, 1, 0)))
#define __private	__attribute__((noderef))
#else
#define __kernel
#define __user
#define __iomem
#ifndef __rcu
#define __rcu
#endif
#define __force
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __private
#endif

#define __acquire(x)		((void)0)
#define __release(x)		((void)0)
#define __cond_lock(x, c)	(c)
#define __counted_by(m)
#define __guarded_by(...)
#define __percpu
#define __init
#define __exit
#define __ro_after_init
#define __read_mostly

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#undef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#undef noinline
#define noinline	__attribute__((__noinline__))
#undef __noreturn
#define __noreturn	__attribute__((__noreturn__))
#define __maybe_unused	__attribute__((__unused__))
#define __always_unused	__attribute__((__unused__))
#undef __used
#define __used		__attribute__((__used__))
#define __weak		__attribute__((__weak__))
#undef __packed
#define __packed	__attribute__((__packed__))
#undef __pure
#define __pure		__attribute__((__pure__))
#undef __must_check
#define __must_check	__attribute__((__warn_unused_result__))
#undef __aligned
#define __aligned(x)	__attribute__((__aligned__(x)))
#undef __printf
#define __printf(a, b)	__attribute__((__format__(printf, a, b)))
#define __cold		__attribute__((__cold__))
#define __malloc	__attribute__((__malloc__))
#define fallthrough	__attribute__((__fallthrough__))

#define barrier()	__asm__ __volatile__("" : : : "memory")
#define OPTIMIZER_HIDE_VAR(var)	__asm__("" : "=r" (var) : "0" (var))
#define RELOC_HIDE(ptr, off)	((typeof(ptr))((unsigned long)(ptr) + (off)))
#define data_race(expr)	(expr)

#define __PASTE2(a, b)	a##b
#define __PASTE(a, b)	__PASTE2(a, b)
/* One name for each expansion: macros nest, and -Wshadow is on. */
#define __UNIQUE_ID(prefix) __PASTE(__PASTE(__compat_, prefix), __COUNTER__)

#define __same_type(a, b)	__builtin_types_compatible_p(typeof(a), typeof(b))
#define __is_constexpr(x) \
	(sizeof(int) == sizeof(*(8 ? ((void *)((long)(x) * 0l)) : (int *)8)))

/*
 * Volatile accesses, as in the kernel. TSan takes a volatile access for a
 * plain one, so that there they are seq_cst atomics: it shows races on plain
 * accesses, never a missing order.
 */
#ifdef COMPAT_TSAN
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_SEQ_CST)
#define WRITE_ONCE(x, val)						\
	do {								\
		__atomic_store_n(&(x), (val), __ATOMIC_SEQ_CST);	\
	} while (0)
#else
#define READ_ONCE(x)		(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, val)						\
	do {								\
		*(volatile typeof(x) *)&(x) = (val);			\
	} while (0)
#endif

#ifndef static_assert
#define static_assert(expr, ...) \
	_Static_assert(expr, "" __VA_ARGS__ #expr)
#endif

#endif /* _COMPAT_LINUX_COMPILER_H_ */
