// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A command that speaks with somebody over its input and output: those stay its own. What
 * the probe says goes into a file, and behind the command's last line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

int probe_around_begin(struct probe_around *a)
{
	FILE *kept = tmpfile();

	a->out = dup(STDOUT_FILENO);
	if (!kept || a->out < 0 || dup2(fileno(kept), STDOUT_FILENO) < 0) {
		fprintf(stderr, "invbench-probe: a temporary file: %s\n",
			strerror(errno));
		return -1;
	}
	fclose(kept);
	return 0;
}

void probe_around_end(struct probe_around *a)
{
	FILE *kept, *out = fdopen(a->out, "w");
	char *line = NULL;
	size_t size = 0;

	fflush(stdout);
	kept = fdopen(dup(STDOUT_FILENO), "r");
	if (!kept || !out)
		return;
	rewind(kept);
	while (getline(&line, &size, kept) > 0)
		/* what went wrong answers the first request */
		fprintf(out, "%s%s", strncmp(line, "error ", 6) ? "probe " : "",
			line);
	fputs("bye\n", out);
	free(line);
	fclose(out);
	fclose(kept);
}
