// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/types.h>

#include "exec.h"
#include "wire.h"

#define MAX_CPUS	1024
#define MAX_THREADS	65536
#define MAX_BLOCK_NS	100000000000ULL /* of one block; a job's largest window is 10 s */
#define MAX_SAMPLES	1000000

struct wire {
	wire_put_fn put;
	void *arg;
	struct exec *x;
	struct exec_step *steps;
	size_t nr_steps, max_steps;
	u32 canary_every;
	struct subject_error err;
	char text[sizeof(struct subject_error) + 64];
};

/* Each handler returns 0, or -errno with a line in w->err. */
typedef int (*handler_fn)(struct wire *w, char *args);

static __printf(2, 3) int fail(struct wire *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->err.msg, sizeof(w->err.msg), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static __printf(2, 3) void say(struct wire *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->text, sizeof(w->text), fmt, ap);
	va_end(ap);
	w->put(w->arg, w->text, strlen(w->text));
}

/* Picoseconds as nanoseconds: the kernel prints no fractions. */
static void say_ns(struct wire *w, u64 ps)
{
	say(w, " %llu.%03llu", (unsigned long long)ps / 1000, (unsigned long long)ps % 1000);
}

/* The next n unsigned numbers of *args, none above @max. */
static int numbers(struct wire *w, char **args, u64 *out, unsigned int n, u64 max)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		char *word = strsep(args, " ");
		unsigned long long v;

		if (!word || *word < '0' || *word > '9')
			return fail(w, "a number is missing");
		if (kstrtoull(word, 10, &v))
			return fail(w, "'%.64s' is not a number", word);
		if (v > max)
			return fail(w, "%s is above %llu", word, (unsigned long long)max);
		out[i] = v;
	}
	return 0;
}

static int need_group(struct wire *w)
{
	return w->x ? 0 : fail(w, "no group");
}

static int do_group(struct wire *w, char *args)
{
	unsigned int *cpus, n = 0;
	u64 threads, cpu;
	int ret = 0;

	if (w->x)
		return fail(w, "a group is there already");
	if (numbers(w, &args, &threads, 1, MAX_THREADS))
		return -EINVAL;
	cpus = kcalloc(MAX_CPUS, sizeof(*cpus), GFP_KERNEL);
	if (!cpus)
		return fail(w, "not enough memory for a group");
	while (!ret && args && *args && n < MAX_CPUS) {
		ret = numbers(w, &args, &cpu, 1, INT_MAX);
		cpus[n++] = cpu;
	}
	if (!ret)
		w->x = exec_create(threads, n ? cpus : NULL, n, &w->err);
	kfree(cpus);
	w->nr_steps = 0;
	return w->x ? 0 : -EINVAL;
}

static int read_params(struct wire *w, struct subject_params *p, char *args)
{
	char *word;

	subject_params_init(p);
	while ((word = strsep(&args, " "))) {
		char *value = strchr(word, '=');

		if (!value)
			return fail(w, "'%.64s' is not key=value", word);
		*value++ = '\0';
		if (subject_params_set(p, word, value, &w->err))
			return -EINVAL;
	}
	return subject_params_check(p, &w->err);
}

static int do_cell(struct wire *w, char *args)
{
	struct subject_params p;
	u64 id;

	if (need_group(w) || numbers(w, &args, &id, 1, U32_MAX) || read_params(w, &p, args))
		return -EINVAL;
	return exec_add(w->x, id, &p, &w->err);
}

static int do_alias(struct wire *w, char *args)
{
	u64 v[2];

	if (need_group(w) || numbers(w, &args, v, 2, U32_MAX))
		return -EINVAL;
	return exec_alias(w->x, v[0], v[1], &w->err);
}

static int do_calibrate(struct wire *w, char *args)
{
	u64 id, ns;
	uint64_t ps;

	if (need_group(w) || numbers(w, &args, &id, 1, U32_MAX) ||
	    numbers(w, &args, &ns, 1, MAX_BLOCK_NS) ||
	    exec_calibrate(w->x, id, ns, &ps, &w->err))
		return -EINVAL;
	say(w, "ns");
	say_ns(w, ps);
	say(w, "\n");
	return 0;
}

static int do_window(struct wire *w, char *args)
{
	u64 ns;

	if (need_group(w) || numbers(w, &args, &ns, 1, MAX_BLOCK_NS))
		return -EINVAL;
	exec_set_window(w->x, ns);
	return 0;
}

static int do_canary(struct wire *w, char *args)
{
	u64 every;

	if (numbers(w, &args, &every, 1, U32_MAX))
		return -EINVAL;
	w->canary_every = every;
	return 0;
}

/* The next number of *@text, which ends at a colon. */
static int field(struct wire *w, char **text, u64 *out)
{
	char *word = strsep(text, ":");
	unsigned long long v;

	if (!word || !*text || kstrtoull(word, 10, &v))
		return fail(w, "an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES");
	*out = v;
	return 0;
}

static int read_event(struct wire *w, char *text, struct exec_event *e)
{
	u64 v[4];
	int i;

	for (i = 0; i < 4; i++)
		if (field(w, &text, &v[i]))
			return -EINVAL;
	if (v[0] > U32_MAX)
		return fail(w, "%llu is above %u", (unsigned long long)v[0], U32_MAX);
	e->type = v[0];
	e->config = v[1];
	e->config1 = v[2];
	e->config2 = v[3];
	e->user = !strcmp(text, "u") || !strcmp(text, "uk");
	e->kernel = !strcmp(text, "k") || !strcmp(text, "uk");
	return e->user || e->kernel ? 0 : fail(w, "'%.64s': the modes are u, k or uk", text);
}

static int do_events(struct wire *w, char *args)
{
	static const char *const states[] = {
		[EXEC_EVENT_OK] = "ok",
		[EXEC_EVENT_USER] = "user",
		[EXEC_EVENT_NONE] = "none",
		[EXEC_EVENT_DENIED] = "denied",
	};
	struct exec_event_info info[EXEC_MAX_EVENTS];
	struct exec_event events[EXEC_MAX_EVENTS];
	unsigned int n = 0, i;
	char *word;

	if (need_group(w))
		return -EINVAL;
	while (args && *args) {
		word = strsep(&args, " ");
		if (n == EXEC_MAX_EVENTS)
			return fail(w, "more than %d events", EXEC_MAX_EVENTS);
		if (read_event(w, word, &events[n++]))
			return -EINVAL;
	}
	if (exec_events(w->x, events, n, info, &w->err))
		return -EINVAL;
	say(w, "events");
	for (i = 0; i < n; i++)
		say(w, " %s:%llu", states[info[i].state], (unsigned long long)info[i].cost);
	say(w, "\n");
	return 0;
}

static int queue_step(struct wire *w, const struct exec_step *step)
{
	if (w->nr_steps == w->max_steps) {
		size_t n = w->max_steps ? w->max_steps * 2 : 4096;
		struct exec_step *p = kvmalloc_array(n, sizeof(*p), GFP_KERNEL);

		if (!p)
			return fail(w, "not enough memory for %zu steps", n);
		if (w->nr_steps)
			memcpy(p, w->steps, w->nr_steps * sizeof(*p));
		kvfree(w->steps);
		w->steps = p;
		w->max_steps = n;
	}
	w->steps[w->nr_steps++] = *step;
	return 0;
}

static int do_step(struct wire *w, char *args)
{
	struct exec_step step = { .every = 1 };
	u64 v[3];
	char *kind;

	if (need_group(w) || numbers(w, &args, v, 3, U32_MAX))
		return -EINVAL;
	kind = strsep(&args, " ");
	if (!kind || (strcmp(kind, "B") && strcmp(kind, "O")))
		return fail(w, "a step is B or O");
	step.round = v[0];
	step.pos = v[1];
	step.cell = v[2];
	step.kind = *kind == 'B' ? EXEC_BLOCK : EXEC_OP;
	if (numbers(w, &args, v, 1, step.kind == EXEC_OP ? MAX_SAMPLES : U64_MAX))
		return -EINVAL;
	step.iters = v[0];
	if (step.kind == EXEC_OP) {
		if (numbers(w, &args, v, 1, U32_MAX))
			return -EINVAL;
		step.every = v[0];
	}
	return queue_step(w, &step);
}

static void say_sample(struct wire *w, const struct exec_sample *m)
{
	const struct exec_step *st = &m->step;
	u32 i;

	say(w, "%c %u %u %u ", st->kind, st->round, st->pos, st->cell);
	if (st->kind == EXEC_OP) {
		say(w, "%llu", (unsigned long long)m->ivcsw);
		for (i = 0; i < m->nr_ops; i++)
			say(w, " %u", m->op_ns[i]);
	} else {
		say(w, "%llu %llu %llu %llu", (unsigned long long)m->ops,
		    (unsigned long long)m->ns, (unsigned long long)m->reclaim_ns,
		    (unsigned long long)m->ivcsw);
		for (i = 0; i < m->nr_parts; i++)
			say(w, " %llu:%lld:%lld", (unsigned long long)m->parts[i].ops,
			    (long long)m->parts[i].start_ns, (long long)m->parts[i].stop_ns);
		if (m->attacher_ns)
			say(w, " @%llu:%llu:%llu", (unsigned long long)m->attaches,
			    (unsigned long long)m->attach_ns,
			    (unsigned long long)m->attacher_ns);
		for (i = 0; i < m->nr_counts; i++)
			say(w, " %%%llu:%llu:%llu", (unsigned long long)m->counts[i].value,
			    (unsigned long long)m->counts[i].enabled_ns,
			    (unsigned long long)m->counts[i].running_ns);
	}
	say(w, "\n");
}

static int do_go(struct wire *w, char *args)
{
	size_t i;
	int ret;

	if (need_group(w))
		return -EINVAL;
	ret = exec_run(w->x, w->steps, w->nr_steps, w->canary_every, &w->err);
	w->nr_steps = 0;
	/* What was measured before an error is not lost. */
	for (i = 0; i < exec_nr_samples(w->x); i++)
		say_sample(w, exec_sample(w->x, i));
	for (i = 0; i < exec_nr_canaries(w->x); i++) {
		const struct exec_canary *k = exec_canary(w->x, i);

		say(w, "K %u", k->round);
		say_ns(w, k->add_ps);
		say_ns(w, k->pingpong_ps);
		say(w, "\n");
	}
	return ret;
}

static int do_counters(struct wire *w, char *args)
{
	struct subject_counters c;
	u64 id;

	if (need_group(w) || numbers(w, &args, &id, 1, U32_MAX))
		return -EINVAL;
	if (exec_counters(w->x, id, &c))
		return fail(w, "no cell %llu", (unsigned long long)id);
	say(w, "counters %llu %llu %llu %llu %llu %llu\n", (unsigned long long)c.commands,
	    (unsigned long long)c.syncs, (unsigned long long)c.errors,
	    (unsigned long long)c.repeats, (unsigned long long)c.attaches,
	    (unsigned long long)c.timeouts);
	return 0;
}

static int do_timer(struct wire *w, char *args)
{
	struct exec_timer t;

	if (exec_timer(&t))
		return fail(w, "not enough memory to read the timer");
	say(w, "timer");
	say_ns(w, t.cost_ps);
	say_ns(w, t.tick_ps);
	say(w, "\n");
	return 0;
}

static int do_end(struct wire *w, char *args)
{
	exec_destroy(w->x);
	w->x = NULL;
	return 0;
}

enum reply { REPLY_OK, REPLY_OWN, REPLY_NONE };

static const struct {
	const char *name;
	handler_fn fn;
	enum reply reply;
} handlers[] = {
	{ "group", do_group, REPLY_OK },
	{ "cell", do_cell, REPLY_OK },
	{ "alias", do_alias, REPLY_OK },
	{ "calibrate", do_calibrate, REPLY_OWN },
	{ "window", do_window, REPLY_OK },
	{ "canary", do_canary, REPLY_OK },
	{ "events", do_events, REPLY_OWN },
	{ "step", do_step, REPLY_NONE },
	{ "go", do_go, REPLY_OK },
	{ "counters", do_counters, REPLY_OWN },
	{ "timer", do_timer, REPLY_OWN },
	{ "end", do_end, REPLY_OK },
};

void wire_line(struct wire *w, char *line)
{
	char *name = strsep(&line, " ");
	char empty[] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(handlers); i++)
		if (!strcmp(name, handlers[i].name))
			break;
	if (i == ARRAY_SIZE(handlers))
		say(w, "error unknown request '%.64s'\n", name);
	else if (handlers[i].fn(w, line ? line : empty))
		say(w, "error %s\n", w->err.msg);
	else if (handlers[i].reply == REPLY_OK)
		say(w, "ok\n");
}

struct wire *wire_create(wire_put_fn put, void *arg)
{
	struct wire *w = kzalloc(sizeof(*w), GFP_KERNEL);

	if (w) {
		w->put = put;
		w->arg = arg;
	}
	return w;
}

void wire_destroy(struct wire *w)
{
	if (!w)
		return;
	exec_destroy(w->x);
	kvfree(w->steps);
	kfree(w);
}
