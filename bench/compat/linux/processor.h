/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_PROCESSOR_H_
#define _COMPAT_LINUX_PROCESSOR_H_

#include <asm/processor.h>

#endif /* _COMPAT_LINUX_PROCESSOR_H_ */
