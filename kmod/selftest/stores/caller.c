// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/string.h>

#include "caller.h"

struct arm_smmu_device suite_smmus[MODEL_SMMUS];

unsigned int suite_below(void *ctx, unsigned int limit)
{
	u32 *state = ctx;

	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % limit;
}

void caller_init(struct caller *c, struct arm_smmu_domain *domain)
{
	memset(c, 0, sizeof(*c));
	c->t.domain = domain;
	c->t.ptes = c->ptes;
	c->t.pte_mask = NR_PTES - 1;
	c->t.pte_stride = 1;
	c->t.nr_ptes = 1;
}

bool caller_sent(struct caller *c, u64 from, size_t *n)
{
	u64 pos;

	*n = 0;
	if (c->t.ring.pos - from > SMMU_RING_ENTRIES)
		return false;
	for (pos = from; pos != c->t.ring.pos; pos++)
		c->got[(*n)++] = c->t.ring.cmds[pos % SMMU_RING_ENTRIES];
	return true;
}

bool same_command(const struct arm_smmu_cmd *got, const struct arm_smmu_cmd *want)
{
	if ((want->data[0] & 0xff) == 0x46)
		return (got->data[0] & 0xff) == 0x46;
	return got->data[0] == want->data[0] && got->data[1] == want->data[1];
}

smmu_unmap_fn some_unmap(const struct suite_store *store, u32 *rnd)
{
	smmu_unmap_fn fn;

	do {
		struct smmu_path path = {
			.strategy = suite_below(rnd, SMMU_NR_STRATEGIES),
			.queue = SMMU_QUEUE_NONE,
			.device = SMMU_DEVICE_NULL,
			.variant = suite_below(rnd, SMMU_NR_VARIANTS),
		};

		fn = store->ops->unmap(&path);
	} while (!fn);
	return fn;
}

void suite_domain_init(struct arm_smmu_domain *d, const struct smmu_store_ops *ops, bool nested)
{
	memset(d, 0, sizeof(*d));
	d->stage = nested ? ARM_SMMU_DOMAIN_S2 : ARM_SMMU_DOMAIN_S1;
	d->nest_parent = nested;
	d->asid = MODEL_TAG(0);
	d->vmid = MODEL_TAG(0);
	d->pgsize_bitmap = 4096;
	d->store = ops;
}
