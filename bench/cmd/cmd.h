/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the subcommands share. One file a subcommand, one line in commands.def. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

/* Exit statuses of the tool, see README.md. */
enum {
	EXIT_FINE = 0,
	EXIT_FINDING = 1, /* a regression, an unsound choice */
	EXIT_USAGE = 2,	  /* bad input, a missing prerequisite */
	EXIT_SKIPPED = 77,
};

#define COMMAND(name, help) int cmd_##name(int argc, char **argv);
#include "commands.def"
#undef COMMAND

/* guest.c's verbs, in files of their own. */
int guest_pathlen(int argc, char **argv);
int guest_probe_cost(int argc, char **argv);

/* One line on stderr, "invbench: ..."; returns EXIT_USAGE. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* argp_parse() that exits with EXIT_USAGE on bad options and names @cmd. */
int parse_args(const struct argp *argp, const char *cmd, int argc, char **argv,
	       void *input);

/* The same for a command line that ends in another command, whose options are its own. */
int parse_args_to_command(const struct argp *argp, const char *cmd, int argc,
			  char **argv, void *input);

/*
 * A whole number of an option: the value, or a line naming option, value and
 * range, and exit 2.
 */
long option_number(const char *option, const char *text, long min, long max);

/* The project's folder: jobs, plots, results. From the launcher, else the binary's place. */
const char *top_dir(void);
/* Set by Ctrl-C and SIGTERM once stop_on_signals() was called; read it atomically. */
extern bool stopped;
void stop_on_signals(void);

/* results/<time>-<what>: where a result goes unless the user says. */
void result_path(const char *what, char *path, size_t len);

/* The programs beside the tool: user space's worker, the module's, and the probe. */
const char *worker_path(void);
const char *relay_path(void);
const char *probe_path(void);

#endif
