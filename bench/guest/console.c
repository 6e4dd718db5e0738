// SPDX-License-Identifier: GPL-2.0-or-later
/* What the console and QEMU say of a guest's end, and the kernel's log of a run. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "klog.h"

/* The file from @from on, ended by a NUL; NULL when it can't be read. */
static char *read_from(int fd, off_t from)
{
	struct stat st;
	ssize_t n;
	char *text;

	if (fstat(fd, &st) || st.st_size < from)
		return NULL;
	text = malloc((size_t)(st.st_size - from) + 1);
	if (!text)
		return NULL;
	n = pread(fd, text, (size_t)(st.st_size - from), from);
	text[n > 0 ? n : 0] = '\0';
	/* a console may carry anything, NULs too */
	for (; n > 0; n--)
		if (!text[n - 1])
			text[n - 1] = '?';
	return text;
}

/* The line at *p, without its end; NULL at the end of the text. */
static char *next_line(char **p)
{
	char *line = *p;
	size_t len;

	if (!*line)
		return NULL;
	len = strcspn(line, "\n");
	*p = line + len + (line[len] != '\0');
	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	line[len] = '\0';
	return line;
}

/* Into @line: the last one that has @what, or the last that isn't empty (NULL). */
static bool last_line(int fd, const char *what, char *line, size_t len)
{
	char *text = read_from(fd, 0), *p = text, *l;
	bool found = false;

	while (p && (l = next_line(&p)) != NULL) {
		if (!*l || (what && !strstr(l, what)))
			continue;
		snprintf(line, len, "%s", l);
		found = true;
	}
	free(text);
	return found;
}

void guest_why(struct guest *g, struct subject_error *err)
{
	char line[200] = "nothing", where[160] = "";

	if (g->console_path)
		snprintf(where, sizeof(where), " (console: %.140s)",
			 g->console_path);
	if (last_line(g->console, "Kernel panic", line, sizeof(line))) {
		snprintf(err->msg, sizeof(err->msg), "the guest panicked%s: %s",
			 where, line);
		return;
	}
	if (!g->killed && g->qemu_status &&
	    last_line(g->errors, NULL, line, sizeof(line))) {
		snprintf(err->msg, sizeof(err->msg), "QEMU failed: %s", line);
		return;
	}
	last_line(g->console, NULL, line, sizeof(line));
	if (g->hung)
		snprintf(
			err->msg, sizeof(err->msg),
			"the guest hung: no end within %g s%s; its last line: %s",
			g->timeout, where, line);
	else
		snprintf(
			err->msg, sizeof(err->msg),
			"the guest ended without a status%s; its last line: %s",
			where, line);
}

unsigned int guest_check(struct guest *g, struct subject_error *err)
{
	char *text = read_from(g->console, g->checked), *p = text, *l;
	unsigned int nr = 0;
	const char *kind;
	size_t whole;

	if (!text)
		return 0;
	/* a line that is half written is next time's */
	whole = (size_t)(strrchr(text, '\n') ? strrchr(text, '\n') - text + 1 :
					       0);
	text[whole] = '\0';
	g->checked += (off_t)whole;
	while ((l = next_line(&p)) != NULL) {
		kind = klog_finding(l);
		if (kind && !nr++)
			snprintf(err->msg, sizeof(err->msg),
				 "the guest's kernel complains: %s: %.300s",
				 kind, l);
	}
	free(text);
	return nr;
}
