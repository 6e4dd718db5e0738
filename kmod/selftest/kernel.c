// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * debugfs: selftest. A suite's name is written, or all, or busted; when the write
 * returns the cases have run, and the file has their KTAP. At load by a parameter of
 * the same words: then the KTAP goes to the kernel log.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "invbench.h"
#include "suites.h"

#define WORD_MAX	32
#define TEXT_MAX	SZ_1M

static char *selftest;
module_param(selftest, charp, 0400);
MODULE_PARM_DESC(selftest,
		 "self-test at load: 1, or a word as written to debugfs' selftest; KTAP in the kernel log; a case that is not ok fails the load");

/* The KTAP of the last run through debugfs, which may still go on. */
static DEFINE_MUTEX(text_lock);
static char *text;
static size_t text_len;

static void text_line(void *ctx, const char *line)
{
	size_t n = strlen(line);

	mutex_lock(&text_lock);
	if (text_len + n + 1 <= TEXT_MAX) {
		memcpy(text + text_len, line, n);
		text[text_len + n] = '\n';
		text_len += n + 1;
	}
	mutex_unlock(&text_lock);
}

static void log_line(void *ctx, const char *line)
{
	pr_info("%s\n", line);
}

static bool signalled(void *ctx)
{
	return signal_pending(current);
}

/* What there is instead of what was asked for, in one line. */
static void tell_words(const char *word, const struct ktap_sink *sink)
{
	static char line[512];
	unsigned int i;
	size_t n;

	n = scnprintf(line, sizeof(line), "# no self-test '%s'; there are:", word);
	for (i = 0; suites_name(i); i++)
		n += scnprintf(line + n, sizeof(line) - n, " %s", suites_name(i));
	sink->line(sink->ctx, line);
}

static int run(const char *word, const struct ktap_sink *sink)
{
	int ret = suites_run(word, sink);

	if (ret == -ENOENT) {
		tell_words(word, sink);
		return -EINVAL;
	}
	return ret;
}

static ssize_t selftest_write(struct file *file, const char __user *from, size_t len,
			      loff_t *pos)
{
	static const struct ktap_sink sink = { .line = text_line, .stopping = signalled };
	char word[WORD_MAX + 1] = {};
	int ret;

	if (len > WORD_MAX)
		return -EINVAL;
	if (copy_from_user(word, from, len))
		return -EFAULT;
	if (!control_claim())
		return -EBUSY;
	mutex_lock(&text_lock);
	if (!text)
		text = kvmalloc(TEXT_MAX, GFP_KERNEL);
	text_len = 0;
	mutex_unlock(&text_lock);
	ret = text ? run(strim(word), &sink) : -ENOMEM;
	control_unclaim();
	return ret < 0 ? ret : len;
}

static ssize_t selftest_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	ssize_t ret;

	mutex_lock(&text_lock);
	ret = simple_read_from_buffer(to, len, pos, text, text_len);
	mutex_unlock(&text_lock);
	return ret;
}

static const struct file_operations selftest_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = selftest_read,
	.write = selftest_write,
	.llseek = default_llseek,
};

void selftest_init(struct dentry *folder)
{
	debugfs_create_file("selftest", 0600, folder, NULL, &selftest_fops);
}

int selftest_at_load(void)
{
	static const struct ktap_sink sink = { .line = log_line, .stopping = signalled };
	int ret;

	if (!selftest)
		return 0;
	if (!control_claim())
		return -EBUSY;
	ret = run(selftest, &sink);
	control_unclaim();
	if (ret > 0) {
		pr_err("self-test: %d cases are not ok\n", ret);
		return -EIO;
	}
	return ret;
}

void selftest_exit(void)
{
	kvfree(text);
}
