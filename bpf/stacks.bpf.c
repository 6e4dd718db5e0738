// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counts stacks of the kernel, at each overflow of an event of a CPU. A software clock
 * comes by an interrupt: where those are off, it is late, and finds who let it in.
 */
#include <linux/bpf.h>
#include <linux/errno.h>

#include <bpf/bpf_helpers.h>

#include "stacks.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, STACKS_MAX);
	__type(key, struct stacks_key);
	__type(value, __u64);
} stacks SEC(".maps");

/* Too large for a stack of BPF; no sample interrupts another one of its CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stacks_key);
} scratch SEC(".maps");

__u64 counts[STACKS_NR_COUNTS];

static __always_inline int count(__u64 *what)
{
	__sync_fetch_and_add(what, 1);
	return 0;
}

SEC("perf_event")
int stacks_sample(void *ctx)
{
	const __u64 one = 1;
	__u32 zero = 0;
	struct stacks_key *key;
	__u64 *had;
	long len;

	if (!(__u32)bpf_get_current_pid_tgid())
		return count(&counts[STACKS_IDLE]);
	key = bpf_map_lookup_elem(&scratch, &zero);
	if (!key)
		return 0;
	__builtin_memset(key, 0, sizeof(*key));
	bpf_get_current_comm(key->comm, sizeof(key->comm));
	len = bpf_get_stack(ctx, key->ip, sizeof(key->ip), 0);
	if (len < 0)
		return count(&counts[STACKS_UNREAD]);
	had = bpf_map_lookup_elem(&stacks, key);
	/* another CPU may be the first: then there is one to add to */
	if (!had && !bpf_map_update_elem(&stacks, key, &one, BPF_NOEXIST))
		return 0;
	if (!had)
		had = bpf_map_lookup_elem(&stacks, key);
	return count(had ? had : &counts[STACKS_FULL]);
}
