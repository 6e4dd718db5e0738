/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's, with an allocation that fails on demand (fail_alloc.h). */
#ifndef INVBENCH_LINUX_BITMAP_H
#define INVBENCH_LINUX_BITMAP_H

#include_next <linux/bitmap.h>

#include "fail_alloc.h"

static inline unsigned long *invbench_bitmap_zalloc(unsigned int nbits, gfp_t flags)
{
	return fail_alloc() ? NULL : bitmap_zalloc(nbits, flags);
}

#undef bitmap_zalloc
#define bitmap_zalloc(nbits, flags)	invbench_bitmap_zalloc(nbits, flags)

#endif
