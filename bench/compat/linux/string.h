/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_STRING_H_
#define _COMPAT_LINUX_STRING_H_

/* The name is uapi's too, whose file holds nothing a user needs. */
#include <string.h>

#endif /* _COMPAT_LINUX_STRING_H_ */
