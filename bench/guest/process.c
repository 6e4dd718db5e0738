// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU as a child that ends with the tool. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define PROBE_PATIENCE 10.0 /* s until QEMU must have shown that KVM works */

int qemu_find(const struct guest_options *o, char *path, size_t len,
	      struct subject_error *err)
{
	const char *name = qemu_program(o->arch, err);
	const char *dir = getenv("PATH");

	if (!name)
		return -1;
	if (o->qemu) {
		snprintf(path, len, "%s", o->qemu);
		if (!access(path, X_OK))
			return 0;
		snprintf(err->msg, sizeof(err->msg), "can't run %.200s: %s",
			 path, strerror(errno));
		return -1;
	}
	while (dir && *dir) {
		size_t n = strcspn(dir, ":");

		snprintf(path, len, "%.*s/%s", (int)n, dir, name);
		if (!access(path, X_OK))
			return 0;
		dir += n + (dir[n] == ':');
	}
	snprintf(err->msg, sizeof(err->msg), "no %s: install %s", name,
		 qemu_package(o->arch));
	return -1;
}

/* Its status; killed after @seconds. */
static int wait_at_most(pid_t pid, double seconds)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	double until = guest_now() + seconds;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (guest_now() > until)
			kill(pid, SIGKILL);
		nanosleep(&ms, NULL);
	}
	return status;
}

/*
 * Whether QEMU gets as far as a virtual CPU with it: a /dev/kvm within a virtual machine
 * may be there and not do all that it asks for.
 */
static bool kvm_works(const char *arch, const char *qemu)
{
	char *const args[] = { (char *)qemu,
			       "-M",
			       (char *)qemu_kvm_machine(arch),
			       "-accel",
			       "kvm",
			       "-cpu",
			       "host",
			       "-S",
			       "-display",
			       "none",
			       "-serial",
			       "none",
			       "-monitor",
			       "stdio",
			       "-nodefaults",
			       "-no-user-config",
			       NULL };
	posix_spawn_file_actions_t fa;
	int in[2], status = 0;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC))
		return false;
	if (write(in[1], "quit\n", 5) != 5)
		status = -1;
	close(in[1]);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in[0], STDIN_FILENO);
	posix_spawn_file_actions_addopen(&fa, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	if (posix_spawn(&pid, qemu, &fa, NULL, args, environ) ||
	    wait_at_most(pid, PROBE_PATIENCE))
		status = -1;
	posix_spawn_file_actions_destroy(&fa);
	close(in[0]);
	return !status;
}

/* NULL: it is there. */
static const char *no_kvm(const char *arch, const char *qemu)
{
	struct utsname u;
	bool arm64;
	int fd;

	if (uname(&u))
		return strerror(errno);
	arm64 = !strcmp(arch, "arm64");
	if (strcmp(u.machine, arm64 ? "aarch64" : "x86_64"))
		return "this machine is of another architecture";
	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return strerror(errno);
	close(fd);
	return kvm_works(arch, qemu) ? NULL : "QEMU can't use it";
}

bool guest_has_kvm(const char *arch)
{
	const struct guest_options o = { .arch = arch };
	struct subject_error err;
	char path[PATH_MAX];

	return !qemu_find(&o, path, sizeof(path), &err) && !no_kvm(arch, path);
}

int qemu_kvm(const struct guest_options *o, struct subject_error *err)
{
	char path[PATH_MAX];
	const char *why;

	if (qemu_find(o, path, sizeof(path), err))
		return -1;
	if (o->icount || o->accel == GUEST_ACCEL_TCG) {
		if (o->accel != GUEST_ACCEL_KVM)
			return 0;
		snprintf(err->msg, sizeof(err->msg),
			 "KVM can't count instructions: take TCG");
		return -1;
	}
	why = no_kvm(o->arch, path);
	if (!why)
		return 1;
	if (o->accel == GUEST_ACCEL_AUTO)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "no KVM for %s guests (/dev/kvm): %s", o->arch, why);
	return -1;
}

/* The first line on its standard output; whether there was one. */
static bool first_line(const char *program, char *text, size_t len)
{
	char *const args[] = { (char *)program, "--version", NULL };
	posix_spawn_file_actions_t fa;
	bool got = false;
	int out[2];
	FILE *f;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return false;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, out[1], STDOUT_FILENO);
	if (posix_spawn(&pid, program, &fa, NULL, args, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&fa);
	close(out[1]);
	f = fdopen(out[0], "r");
	if (f) {
		got = pid > 0 && fgets(text, (int)len, f);
		fclose(f);
	} else {
		close(out[0]);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	if (got)
		text[strcspn(text, "\n")] = '\0';
	return got;
}

int guest_qemu_version(const char *arch, char *text, size_t len,
		       struct subject_error *err)
{
	const struct guest_options o = { .arch = arch };
	char path[PATH_MAX];

	if (qemu_find(&o, path, sizeof(path), err))
		return -1;
	if (first_line(path, text, len))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "%.200s --version says nothing",
		 path);
	return -1;
}

static void keep_open(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
}

/* Between fork() and execv(): only what a signal handler may call. */
static void become_qemu(char **args, const struct qemu_fds *fds, int errors,
			pid_t parent)
{
	static const char failed[] = "can't be executed\n";
	sigset_t none;
	int fd;

	/* however the tool ends; it may have ended just now */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (errors >= 0) {
		/* out of the way of Ctrl-C */
		setsid();
		fd = open("/dev/null", O_RDONLY);
		dup2(fd, STDIN_FILENO);
		dup2(errors, STDOUT_FILENO);
		dup2(errors, STDERR_FILENO);
	}
	keep_open(fds->console);
	keep_open(fds->work);
	keep_open(fds->control);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(args[0], args);
	if (write(STDERR_FILENO, failed, sizeof(failed) - 1) < 0)
		_exit(126);
	_exit(127);
}

pid_t qemu_start(char **args, const struct qemu_fds *fds, int errors,
		 struct subject_error *err)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid)
		become_qemu(args, fds, errors, parent);
	if (pid < 0)
		snprintf(err->msg, sizeof(err->msg), "can't start %.200s: %s",
			 args[0], strerror(errno));
	return pid;
}
