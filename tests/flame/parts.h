/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FLAME_PARTS_H
#define TESTS_FLAME_PARTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "flame.h"

/* Folded text into one side. */
void take(struct flame *f, enum flame_side side, const char *text);
/* A side as folded text; free() it. */
char *folded(const struct flame *f, enum flame_side side);
/* The frame at "outer;inner". */
const struct flame_frame *at(const struct flame *f, const char *path);

int run_names(void);
int run_picture(void);

#endif
