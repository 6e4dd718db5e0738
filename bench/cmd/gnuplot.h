/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gnuplot as a child, and text that it can't take for commands. A picture is a
 * prologue of variables (PICTURE.gp in the plots folder of the run) and a script
 * of the project's plots folder that draws from them.
 */
#ifndef CMD_GNUPLOT_H
#define CMD_GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "plan.h"

/**
 * gnuplot_draw() - makes PICTURE.svg and PICTURE.png
 * @dir: the plots folder of the run: has PICTURE.gp, gets the pictures
 * @scripts: the project's plots folder
 * @picture: letters, digits and dashes
 * @script: "intervals.gp"
 * @err: one line
 *
 * Return: 0; -ENOENT when there is no gnuplot; -EIO when it failed: the line
 * names the script and what gnuplot said; else -errno.
 */
int gnuplot_draw(const char *dir, const char *scripts, const char *picture,
		 const char *script, struct plan_error *err);

/* A line "key = "text"", whatever is in the text. */
void gnuplot_text(FILE *f, const char *key, const char *text);
/* The quoted text alone, for lists. */
void gnuplot_quote(FILE *f, const char *text);
/* "key = 1.25"; NaN for what isn't finite. */
void gnuplot_number(FILE *f, const char *key, double v);

/*
 * Breaks text into lines of at most @width characters, at blanks where it can.
 * What isn't UTF-8, or is no text, becomes '?'. Returns how many lines.
 */
unsigned int gnuplot_wrap(const char *text, unsigned int width, char *out,
			  size_t len);

#endif
