/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_KSTRTOX_H_
#define _COMPAT_LINUX_KSTRTOX_H_

#include <errno.h>
#include <stdlib.h>

#include <linux/compiler.h>

/* As the kernel's: the whole text is the number, but for one newline at its end. */
static inline int __must_check kstrtoull(const char *s, unsigned int base,
					 unsigned long long *res)
{
	char *end;

	if (*s == '-' || *s == ' ')
		return -EINVAL;
	errno = 0;
	*res = strtoull(s, &end, base);
	if (errno)
		return -ERANGE;
	if (end == s || (*end && !(*end == '\n' && !end[1])))
		return -EINVAL;
	return 0;
}

#endif /* _COMPAT_LINUX_KSTRTOX_H_ */
