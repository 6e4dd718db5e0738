// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel as it works, sampled by invbench-probe: on this machine whatever it does, in
 * a guest reads from an nvme drive behind the SMMU. All of the kernel is kept; which of it
 * is the driver's, the names say.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot.h"
#include "cmd.h"
#include "command.h"
#include "record.h"

#define GUEST_STACKS "/stacks"
#define DRIVER	     "arm_smmu_"
/* In a guest Ctrl-C waits for the end of one. */
#define PIECE_SECONDS 5

extern char **environ;

struct taker {
	struct record *r;
	struct fold *fold;
};

static int take_stack(void *arg, const char *task, const struct perf_frame *frames,
		      unsigned int nr, uint64_t count)
{
	struct perf_frame with_task[256];
	struct taker *t = arg;
	unsigned int i;

	if (nr >= 256)
		nr = 255;
	for (i = 0; i < nr && strncmp(frames[i].sym, DRIVER, strlen(DRIVER)); i++)
		;
	if (i == nr)
		t->r->others[0] += count;
	memcpy(with_task, frames, nr * sizeof(*frames));
	with_task[nr] = (struct perf_frame){ .sym = task, .dso = "[task]" };
	return fold_add(t->fold, with_task, nr + 1, count);
}

static void progress(const struct record *r, double done)
{
	if (r->progress)
		r->progress(r->arg, fmin(1, done / r->seconds));
}

/* ---- here ----------------------------------------------------------------- */

static int check_driver(struct plan_error *err)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	bool found = false;
	char line[512];

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, " " DRIVER "cmdq_issue_cmdlist");
	if (f)
		fclose(f);
	if (found)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "flame stock: this kernel has no arm-smmu-v3 driver; --backend guest has one");
	return -ENODEV;
}

/* What it has to say in a line, "error WHY", it says on its output. */
static int sampler_failed(int fd, int status, struct plan_error *err)
{
	char said[400];
	ssize_t n = read(fd, said, sizeof(said) - 1);

	said[n > 0 ? n : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	if (!strncmp(said, "error ", 6))
		snprintf(err->msg, sizeof(err->msg), "%s", said + 6);
	else
		snprintf(err->msg, sizeof(err->msg), "the sampler ended with status %d",
			 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return -EIO;
}

static int start_sampler(const char *const *argv, int out, pid_t *pid)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t mask;
	int ret;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	/* it is told when it is time, so that it can say what there was */
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &mask);
	ret = posix_spawn(pid, argv[0], &fa, &attr, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return ret;
}

static int wait_for_sampler(const struct record *r, pid_t pid)
{
	double start = record_clock();
	bool told = false;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (record_stopped(r) && !told) {
			kill(pid, SIGTERM);
			told = true;
		}
		progress(r, record_clock() - start);
		usleep(20000);
	}
	return status;
}

static int read_here(void *arg, FILE *to, struct plan_error *err)
{
	const struct record *r = arg;
	FILE *in = fopen(r->data, "re");
	char part[4096];
	size_t n;

	if (!in) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", r->data, strerror(errno));
		return -EIO;
	}
	while ((n = fread(part, 1, sizeof(part), in)))
		fwrite(part, 1, n, to);
	fclose(in);
	return 0;
}

static int sample_here(struct taker *t, struct plan_error *err)
{
	char hz[16], seconds[32];
	const char *const argv[] = { probe_path(), "stacks", "--offsets", "--hz", hz,
				     "--duration", seconds, "--out", t->r->data, NULL };
	int fd[2], ret, status;
	pid_t pid;

	if (check_driver(err))
		return -ENODEV;
	snprintf(hz, sizeof(hz), "%u", t->r->hz);
	snprintf(seconds, sizeof(seconds), "%g", t->r->seconds);
	if (pipe2(fd, O_CLOEXEC)) {
		snprintf(err->msg, sizeof(err->msg), "a pipe: %s", strerror(errno));
		return -EIO;
	}
	ret = start_sampler(argv, fd[1], &pid);
	close(fd[1]);
	if (ret) {
		close(fd[0]);
		snprintf(err->msg, sizeof(err->msg),
			 "can't start invbench-probe (%s): it takes clang, bpftool and libbpf-dev to build",
			 strerror(ret));
		return -ret;
	}
	status = wait_for_sampler(t->r, pid);
	ret = status ? sampler_failed(fd[0], status, err) : 0;
	close(fd[0]);
	return ret ? ret : record_stacks(read_here, t->r, take_stack, t, &t->r->kernel[0], err);
}

/* ---- in a guest ----------------------------------------------------------- */

static int fetch(void *arg, FILE *to, struct plan_error *err)
{
	struct subject_error e;

	if (!guest_read_file(arg, GUEST_STACKS, to, &e))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return -EIO;
}

static int sample_guest(struct taker *t, struct guest *g, double length,
			struct plan_error *err)
{
	char hz[16], seconds[32], said[512];
	const char *const argv[] = { "/bin/invbench-probe", "stacks", "--offsets", "--hz", hz,
				     "--duration", seconds, "--out", GUEST_STACKS,
				     "/bin/sh", "-c",
				     "while why=$(dd if=/dev/nvme0n1 of=/dev/null bs=4k count=1000 iflag=direct 2>&1); do :; done; "
				     "echo error no reads from the drive: $why",
				     NULL };
	struct subject_error e;
	size_t len = 0;
	ssize_t n;
	int fd, status;

	snprintf(hz, sizeof(hz), "%u", t->r->hz);
	snprintf(seconds, sizeof(seconds), "%g", length);
	fd = guest_exec(g, argv, false, 120 + 4 * length, &e);
	if (fd < 0) {
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
		return -EIO;
	}
	while (len < sizeof(said) - 1 && (n = read(fd, said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	said[strcspn(said, "\n")] = '\0';
	close(fd);
	status = guest_wait(g, &e);
	/* the readers are ended by it */
	if (status < 0 || !strncmp(said, "error ", 6)) {
		snprintf(err->msg, sizeof(err->msg), "%s", status < 0 ? e.msg : said + 6);
		return -EIO;
	}
	return record_stacks(fetch, g, take_stack, t, &t->r->kernel[0], err);
}

static int sample_in_guest(struct taker *t, struct plan_error *err)
{
	static const char *const load[] = { "--load", "nvme", NULL };
	static const char *const drive[] = {
		"-blockdev", "driver=null-co,node-name=n0,size=67108864,read-zeroes=on",
		"-device",   "nvme,drive=n0,serial=invbench", NULL
	};
	const struct boot boot = { .kernel = t->r->options.kernel,
				   .bare = true,
				   .probe = true,
				   .initramfs = load,
				   .guest = { .args = drive,
					      .console = t->r->options.console } };
	struct subject_error e;
	double done = 0, length;
	struct guest *g;
	int ret;

	if (!boot_has_smmu(boot.kernel)) {
		snprintf(err->msg, sizeof(err->msg),
			 "flame stock: a guest of --kernel %.200s has no SMMU", boot.kernel);
		return -EINVAL;
	}
	g = boot_guest(&boot, err);
	if (!g)
		return -EIO;
	t->r->emulated = guest_emulated(g);
	ret = guest_ask(g, "uname -r", t->r->release, sizeof(t->r->release), &e);
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	while (!ret && done < t->r->seconds && (!done || !record_stopped(t->r))) {
		length = fmin(PIECE_SECONDS, t->r->seconds - done);
		ret = sample_guest(t, g, length, err);
		done += length;
		progress(t->r, done);
	}
	if (ret) {
		guest_kill(g);
		return ret;
	}
	if (!guest_stop(g, &e))
		return 0;
	snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return -ENOTRECOVERABLE;
}

int record_stock(struct record *r, struct plan_error *err)
{
	static const struct fold_names names = { .dso = NULL };
	struct taker t = { .r = r, .fold = fold_new() };
	int ret;

	r->event = "cpu-clock";
	r->part = DRIVER;
	r->flame = flame_new();
	if (!t.fold || !r->flame) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
		ret = -ENOMEM;
	} else {
		ret = strcmp(r->backend, "guest") ? sample_here(&t, err) :
						    sample_in_guest(&t, err);
	}
	if (!ret && fold_finish(t.fold, &names, r->flame, FLAME_A)) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
		ret = -ENOMEM;
	}
	fold_free(t.fold);
	r->ran[0] = r->took = r->kernel[0].seconds;
	r->interrupted = !ret && r->took < r->seconds && record_stopped(r);
	r->ns_per_op[0] = NAN;
	r->lost[0] = r->kernel[0].unread + r->kernel[0].full;
	return ret;
}
