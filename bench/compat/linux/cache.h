/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_CACHE_H_
#define _COMPAT_LINUX_CACHE_H_

#include <linux/compiler.h>

#define L1_CACHE_SHIFT		6
#define L1_CACHE_BYTES		(1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES		L1_CACHE_BYTES
#define L1_CACHE_ALIGN(x)	(((x) + L1_CACHE_BYTES - 1) & ~(L1_CACHE_BYTES - 1))
#define ____cacheline_aligned	__aligned(SMP_CACHE_BYTES)
#define __cacheline_aligned	____cacheline_aligned
#ifdef COMPAT_UP
#define ____cacheline_aligned_in_smp
#else
#define ____cacheline_aligned_in_smp	____cacheline_aligned
#endif
#define __cacheline_aligned_in_smp	____cacheline_aligned_in_smp

#endif /* _COMPAT_LINUX_CACHE_H_ */
