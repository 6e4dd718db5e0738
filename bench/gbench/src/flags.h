/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Google Benchmark's flags, as far as gbench must know or turn them. */
#ifndef GBENCH_FLAGS_H
#define GBENCH_FLAGS_H

#include <string>

namespace gb
{

/* Reads the environment's flags unless gb_init() has done so. */
void ensure_initialized();

/* Turns one flag; throws when the installed version doesn't take it. */
void apply_flag(const char *flag);

/* --benchmark_out; empty when there is none. */
const std::string &benchmark_out();

} /* namespace gb */

#endif /* GBENCH_FLAGS_H */
