// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench-probe: counts on one machine, and says what it counted, in lines. It judges
 * nothing; the tool does. Static, to run on a server or in a guest as it is. However it
 * ends, the kernel takes its probes away.
 *
 *   attach ROLE FUNCTION METHOD        watched: issue, inv_range, attach
 *   missing ROLE FUNCTION: WHY
 *   cost METHOD ADDED_NS INSIDE_NS     of a pair of probes, measured here
 *   ready
 *   at SECONDS                         since ready; then the counts up to now:
 *   queue KEY SHIFT cmdq|vcmdq SMMU
 *   time KEY CPU KIND SUM_NS MAX_NS FAILED TIMED_OUT BUCKET:COUNT...
 *   commands KEY CPU N:LISTS...        lists by how many commands they have
 *   opcodes KEY CPU OPCODE:COUNT...
 *   producers KEY CPU N:LISTS...       lists by how many others waited for a CMD_SYNC
 *   more KEY CPU FULL QUEUE_NS MIGRATED
 *   pmcg DEVICE EVENT COUNT SHARE      scaled: it counted a share of the time
 *   lost WHY COUNT
 *   status STATUS                      of COMMAND, where it ended by itself
 *   end                                the last counts are said
 *   error WHY                          instead
 *
 * Around a command that serves somebody (--around) they come when it has ended, each
 * behind the word "probe", and "bye" behind the last. One that loads the module itself
 * (target module) stops itself when it may be attached to, and when it must have been
 * detached from: invbench-relay does, told by INVBENCH_PROBED.
 *
 * Called with the one word features, it says what attaches here (tryout.h).
 */
#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "tryout.h"
#include "probe.h"

struct args {
	struct probe_options probe;
	double interval, duration;
	bool cost, around;
	struct probe_around out;
	char **command;
};

enum {
	KEY_AROUND = 256,
	KEY_CELLS,
	KEY_DURATION,
	KEY_INTERVAL,
	KEY_ISSUE_ONLY,
	KEY_METHOD,
	KEY_NO_COST,
	KEY_ONLY,
	KEY_QUEUES,
	KEY_TARGET,
};

static const struct argp_option options[] = {
	{ "target", KEY_TARGET, "TARGET", 0,
	  "stock, module, or worker:PROGRAM (stock)", 0 },
	{ "method", KEY_METHOD, "METHOD", 0,
	  "fentry, kprobe, or auto: what attaches, in this order (auto)", 0 },
	{ "issue-only", KEY_ISSUE_ONLY, NULL, 0,
	  "time lists of commands, not what they are issued for", 0 },
	{ "interval", KEY_INTERVAL, "S", 0,
	  "between two reports; 0: one, at the end (0)", 0 },
	{ "duration", KEY_DURATION, "S", 0,
	  "0: until COMMAND ends, or the line stop comes (0)", 0 },
	{ "queues", KEY_QUEUES, "N", 0, "with counts of their own (32)", 0 },
	{ "cells", KEY_CELLS, "N", 0, "count by cells of a run, not queues",
	  0 },
	{ "around", KEY_AROUND, NULL, 0,
	  "input and output are COMMAND's; what is counted is said at its end",
	  0 },
	{ "only", KEY_ONLY, "NAME,...", 0,
	  "of the module's queues, as lockless_model,spinlock_null (all)", 0 },
	{ "no-cost", KEY_NO_COST, NULL, 0, "don't measure the probes' own", 0 },
	{ 0 }
};

#define END_SECONDS 5 /* that a command has to end in, before it is killed */

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	if (sig != SIGCHLD)
		stopped = 1;
}

/* They come while it waits, and not between a look and the waiting. */
static void take_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	struct sigaction on = { .sa_handler = on_signal };
	sigset_t mask;
	size_t i;

	sigemptyset(&mask);
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaction(signals[i], &on, NULL);
		sigaddset(&mask, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int read_int(struct argp_state *state, const char *name, const char *arg,
		    long low, long high)
{
	char *end;
	long v = strtol(arg, &end, 10);

	if (!*arg || *end || v < low || v > high)
		argp_error(state, "%s %s: %ld to %ld", name, arg, low, high);
	return (int)v;
}

static double read_seconds(struct argp_state *state, const char *name,
			   const char *arg)
{
	char *end;
	double v = strtod(arg, &end);

	if (!*arg || *end || !(v >= 0 && v <= 1e6))
		argp_error(state, "%s %s: seconds, 0 to 1000000", name, arg);
	return v;
}

static enum probe_method read_method(struct argp_state *state, const char *arg)
{
	enum probe_method m;

	for (m = PROBE_AUTO; m <= PROBE_KPROBE; m++)
		if (!strcmp(arg, probe_method_name(m)))
			return m;
	argp_error(state, "--method %s: auto, fentry or kprobe", arg);
	return PROBE_AUTO;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_TARGET:
		if (strcmp(arg, "stock") && strcmp(arg, "module") &&
		    strncmp(arg, "worker:", 7))
			argp_error(state,
				   "--target %s: stock, module or worker:PROGRAM",
				   arg);
		a->probe.target = arg;
		return 0;
	case KEY_METHOD:
		a->probe.method = read_method(state, arg);
		return 0;
	case KEY_INTERVAL:
		a->interval = read_seconds(state, "--interval", arg);
		return 0;
	case KEY_DURATION:
		a->duration = read_seconds(state, "--duration", arg);
		return 0;
	case KEY_ISSUE_ONLY:
		a->probe.issue_only = true;
		return 0;
	case KEY_QUEUES:
		a->probe.queues = (unsigned int)read_int(
			state, "--queues", arg, 1, PROBE_MAX_QUEUES);
		return 0;
	case KEY_CELLS:
		a->probe.cells = (unsigned int)read_int(state, "--cells", arg,
							1, 1 << 16);
		return 0;
	case KEY_AROUND:
		a->around = true;
		return 0;
	case KEY_ONLY:
		a->probe.only = arg;
		return 0;
	case KEY_NO_COST:
		a->cost = false;
		return 0;
	case ARGP_KEY_ARG:
		/* the rest is the command's */
		a->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* It loads and unloads what is to be attached to. */
static bool stops_itself(const struct args *a)
{
	return a->around && !strcmp(a->probe.target, "module");
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static pid_t start(const struct args *a)
{
	char **command = a->command;
	pid_t pid = fork();
	sigset_t none;

	/* In both, whoever comes first: it is ended with all its children. */
	if (pid) {
		setpgid(pid, pid);
		return pid;
	}
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	/* bench/worker/relay.c asks for it */
	if (stops_itself(a))
		setenv("INVBENCH_PROBED", "1", 1);
	/* the output is ours, or all of it the command's */
	dup2(a->around ? a->out.out : STDERR_FILENO, STDOUT_FILENO);
	execvp(command[0], command);
	fprintf(stderr, "invbench-probe: can't execute '%s': %s\n", command[0],
		strerror(errno));
	_exit(127);
}

/**
 * struct service - a probe at work
 * @child: the command; 0: there is none, or it has ended
 * @status: of it, when it has ended
 * @attached: counting
 * @over: the last counts were said, or there will be none
 * @listens: the input may still say stop
 * @failed: nothing was counted
 */
struct service {
	struct probe *p;
	const struct args *a;
	struct probe_pmcg *pmcg;
	double begun;
	pid_t child;
	int status;
	bool attached, over, listens, failed;
};

static void report(struct service *s)
{
	probe_report(s->p, seconds() - s->begun);
	probe_pmcg_report(s->pmcg);
	fflush(stdout);
}

/* Counts before anything is detached: else calls would have one end only. */
static void finish(struct service *s)
{
	if (s->attached) {
		probe_count(s->p, false);
		report(s);
	}
	/* programs hold the module whose functions they were attached to */
	probe_free(s->p);
	s->attached = false;
	s->over = true;
}

static void say_cost(enum probe_method method)
{
	struct probe_cost cost;
	char why[256];

	if (probe_measure_cost(method, &cost, why, sizeof(why)))
		printf("missing cost %s: %s\n", probe_method_name(method), why);
	else
		printf("cost %s %.1f %.1f\n", probe_method_name(method),
		       cost.added_ns, cost.inside_ns);
}

static bool attach(struct service *s)
{
	if (probe_attach(s->p)) {
		printf("error %s\n", s->p->err);
		probe_free(s->p);
		s->over = s->failed = true;
		return false;
	}
	if (s->a->cost)
		say_cost(s->p->method);
	s->pmcg = probe_pmcg_open("/sys/bus/event_source/devices");
	puts("ready");
	fflush(stdout);
	s->attached = true;
	s->begun = seconds();
	probe_count(s->p, true);
	return true;
}

/* Whether the command has ended. One that stops itself gets what it waits for. */
static bool child_ended(struct service *s)
{
	int flags = WNOHANG | (stops_itself(s->a) ? WUNTRACED : 0);

	while (s->child && waitpid(s->child, &s->status, flags) == s->child) {
		if (!WIFSTOPPED(s->status)) {
			s->child = 0;
			return true;
		}
		if (s->attached)
			finish(s);
		else if (!s->over)
			attach(s);
		kill(s->child, SIGCONT);
	}
	return false;
}

/* What is heard on the input: whether it is to stop. */
static bool told_to_stop(struct service *s)
{
	char text[64];
	ssize_t n = read(STDIN_FILENO, text, sizeof(text));

	s->listens = n > 0;
	return n > 0 && !strncmp(text, "stop", 4);
}

/* Sleeps until a signal, the input, or @until. True: it is to stop. */
static bool wait_for_something(struct service *s, double until)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	double rest = until - seconds();
	struct timespec t = { 0 };
	sigset_t none;

	if (rest > 0) {
		t.tv_sec = (time_t)rest;
		t.tv_nsec = (long)((rest - (double)t.tv_sec) * 1e9);
	}
	sigemptyset(&none);
	return ppoll(&in, s->listens, &t, &none) > 0 && told_to_stop(s);
}

/* The command, with all its children; by force where it doesn't want to. */
static void end_child(struct service *s)
{
	double until = seconds() + END_SECONDS;

	if (!s->child)
		return;
	kill(-s->child, SIGTERM);
	s->listens = false;
	while (!child_ended(s) && s->child) {
		if (seconds() > until) {
			kill(-s->child, SIGKILL);
			until += END_SECONDS;
		}
		wait_for_something(s, seconds() + 0.1);
	}
}

static void serve(struct service *s)
{
	const struct args *a = s->a;
	double next = s->begun + a->interval, until;
	bool ended = false;

	s->listens = !a->around;
	while (!stopped && !(ended = child_ended(s))) {
		double now = seconds();

		if (a->duration && now >= s->begun + a->duration)
			break;
		if (a->interval && now >= next) {
			if (s->attached)
				report(s);
			next += a->interval;
		}
		until = a->interval ? next : now + 3600;
		if (a->duration && s->begun + a->duration < until)
			until = s->begun + a->duration;
		if (wait_for_something(s, until))
			break;
	}
	/* the module's have to be told when it may be detached from */
	if (stops_itself(a))
		end_child(s);
	if (!s->over)
		finish(s);
	end_child(s);
	if (ended)
		printf("status %d\n", WIFEXITED(s->status) ?
					      WEXITSTATUS(s->status) :
					      128 + WTERMSIG(s->status));
	if (!s->failed)
		puts("end");
	fflush(stdout);
}

static int quiet(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (!getenv("INVBENCH_PROBE_DEBUG"))
		return 0;
	(void)level;
	return vfprintf(stderr, fmt, ap);
}

static int run(const struct args *a)
{
	struct probe p = { .options = a->probe };
	struct service s = { .p = &p, .a = a, .begun = seconds() };

	if (geteuid()) {
		puts("error it takes root: BPF programs that trace the kernel do");
		return 2;
	}
	if (!stops_itself(a) && !attach(&s))
		return 2;
	if (a->command)
		s.child = start(a);
	serve(&s);
	probe_pmcg_free(s.pmcg);
	return s.failed ? 2 : 0;
}

/* Whoever would have spoken with the command: until he has nothing more to say. */
static void hear_out(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0 && strcmp(line, "quit\n") != 0)
		continue;
	free(line);
}

int main(int argc, char **argv)
{
	struct args a = { .probe = { .target = "stock", .queues = 32 },
			  .cost = true };
	const struct argp argp = { options, parse, "[COMMAND [ARGUMENT...]]",
				   "Counts command-queue syncs; for invbench.",
				   NULL,    NULL,  NULL };
	int ret;

	libbpf_set_print(quiet);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	if (argc > 1 && !strcmp(argv[1], "stacks"))
		return probe_stacks(argc - 1, argv + 1);
	if (argc == 2 && !strcmp(argv[1], "features")) {
		probe_features();
		return 0;
	}
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &a);
	take_signals();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (a.around && probe_around_begin(&a.out))
		return 2;
	ret = run(&a);
	if (a.around)
		probe_around_end(&a.out);
	/* its first request has that for an answer */
	if (a.around && ret && !stops_itself(&a))
		hear_out();
	return ret;
}
