// SPDX-License-Identifier: GPL-2.0-or-later
/* Both queues with one producer: what is written where, and what is refused. */
#include "world.h"

#include <linux/bitfield.h>
#include <linux/ktime.h>
#include <time.h>

#include "test_hooks.h"

static void depths(void **state)
{
	const struct world_kind *k;
	struct world w;
	unsigned int d;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		arm_smmu_cmdq_free(&w.smmu);
		for (d = 0; d < 33; d++) {
			int ret = arm_smmu_cmdq_init(&w.smmu, d);

			assert_int_equal(ret, d < 7 || d > 18 ? -EINVAL : 0);
			if (!ret) {
				assert_int_equal(world_send(&w, 0, 64, true), 0);
				arm_smmu_cmdq_free(&w.smmu);
			}
		}
		arm_smmu_cmdq_free(&w.smmu);
		smmu_model_destroy(w.smmu.model);
	}
}

static void what_init_refuses(void **state)
{
	struct world w, other;

	(void)state;
	world_up(&w, &world_kinds[0], 7, (struct smmu_model_params){});
	other = w;
	assert_int_equal(arm_smmu_cmdq_init(&other.smmu, 7), -EINVAL); /* one SMMU a model */
	other.smmu.model = NULL;
	assert_int_equal(arm_smmu_cmdq_init(&other.smmu, 7), -EINVAL);
	other.smmu.kind = SMMU_DEVICE_MMIO;
	assert_int_equal(arm_smmu_cmdq_init(&other.smmu, 7), -EINVAL);
	assert_int_equal(world_send(&other, 0, 1, true), -EINVAL);
	assert_null(smmu_device_ops(SMMU_DEVICE_MMIO));
	assert_string_equal(smmu_device_ops(SMMU_DEVICE_NULL)->name, "null");
	assert_string_equal(smmu_device_ops(SMMU_DEVICE_MODEL)->name, "model");
	other.smmu.queue = SMMU_QUEUE_NONE;
	assert_int_equal(arm_smmu_cmdq_init(&other.smmu, 0), 0);
	arm_smmu_cmdq_free(&other.smmu);
	world_down(&w);
}

static void no_memory(void **state)
{
	struct smmu_model_params params = { .cache_entries = 16 };
	long live = compat_alloc_live(), n;
	struct smmu_model *model;
	struct world w;

	(void)state;
	for (n = 1;; n++) {
		compat_fail_alloc_nth(n);
		model = smmu_model_create(&params);
		if (!IS_ERR(model))
			break;
		assert_int_equal(PTR_ERR(model), -ENOMEM);
		assert_int_equal(compat_alloc_live(), live);
	}
	assert_true(n > 3);
	compat_fail_alloc_nth(0);
	smmu_model_destroy(model);
	smmu_model_destroy(NULL);

	world_up(&w, &world_kinds[0], 7, params);
	arm_smmu_cmdq_free(&w.smmu);
	live = compat_alloc_live();
	for (n = 1;; n++) {
		compat_fail_alloc_nth(n);
		if (!arm_smmu_cmdq_init(&w.smmu, 8))
			break;
		assert_int_equal(compat_alloc_live(), live);
	}
	assert_true(n > 3);
	compat_fail_alloc_nth(0);
	assert_int_equal(world_send(&w, 0, 3, true), 0);
	world_down(&w);
}

static void too_many(void **state)
{
	const struct world_kind *k;
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		assert_int_equal(world_send(&w, 0, 128, true), -EINVAL);
		assert_int_equal(world_send(&w, 0, 129, false), -EINVAL);
		assert_int_equal(arm_smmu_cmdq_issue_cmdlist(&w.smmu, NULL, -1, true), -EINVAL);
		assert_int_equal(readl(w.smmu.cmdq.q.prod_reg), 0);
		assert_int_equal(world_send(&w, 0, 127, true), 0);
		assert_int_equal(world_send(&w, 127, 128, false), 0);
		assert_int_equal(world_send(&w, 0, 0, true), 0);
		world_log_is(&w, 0, 255);
		world_down(&w);
	}
}

static void words(void **state)
{
	const struct world_kind *k;
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		const bool msi = k->options & ARM_SMMU_OPT_MSIPOLL;
		struct arm_smmu_cmd *base, sync;
		int i;

		world_up(&w, k, 7, (struct smmu_model_params){});
		base = w.smmu.cmdq.q.base;
		assert_int_equal(world_send(&w, 5, 3, true), 0);
		assert_int_equal(readl(w.smmu.cmdq.q.prod_reg), 4);
		assert_int_equal(readl(w.smmu.cmdq.q.cons_reg), 4);
		for (i = 0; i < 3; i++) {
			assert_int_equal(base[i].data[0], 1ULL << 48 | CMDQ_OP_TLBI_NH_VA);
			assert_int_equal(base[i].data[1], (5ULL + i) << 12);
		}

		sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
		if (msi && k->queue == SMMU_QUEUE_LOCKLESS) {
			/* It was told to clear its own first word, and did. */
			sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ,
						      w.smmu.cmdq.q.base_dma + 3 * 16);
			assert_int_equal(base[3].data[0], sync.data[0] & ~0xffffffffULL);
			assert_int_equal(base[3].data[1], sync.data[1]);
		} else if (msi) {
			sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_IRQ, w.smmu.cmdq.sync_dma);
			sync.data[0] |= FIELD_PREP(CMDQ_SYNC_0_MSIDATA, 1ULL);
			assert_memory_equal(&base[3], &sync, sizeof(sync));
			assert_int_equal(w.smmu.cmdq.sync_count, 1);
		} else {
			assert_memory_equal(&base[3], &sync, sizeof(sync));
		}
		assert_memory_equal(&w.log[3], &sync, sizeof(sync));
		assert_int_equal(world_counters(&w).msis, msi);

		/* With MSIs the locked queue has a bare sync wait for the one before. */
		assert_int_equal(world_send(&w, 0, 0, true), 0);
		assert_int_equal(world_counters(&w).syncs,
				 msi && k->queue == SMMU_QUEUE_SPINLOCK ? 1 : 2);
		world_down(&w);
	}
}

static void nothing_without_sync(void **state)
{
	const struct world_kind *k;
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, (struct smmu_model_params){});
		assert_int_equal(world_send(&w, 0, 10, false), 0);
		assert_int_equal(w.logged, 0);
		assert_int_equal(readl(w.smmu.cmdq.q.prod_reg), 10);
		smmu_model_poll(&w.smmu);
		world_log_is(&w, 0, 10);
		assert_int_equal(readl(w.smmu.cmdq.q.cons_reg), 10);
		assert_int_equal(world_counters(&w).by_op[CMDQ_OP_TLBI_NH_VA], 10);
		world_down(&w);
	}
}

/* Every offset of a batch in the ring, several laps, and a queue that is full. */
static void laps(void **state)
{
	const struct world_kind *k;
	struct world w;
	int n, lap;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		for (n = 1; n <= 127; n++) {
			u64 first = 0;

			world_up(&w, k, 7, (struct smmu_model_params){});
			for (lap = 0; lap < 20; lap++) {
				w.logged = 0;
				assert_int_equal(world_send(&w, first, n, lap % 3 == 0), 0);
				assert_int_equal(world_send(&w, first + n, 128 - n, true), 0);
				world_log_is(&w, first, 128);
				first += 128;
			}
			assert_int_equal(world_counters(&w).commands -
						 world_counters(&w).syncs,
					 first);
			assert_int_equal(world_counters(&w).illegal, 0);
			world_down(&w);
		}
	}
}

static void null_device(void **state)
{
	const struct world_kind *k;
	struct arm_smmu_cmd cmds[64];
	u32 prod, i;
	int ret;

	(void)state;
	memset(cmds, 0xff, sizeof(cmds)); /* it doesn't mind what it is given */
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		struct arm_smmu_device smmu = { .queue = k->queue, .options = k->options };

		assert_int_equal(arm_smmu_cmdq_init(&smmu, 7), 0);
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
			assert_int_equal(ret, 0);
			assert_int_equal(readl(smmu.cmdq.q.prod_reg), (prod + n + i % 2) % 256);
			assert_int_equal(readl(smmu.cmdq.q.cons_reg),
					 readl(smmu.cmdq.q.prod_reg));
		}
		assert_int_equal(atomic_long_read(&smmu.cmdq.timeouts), 0);
		arm_smmu_cmdq_free(&smmu);
		arm_smmu_cmdq_free(&smmu);
	}
}

static void no_queue(void **state)
{
	struct arm_smmu_cmd tlbi = arm_smmu_make_cmd_tlbi(CMDQ_OP_TLBI_NH_ASID, 3, 0);
	struct arm_smmu_cmd sync = arm_smmu_make_cmd_sync(CMDQ_SYNC_0_CS_SEV, 0);
	struct arm_smmu_device smmu = { .queue = SMMU_QUEUE_NONE };
	static struct smmu_ring ring;

	(void)state;
	assert_int_equal(arm_smmu_cmdq_issue_cmd_with_sync(&smmu, tlbi), 0);
	smmu.slow_ring = &ring;
	assert_int_equal(arm_smmu_cmdq_issue_cmd(&smmu, tlbi), 0);
	assert_int_equal(arm_smmu_cmdq_issue_cmd_with_sync(&smmu, tlbi), 0);
	assert_int_equal(ring.pos, 3);
	assert_memory_equal(&ring.cmds[0], &tlbi, sizeof(tlbi));
	assert_memory_equal(&ring.cmds[1], &tlbi, sizeof(tlbi));
	assert_memory_equal(&ring.cmds[2], &sync, sizeof(sync));
}

/* Erratum: {TLBI, CFGI}; CMD_SYNC twice, ATC_INV and bare syncs once. */
static void repeat_erratum(void **state)
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
	struct world w;
	unsigned int i;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			world_up(&w, k, 7, (struct smmu_model_params){});
			w.smmu.options |= ARM_SMMU_OPT_REPEAT_TLBI_CFGI;
			cmd = arm_smmu_make_cmd_op(cases[i].op);
			assert_int_equal(arm_smmu_cmdq_issue_cmdlist(&w.smmu, &cmd, cases[i].n,
								     cases[i].sync),
					 0);
			smmu_model_poll(&w.smmu);
			assert_int_equal(world_counters(&w).syncs, cases[i].syncs);
			world_down(&w);
		}
	}
}

/* The model takes at least its time, and a late poller finds all of it done. */
static void model_time(void **state)
{
	struct smmu_model_params params = { .cmd_ns = 200000, .sync_ns = 1000000 };
	const struct timespec nap = { .tv_nsec = 5000000 };
	const struct world_kind *k;
	ktime_t start;
	struct world w;

	(void)state;
	for (k = world_kinds; k < WORLD_KINDS_END; k++) {
		world_up(&w, k, 7, params);
		start = ktime_get();
		assert_int_equal(world_send(&w, 0, 5, true), 0);
		assert_true(ktime_get() - start >= 5 * 200000 + 1000000);
		assert_int_equal(world_counters(&w).syncs, 1);

		w.logged = 0;
		assert_int_equal(world_send(&w, 5, 5, false), 0);
		start = ktime_get();
		smmu_model_poll(&w.smmu); /* it sees them now */
		if (ktime_get() - start < 200000)
			world_log_is(&w, 5, 0);
		nanosleep(&nap, NULL);
		smmu_model_poll(&w.smmu);
		world_log_is(&w, 5, 5);
		world_down(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depths),
		cmocka_unit_test(what_init_refuses),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(too_many),
		cmocka_unit_test(words),
		cmocka_unit_test(nothing_without_sync),
		cmocka_unit_test(laps),
		cmocka_unit_test(null_device),
		cmocka_unit_test(no_queue),
		cmocka_unit_test(repeat_erratum),
		cmocka_unit_test(model_time),
	};

	return cmocka_run_group_tests_name("cmdq-queue", tests, NULL, NULL);
}
