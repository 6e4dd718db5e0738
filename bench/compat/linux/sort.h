/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SORT_H_
#define _COMPAT_LINUX_SORT_H_

#include <stdlib.h>

#include <linux/types.h>

typedef int (*cmp_func_t)(const void *a, const void *b);

/* Without a swap function of one's own: the subject has none. */
#define sort(base, num, size, cmp_func, swap_func)			\
	do {								\
		_Static_assert((swap_func) == NULL, "not supported");	\
		qsort(base, num, size, cmp_func);			\
	} while (0)

#endif /* _COMPAT_LINUX_SORT_H_ */
