// SPDX-License-Identifier: GPL-2.0-or-later
/* Allocation with counting and failures on demand. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/minmax.h>
#include <linux/log2.h>
#include <linux/slab.h>

#define MIN_ALIGN	16UL
#define CACHE_ALIGN	64UL
#define MAX_ALIGN	4096UL

static long live;
static __thread long fail_nth;

void compat_fail_alloc_nth(long n)
{
	fail_nth = n;
}

long compat_fail_alloc_left(void)
{
	return fail_nth;
}

long compat_alloc_live(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

static size_t alignment(size_t size)
{
	if (is_power_of_2(size))
		return clamp(size, MIN_ALIGN, MAX_ALIGN);
	return size < CACHE_ALIGN ? MIN_ALIGN : CACHE_ALIGN;
}

void *compat_kmalloc(size_t size, gfp_t flags)
{
	void *p;

	if (fail_nth > 0 && --fail_nth == 0)
		return NULL;
	/* The kernel's limit is far below; sanitizers abort beyond theirs. */
	if (size > PTRDIFF_MAX / 2)
		return NULL;
	if (posix_memalign(&p, alignment(size), size ? size : 1))
		return NULL;
	if (flags & __GFP_ZERO)
		memset(p, 0, size);
	__atomic_fetch_add(&live, 1, __ATOMIC_RELAXED);
	return p;
}

void compat_kfree(const void *p)
{
	if (!p)
		return;
	__atomic_fetch_sub(&live, 1, __ATOMIC_RELAXED);
	free((void *)p);
}
