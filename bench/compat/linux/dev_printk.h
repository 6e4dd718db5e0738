/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_DEV_PRINTK_H_
#define _COMPAT_LINUX_DEV_PRINTK_H_

#include <linux/printk.h>

struct device;
const char *dev_name(const struct device *dev);

#define __compat_dev(level, dev, fmt, ...) \
	compat_printk(level, "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_err(dev, fmt, ...)	__compat_dev(KERN_ERR, dev, fmt, ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...)	__compat_dev(KERN_WARNING, dev, fmt, ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) __compat_dev(KERN_NOTICE, dev, fmt, ##__VA_ARGS__)
#define dev_info(dev, fmt, ...)	__compat_dev(KERN_INFO, dev, fmt, ##__VA_ARGS__)
#define dev_err_ratelimited(dev, fmt, ...) \
	__compat_ratelimited(dev_err(dev, fmt, ##__VA_ARGS__))
#define dev_warn_ratelimited(dev, fmt, ...) \
	__compat_ratelimited(dev_warn(dev, fmt, ##__VA_ARGS__))

#endif /* _COMPAT_LINUX_DEV_PRINTK_H_ */
