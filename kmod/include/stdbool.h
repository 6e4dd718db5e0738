/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plain-C facade includes, in the kernel. */
#include <linux/types.h>
