/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_RCUPDATE_H_
#define _COMPAT_LINUX_RCUPDATE_H_

/*
 * The kernel's RCU over liburcu.
 *
 * The read side is inlined and its flavour is chosen for a translation unit:
 * -DCOMPAT_RCU_FLAVOUR=qsbr, memb or mb. The update side goes through the
 * flavour that compat_rcu_select() chose for the process. Pointers are
 * published and read by the kernel's own mapping, not by liburcu's.
 *
 * What a flavour adds to the code of a read section: qsbr nothing; memb a store
 * to the thread's counter on both sides, and a full fence on a cold path that
 * is taken only without membarrier; mb a full fence at each end.
 */
#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>
#include <linux/types.h>

#ifndef COMPAT_RCU_FLAVOUR
#define COMPAT_RCU_FLAVOUR qsbr
#endif

#define __COMPAT_CAT2(a, b, c)	a##b##c
#define __COMPAT_CAT(a, b, c)	__COMPAT_CAT2(a, b, c)
#define __COMPAT_RCU_FN(f, name) __COMPAT_CAT(_urcu_, f, name)
#define __COMPAT_IS_qsbr	1

#ifdef COMPAT_TSAN
void compat_tsan_rcu_read_lock(void);
void compat_tsan_rcu_read_unlock(void);

static __always_inline void rcu_read_lock(void)
{
	compat_tsan_rcu_read_lock();
}

static __always_inline void rcu_read_unlock(void)
{
	compat_tsan_rcu_read_unlock();
}
#else
#include <urcu/static/urcu-mb.h>
#include <urcu/static/urcu-memb.h>
#include <urcu/static/urcu-qsbr.h>

static __always_inline void rcu_read_lock(void)
{
#if defined(COMPAT_DEBUG) && __COMPAT_CAT(__COMPAT_IS_, COMPAT_RCU_FLAVOUR, )
	/* Offline, no grace period would wait for this section. */
	BUG_ON(!_urcu_qsbr_read_ongoing());
#endif
	__COMPAT_RCU_FN(COMPAT_RCU_FLAVOUR, _read_lock)();
	/* qsbr's is empty: the section starts here for the compiler too. */
	barrier();
}

static __always_inline void rcu_read_unlock(void)
{
	barrier();
	__COMPAT_RCU_FN(COMPAT_RCU_FLAVOUR, _read_unlock)();
}
#endif

/* liburcu's arm64 rcu_assign_pointer() is a write barrier and a store. */
#undef rcu_assign_pointer
#undef rcu_dereference
#undef rcu_xchg_pointer

#define rcu_assign_pointer(p, v) \
	smp_store_release(&(p), (__force typeof(p))(v))
#define RCU_INIT_POINTER(p, v)	WRITE_ONCE(p, (__force typeof(p))(v))
#define RCU_INITIALIZER(v)	((typeof(*(v)) __force __rcu *)(v))

/* A volatile load: the address dependency orders what is read through it. */
#define __compat_rcu_strip(p, v)	((typeof(*(p)) __force __kernel *)(v))
#define rcu_dereference(p)		__compat_rcu_strip(p, READ_ONCE(p))
#define rcu_dereference_raw(p)		rcu_dereference(p)
#define rcu_dereference_check(p, c)	rcu_dereference(p)
#define rcu_access_pointer(p)		rcu_dereference(p)

#ifdef COMPAT_DEBUG
#define rcu_dereference_protected(p, c)					\
	({								\
		WARN(!(c), "%s isn't protected by %s", #p, #c);		\
		__compat_rcu_strip(p, p);				\
	})
#else
#define rcu_dereference_protected(p, c) \
	((void)sizeof(c), __compat_rcu_strip(p, p))
#endif
#define rcu_replace_pointer(p, v, c)					\
	({								\
		typeof(*(p)) __force __kernel *__old =			\
			rcu_dereference_protected(p, c);		\
		rcu_assign_pointer(p, v);				\
		__old;							\
	})

typedef void (*rcu_callback_t)(struct rcu_head *head);

void compat_synchronize_rcu(void);
void compat_call_rcu(struct rcu_head *head, rcu_callback_t func);
void compat_kfree_rcu(struct rcu_head *head, size_t offset);
void compat_rcu_barrier(void);

static inline void synchronize_rcu(void)
{
	compat_synchronize_rcu();
}

/* liburcu has one speed. */
static inline void synchronize_rcu_expedited(void)
{
	compat_synchronize_rcu();
}

static inline void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	compat_call_rcu(head, func);
}

static inline void rcu_barrier(void)
{
	compat_rcu_barrier();
}

/* @field: at an offset below COMPAT_KFREE_RCU_MAX, as in the kernel (4096). */
#define COMPAT_KFREE_RCU_MAX	512

#define kfree_rcu(ptr, field)						\
	do {								\
		typeof(ptr) __kfree_p = (ptr);				\
									\
		_Static_assert(offsetof(typeof(*(ptr)), field) <	\
			       COMPAT_KFREE_RCU_MAX,			\
			       "the rcu_head is too far from the start"); \
		if (__kfree_p)						\
			compat_kfree_rcu(&__kfree_p->field,		\
					 offsetof(typeof(*__kfree_p), field)); \
	} while (0)
#define kvfree_rcu(ptr, field)	kfree_rcu(ptr, field)

#endif /* _COMPAT_LINUX_RCUPDATE_H_ */
