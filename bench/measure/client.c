// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

extern char **environ;

struct launch {
	pid_t pid; /* -1 where it is none of our children */
	FILE *to, *from;
	bool relayed, lent;
	bool over; /* relayed: it has said all */
	int status; /* of the worker, as the probe round it says; -1: it didn't */
	char *line;
	size_t size;
	unsigned int *cpus;
	unsigned int nr_cpus;
	void (*heard)(void *arg, const char *line);
	void *heard_arg;
};

static int say_signal(int sig, struct subject_error *err)
{
	snprintf(err->msg, sizeof(err->msg),
		 "the worker was ended by signal %d (%s)", sig, strsignal(sig));
	return -EPIPE;
}

static int say_status(int status, struct subject_error *err)
{
	snprintf(err->msg, sizeof(err->msg), "the worker ended (status %d)",
		 status);
	return -EPIPE;
}

static int died(struct launch *l, struct subject_error *err)
{
	int status = 0;

	if (l->pid <= 0 || waitpid(l->pid, &status, 0) != l->pid) {
		snprintf(err->msg, sizeof(err->msg), "the worker ended");
		return -EPIPE;
	}
	l->pid = -1;
	return WIFSIGNALED(status) ? say_signal(WTERMSIG(status), err) :
				     say_status(WEXITSTATUS(status), err);
}

static int read_line(struct launch *l, struct subject_error *err)
{
	ssize_t len = getline(&l->line, &l->size, l->from);

	if (len <= 0)
		return died(l, err);
	if (l->line[len - 1] == '\n')
		l->line[len - 1] = '\0';
	return 0;
}

/*
 * What is said when it is over, from the line that was read on: counts, findings, how the
 * worker ended.
 */
static int hear_out(struct launch *l, struct subject_error *err)
{
	struct subject_error ended;
	int ret = 0;

	l->over = true;
	do {
		if (!strcmp(l->line, "bye"))
			return ret;
		if (!strncmp(l->line, "probe ", 6) && l->heard)
			l->heard(l->heard_arg, l->line + 6);
		if (!strncmp(l->line, "probe status ", 13))
			l->status = atoi(l->line + 13);
		if (!strncmp(l->line, "error ", 6) && !ret) {
			snprintf(err->msg, sizeof(err->msg), "%.400s",
				 l->line + 6);
			ret = -EIO;
		}
		if (strncmp(l->line, "log ", 4) || ret == -ENOTRECOVERABLE)
			continue;
		snprintf(err->msg, sizeof(err->msg),
			 "the kernel's log has %.400s", l->line + 4);
		ret = -ENOTRECOVERABLE;
	} while (!read_line(l, &ended));
	if (ret)
		return ret;
	*err = ended;
	return -EPIPE;
}

/* The probe round the worker speaks unasked: that one has ended. */
static int broke_off(struct launch *l, struct subject_error *err)
{
	int ret = hear_out(l, err);

	if (ret && ret != -EPIPE)
		return ret;
	if (l->status >= 128)
		return say_signal(l->status - 128, err);
	if (l->status >= 0)
		return say_status(l->status, err);
	if (!ret)
		snprintf(err->msg, sizeof(err->msg), "the worker ended");
	return -EPIPE;
}

/* Sends what was asked. */
static int hand_over(struct launch *l, struct subject_error *err)
{
	if (!fflush(l->to))
		return 0;
	if (!l->relayed)
		return died(l, err);
	/* who was round it may have said why */
	return read_line(l, err) ? -EPIPE : broke_off(l, err);
}

static bool is_probe(const struct launch *l)
{
	return !strncmp(l->line, "probe ", 6);
}

/* The reply to the last request: "ok", or a line that starts with @want. */
static int reply(struct launch *l, const char *want, struct subject_error *err)
{
	int ret = hand_over(l, err);

	if (ret)
		return ret;
	if (read_line(l, err))
		return -EPIPE;
	if (!strncmp(l->line, want, strlen(want)))
		return 0;
	if (is_probe(l))
		return broke_off(l, err);
	snprintf(err->msg, sizeof(err->msg), "%.200s",
		 !strncmp(l->line, "error ", 6) ? l->line + 6 : l->line);
	return -EINVAL;
}

static int send_group(struct launch *l, unsigned int threads,
		      struct subject_error *err)
{
	unsigned int i;

	fprintf(l->to, "group %u", threads);
	for (i = 0; i < l->nr_cpus; i++)
		fprintf(l->to, " %u", l->cpus[i]);
	fputc('\n', l->to);
	return reply(l, "ok", err);
}

static int spawn(struct launch *l, const char *const *argv,
		 struct subject_error *err)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t mask;
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, ret;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) {
		ret = errno;
		goto fail;
	}
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, in[0], 0);
	posix_spawn_file_actions_adddup2(&fa, out[1], 1);
	/* Ctrl-C is the tool's from the first moment, before the worker's main() */
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &mask);
	ret = posix_spawn(&l->pid, argv[0], &fa, &attr, (char *const *)argv,
			  environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	if (ret)
		goto fail;
	close(in[0]);
	close(out[1]);
	l->to = fdopen(in[1], "w");
	l->from = fdopen(out[0], "r");
	if (l->to && l->from)
		return 0;
	ret = errno;
	kill(l->pid, SIGKILL);
	waitpid(l->pid, NULL, 0);
	if (!l->to)
		close(in[1]);
	if (!l->from)
		close(out[0]);
	in[0] = in[1] = out[0] = out[1] = -1;
fail:
	l->pid = -1;
	snprintf(err->msg, sizeof(err->msg), "can't start %s: %s", argv[0],
		 strerror(ret));
	if (in[0] >= 0) {
		close(in[0]);
		close(in[1]);
	}
	if (out[0] >= 0) {
		close(out[0]);
		close(out[1]);
	}
	return -ret;
}

struct launch *launch_start(const struct launch_where *where,
			    unsigned int threads, const unsigned int *cpus,
			    unsigned int nr_cpus, struct subject_error *err)
{
	struct launch *l = calloc(1, sizeof(*l));
	struct subject_error ignored;

	if (l && nr_cpus)
		l->cpus = calloc(nr_cpus, sizeof(*cpus));
	if (!l || (nr_cpus && !l->cpus)) {
		free(l);
		snprintf(err->msg, sizeof(err->msg),
			 "not enough memory for a launch");
		return NULL;
	}
	if (nr_cpus)
		memcpy(l->cpus, cpus, nr_cpus * sizeof(*cpus));
	l->nr_cpus = nr_cpus;
	l->relayed = where->relayed;
	l->pid = -1;
	l->status = -1;
	l->to = where->to;
	l->from = where->from;
	l->lent = !where->argv;
	if ((where->argv && spawn(l, where->argv, err)) ||
	    send_group(l, threads, err)) {
		launch_stop(l, &ignored);
		return NULL;
	}
	return l;
}

void launch_hear(struct launch *l, void (*line)(void *arg, const char *line),
		 void *arg)
{
	l->heard = line;
	l->heard_arg = arg;
}

int launch_stop(struct launch *l, struct subject_error *err)
{
	int ret = 0;

	if (!l)
		return 0;
	if (l->to) {
		fputs("quit\n", l->to);
		fflush(l->to);
		if (l->relayed && !l->over)
			ret = read_line(l, err) ? -EPIPE : hear_out(l, err);
	}
	if (l->to && !l->lent)
		fclose(l->to);
	if (l->from && !l->lent)
		fclose(l->from);
	if (l->pid > 0)
		waitpid(l->pid, NULL, 0);
	free(l->line);
	free(l->cpus);
	free(l);
	return ret;
}

pid_t launch_pid(const struct launch *l)
{
	return l->pid;
}

int launch_regroup(struct launch *l, unsigned int threads,
		   struct subject_error *err)
{
	int ret;

	fputs("end\n", l->to);
	ret = reply(l, "ok", err);
	return ret ? ret : send_group(l, threads, err);
}

int launch_cell(struct launch *l, uint32_t id, const struct subject_params *p,
		struct subject_error *err)
{
	char text[1024];

	subject_params_print(p, true, text, sizeof(text));
	fprintf(l->to, "cell %u %s\n", id, text);
	return reply(l, "ok", err);
}

int launch_alias(struct launch *l, uint32_t id, uint32_t of,
		 struct subject_error *err)
{
	fprintf(l->to, "alias %u %u\n", id, of);
	return reply(l, "ok", err);
}

static int bad_reply(struct launch *l, struct subject_error *err)
{
	snprintf(err->msg, sizeof(err->msg), "the worker said '%.100s'",
		 l->line);
	return -EPROTO;
}

int launch_calibrate(struct launch *l, uint32_t id, uint64_t ns,
		     double *ns_per_op, struct subject_error *err)
{
	int ret;

	fprintf(l->to, "calibrate %u %" PRIu64 "\n", id, ns);
	ret = reply(l, "ns ", err);
	if (ret)
		return ret;
	return sscanf(l->line, "ns %lf", ns_per_op) == 1 ? 0 :
							   bad_reply(l, err);
}

int launch_window(struct launch *l, uint64_t ns, struct subject_error *err)
{
	fprintf(l->to, "window %" PRIu64 "\n", ns);
	return reply(l, "ok", err);
}

int launch_canary(struct launch *l, uint32_t every, struct subject_error *err)
{
	fprintf(l->to, "canary %u\n", every);
	return reply(l, "ok", err);
}

static bool read_info(const char *word, struct exec_event_info *info)
{
	static const char *const states[] = {
		[EXEC_EVENT_OK] = "ok:",
		[EXEC_EVENT_USER] = "user:",
		[EXEC_EVENT_NONE] = "none:",
		[EXEC_EVENT_DENIED] = "denied:",
	};
	size_t i, len;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		len = strlen(states[i]);
		info->state = (enum exec_event_state)i;
		if (!strncmp(word, states[i], len))
			return sscanf(word + len, "%" SCNu64, &info->cost) == 1;
	}
	return false;
}

int launch_events(struct launch *l, const struct exec_event *events, unsigned int nr,
		  struct exec_event_info *info, struct subject_error *err)
{
	const char *at;
	unsigned int i;
	int ret;

	fputs("events", l->to);
	for (i = 0; i < nr; i++)
		fprintf(l->to, " %u:%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%s%s", events[i].type,
			events[i].config, events[i].config1, events[i].config2,
			events[i].user ? "u" : "", events[i].kernel ? "k" : "");
	fputc('\n', l->to);
	ret = reply(l, "events", err);
	if (ret)
		return ret;
	at = l->line + strlen("events");
	for (i = 0; i < nr; i++) {
		if (*at != ' ' || !read_info(at + 1, &info[i]))
			return bad_reply(l, err);
		at += 1 + strcspn(at + 1, " ");
	}
	return *at ? bad_reply(l, err) : 0;
}

int launch_timer(struct launch *l, struct exec_timer *t,
		 struct subject_error *err)
{
	double cost, tick;
	int ret;

	fputs("timer\n", l->to);
	ret = reply(l, "timer ", err);
	if (ret)
		return ret;
	if (sscanf(l->line, "timer %lf %lf", &cost, &tick) != 2)
		return bad_reply(l, err);
	t->cost_ps = (uint64_t)(cost * 1000 + 0.5);
	t->tick_ps = (uint64_t)(tick * 1000 + 0.5);
	return 0;
}

int launch_counters(struct launch *l, uint32_t id, struct subject_counters *c,
		    struct subject_error *err)
{
	int ret;

	fprintf(l->to, "counters %u\n", id);
	ret = reply(l, "counters ", err);
	if (ret)
		return ret;
	ret = sscanf(l->line,
		     "counters %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		     " %" SCNu64 " %" SCNu64,
		     &c->commands, &c->syncs, &c->errors, &c->repeats,
		     &c->attaches, &c->timeouts);
	return ret == 6 ? 0 : bad_reply(l, err);
}

/* " %VALUE:ENABLED:RUNNING", to the end of the line. */
static int parse_counts(const char *at, struct exec_sample *s)
{
	static const char form[] = " %%%" SCNu64 ":%" SCNu64 ":%" SCNu64 "%n";

	s->nr_counts = 0;
	while (*at && s->nr_counts < EXEC_MAX_EVENTS) {
		struct exec_count *c = &s->counts[s->nr_counts];
		int n = 0;

		if (sscanf(at, form, &c->value, &c->enabled_ns, &c->running_ns, &n) != 3)
			return -EPROTO;
		s->nr_counts++;
		at += n;
	}
	return *at ? -EPROTO : 0;
}

static int parse_block(struct launch *l, const struct launch_sink *sink)
{
	struct exec_count counts[EXEC_MAX_EVENTS];
	struct exec_sample s = { .step.kind = EXEC_BLOCK, .counts = counts };
	struct exec_part *parts = NULL;
	char *at;
	int used = 0;

	if (sscanf(l->line,
		   "B %u %u %u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   "%n",
		   &s.step.round, &s.step.pos, &s.step.cell, &s.ops, &s.ns,
		   &s.reclaim_ns, &s.ivcsw, &used) != 7)
		return -EPROTO;
	for (at = l->line + used; *at == ' ' && at[1] != '@' && at[1] != '%';) {
		struct exec_part part,
			*p = realloc(parts, (s.nr_parts + 1) * sizeof(*p));
		int n = 0;

		if (p)
			parts = p;
		if (!p ||
		    sscanf(at, " %" SCNu64 ":%" SCNd64 ":%" SCNd64 "%n",
			   &part.ops, &part.start_ns, &part.stop_ns, &n) != 3) {
			free(parts);
			return -EPROTO;
		}
		parts[s.nr_parts++] = part;
		at += n;
	}
	used = 0;
	if ((at[0] && at[1] == '@' &&
	     sscanf(at, " @%" SCNu64 ":%" SCNu64 ":%" SCNu64 "%n", &s.attaches,
		    &s.attach_ns, &s.attacher_ns, &used) != 3) ||
	    parse_counts(at + used, &s)) {
		free(parts);
		return -EPROTO;
	}
	s.parts = parts;
	s.step.iters = s.ops;
	if (sink->block)
		sink->block(sink->arg, &s);
	free(parts);
	return 0;
}

static int parse_ops(struct launch *l, const struct launch_sink *sink)
{
	struct exec_sample s = { .step.kind = EXEC_OP };
	size_t max = strlen(l->line) / 2 + 1;
	char *at, *end;
	int used = 0;

	if (sscanf(l->line, "O %u %u %u %" SCNu64 "%n", &s.step.round,
		   &s.step.pos, &s.step.cell, &s.ivcsw, &used) != 4)
		return -EPROTO;
	s.op_ns = calloc(max, sizeof(*s.op_ns));
	if (!s.op_ns)
		return -ENOMEM;
	for (at = l->line + used; *at == ' '; at = end) {
		unsigned long ns = strtoul(at + 1, &end, 10);

		if (end == at + 1)
			break;
		s.op_ns[s.nr_ops++] = (uint32_t)ns;
	}
	s.ops = s.nr_ops;
	if (sink->op)
		sink->op(sink->arg, &s);
	free(s.op_ns);
	return *at ? -EPROTO : 0;
}

static int parse_canary(struct launch *l, const struct launch_sink *sink)
{
	double add, pingpong;
	struct exec_canary k;

	if (sscanf(l->line, "K %u %lf %lf", &k.round, &add, &pingpong) != 3)
		return -EPROTO;
	k.add_ps = (uint64_t)(add * 1000 + 0.5);
	k.pingpong_ps = (uint64_t)(pingpong * 1000 + 0.5);
	if (sink->canary)
		sink->canary(sink->arg, &k);
	return 0;
}

int launch_go(struct launch *l, const struct exec_step *steps, size_t nr_steps,
	      const struct launch_sink *sink, struct subject_error *err)
{
	size_t i;
	int ret;

	for (i = 0; i < nr_steps; i++) {
		const struct exec_step *st = &steps[i];

		fprintf(l->to, "step %u %u %u %c %" PRIu64, st->round, st->pos,
			st->cell, st->kind, st->iters);
		if (st->kind == EXEC_OP)
			fprintf(l->to, " %" PRIu64, st->every);
		fputc('\n', l->to);
	}
	fputs("go\n", l->to);
	ret = hand_over(l, err);
	if (ret)
		return ret;
	for (;;) {
		if (read_line(l, err))
			return -EPIPE;
		if (!strcmp(l->line, "ok"))
			return 0;
		if (!strncmp(l->line, "error ", 6)) {
			snprintf(err->msg, sizeof(err->msg), "%.200s",
				 l->line + 6);
			return -EINVAL;
		}
		if (is_probe(l))
			return broke_off(l, err);
		if (sink->raw)
			sink->raw(sink->arg, l->line);
		if (*l->line == 'B')
			ret = parse_block(l, sink);
		else if (*l->line == 'O')
			ret = parse_ops(l, sink);
		else if (*l->line == 'K')
			ret = parse_canary(l, sink);
		else
			ret = -EPROTO;
		if (ret)
			return bad_reply(l, err);
	}
}
