/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ConcurrencyKit's machine description for arm64, for objects that are
 * cross-compiled with the host's headers: the host's own file says x86.
 */
#ifndef CK_MD_H
#define CK_MD_H

#define CK_MD_CACHELINE (64)
#define CK_MD_PAGESIZE (4096)
#define CK_MD_RTM_DISABLE
#define CK_MD_LSE_DISABLE
#define CK_MD_POINTER_PACK_DISABLE
#define CK_MD_SSE_DISABLE
#define CK_MD_VMA_BITS 48ULL
#define CK_MD_RMO
#define CK_PR_DISABLE_DOUBLE

#endif /* CK_MD_H */
