/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ask.c asks. */
#ifndef DOCTOR_ASK_H
#define DOCTOR_ASK_H

#include "look.h"

/**
 * ask_run() - what a program prints
 * @argv: its name (of PATH) or path, arguments, NULL; no shell sees them
 * @otherwise: freed; or the answer, if this one has none
 *
 * Without input, its stderr to nowhere, ended after some seconds.
 *
 * Return: its output, free() it; @otherwise when it can't be started, prints nothing or
 * its status isn't 0.
 */
char *ask_run(const char *const *argv, char *otherwise);

/*
 * Opens the event @name on this thread, counts with it: "counts", "counts (user space)",
 * "opens, and counts nothing", or the error's name. NULL: no such event.
 */
char *ask_perf(const struct look_places *p, const char *name);

#endif
