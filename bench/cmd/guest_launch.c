// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "guest_launch.h"

/* Without a word from a launch, the emulator's slowness included: longer is hanging. */
#define LAUNCH_SECONDS 600

static void close_streams(struct guest_launch *l)
{
	if (l->to)
		fclose(l->to);
	if (l->from)
		fclose(l->from);
	l->to = l->from = NULL;
}

static int open_streams(struct guest_launch *l, int fd,
			struct subject_error *err)
{
	int copy = dup(fd);

	l->to = fdopen(fd, "w");
	l->from = copy < 0 ? NULL : fdopen(copy, "r");
	if (l->to && l->from)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "the guest's port: %s",
		 strerror(errno));
	if (!l->to)
		close(fd);
	if (!l->from && copy >= 0)
		close(copy);
	close_streams(l);
	return -EIO;
}

int guest_launch_start(struct guest_launch *l, unsigned int threads,
		       const char *params, struct subject_error *err)
{
	const char *const relay[] = { "/bin/invbench-relay",  "--module",
				      "/modules/invbench.ko", "--params",
				      params ? params : "",   NULL };
	const char *argv[CHILD_WORDS];
	struct launch_where where = { .relayed = true };
	struct subject_error why;
	int fd;

	child_words(argv, l->wrap, relay);
	fd = guest_exec(l->guest, argv, true, LAUNCH_SECONDS, err);

	l->launch = NULL;
	if (fd >= 0 && !open_streams(l, fd, err)) {
		where.to = l->to;
		where.from = l->from;
		l->launch = launch_start(&where, threads, NULL, 0, err);
	}
	if (l->launch)
		return 0;
	close_streams(l);
	/* a guest that died says more than a launch that failed */
	if (fd >= 0 && guest_wait(l->guest, &why) < 0)
		*err = why;
	return -1;
}

int guest_launch_stop(struct guest_launch *l, struct subject_error *err)
{
	struct subject_error why;
	int ret = launch_stop(l->launch, err), status;

	l->launch = NULL;
	close_streams(l);
	status = guest_wait(l->guest, &why);
	if (status < 0) {
		ret = -EPIPE;
		*err = why;
	} else if (status) {
		ret = -EPIPE;
		snprintf(err->msg, sizeof(err->msg),
			 "the guest's worker ended with status %d", status);
	}
	if (guest_check(l->guest, &why)) {
		ret = -ENOTRECOVERABLE;
		*err = why;
	}
	return ret;
}
