// SPDX-License-Identifier: GPL-2.0-or-later
/* An executable for the suites that it is compiled for. */
#include "run.h"

#ifndef APART
#define APART
#endif

int main(void)
{
	static const struct ktap_suite *const suites[] = { SUITES, NULL };
	static const struct ktap_suite *const apart[] = { APART NULL };

#ifdef HEAVY
	run_heavy = true;
#endif
	return run_suites(suites) + run_suites_apart(apart);
}
