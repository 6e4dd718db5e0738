/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SLAB_H_
#define _COMPAT_LINUX_SLAB_H_

#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>

#include "../test_hooks.h"

void *compat_kmalloc(size_t size, gfp_t flags)
	__attribute__((__warn_unused_result__));
void compat_kfree(const void *p);

/* Like the kernel's, a size of a power of two gives that alignment. */
static inline void *kmalloc(size_t size, gfp_t flags)
{
	return compat_kmalloc(size, flags);
}

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return compat_kmalloc(size, flags | __GFP_ZERO);
}

static inline void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	return compat_kmalloc(size_mul(n, size), flags);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	return compat_kmalloc(size_mul(n, size), flags | __GFP_ZERO);
}

static inline void kfree(const void *p)
{
	compat_kfree(p);
}

#define kfree_sensitive(p)		kfree(p)
#define kvmalloc(size, flags)		kmalloc(size, flags)
#define kvzalloc(size, flags)		kzalloc(size, flags)
#define kvcalloc(n, size, flags)	kcalloc(n, size, flags)
#define kvmalloc_array(n, size, flags)	kmalloc_array(n, size, flags)
#define kvfree(p)			kfree(p)

#define __compat_gfp(a, b, ...)	b
#define default_gfp(...)	__compat_gfp(, ##__VA_ARGS__, GFP_KERNEL)

#define kmalloc_obj(P, ...) \
	((typeof(P) *)kmalloc(sizeof(typeof(P)), default_gfp(__VA_ARGS__)))
#define kzalloc_obj(P, ...) \
	((typeof(P) *)kzalloc(sizeof(typeof(P)), default_gfp(__VA_ARGS__)))
#define kmalloc_objs(P, n, ...) \
	((typeof(P) *)kmalloc_array(n, sizeof(typeof(P)), default_gfp(__VA_ARGS__)))
#define kzalloc_objs(P, n, ...) \
	((typeof(P) *)kcalloc(n, sizeof(typeof(P)), default_gfp(__VA_ARGS__)))
#define kmalloc_flex(P, FAM, n, ...)					\
	((typeof(P) *)kmalloc(struct_size_t(typeof(P), FAM, n),		\
			      default_gfp(__VA_ARGS__)))
#define kzalloc_flex(P, FAM, n, ...)					\
	((typeof(P) *)kzalloc(struct_size_t(typeof(P), FAM, n),		\
			      default_gfp(__VA_ARGS__)))

#endif /* _COMPAT_LINUX_SLAB_H_ */
