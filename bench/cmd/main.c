// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench: finds the subcommand. */
#include <signal.h>
#include <string.h>

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

	/* a file that may not grow is an error of write(), like a full disk */
	signal(SIGXFSZ, SIG_IGN);
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
