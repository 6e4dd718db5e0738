// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Planted bugs, each in a process of its own: it may hang its threads, and a sanitizer
 * that sees it first ends the process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "run.h"

#define SECONDS 60

/* What a process exits with when TSan saw a race. */
#if defined(__SANITIZE_THREAD__)
#define TSAN_FOUND 66
#else
#define TSAN_FOUND (-1)
#endif

static void to_pipe(void *ctx, const char *text)
{
	const int *out = ctx;

	if (write(*out, text, strlen(text)) < 0 || write(*out, "\n", 1) < 0)
		_exit(2);
}

static void run_child(const struct ktap_suite *suite, const struct ktap_case *c, int out)
{
	const struct ktap_sink sink = { .line = to_pipe, .ctx = &out };
	const char *text;

	alarm(SECONDS);
	/* What a sanitizer says of a planted bug is no finding of this build's. */
	if (!freopen("/dev/null", "w", stderr))
		_exit(2);
	if (ktap_run_case(suite, c, &sink, &text) != KTAP_OK) {
		to_pipe(&out, text);
		_exit(1);
	}
	_exit(0);
}

void run_apart(const struct ktap_suite *suite, const struct ktap_case *c)
{
	char text[400];
	int out[2], status;
	size_t got = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	fflush(stdout);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		run_child(suite, c, out[1]);
	close(out[1]);
	while ((n = read(out[0], text + got, sizeof(text) - 1 - got)) > 0)
		got += n;
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	text[got] = '\0';
	printf("%s", text);
	if (WIFEXITED(status) && WEXITSTATUS(status) == TSAN_FOUND)
		printf("# caught by TSan\n");
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg("%s: not caught, status %#x: %s", c->name, status, text);
}
