// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/* guest/lib.sh reads it. */
#define PROGRESS_FD 9
#define TEXT_OF(x)  #x
#define TEXT(x)	    TEXT_OF(x)

extern char **environ;

static int start(const char *const *argv, int err_fd, pid_t *pid)
{
	posix_spawn_file_actions_t fa;
	int ret;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	/* for progress, which is not to wait until it is known to be no error */
	posix_spawn_file_actions_adddup2(&fa, 2, PROGRESS_FD);
	setenv("INVBENCH_PROGRESS_FD", TEXT(PROGRESS_FD), 1);
	posix_spawn_file_actions_adddup2(&fa, err_fd, 2);
	ret = posix_spawn(pid, argv[0], &fa, NULL, (char *const *)argv,
			  environ);
	posix_spawn_file_actions_destroy(&fa);
	return ret;
}

/* Each line is passed on when the next one comes. The last one is left in *line. */
static void pass_on(FILE *from, char **line)
{
	char *next = NULL;
	size_t size = 0;

	while (getline(&next, &size, from) > 0) {
		if (*line)
			fputs(*line, stderr);
		free(*line);
		*line = next;
		next = NULL;
		size = 0;
	}
	free(next);
}

static void tell(const char *name, const char *line, int status,
		 struct plan_error *err)
{
	static const char mine[] = "invbench: ";

	if (line && !strncmp(line, mine, strlen(mine)))
		line += strlen(mine);
	if (WIFSIGNALED(status))
		snprintf(err->msg, sizeof(err->msg), "%.200s was ended by %s",
			 name, strsignal(WTERMSIG(status)));
	else if (line && *line != '\n')
		snprintf(err->msg, sizeof(err->msg), "%.*s",
			 (int)strcspn(line, "\n"), line);
	else
		snprintf(err->msg, sizeof(err->msg), "%.200s failed: status %d",
			 name, WEXITSTATUS(status));
}

int child_run(const char *const *argv, struct plan_error *err)
{
	int fd[2] = { -1, -1 }, ret, status = 0;
	char *line = NULL;
	FILE *from = NULL;
	pid_t pid;

	ret = pipe2(fd, O_CLOEXEC) ? errno : start(argv, fd[1], &pid);
	if (fd[1] >= 0)
		close(fd[1]);
	if (ret) {
		if (fd[0] >= 0)
			close(fd[0]);
		snprintf(err->msg, sizeof(err->msg), "can't start %.200s: %s",
			 argv[0], strerror(ret));
		return -ECHILD;
	}
	from = fdopen(fd[0], "r");
	if (from) {
		pass_on(from, &line);
		fclose(from);
	} else {
		close(fd[0]);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		tell(argv[0], line, status, err);
	else if (line)
		fputs(line, stderr);
	free(line);
	return status ? -ECHILD : 0;
}

static size_t add_words(const char **words, size_t n, const char *const *more)
{
	for (; more && *more && n < CHILD_WORDS - 1; more++)
		words[n++] = *more;
	words[n] = NULL;
	return n;
}

void child_words(const char *words[CHILD_WORDS], const char *const *before,
		 const char *const *after)
{
	add_words(words, add_words(words, 0, before), after);
}
