// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "probe_stream.h"

#define MAX_LINE (1 << 20)

extern char **environ;

/* An own process group: Ctrl-C is the tool's, which asks for the last counts. */
static int spawn(struct probe_stream *s, const char *const *argv,
		 struct plan_error *err)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	int out[2], ret;

	if (pipe2(out, O_CLOEXEC)) {
		snprintf(err->msg, sizeof(err->msg), "a pipe: %s",
			 strerror(errno));
		return -1;
	}
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out[1], 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	ret = posix_spawn(&s->pid, argv[0], &fa, &attr, (char *const *)argv,
			  environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	close(out[1]);
	if (ret) {
		close(out[0]);
		s->pid = -1;
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", argv[0],
			 strerror(ret));
		return -1;
	}
	s->fd = out[0];
	return 0;
}

int probe_stream_start(struct probe_stream *s, struct guest *guest,
		       const char *const *argv, double timeout,
		       struct result_text *raw, struct plan_error *err)
{
	struct subject_error e;
	const char **all;
	size_t n = 0;
	int ret;

	*s = (struct probe_stream){ .guest = guest, .fd = -1, .pid = -1 };
	s->counts.status = -1;
	s->raw = raw;
	while (argv[n])
		n++;
	all = calloc(n + 2, sizeof(*all));
	if (!all) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return -1;
	}
	all[0] = guest ? "/bin/invbench-probe" : probe_path();
	memcpy(all + 1, argv, n * sizeof(*all));
	if (!guest) {
		ret = spawn(s, all, err);
	} else {
		s->fd = guest_exec(guest, all, true, timeout, &e);
		ret = s->fd >= 0 ? 0 : -1;
		if (ret)
			snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	}
	free(all);
	return ret;
}

/* One line of it, kept first. */
static int take(struct probe_stream *s, char *line, struct plan_error *err)
{
	struct subject_error e;
	int ret;

	/* a disk that is full is told by its commit: counting goes on */
	result_text_line(s->raw, line);
	ret = probed_line(&s->counts, line, &e);
	if (ret < 0)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret;
}

static int take_lines(struct probe_stream *s, struct plan_error *err)
{
	char *line = s->line, *end;
	int ret = 0, got = 0;

	while (ret >= 0 &&
	       (end = memchr(line, '\n', s->len - (size_t)(line - s->line)))) {
		*end = '\0';
		ret = take(s, line, err);
		got |= ret > 0;
		line = end + 1;
	}
	s->len -= (size_t)(line - s->line);
	memmove(s->line, line, s->len);
	return ret < 0 ? ret : got;
}

int probe_stream_next(struct probe_stream *s, int ms, struct plan_error *err)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	if (s->size - s->len < 4096) {
		char *more = realloc(s->line, s->size + 65536);

		if (!more || s->size > MAX_LINE) {
			free(more ? more : NULL);
			s->line = more ? NULL : s->line;
			snprintf(err->msg, sizeof(err->msg),
				 "the probe says a line without an end");
			return -ENOMEM;
		}
		s->line = more;
		s->size += 65536;
	}
	if (poll(&p, 1, ms) <= 0)
		return 0;
	n = read(s->fd, s->line + s->len, s->size - s->len);
	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0)
		return -EPIPE;
	s->len += (size_t)n;
	return take_lines(s, err);
}

void probe_stream_stop(struct probe_stream *s)
{
	static const char stop[] = "stop\n";

	if (s->pid > 0)
		kill(s->pid, SIGTERM);
	else if (s->guest && write(s->fd, stop, strlen(stop)) < 0)
		return; /* it has ended */
}

static int wait_here(struct probe_stream *s)
{
	int status = 0;

	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	s->pid = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int probe_stream_end(struct probe_stream *s, struct plan_error *err)
{
	struct subject_error e = { "" };
	int status;

	close(s->fd);
	s->fd = -1;
	status = s->guest ? guest_wait(s->guest, &e) : wait_here(s);
	probed_settle(&s->counts);
	if (*s->counts.error)
		snprintf(err->msg, sizeof(err->msg), "%s", s->counts.error);
	else if (status < 0)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	else if (status || !s->counts.ended)
		snprintf(err->msg, sizeof(err->msg),
			 "the probe ended too early (status %d)", status);
	else
		return 0;
	return -1;
}

void probe_stream_free(struct probe_stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->pid > 0) {
		kill(s->pid, SIGTERM);
		wait_here(s);
	}
	free(s->line);
	probed_free(&s->counts);
}
