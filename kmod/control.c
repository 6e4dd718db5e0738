// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * debugfs: control. Who opens it has the executor to itself: requests of the wire's
 * language are written, answers are read. A write returns when what it asked for is
 * done; a signal ends a schedule at the next block, and its answer says so.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "invbench.h"
#include "wire.h"

#define LINE_MAX	SZ_16K	/* 1024 CPUs by number take 5 KiB */
#define PIECE		SZ_4K	/* of a write that is copied at once */
#define OUT_MAX		SZ_256M /* of answers that nobody reads */

/**
 * struct session - one who has the file open
 * @lock: protects all that follows
 * @wire: the conversation
 * @line: the request that comes in
 * @len: of it; above LINE_MAX: it is too long, and is passed over
 * @out: answers
 * @size: of the memory at @out
 * @from: what was read up to
 * @to: what there is
 * @lost: an answer didn't fit
 */
struct session {
	struct mutex lock; /* all that follows */
	struct wire *wire;
	char *line;
	size_t len;
	char *out;
	size_t size, from, to;
	bool lost;
};

/* The executor is one: its threads are bound to CPUs, and would measure each other. */
static atomic_t busy = ATOMIC_INIT(0);

bool control_claim(void)
{
	/* Acquire: what the one before left is freed. Pairs with control_unclaim(). */
	return !atomic_cmpxchg_acquire(&busy, 0, 1);
}

void control_unclaim(void)
{
	/* Pairs with the acquire in control_claim(). */
	atomic_set_release(&busy, 0);
}

static int make_room(struct session *s, size_t len)
{
	size_t size = max_t(size_t, s->size, SZ_16K);
	char *out;

	if (s->from == s->to) {
		s->from = 0;
		s->to = 0;
	}
	if (len <= s->size - s->to)
		return 0;
	while (size - s->to < len)
		size *= 2;
	if (size > OUT_MAX)
		return -ENOMEM;
	out = kvmalloc(size, GFP_KERNEL);
	if (!out)
		return -ENOMEM;
	if (s->to)
		memcpy(out, s->out, s->to);
	kvfree(s->out);
	s->out = out;
	s->size = size;
	return 0;
}

static void session_put(void *arg, const char *text, size_t len)
{
	struct session *s = arg;

	if (s->lost || make_room(s, len)) {
		s->lost = true;
		return;
	}
	memcpy(s->out + s->to, text, len);
	s->to += len;
}

static void session_free(struct session *s)
{
	if (!s)
		return;
	wire_destroy(s->wire);
	kvfree(s->out);
	kvfree(s->line);
	kfree(s);
}

static struct session *session_create(void)
{
	struct session *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	mutex_init(&s->lock);
	s->line = kvmalloc(LINE_MAX + 1, GFP_KERNEL);
	s->wire = wire_create(session_put, s);
	if (s->line && s->wire)
		return s;
	session_free(s);
	return NULL;
}

static void end_of_line(struct session *s)
{
	static const char too_long[] = "error a request is longer than 16384 bytes\n";

	if (s->len > LINE_MAX) {
		session_put(s, too_long, strlen(too_long));
	} else {
		s->line[s->len] = '\0';
		wire_line(s->wire, s->line);
	}
	s->len = 0;
}

/* Up to and with the end of the first line. Returns how much that was. */
static size_t take(struct session *s, const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);
	size_t n = end ? end - text : len;

	if (s->len + n <= LINE_MAX) {
		memcpy(s->line + s->len, text, n);
		s->len += n;
	} else {
		s->len = LINE_MAX + 1;
	}
	if (!end)
		return n;
	end_of_line(s);
	return n + 1;
}

static int control_open(struct inode *inode, struct file *file)
{
	struct session *s;

	if (!control_claim())
		return -EBUSY;
	s = session_create();
	if (!s) {
		control_unclaim();
		return -ENOMEM;
	}
	file->private_data = s;
	return nonseekable_open(inode, file);
}

static int control_release(struct inode *inode, struct file *file)
{
	session_free(file->private_data);
	control_unclaim();
	return 0;
}

static ssize_t write_piece(struct session *s, const char __user *text, size_t len)
{
	char *piece = memdup_user(text, len);
	size_t n = 0;

	if (IS_ERR(piece))
		return PTR_ERR(piece);
	while (n < len) {
		n += take(s, piece + n, len - n);
		if (signal_pending(current))
			break;
		cond_resched();
	}
	kfree(piece);
	return n;
}

static ssize_t control_write(struct file *file, const char __user *text, size_t len,
			     loff_t *pos)
{
	struct session *s = file->private_data;
	ssize_t ret = 0;
	size_t n = 0;

	if (mutex_lock_interruptible(&s->lock))
		return -ERESTARTSYS;
	while (n < len && !signal_pending(current)) {
		ret = write_piece(s, text + n, min_t(size_t, len - n, PIECE));
		if (ret < 0)
			break;
		n += ret;
	}
	mutex_unlock(&s->lock);
	if (n)
		return n;
	return ret < 0 ? ret : len ? -ERESTARTSYS : 0;
}

static ssize_t control_read(struct file *file, char __user *text, size_t len, loff_t *pos)
{
	struct session *s = file->private_data;
	ssize_t ret;

	if (mutex_lock_interruptible(&s->lock))
		return -ERESTARTSYS;
	ret = min(len, s->to - s->from);
	if (s->lost) {
		s->lost = false;
		s->from = s->to;
		ret = -ENOMEM;
	} else if (copy_to_user(text, s->out + s->from, ret)) {
		ret = -EFAULT;
	} else {
		s->from += ret;
	}
	mutex_unlock(&s->lock);
	return ret;
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.open = control_open,
	.release = control_release,
	.read = control_read,
	.write = control_write,
};

void control_init(struct dentry *folder)
{
	debugfs_create_file("control", 0600, folder, NULL, &control_fops);
}

/* The answers go to the kernel log, line by line. -EINVAL when one is an error. */
static int log_answers(struct session *s)
{
	char *line, *rest;
	int ret = 0;

	session_put(s, "", 1);
	if (s->lost)
		return -ENOMEM;
	rest = s->out + s->from;
	s->from = s->to;
	while ((line = strsep(&rest, "\n"))) {
		if (*line)
			pr_info("%s\n", line);
		if (!strncmp(line, "error ", strlen("error ")))
			ret = -EINVAL;
	}
	return ret;
}

int control_run(const char *requests)
{
	struct session *s = session_create();
	char *copy = kstrdup(requests, GFP_KERNEL), *rest = copy, *line;
	int ret = 0;

	if (!s || !copy) {
		ret = -ENOMEM;
		goto out;
	}
	while (!ret && (line = strsep(&rest, ";"))) {
		wire_line(s->wire, line);
		ret = log_answers(s);
	}
out:
	kfree(copy);
	session_free(s);
	return ret;
}
