/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a check looks and answers. A subject is a table of them, in a file of its own. */
#ifndef DOCTOR_CHECK_H
#define DOCTOR_CHECK_H

#include "doctor.h"

/**
 * struct doctor_check - one question
 * @name: of the row that it begins with; as a condition, so that a yes is well
 * @use: of struct doctor_row
 * @fn: answers with say() and remedy(); more rows by row()
 * @here: of a machine that the tool itself is to work on: not asked of a guest
 */
struct doctor_check {
	const char *name, *use;
	void (*fn)(struct doctor *d);
	bool here;
};

/* A subject; it ends with a check without a name. */
struct doctor_subject {
	const char *title;
	const struct doctor_check *checks;
};

extern const struct doctor_check doctor_machine[], doctor_module[],
	doctor_bpf[], doctor_perf[], doctor_smmu[], doctor_groups[],
	doctor_tools[];

/* Of the last row. */
void say(struct doctor *d, enum doctor_verdict v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void remedy(struct doctor *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Takes the reference. */
void values(struct doctor *d, json_t *v);
/* One more, under the same subject. */
void row(struct doctor *d, const char *use, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether a row of that name says yes, or partly. */
bool holds(const struct doctor *d, const char *name);

/* The running kernel, as uname -r. */
const char *release(const struct doctor *d);
bool is_arm(const struct doctor *d);

/* Of CONFIG_<name>: y, m, a value's first character; n: not set; 0: no configuration found. */
char config(const struct doctor *d, const char *name);

/* The value of a word KEY=VALUE of the kernel's command line; false: it has none. */
bool cmdline(const struct doctor *d, const char *key, char *buf, size_t len);

/* Appends to a text of @len bytes, cut off where it ends. */
void append(char *text, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Who has a command line of the kernel to change, and how. */
#define ON_CMDLINE \
	"in GRUB_CMDLINE_LINUX of /etc/default/grub, then update-grub and a reboot"

#endif
