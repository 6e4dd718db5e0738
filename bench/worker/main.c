// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench-worker: executes schedules, nothing else. Static, so that it runs on a
 * server or in a guest as it is. One process is one launch.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "serve.h"

int main(int argc, char **argv)
{
	struct rlimit stack = { 0, 0 };

	if (argc > 1) {
		fprintf(stderr,
			"%s: takes no arguments; it reads requests on its input\n",
			argv[0]);
		return 2;
	}
	/* the tool ends a launch, at the end of a chunk; Ctrl-C reaches both */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* and if the tool is killed, nobody is left to measure for */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* no core of a large worker in the user's folder */
	setrlimit(RLIMIT_CORE, &stack);
	return serve(stdin, stdout);
}
