// SPDX-License-Identifier: GPL-2.0-or-later
/* Both queues with one producer: what is written where, and what is refused. */
#include <linux/bitfield.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "queue_world.h"

static void depths(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;
	unsigned int d;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		arm_smmu_cmdq_free(&w->smmu);
		for (d = 0; d < 33; d++) {
			int ret = arm_smmu_cmdq_init(&w->smmu, d);

			ktap_assert_eq(ret, d < 7 || d > 18 ? -EINVAL : 0);
			if (!ret) {
				ktap_assert_eq(world_send(w, 0, 64, true), 0);
				arm_smmu_cmdq_free(&w->smmu);
			}
		}
		arm_smmu_cmdq_free(&w->smmu);
		world_down(w);
	}
}

static void what_init_refuses(void)
{
	struct world *w = &queue_world;
	static struct arm_smmu_device other;
	struct arm_smmu_cmd tlbi = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_VA, 1, 0);

	ktap_assert(world_up(w, &world_kinds[0], 7, (struct smmu_model_params){}));
	other = w->smmu;
	ktap_assert_eq(arm_smmu_cmdq_init(&other, 7), -EINVAL); /* one SMMU a model */
	other.model = NULL;
	ktap_assert_eq(arm_smmu_cmdq_init(&other, 7), -EINVAL);
	other.kind = SMMU_NR_DEVICES;
	ktap_assert_eq(arm_smmu_cmdq_init(&other, 7), -EINVAL);
	ktap_assert_eq(arm_smmu_cmdq_issue_cmd_with_sync(&other, tlbi), -EINVAL);
	ktap_assert(!smmu_device_ops(SMMU_NR_DEVICES));
	ktap_assert_eq(!!smmu_device_ops(SMMU_DEVICE_MMIO), SMMU_HAS_MMIO);
	ktap_assert_str(smmu_device_ops(SMMU_DEVICE_NULL)->name, "null");
	ktap_assert_str(smmu_device_ops(SMMU_DEVICE_MODEL)->name, "model");
	other.queue = SMMU_QUEUE_NONE;
	ktap_assert_eq(arm_smmu_cmdq_init(&other, 0), 0);
	arm_smmu_cmdq_free(&other);
}

static void no_memory(void)
{
	struct smmu_model_params params = { .cache_entries = 16 };
	long live = selftest_allocs(), n;
	struct smmu_model *model;
	struct world *w = &queue_world;

	for (n = 1;; n++) {
		selftest_fail_alloc(n);
		model = smmu_model_create(&params);
		if (!IS_ERR(model))
			break;
		ktap_assert_eq(PTR_ERR(model), -ENOMEM);
		ktap_assert_eq(selftest_allocs(), live);
	}
	ktap_assert(n > 3);
	selftest_fail_alloc(0);
	smmu_model_destroy(model);
	smmu_model_destroy(NULL);

	ktap_assert(world_up(w, &world_kinds[0], 7, params));
	arm_smmu_cmdq_free(&w->smmu);
	live = selftest_allocs();
	for (n = 1;; n++) {
		selftest_fail_alloc(n);
		if (!arm_smmu_cmdq_init(&w->smmu, 8))
			break;
		ktap_assert_eq(selftest_allocs(), live);
	}
	ktap_assert(n > 3);
	selftest_fail_alloc(0);
	ktap_assert_eq(world_send(w, 0, 3, true), 0);
	world_down(w);
}

static void too_many(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		ktap_assert_eq(world_send(w, 0, 128, true), -EINVAL);
		ktap_assert_eq(world_send(w, 0, 129, false), -EINVAL);
		ktap_assert_eq(arm_smmu_cmdq_issue_cmdlist(&w->smmu, NULL, -1, true), -EINVAL);
		ktap_assert_eq(readl(w->smmu.cmdq.q.prod_reg), 0);
		ktap_assert_eq(world_send(w, 0, 127, true), 0);
		ktap_assert_eq(world_send(w, 127, 128, false), 0);
		ktap_assert_eq(world_send(w, 0, 0, true), 0);
		world_log_is(w, 0, 255);
		world_down(w);
	}
}

static void words(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		const bool msi = k->options & ARM_SMMU_OPT_MSIPOLL;
		struct arm_smmu_cmd *base, sync;
		int i;

		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		base = w->smmu.cmdq.q.base;
		ktap_assert_eq(world_send(w, 5, 3, true), 0);
		ktap_assert_eq(readl(w->smmu.cmdq.q.prod_reg), 4);
		ktap_assert_eq(readl(w->smmu.cmdq.q.cons_reg), 4);
		for (i = 0; i < 3; i++) {
			ktap_assert_eq(base[i].data[0], 1ULL << 48 | CMDQ_OP_TLBI_NH_VA);
			ktap_assert_eq(base[i].data[1], (5ULL + i) << 12);
		}

		sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
		if (msi && k->queue == SMMU_QUEUE_LOCKLESS) {
			/* It was told to clear its own first word, and did. */
			sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ,
						      w->smmu.cmdq.q.base_dma + 3 * 16);
			ktap_assert_eq(base[3].data[0], sync.data[0] & ~0xffffffffULL);
			ktap_assert_eq(base[3].data[1], sync.data[1]);
		} else if (msi) {
			sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ, w->smmu.cmdq.sync_dma);
			sync.data[0] |= FIELD_PREP(CMDQ_SYNC_0_MSIDATA, 1ULL);
			ktap_assert_mem(&base[3], &sync, sizeof(sync));
			ktap_assert_eq(w->smmu.cmdq.sync_count, 1);
		} else {
			ktap_assert_mem(&base[3], &sync, sizeof(sync));
		}
		ktap_assert_mem(&w->log[3], &sync, sizeof(sync));
		ktap_assert_eq(world_counters(w)->msis, msi);

		/* With MSIs the locked queue has a bare sync wait for the one before. */
		ktap_assert_eq(world_send(w, 0, 0, true), 0);
		ktap_assert_eq(world_counters(w)->syncs,
			       msi && k->queue == SMMU_QUEUE_SPINLOCK ? 1 : 2);
		world_down(w);
	}
}

static void nothing_without_sync(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
		ktap_assert_eq(world_send(w, 0, 10, false), 0);
		ktap_assert_eq(w->logged, 0);
		ktap_assert_eq(readl(w->smmu.cmdq.q.prod_reg), 10);
		smmu_model_poll(&w->smmu);
		world_log_is(w, 0, 10);
		ktap_assert_eq(readl(w->smmu.cmdq.q.cons_reg), 10);
		ktap_assert_eq(world_counters(w)->by_op[CMDQ_OP_TLBI_NH_VA], 10);
		world_down(w);
	}
}

/* Every offset of a batch in the ring, several laps, and a queue that is full. */
static void laps(void)
{
	struct world *w = &queue_world;
	const struct world_kind *k;
	int n, lap, step = 127 / selftest_share(127, 12);

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		for (n = 1; n <= 127; n += step) {
			u64 first = 0;

			ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
			for (lap = 0; lap < 20; lap++) {
				w->logged = 0;
				ktap_assert_eq(world_send(w, first, n, lap % 3 == 0), 0);
				ktap_assert_eq(world_send(w, first + n, 128 - n, true), 0);
				world_log_is(w, first, 128);
				first += 128;
			}
			ktap_assert_eq(world_counters(w)->commands -
					       world_counters(w)->syncs,
				       first);
			ktap_assert_eq(world_counters(w)->illegal, 0);
			world_down(w);
			cond_resched();
		}
	}
}

static void null_device(void)
{
	const struct world_kind *k;
	struct arm_smmu_cmd cmds[64];
	u32 prod, i;
	int ret;

	memset(cmds, 0xff, sizeof(cmds)); /* it doesn't mind what it is given */
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		struct arm_smmu_device smmu = { .queue = k->queue, .options = k->options };

		ktap_assert_eq(arm_smmu_cmdq_init(&smmu, 7), 0);
		for (i = 0; i < 1000; i++) {
			int n = i * 7 % 65;

			prod = readl(smmu.cmdq.q.prod_reg);
			if (k->queue == SMMU_QUEUE_SPINLOCK)
				ret = arm_smmu_cmdq_issue_cmdlist_spinlock_null(&smmu, cmds, n,
										i % 2);
			else if (i % 3)
				ret = arm_smmu_cmdq_issue_cmdlist_lockless_null(&smmu, cmds, n,
										i % 2);
			else
				ret = arm_smmu_cmdq_issue_cmdlist_lockless_null_nowmb(&smmu, cmds,
										      n, i % 2);
			ktap_assert_eq(ret, 0);
			ktap_assert_eq(readl(smmu.cmdq.q.prod_reg), (prod + n + i % 2) % 256);
			ktap_assert_eq(readl(smmu.cmdq.q.cons_reg),
				       readl(smmu.cmdq.q.prod_reg));
		}
		ktap_assert_eq(atomic_long_read(&smmu.cmdq.timeouts), 0);
		arm_smmu_cmdq_free(&smmu);
		arm_smmu_cmdq_free(&smmu);
	}
}

static void no_queue(void)
{
	struct arm_smmu_cmd tlbi = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_ASID, 3, 0);
	struct arm_smmu_cmd sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
	struct arm_smmu_device smmu = { .queue = SMMU_QUEUE_NONE };
	static struct smmu_ring ring;

	ktap_assert_eq(arm_smmu_cmdq_issue_cmd_with_sync(&smmu, tlbi), 0);
	smmu.slow_ring = &ring;
	ktap_assert_eq(arm_smmu_cmdq_issue_cmd(&smmu, tlbi), 0);
	ktap_assert_eq(arm_smmu_cmdq_issue_cmd_with_sync(&smmu, tlbi), 0);
	ktap_assert_eq(ring.pos, 3);
	ktap_assert_mem(&ring.cmds[0], &tlbi, sizeof(tlbi));
	ktap_assert_mem(&ring.cmds[1], &tlbi, sizeof(tlbi));
	ktap_assert_mem(&ring.cmds[2], &sync, sizeof(sync));
}

/* Erratum: {TLBI, CFGI}; CMD_SYNC twice, ATC_INV and bare syncs once. */
static void repeat_erratum(void)
{
	static const struct {
		u8 op;
		int n;
		bool sync;
		unsigned int syncs;
	} cases[] = {
		{ CMDQ_OP_PREFETCH_CFG, 1, true, 1 },
		{ CMDQ_OP_CFGI_STE, 1, true, 2 },
		{ CMDQ_OP_TLBI_NSNH_ALL, 1, true, 2 },
		{ CMDQ_OP_TLBI_NH_ASID, 1, false, 0 },
		{ CMDQ_OP_ATC_INV, 1, true, 1 },
		{ CMDQ_OP_TLBI_NH_ASID, 0, true, 1 },
	};
	const struct world_kind *k;
	struct arm_smmu_cmd cmd;
	struct world *w = &queue_world;
	unsigned int i;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			ktap_assert(world_up(w, k, 7, (struct smmu_model_params){}));
			w->smmu.options |= ARM_SMMU_OPT_REPEAT_TLBI_CFGI;
			cmd = arm_smmu_make_cmd_op(cases[i].op);
			ktap_assert_eq(arm_smmu_cmdq_issue_cmdlist(&w->smmu, &cmd, cases[i].n,
								   cases[i].sync),
				       0);
			smmu_model_poll(&w->smmu);
			ktap_assert_eq(world_counters(w)->syncs, cases[i].syncs);
			world_down(w);
		}
	}
}

/* The model takes at least its time, and a late poller finds all of it done. */
static void model_time(void)
{
	struct smmu_model_params params = { .cmd_ns = 200000, .sync_ns = 1000000 };
	const struct world_kind *k;
	ktime_t start;
	struct world *w = &queue_world;

	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		ktap_assert(world_up(w, k, 7, params));
		start = ktime_get();
		ktap_assert_eq(world_send(w, 0, 5, true), 0);
		ktap_assert(ktime_get() - start >= 5 * 200000 + 1000000);
		ktap_assert_eq(world_counters(w)->syncs, 1);

		w->logged = 0;
		ktap_assert_eq(world_send(w, 5, 5, false), 0);
		start = ktime_get();
		smmu_model_poll(&w->smmu); /* it sees them now */
		if (ktime_get() - start < 200000)
			world_log_is(w, 5, 0);
		selftest_sleep_us(5000);
		smmu_model_poll(&w->smmu);
		world_log_is(w, 5, 5);
		world_down(w);
	}
}

static const struct ktap_case cases[] = {
	KTAP_CASE(depths),
	KTAP_CASE(what_init_refuses),
	KTAP_CASE_NEEDS(no_memory, SELFTEST_CAN_FAIL_ALLOCS),
	KTAP_CASE(too_many),
	KTAP_CASE(words),
	KTAP_CASE(nothing_without_sync),
	KTAP_CASE(laps),
	KTAP_CASE(null_device),
	KTAP_CASE(no_queue),
	KTAP_CASE(repeat_erratum),
	KTAP_CASE(model_time),
};

const struct ktap_suite selftest_cmdq_queue = {
	KTAP_SUITE("cmdq-queue", cases),
	.before = world_before,
	.after = world_after,
};
