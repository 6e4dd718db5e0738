// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What probes cost: rounds of a system call that does nothing, or of a USDT of our own,
 * with the programs on it and without, in turns, so that a state of the machine meets both.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define HAS_SDT 1
#else
#define HAS_SDT 0 /* guests have no USDT */
#endif

#include "cmdq_sync.h"
#include "cmdq_sync.skel.h"
#include "probe.h"

#if defined(__aarch64__)
#define CHEAP "__arm64_sys_getpgid"
#else
#define CHEAP "__x64_sys_getpgid"
#endif

#define ROUNDS	 5
#define BLOCKS	 5 /* of a side in a round: the fastest is the undisturbed one */
#define BLOCK_NS 2e6

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

struct pair {
	struct bpf_program *enter, *exit;
	struct bpf_link *links[2];
	enum probe_method method;
};

static void hit_usdt(void)
{
#if HAS_SDT
	DTRACE_PROBE4(invbench, cost, 1L, 1L, 0L, 0L);
#endif
}

/* ns a call */
static double block(const struct pair *d, unsigned int calls)
{
	double start = now_ns();
	unsigned int i;

	for (i = 0; i < calls; i++) {
		if (d->method == PROBE_USDT)
			hit_usdt();
		else
			syscall(SYS_getpgid, 0);
	}
	return (now_ns() - start) / calls;
}

static double fastest(const struct pair *d, unsigned int calls)
{
	double ns = block(d, calls), again;
	unsigned int i;

	for (i = 1; i < BLOCKS; i++) {
		again = block(d, calls);
		if (again < ns)
			ns = again;
	}
	return ns;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / 2];
}

static void detach(struct pair *d)
{
	bpf_link__destroy(d->links[0]);
	bpf_link__destroy(d->links[1]);
	d->links[0] = d->links[1] = NULL;
}

static int attach(struct pair *d)
{
	if (d->method == PROBE_USDT) {
		d->links[0] = bpf_program__attach_usdt(
			d->enter, getpid(), "/proc/self/exe", "invbench",
			"cost", NULL);
		return d->links[0] ? 0 : -1;
	}
	if (d->method == PROBE_KPROBE) {
		d->links[1] = bpf_program__attach_kprobe(d->exit, true, CHEAP);
		d->links[0] = bpf_program__attach_kprobe(d->enter, false, CHEAP);
	} else {
		d->links[1] = bpf_program__attach(d->exit);
		d->links[0] = bpf_program__attach(d->enter);
	}
	if (d->links[0] && d->links[1])
		return 0;
	detach(d);
	return -1;
}

/* The median of what the programs took for the time of an empty function. */
static double seen_ns(const struct probe *p)
{
	uint64_t total = 0, half = 0;
	unsigned int b, cpu, k;
	uint64_t sum[PROBE_BUCKETS] = { 0 };

	for (k = 0; k < p->keys; k++)
		for (cpu = 0; cpu < p->cpus; cpu++)
			for (b = 0; b < PROBE_BUCKETS; b++)
				sum[b] += p->rows[k * p->cpus + cpu]
						  .kind[PROBE_SYNC]
						  .bucket[b];
	for (b = 0; b < PROBE_BUCKETS; b++)
		total += sum[b];
	for (b = 0; b < PROBE_BUCKETS; b++) {
		half += sum[b];
		if (2 * half >= total)
			break;
	}
	/* its upper end, so that what is marked is marked on the safe side */
	return (double)probe_bucket_low(b + 1);
}

static int measure(struct probe *p, struct pair *d, struct probe_cost *cost)
{
	/* of a USDT by what its hits take, a NOP being nothing */
	double guess = d->method == PROBE_USDT ? 1000 : block(d, 1000);
	unsigned int calls = (unsigned int)(BLOCK_NS / guess) + 100, r;
	double added[ROUNDS], with, without;

	for (r = 0; r < ROUNDS; r++) {
		/* the other way round each time */
		if (r % 2)
			without = fastest(d, calls);
		if (attach(d))
			return probe_fail(p, "can't attach to %s: %s",
					  d->method == PROBE_USDT ?
						  "a USDT of our own" :
						  CHEAP,
					  strerror(errno));
		with = fastest(d, calls);
		detach(d);
		if (!(r % 2))
			without = fastest(d, calls);
		added[r] = with - without;
	}
	cost->added_ns = median(added, ROUNDS);
	/* who fires a USDT has timed before: what it takes isn't in that */
	cost->inside_ns = d->method == PROBE_USDT ? 0 : seen_ns(p);
	return 0;
}

static int load_pair(struct probe *p, struct pair *d)
{
	struct cmdq_sync_bpf *s = probe_instance(p, NULL, NULL);

	if (!s)
		return -1;
	/* places of another driver's structs: as good, and there on any kernel */
	s->rodata->own_layout = true;
	s->rodata->arg_cmdq = 1;
	switch (d->method) {
	case PROBE_USDT:
		d->enter = s->progs.user_cmdlist;
		d->exit = NULL;
		break;
	case PROBE_KPROBE:
		d->enter = s->progs.kprobe_cost;
		d->exit = s->progs.kretprobe_cost;
		break;
	default:
		d->enter = s->progs.fentry_cost;
		d->exit = s->progs.fexit_cost;
	}
	bpf_program__set_autoload(d->enter, true);
	if (d->exit)
		bpf_program__set_autoload(d->exit, true);
	if ((d->method == PROBE_FENTRY &&
	     (bpf_program__set_attach_target(d->enter, 0, CHEAP) ||
	      bpf_program__set_attach_target(d->exit, 0, CHEAP))) ||
	    cmdq_sync_bpf__load(s))
		return probe_fail(p, "can't load the programs: %s",
				  strerror(errno));
	probe_count(p, true);
	return probe_map_rows(p);
}

int probe_measure_cost(enum probe_method method, struct probe_cost *cost,
		       char *why, size_t len)
{
	struct pair d = { .method = method };
	struct probe p = { .cpus = probe_cpus("/sys/devices/system/cpu/possible"),
			   .keys = 4 };
	int ret = load_pair(&p, &d) || measure(&p, &d, cost) ? -1 : 0;

	if (ret)
		snprintf(why, len, "%s", p.err);
	probe_free(&p);
	return ret;
}
