// SPDX-License-Identifier: GPL-2.0-or-later
/* One caller: histories of attach and detach, and long arrays. */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../selftest.h"
#include "caller.h"
#include "invs.h"
#include "world.h"

struct history {
	const struct suite_store *store;
	struct suite_report *r;
	struct arm_smmu_domain domain;
	struct model m;
	struct caller caller;
	struct arm_smmu_inv want[MODEL_ENTRIES], got[MODEL_ENTRIES];
	u32 rnd;
};

static bool judge_live(struct history *h, const char *after)
{
	struct arm_smmu_inv *want = h->want, *got = h->got;
	size_t i, n = model_live(&h->m, want);

	if (h->store->ops->live(&h->domain, got, MODEL_ENTRIES) != n)
		return FAIL(h->r, h->store, "after %s not %zu live entries", after, n);
	for (i = 0; i < n; i++)
		if (got[i].smmu != want[i].smmu || got[i].type != want[i].type ||
		    got[i].id != want[i].id || got[i].users != want[i].users)
			return FAIL(h->r, h->store,
				    "after %s entry %zu is type %u id %#x users %d, not %u %#x %d",
				    after, i, got[i].type, got[i].id, got[i].users,
				    want[i].type, want[i].id, want[i].users);
	return true;
}

static bool judge_unmap(struct history *h, enum model_range range, const char *after)
{
	struct arm_smmu_cmd *want = h->caller.want, *got = h->caller.got;
	bool devices_list = !strcmp(h->store->ops->name, "devices-list");
	u64 from = h->caller.t.ring.pos;
	size_t i, n, num;

	model_range(range, &h->caller.t);
	n = model_commands(&h->m, devices_list, range, want);
	some_unmap(h->store, &h->rnd)(&h->caller.t, 1);
	if (!caller_sent(&h->caller, from, &num) || num != n)
		return FAIL(h->r, h->store, "unmap after %s sent %llu commands, not %zu", after,
			    (unsigned long long)(h->caller.t.ring.pos - from), n);
	for (i = 0; i < n; i++)
		if (!same_command(&got[i], &want[i]))
			return FAIL(h->r, h->store,
				    "unmap after %s: command %zu is %#llx %#llx, not %#llx %#llx",
				    after, i, (unsigned long long)got[i].data[0],
				    (unsigned long long)got[i].data[1],
				    (unsigned long long)want[i].data[0],
				    (unsigned long long)want[i].data[1]);
	h->r->unmaps++;
	h->r->required += n;
	return true;
}

/* As arm_smmu_attach_prepare() goes about it; each allocation fails once. */
static bool step_attach(struct history *h, unsigned int master)
{
	const struct smmu_store_ops *ops = h->store->ops;
	struct smmu_store_txn txn = { .to_merge = model_invs(&h->m, master) };
	long live = selftest_allocs(), n = 0;
	bool failed = suite_below(&h->rnd, 8) == 0 && selftest_can(SELFTEST_CAN_FAIL_ALLOCS);
	bool ok = true;
	int ret;

	if (!txn.to_merge)
		return FAIL(h->r, h->store, "no memory");
	mutex_lock(&arm_smmu_asid_lock);
	do {
		if (failed)
			selftest_fail_alloc(++n);
		ret = ops->prepare(&h->domain, &txn);
		selftest_fail_alloc(0);
		/* Fewer there may be: what was deferred is freed meanwhile. */
		if (ret == -ENOMEM && selftest_allocs() > live)
			ok = FAIL(h->r, h->store, "prepare failed and left memory");
		if (ret && ret != -ENOMEM)
			ok = FAIL(h->r, h->store, "prepare: %d", ret);
	} while (ok && ret && failed);

	if (ok && ret)
		ok = FAIL(h->r, h->store, "prepare: %d", ret);
	if (ok && suite_below(&h->rnd, 8) == 0) {
		ops->abort(&h->domain, &txn);
		if (selftest_allocs() > live)
			ok = FAIL(h->r, h->store, "abort left memory");
	} else if (ok) {
		ops->install_new(&h->domain, &txn);
		model_attach(&h->m, master);
		/* Here the STE is written: who unmaps now must tell the master. */
		ok = judge_unmap(h, suite_below(&h->rnd, MODEL_NR_RANGES), "install_new");
	}
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(txn.to_merge);
	return ok;
}

static bool step_detach(struct history *h, unsigned int master)
{
	struct arm_smmu_invs *invs = model_invs(&h->m, master);
	struct arm_smmu_inv *live = h->want;
	size_t i, j, n;
	bool ok = true;

	if (!invs)
		return FAIL(h->r, h->store, "no memory");
	mutex_lock(&arm_smmu_asid_lock);
	h->store->ops->unref(&h->domain, invs);
	model_detach(&h->m, master);
	n = model_live(&h->m, live);
	for (i = 0; ok && i < invs->num_invs; i++) {
		const struct arm_smmu_inv *inv = &invs->inv[i];
		bool used = false;

		for (j = 0; j < n; j++)
			used |= live[j].smmu == inv->smmu && live[j].type == inv->type &&
				live[j].id == inv->id;
		if (inv->users != used)
			ok = FAIL(h->r, h->store, "unref says users %d of type %u id %#x",
				  inv->users, inv->type, inv->id);
	}
	ok = ok && judge_unmap(h, suite_below(&h->rnd, MODEL_NR_RANGES), "unref");
	if (ok && suite_below(&h->rnd, 2)) {
		h->store->ops->purge(&h->domain);
		ok = judge_unmap(h, suite_below(&h->rnd, MODEL_NR_RANGES), "purge");
	}
	mutex_unlock(&arm_smmu_asid_lock);
	kfree(invs);
	return ok;
}

/* Nobody has it: a caller's bug that is told and changes nothing. */
static bool step_wrong_detach(struct history *h, unsigned int master)
{
	struct arm_smmu_invs *invs = model_invs(&h->m, master);
	unsigned long warned = selftest_warnings();

	if (!invs)
		return FAIL(h->r, h->store, "no memory");
	selftest_expect_warn(true);
	mutex_lock(&arm_smmu_asid_lock);
	h->store->ops->unref(&h->domain, invs);
	mutex_unlock(&arm_smmu_asid_lock);
	selftest_expect_warn(false);
	kfree(invs);
	if (selftest_warnings() == warned)
		return FAIL(h->r, h->store, "unref of what isn't there went unnoticed");
	selftest_forget_warnings(warned);
	return true;
}

static bool step(struct history *h)
{
	unsigned int master = suite_below(&h->rnd, MODEL_MASTERS);
	unsigned int users = model_users(&h->m, master);

	switch (suite_below(&h->rnd, 4)) {
	case 0:
		return users < 2 ? step_attach(h, master) : true;
	case 1:
		if (users)
			return step_detach(h, master);
		/* Its tags may be there by others: only with nothing attached is it clear. */
		if (h->m.num_attached || !selftest_can(SELFTEST_CAN_WARN))
			return true;
		return step_wrong_detach(h, master);
	default:
		return judge_unmap(h, suite_below(&h->rnd, MODEL_NR_RANGES), "change");
	}
}

bool suite_history(const struct suite_store *store, unsigned int seed, unsigned int steps,
		   struct suite_report *r)
{
	static struct history h;
	unsigned int i;
	long live;
	bool ok;

	smmu_world_enter(store->rcu);
	smmu_world_leave();
	rcu_barrier();
	live = selftest_allocs();
	memset(&h, 0, sizeof(h));
	h.store = store;
	h.r = r;
	h.rnd = seed * 2654435761U | 1;
	model_init(&h.m, suite_smmus, store->ops->caps,
		   (store->ops->caps & SMMU_STORE_NESTED) && seed % 2, suite_below, &h.rnd);
	suite_domain_init(&h.domain, store->ops, h.m.nested);

	if (selftest_can(SELFTEST_CAN_FAIL_ALLOCS)) {
		selftest_fail_alloc(1);
		if (store->ops->init(&h.domain) != -ENOMEM)
			return FAIL(r, store, "init took no notice of a failed allocation");
		selftest_fail_alloc(0);
		if (selftest_allocs() != live)
			return FAIL(r, store, "init failed and left memory");
	}
	if (store->ops->init(&h.domain))
		return FAIL(r, store, "init failed");

	smmu_world_enter(store->rcu);
	caller_init(&h.caller, &h.domain);
	ok = judge_unmap(&h, MODEL_PAGE, "init");
	for (i = 0; ok && i < steps; i++) {
		ok = step(&h) && judge_live(&h, "change");
		smmu_world_quiescent();
	}
	while (ok && h.m.num_attached)
		ok = step_detach(&h, h.m.attached[0]) && judge_live(&h, "detach");
	smmu_world_leave();
	rcu_barrier();
	store->ops->destroy(&h.domain);
	rcu_barrier();
	if (ok && selftest_allocs() != live)
		return FAIL(r, store, "%ld allocations are left", selftest_allocs() - live);
	return ok;
}

static bool long_array(const struct suite_store *store, size_t num, bool ats,
		       struct suite_report *r)
{
	static struct caller caller;
	struct smmu_store_txn txn = { .to_merge = arm_smmu_invs_alloc(num) };
	static struct arm_smmu_domain domain;
	u32 rnd = 1;
	size_t i, n, sent_num;
	u64 from;
	bool ok = true;

	if (!txn.to_merge)
		return FAIL(r, store, "no memory");
	for (i = 0; i < num; i++)
		txn.to_merge->inv[i] = (struct arm_smmu_inv){
			.smmu = &suite_smmus[0],
			.type = ats && i ? INV_TYPE_ATS : INV_TYPE_S1_ASID,
			.size_opcode = ats && i ? 0x40 : 0x12,
			.nsize_opcode = ats && i ? 0x40 : 0x11,
			.id = 1 + i,
		};
	suite_domain_init(&domain, store->ops, false);
	if (store->ops->init(&domain)) {
		kfree(txn.to_merge);
		return FAIL(r, store, "no memory");
	}
	mutex_lock(&arm_smmu_asid_lock);
	if (store->ops->prepare(&domain, &txn))
		ok = FAIL(r, store, "no memory");
	else
		store->ops->install_new(&domain, &txn);
	mutex_unlock(&arm_smmu_asid_lock);

	caller_init(&caller, &domain);
	model_range(MODEL_PAGE, &caller.t);
	n = model_expect(txn.to_merge->inv, num, MODEL_PAGE, caller.want);
	for (i = 0; ok && i < 16; i++) {
		size_t c;

		from = caller.t.ring.pos;
		some_unmap(store, &rnd)(&caller.t, 1);
		if (!caller_sent(&caller, from, &sent_num) || sent_num != n)
			ok = FAIL(r, store, "%zu entries sent %zu commands, not %zu", num,
				  sent_num, n);
		for (c = 0; ok && c < n; c++)
			if (!same_command(&caller.got[c], &caller.want[c]))
				ok = FAIL(r, store, "%zu entries: command %zu is %#llx", num, c,
					  (unsigned long long)caller.got[c].data[0]);
	}
	kfree(txn.to_merge);
	store->ops->destroy(&domain);
	return ok;
}

bool suite_long(const struct suite_store *store, struct suite_report *r)
{
	static const size_t nums[] = { 63, 64, 65, 130 };
	bool ok = true;
	size_t i;

	smmu_world_enter(store->rcu);
	for (i = 0; ok && i < ARRAY_SIZE(nums); i++) {
		if (store->ops->caps & SMMU_STORE_SMMUS)
			ok = long_array(store, nums[i], false, r);
		if (ok && store->ops->caps & SMMU_STORE_ATS)
			ok = long_array(store, nums[i], true, r);
	}
	smmu_world_leave();
	rcu_barrier();
	return ok;
}
