// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Times lists of commands, invalidations of ranges, and attaches, in the stock driver,
 * in invbench.ko, and in the model queue of user space.
 *
 * Programs run with migration off but may be preempted and interrupted, also by calls
 * that they watch: calls in flight are claimed by cmpxchg, counts are atomic adds. A
 * call is known at its exit by the address of what both of its programs were given: the
 * arguments on the stack of the trampoline, which fentry and fexit share, or the stack
 * pointer of who called the function.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

#include "cmdq_sync.h"
#include "smmu_v3.h"

char LICENSE[] SEC("license") = "GPL";

/* ---- what the loader says ------------------------------------------------ */

/* Places of arguments; cmdq is -1 where the function has none: that of smmu. */
const volatile int arg_smmu, arg_cmdq = -1, arg_cmds, arg_n, arg_sync;

/*
 * Where things are, in bytes: dev and cmdq in the struct arm_smmu_device that has a cmdq,
 * for the driver of SMMUv1 and v2 has one of that name, too; the rest in structs of
 * invbench.ko, which has the stock driver's names, where own_layout says so.
 */
const volatile bool own_layout;
const volatile __u32 off_dev, off_cmdq, off_prod, off_shift, off_lock, off_index;

/* Keys are cells: the one that began last. */
const volatile bool by_cell;
const volatile __u32 nr_cpus = 1, nr_keys = 1;

/* ---- maps ---------------------------------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct probe_row);
} rows SEC(".maps");

/* arm_smmu_attach_prepare()'s time by its state; what failed is left to be replaced. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} attaches SEC(".maps");

/* Shared by all who load this: one map. */
struct probe_calls calls[PROBE_MAX_CPUS];
struct probe_queue queues[PROBE_QUEUE_HASH];
__u64 losses[PROBE_NR_LOSSES];
__u32 nr_queues, cell;

/* Set when all is attached: calls that come before aren't looked at. */
bool counting;

#include "calls.h"

/* ---- queues -------------------------------------------------------------- */

#define READ(dst, from) bpf_probe_read_kernel(&(dst), sizeof(dst), (const void *)(from))

static __always_inline __u64 off(__u32 own, __u64 stock)
{
	return own_layout ? own : stock;
}

#define STOCK(type, field) bpf_core_field_offset(((struct type *)0)->field)

static __noinline int name_queue(struct probe_queue *q)
{
	const struct device___probe *dev = NULL;
	const char *name;

	if (!q)
		return 0;
	if (own_layout) {
		READ(q->number, q->smmu + off_index);
		return 0;
	}
	READ(dev, q->smmu + off_dev);
	name = BPF_CORE_READ(dev, kobj.name);
	if (!name)
		name = BPF_CORE_READ(dev, init_name);
	bpf_probe_read_kernel_str(q->name, sizeof(q->name), name);
	return 0;
}

static __always_inline __u64 own_queue(__u64 smmu)
{
	return smmu + off_cmdq;
}

static __always_inline __u32 shift_of(__u64 cmdq)
{
	__u32 shift = 0;

	READ(shift, cmdq + off(off_shift, STOCK(arm_smmu_cmdq___v3, q.llq.max_n_shift)));
	return shift;
}

/* A place in a hash table from which nothing is ever taken. */
static __always_inline struct probe_queue *queue_of(__u64 smmu, __u64 cmdq)
{
	/* Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4): 9 bits of it */
	__u32 at = (cmdq * 0x9e3779b97f4a7c15ULL) >> 55, i, key;
	struct probe_queue *q;
	__u64 had;

	for (i = 0; i < 8; i++) {
		q = &queues[(at + i) & (PROBE_QUEUE_HASH - 1)];
		had = q->cmdq;
		if (!had) {
			had = __sync_val_compare_and_swap(&q->cmdq, 0, cmdq);
			if (!had)
				goto ours;
		}
		if (had == cmdq)
			return q;
	}
	return NULL;
ours:
	q->smmu = smmu;
	q->shift = shift_of(cmdq);
	q->own = cmdq == own_queue(smmu);
	name_queue(q);
	key = __sync_fetch_and_add(&nr_queues, 1) + 1;
	if (key < nr_keys)
		q->key = key;
	/* Last, and a full barrier: who finds it set finds the rest. */
	__sync_lock_test_and_set(&q->published,
				 PROBE_PUBLISHED | q->key << 8 | (q->shift & 0xff));
	return q;
}

/* The key of a queue's rows; its shift. PROBE_KEY_NONE, and counted why, if it has none. */
static __always_inline __u32 key_of(__u64 smmu, __u64 cmdq, __u32 *shift)
{
	struct probe_queue *q = queue_of(smmu, cmdq);
	__u32 published = q ? *(volatile __u32 *)&q->published : 0, key;

	if (!published) {
		*shift = shift_of(cmdq);
		count(&losses[q ? PROBE_LOST_EARLY : PROBE_LOST_QUEUE]);
		return PROBE_KEY_NONE;
	}
	*shift = published & 0xff;
	key = (published & ~PROBE_PUBLISHED) >> 8;
	if (!key)
		count(&losses[PROBE_LOST_QUEUE]);
	return key;
}

/* ---- a list of commands -------------------------------------------------- */

/* What stands in the queue's words when a list comes. */
static __always_inline void look_at_queue(struct probe_call *c, __u64 cmdq, __u32 shift)
{
	__u32 lock = 0, mask = (1U << (shift & 31)) - 1, room, prod, cons;
	__u64 val = 0;

	/* llq.val: prod, and cons behind it */
	READ(val, cmdq + off(off_prod, STOCK(arm_smmu_cmdq___v3, q.llq.prod)));
	prod = (__u32)val;
	cons = (__u32)(val >> 32);
	READ(lock, cmdq + off(off_lock, STOCK(arm_smmu_cmdq___v3, lock)));
	/* as queue_has_space(): equal indices are a full queue when the wrap bits differ */
	room = (cons - prod) & mask;
	if (((prod ^ cons) & (mask + 1)) == 0)
		room = mask + 1 - ((prod - cons) & mask);
	c->full = room < c->n + c->sync;
	/* who holds it exclusively has set the sign */
	c->producers = lock & 0x7fffffff;
}

static __always_inline int issue_enter(__u64 call, __u64 smmu, __u64 cmdq, __u64 cmds, __u32 n,
				       bool sync)
{
	struct probe_call *c = claim(PROBE_ISSUE, call);
	__u32 shift;

	if (!c)
		return 0;
	if (arg_cmdq < 0)
		cmdq = own_queue(smmu);
	c->cmds = cmds;
	c->n = n;
	c->sync = sync;
	if (by_cell) {
		c->row = cell < nr_keys ? cell : PROBE_KEY_NONE;
		look_at_queue(c, cmdq, shift_of(cmdq));
	} else {
		c->row = key_of(smmu, cmdq, &shift);
		look_at_queue(c, cmdq, shift);
	}
	/* the last thing done, so that what comes before isn't in it */
	c->start = bpf_ktime_get_ns();
	return 0;
}

struct opcodes {
	__u64 cmds;
	struct probe_row *row;
};

static long count_opcode(__u32 i, struct opcodes *o)
{
	__u8 opcode = 0;

	/* CMDQ_0_OP, the first byte of a command of 16 (little-endian in memory) */
	READ(opcode, o->cmds + i * 16);
	if (o->row)
		count(&o->row->opcode[opcode]);
	return 0;
}

/*
 * The invalidation that the list, known by @call, was a part of. Both are known by
 * addresses on their stack, which grows down: what is called lies below its caller, and an
 * interrupt's stack is another one. One that has moved to another CPU since it began isn't
 * found.
 */
#define STACK_SIZE 16384 /* THREAD_SIZE of arm64 and x86 at least */

static __always_inline void add_to_range(__u64 call, __u64 ns, __u32 row)
{
	struct probe_call *c = calls[this_cpu()].call[PROBE_RANGE], *around = NULL;
	__u64 nearest = STACK_SIZE;
	int i;

	for (i = 0; i < PROBE_CALLS; i++, c++) {
		if (c->key <= call || c->key - call >= nearest)
			continue;
		around = c;
		nearest = c->key - call;
	}
	if (!around)
		return;
	around->queue_ns += ns;
	around->row = row;
}

static __always_inline int issue_exit(__u64 call, long ret)
{
	__u64 now = bpf_ktime_get_ns(), ns;
	struct opcodes o = {};
	struct probe_row *row;
	bool migrated, sync;
	struct probe_call *c;
	__u32 n;

	c = find(PROBE_ISSUE, call, &migrated);
	if (!c)
		return 0;
	ns = now - c->start;
	row = row_of(c->row);
	n = c->n;
	sync = c->sync;
	if (row) {
		add_time(hist_of(row, sync), ns, ret);
		count_at(row->commands, n, PROBE_MAX_COMMANDS);
		count_at(row->producers, c->producers, PROBE_MAX_PRODUCERS);
		if (c->full)
			count(&row->full);
		if (migrated)
			count(&row->migrated);
		o.cmds = c->cmds;
		o.row = row;
		if (n == 1)
			count_opcode(0, &o);
		else
			bpf_loop(n < PROBE_MAX_COMMANDS ? n : PROBE_MAX_COMMANDS, count_opcode, &o,
				 0);
	}
	/* the key as a number: fentry's is a pointer, with which nothing may be computed */
	add_to_range(*(volatile __u64 *)&c->key, ns, c->row);
	c->key = 0;
	return 0;
}

/* ---- an invalidation of a range ------------------------------------------ */

static __always_inline int range_enter(__u64 call)
{
	struct probe_call *c = claim(PROBE_RANGE, call);

	if (!c)
		return 0;
	c->queue_ns = 0;
	c->row = PROBE_KEY_NONE;
	if (by_cell && cell < nr_keys)
		c->row = cell;
	c->start = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int timed_exit(enum probe_role role, enum probe_kind kind, __u64 call)
{
	__u64 now = bpf_ktime_get_ns();
	struct probe_row *row;
	struct probe_call *c;
	bool migrated;

	c = find(role, call, &migrated);
	if (!c)
		return 0;
	row = row_of(c->row);
	if (row) {
		add_time(&row->kind[kind], now - c->start, 0);
		if (role == PROBE_RANGE)
			__sync_fetch_and_add(&row->queue_ns, c->queue_ns);
	}
	c->key = 0;
	return 0;
}

/* ---- an attach ----------------------------------------------------------- */

static __always_inline int prepare_enter(__u64 state)
{
	__u64 now = bpf_ktime_get_ns();

	if (!counting)
		return 0;
	bpf_map_update_elem(&attaches, &state, &now, BPF_ANY);
	return 0;
}

static __always_inline int commit_enter(__u64 call, __u64 state)
{
	__u64 *start = bpf_map_lookup_elem(&attaches, &state), smmu, from;
	struct arm_smmu_master___v3 *master = NULL;
	struct probe_call *c;
	__u32 shift;

	if (!start) {
		if (counting)
			count(&losses[PROBE_LOST_ENTRY]);
		return 0;
	}
	from = *start;
	bpf_map_delete_elem(&attaches, &state);
	READ(master, state + STOCK(arm_smmu_attach_state___v3, master));
	smmu = (__u64)BPF_CORE_READ(master, smmu);
	c = claim(PROBE_COMMIT, call);
	if (!c)
		return 0;
	c->row = key_of(smmu, own_queue(smmu), &shift);
	c->start = from;
	return 0;
}

/* ---- programs ------------------------------------------------------------ */

#define ARG(i)                                  \
	({                                      \
		__u64 arg = 0;                  \
		bpf_get_func_arg(ctx, i, &arg); \
		arg;                            \
	})

static __always_inline __u64 returned(void *ctx)
{
	__u64 ret = 0;

	bpf_get_func_ret(ctx, &ret);
	return ret;
}

/* The loader names the functions. Of a bool the low byte counts, what is above is anything. */
SEC("fentry")
int fentry_issue(__u64 *ctx)
{
	return issue_enter((__u64)ctx, ARG(arg_smmu), arg_cmdq < 0 ? 0 : ARG(arg_cmdq),
			   ARG(arg_cmds), ARG(arg_n), (__u8)ARG(arg_sync));
}

SEC("fexit")
int fexit_issue(__u64 *ctx)
{
	return issue_exit((__u64)ctx, (int)returned(ctx));
}

SEC("fentry")
int fentry_range(__u64 *ctx)
{
	return range_enter((__u64)ctx);
}

SEC("fexit")
int fexit_range(__u64 *ctx)
{
	return timed_exit(PROBE_RANGE, PROBE_INV_RANGE, (__u64)ctx);
}

SEC("fentry")
int fentry_prepare(__u64 *ctx)
{
	return prepare_enter(ARG(0));
}

SEC("fentry")
int fentry_commit(__u64 *ctx)
{
	return commit_enter((__u64)ctx, ARG(0));
}

SEC("fexit")
int fexit_commit(__u64 *ctx)
{
	return timed_exit(PROBE_COMMIT, PROBE_ATTACH, (__u64)ctx);
}

/*
 * The stack pointer at the entry is the one at the return, but on x86, where it has
 * taken the return address off.
 */
#if defined(__TARGET_ARCH_x86)
#define ENTERED_AT(ctx)	 PT_REGS_SP(ctx)
#define RETURNED_AT(ctx) (PT_REGS_SP(ctx) - sizeof(long))
#else
#define ENTERED_AT(ctx)	 PT_REGS_SP(ctx)
#define RETURNED_AT(ctx) PT_REGS_SP(ctx)
#endif

/* The verifier wants registers read at constant places, and no choice among pointers. */
static __always_inline __u64 reg_arg(struct pt_regs *ctx, int i)
{
	__u64 args[] = { PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx),
			 PT_REGS_PARM4(ctx), PT_REGS_PARM5(ctx) };
	__u64 arg = args[0];
	int k;

	for (k = 1; k < 5; k++) {
		barrier_var(args[k]);
		if (i == k)
			arg = args[k];
	}
	return arg;
}

SEC("kprobe")
int kprobe_issue(struct pt_regs *ctx)
{
	return issue_enter(ENTERED_AT(ctx), reg_arg(ctx, arg_smmu),
			   arg_cmdq < 0 ? 0 : reg_arg(ctx, arg_cmdq), reg_arg(ctx, arg_cmds),
			   reg_arg(ctx, arg_n), (__u8)reg_arg(ctx, arg_sync));
}

SEC("kretprobe")
int kretprobe_issue(struct pt_regs *ctx)
{
	return issue_exit(RETURNED_AT(ctx), (int)PT_REGS_RC(ctx));
}

SEC("kprobe")
int kprobe_range(struct pt_regs *ctx)
{
	return range_enter(ENTERED_AT(ctx));
}

SEC("kretprobe")
int kretprobe_range(struct pt_regs *ctx)
{
	return timed_exit(PROBE_RANGE, PROBE_INV_RANGE, RETURNED_AT(ctx));
}

SEC("kprobe")
int kprobe_prepare(struct pt_regs *ctx)
{
	return prepare_enter(PT_REGS_PARM1(ctx));
}

SEC("kprobe")
int kprobe_commit(struct pt_regs *ctx)
{
	return commit_enter(ENTERED_AT(ctx), PT_REGS_PARM1(ctx));
}

SEC("kretprobe")
int kretprobe_commit(struct pt_regs *ctx)
{
	return timed_exit(PROBE_COMMIT, PROBE_ATTACH, RETURNED_AT(ctx));
}

/* ---- cells of a run ------------------------------------------------------ */

/* trace_invbench_block() of the module: a cell's block begins, or has ended (-1). */
SEC("raw_tp")
int module_block(struct bpf_raw_tracepoint_args *ctx)
{
	cell = (__u32)ctx->args[0] + 1;
	return 0;
}

/* The worker's: the same. */
SEC("usdt")
int user_block(struct pt_regs *ctx)
{
	long id = -1;

	bpf_usdt_arg(ctx, 0, &id);
	cell = (__u32)id + 1;
	return 0;
}

/* The worker's queue has timed itself: a probe of user space costs more than a sync. */
SEC("usdt")
int user_cmdlist(struct pt_regs *ctx)
{
	long n = 0, sync = 0, ns = 0, ret = 0;
	struct probe_row *row;

	bpf_usdt_arg(ctx, 0, &n);
	bpf_usdt_arg(ctx, 1, &sync);
	bpf_usdt_arg(ctx, 2, &ns);
	bpf_usdt_arg(ctx, 3, &ret);
	row = row_of(cell < nr_keys ? cell : PROBE_KEY_NONE);
	if (!row)
		return 0;
	add_time(hist_of(row, sync), ns, ret);
	count_at(row->commands, n, PROBE_MAX_COMMANDS);
	return 0;
}

/* ---- what a probe costs -------------------------------------------------- */

/*
 * On a system call that does nothing: the same work as for a list of one command. What
 * is read is kernel memory all the same: of the task.
 */
SEC("fentry")
int fentry_cost(__u64 *ctx)
{
	__u64 task = bpf_get_current_task();

	return issue_enter((__u64)ctx, task, task, task, 1, true);
}

SEC("fexit")
int fexit_cost(__u64 *ctx)
{
	return issue_exit((__u64)ctx, 0);
}

SEC("kprobe")
int kprobe_cost(struct pt_regs *ctx)
{
	__u64 task = bpf_get_current_task();

	return issue_enter(ENTERED_AT(ctx), task, task, task, 1, true);
}

SEC("kretprobe")
int kretprobe_cost(struct pt_regs *ctx)
{
	return issue_exit(RETURNED_AT(ctx), 0);
}
