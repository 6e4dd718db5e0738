/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SORT_H_
#define _COMPAT_LINUX_SORT_H_

#include <stdlib.h>

#include <linux/compiler.h>
#include <linux/types.h>

typedef int (*cmp_func_t)(const void *a, const void *b);
typedef void (*swap_func_t)(void *a, void *b, int size);

/* Elements are swapped as qsort() likes. */
static inline void sort(void *base, size_t num, size_t size, cmp_func_t cmp_func,
			swap_func_t swap_func __maybe_unused)
{
	qsort(base, num, size, cmp_func);
}

#endif /* _COMPAT_LINUX_SORT_H_ */
