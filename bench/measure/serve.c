// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "serve.h"
#include "wire.h"

static void put(void *arg, const char *text, size_t len)
{
	fwrite(text, 1, len, arg);
}

int serve(FILE *in, FILE *out)
{
	struct wire *w = wire_create(put, out);
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (w && !ferror(out) && (len = getline(&line, &size, in)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!strcmp(line, "quit"))
			break;
		wire_line(w, line);
		fflush(out);
	}
	wire_destroy(w);
	free(line);
	return !w || ferror(out) ? 1 : 0;
}
