// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"

extern char **environ;

#define PATIENCE_MS 10000
#define MOST	    (1 << 20)

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool start(const char *const *argv, int out, pid_t *pid)
{
	posix_spawn_file_actions_t fa;
	int ret;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	ret = posix_spawnp(pid, argv[0], &fa, NULL, (char *const *)argv,
			   environ);
	posix_spawn_file_actions_destroy(&fa);
	return !ret;
}

/* Until its end; false: it took too long, or said too much. */
static bool gather(int fd, char *text, size_t *len)
{
	long until = now_ms() + PATIENCE_MS, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while ((left = until - now_ms()) > 0 && *len < MOST) {
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, text + *len, MOST - *len);
		if (n <= 0)
			return !n;
		*len += (size_t)n;
	}
	return false;
}

char *ask_run(const char *const *argv, char *otherwise)
{
	int out[2], status = -1;
	size_t len = 0;
	bool started;
	char *text;
	pid_t pid;

	if (!argv[0] || pipe2(out, O_CLOEXEC))
		return otherwise;
	started = start(argv, out[1], &pid);
	close(out[1]);
	text = look_check(malloc(MOST + 1));
	if (started && !gather(out[0], text, &len))
		kill(pid, SIGKILL);
	close(out[0]);
	while (started && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	text[len] = '\0';
	if (started && !status && len) {
		free(otherwise);
		return look_check(realloc(text, len + 1));
	}
	free(text);
	return otherwise;
}
