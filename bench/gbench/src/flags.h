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

/* --benchmark_out and its format, which the library keeps to itself. */
struct out_file {
	std::string path; /* empty: none */
	std::string format = "json";
};
const out_file &benchmark_out();

} /* namespace gb */

#endif /* GBENCH_FLAGS_H */
