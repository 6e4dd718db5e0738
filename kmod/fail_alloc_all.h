/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's allocations as ones that fail on demand (fail_alloc.h), for every file:
 * Kbuild has it included before all else.
 */
#ifndef FAIL_ALLOC_ALL_H
#define FAIL_ALLOC_ALL_H

/* As the files of the module have it: here it must come before the first header. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitmap.h>
#include <linux/slab.h>

#include "fail_alloc.h"

#define FAILING_1(name)								\
static inline void *invbench_##name(size_t size, gfp_t flags)			\
{										\
	return fail_alloc() ? NULL : name(size, flags);				\
}

#define FAILING_N(name)								\
static inline void *invbench_##name(size_t n, size_t size, gfp_t flags)		\
{										\
	return fail_alloc() ? NULL : name(n, size, flags);			\
}

FAILING_1(kmalloc)
FAILING_1(kzalloc)
FAILING_1(kvmalloc)
FAILING_1(kvzalloc)
FAILING_N(kmalloc_array)
FAILING_N(kcalloc)
FAILING_N(kvmalloc_array)
FAILING_N(kvcalloc)

#undef FAILING_1
#undef FAILING_N

static inline unsigned long *invbench_bitmap_zalloc(unsigned int nbits, gfp_t flags)
{
	return fail_alloc() ? NULL : bitmap_zalloc(nbits, flags);
}

/* In the kernel they are macros, too, since 6.10. */
#undef kmalloc
#undef kzalloc
#undef kvmalloc
#undef kvzalloc
#undef kmalloc_array
#undef kcalloc
#undef kvmalloc_array
#undef kvcalloc
#undef bitmap_zalloc

#define kmalloc(size, flags)		invbench_kmalloc(size, flags)
#define kzalloc(size, flags)		invbench_kzalloc(size, flags)
#define kvmalloc(size, flags)		invbench_kvmalloc(size, flags)
#define kvzalloc(size, flags)		invbench_kvzalloc(size, flags)
#define kmalloc_array(n, size, flags)	invbench_kmalloc_array(n, size, flags)
#define kcalloc(n, size, flags)		invbench_kcalloc(n, size, flags)
#define kvmalloc_array(n, size, flags)	invbench_kvmalloc_array(n, size, flags)
#define kvcalloc(n, size, flags)	invbench_kvcalloc(n, size, flags)
#define bitmap_zalloc(nbits, flags)	invbench_bitmap_zalloc(nbits, flags)

#endif
