/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the BPF programs and those who load them agree on. The programs keep a row of
 * counts for each pair of a key and a CPU; user space reads the rows while they grow.
 * A key is a command queue, or a cell of a run.
 */
#ifndef BPF_CMDQ_SYNC_H
#define BPF_CMDQ_SYNC_H

#include <linux/types.h>
#include <stdbool.h>

#define PROBE_MAX_CPUS 1024 /* a power of two */

/* A key that isn't of a queue: calls that reached none, and those of too many queues. */
#define PROBE_KEY_NONE	  0
#define PROBE_MAX_QUEUES  255
#define PROBE_QUEUE_HASH  512 /* a power of two */
#define PROBE_NAME	  32

/*
 * Log-linear, 16 buckets an octave: below 16 each value has its own. A bucket is 1/16 of
 * its lower end wide at most, so its middle is within 3.2 % of every value in it.
 */
#define PROBE_SUB_BITS 4
#define PROBE_SUB      (1 << PROBE_SUB_BITS)
#define PROBE_OCTAVES  38 /* 2^4 to 2^42 ns, 73 min; longer ones are in the last bucket */
#define PROBE_BUCKETS  (PROBE_SUB * (PROBE_OCTAVES + 1))

/* The least value of a bucket, in ns. */
static inline __u64 probe_bucket_low(__u32 bucket)
{
	__u32 octave = bucket >> PROBE_SUB_BITS, sub = bucket & (PROBE_SUB - 1);

	return octave ? (__u64)(PROBE_SUB + sub) << (octave - 1) : sub;
}

/* A list has CMDQ_BATCH_ENTRIES (64) at most; what doesn't fit is in the last place. */
#define PROBE_MAX_COMMANDS  65
#define PROBE_MAX_PRODUCERS 64

/* What is timed. */
enum probe_kind {
	PROBE_SYNC,	 /* a list with a CMD_SYNC: until it was consumed */
	PROBE_NOSYNC,	 /* a list without: until it was written */
	PROBE_INV_RANGE, /* an invalidation of a range, its queueing included */
	PROBE_ATTACH,	 /* arm_smmu_attach_prepare() to the end of _commit() */
	PROBE_NR_KINDS,
};

/* Whose call it is: each has its own calls in flight. */
enum probe_role {
	PROBE_ISSUE,
	PROBE_RANGE,
	PROBE_COMMIT,
	PROBE_NR_ROLES,
};

/* Why calls are missing in the counts. */
enum probe_loss {
	PROBE_LOST_QUEUE, /* more queues than there are keys: in PROBE_KEY_NONE */
	PROBE_LOST_EARLY, /* a queue that is just being found: likewise */
	PROBE_LOST_ROW,	  /* no row for this CPU: not counted */
	PROBE_LOST_ENTRY, /* an exit without its entry: in flight at the start */
	PROBE_LOST_EXIT,  /* an entry without its exit, noticed when its place was wanted */
	PROBE_NR_LOSSES,
};

/**
 * struct probe_hist - calls of a kind
 * @bucket: how many; probe_bucket() says which
 * @sum: ns, of all
 * @max: ns
 * @failed: returned an error, timed out ones too
 * @timed_out: returned -ETIMEDOUT
 */
struct probe_hist {
	__u64 bucket[PROBE_BUCKETS];
	__u64 sum, max, failed, timed_out;
};

/**
 * struct probe_row - of a key on a CPU
 * @kind: latencies
 * @commands: lists by how many commands they have, CMD_SYNC not counted
 * @opcode: commands by opcode (Arm SMMUv3 specification, 4.1)
 * @producers: lists by how many others held the queue's lock at entry, which is to say
 *	waited for a CMD_SYNC
 * @full: lists for which llq hadn't enough room at entry: they had to look at CONS, and
 *	perhaps to wait
 * @queue_ns: of PROBE_INV_RANGE, the time in lists
 * @migrated: began on another CPU
 */
struct probe_row {
	struct probe_hist kind[PROBE_NR_KINDS];
	__u64 commands[PROBE_MAX_COMMANDS];
	__u64 opcode[256];
	__u64 producers[PROBE_MAX_PRODUCERS];
	__u64 full, queue_ns, migrated;
};

/* At once on a CPU: a task's, and those of interrupts and of tasks that preempted it. */
#define PROBE_CALLS 4

/**
 * struct probe_call - a call in flight
 * @key: 0: none; what its exit knows it by
 * @start: ns
 * @cmds: where its commands are
 * @queue_ns: of PROBE_RANGE, in lists up to now
 * @row: the key of its counts
 * @n: commands
 * @sync: a CMD_SYNC follows
 * @full: as in struct probe_row, @producers too
 */
struct probe_call {
	__u64 key, start;
	__u64 cmds, queue_ns;
	__u32 row, n;
	bool sync, full;
	__u16 producers;
};

struct probe_calls {
	struct probe_call call[PROBE_NR_ROLES][PROBE_CALLS];
};

/**
 * struct probe_queue - a command queue
 * @cmdq: where the kernel has it; 0: nothing here yet
 * @smmu: likewise
 * @name: of the SMMU's struct device; empty: it has none
 * @number: of invbench.ko's SMMUs, which have no device
 * @shift: the queue has room for 2^shift commands
 * @key: of its rows
 * @own: the SMMU has it in itself; others belong to an extension (Tegra241 CMDQ-V)
 * @published: 0: not yet; else PROBE_PUBLISHED, @key << 8, and @shift: one word, so that
 *	who reads it needs no order between two
 */
struct probe_queue {
	__u64 cmdq, smmu;
	char name[PROBE_NAME];
	__u32 number, shift, key, own, published;
};

#define PROBE_PUBLISHED (1U << 31)

#endif
