/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_STDDEF_H_
#define _COMPAT_LINUX_STDDEF_H_

#include_next <linux/stddef.h>

#include <stddef.h>

#define offsetofend(TYPE, MEMBER) \
	(offsetof(TYPE, MEMBER) + sizeof(((TYPE *)0)->MEMBER))
#define sizeof_field(TYPE, MEMBER)	sizeof(((TYPE *)0)->MEMBER)
#define struct_group(NAME, MEMBERS...) \
	__struct_group(/* no tag */, NAME, /* no attrs */, MEMBERS)

#endif /* _COMPAT_LINUX_STDDEF_H_ */
