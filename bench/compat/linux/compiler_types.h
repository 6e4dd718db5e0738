/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_COMPILER_TYPES_H_
#define _COMPAT_LINUX_COMPILER_TYPES_H_

#include <linux/compiler.h>

#endif /* _COMPAT_LINUX_COMPILER_TYPES_H_ */
