// SPDX-License-Identifier: GPL-2.0-or-later
/* The DMA API: map + unmap of a buffer, as a driver does it for each transfer. */
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/sprintf.h>

#include "cell.h"
#include "params.h"
#include "subject_thread.h"

/* The administrator sets the type of a group's default domain, not a module. */
static int dma_create(struct stock_cell *c, struct subject_error *err)
{
	struct iommu_domain *domain;
	unsigned int want;
	int ret = stock_cell_detached(c);

	if (ret)
		return stock_failed(err, "detach", ret);
	domain = iommu_get_domain_for_dev(&c->pdev->dev);
	want = c->p.flush == SUBJECT_FLUSH_LAZY ? IOMMU_DOMAIN_DMA_FQ : IOMMU_DOMAIN_DMA;
	if (!domain || domain->type != want) {
		snprintf(err->msg, sizeof(err->msg),
			 "flush=%s needs another default domain for %s: write %s to iommu_group/type in its sysfs folder, or choose the other flush",
			 c->p.flush == SUBJECT_FLUSH_LAZY ? "lazy" : "strict",
			 pci_name(c->pdev),
			 c->p.flush == SUBJECT_FLUSH_LAZY ? "DMA-FQ" : "DMA");
		return -EINVAL;
	}
	return stock_cell_buffer(c, err);
}

static void dma_loop(struct smmu_thread *t, unsigned long n)
{
	const struct stock_cell *c = to_subject_thread(t)->stock;
	struct device *dev = &c->pdev->dev;
	void *buffer = c->buffer;
	size_t size = t->size;

	for (; n; n--) {
		dma_addr_t addr = dma_map_single(dev, buffer, size, DMA_BIDIRECTIONAL);

		if (dma_mapping_error(dev, addr))
			t->errors++;
		else
			dma_unmap_single(dev, addr, size, DMA_BIDIRECTIONAL);
	}
}

const struct stock_op stock_dma_op = {
	.create = dma_create,
	.enter = stock_cell_detached,
	.loop = dma_loop,
};
