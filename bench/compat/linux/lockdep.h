/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_LOCKDEP_H_
#define _COMPAT_LINUX_LOCKDEP_H_

#include <linux/bug.h>
#include <linux/compiler.h>

struct lock_class_key {
	char none;
};

/* Only a mutex knows its owner; any other lock is taken at its word. */
#ifdef COMPAT_DEBUG
#define lockdep_assert_held(l) \
	WARN(!compat_lock_is_held(l), "%s isn't held", #l)
#else
#define lockdep_assert_held(l)	((void)(l))
#endif
#ifdef COMPAT_DEBUG
#define lockdep_is_held(l)	compat_lock_is_held(l)
#else
#define lockdep_is_held(l)	((void)(l), 1)
#endif
#define lockdep_assert_held_write(l)	lockdep_assert_held(l)
#define lockdep_assert_irqs_disabled()	((void)0)
#define lockdep_set_class(l, k)	((void)0)

#define compat_lock_is_held(l)						\
	_Generic((l), struct mutex *: compat_mutex_is_held,		\
		 default: compat_other_is_held)((const void *)(l))

struct mutex;
bool compat_mutex_is_held(const void *lock);

static inline bool compat_other_is_held(const void *lock __maybe_unused)
{
	return true;
}

#endif /* _COMPAT_LINUX_LOCKDEP_H_ */
