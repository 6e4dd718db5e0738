// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/pci.h>

#include "attached.h"
#include "cell.h"
#include "checks.h"
#include "spare.h"

int stock_attached_open(struct stock_attached *a, struct subject_error *err)
{
	int ret;

	a->pdev = spare_function(err);
	if (!a->pdev)
		return STOCK_SKIP;
	a->domain = iommu_paging_domain_alloc(&a->pdev->dev);
	if (IS_ERR(a->domain))
		return stock_failed(err, "a paging domain", PTR_ERR(a->domain));
	ret = spare_attach(a->domain);
	if (!ret)
		return 0;
	iommu_domain_free(a->domain);
	return stock_attach_failed(err, ret);
}

void stock_attached_close(struct stock_attached *a)
{
	spare_forget(a->domain);
	iommu_domain_free(a->domain);
}
