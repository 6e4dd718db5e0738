// SPDX-License-Identifier: GPL-2.0-or-later
/* Cells of the stock driver, from creation to their blocks. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sprintf.h>

#include "cell.h"
#include "params.h"
#include "room.h"
#include "spare.h"

static const struct stock_op *op_of(const struct subject_params *p)
{
	switch (p->op) {
	case SUBJECT_OP_UNMAP:
		return &stock_unmap_op;
	case SUBJECT_OP_IOMMU_MAP_UNMAP:
		return &stock_iommu_op;
	case SUBJECT_OP_DMA_MAP_UNMAP:
		return &stock_dma_op;
	case SUBJECT_OP_IOMMU_ATTACH:
		return &stock_attach_op;
	default:
		return NULL;
	}
}

int stock_failed(struct subject_error *err, const char *what, int ret)
{
	if (ret == -ENOMEM)
		snprintf(err->msg, sizeof(err->msg), "not enough memory for %s", what);
	else
		snprintf(err->msg, sizeof(err->msg), "stock driver: %s: error %d", what, ret);
	return ret;
}

int stock_attach_failed(struct subject_error *err, int ret)
{
	if (ret != -EINVAL)
		return stock_failed(err, "attach", ret);
	/* iommu_attach_device() */
	snprintf(err->msg, sizeof(err->msg),
		 "stock driver: the IOMMU API attaches a function that is alone in its IOMMU group: this one isn't (op=dma-map-unmap works)");
	return ret;
}

int stock_cell_domains(struct stock_cell *c, struct subject_error *err)
{
	c->domains = kcalloc(c->p.domains, sizeof(*c->domains), GFP_KERNEL);
	if (!c->domains)
		return stock_failed(err, "domains", -ENOMEM);
	for (; c->nr_domains < c->p.domains; c->nr_domains++) {
		struct iommu_domain *domain = iommu_paging_domain_alloc(&c->pdev->dev);

		if (IS_ERR(domain))
			return stock_failed(err, "a paging domain", PTR_ERR(domain));
		c->domains[c->nr_domains] = domain;
	}
	return 0;
}

int stock_cell_buffer(struct stock_cell *c, struct subject_error *err)
{
	c->buffer = alloc_pages_exact(c->p.size, GFP_KERNEL);
	return c->buffer ? 0 : stock_failed(err, "a buffer of one piece", -ENOMEM);
}

int stock_cell_attach(struct stock_cell *c)
{
	return spare_attach(c->domains[0]);
}

int stock_cell_detached(struct stock_cell *c)
{
	return spare_attach(NULL);
}

static void destroy(void *cell)
{
	struct stock_cell *c = cell;

	if (c->ram_up)
		stock_ram_free(&c->ram);
	while (c->nr_domains) {
		spare_forget(c->domains[--c->nr_domains]);
		iommu_domain_free(c->domains[c->nr_domains]);
	}
	kfree(c->domains);
	if (c->buffer)
		free_pages_exact(c->buffer, c->p.size);
	mutex_destroy(&c->lock);
	kfree(c);
}

static void *create(const struct subject_params *p, struct subject_error *err)
{
	struct stock_cell *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c) {
		stock_failed(err, "a cell", -ENOMEM);
		return NULL;
	}
	mutex_init(&c->lock);
	c->p = *p;
	c->op = op_of(p);
	c->pdev = spare_function(err);
	if (c->pdev && !c->op->create(c, err))
		return c;
	destroy(c);
	return NULL;
}

static int enter(void *cell)
{
	struct stock_cell *c = cell;
	int ret = 0;

	mutex_lock(&c->lock);
	if (!c->inside)
		ret = c->op->enter(c);
	if (!ret)
		c->inside++;
	mutex_unlock(&c->lock);
	return ret;
}

static void leave(void *cell)
{
	struct stock_cell *c = cell;

	mutex_lock(&c->lock);
	if (!--c->inside && c->op->leave)
		c->op->leave(c);
	mutex_unlock(&c->lock);
}

static smmu_unmap_fn loop(const struct subject_params *p)
{
	const struct stock_op *op = op_of(p);

	return op ? op->loop : NULL;
}

static const struct smmu_stock_ops ops = {
	.create = create,
	.destroy = destroy,
	.enter = enter,
	.leave = leave,
	.loop = loop,
};

void stock_init(void)
{
	smmu_stock_register(&ops);
}

void stock_exit(void)
{
	spare_release();
}
