/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_CANARY_H
#define MEASURE_CANARY_H

#include <linux/types.h>

#include "team.h"

/* 10,000 dependent additions, picoseconds. Context: any. */
u64 canary_add_ps(void);

/* A round trip of a line between members 0 and 1, picoseconds. On member 0's thread. */
u64 canary_pingpong_ps(struct team *t);

#endif
