// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes together in a cell, and which axes mean nothing there. */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/sprintf.h>
#include <linux/types.h>

#include "params.h"
#include "stock.h"
#include "stores/paths.h"
#include "stores/stores.h"

#define AX(a) (1U << AX_##a)
#define AX_QUEUES \
	(AX(QUEUE) | AX(DEVICE) | AX(DEPTH) | AX(CMD_NS) | AX(SYNC_NS))
#define AX_STORES \
	(AX(STORE) | AX(STRATEGY) | AX(RCU) | AX(ENTRIES) | AX(ATS) | AX(SMMUS))
#define AX_PTE	  (AX(PTES) | AX(PTE_CACHE))
#define AX_RANGE  (AX(SIZE) | AX(GRANULE) | AX(LEAF) | AX(RIL))
#define AX_ALWAYS (AX(OP) | AX(COPY) | AX(THREADS) | AX(WORLD))

/* The axes that mean something to an operation. */
static const u32 op_axes[] = {
	[SUBJECT_OP_UNMAP] = AX_ALWAYS | AX_STORES | AX_QUEUES | AX_PTE |
			     AX_RANGE | AX(VARIANT) | AX(ATTACH_RATE),
	[SUBJECT_OP_MAP_UNMAP] = AX_ALWAYS | AX_STORES | AX_QUEUES | AX_PTE |
				 AX_RANGE | AX(BUDGET) | AX(ATTACH_RATE),
	[SUBJECT_OP_ATTACH] = AX_ALWAYS | AX_STORES | AX_QUEUES | AX(RIL) |
			      AX(READERS),
	[SUBJECT_OP_CMDQ] = AX_ALWAYS | AX_QUEUES | AX(ENTRIES),
	[SUBJECT_OP_FENCE] = AX_ALWAYS | AX_PTE | AX(FENCE),
	[SUBJECT_OP_BUILD] = AX_ALWAYS | AX(ENTRIES),
	[SUBJECT_OP_FLOOR] = AX_ALWAYS | AX_PTE,
	[SUBJECT_OP_IOMMU_MAP_UNMAP] = AX_ALWAYS | AX(STORE) | AX(SIZE) | AX(GRANULE),
	[SUBJECT_OP_DMA_MAP_UNMAP] = AX_ALWAYS | AX(STORE) | AX(SIZE) | AX(FLUSH),
	[SUBJECT_OP_IOMMU_ATTACH] = AX_ALWAYS | AX(STORE) | AX(DOMAINS),
};

/* Operations that only the stock driver has. */
static bool op_is_stock(unsigned int op)
{
	return op >= SUBJECT_OP_IOMMU_MAP_UNMAP;
}

bool subject_is_stock(const struct subject_params *p)
{
	return (op_axes[p->op] & AX(STORE)) && p->store == SMMU_STORE_ID_stock;
}

static void fold(struct subject_params *p)
{
	u32 keep = op_axes[p->op];
	unsigned int a;

	if (p->queue == SMMU_QUEUE_NONE && p->op != SUBJECT_OP_CMDQ)
		keep &= ~(AX(DEVICE) | AX(DEPTH) | AX(CMD_NS) | AX(SYNC_NS));
	if (p->device != SMMU_DEVICE_MODEL)
		keep &= ~(AX(CMD_NS) | AX(SYNC_NS));
	if (p->world == SUBJECT_WORLD_KERNEL ||
	    ((keep & AX(STORE)) && !subject_store(p->store)->rcu))
		keep &= ~AX(RCU);
	if (!p->ptes)
		keep &= ~AX(PTE_CACHE);
	if (op_is_stock(p->op))
		p->store = SMMU_STORE_ID_stock;
	/* Its queue is as deep as the driver made it. */
	if (subject_is_stock(p))
		keep &= ~(AX(VARIANT) | AX(DEPTH));

	for (a = 0; a < SUBJECT_NR_AXES; a++)
		if (!(keep & (1U << a)))
			subject_axis_reset(p, a);

	if ((keep & AX(STORE)) && subject_store(p->store)->own_order)
		p->strategy = SUBJECT_STRATEGY_OWN;
}

#define REFUSE(err, ...) \
	(snprintf((err)->msg, sizeof((err)->msg), __VA_ARGS__), -EINVAL)

static bool needs_rcu_readers(const struct smmu_strategy_row *s)
{
	return s->publish == SMMU_FENCE_SYNC_RCU ||
	       s->publish == SMMU_FENCE_SYNC_RCU_EXPEDITED;
}

#define STORE(id, n, f, w, c, h) [SMMU_STORE_ID_##id] = SMMU_WORLD_##w,
static const u8 store_worlds[SMMU_NR_STORES] = {
#include "stores/stores.def"
};

#undef STORE

static int check_store(const struct subject_params *p,
		       struct subject_error *err)
{
	const struct subject_store *store = subject_store(p->store);
	const struct smmu_strategy_row *strategy;

	if (!(store_worlds[p->store] & SUBJECT_WORLD_BIT(p->world)))
		return REFUSE(err, "store=%s exists only in: %s", store->name,
			      store->worlds);
	if (p->ats && !store->ats)
		return REFUSE(err, "store=%s can't do ats=on", store->name);
	if (p->smmus > 1 && !store->smmus)
		return REFUSE(err, "store=%s keeps one SMMU: smmus=%llu",
			      store->name, (unsigned long long)p->smmus);
	/* Its only tag is an ASID, or a VMID with its nested stage 1. */
	if (!store->smmus && !p->ats && p->entries > 2)
		return REFUSE(
			err,
			"store=%s keeps one tag: entries=%llu with ats=off",
			store->name, (unsigned long long)p->entries);
	if (!store->concurrent && p->threads > 1)
		return REFUSE(err,
			      "store=%s has no synchronisation: threads=%llu",
			      store->name, (unsigned long long)p->threads);
	if (!store->concurrent && p->attach_rate)
		return REFUSE(
			err,
			"store=%s has no synchronisation: attach_rate=%llu",
			store->name, (unsigned long long)p->attach_rate);
	if (!store->concurrent && p->readers)
		return REFUSE(err,
			      "store=%s has no synchronisation: readers=%llu",
			      store->name, (unsigned long long)p->readers);
	if (p->strategy == SUBJECT_STRATEGY_OWN)
		return store->own_order ?
			       0 :
			       REFUSE(err,
				      "store=%s has no ordering of its own: strategy=own",
				      store->name);

	strategy = &smmu_strategies[p->strategy];
	if (!(strategy->worlds & SUBJECT_WORLD_BIT(p->world)))
		return REFUSE(err, "strategy=%s exists only in: %s",
			      strategy->name,
			      subject_strategy(p->strategy)->worlds);
	if (needs_rcu_readers(strategy) && !store->rcu)
		return REFUSE(
			err,
			"strategy=%s waits for readers under RCU: store=%s has none",
			strategy->name, store->name);
	return 0;
}

static int check_entries(const struct subject_params *p,
			 struct subject_error *err)
{
	if (!p->entries && p->smmus == 1 && !p->ats && (op_axes[p->op] & AX(STRATEGY)))
		return 0;
	if (p->entries < p->smmus)
		return REFUSE(
			err,
			"entries=%llu is less than smmus=%llu: each SMMU has one",
			(unsigned long long)p->entries,
			(unsigned long long)p->smmus);
	if (p->ats && p->entries == p->smmus)
		return REFUSE(
			err,
			"ats=on: entries=%llu leaves none beside the ASID of each SMMU",
			(unsigned long long)p->entries);
	return 0;
}

#define STOCK_MAX_SIZE	(4ULL << 20) /* one piece of memory */

static int check_stock_api(const struct subject_params *p, struct subject_error *err)
{
	if (p->op == SUBJECT_OP_IOMMU_ATTACH && p->threads > 1)
		return REFUSE(err, "op=iommu-attach has one PCI function: threads=%llu",
			      (unsigned long long)p->threads);
	if (p->op == SUBJECT_OP_IOMMU_ATTACH)
		return 0;
	if (!p->size || p->size > STOCK_MAX_SIZE)
		return REFUSE(err, "op=%s maps 1 byte to 4M: size=%llu",
			      subject_axis_name(p, AX_OP), (unsigned long long)p->size);
	return 0;
}

static int check_stock(const struct subject_params *p, struct subject_error *err)
{
	if (op_is_stock(p->op))
		return check_stock_api(p, err);
	if (p->op != SUBJECT_OP_UNMAP)
		return REFUSE(err, "store=stock is for op=unmap: op=%s",
			      subject_axis_name(p, AX_OP));
	if (p->queue != SMMU_QUEUE_LOCKLESS || p->device == SMMU_DEVICE_MODEL)
		return REFUSE(err,
			      "store=stock has the driver's queue: queue=lockless, device=mmio or null; not queue=%s device=%s",
			      subject_axis_name(p, AX_QUEUE), subject_axis_name(p, AX_DEVICE));
	if (p->entries > 1)
		return REFUSE(err, "store=stock has one entry or none: entries=%llu",
			      (unsigned long long)p->entries);
	if (p->attach_rate)
		return REFUSE(err, "store=stock has one PCI function: attach_rate=%llu",
			      (unsigned long long)p->attach_rate);
	return 0;
}

static int check_range(const struct subject_params *p,
		       struct subject_error *err)
{
	char size[24], granule[24];

	subject_print_number(p->size, true, size, sizeof(size));
	subject_print_number(p->granule, true, granule, sizeof(granule));
	if (!subject_granule_base(p->granule))
		return REFUSE(
			err,
			"granule: no %s; valid: 4K, 16K, 64K, 2M, 32M, 512M, 1G",
			granule);
	if (p->size % p->granule)
		return REFUSE(err, "size=%s is not a multiple of granule=%s",
			      size, granule);
	return 0;
}

static int check_queue(const struct subject_params *p, struct subject_error *err)
{
	if (p->device == SMMU_DEVICE_MMIO && p->world != SUBJECT_WORLD_KERNEL)
		return REFUSE(err, "device=mmio exists only in: kernel");
	if (p->op != SUBJECT_OP_CMDQ)
		return 0;
	if (p->queue == SMMU_QUEUE_NONE)
		return REFUSE(err, "op=cmdq needs a queue: queue=none");
	if (!p->entries)
		return REFUSE(err, "op=cmdq has no command with entries=0");
	if (p->entries >= 1ULL << p->depth)
		return REFUSE(err, "op=cmdq: entries=%llu and a CMD_SYNC don't fit in depth=%llu",
			      (unsigned long long)p->entries, (unsigned long long)p->depth);
	return 0;
}

/* Another world's loops of unmap, which this build can't look up: as it compiles them. */
#define PATH(s, qd, v)	{ PATH_##qd, PATH_##v },
static const struct smmu_path kernel_all[] = { PATHS_ALL_kernel(PATH, 0) };
static const struct smmu_path kernel_few[] = { PATHS_FEW_kernel(PATH, 0) };

#undef PATH

static bool has_path(const struct smmu_path *paths, size_t nr, const struct subject_params *p)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (paths[i].queue == p->queue && paths[i].device == p->device &&
		    paths[i].variant == p->variant)
			return true;
	return false;
}

static bool kernel_compiles(const struct subject_params *p)
{
	const bool few = p->strategy == SMMU_STRATEGY_NONE ||
			 p->strategy == SMMU_STRATEGY_MERGED ||
			 p->strategy == SUBJECT_STRATEGY_OWN;

	return has_path(kernel_all, ARRAY_SIZE(kernel_all), p) ||
	       (few && has_path(kernel_few, ARRAY_SIZE(kernel_few), p));
}

static bool is_compiled(const struct subject_params *p)
{
	struct subject_params like = *p;

	if (p->world == SUBJECT_WORLD_HERE || p->world != SUBJECT_WORLD_KERNEL)
		return subject_loop(p);
	if (subject_is_stock(p))
		return true;
	if (p->op == SUBJECT_OP_UNMAP)
		return kernel_compiles(p);
	/* The loops of the other operations are the same in all worlds, but for paths.h. */
	if (p->device == SMMU_DEVICE_MMIO)
		like.device = SMMU_DEVICE_MODEL;
	return subject_loop(&like);
}

/* What paths.h has is a compromise with the time that compiling takes. */
static int check_compiled(const struct subject_params *p, struct subject_error *err)
{
	if (p->variant == SMMU_VARIANT_LEAN &&
	    (p->queue == SMMU_QUEUE_SPINLOCK || p->device != SMMU_DEVICE_NULL))
		return REFUSE(err, "variant=lean has no loop for queue=%s device=%s",
			      subject_axis_name(p, AX_QUEUE), subject_axis_name(p, AX_DEVICE));
	if (p->rcu != SUBJECT_RCU_QSBR && p->queue != SMMU_QUEUE_NONE)
		return REFUSE(err, "rcu=%s is for queue=none: queue=%s",
			      subject_axis_name(p, AX_RCU), subject_axis_name(p, AX_QUEUE));
	if (is_compiled(p))
		return 0;
	return REFUSE(err, "not compiled: strategy=%s with queue=%s device=%s variant=%s rcu=%s",
		      subject_axis_name(p, AX_STRATEGY), subject_axis_name(p, AX_QUEUE),
		      subject_axis_name(p, AX_DEVICE), subject_axis_name(p, AX_VARIANT),
		      subject_axis_name(p, AX_RCU));
}

static int check_map_unmap(const struct subject_params *p,
			   struct subject_error *err)
{
	if (p->store != SMMU_STORE_ID_rcu_array || p->rcu != SUBJECT_RCU_QSBR)
		return REFUSE(
			err,
			"op=map-unmap is for store=rcu-array rcu=qsbr: store=%s rcu=%s",
			subject_store(p->store)->name, subject_axis_name(p, AX_RCU));
	if (p->strategy != SMMU_STRATEGY_NONE &&
	    p->strategy != SMMU_STRATEGY_MERGED)
		return REFUSE(
			err,
			"op=map-unmap is for strategy=none or merged: strategy=%s",
			subject_axis_name(p, AX_STRATEGY));
	if (p->queue != SMMU_QUEUE_LOCKLESS)
		return REFUSE(
			err,
			"op=map-unmap is compiled for queue=lockless: queue=%s",
			subject_axis_name(p, AX_QUEUE));
	return 0;
}

smmu_unmap_fn subject_loop(const struct subject_params *p)
{
	const bool own = p->strategy == SUBJECT_STRATEGY_OWN;
	const struct smmu_path path = {
		.strategy = own ? SMMU_STRATEGY_NONE : p->strategy,
		.queue = p->queue,
		.device = p->device,
		.variant = p->variant,
	};
	const struct smmu_store_ops *ops;

	if (subject_is_stock(p))
		return smmu_stock() ? smmu_stock()->loop(p) : NULL;
#if SMMU_INSTANCE_COPIES > 1
	if (p->op != SUBJECT_OP_UNMAP && p->copy)
		return smmu_op_find__1(p);
#endif
	if (p->op != SUBJECT_OP_UNMAP)
		return smmu_op_find__0(p);

	ops = smmu_store_find(p->store, subject_axis_name(p, AX_RCU), p->copy);
	return ops ? ops->unmap(&path) : NULL;
}

int subject_params_check(struct subject_params *p, struct subject_error *err)
{
	u32 keep;
	int ret = 0;

	fold(p);
	keep = op_axes[p->op];
	if (keep & AX(STORE))
		ret = check_store(p, err);
	if (!ret && (keep & AX(STORE)))
		ret = check_entries(p, err);
	if (!ret && subject_is_stock(p))
		ret = check_stock(p, err);
	if (!ret && !SMMU_SMP && p->threads > 1)
		ret = REFUSE(err, "this build is for a single CPU: threads=%llu",
			     (unsigned long long)p->threads);
	if (!ret && (keep & AX(GRANULE)))
		ret = check_range(p, err);
	if (!ret && (keep & AX(QUEUE)))
		ret = check_queue(p, err);
	if (!ret && p->op == SUBJECT_OP_MAP_UNMAP)
		ret = check_map_unmap(p, err);
	if (!ret && p->op != SUBJECT_OP_ATTACH)
		ret = check_compiled(p, err);
	return ret;
}

static bool above_artificial(const struct subject_params *p,
			     enum subject_axis_id a)
{
	u64 limit = subject_axis(a)->artificial;

	return limit && subject_axis_value(p, a) > limit;
}

bool subject_params_artificial(const struct subject_params *p)
{
	unsigned int a;

	/* Of the raw operations nobody says that they are an IOMMU's. */
	if (!(op_axes[p->op] & AX(STORE)))
		return false;
	for (a = 0; a < SUBJECT_NR_AXES; a++)
		if (above_artificial(p, a))
			return true;
	return false;
}

u64 subject_granule_base(u64 granule)
{
	static const u64 bases[] = { 1 << 12, 1 << 14, 1 << 16 };
	unsigned int i, shift, level;

	for (i = 0; i < ARRAY_SIZE(bases); i++) {
		/* Each level resolves as many bits as a table of 8-byte entries has. */
		shift = 9 + 2 * i;
		for (level = 0; level < (i ? 2 : 3); level++)
			if (granule == bases[i] << (level * shift))
				return bases[i];
	}
	return 0;
}
