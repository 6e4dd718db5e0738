/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_BITFIELD_H_
#define _COMPAT_LINUX_BITFIELD_H_

#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/build_bug.h>

#define __bf_shf(x)	(__builtin_ffsll(x) - 1)

/* A mask is a constant run of ones, a constant value fits it. */
#define __BF_CHECK(_mask)						\
	({								\
		_Static_assert((_mask) != 0, "bitfield: mask is 0");	\
		_Static_assert((((unsigned long long)(_mask) +		\
				 (1ULL << __bf_shf(_mask))) &		\
				((unsigned long long)(_mask) +		\
				 (1ULL << __bf_shf(_mask)) - 1)) == 0,	\
			       "bitfield: mask has holes");		\
	})

#define FIELD_MAX(_mask)						\
	({								\
		__BF_CHECK(_mask);					\
		(typeof(_mask))((_mask) >> __bf_shf(_mask));		\
	})

#define FIELD_FIT(_mask, _val)						\
	({								\
		__BF_CHECK(_mask);					\
		!((((typeof(_mask))_val) << __bf_shf(_mask)) & ~(_mask)); \
	})

#define FIELD_PREP(_mask, _val)						\
	({								\
		__BF_CHECK(_mask);					\
		((typeof(_mask))(_val) << __bf_shf(_mask)) & (_mask);	\
	})

/* For initialisers: an integer constant expression. */
#define FIELD_PREP_CONST(_mask, _val)					\
	(((typeof(_mask))(_val) << __bf_shf(_mask)) & (_mask))

#define FIELD_GET(_mask, _reg)						\
	({								\
		__BF_CHECK(_mask);					\
		(typeof(_mask))(((_reg) & (_mask)) >> __bf_shf(_mask));	\
	})

#define FIELD_MODIFY(_mask, _reg_p, _val)				\
	({								\
		__BF_CHECK(_mask);					\
		*(_reg_p) &= ~(_mask);					\
		*(_reg_p) |= (((typeof(_mask))(_val) << __bf_shf(_mask)) & (_mask)); \
	})

#define __COMPAT_BF_OPS(type, base, to, from)				\
static __always_inline __maybe_unused type				\
type##_encode_bits(base v, base field)					\
{									\
	return to((v & (field >> __bf_shf(field))) << __bf_shf(field));	\
}									\
static __always_inline __maybe_unused type				\
type##_replace_bits(type old, base val, base field)			\
{									\
	return (old & ~to(field)) | type##_encode_bits(val, field);	\
}									\
static __always_inline __maybe_unused void				\
type##p_replace_bits(type *p, base val, base field)			\
{									\
	*p = (*p & ~to(field)) | type##_encode_bits(val, field);	\
}									\
static __always_inline __maybe_unused base				\
type##_get_bits(type v, base field)					\
{									\
	return (from(v) & field) >> __bf_shf(field);			\
}

#define __compat_same(x)	(x)
__COMPAT_BF_OPS(u8, u8, __compat_same, __compat_same)
__COMPAT_BF_OPS(u16, u16, __compat_same, __compat_same)
__COMPAT_BF_OPS(u32, u32, __compat_same, __compat_same)
__COMPAT_BF_OPS(u64, u64, __compat_same, __compat_same)
#undef __COMPAT_BF_OPS

#endif /* _COMPAT_LINUX_BITFIELD_H_ */
