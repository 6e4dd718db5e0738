// SPDX-License-Identifier: GPL-2.0-or-later
/* The IOMMU API: strict map + unmap, and attach + detach. */
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/sprintf.h>

#include "cell.h"
#include "subject_thread.h"

/* As many bytes as the largest size twice: any IOMMU has room for 1024 threads. */
#define IOVA_A_THREAD	SZ_16M

static int iommu_create(struct stock_cell *c, struct subject_error *err)
{
	int ret = stock_cell_domains(c, err);

	if (ret)
		return ret;
	if (!(c->domains[0]->pgsize_bitmap & c->p.granule)) {
		snprintf(err->msg, sizeof(err->msg),
			 "granule=%lluK is no page size of this IOMMU's domain (bitmap %#lx)",
			 (unsigned long long)c->p.granule >> 10, c->domains[0]->pgsize_bitmap);
		return -EINVAL;
	}
	ret = stock_cell_buffer(c, err);
	if (ret)
		return ret;
	ret = stock_cell_attach(c);
	return ret ? stock_attach_failed(err, ret) : 0;
}

static void iommu_loop(struct smmu_thread *t, unsigned long n)
{
	const struct stock_cell *c = to_subject_thread(t)->stock;
	struct iommu_domain *domain = c->domains[0];
	phys_addr_t paddr = virt_to_phys(c->buffer);
	/* A thread's own; a granule beside the buffer's alignment, so that no larger page fits. */
	unsigned long iova = (to_subject_thread(t)->index + 1UL) * IOVA_A_THREAD + t->granule;
	size_t size = t->size;

	for (; n; n--) {
		if (iommu_map(domain, iova, paddr, size, IOMMU_READ | IOMMU_WRITE, GFP_KERNEL))
			t->errors++;
		else if (iommu_unmap(domain, iova, size) != size)
			t->errors++;
	}
}

const struct stock_op stock_iommu_op = {
	.create = iommu_create,
	.enter = stock_cell_attach,
	.loop = iommu_loop,
};

static int attach_create(struct stock_cell *c, struct subject_error *err)
{
	int ret = stock_cell_domains(c, err);

	if (ret)
		return ret;
	/* What would fail in the loop fails here. */
	ret = stock_cell_attach(c);
	return ret ? stock_attach_failed(err, ret) : 0;
}

static void attach_loop(struct smmu_thread *t, unsigned long n)
{
	struct stock_cell *c = to_subject_thread(t)->stock;
	struct device *dev = &c->pdev->dev;

	for (; n; n--) {
		struct iommu_domain *domain = c->domains[c->next];

		c->next = c->next + 1 < c->nr_domains ? c->next + 1 : 0;
		if (iommu_attach_device(domain, dev))
			t->errors++;
		else
			iommu_detach_device(domain, dev);
		to_subject_thread(t)->attaches++;
	}
}

const struct stock_op stock_attach_op = {
	.create = attach_create,
	.enter = stock_cell_detached,
	.loop = attach_loop,
};
