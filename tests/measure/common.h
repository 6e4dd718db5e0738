/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_MEASURE_COMMON_H
#define TEST_MEASURE_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exec.h"
#include "team.h"

/* Parameters from "key=value key=value"; must be possible. */
struct subject_params params_of(const char *text);

#endif
