// SPDX-License-Identifier: GPL-2.0-or-later
/* A program for each way to watch: it counts the calls of whoever loaded it. */
#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>
#include <linux/ptrace.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tryout.h"

char LICENSE[] SEC("license") = "GPL";

struct task_struct___probe {
	int tgid;
} __attribute__((preserve_access_index));

const volatile __u32 own_tgid;
__u32 calls[NR_TRIES];

static __always_inline int count(enum tryout f)
{
	if (bpf_get_current_pid_tgid() >> 32 == own_tgid)
		__sync_fetch_and_add(&calls[f], 1);
	return 0;
}

SEC("fentry")
int BPF_PROG(try_fentry)
{
	return count(TRY_FENTRY);
}

SEC("fexit")
int BPF_PROG(try_fexit)
{
	return count(TRY_FEXIT);
}

SEC("kprobe")
int try_kprobe(struct pt_regs *ctx)
{
	return count(TRY_KPROBE);
}

SEC("kretprobe")
int try_kretprobe(struct pt_regs *ctx)
{
	return count(TRY_KRETPROBE);
}

SEC("uprobe")
int try_uprobe(struct pt_regs *ctx)
{
	return count(TRY_UPROBE);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(try_tp_btf)
{
	return count(TRY_TP_BTF);
}

/* The kernel's memory: its word for who we are must be ours. */
SEC("raw_tp/sched_switch")
int try_read_kernel(void *ctx)
{
	const struct task_struct___probe *task =
		(const void *)bpf_get_current_task();

	if ((__u32)BPF_CORE_READ(task, tgid) == own_tgid)
		count(TRY_READ_KERNEL);
	return 0;
}

SEC("perf_event")
int try_perf_event(struct bpf_perf_event_data *ctx)
{
	return count(TRY_PERF_EVENT);
}
