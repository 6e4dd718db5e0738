/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts of ours, run for the tool. No shell sees a user's words: argv is an array. */
#ifndef CMD_CHILD_H
#define CMD_CHILD_H

#include "plan.h"

/**
 * child_run() - run a program to its end
 * @argv: its path, its arguments, NULL
 * @err: on failure its last line on stderr ("invbench: " is taken off), or what ended it
 *
 * What it says on stderr while it works is passed on, but for the last line of one that
 * fails. Its input is empty; its output goes to ours.
 *
 * Return: 0, or -ECHILD when it can't be started or its status isn't 0.
 */
int child_run(const char *const *argv, struct plan_error *err);

/* Words of a command line that is put together, at most. */
#define CHILD_WORDS 32

/* A command line: @before (NULL: nothing), then @after; both, and it, with NULL at the end. */
void child_words(const char *words[CHILD_WORDS], const char *const *before,
		 const char *const *after);

#endif
