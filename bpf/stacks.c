// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench-probe stacks: samples all CPUs and says what the kernel did, in folded lines:
 *
 *	TASK;OUTER;...;INNER COUNT     NAME, or NAME_[MODULE]; with --offsets
 *	                               NAME+0xOFFSET_[MODULE], in the module's .text;
 *	                               of one that has gone always, and without NAME
 *	TASK;[user] COUNT
 *	# KEY VALUE                    samples, user, cut, idle, unread, full, cpus, hz,
 *	                               seconds
 *	error WHY                      instead
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "kallsyms.h"
#include "probe.h"
#include "stacks.h"
#include "stacks.skel.h"

#define POLL_US 50000
#define END_SECONDS 2

struct sampler {
	unsigned int hz;
	double duration;
	const char *out;
	bool offsets;
	char **command;

	struct stacks_bpf *skel;
	struct bpf_link **links;
	int cpus, running;
	struct kallsyms *symbols;
	char err[400];
};

enum { KEY_DURATION = 256, KEY_HZ, KEY_OFFSETS, KEY_OUT };

static const struct argp_option options[] = {
	{ "hz", KEY_HZ, "N", 0, "samples a second and CPU (999)", 0 },
	{ "duration", KEY_DURATION, "S", 0, "0: until COMMAND ends (0)", 0 },
	{ "out", KEY_OUT, "FILE", 0, "for the lines; the output is COMMAND's then", 0 },
	{ "offsets", KEY_OFFSETS, NULL, 0, "of modules: where in their .text", 0 },
	{ 0 }
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct sampler *s = state->input;
	char *end;

	switch (key) {
	case KEY_HZ:
		s->hz = (unsigned int)strtoul(arg, &end, 10);
		if (!*arg || *end || !s->hz || s->hz > 100000)
			argp_error(state, "--hz %s: 1 to 100000", arg);
		return 0;
	case KEY_DURATION:
		s->duration = strtod(arg, &end);
		if (!*arg || *end || !(s->duration >= 0 && s->duration <= 1e6))
			argp_error(state, "--duration %s: seconds, 0 to 1000000", arg);
		return 0;
	case KEY_OUT:
		s->out = arg;
		return 0;
	case KEY_OFFSETS:
		s->offsets = true;
		return 0;
	case ARGP_KEY_ARG:
		/* the rest is the command's */
		s->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!s->command && s->duration <= 0)
			argp_error(state, "stacks: a COMMAND, or --duration");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int fail(struct sampler *s, const char *what, int err)
{
	snprintf(s->err, sizeof(s->err), "%s: %s", what, strerror(err));
	return -1;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- sampling ------------------------------------------------------------ */

static int sample_cpu(struct sampler *s, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.freq = 1,
		.sample_freq = s->hz,
	};
	long fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	/* one that is offline */
	if (fd < 0 && errno == ENODEV)
		return 0;
	if (fd < 0)
		return fail(s, "perf_event_open", errno);
	s->links[cpu] = bpf_program__attach_perf_event(s->skel->progs.stacks_sample, (int)fd);
	if (!s->links[cpu]) {
		close((int)fd);
		return fail(s, "the sampler doesn't attach to cpu-clock", errno);
	}
	s->running++;
	return 0;
}

static int begin(struct sampler *s)
{
	int cpu, ret;

	s->symbols = kallsyms_new();
	ret = s->symbols ? kallsyms_watch(s->symbols) : -ENOMEM;
	if (!ret)
		ret = kallsyms_check();
	if (ret == -EPERM) {
		snprintf(s->err, sizeof(s->err),
			 "the kernel hides its symbols: sysctl kernel.kptr_restrict=1");
		return -1;
	}
	if (ret)
		return fail(s, "/proc/kallsyms", -ret);
	s->skel = stacks_bpf__open_and_load();
	if (!s->skel)
		return fail(s, "the sampler doesn't load", errno);
	s->cpus = libbpf_num_possible_cpus();
	s->links = calloc((size_t)s->cpus, sizeof(*s->links));
	if (!s->links)
		return fail(s, "the sampler", ENOMEM);
	for (cpu = 0; cpu < s->cpus; cpu++)
		if (sample_cpu(s, cpu))
			return -1;
	return 0;
}

static void detach(struct sampler *s)
{
	int cpu;

	for (cpu = 0; s->links && cpu < s->cpus; cpu++) {
		bpf_link__destroy(s->links[cpu]);
		s->links[cpu] = NULL;
	}
}

static pid_t start(const struct sampler *s)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (!s->out)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(s->command[0], s->command);
	fprintf(stderr, "invbench-probe: can't execute '%s': %s\n", s->command[0],
		strerror(errno));
	_exit(127);
}

/* Told to end; when it doesn't, it is ended. */
static int end_child(pid_t child)
{
	double end = seconds() + END_SECONDS;
	int status = 0;

	kill(child, SIGTERM);
	while (waitpid(child, &status, WNOHANG) != child) {
		if (seconds() > end) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			break;
		}
		usleep(POLL_US);
	}
	return status;
}

/* Until it is over. Modules are looked at while they are there. */
static int wait_for_end(struct sampler *s, double *took)
{
	double began = seconds(), end = began + s->duration;
	pid_t child = s->command ? start(s) : 0;
	int status = 0;

	while (!stopped && (!s->duration || seconds() < end)) {
		if (child && waitpid(child, &status, WNOHANG) == child) {
			child = 0;
			break;
		}
		kallsyms_watch(s->symbols);
		usleep(POLL_US);
	}
	*took = seconds() - began;
	detach(s);
	if (child)
		status = end_child(child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- what was seen -------------------------------------------------------- */

/*
 * Of a module that has gone there is no name: where it was in it. A return address is
 * behind its call, which may be a function's last instruction.
 */
static void print_name(const struct sampler *s, __u64 ip, bool returns, FILE *out)
{
	struct kallsyms_place p;

	kallsyms_find(s->symbols, ip - returns, &p);
	fprintf(out, ";%s", p.name ? p.name : p.module ? "" : "[unknown]");
	if (p.has_offset && (s->offsets || !p.name))
		fprintf(out, "+0x%llx", p.offset + returns);
	if (p.module)
		fprintf(out, "_[%s]", p.module);
}

/* Tasks that do one thing have one name: kworker/1:2-events is kworker. */
static void print_task(const char *comm, FILE *out)
{
	size_t i, len = strnlen(comm, 16);

	if (!strncmp(comm, "kworker/", 8))
		len = 7;
	for (i = 0; i < len; i++)
		fputc(comm[i] > ' ' && comm[i] < 0x7f && comm[i] != ';' ? comm[i] : '_', out);
	if (!len)
		fputs("[unnamed]", out);
}

static void print_stack(const struct sampler *s, const struct stacks_key *key,
			__u64 count, FILE *out)
{
	int i = 0;

	print_task(key->comm, out);
	while (i < STACKS_DEPTH && key->ip[i])
		i++;
	if (!i)
		fputs(";[user]", out);
	while (i-- > 0)
		print_name(s, key->ip[i], i, out);
	fprintf(out, " %llu\n", count);
}

static void report(const struct sampler *s, double took, FILE *out)
{
	const int fd = bpf_map__fd(s->skel->maps.stacks);
	static struct stacks_key key, next;
	__u64 count, samples = 0, user = 0, cut = 0;
	const void *from = NULL;

	while (!bpf_map_get_next_key(fd, from, &next)) {
		key = next;
		from = &key;
		if (bpf_map_lookup_elem(fd, &key, &count))
			continue;
		print_stack(s, &key, count, out);
		samples += count;
		if (!key.ip[0])
			user += count;
		if (key.ip[STACKS_DEPTH - 1])
			cut += count;
	}
	fprintf(out, "# samples %llu\n# user %llu\n# cut %llu\n", samples, user, cut);
	fprintf(out, "# idle %llu\n# unread %llu\n# full %llu\n",
		s->skel->bss->counts[STACKS_IDLE], s->skel->bss->counts[STACKS_UNREAD],
		s->skel->bss->counts[STACKS_FULL]);
	fprintf(out, "# cpus %d\n# hz %u\n# seconds %.3f\n", s->running, s->hz, took);
}

static int run(struct sampler *s)
{
	FILE *out = stdout;
	double took;
	int status;

	if (geteuid()) {
		snprintf(s->err, sizeof(s->err),
			 "it takes root: BPF programs that look at the kernel do");
		return 2;
	}
	if (begin(s))
		return 2;
	status = wait_for_end(s, &took);
	kallsyms_watch(s->symbols);
	if (kallsyms_read(s->symbols)) {
		fail(s, "/proc/kallsyms", errno);
		return 2;
	}
	if (s->out)
		out = fopen(s->out, "we");
	if (!out) {
		fail(s, s->out, errno);
		return 2;
	}
	report(s, took, out);
	if ((s->out ? fclose(out) : fflush(out)) != 0) {
		fail(s, s->out ? s->out : "the output", errno);
		return 2;
	}
	return s->command ? status : 0;
}

int probe_stacks(int argc, char **argv)
{
	const struct argp argp = { options, parse, "[COMMAND [ARGUMENT...]]",
				   "Samples the kernel's stacks; for invbench.",
				   NULL,    NULL,  NULL };
	struct sigaction on = { .sa_handler = stop };
	struct sampler s = { .hz = 999 };
	int ret;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &s);
	sigaction(SIGINT, &on, NULL);
	sigaction(SIGTERM, &on, NULL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	ret = run(&s);
	if (*s.err)
		printf("error %s\n", s.err);
	detach(&s);
	free(s.links);
	stacks_bpf__destroy(s.skel);
	kallsyms_free(s.symbols);
	return ret;
}
