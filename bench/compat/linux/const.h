/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_CONST_H_
#define _COMPAT_LINUX_CONST_H_

#include_next <linux/const.h>

#ifndef UL
#define UL(x)	(_UL(x))
#endif
#ifndef ULL
#define ULL(x)	(_ULL(x))
#endif

#endif /* _COMPAT_LINUX_CONST_H_ */
