// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * perf's events: libpfm knows their names and those of this CPU's model. What executes
 * gets numbers alone.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"
#include "events.h"
#include "perf.h"
#include "pmu.h"

#define SMALL "abcdefghijklmnopqrstuvwxyz0123456789_"

/* Generic events that perf names and libpfm doesn't. */
static const struct {
	const char *name;
	uint64_t config;
} software[] = {
	{ "alignment-faults", PERF_COUNT_SW_ALIGNMENT_FAULTS },
	{ "emulation-faults", PERF_COUNT_SW_EMULATION_FAULTS },
};

#define NR_SOFTWARE (sizeof(software) / sizeof(software[0]))

/* What to offer, the usual ones first. */
static const char *const usual[] = {
	"cycles",
	"instructions",
	"cache-references",
	"cache-misses",
	"branches",
	"branch-misses",
	"stalled-cycles-frontend",
	"stalled-cycles-backend",
	"bus-cycles",
	"L1-dcache-loads",
	"L1-dcache-load-misses",
	"LLC-loads",
	"LLC-load-misses",
	"dTLB-loads",
	"dTLB-load-misses",
	"iTLB-load-misses",
	"task-clock",
	"cpu-clock",
	"page-faults",
	"minor-faults",
	"major-faults",
	"context-switches",
	"cpu-migrations",
	"alignment-faults",
	"emulation-faults",
};

#define NR_USUAL (sizeof(usual) / sizeof(usual[0]))

static int bad(struct plan_error *err, const char *word, const char *why)
{
	snprintf(err->msg, sizeof(err->msg), "--counters %.60s: %.200s", word, why);
	return -EINVAL;
}

/* "sched:sched_switch": in small letters, where names of a model's events are in capitals. */
static bool is_tracepoint(const char *word)
{
	const char *colon = strchr(word, ':');

	return colon && colon != word && strspn(word, SMALL) == (size_t)(colon - word) &&
	       strchr(colon, '_') && !colon[1 + strspn(colon + 1, SMALL)];
}

static int unknown(const char *word, struct plan_error *err)
{
	const char *near = subject_near(word, usual, NR_USUAL);
	size_t at, i;

	if (is_tracepoint(word) || !strcmp(word, "duration_time") ||
	    !strcmp(word, "user_time") || !strcmp(word, "system_time"))
		return bad(err, word, "tracepoints and perf's own times aren't counted in blocks");
	if (near) {
		snprintf(err->msg, sizeof(err->msg), "--counters %.60s: no such event; did you mean %s?",
			 word, near);
		return -EINVAL;
	}
	at = (size_t)snprintf(err->msg, sizeof(err->msg),
			      "--counters %.60s: no such event on this CPU; valid:", word);
	for (i = 0; i < NR_USUAL && at < sizeof(err->msg); i++)
		at += (size_t)snprintf(err->msg + at, sizeof(err->msg) - at, "%s %s", i ? "," : "",
				       usual[i]);
	if (at < sizeof(err->msg))
		snprintf(err->msg + at, sizeof(err->msg) - at, ", rHEX, PMU/EVENT/");
	return -EINVAL;
}

/* "r1a8": a number of the CPU itself. */
static bool is_raw(const char *name)
{
	return name[0] == 'r' && name[1] && !name[1 + strspn(name + 1, "0123456789abcdefABCDEF")];
}

/*
 * Takes ":u", ":k", ":uk" off the end, or what perf has behind a PMU's event ("cpu/EVENT/u");
 * what else stands there is libpfm's.
 */
static void take_modes(char *name, struct exec_event *e)
{
	char *slash = strrchr(name, '/');
	char *colon = strrchr(slash ? slash : name, ':');
	const char *mode = colon ? colon + 1 : "";

	if (slash && !colon && slash != strchr(name, '/')) {
		colon = slash + 1;
		mode = colon;
	}

	e->user = true;
	e->kernel = true;
	if (!*mode || mode[strspn(mode, "uk")])
		return;
	e->user = strchr(mode, 'u');
	e->kernel = strchr(mode, 'k');
	*colon = '\0';
}

static int raw_event(const char *name, struct exec_event *e)
{
	e->type = PERF_TYPE_RAW;
	errno = 0;
	e->config = strtoull(name + 1, NULL, 16);
	return errno ? -EINVAL : 0;
}

/* 0; -ENOENT: no such name; -EINVAL with a line. */
static int by_libpfm(const char *word, const char *name, struct exec_event *e,
		     struct plan_error *err)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	pfm_perf_encode_arg_t arg = { .attr = &attr, .size = sizeof(arg) };
	int ret = pfm_initialize();

	if (ret == PFM_SUCCESS)
		ret = pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT,
						&arg);
	if (ret == PFM_ERR_NOTFOUND || ret == PFM_ERR_NOTSUPP || ret == PFM_ERR_INVAL)
		return -ENOENT;
	if (ret == PFM_ERR_ATTR || ret == PFM_ERR_ATTR_VAL || ret == PFM_ERR_ATTR_SET)
		return bad(err, word, "no such attribute of it; the modes are :u, :k and :uk");
	if (ret != PFM_SUCCESS)
		return bad(err, word, pfm_strerror(ret));
	if (attr.sample_period || attr.precise_ip || (attr.exclude_user && attr.exclude_kernel))
		return bad(err, word, "whole blocks are counted, in the modes :u, :k or :uk");
	e->type = attr.type;
	e->config = attr.config;
	e->config1 = attr.config1;
	e->config2 = attr.config2;
	e->user &= !attr.exclude_user;
	e->kernel &= !attr.exclude_kernel;
	return 0;
}

static int parse_one(const char *word, struct plan_event *out, struct plan_error *err)
{
	struct exec_event *e = &out->event;
	char name[sizeof(out->name)];
	size_t i;
	int ret;

	if (!*word) {
		snprintf(err->msg, sizeof(err->msg), "--counters: an event's name is missing");
		return -EINVAL;
	}
	if (strlen(word) >= sizeof(name))
		return bad(err, word, "no event has so long a name");
	strcpy(out->name, word);
	strcpy(name, word);
	take_modes(name, e);
	if (is_raw(name))
		return raw_event(name, e) ? bad(err, word, "more than 64 bits") : 0;
	for (i = 0; i < NR_SOFTWARE; i++) {
		if (strcmp(name, software[i].name))
			continue;
		e->type = PERF_TYPE_SOFTWARE;
		e->config = software[i].config;
		return 0;
	}
	if (pmu_is_event(name)) {
		out->model = true;
		return pmu_event(PMU_ROOT, name, e, err);
	}
	ret = by_libpfm(word, name, e, err);
	out->model = e->type != PERF_TYPE_HARDWARE && e->type != PERF_TYPE_SOFTWARE &&
		     e->type != PERF_TYPE_HW_CACHE;
	return ret == -ENOENT ? unknown(word, err) : ret;
}

/* Up to the next comma, but for those between two slashes. */
static char *next_word(char **list)
{
	char *word = *list, *at;
	bool inside = false;

	for (at = word; at && *at && (inside || *at != ','); at++)
		inside ^= *at == '/';
	if (!at)
		return NULL;
	*list = *at ? at + 1 : NULL;
	*at = '\0';
	return word;
}

int counters_parse(char *list, struct plan *plan, struct plan_error *err)
{
	struct plan_event *e;
	unsigned int i;
	char *word;

	while ((word = next_word(&list))) {
		if (plan->nr_events == EXEC_MAX_EVENTS) {
			snprintf(err->msg, sizeof(err->msg), "--counters: more than %d events",
				 EXEC_MAX_EVENTS);
			return -EINVAL;
		}
		e = &plan->events[plan->nr_events];
		memset(e, 0, sizeof(*e));
		if (parse_one(word, e, err))
			return -EINVAL;
		for (i = 0; i < plan->nr_events; i++)
			if (!memcmp(&plan->events[i].event, &e->event, sizeof(e->event)))
				return bad(err, word, "named twice");
		plan->nr_events++;
	}
	return 0;
}

/* ---- what is allowed, and what is there -------------------------------- */

/* Why perf_event_open() says no, and what helps. */
static void say_why(char *text, size_t len)
{
	int level = perf_paranoid();

	if (level > 1 && geteuid())
		snprintf(text, len,
			 "kernel.perf_event_paranoid is %d: sysctl kernel.perf_event_paranoid=1 allows it, or run as root",
			 level);
	else
		snprintf(text, len,
			 "perf_event_open() is forbidden to this process, by a container's seccomp filter or a security module: allow it there (docker: --cap-add PERFMON)");
}

/* As the worker will find it: this process may as much as that one. */
static int try_here(const struct plan *plan, struct plan_error *err)
{
	enum exec_event_state state[EXEC_MAX_EVENTS];
	struct exec_event events[EXEC_MAX_EVENTS];
	struct subject_error e;
	struct events *open;
	unsigned int i, denied = 0;
	char why[256];

	for (i = 0; i < plan->nr_events; i++)
		events[i] = plan->events[i].event;
	open = events_open(events, plan->nr_events, state, &e);
	if (!open) {
		snprintf(err->msg, sizeof(err->msg), "--counters: %.400s", e.msg);
		return -EINVAL;
	}
	events_close(open);
	for (i = 0; i < plan->nr_events; i++)
		denied += state[i] == EXEC_EVENT_DENIED;
	if (denied < plan->nr_events)
		return 0;
	say_why(why, sizeof(why));
	snprintf(err->msg, sizeof(err->msg), "--counters: none of them may be opened: %s", why);
	return -EACCES;
}

static int suits_group(const struct plan *plan, const struct plan_group *g, struct plan_error *err)
{
	unsigned int i;

	for (i = 0; i < plan->nr_events; i++) {
		const struct plan_event *e = &plan->events[i];

		if (strcmp(g->backend, "user") && !e->event.kernel) {
			snprintf(err->msg, sizeof(err->msg),
				 "--counters %s: the threads of --backend %s are in the kernel's mode alone",
				 e->name, g->backend);
			return -EINVAL;
		}
		if (g->emulated && e->model) {
			snprintf(err->msg, sizeof(err->msg),
				 "--counters %s: it is an event of this machine's CPU or kernel, and the guest has others: take a generic one (cycles, instructions) or the guest's own number as rHEX",
				 e->name);
			return -EINVAL;
		}
	}
	return 0;
}

int counters_suit(const struct plan *plan, struct plan_error *err)
{
	bool here = false;
	unsigned int i;

	for (i = 0; plan->nr_events && i < plan->nr_groups; i++) {
		if (suits_group(plan, &plan->groups[i], err))
			return -EINVAL;
		here |= !strcmp(plan->groups[i].backend, "user");
	}
	return here ? try_here(plan, err) : 0;
}

static void say_state(const struct plan *plan, const char *backend,
		      const struct exec_event_info *info, enum exec_event_state state,
		      const char *what)
{
	char names[1024] = "";
	size_t at = 0;
	unsigned int i;

	for (i = 0; i < plan->nr_events && at < sizeof(names); i++)
		if (info[i].state == state)
			at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
					       at ? ", " : "", plan->events[i].name);
	if (at)
		fprintf(stderr, "invbench: %s: %s: %s\n", backend, names, what);
}

void counters_say(const struct plan *plan, const char *backend,
		  const struct exec_event_info *info)
{
	char why[256], text[300];

	say_state(plan, backend, info, EXEC_EVENT_NONE,
		  "not supported here (no PMU, or it lacks this event); measured without");
	say_why(why, sizeof(why));
	snprintf(text, sizeof(text), "not allowed, measured without; %s", why);
	say_state(plan, backend, info, EXEC_EVENT_DENIED, text);
	snprintf(text, sizeof(text), "counted in user mode alone; %s", why);
	say_state(plan, backend, info, EXEC_EVENT_USER, text);
}
