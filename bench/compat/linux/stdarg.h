/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_STDARG_H_
#define _COMPAT_LINUX_STDARG_H_

#include <stdarg.h>

#endif /* _COMPAT_LINUX_STDARG_H_ */
