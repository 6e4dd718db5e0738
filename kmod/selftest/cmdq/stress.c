// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "../selftest.h"
#include "cmdq.h"
#include "device.h"
#include "stress.h"

/*
 * Producer p's i-th command is a TLBI_NH_VA with ASID p and page i: its place in
 * the order is in it.
 */
struct producer {
	u64 next ____cacheline_aligned; /* the judge's: first one not yet consumed */
	u64 sent ____cacheline_aligned; /* the producer's own from here on */
	u64 quota;
	u64 random;
	u64 injected;
	unsigned int id;
	struct judge *judge;
	struct arm_smmu_cmd cmds[CMDQ_BATCH_ENTRIES];
};

struct judge {
	const struct stress *stress;
	struct stress_verdict *verdict;
	struct arm_smmu_device smmu;
	atomic_long_t findings;
	atomic_t arrived; /* producers that are ready to start */
	ktime_t stuck; /* when nothing has moved for too long */
	u32 cons; /* what the next command's place must be */
	u64 skipped;
	struct smmu_model_counters counters;
	struct producer producers[STRESS_MAX_PRODUCERS];
};

static void __printf(2, 3) found(struct judge *judge, const char *fmt, ...)
{
	va_list args;

	if (atomic_long_fetch_inc(&judge->findings))
		return;
	va_start(args, fmt);
	vsnprintf(judge->verdict->first, sizeof(judge->verdict->first), fmt, args);
	va_end(args);
}

static bool over(struct judge *judge)
{
	return atomic_long_read(&judge->findings);
}

bool stress_over(struct arm_smmu_device *smmu)
{
	struct judge *judge = container_of(smmu, struct judge, smmu);

	if (!over(judge) && ktime_after(ktime_get(), READ_ONCE(judge->stuck)))
		found(judge, "a producer waits for ever");
	return over(judge);
}

/* One of a producer's commands left the queue. Under the model's lock. */
static void in_order(struct judge *judge, const struct arm_smmu_cmd *cmd)
{
	u64 id = FIELD_GET(CMDQ_TLBI_0_ASID, cmd->data[0]);
	u64 nr = cmd->data[1] >> 12;
	struct producer *p = &judge->producers[id];

	if (arm_smmu_cmd_op(cmd) != CMDQ_OP_TLBI_NH_VA || id >= judge->stress->producers) {
		found(judge, "a command that nobody sent: %#llx %#llx",
		      (unsigned long long)cmd->data[0], (unsigned long long)cmd->data[1]);
		return;
	}
	if (nr != p->next)
		found(judge, "producer %u: command %llu where %llu was due", p->id,
		      (unsigned long long)nr, (unsigned long long)p->next);
	/* Pairs with the acquire in synced(). */
	smp_store_release(&p->next, nr + 1);
}

static void consumed(void *ctx, const struct arm_smmu_cmd *cmd, u32 cons)
{
	struct judge *judge = ctx;

	if (cons != judge->cons)
		found(judge, "slot %#x left where %#x was due", cons, judge->cons);
	judge->cons = (cons + 1) & ((2U << judge->stress->depth) - 1);
	if (!judge->cons) {
		judge->verdict->laps += 2;
		WRITE_ONCE(judge->stuck, ktime_add_ns(ktime_get(), STRESS_STUCK_NS));
	}
	if (arm_smmu_cmd_op(cmd) != CMDQ_OP_CMD_SYNC)
		in_order(judge, cmd);
}

/* The model met an illegal command, which the handler will overwrite. */
static bool met_error(struct arm_smmu_device *smmu)
{
	struct judge *judge = container_of(smmu, struct judge, smmu);
	u32 cons = readl(smmu->cmdq.q.cons_reg);
	struct arm_smmu_cmd *slot, cmd;

	slot = &smmu->cmdq.q.base[cons & ((1U << judge->stress->depth) - 1)];
	cmd.data[0] = READ_ONCE(slot->data[0]);
	cmd.data[1] = READ_ONCE(slot->data[1]);
	if (FIELD_GET(CMDQ_CONS_ERR, cons) != CMDQ_ERR_CERROR_ILL_IDX)
		found(judge, "an error other than an illegal command: %#x", cons);
	in_order(judge, &cmd);
	judge->skipped++;
	return arm_smmu_gerror_handler(smmu);
}

static u32 rnd(struct producer *p)
{
	/* xorshift64 of Marsaglia */
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return p->random >> 32;
}

/* What a sync promises: all that this producer sent before it is done. */
static void synced(struct judge *judge, struct producer *p)
{
	u64 next = smp_load_acquire(&p->next); /* pairs with the release in in_order() */

	if (next < p->sent)
		found(judge, "producer %u: a sync came back %llu commands early", p->id,
		      (unsigned long long)(p->sent - next));
}

static void send(struct judge *judge, struct producer *p, int n, bool sync)
{
	struct arm_smmu_cmd *cmds = p->cmds;
	int i, ret;

	for (i = 0; i < n; i++) {
		cmds[i] = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, p->id, 0);
		cmds[i].data[1] = (p->sent + i) << 12;
	}
	ret = judge->stress->issue(&judge->smmu, cmds, n, sync);
	if (ret)
		found(judge, "producer %u: %d commands return %d", p->id, n, ret);
	p->sent += n;
	if (sync && !ret)
		synced(judge, p);
}

/* The model keeps one error of a kind: when the last one is still due, it moves. */
static void inject_illegal(struct judge *judge, struct producer *p)
{
	u64 every = judge->stress->illegal ? p->quota / judge->stress->illegal : 0;

	if (!every || p->id || p->sent / every == p->injected)
		return;
	p->injected = p->sent / every;
	smmu_model_inject(judge->smmu.model, SMMU_ERROR_ILL, rnd(p) % 64, 1);
}

/* All at once: the last one to arrive starts them. */
static void wait_for_all(struct judge *judge)
{
	atomic_inc(&judge->arrived);
	while (atomic_read(&judge->arrived) < (int)judge->stress->producers) {
		cpu_relax();
		selftest_yield();
	}
}

static void produce(void *arg, unsigned int nr)
{
	struct judge *judge = arg;
	struct producer *p = &judge->producers[nr];

	wait_for_all(judge);
	while (p->sent < p->quota && !over(judge)) {
		u32 r = rnd(p), n = 1 + r % CMDQ_BATCH_ENTRIES;

		/* Now and then a bare CMD_SYNC. */
		if ((r >> 8) % 32 == 0)
			n = 0;
		if (n > p->quota - p->sent)
			n = p->quota - p->sent;
		inject_illegal(judge, p);
		send(judge, p, n, !n || (r >> 16) % 4 == 0);
		cond_resched();
	}
	if (!over(judge))
		send(judge, p, 0, true);
}

static void final_account(struct judge *judge)
{
	const struct stress *s = judge->stress;
	struct stress_verdict *v = judge->verdict;
	struct smmu_model_counters *c = &judge->counters;

	smmu_model_counters(judge->smmu.model, c);
	/* A command made illegal is consumed as a CMD_SYNC. */
	v->syncs = c->syncs - judge->skipped;
	v->commands = c->commands - c->syncs;
	v->illegal = judge->skipped;
	if (over(judge))
		return;
	if (v->commands + v->illegal != s->commands)
		found(judge, "%llu commands consumed of %llu", (unsigned long long)v->commands,
		      (unsigned long long)s->commands);
	if (c->illegal != judge->skipped || c->overruns || c->msi_aborts || c->aborts)
		found(judge, "%llu illegal, %llu overruns, %llu lost MSIs, %llu aborts",
		      (unsigned long long)c->illegal, (unsigned long long)c->overruns,
		      (unsigned long long)c->msi_aborts, (unsigned long long)c->aborts);
	if (atomic_long_read(&judge->smmu.cmdq.timeouts) ||
	    atomic_long_read(&judge->smmu.cmdq.errors) != (long)judge->skipped)
		found(judge, "%ld time-outs, %ld errors",
		      atomic_long_read(&judge->smmu.cmdq.timeouts),
		      atomic_long_read(&judge->smmu.cmdq.errors));
}

void stress_run(const struct stress *s, struct stress_verdict *v)
{
	struct judge *judge = kvzalloc(sizeof(*judge), GFP_KERNEL);
	struct smmu_model_params params = {
		.cmd_ns = s->cmd_ns,
		.sync_ns = s->sync_ns,
		.gerror = met_error,
		.consumed = consumed,
		.ctx = judge,
	};
	unsigned int i;

	memset(v, 0, sizeof(*v));
	if (!ktap_expect(judge))
		return;
	judge->stress = s;
	judge->verdict = v;
	judge->stuck = ktime_add_ns(ktime_get(), STRESS_STUCK_NS);
	judge->smmu.queue = s->queue;
	judge->smmu.kind = SMMU_DEVICE_MODEL;
	judge->smmu.options = s->options;
	judge->smmu.model = smmu_model_create(&params);
	if (IS_ERR(judge->smmu.model)) {
		ktap_fail("no model");
		goto out;
	}
	if (arm_smmu_cmdq_init(&judge->smmu, s->depth)) {
		ktap_fail("no queue");
		goto out_model;
	}
	judge->smmu.cmdq.timeout_us = s->timeout_us;

	for (i = 0; i < s->producers; i++) {
		struct producer *p = &judge->producers[i];

		p->id = i;
		p->judge = judge;
		p->random = 0x9e3779b97f4a7c15ULL * (i + 1);
		p->quota = s->commands / s->producers + (i < s->commands % s->producers);
	}
	if (selftest_threads(s->producers, produce, judge))
		final_account(judge);
	v->findings = atomic_long_read(&judge->findings);
	arm_smmu_cmdq_free(&judge->smmu);
out_model:
	smmu_model_destroy(judge->smmu.model);
out:
	kvfree(judge);
}
