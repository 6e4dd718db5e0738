/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls in flight, and the rows that they are counted in: the part of cmdq_sync.bpf.c that
 * knows nothing of SMMUs. It uses the maps and variables that stand before its inclusion.
 */
#ifndef BPF_CALLS_H
#define BPF_CALLS_H

/* ---- calls in flight ----------------------------------------------------- */

static __always_inline void count(__u64 *what)
{
	__sync_fetch_and_add(what, 1);
}

/* In the last place what is beyond it. */
static __always_inline void count_at(__u64 *counts, __u64 at, __u64 nr)
{
	/* The verifier follows the one register, not what the compiler knows besides. */
	barrier_var(at);
	if (at >= nr)
		at = nr - 1;
	barrier_var(at);
	count(&counts[at]);
}

static __always_inline __u32 this_cpu(void)
{
	return bpf_get_smp_processor_id() & (PROBE_MAX_CPUS - 1);
}

/*
 * A place for a call. The oldest one gives way where all are taken: its exit was missed,
 * for the kernel doesn't run a program inside itself.
 */
static __always_inline struct probe_call *claim(enum probe_role role, __u64 key)
{
	struct probe_call *c = calls[this_cpu()].call[role], *oldest = c;
	int i;

	if (!counting)
		return NULL;
	for (i = 0; i < PROBE_CALLS; i++, c++) {
		if (c->key == key) {
			count(&losses[PROBE_LOST_EXIT]);
			return c;
		}
		if (!c->key && !__sync_val_compare_and_swap(&c->key, 0, key))
			return c;
		if (c->start < oldest->start)
			oldest = c;
	}
	count(&losses[PROBE_LOST_EXIT]);
	__sync_lock_test_and_set(&oldest->key, key);
	return oldest;
}

struct search {
	__u64 key;
	enum probe_role role;
	__u32 cpu, at;
	bool found;
};

static long look_at_cpu(__u32 cpu, struct search *s)
{
	struct probe_call *c;
	int i;

	if (cpu >= PROBE_MAX_CPUS || s->role >= PROBE_NR_ROLES)
		return 1;
	c = calls[cpu].call[s->role];
	for (i = 0; i < PROBE_CALLS; i++) {
		if (c[i].key != s->key)
			continue;
		s->cpu = cpu;
		s->at = i;
		s->found = true;
		return 1;
	}
	return 0;
}

/* It began on another CPU, or before we did. */
static __noinline struct probe_call *search(enum probe_role role, __u64 key, bool *migrated)
{
	struct search s = { .key = key, .role = role };

	bpf_loop(nr_cpus, look_at_cpu, &s, 0);
	if (!s.found || s.cpu >= PROBE_MAX_CPUS || s.at >= PROBE_CALLS || role >= PROBE_NR_ROLES) {
		if (counting)
			count(&losses[PROBE_LOST_ENTRY]);
		return NULL;
	}
	*migrated = true;
	return &calls[s.cpu].call[role][s.at];
}

static __always_inline struct probe_call *find(enum probe_role role, __u64 key, bool *migrated)
{
	struct probe_call *c = calls[this_cpu()].call[role];
	int i;

	*migrated = false;
	for (i = 0; i < PROBE_CALLS; i++, c++)
		if (c->key == key)
			return c;
	return search(role, key, migrated);
}

/* ---- rows ---------------------------------------------------------------- */

static __always_inline __u32 bucket_of(__u64 v)
{
	__u32 shift = 0;
	__u64 top = v >> PROBE_SUB_BITS;

	if (!top)
		return (__u32)v;
	if (top >> 32) {
		shift += 32;
		top >>= 32;
	}
	if (top >> 16) {
		shift += 16;
		top >>= 16;
	}
	if (top >> 8) {
		shift += 8;
		top >>= 8;
	}
	if (top >> 4) {
		shift += 4;
		top >>= 4;
	}
	if (top >> 2) {
		shift += 2;
		top >>= 2;
	}
	shift += top >> 1;
	if (shift >= PROBE_OCTAVES)
		return PROBE_BUCKETS - 1;
	return ((shift + 1) << PROBE_SUB_BITS) + ((v >> shift) & (PROBE_SUB - 1));
}

/* A place in the row that the verifier can follow: not one computed from a bool. */
static __always_inline struct probe_hist *hist_of(struct probe_row *row, bool sync)
{
	struct probe_hist *h = &row->kind[PROBE_NOSYNC];

	if (sync)
		h = &row->kind[PROBE_SYNC];
	barrier_var(h);
	return h;
}

static __always_inline struct probe_row *row_of(__u32 key)
{
	__u32 index = key * nr_cpus + this_cpu();
	struct probe_row *row = NULL;

	if (this_cpu() < nr_cpus)
		row = bpf_map_lookup_elem(&rows, &index);
	if (!row)
		count(&losses[PROBE_LOST_ROW]);
	return row;
}

static __always_inline void add_time(struct probe_hist *h, __u64 ns, long ret)
{
	__u64 max;
	int i;

	count_at(h->bucket, bucket_of(ns), PROBE_BUCKETS);
	__sync_fetch_and_add(&h->sum, ns);
	/* Again when somebody came between; each time it is higher. */
	for (i = 0; i < 3; i++) {
		max = h->max;
		if (ns <= max || __sync_val_compare_and_swap(&h->max, max, ns) == max)
			break;
	}
	if (ret < 0) {
		count(&h->failed);
		if (ret == -ETIMEDOUT)
			count(&h->timed_out);
	}
}

#endif
