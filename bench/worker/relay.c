// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench-relay: the module's worker. Carries lines between its own input and output
 * and the module's control file, so that a launch in the kernel looks like any other.
 * One process is one launch: with --module, one loading of the module, too.
 *
 * Answers one request more: quit. The module is unloaded, then come what the kernel
 * log has to say of the launch, a line each, and the end:
 *
 *   log KIND: LINE
 *   bye
 *
 * With INVBENCH_PROBED in its environment a probe is its parent. It stops itself where
 * the parent may attach, the module being loaded, and where it must have detached, before
 * the module is unloaded; and leaves "bye" to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "klog.h"

#define CONTROL "/sys/kernel/debug/invbench/control"

struct relay {
	const char *module, *params;
	bool loaded, probed;
	int control, kmsg;
	char err[256]; /* why there is no control, for every request */
};

static void __attribute__((format(printf, 2, 3)))
fail(struct relay *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->err, sizeof(r->err), fmt, ap);
	va_end(ap);
}

static const char *load_error(int err)
{
	switch (err) {
	case EEXIST:
		return "it is loaded already (rmmod invbench)";
	case EPERM:
		return "not allowed (root? Secure Boot or lockdown want it signed)";
	case ENOEXEC:
		return "it was built for another kernel";
	case EINVAL:
		return "it refused its parameters, see the kernel log";
	default:
		return strerror(err);
	}
}

static bool load(struct relay *r)
{
	int fd = open(r->module, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0) {
		fail(r, "can't read %s: %s", r->module, strerror(errno));
		return false;
	}
	ret = (int)syscall(SYS_finit_module, fd, r->params, 0);
	if (ret)
		fail(r, "can't load %s: %s", r->module, load_error(errno));
	close(fd);
	r->loaded = !ret;
	return r->loaded;
}

static void open_control(struct relay *r)
{
	r->control = open(CONTROL, O_RDWR | O_CLOEXEC);
	if (r->control >= 0)
		return;
	if (errno == EBUSY)
		fail(r, "somebody else drives the module: " CONTROL
			" is busy");
	else if (errno == ENOENT && access("/sys/kernel/debug/.", X_OK))
		fail(r, "no debugfs: mount -t debugfs none /sys/kernel/debug");
	else if (errno == ENOENT && access("/sys/module/invbench", F_OK))
		fail(r, "the module isn't loaded");
	else if (errno == EACCES)
		fail(r, "not allowed to open " CONTROL ": root is");
	else
		fail(r, "can't open " CONTROL ": %s", strerror(errno));
}

static bool send_text(struct relay *r, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(r->control, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(r, "can't write to the module: %s",
			     strerror(errno));
			return false;
		}
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static void take_answers(struct relay *r)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(r->control, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	if (n < 0)
		printf("error can't read from the module: %s\n",
		       strerror(errno));
}

static void serve_line(struct relay *r, const char *line, size_t len)
{
	if (r->control >= 0 && send_text(r, line, len)) {
		/* steps are queued and have no answer */
		if (strncmp(line, "step ", 5)) {
			take_answers(r);
			fflush(stdout);
		}
		return;
	}
	printf("error %s\n", r->err);
	fflush(stdout);
}

/* Until the probe has done what it has to do now. */
static void let_probe(const struct relay *r)
{
	if (r->probed && r->loaded)
		raise(SIGSTOP);
}

/* A probe's programs let go of it when their grace period is over. */
#define UNLOAD_TRIES 50 /* 0.1 s each */

static void unload(struct relay *r)
{
	int tries = r->probed ? UNLOAD_TRIES : 1, ret;

	let_probe(r);
	if (r->control >= 0)
		close(r->control);
	if (!r->loaded)
		return;
	while ((ret = (int)syscall(SYS_delete_module, "invbench", O_NONBLOCK)) &&
	       errno == EWOULDBLOCK && --tries)
		usleep(100000);
	if (ret)
		printf("log unload: %s\n", strerror(errno));
}

/* A record of /dev/kmsg: level,number,time,flags;text and a newline, then its keys. */
static void judge_record(char *record)
{
	char *text = strchr(record, ';'), *end;
	const char *kind;

	if (!text)
		return;
	end = strchr(++text, '\n');
	if (end)
		*end = '\0';
	kind = klog_finding(text);
	if (kind)
		printf("log %s: %s\n", kind, text);
}

static void judge_log(struct relay *r)
{
	char record[8192];
	ssize_t n;

	while (r->kmsg >= 0) {
		n = read(r->kmsg, record, sizeof(record) - 1);
		if (n <= 0 && errno != EPIPE)
			break;
		if (n <= 0) {
			/* what was overwritten may have been a finding */
			puts("log lost: records of the kernel's log were overwritten");
			continue;
		}
		record[n] = '\0';
		judge_record(record);
	}
}

static void nothing(int sig)
{
	(void)sig;
}

static int usage(const char *name)
{
	fprintf(stderr,
		"%s: [--module FILE [--params TEXT]]; it reads requests on its input\n",
		name);
	return 2;
}

int main(int argc, char **argv)
{
	struct relay r = { .params = "", .control = -1 };
	struct sigaction wake = { .sa_handler = nothing };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--module"))
			r.module = argv[i + 1];
		else if (!strcmp(argv[i], "--params"))
			r.params = argv[i + 1];
		else
			return usage(argv[0]);
	}
	if (i != argc)
		return usage(argv[0]);
	r.probed = getenv("INVBENCH_PROBED");
	/* the tool ends a launch, at the end of a chunk; Ctrl-C reaches both */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* and if the tool is killed: out of the schedule, then to the end of the input */
	sigaction(SIGTERM, &wake, NULL);
	/* which comes when a probe dies while we wait for it */
	sigaction(SIGHUP, &wake, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);

	r.kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (r.kmsg >= 0)
		lseek(r.kmsg, 0, SEEK_END);
	if (!r.module || load(&r)) {
		let_probe(&r);
		open_control(&r);
	}
	while ((len = getline(&line, &size, stdin)) > 0 &&
	       strcmp(line, "quit\n"))
		serve_line(&r, line, (size_t)len);
	unload(&r);
	judge_log(&r);
	if (!r.probed)
		puts("bye");
	free(line);
	return 0;
}
