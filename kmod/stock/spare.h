/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spare PCI function that the stock driver is driven with (module parameter
 * stock_dev), and which domain it is attached to.
 */
#ifndef STOCK_SPARE_H
#define STOCK_SPARE_H

struct iommu_domain;
struct pci_dev;
struct subject_error;

/**
 * spare_function() - the function, bound to our driver
 * @err: one line on failure: there is none, somebody uses it, or its group
 *
 * The first call binds it; it stays ours until the module goes. May sleep.
 * Return: NULL on failure.
 */
struct pci_dev *spare_function(struct subject_error *err);

/**
 * spare_attach() - have the function in a domain
 * @domain: paging domain; NULL: the default one, of the DMA API
 *
 * Nothing is done where it is there already. May sleep.
 * Return: 0, or the IOMMU API's error; the function is in the default domain then.
 */
int spare_attach(struct iommu_domain *domain);

/* Out of @domain, if it is there: before it is freed. */
void spare_forget(struct iommu_domain *domain);

/* The module goes. */
void spare_release(void);

#endif
