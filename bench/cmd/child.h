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

#endif
