/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the module know of each other. */
#ifndef INVBENCH_H
#define INVBENCH_H

#include <linux/types.h>

struct dentry;

/* One file of the folder each; made at load, gone with the folder. */
void control_init(struct dentry *folder);
void lists_init(struct dentry *folder);
void selftest_init(struct dentry *folder);
void torture_init(struct dentry *folder);

/**
 * control_run() - requests at load (module parameter requests)
 * @requests: lines of the wire's language, parted by semicolons
 *
 * The answers go to the kernel log. May sleep.
 * Return: 0; -EINVAL when one was answered by an error; -ENOMEM.
 */
int control_run(const char *requests);

/*
 * What the parameter selftest asks for. May sleep. Return: 0; -EIO when a case is not ok;
 * -EINVAL for a word that means nothing; -EBUSY; -EINTR.
 */
int selftest_at_load(void);
void selftest_exit(void);

/* One at a time has the CPUs: a session of control, a self-test. False: another has them. */
bool control_claim(void);
void control_unclaim(void);

#endif
