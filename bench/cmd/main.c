// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench: finds the subcommand. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "subject.h"

static const struct {
	const char *name, *help;
	int (*fn)(int argc, char **argv);
} commands[] = {
#define COMMAND(name, help) { #name, help, cmd_##name },
#include "commands.def"
#undef COMMAND
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

int usage_error(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("invbench: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

int parse_args(const struct argp *argp, const char *cmd, int argc, char **argv,
	       void *input)
{
	static char name[64];

	snprintf(name, sizeof(name), "invbench %s", cmd);
	argv[0] = name;
	argp_err_exit_status = EXIT_USAGE;
	return argp_parse(argp, argc, argv, 0, NULL, input);
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

const char *worker_path(void)
{
	static char path[PATH_MAX];

	if (!*path && snprintf(path, sizeof(path), "%s/invbench-worker",
			       binary_dir()) >= (int)sizeof(path))
		return "invbench-worker";
	return path;
}

static void print_help(FILE *out)
{
	size_t i;

	fputs("Usage: invbench COMMAND [OPTION...]\n\n"
	      "Which barrier, in which place, around which data structure, and what does it\n"
	      "cost on this machine: the invalidation path of Linux's arm-smmu-v3 driver,\n"
	      "measured.\n\n",
	      out);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name,
			commands[i].help);
	fputs("\n`invbench COMMAND --help` says more.\n", out);
}

int main(int argc, char **argv)
{
	const char *names[NR_COMMANDS], *near;
	size_t i;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?") ||
	    !strcmp(argv[1], "help")) {
		print_help(stdout);
		return EXIT_FINE;
	}
	for (i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
		names[i] = commands[i].name;
	}
	near = subject_near(argv[1], names, NR_COMMANDS);
	return usage_error("unknown command '%s'%s%s%s; see invbench --help",
			   argv[1], near ? ": did you mean '" : "",
			   near ? near : "", near ? "'?" : "");
}
