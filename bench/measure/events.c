// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * User space's half of events.h: perf_event_open() on the calling thread. A CPU's events
 * are one group where it can count them all at once, so that one read() takes them all;
 * software events are alone, since a group's read doesn't bring its clocks up to date
 * (Linux 6.18: a task-clock behind another leader stands still until the thread sleeps).
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "events.h"
#include "team.h"

#define TRIAL_NS 100000 /* after which a group that can be counted has been */

/* What read() gives of a group. */
struct reading {
	uint64_t nr, enabled_ns, running_ns, value[EXEC_MAX_EVENTS];
};

/**
 * struct events - of one thread
 * @nr: as many as were asked for
 * @fd: of each; -1: not counted here
 * @leader: index of its group's first; its own for one that is alone
 */
struct events {
	unsigned int nr;
	int fd[EXEC_MAX_EVENTS];
	unsigned int leader[EXEC_MAX_EVENTS];
};

static int open_one(const struct exec_event *e, bool kernel, int group)
{
	struct perf_event_attr attr = {
		.type = e->type,
		.size = sizeof(attr),
		.config = e->config,
		.config1 = e->config1,
		.config2 = e->config2,
		.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
		.exclude_user = !e->user,
		.exclude_kernel = !kernel,
		.exclude_hv = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, group, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static bool denied(int ret)
{
	return ret == -EACCES || ret == -EPERM;
}

/* In both modes; where the kernel's isn't allowed, in the user's alone, as perf does. */
static int open_allowed(const struct exec_event *e, int group, enum exec_event_state *state)
{
	int fd = open_one(e, e->kernel, group);

	*state = EXEC_EVENT_OK;
	if (denied(fd) && e->kernel && e->user) {
		fd = open_one(e, false, group);
		*state = EXEC_EVENT_USER;
	}
	return fd;
}

static int open_into(struct events *e, unsigned int i, const struct exec_event *event,
		     int *group, bool grouped, enum exec_event_state *state)
{
	int fd = -EINVAL;

	e->leader[i] = i;
	grouped &= event->type != PERF_TYPE_SOFTWARE;
	if (grouped && *group >= 0) {
		fd = open_allowed(event, e->fd[*group], state);
		if (fd >= 0)
			e->leader[i] = (unsigned int)*group;
	}
	/* more than there are counters, or of another kind: a group of its own */
	if (fd < 0)
		fd = open_allowed(event, -1, state);
	if (fd < 0) {
		*state = denied(fd) ? EXEC_EVENT_DENIED : EXEC_EVENT_NONE;
		return fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM ? fd : 0;
	}
	e->fd[i] = fd;
	if (grouped && *group < 0)
		*group = (int)i;
	return 0;
}

static void close_fds(struct events *e)
{
	unsigned int i;

	for (i = 0; i < e->nr; i++) {
		if (e->fd[i] >= 0)
			close(e->fd[i]);
		e->fd[i] = -1;
	}
}

static int open_all(struct events *e, const struct exec_event *events, bool grouped,
		    enum exec_event_state *state, struct subject_error *err)
{
	int group = -1, ret = 0;
	unsigned int i;

	for (i = 0; i < e->nr && !ret; i++) {
		ret = open_into(e, i, &events[i], &group, grouped, &state[i]);
		if (ret)
			snprintf(err->msg, sizeof(err->msg), "event %u:%" PRIu64 ": %s",
				 events[i].type, events[i].config, strerror(-ret));
	}
	return ret;
}

/*
 * A group is counted whole or not at all, and the kernel may believe in counters that
 * somebody else holds (its watchdog does): then its members take turns one by one.
 */
static bool starved(struct events *e)
{
	struct exec_count now[EXEC_MAX_EVENTS];
	uint64_t until = team_now_ns() + TRIAL_NS;
	unsigned int i;

	while (team_now_ns() < until)
		;
	events_read(e, now);
	for (i = 0; i < e->nr; i++)
		if (e->leader[i] != i && now[i].enabled_ns && !now[i].running_ns)
			return true;
	return false;
}

struct events *events_open(const struct exec_event *events, unsigned int nr,
			   enum exec_event_state *state, struct subject_error *err)
{
	struct events *e = calloc(1, sizeof(*e));
	unsigned int i;
	int ret;

	if (!e) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for events");
		return NULL;
	}
	e->nr = nr;
	for (i = 0; i < nr; i++)
		e->fd[i] = -1;
	ret = open_all(e, events, true, state, err);
	if (!ret && starved(e)) {
		close_fds(e);
		ret = open_all(e, events, false, state, err);
	}
	if (!ret)
		return e;
	events_close(e);
	return NULL;
}

void events_read(struct events *e, struct exec_count *out)
{
	struct reading r;
	unsigned int i, k, n;

	memset(out, 0, e->nr * sizeof(*out));
	for (i = 0; i < e->nr; i++) {
		if (e->fd[i] < 0 || e->leader[i] != i ||
		    read(e->fd[i], &r, sizeof(r)) < (ssize_t)offsetof(struct reading, value))
			continue;
		for (k = i, n = 0; k < e->nr && n < r.nr; k++) {
			if (e->fd[k] < 0 || e->leader[k] != i)
				continue;
			out[k].value = r.value[n++];
			out[k].enabled_ns = r.enabled_ns;
			out[k].running_ns = r.running_ns;
		}
	}
}

void events_close(struct events *e)
{
	if (!e)
		return;
	close_fds(e);
	free(e);
}
