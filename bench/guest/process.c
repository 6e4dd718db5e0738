// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU as a child that ends with the tool. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "internal.h"

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

/* NULL: it is there. */
static const char *no_kvm(const char *arch)
{
	struct utsname u;
	bool arm64;
	int fd, version;

	if (uname(&u))
		return strerror(errno);
	arm64 = !strcmp(arch, "arm64");
	if (strcmp(u.machine, arm64 ? "aarch64" : "x86_64"))
		return "this machine is of another architecture";
	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return strerror(errno);
	version = ioctl(fd, KVM_GET_API_VERSION, 0);
	close(fd);
	return version == KVM_API_VERSION ? NULL : "of an unknown version";
}

bool guest_has_kvm(const char *arch)
{
	return !no_kvm(arch);
}

int qemu_kvm(const struct guest_options *o, struct subject_error *err)
{
	const char *why;

	if (o->icount || o->accel == GUEST_ACCEL_TCG) {
		if (o->accel != GUEST_ACCEL_KVM)
			return 0;
		snprintf(err->msg, sizeof(err->msg),
			 "KVM can't count instructions: take TCG");
		return -1;
	}
	why = no_kvm(o->arch);
	if (!why)
		return 1;
	if (o->accel == GUEST_ACCEL_AUTO)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "no KVM for %s guests (/dev/kvm): %s", o->arch, why);
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
