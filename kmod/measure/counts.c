// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/types.h>

#include "counts.h"
#include "events.h"

#define PAIRS 101 /* of readings with nothing between */

/* One caller's. */
struct own {
	struct events *events;
	enum exec_event_state state[EXEC_MAX_EVENTS];
	struct exec_count before[EXEC_MAX_EVENTS], count[EXEC_MAX_EVENTS];
	struct subject_error err;
};

struct counts {
	unsigned int nr, callers;
	const struct exec_event *events; /* while they are opened */
	struct own *own;
};

static void open_own(void *arg, unsigned int member)
{
	struct counts *c = arg;
	struct own *o = &c->own[member];

	o->events = events_open(c->events, c->nr, o->state, &o->err);
}

/* What a pair of readings counts of itself: the median of many, on the calling thread. */
static void measure_cost(struct counts *c, struct exec_event_info *out, u64 *values)
{
	unsigned int i, k;

	for (k = 0; k < PAIRS; k++) {
		counts_begin(c, 0);
		counts_end(c, 0);
		for (i = 0; i < c->nr; i++)
			values[i * PAIRS + k] = c->own[0].count[i].value;
	}
	for (i = 0; i < c->nr; i++) {
		sort(&values[i * PAIRS], PAIRS, sizeof(*values), exec_compare_u64, NULL);
		out[i].cost = values[i * PAIRS + PAIRS / 2];
	}
}

static int open_all(struct counts *c, struct team *t, const struct exec_event *events,
		    struct exec_event_info *out, struct subject_error *err)
{
	unsigned int i, m;

	c->events = events;
	team_run(t, c->callers, open_own, c);
	for (i = 0; i < c->nr; i++)
		out[i].state = EXEC_EVENT_OK;
	for (m = 0; m < c->callers; m++) {
		if (!c->own[m].events) {
			*err = c->own[m].err;
			return -EINVAL;
		}
		for (i = 0; i < c->nr; i++)
			out[i].state = max(out[i].state, c->own[m].state[i]);
	}
	return 0;
}

struct counts *counts_open(struct team *t, unsigned int callers, const struct exec_event *events,
			   unsigned int nr, struct exec_event_info *out,
			   struct subject_error *err)
{
	struct counts *c = kzalloc(sizeof(*c), GFP_KERNEL);
	u64 *values = kvmalloc_array((size_t)nr * PAIRS, sizeof(*values), GFP_KERNEL);

	if (c)
		c->own = kvcalloc(callers, sizeof(*c->own), GFP_KERNEL);
	if (!c || !c->own || !values) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for events");
		goto fail;
	}
	c->nr = nr;
	c->callers = callers;
	if (open_all(c, t, events, out, err))
		goto fail;
	measure_cost(c, out, values);
	kvfree(values);
	return c;
fail:
	kvfree(values);
	counts_close(c);
	return NULL;
}

void counts_close(struct counts *c)
{
	unsigned int m;

	if (!c)
		return;
	for (m = 0; c->own && m < c->callers; m++)
		events_close(c->own[m].events);
	kvfree(c->own);
	kfree(c);
}

void counts_begin(struct counts *c, unsigned int member)
{
	if (c)
		events_read(c->own[member].events, c->own[member].before);
}

void counts_end(struct counts *c, unsigned int member)
{
	struct own *o;
	unsigned int i;

	if (!c)
		return;
	o = &c->own[member];
	events_read(o->events, o->count);
	for (i = 0; i < c->nr; i++) {
		o->count[i].value -= o->before[i].value;
		o->count[i].enabled_ns -= o->before[i].enabled_ns;
		o->count[i].running_ns -= o->before[i].running_ns;
	}
}

int counts_take(const struct counts *c, unsigned int callers, struct exec_sample *s)
{
	unsigned int i, m;

	if (!c)
		return 0;
	s->counts = kvcalloc(c->nr, sizeof(*s->counts), GFP_KERNEL);
	if (!s->counts)
		return -ENOMEM;
	s->nr_counts = c->nr;
	for (m = 0; m < callers; m++) {
		for (i = 0; i < c->nr; i++) {
			s->counts[i].value += c->own[m].count[i].value;
			s->counts[i].enabled_ns += c->own[m].count[i].enabled_ns;
			s->counts[i].running_ns += c->own[m].count[i].running_ns;
		}
	}
	return 0;
}
