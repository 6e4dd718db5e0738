// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * debugfs: torture. A line of parameters is written ("seconds=5 threads=4
 * store=rcu-array"; "" or "all" leaves all at their defaults), which runs; then the report
 * is read. A signal ends the run early, and the report says so.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "invbench.h"
#include "torture.h"

#define LINE_MAX	1024

/* Of the report and of who runs. */
static DEFINE_MUTEX(torture_lock);
static char report[SZ_64K];
static size_t report_len;

static void say(const char *text)
{
	report_len += scnprintf(report + report_len, sizeof(report) - report_len, "%s", text);
}

/* What goes on while a run does. */
struct session {
	struct torture_params p;
	struct torture_sum sum;
	struct subject_error err;
	char text[TORTURE_TEXT];
};

static void begins(void *ctx, const struct torture_case *c, unsigned int i, unsigned int n)
{
	struct session *s = ctx;

	/* The seed is known from here on. */
	if (!i)
		say(torture_print_head(&s->p, s->text, sizeof(s->text)));
}

static void ends(void *ctx, const struct torture_case *c, const struct torture_result *r)
{
	struct session *s = ctx;

	say(torture_print_case(c, r, s->text, sizeof(s->text)));
}

static int parse(struct session *s, char *line)
{
	char *word, *value;
	int ret = 0;

	torture_params_init(&s->p);
	while (!ret && (word = strsep(&line, " \t\n"))) {
		if (!*word || !strcmp(word, "all"))
			continue;
		value = strchr(word, '=');
		if (!value) {
			snprintf(s->err.msg, sizeof(s->err.msg), "'%.40s': not key=value", word);
			return -EINVAL;
		}
		*value++ = '\0';
		ret = torture_params_set(&s->p, word, value, &s->err);
	}
	return ret;
}

static int run_line(char *line)
{
	struct session *s = kvzalloc(sizeof(*s), GFP_KERNEL);
	const struct torture_watch watch = { .begins = begins, .ends = ends, .ctx = s };
	int ret;

	if (!s)
		return -ENOMEM;
	report_len = 0;
	ret = parse(s, line);
	if (!ret)
		ret = torture_run(&s->p, &watch, &s->sum, &s->err);
	if (ret) {
		say("error ");
		say(s->err.msg);
		say("\n");
	} else {
		say(torture_print_sum(&s->sum, s->text, sizeof(s->text)));
	}
	kvfree(s);
	return ret;
}

static ssize_t torture_write(struct file *file, const char __user *text, size_t len, loff_t *pos)
{
	char *line;
	int ret;

	if (len > LINE_MAX)
		return -EINVAL;
	line = memdup_user_nul(text, len);
	if (IS_ERR(line))
		return PTR_ERR(line);
	ret = -EBUSY;
	/* The CPUs are one user's, with torture as with anything else. */
	if (control_claim()) {
		mutex_lock(&torture_lock);
		ret = run_line(line);
		mutex_unlock(&torture_lock);
		control_unclaim();
	}
	kfree(line);
	return ret ? ret : len;
}

/* Waits for a run to end. */
static ssize_t torture_read(struct file *file, char __user *text, size_t len, loff_t *pos)
{
	ssize_t ret;

	if (mutex_lock_interruptible(&torture_lock))
		return -ERESTARTSYS;
	ret = simple_read_from_buffer(text, len, pos, report, report_len);
	mutex_unlock(&torture_lock);
	return ret;
}

static const struct file_operations torture_fops = {
	.owner = THIS_MODULE,
	.read = torture_read,
	.write = torture_write,
};

void torture_init(struct dentry *folder)
{
	debugfs_create_file("torture", 0600, folder, NULL, &torture_fops);
}
