// SPDX-License-Identifier: GPL-2.0-or-later
/* What perf's events counted, an operation. */
#include <linux/perf_event.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

static const char *const states[] = {
	[EXEC_EVENT_OK] = "ok",
	[EXEC_EVENT_USER] = "user mode alone",
	[EXEC_EVENT_NONE] = "not supported here",
	[EXEC_EVENT_DENIED] = "not allowed",
};

json_t *show_event_states(const struct judge_group *j)
{
	json_t *all = json_object();
	unsigned int i;

	for (i = 0; i < j->nr_events; i++)
		json_object_set_new(all, j->events[i].name,
				    json_string(states[j->event_state[i]]));
	return all;
}

static json_t *real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

/* Rare events are small numbers of an operation. */
static void number(char *buf, size_t len, double v)
{
	int digits = 3 - (fabs(v) >= 10) - (fabs(v) >= 100) - (fabs(v) >= 1000);

	if (!isfinite(v))
		snprintf(buf, len, "-");
	else if (fabs(v) > 0 && fabs(v) < 0.1)
		snprintf(buf, len, "%.2g", v);
	else
		snprintf(buf, len, "%.*f", digits, v);
}

static void add_figure(struct table *t, const char *key, const struct stats_result *r)
{
	char est[32], lo[32], hi[32], name[112];

	number(est, sizeof(est), r->est);
	table_set(t, key, real_or_null(r->est), "%s", est);
	number(lo, sizeof(lo), r->lo);
	number(hi, sizeof(hi), r->hi);
	snprintf(name, sizeof(name), "%.96s_interval", key);
	table_set(t, name, json_pack("[o, o]", real_or_null(r->lo), real_or_null(r->hi)),
		  isfinite(r->lo) || isfinite(r->hi) ? "%s .. %s" : "-", lo, hi);
}

static void column_pair(struct table *t, const char *key, const char *heading)
{
	char name[112];

	table_column(t, key, heading, true);
	snprintf(name, sizeof(name), "%.96s_interval", key);
	table_column(t, name, "95 %", true);
}

/* Clocks among events count nanoseconds. */
static void heading_of(const struct plan_event *e, char *text, size_t len)
{
	const bool clock = e->event.type == PERF_TYPE_SOFTWARE &&
			   (e->event.config == PERF_COUNT_SW_CPU_CLOCK ||
			    e->event.config == PERF_COUNT_SW_TASK_CLOCK);

	snprintf(text, len, "%s%s", e->name, clock ? "-ns" : "");
}

static bool has_ipc(const struct judge_group *j)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (isfinite(j->rows[i].ipc.est))
			return true;
	return false;
}

static void add_row(struct table *t, const struct judge_group *j, unsigned int row)
{
	const struct judge_row *r = &j->rows[row];
	char name[96], marks[256] = "";
	size_t at = 0;
	unsigned int i;

	table_row(t);
	table_set(t, "name", NULL, "%s", j->plan->cells[row].name);
	for (i = 0; i < j->nr_events; i++) {
		if (!judge_counted(j, i))
			continue;
		add_figure(t, j->events[i].name, &r->counts[i].per_op);
		snprintf(name, sizeof(name), "%s_ratio", j->events[i].name);
		add_figure(t, name, &r->counts[i].ratio);
		if (r->counts[i].shared && at < sizeof(marks))
			at += (size_t)snprintf(marks + at, sizeof(marks) - at, "%s%s",
					       at ? ", " : "multiplexed: ", j->events[i].name);
	}
	if (has_ipc(j))
		add_figure(t, "ipc", &r->ipc);
	table_set(t, "marks", NULL, "%s", marks);
}

/* "; not supported here: cycles, instructions" */
static void say_state(char *text, size_t len, const struct judge_group *j,
		      enum exec_event_state state)
{
	size_t at = strlen(text);
	unsigned int i, n = 0;

	for (i = 0; i < j->nr_events && at < len; i++) {
		if (j->event_state[i] != state)
			continue;
		if (!n++)
			at += (size_t)snprintf(text + at, len - at, "; %s: %s", states[state],
					       j->events[i].name);
		else
			at += (size_t)snprintf(text + at, len - at, ", %s", j->events[i].name);
	}
}

struct table *show_counts(const struct judge_group *j)
{
	unsigned int *order, i;
	char title[1024], name[96];
	struct table *t;

	if (!j->nr_events)
		return NULL;
	snprintf(title, sizeof(title), "counted an operation [%s] baseline %s%s", j->plan->name,
		 j->plan->cells[j->plan->baseline].name,
		 j->plan->emulated ? "; an emulator's cycles are its time" : "");
	say_state(title, sizeof(title), j, EXEC_EVENT_USER);
	say_state(title, sizeof(title), j, EXEC_EVENT_NONE);
	say_state(title, sizeof(title), j, EXEC_EVENT_DENIED);
	t = table_new(title);
	table_column(t, "name", "NAME", false);
	for (i = 0; i < j->nr_events; i++) {
		if (!judge_counted(j, i))
			continue;
		heading_of(&j->events[i], name, sizeof(name));
		column_pair(t, j->events[i].name, name);
		snprintf(name, sizeof(name), "%s_ratio", j->events[i].name);
		column_pair(t, name, "RATIO");
	}
	if (has_ipc(j))
		column_pair(t, "ipc", "IPC");
	table_column(t, "marks", "MARKS", false);
	order = show_order(j);
	for (i = 0; order && i < j->nr_rows; i++)
		add_row(t, j, order[i]);
	free(order);
	return t;
}
