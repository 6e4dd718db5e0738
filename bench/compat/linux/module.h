/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_MODULE_H_
#define _COMPAT_LINUX_MODULE_H_

#include_next <linux/module.h>

#include <linux/export.h>

#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define module_param(name, type, perm)
#define MODULE_PARM_DESC(name, desc)

#endif /* _COMPAT_LINUX_MODULE_H_ */
