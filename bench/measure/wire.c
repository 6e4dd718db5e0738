// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "wire.h"

#define MAX_CPUS     1024
#define MAX_BLOCK_NS 100000000000 /* of one block; a job's largest window is 10 s */
#define MAX_SAMPLES  1000000

struct server {
	FILE *out;
	struct exec *x;
	struct exec_step *steps;
	size_t nr_steps, max_steps;
	uint32_t canary_every;
	struct subject_error err;
};

/* Each handler returns 0, or -errno with a line in s->err. */
typedef int (*handler_fn)(struct server *s, char *args);

static int __attribute__((format(printf, 2, 3)))
fail(struct server *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->err.msg, sizeof(s->err.msg), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* The next n unsigned numbers of *args, none above @max. */
static int numbers(struct server *s, char **args, uint64_t *out, unsigned int n,
		   uint64_t max)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		char *word = strsep(args, " "), *end;

		if (!word || *word < '0' || *word > '9')
			return fail(s, "a number is missing");
		errno = 0;
		out[i] = strtoull(word, &end, 10);
		if (*end || errno)
			return fail(s, "'%.64s' is not a number", word);
		if (out[i] > max)
			return fail(s, "%s is above %" PRIu64, word, max);
	}
	return 0;
}

static int need_group(struct server *s)
{
	return s->x ? 0 : fail(s, "no group");
}

static int do_group(struct server *s, char *args)
{
	unsigned int cpus[MAX_CPUS], n = 0;
	uint64_t threads, cpu;

	if (s->x)
		return fail(s, "a group is there already");
	if (numbers(s, &args, &threads, 1, 65536))
		return -EINVAL;
	while (args && *args && n < MAX_CPUS) {
		if (numbers(s, &args, &cpu, 1, INT_MAX))
			return -EINVAL;
		cpus[n++] = (unsigned int)cpu;
	}
	s->x = exec_create((unsigned int)threads, n ? cpus : NULL, n, &s->err);
	s->nr_steps = 0;
	return s->x ? 0 : -EINVAL;
}

static int do_cell(struct server *s, char *args)
{
	struct subject_params p;
	uint64_t id;
	char *word;

	if (need_group(s) || numbers(s, &args, &id, 1, UINT32_MAX))
		return -EINVAL;
	subject_params_init(&p);
	while ((word = strsep(&args, " "))) {
		char *value = strchr(word, '=');

		if (!value)
			return fail(s, "'%.64s' is not key=value", word);
		*value++ = '\0';
		if (subject_params_set(&p, word, value, &s->err))
			return -EINVAL;
	}
	if (subject_params_check(&p, &s->err))
		return -EINVAL;
	return exec_add(s->x, (uint32_t)id, &p, &s->err);
}

static int do_alias(struct server *s, char *args)
{
	uint64_t v[2];

	if (need_group(s) || numbers(s, &args, v, 2, UINT32_MAX))
		return -EINVAL;
	return exec_alias(s->x, (uint32_t)v[0], (uint32_t)v[1], &s->err);
}

static int do_calibrate(struct server *s, char *args)
{
	uint64_t v[2];
	double ns;

	if (need_group(s) || numbers(s, &args, v, 1, UINT32_MAX) ||
	    numbers(s, &args, v + 1, 1, MAX_BLOCK_NS) ||
	    exec_calibrate(s->x, (uint32_t)v[0], v[1], &ns, &s->err))
		return -EINVAL;
	fprintf(s->out, "ns %.6g\n", ns);
	return 0;
}

static int do_window(struct server *s, char *args)
{
	uint64_t ns;

	if (need_group(s) || numbers(s, &args, &ns, 1, MAX_BLOCK_NS))
		return -EINVAL;
	exec_set_window(s->x, ns);
	return 0;
}

static int do_canary(struct server *s, char *args)
{
	uint64_t every;

	if (numbers(s, &args, &every, 1, UINT32_MAX))
		return -EINVAL;
	s->canary_every = (uint32_t)every;
	return 0;
}

static int do_step(struct server *s, char *args)
{
	struct exec_step step = { .every = 1 };
	uint64_t v[3];
	char *kind;

	if (need_group(s) || numbers(s, &args, v, 3, UINT32_MAX))
		return -EINVAL;
	kind = strsep(&args, " ");
	if (!kind || (strcmp(kind, "B") && strcmp(kind, "O")))
		return fail(s, "a step is B or O");
	step.round = (uint32_t)v[0];
	step.pos = (uint32_t)v[1];
	step.cell = (uint32_t)v[2];
	step.kind = *kind == 'B' ? EXEC_BLOCK : EXEC_OP;
	if (numbers(s, &args, &step.iters, 1,
		    step.kind == EXEC_OP ? MAX_SAMPLES : UINT64_MAX) ||
	    (step.kind == EXEC_OP &&
	     numbers(s, &args, &step.every, 1, UINT32_MAX)))
		return -EINVAL;
	if (s->nr_steps == s->max_steps) {
		size_t n = s->max_steps ? s->max_steps * 2 : 4096;
		struct exec_step *p = realloc(s->steps, n * sizeof(*p));

		if (!p)
			return fail(s, "not enough memory for %zu steps", n);
		s->steps = p;
		s->max_steps = n;
	}
	s->steps[s->nr_steps++] = step;
	return 0;
}

static void print_sample(FILE *out, const struct exec_sample *m)
{
	const struct exec_step *st = &m->step;
	uint32_t i;

	fprintf(out, "%c %u %u %u ", st->kind, st->round, st->pos, st->cell);
	if (st->kind == EXEC_OP) {
		fprintf(out, "%" PRIu64, m->ivcsw);
		for (i = 0; i < m->nr_ops; i++)
			fprintf(out, " %u", m->op_ns[i]);
	} else {
		fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
			m->ops, m->ns, m->reclaim_ns, m->ivcsw);
		for (i = 0; i < m->nr_parts; i++)
			fprintf(out, " %" PRIu64 ":%" PRId64 ":%" PRId64,
				m->parts[i].ops, m->parts[i].start_ns,
				m->parts[i].stop_ns);
		if (m->attacher_ns)
			fprintf(out, " @%" PRIu64 ":%" PRIu64 ":%" PRIu64,
				m->attaches, m->attach_ns, m->attacher_ns);
	}
	fputc('\n', out);
}

static int do_go(struct server *s, char *args)
{
	size_t i;
	int ret;

	(void)args;
	if (need_group(s))
		return -EINVAL;
	ret = exec_run(s->x, s->steps, s->nr_steps, s->canary_every, &s->err);
	s->nr_steps = 0;
	/* what was measured before an error is not lost */
	for (i = 0; i < exec_nr_samples(s->x); i++)
		print_sample(s->out, exec_sample(s->x, i));
	for (i = 0; i < exec_nr_canaries(s->x); i++) {
		const struct exec_canary *k = exec_canary(s->x, i);

		fprintf(s->out, "K %u %.6g %.6g\n", k->round, k->add_ns,
			k->pingpong_ns);
	}
	return ret;
}

static int do_counters(struct server *s, char *args)
{
	struct subject_counters c;
	uint64_t id;

	if (need_group(s) || numbers(s, &args, &id, 1, UINT32_MAX))
		return -EINVAL;
	if (exec_counters(s->x, (uint32_t)id, &c))
		return fail(s, "no cell %" PRIu64, id);
	fprintf(s->out,
		"counters %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		" %" PRIu64 " %" PRIu64 "\n",
		c.commands, c.syncs, c.errors, c.repeats, c.attaches,
		c.timeouts);
	return 0;
}

static int do_timer(struct server *s, char *args)
{
	struct exec_timer t = exec_timer();

	(void)args;
	fprintf(s->out, "timer %.6g %.6g\n", t.cost_ns, t.tick_ns);
	return 0;
}

static int do_end(struct server *s, char *args)
{
	(void)args;
	exec_destroy(s->x);
	s->x = NULL;
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
	{ "step", do_step, REPLY_NONE },
	{ "go", do_go, REPLY_OK },
	{ "counters", do_counters, REPLY_OWN },
	{ "timer", do_timer, REPLY_OWN },
	{ "end", do_end, REPLY_OK },
};

static void serve_line(struct server *s, char *line)
{
	char *name = strsep(&line, " ");
	char empty[] = "";
	size_t i;

	for (i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (!strcmp(name, handlers[i].name))
			break;
	if (i == sizeof(handlers) / sizeof(handlers[0]))
		fprintf(s->out, "error unknown request '%.64s'\n", name);
	else if (handlers[i].fn(s, line ? line : empty))
		fprintf(s->out, "error %s\n", s->err.msg);
	else if (handlers[i].reply == REPLY_OK)
		fputs("ok\n", s->out);
	else if (handlers[i].reply == REPLY_NONE)
		return;
	fflush(s->out);
}

int wire_serve(FILE *in, FILE *out)
{
	struct server s = { .out = out };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (!ferror(out) && (len = getline(&line, &size, in)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!strcmp(line, "quit"))
			break;
		serve_line(&s, line);
	}
	exec_destroy(s.x);
	free(s.steps);
	free(line);
	return ferror(out) ? 1 : 0;
}
