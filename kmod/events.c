// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's half of events.h: counters of its own, on the calling kthread. */
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "events.h"

struct events {
	unsigned int nr;
	struct perf_event *event[EXEC_MAX_EVENTS]; /* NULL: not counted here */
};

#ifdef CONFIG_PERF_EVENTS

static struct perf_event *open_one(const struct exec_event *e)
{
	struct perf_event_attr attr = {
		.type = e->type,
		.size = sizeof(attr),
		.config = e->config,
		.config1 = e->config1,
		.config2 = e->config2,
		.exclude_user = !e->user,
		.exclude_kernel = !e->kernel,
		.exclude_hv = 1,
	};

	return perf_event_create_kernel_counter(&attr, -1, current, NULL, NULL);
}

static void read_one(struct perf_event *event, struct exec_count *out)
{
	u64 enabled, running;

	out->value = perf_event_read_value(event, &enabled, &running);
	out->enabled_ns = enabled;
	out->running_ns = running;
}

static void close_one(struct perf_event *event)
{
	perf_event_release_kernel(event);
}

#else

static struct perf_event *open_one(const struct exec_event *e)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static void read_one(struct perf_event *event, struct exec_count *out)
{
}

static void close_one(struct perf_event *event)
{
}

#endif

struct events *events_open(const struct exec_event *events, unsigned int nr,
			   enum exec_event_state *state, struct subject_error *err)
{
	struct events *e = kzalloc(sizeof(*e), GFP_KERNEL);
	struct perf_event *event;
	unsigned int i;

	if (!e)
		goto no_memory;
	e->nr = nr;
	for (i = 0; i < nr; i++) {
		event = open_one(&events[i]);
		if (PTR_ERR_OR_ZERO(event) == -ENOMEM)
			goto no_memory;
		state[i] = IS_ERR(event) ? EXEC_EVENT_NONE : EXEC_EVENT_OK;
		if (!IS_ERR(event))
			e->event[i] = event;
	}
	return e;
no_memory:
	snprintf(err->msg, sizeof(err->msg), "not enough memory for events");
	events_close(e);
	return NULL;
}

void events_read(struct events *e, struct exec_count *out)
{
	unsigned int i;

	memset(out, 0, e->nr * sizeof(*out));
	for (i = 0; i < e->nr; i++)
		if (e->event[i])
			read_one(e->event[i], &out[i]);
}

void events_close(struct events *e)
{
	unsigned int i;

	if (!e)
		return;
	for (i = 0; i < e->nr; i++)
		if (e->event[i])
			close_one(e->event[i]);
	kfree(e);
}
