// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * op=unmap store=stock: arm_smmu_domain_inv_range() itself, in the loop that the other
 * stores have. With device=mmio it has its SMMU; with device=null the registers of its
 * queue are memory for the time of a block, and nothing is invalidated; an empty array
 * needs neither.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/sprintf.h>

#include "cell.h"
#include "inv_range.h"
#include "subject_thread.h"

/* ARM_SMMU_OPT_MSIPOLL of the driver. */
#define STOCK_OPT_MSIPOLL	BIT(2)

static bool stock_null;
module_param(stock_null, bool, 0400);
MODULE_PARM_DESC(stock_null,
		 "allow store=stock device=null: commands of whatever else is behind that SMMU are lost meanwhile; for guests");

/* The axes say what the SMMU is, since its group's other cells have theirs by them. */
static int check_ril(struct stock_cell *c, struct subject_error *err)
{
	struct stock_inv inv;
	bool ril;

	if (stock_domain_invs(c->smmu_domain, &inv, 1) != 1)
		return stock_failed(err, "an attached domain has no entry, or several", -EINVAL);
	ril = inv.pgsize;
	if (ril == c->p.ril)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "store=stock: this SMMU has %srange invalidation: ril=%s",
		 ril ? "" : "no ", ril ? "on" : "off");
	return -EINVAL;
}

static int create_ram(struct stock_cell *c, struct subject_error *err)
{
	struct stock_queue q;
	int ret;

	if (!stock_null) {
		snprintf(err->msg, sizeof(err->msg),
			 "store=stock device=null takes the SMMU from all that is behind it: load the module with stock_null=1 where that is nothing");
		return -EPERM;
	}
	if (stock_options(stock_domain_smmu(c->smmu_domain)) & STOCK_OPT_MSIPOLL) {
		snprintf(err->msg, sizeof(err->msg),
			 "store=stock device=null: this SMMU completes a CMD_SYNC by an MSI, which memory doesn't write");
		return -EINVAL;
	}
	ret = stock_queue(stock_domain_smmu(c->smmu_domain), &q, err);
	if (ret)
		return ret;
	ret = stock_ram_init(&c->ram, &q);
	if (ret)
		return stock_failed(err, "a copy of the queue's state", ret);
	c->ram_up = true;
	return 0;
}

static int unmap_create(struct stock_cell *c, struct subject_error *err)
{
	int ret;

	c->inv_range = stock_inv_range(err);
	if (!c->inv_range)
		return -ENOENT;
	ret = stock_cell_domains(c, err);
	if (ret)
		return ret;
	c->smmu_domain = stock_domain(c->domains[0]);
	ret = stock_cell_attach(c);
	if (ret)
		return stock_attach_failed(err, ret);
	ret = check_ril(c, err);
	/* An empty array issues nothing. */
	if (!ret && c->p.device == SMMU_DEVICE_NULL && c->p.entries)
		ret = create_ram(c, err);
	return ret;
}

/* Without entries nobody is attached: the array is empty. */
static int unmap_enter(struct stock_cell *c)
{
	int ret = c->p.entries ? stock_cell_attach(c) : stock_cell_detached(c);

	if (!ret && c->ram_up)
		ret = stock_ram_enter(&c->ram);
	return ret;
}

static void unmap_leave(struct stock_cell *c)
{
	if (c->ram_up)
		stock_ram_leave(&c->ram);
}

static void unmap_loop(struct smmu_thread *t, unsigned long n)
{
	const struct smmu_path p = { .strategy = SMMU_STRATEGY_NONE };
	const struct stock_cell *c = to_subject_thread(t)->stock;
	const stock_inv_range_fn inv_range = c->inv_range;
	void *domain = c->smmu_domain;

	for (; n; n--) {
		smmu_pte_clear(p, t);
		inv_range(domain, t->iova, t->size, t->granule, t->leaf);
	}
}

const struct stock_op stock_unmap_op = {
	.create = unmap_create,
	.enter = unmap_enter,
	.leave = unmap_leave,
	.loop = unmap_loop,
};
