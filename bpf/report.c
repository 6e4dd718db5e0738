// SPDX-License-Identifier: GPL-2.0-or-later
/* The counts as lines; what isn't there isn't said. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "cmdq_sync.h"
#include "cmdq_sync.skel.h"
#include "probe.h"

static const char *const kinds[] = { "sync", "nosync", "inv_range", "attach" };

static const char *const losses[] = { "queue", "early", "row", "entry",
				      "exit" };

static void put_hist(const struct probe_hist *h, unsigned int key,
		     unsigned int cpu, const char *kind)
{
	bool any = false;
	unsigned int b;

	for (b = 0; b < PROBE_BUCKETS; b++) {
		uint64_t n = h->bucket[b];

		if (!n)
			continue;
		if (!any)
			printf("time %u %u %s %" PRIu64 " %" PRIu64 " %" PRIu64
			       " %" PRIu64,
			       key, cpu, kind, (uint64_t)h->sum,
			       (uint64_t)h->max, (uint64_t)h->failed,
			       (uint64_t)h->timed_out);
		any = true;
		printf(" %u:%" PRIu64, b, n);
	}
	if (any)
		putchar('\n');
}

static void put_counts(const __u64 *counts, unsigned int n, unsigned int key,
		       unsigned int cpu, const char *what)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!counts[i])
			continue;
		if (!any)
			printf("%s %u %u", what, key, cpu);
		any = true;
		printf(" %u:%" PRIu64, i, (uint64_t)counts[i]);
	}
	if (any)
		putchar('\n');
}

static void put_row(const struct probe_row *row, unsigned int key,
		    unsigned int cpu)
{
	unsigned int k;

	for (k = 0; k < PROBE_NR_KINDS; k++)
		put_hist(&row->kind[k], key, cpu, kinds[k]);
	put_counts(row->commands, PROBE_MAX_COMMANDS, key, cpu, "commands");
	put_counts(row->opcode, 256, key, cpu, "opcodes");
	put_counts(row->producers, PROBE_MAX_PRODUCERS, key, cpu, "producers");
	if (row->full || row->queue_ns || row->migrated)
		printf("more %u %u %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", key,
		       cpu, (uint64_t)row->full, (uint64_t)row->queue_ns,
		       (uint64_t)row->migrated);
}

static void put_queues(const struct cmdq_sync_bpf *s)
{
	unsigned int i;

	for (i = 0; i < PROBE_QUEUE_HASH; i++) {
		const struct probe_queue *q = &s->bss->queues[i];

		if (!q->key)
			continue;
		printf("queue %u %u %s ", (unsigned int)q->key,
		       (unsigned int)q->shift, q->own ? "cmdq" : "vcmdq");
		if (*q->name)
			printf("%s\n", q->name);
		else
			printf("smmu%u\n", (unsigned int)q->number);
	}
}

/*
 * What the kernel says of a link of a kprobe (struct bpf_link_info since 6.7, which older
 * headers haven't got).
 */
struct kprobe_info {
	__u32 type, id, prog_id, pad;
	__u32 event_type, pad2;
	__u64 func_name;
	__u32 name_len, offset;
	__u64 addr, missed, cookie, room[8];
};

/* Hits that the kernel had no room for: of a kretprobe, of one inside another. */
static uint64_t missed(const struct probe *p)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < p->nr_links; i++) {
		struct kprobe_info info = { 0 };
		__u32 len = sizeof(info);
		int fd = bpf_link__fd(p->link[i]);

		if (fd >= 0 &&
		    !bpf_obj_get_info_by_fd(fd, (struct bpf_link_info *)&info,
					    &len) &&
		    info.type == BPF_LINK_TYPE_PERF_EVENT)
			sum += info.missed;
	}
	return sum;
}

/* Runs that the kernel itself left out: a program isn't run inside itself. */
static uint64_t recursion(const struct probe *p)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < p->nr_instances; i++) {
		struct bpf_program *prog;

		bpf_object__for_each_program(prog, p->instance[i]->obj)
		{
			struct bpf_prog_info info = { 0 };
			__u32 len = sizeof(info);
			int fd = bpf_program__fd(prog);

			if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len))
				sum += info.recursion_misses;
		}
	}
	return sum;
}

void probe_report(struct probe *p, double seconds)
{
	const struct cmdq_sync_bpf *s = p->instance[0];
	uint64_t inside = recursion(p), hits = missed(p);
	unsigned int keys = p->keys, key, cpu, i;

	printf("at %.6f\n", seconds);
	if (!p->options.cells) {
		put_queues(s);
		/* rows that nobody writes aren't touched */
		keys = s->bss->nr_queues + 1 < keys ? s->bss->nr_queues + 1 : keys;
	}
	for (key = 0; key < keys; key++)
		for (cpu = 0; cpu < p->cpus; cpu++)
			put_row(&p->rows[(size_t)key * p->cpus + cpu], key,
				cpu);
	for (i = 0; i < PROBE_NR_LOSSES; i++)
		if (s->bss->losses[i])
			printf("lost %s %" PRIu64 "\n", losses[i],
			       (uint64_t)s->bss->losses[i]);
	if (inside)
		printf("lost recursion %" PRIu64 "\n", inside);
	if (hits)
		printf("lost missed %" PRIu64 "\n", hits);
}
