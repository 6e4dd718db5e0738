/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue's messages, counted instead of printed. */
#ifndef TESTS_CMDQ_QUIET_H
#define TESTS_CMDQ_QUIET_H

/* Lines with @text in them since the last call of quiet_reset(). */
unsigned int quiet_lines(const char *text);
void quiet_reset(void);

#endif
