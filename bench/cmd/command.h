/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest for one command. */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include <stdio.h>

#include "boot.h"

/*
 * guest_end() - as guest_stop(), with what goes wrong said
 * Return: a status: 1 for what the guest's kernel complains of, 2 for what else goes wrong.
 */
int guest_end(struct guest *g);

/**
 * guest_command() - boot, execute, end
 * @boot: the guest
 * @command: its words, NULL after the last
 * @timeout: of the command, in seconds
 * @out: where its output goes as it comes
 *
 * Return: the status of the command, else as guest_end().
 */
int guest_command(const struct boot *boot, const char *const *command,
		  double timeout, FILE *out);

/* The first line that a shell in the guest prints for @script, into @text; 0 or -1. */
int guest_ask(struct guest *g, const char *script, char *text, size_t len,
	      struct subject_error *err);

/* A file of the guest's, whole, to @out. 0, or -1 with a line. */
int guest_read_file(struct guest *g, const char *path, FILE *out,
		    struct subject_error *err);

#endif
