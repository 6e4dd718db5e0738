// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a pair of probes costs: rounds of a system call that does nothing, with the
 * programs on it and without, in turns, so that a state of the machine meets both.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "cmdq_sync.h"
#include "cmdq_sync.skel.h"
#include "probe.h"

#if defined(__aarch64__)
#define CHEAP "__arm64_sys_getppid"
#else
#define CHEAP "__x64_sys_getppid"
#endif

#define ROUNDS	 7
#define BLOCKS	 5 /* of a side in a round: the fastest is the undisturbed one */
#define BLOCK_NS 2e6

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ns a call */
static double block(unsigned int calls)
{
	double start = now_ns();
	unsigned int i;

	for (i = 0; i < calls; i++)
		syscall(SYS_getppid);
	return (now_ns() - start) / calls;
}

static double fastest(unsigned int calls)
{
	double ns = block(calls), again;
	unsigned int i;

	for (i = 1; i < BLOCKS; i++) {
		again = block(calls);
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

struct pair {
	struct bpf_program *enter, *exit;
	struct bpf_link *links[2];
	bool kprobe;
};

static void detach(struct pair *d)
{
	bpf_link__destroy(d->links[0]);
	bpf_link__destroy(d->links[1]);
	d->links[0] = d->links[1] = NULL;
}

static int attach(struct pair *d)
{
	if (d->kprobe) {
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
	unsigned int calls = (unsigned int)(BLOCK_NS / block(1000)) + 100, r;
	double added[ROUNDS], with, without;

	for (r = 0; r < ROUNDS; r++) {
		/* the other way round each time */
		if (r % 2)
			without = fastest(calls);
		if (attach(d))
			return probe_fail(p, "can't attach to " CHEAP ": %s",
					  strerror(errno));
		with = fastest(calls);
		detach(d);
		if (!(r % 2))
			without = fastest(calls);
		added[r] = with - without;
	}
	cost->added_ns = median(added, ROUNDS);
	cost->inside_ns = seen_ns(p);
	return 0;
}

static int load_pair(struct probe *p, struct pair *d)
{
	struct cmdq_sync_bpf *s = probe_instance(p, NULL);

	if (!s)
		return -1;
	/* places of another driver's structs: as good, and there on any kernel */
	s->rodata->own_layout = true;
	s->rodata->arg_cmdq = 1;
	d->enter = d->kprobe ? s->progs.kprobe_cost : s->progs.fentry_cost;
	d->exit = d->kprobe ? s->progs.kretprobe_cost : s->progs.fexit_cost;
	bpf_program__set_autoload(d->enter, true);
	bpf_program__set_autoload(d->exit, true);
	if ((!d->kprobe &&
	     (bpf_program__set_attach_target(d->enter, 0, CHEAP) ||
	      bpf_program__set_attach_target(d->exit, 0, CHEAP))) ||
	    cmdq_sync_bpf__load(s))
		return probe_fail(p, "can't load the programs: %s",
				  strerror(errno));
	return probe_map_rows(p);
}

int probe_measure_cost(enum probe_method method, struct probe_cost *cost,
		       char *why, size_t len)
{
	struct pair d = { .kprobe = method == PROBE_KPROBE };
	struct probe p = { .cpus = (unsigned int)libbpf_num_possible_cpus(),
			   .keys = 4 };
	int ret = load_pair(&p, &d) || measure(&p, &d, cost) ? -1 : 0;

	if (ret)
		snprintf(why, len, "%s", p.err);
	probe_free(&p);
	return ret;
}
