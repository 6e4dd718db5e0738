// SPDX-License-Identifier: GPL-2.0-or-later
/* The walks under test: each queue, device and variant, over an array and over a list. */
#include <linux/array_size.h>
#include <linux/string.h>

#include "inv_range_test.h"
#include "inv_range.h"

/* A store of its own kind: entries on a list. */
struct list_cursor {
	const struct arm_smmu_inv *inv;
	const int *order;	/* index of the next one, -1 ends */
};

static __always_inline const struct arm_smmu_inv *list_next(void *cursor)
{
	struct list_cursor *c = cursor;

	while (*c->order >= 0) {
		const struct arm_smmu_inv *inv = &c->inv[*c->order++];

		if (READ_ONCE(inv->users))
			return inv;
	}
	return NULL;
}

#define WALK(name, q, d, v, nowmb)						\
static struct smmu_submission name(struct range_setup *s)				\
{										\
	const struct smmu_path p = {						\
		.strategy = SMMU_STRATEGY_MERGED, .queue = SMMU_QUEUE_##q,	\
		.device = SMMU_DEVICE_##d, .variant = SMMU_VARIANT_##v,		\
		.no_queue_wmb = nowmb,						\
	};									\
										\
	return smmu_inv_array_walk(p, &s->t, s->inv, s->nr);			\
}

WALK(none_faithful, NONE, NULL, FAITHFUL, false)
WALK(none_lean, NONE, NULL, LEAN, false)
WALK(lockless_null_faithful, LOCKLESS, NULL, FAITHFUL, false)
WALK(lockless_null_lean, LOCKLESS, NULL, LEAN, false)
WALK(lockless_model_faithful, LOCKLESS, MODEL, FAITHFUL, false)
WALK(lockless_model_lean, LOCKLESS, MODEL, LEAN, false)
WALK(lockless_null_nowmb_lean, LOCKLESS, NULL, LEAN, true)
WALK(lockless_model_nowmb_faithful, LOCKLESS, MODEL, FAITHFUL, true)
WALK(lockless_model_nowmb_lean, LOCKLESS, MODEL, LEAN, true)
WALK(spinlock_null_faithful, SPINLOCK, NULL, FAITHFUL, false)
WALK(spinlock_null_lean, SPINLOCK, NULL, LEAN, false)
WALK(spinlock_model_lean, SPINLOCK, MODEL, LEAN, false)

#define LIST_WALK(name, q, v)							\
static struct smmu_submission name(struct range_setup *s)				\
{										\
	const struct smmu_path p = {						\
		.strategy = SMMU_STRATEGY_MERGED, .queue = SMMU_QUEUE_##q,	\
		.device = SMMU_DEVICE_NULL, .variant = SMMU_VARIANT_##v,	\
	};									\
	int order[MAX_ENTRIES + 1];						\
	struct list_cursor c = { .inv = s->inv, .order = order };		\
	size_t i;								\
										\
	for (i = 0; i < s->nr; i++)						\
		order[i] = i;							\
	order[s->nr] = -1;							\
	return smmu_walk(p, &s->t, list_next, &c);				\
}

LIST_WALK(list_none_lean, NONE, LEAN)
LIST_WALK(list_lockless_faithful, LOCKLESS, FAITHFUL)
LIST_WALK(list_lockless_lean, LOCKLESS, LEAN)

const struct range_path range_paths[] = {
	{ "none/faithful", none_faithful, true },
	{ "none/lean", none_lean, true },
	{ "lockless-null/faithful", lockless_null_faithful, false },
	{ "lockless-null/lean", lockless_null_lean, false },
	{ "lockless-model/faithful", lockless_model_faithful, false },
	{ "lockless-model/lean", lockless_model_lean, false },
	{ "lockless-null-nowmb/lean", lockless_null_nowmb_lean, false },
	{ "lockless-model-nowmb/faithful", lockless_model_nowmb_faithful, false },
	{ "lockless-model-nowmb/lean", lockless_model_nowmb_lean, false },
	{ "spinlock-null/faithful", spinlock_null_faithful, false },
	{ "spinlock-null/lean", spinlock_null_lean, false },
	{ "spinlock-model/lean", spinlock_model_lean, false },
	{ "list, none/lean", list_none_lean, true },
	{ "list, lockless-null/faithful", list_lockless_faithful, false },
	{ "list, lockless-null/lean", list_lockless_lean, false },
};

const unsigned int nr_range_paths = ARRAY_SIZE(range_paths);

range_walk_fn range_walk(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_range_paths; i++)
		if (!strcmp(range_paths[i].name, name))
			return range_paths[i].walk;
	return NULL;
}

/* Opcodes as arm_smmu_master_build_inv() has them. */
static void set_opcodes(struct arm_smmu_inv *inv)
{
	bool e2h = inv->smmu->features & ARM_SMMU_FEAT_E2H;

	switch (inv->type) {
	case INV_TYPE_S1_ASID:
		inv->size_opcode = e2h ? 0x22 : 0x12;
		inv->nsize_opcode = e2h ? 0x21 : 0x11;
		break;
	case INV_TYPE_S2_VMID:
		inv->size_opcode = 0x2a;
		inv->nsize_opcode = 0x28;
		break;
	case INV_TYPE_S2_VMID_S1_CLEAR:
		inv->size_opcode = 0x10;
		inv->nsize_opcode = 0x10;
		break;
	default:
		inv->size_opcode = 0x40;
		inv->nsize_opcode = 0x40;
	}
}

void range_set_up(struct range_setup *s, const struct range_case *c, u64 ring_pos)
{
	const struct entries *e;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < NR_SMMUS; i++) {
		s->smmus[i].index = i;
		s->smmus[i].features = c->smmu[i].features;
		s->smmus[i].options = c->smmu[i].options;
	}
	s->t.iova = c->iova;
	s->t.size = c->size;
	s->t.granule = c->granule;
	s->t.leaf = c->leaf;
	s->t.ring.pos = ring_pos;

	for (e = c->entries; e->nr; e++)
		for (i = 0; i < e->nr; i++) {
			struct arm_smmu_inv *inv = &s->inv[s->nr++];

			inv->smmu = &s->smmus[e->smmu];
			inv->type = e->type;
			inv->id = e->id + i;
			if (arm_smmu_inv_is_ats(inv))
				inv->ssid = e->x;
			else
				inv->pgsize = e->x;
			inv->users = !e->trash;
			set_opcodes(inv);
		}
}
