// SPDX-License-Identifier: GPL-2.0-or-later
/* What the subcommands share: complaints, options, places, signals. */
#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

bool stopped;

static void on_signal(int sig)
{
	(void)sig;
	__atomic_store_n(&stopped, true, __ATOMIC_RELAXED);
}

void stop_on_signals(void)
{
	/* restarted: a reply of the worker that is half read must not be lost */
	struct sigaction sa = { .sa_handler = on_signal,
				.sa_flags = SA_RESTART };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	/* a worker that died is seen by its reply */
	signal(SIGPIPE, SIG_IGN);
}

void result_path(const char *what, char *path, size_t len)
{
	time_t now = time(NULL);
	char stamp[32];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	snprintf(path, len, "%s/results/%s-%s", top_dir(), stamp, what);
}

int usage_error(const char *fmt, ...)
{
	char text[4096], *c;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* one line, whatever somebody typed or wrote into a file */
	for (c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	fflush(stdout);
	fprintf(stderr, "invbench: %s\n", text);
	return EXIT_USAGE;
}

static const struct argp *command;

/* The command's own parser, without argp's second line ("Try ... --help"). */
static error_t parse_quietly(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_INIT)
		state->err_stream = NULL;
	return command->parser(key, arg, state);
}

static int parse_with(const struct argp *argp, const char *cmd, int argc,
		      char **argv, unsigned int flags, void *input)
{
	struct argp quiet = *argp;
	static char name[64];

	snprintf(name, sizeof(name), "invbench %s", cmd);
	argv[0] = name;
	argp_err_exit_status = EXIT_USAGE;
	command = argp;
	quiet.parser = parse_quietly;
	if (argp_parse(&quiet, argc, argv, flags, NULL, input))
		exit(EXIT_USAGE); /* getopt has said what is wrong */
	return 0;
}

int parse_args(const struct argp *argp, const char *cmd, int argc, char **argv,
	       void *input)
{
	return parse_with(argp, cmd, argc, argv, 0, input);
}

int parse_args_to_command(const struct argp *argp, const char *cmd, int argc,
			  char **argv, void *input)
{
	return parse_with(argp, cmd, argc, argv, ARGP_IN_ORDER, input);
}

long option_number(const char *option, const char *text, long min, long max)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < min || v > max)
		exit(usage_error("%s %s: a whole number from %ld to %ld",
				 option, text, min, max));
	return v;
}

/* The folder of the running binary, e.g. build/release. */
static const char *binary_dir(void)
{
	static char dir[PATH_MAX];
	char path[PATH_MAX];
	ssize_t len;

	if (*dir)
		return dir;
	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (len < 0)
		return ".";
	path[len] = '\0';
	snprintf(dir, sizeof(dir), "%s", dirname(path));
	return dir;
}

const char *top_dir(void)
{
	static char dir[PATH_MAX];
	const char *env = getenv("INVBENCH_TOP");

	if (env && *env)
		return env;
	if (!*dir && snprintf(dir, sizeof(dir), "%s/../..", binary_dir()) >=
			     (int)sizeof(dir))
		return ".";
	return dir;
}

static const char *beside(char *path, size_t len, const char *name)
{
	if (!*path &&
	    snprintf(path, len, "%s/%s", binary_dir(), name) >= (int)len)
		return name;
	return path;
}

const char *worker_path(void)
{
	static char path[PATH_MAX];

	return beside(path, sizeof(path), "invbench-worker");
}

const char *relay_path(void)
{
	static char path[PATH_MAX];

	return beside(path, sizeof(path), "invbench-relay");
}

const char *probe_path(void)
{
	static char path[PATH_MAX];

	return beside(path, sizeof(path), "invbench-probe");
}
