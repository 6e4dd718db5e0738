// SPDX-License-Identifier: GPL-2.0-or-later
/* The interface: boot, execute, stop. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "internal.h"

#define BOOT_TIMEOUT 120.0
#define STOP_TIMEOUT 60.0
#define US	     "\037" /* after each word for guest/init */

static int __attribute__((format(printf, 2, 3)))
fail(struct subject_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return -1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void free_guest(struct guest *g)
{
	close_fd(&g->console);
	close_fd(&g->errors);
	close_fd(&g->wake);
	close_fd(&g->work);
	close_fd(&g->control);
	close_fd(&g->client);
	buffer_free(&g->to_client);
	buffer_free(&g->to_control);
	buffer_free(&g->to_work);
	buffer_free(&g->said);
	free(g->console_path);
	pthread_cond_destroy(&g->changed);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

static struct guest *new_guest(const struct guest_options *o,
			       struct subject_error *err)
{
	struct guest *g = calloc(1, sizeof(*g));

	if (!g) {
		fail(err, "not enough memory for a guest");
		return NULL;
	}
	g->console = g->errors = g->wake = -1;
	g->work = g->control = g->client = -1;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->changed, NULL);
	if (o->console)
		g->console_path = strdup(o->console);
	if (o->console)
		g->console = open(o->console,
				  O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	else
		g->console = memfd_create("console", MFD_CLOEXEC);
	if (g->console < 0) {
		fail(err, "can't write the console to %.200s: %s",
		     o->console ? o->console : "memory", strerror(errno));
		free_guest(g);
		return NULL;
	}
	g->errors = memfd_create("errors", MFD_CLOEXEC);
	g->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (g->errors >= 0 && g->wake >= 0)
		return g;
	fail(err, "can't make a guest: %s", strerror(errno));
	free_guest(g);
	return NULL;
}

/* QEMU, connected to the guest's ports. */
static int start(struct guest *g, const struct guest_options *o, bool kvm,
		 struct subject_error *err)
{
	int work[2] = { -1, -1 }, control[2] = { -1, -1 };
	const int kind = SOCK_STREAM | SOCK_CLOEXEC;
	struct qemu_fds fds;
	char path[PATH_MAX];
	char **args = NULL;
	pid_t pid = -1;

	if (qemu_find(o, path, sizeof(path), err))
		return -1;
	g->emulated = !kvm;
	if (socketpair(AF_UNIX, kind, 0, work) ||
	    socketpair(AF_UNIX, kind, 0, control)) {
		fail(err, "can't make a guest's ports: %s", strerror(errno));
	} else {
		fds = (struct qemu_fds){ g->console, work[1], control[1] };
		args = qemu_args(o, path, kvm, &fds, err);
	}
	if (args)
		pid = qemu_start(args, &fds, g->errors, err);
	qemu_args_free(args);
	close_fd(&work[1]);
	close_fd(&control[1]);
	g->work = work[0];
	g->control = control[0];
	g->pid = pid > 0 ? pid : 0;
	return pid > 0 ? 0 : -1;
}

/* Signals are the tool's. */
static int start_thread(struct guest *g, struct subject_error *err)
{
	sigset_t all, old;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(&g->thread, NULL, guest_relay, g);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!ret)
		return 0;
	kill(g->pid, SIGKILL);
	waitpid(g->pid, NULL, 0);
	return fail(err, "can't start a guest's thread: %s", strerror(ret));
}

static void set_timeout(struct guest *g, double timeout)
{
	g->timeout = timeout;
	g->deadline = timeout > 0 ? guest_now() + timeout : 0;
}

struct guest *guest_boot(const struct guest_options *o,
			 struct subject_error *err)
{
	int kvm = qemu_kvm(o, err);
	struct guest *g = kvm < 0 ? NULL : new_guest(o, err);
	double begin = guest_now();
	bool up;

	if (!g)
		return NULL;
	set_timeout(g, o->boot_timeout > 0 ? o->boot_timeout : BOOT_TIMEOUT);
	if (start(g, o, kvm, err) || start_thread(g, err)) {
		free_guest(g);
		return NULL;
	}
	pthread_mutex_lock(&g->lock);
	while (!g->up && !g->over)
		pthread_cond_wait(&g->changed, &g->lock);
	up = g->up;
	pthread_mutex_unlock(&g->lock);
	g->boot_seconds = guest_now() - begin;
	if (up)
		return g;
	guest_why(g, err);
	guest_kill(g);
	return NULL;
}

/* The requests for guest/init: a line, with US after each word. */
static int request(struct guest *g, const char *const *argv, bool input,
		   struct subject_error *err)
{
	struct buffer *b = &g->to_control;
	char head[64], sync[64];
	bool ok;

	snprintf(head, sizeof(head), "exec" US "%u" US "%s" US, g->n,
		 input ? "port" : "empty");
	snprintf(sync, sizeof(sync), "\nsync %u\n", g->n);
	ok = buffer_add(b, head, strlen(head));
	for (; *argv && ok; argv++) {
		if (strpbrk(*argv, US "\n"))
			return fail(
				err,
				"no newline and no US (037) in a guest's command");
		ok = buffer_add(b, *argv, strlen(*argv)) &&
		     buffer_add(b, US, 1);
	}
	if (ok && buffer_add(b, "\n", 1) &&
	    buffer_add(&g->to_work, sync, strlen(sync)))
		return 0;
	return fail(err, "not enough memory for a guest's command");
}

int guest_exec(struct guest *g, const char *const *argv, bool input,
	       double timeout, struct subject_error *err)
{
	int ends[2] = { -1, -1 }, ret = -1;
	size_t before;

	pthread_mutex_lock(&g->lock);
	before = g->to_control.len;
	if (g->over) {
		guest_why(g, err);
	} else if (g->busy) {
		fail(err, "the guest executes something already");
	} else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		fail(err, "can't reach into a guest: %s", strerror(errno));
	} else {
		g->n++;
		ret = request(g, argv, input, err);
	}
	if (!ret) {
		g->client = ends[0];
		g->input = input;
		g->busy = true;
		g->done = false;
		g->marked = false;
		g->talks = input;
		set_timeout(g, timeout);
		guest_wake(g);
	} else {
		g->to_control.len = before;
		close_fd(&ends[0]);
		close_fd(&ends[1]);
	}
	pthread_mutex_unlock(&g->lock);
	return ends[1];
}

int guest_wait(struct guest *g, struct subject_error *err)
{
	int status = -1;

	pthread_mutex_lock(&g->lock);
	while (g->busy && !g->over)
		pthread_cond_wait(&g->changed, &g->lock);
	if (g->busy || !g->n)
		guest_why(g, err);
	else
		status = g->status;
	pthread_mutex_unlock(&g->lock);
	return status;
}

int guest_stop(struct guest *g, struct subject_error *err)
{
	static const char off[] = "poweroff" US "\n";
	bool fine;
	int ret;

	pthread_mutex_lock(&g->lock);
	if (g->busy || !buffer_add(&g->to_control, off, sizeof(off) - 1)) {
		guest_end_qemu(g);
	} else if (!g->over) {
		g->off = true;
		set_timeout(g, STOP_TIMEOUT);
		guest_wake(g);
	}
	while (!g->over)
		pthread_cond_wait(&g->changed, &g->lock);
	fine = g->busy || (g->off && !g->hung && !g->qemu_status);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	ret = (int)guest_check(g, err);
	if (!ret && !fine) {
		guest_why(g, err);
		ret = -1;
	}
	free_guest(g);
	return ret;
}

void guest_kill(struct guest *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->lock);
	guest_end_qemu(g);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	free_guest(g);
}

bool guest_emulated(const struct guest *g)
{
	return g->emulated;
}

double guest_boot_seconds(const struct guest *g)
{
	return g->boot_seconds;
}

static int wait_for(pid_t pid, struct subject_error *err)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return fail(err, "QEMU was ended by signal %d (%s)",
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (status)
		return fail(err, "QEMU failed (status %d)",
			    WEXITSTATUS(status));
	return 0;
}

int guest_shell(const struct guest_options *o, struct subject_error *err)
{
	const struct qemu_fds fds = { -1, -1, -1 };
	struct termios before;
	bool terminal = !tcgetattr(STDIN_FILENO, &before);
	void (*on_int)(int sig);
	char path[PATH_MAX];
	char **args;
	int ret, kvm;
	pid_t pid;

	kvm = qemu_kvm(o, err);
	if (kvm < 0 || qemu_find(o, path, sizeof(path), err))
		return -1;
	args = qemu_args(o, path, kvm, &fds, err);
	if (!args)
		return -1;
	on_int = signal(SIGINT, SIG_IGN);
	pid = qemu_start(args, &fds, -1, err);
	ret = pid > 0 ? wait_for(pid, err) : -1;
	signal(SIGINT, on_int);
	/* QEMU puts it back unless it was killed */
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	qemu_args_free(args);
	return ret;
}
