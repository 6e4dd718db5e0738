/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_DEVICE_H_
#define _COMPAT_LINUX_DEVICE_H_

#include <linux/dev_printk.h>
#include <linux/slab.h>
#include <linux/types.h>

/* A name for the lines that are printed about it. */
struct device {
	const char *init_name;
};

#endif /* _COMPAT_LINUX_DEVICE_H_ */
