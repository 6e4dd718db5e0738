/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must not be in a kernel's log after a run. */
#ifndef MEASURE_KLOG_H
#define MEASURE_KLOG_H

/**
 * klog_finding() - is this line of a kernel's log a finding?
 * @line: its text, with or without time and level before it
 *
 * BUG, WARNING, oops, RCU stall, lockdep, hung task, sanitizers; not the taint of an
 * unsigned module from outside the kernel's tree, which ours is.
 *
 * Return: what it is, in a word or two, or NULL.
 */
const char *klog_finding(const char *line);

#endif
