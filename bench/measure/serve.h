/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The executor's language (wire.h) over streams. */
#ifndef MEASURE_SERVE_H
#define MEASURE_SERVE_H

#include <stdio.h>

/* Serves until quit or the end of @in. 0, or 1 when @out can't be written. */
int serve(FILE *in, FILE *out);

#endif
