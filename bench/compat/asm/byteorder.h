/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_ASM_BYTEORDER_H_
#define _COMPAT_ASM_BYTEORDER_H_

#include_next <asm/byteorder.h>

#include <linux/types.h>

/* uapi's lack the __force that sparse asks for. Both machines are little-endian. */
#define cpu_to_le16(x)	((__force __le16)(u16)(x))
#define cpu_to_le32(x)	((__force __le32)(u32)(x))
#define cpu_to_le64(x)	((__force __le64)(u64)(x))
#define le16_to_cpu(x)	((__force u16)(__le16)(x))
#define le32_to_cpu(x)	((__force u32)(__le32)(x))
#define le64_to_cpu(x)	((__force u64)(__le64)(x))
#define cpu_to_be32(x)	((__force __be32)__builtin_bswap32(x))
#define cpu_to_be64(x)	((__force __be64)__builtin_bswap64(x))
#define be32_to_cpu(x)	__builtin_bswap32((__force u32)(__be32)(x))
#define be64_to_cpu(x)	__builtin_bswap64((__force u64)(__be64)(x))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian machines only");

#endif /* _COMPAT_ASM_BYTEORDER_H_ */
