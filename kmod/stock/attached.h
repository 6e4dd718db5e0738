/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The function in a paging domain of its own, for checks. */
#ifndef STOCK_ATTACHED_H
#define STOCK_ATTACHED_H

struct iommu_domain;
struct pci_dev;
struct subject_error;

/**
 * struct stock_attached - an attachment
 * @pdev: the function
 * @domain: where it is
 */
struct stock_attached {
	struct pci_dev *pdev;
	struct iommu_domain *domain;
};

/**
 * stock_attached_open() - attach
 * @a: set up
 * @err: one line on failure
 *
 * May sleep. Return: 0; STOCK_SKIP where there is no function; -errno.
 */
int stock_attached_open(struct stock_attached *a, struct subject_error *err);

/* Back into the default domain. */
void stock_attached_close(struct stock_attached *a);

#endif
