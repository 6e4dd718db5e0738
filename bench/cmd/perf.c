// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "perf.h"

/* Descriptors of the child, beside the three that everyone has. */
#define CONTROL_FD 10
#define ACK_FD	   11
#define ACK_MS	   20000
#define STOP_MS	   30000

extern char **environ;

struct perf {
	pid_t pid; /* -1 once it was waited for */
	int status;
	int control, ack, said;
};

/* ---- children ----------------------------------------------------------- */

/* Where a child's descriptors come from; -1: /dev/null, or none of it. */
struct child_fds {
	int in, out, err, control, ack;
};

static void add_fd(posix_spawn_file_actions_t *fa, int from, int to)
{
	if (from >= 0)
		posix_spawn_file_actions_adddup2(fa, from, to);
	else if (to <= 2)
		posix_spawn_file_actions_addopen(fa, to, "/dev/null", O_RDWR, 0);
}

/* Ctrl-C is ours: perf is told by SIGTERM when it is time. */
static int spawn(const char *const *argv, const struct child_fds *fds,
		 pid_t *pid)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t mask;
	int ret;

	/* nobody asks a server somewhere for debugging information */
	unsetenv("DEBUGINFOD_URLS");
	posix_spawn_file_actions_init(&fa);
	add_fd(&fa, fds->in, 0);
	add_fd(&fa, fds->out, 1);
	add_fd(&fa, fds->err, 2);
	add_fd(&fa, fds->control, CONTROL_FD);
	add_fd(&fa, fds->ack, ACK_FD);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &mask);
	ret = posix_spawnp(pid, argv[0], &fa, &attr, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return ret;
}

static void not_there(const char *program, int ret, struct plan_error *err)
{
	if (ret != ENOENT)
		snprintf(err->msg, sizeof(err->msg), "can't start %s: %s",
			 program, strerror(ret));
	else if (!strcmp(program, "perf"))
		snprintf(err->msg, sizeof(err->msg),
			 "perf is not installed: apt install linux-perf (Debian) or linux-tools-generic (Ubuntu)");
	else
		snprintf(err->msg, sizeof(err->msg),
			 "%s is not installed: apt install binutils", program);
}

/* The text of a memfd, for at most @len - 1 bytes. */
static void read_said(int fd, char *text, size_t len)
{
	ssize_t n = pread(fd, text, len - 1, 0);

	text[n > 0 ? n : 0] = '\0';
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* ---- recording ---------------------------------------------------------- */

const char *perf_event(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.sample_period = 1000000,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return "cpu-clock";
	close((int)fd);
	return "cycles";
}

int perf_paranoid(void)
{
	FILE *f = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int v = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &v) != 1)
		v = -1;
	fclose(f);
	return v;
}

/* The first line of @said that tells something, into @line. */
static void first_line(const char *said, char *line, size_t len)
{
	size_t n;

	*line = '\0';
	while (*said && !*line) {
		said += strspn(said, " \t\n");
		n = strcspn(said, "\n");
		if (strncmp(said, "Error:", 6) != 0 || n > 6)
			snprintf(line, len, "%.*s", (int)n, said);
		said += n;
	}
}

void perf_refusal(const char *said, int paranoid, bool root,
		  struct plan_error *err)
{
	char line[300];

	if (!root && paranoid >= 0 &&
	    (strstr(said, "perf_event_paranoid") || strstr(said, "ermission") ||
	     strstr(said, "Access to performance"))) {
		snprintf(err->msg, sizeof(err->msg),
			 "perf may not record: kernel.perf_event_paranoid is %d; as root, or sysctl kernel.perf_event_paranoid=2",
			 paranoid);
		return;
	}
	first_line(said, line, sizeof(line));
	snprintf(err->msg, sizeof(err->msg), "perf: %s",
		 *line ? line : "ended without a word");
}

static void say_refusal(const struct perf *p, struct plan_error *err)
{
	char said[4096];

	read_said(p->said, said, sizeof(said));
	perf_refusal(said, perf_paranoid(), !geteuid(), err);
}

static void perf_free(struct perf *p)
{
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		wait_for(p->pid);
	}
	if (p->control >= 0)
		close(p->control);
	if (p->ack >= 0)
		close(p->ack);
	if (p->said >= 0)
		close(p->said);
	free(p);
}

/* It has opened its events when it has answered. */
static int begin(struct perf *p)
{
	struct pollfd fd = { .fd = p->ack, .events = POLLIN };
	char answer[16];

	if (write(p->control, "enable\n", 7) != 7)
		return -EPIPE;
	if (poll(&fd, 1, ACK_MS) != 1)
		return -ETIMEDOUT;
	return read(p->ack, answer, sizeof(answer)) > 0 ? 0 : -EPIPE;
}

/* Out of the way of CONTROL_FD and ACK_FD. */
static int move_up(int *fd)
{
	int high = fcntl(*fd, F_DUPFD_CLOEXEC, ACK_FD + 1);

	if (high < 0)
		return -1;
	close(*fd);
	*fd = high;
	return 0;
}

static int start(struct perf *p, const char *const *argv, struct plan_error *err)
{
	int control[2] = { -1, -1 }, ack[2] = { -1, -1 }, ret;

	p->said = memfd_create("perf-said", MFD_CLOEXEC);
	if (p->said < 0 || pipe2(control, O_CLOEXEC) || pipe2(ack, O_CLOEXEC) ||
	    move_up(&control[0]) || move_up(&ack[1])) {
		ret = errno;
	} else {
		const struct child_fds fds = { -1, -1, p->said, control[0], ack[1] };

		ret = spawn(argv, &fds, &p->pid);
	}
	p->control = control[1];
	p->ack = ack[0];
	if (control[0] >= 0)
		close(control[0]);
	if (ack[1] >= 0)
		close(ack[1]);
	if (!ret)
		return 0;
	p->pid = -1;
	not_there(argv[0], ret, err);
	return -ret;
}

struct perf *perf_start(const pid_t *pids, unsigned int nr, const char *event,
			unsigned int hz, const char *data,
			struct plan_error *err)
{
	char frequency[16], list[256] = "", control[32];
	const char *const argv[] = { "perf", "record", "-q", "-F", frequency,
				     "--call-graph", "fp", "-e", event, "-p", list,
				     "-o", data, "-N", "-B", "--delay=-1", control, NULL };
	struct perf *p = calloc(1, sizeof(*p));
	unsigned int i;
	size_t len;

	if (!p) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return NULL;
	}
	snprintf(frequency, sizeof(frequency), "%u", hz);
	snprintf(control, sizeof(control), "--control=fd:%d,%d", CONTROL_FD, ACK_FD);
	for (i = 0; i < nr; i++) {
		len = strlen(list);
		snprintf(list + len, sizeof(list) - len, "%s%d", i ? "," : "", pids[i]);
	}
	p->pid = p->control = p->ack = p->said = -1;
	if (start(p, argv, err)) {
		perf_free(p);
		return NULL;
	}
	if (!begin(p))
		return p;
	/* what it says is whole once it has ended */
	kill(p->pid, SIGTERM);
	wait_for(p->pid);
	p->pid = -1;
	say_refusal(p, err);
	perf_free(p);
	return NULL;
}

bool perf_alive(struct perf *p)
{
	if (p->pid > 0 && waitpid(p->pid, &p->status, WNOHANG) == p->pid)
		p->pid = -1;
	return p->pid > 0;
}

int perf_stop(struct perf *p, struct plan_error *err)
{
	unsigned int ms;
	bool ok;

	if (perf_alive(p))
		kill(p->pid, SIGTERM);
	for (ms = 0; perf_alive(p) && ms < STOP_MS; ms += 10)
		usleep(10000);
	ok = p->pid < 0 &&
	     ((WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGTERM) ||
	      (WIFEXITED(p->status) && !WEXITSTATUS(p->status)));
	if (!ok)
		say_refusal(p, err);
	perf_free(p);
	return ok ? 0 : -EIO;
}

/* ---- reading ------------------------------------------------------------ */

struct sorter {
	const pid_t *pids;
	struct fold *const *folds;
	unsigned int nr;
};

static int sort_sample(void *arg, const struct perf_sample *s)
{
	const struct sorter *sorter = arg;
	unsigned int i;

	for (i = 0; i < sorter->nr; i++)
		if (sorter->pids[i] == s->pid)
			return fold_add(sorter->folds[i], s->frames, s->nr, 1);
	return 0;
}

/*
 * A program whose output is read by @read. 0, or -errno with a line where it can't be
 * started or fails.
 */
static int filter(const char *const *argv, int in, int (*read_out)(void *arg, FILE *out),
		  void *arg, struct plan_error *err)
{
	int said = memfd_create("said", MFD_CLOEXEC), fd[2] = { -1, -1 }, ret, status;
	char text[1024], line[300];
	FILE *out = NULL;
	pid_t pid;

	ret = said < 0 || pipe2(fd, O_CLOEXEC) ? errno : 0;
	if (!ret) {
		const struct child_fds fds = { in, fd[1], said, -1, -1 };

		ret = spawn(argv, &fds, &pid);
		close(fd[1]);
	}
	if (ret) {
		not_there(argv[0], ret, err);
		if (fd[0] >= 0)
			close(fd[0]);
		if (said >= 0)
			close(said);
		return -ret;
	}
	out = fdopen(fd[0], "r");
	ret = out ? read_out(arg, out) : -ENOMEM;
	if (out)
		fclose(out);
	else
		close(fd[0]);
	status = wait_for(pid);
	read_said(said, text, sizeof(text));
	close(said);
	if (ret == -ENOMEM) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for the stacks");
	} else if (!ret && status) {
		first_line(text, line, sizeof(line));
		snprintf(err->msg, sizeof(err->msg), "%s: %s", argv[0],
			 *line ? line : "failed without a word");
		ret = -EIO;
	}
	return ret;
}

struct script {
	struct sorter sorter;
	struct perf_counts *counts;
};

static int read_script(void *arg, FILE *out)
{
	struct script *s = arg;

	return perf_script_read(out, sort_sample, &s->sorter, s->counts);
}

int perf_read(const char *data, const pid_t *pids, struct fold *const *folds,
	      unsigned int nr, struct perf_counts *counts,
	      struct plan_error *err)
{
	const char *const argv[] = { "perf", "script", "-i", data, "-F",
				     "pid,tid,event,ip,sym,dso", "--no-inline",
				     "--show-lost-events", NULL };
	struct script s = { { pids, folds, nr }, counts };

	return filter(argv, -1, read_script, &s, err);
}

static int take_inlines(void *arg, FILE *out)
{
	struct inlines **to = arg;

	*to = inlines_read(out);
	return *to ? 0 : -ENOMEM;
}

static const char *addr2line_of(const struct elf_map *map)
{
#if defined(__x86_64__)
	if (map->machine == EM_AARCH64)
		return "aarch64-linux-gnu-addr2line";
#elif defined(__aarch64__)
	if (map->machine == EM_X86_64)
		return "x86_64-linux-gnu-addr2line";
#endif
	return "addr2line";
}

struct inlines *perf_inlines(struct fold *const *folds, unsigned int nr,
			     const char *file, const struct elf_map *map,
			     const char *as, struct plan_error *err)
{
	/* the linker's own file, whose sections have no addresses yet */
	const char *const section = map->relocatable ? "--section=.text" : NULL;
	const char *const argv[] = { addr2line_of(map), "-afi", "-e", file, section, NULL };
	int fd = memfd_create("addresses", MFD_CLOEXEC), ret = 0;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r+");
	struct inlines *inlines = NULL;
	unsigned int i;

	if (!f) {
		snprintf(err->msg, sizeof(err->msg), "addresses: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	for (i = 0; i < nr && !ret; i++)
		ret = fold_addresses(folds[i], as, map, f);
	if (ret || fflush(f) || lseek(fd, 0, SEEK_SET))
		snprintf(err->msg, sizeof(err->msg), "addresses: %s", strerror(errno));
	else
		ret = filter(argv, fd, take_inlines, &inlines, err);
	fclose(f);
	if (!ret)
		return inlines;
	inlines_free(inlines);
	return NULL;
}
