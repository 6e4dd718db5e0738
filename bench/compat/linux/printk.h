/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_PRINTK_H_
#define _COMPAT_LINUX_PRINTK_H_

#include <linux/compiler.h>
#include <linux/kern_levels.h>

/**
 * compat_printk() - the line of a pr_*() or dev_*()
 * @level: KERN_ERR and so on
 * @fmt: printf format
 *
 * Weak: prints warnings and worse to stderr; a test brings its own.
 */
void compat_printk(const char *level, const char *fmt, ...)
	__attribute__((__format__(printf, 2, 3), __cold__));

/** compat_ratelimit() - at most 10 lines in 5 seconds for one @state */
struct compat_ratelimit {
	long long begin_ns;
	int printed;
};

int compat_ratelimit(struct compat_ratelimit *state);

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define printk(fmt, ...)	compat_printk("", fmt, ##__VA_ARGS__)
#define pr_emerg(fmt, ...)	compat_printk(KERN_EMERG, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)	compat_printk(KERN_ERR, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)	compat_printk(KERN_WARNING, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...)	compat_printk(KERN_NOTICE, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)	compat_printk(KERN_INFO, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...)						\
	do {								\
		if (0)							\
			compat_printk(KERN_DEBUG, pr_fmt(fmt), ##__VA_ARGS__); \
	} while (0)

#define __compat_ratelimited(call)					\
	do {								\
		static struct compat_ratelimit __rs;			\
									\
		if (compat_ratelimit(&__rs))				\
			call;						\
	} while (0)
#define pr_err_ratelimited(fmt, ...) \
	__compat_ratelimited(pr_err(fmt, ##__VA_ARGS__))
#define pr_warn_ratelimited(fmt, ...) \
	__compat_ratelimited(pr_warn(fmt, ##__VA_ARGS__))

#endif /* _COMPAT_LINUX_PRINTK_H_ */
