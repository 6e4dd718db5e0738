/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SPRINTF_H_
#define _COMPAT_LINUX_SPRINTF_H_

#include <stdio.h>

#endif /* _COMPAT_LINUX_SPRINTF_H_ */
