/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_CONTAINER_OF_H_
#define _COMPAT_LINUX_CONTAINER_OF_H_

#include <linux/build_bug.h>
#include <linux/stddef.h>

#undef container_of
#define container_of(ptr, type, member) ({				\
	_Static_assert(__same_type(*(ptr), ((type *)0)->member) ||	\
		       __same_type(*(ptr), void),			\
		       "pointer type mismatch in container_of()");	\
	((type *)((char *)(ptr) - offsetof(type, member))); })

#endif /* _COMPAT_LINUX_CONTAINER_OF_H_ */
