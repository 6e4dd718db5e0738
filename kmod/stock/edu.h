/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's edu device: a DMA master that does as it is told. docs/specs/edu of QEMU. */
#ifndef STOCK_EDU_H
#define STOCK_EDU_H

#include <linux/sizes.h>
#include <linux/types.h>

struct pci_dev;

/* Addresses that it can reach: 28 bits. */
#define EDU_ADDRESSES	SZ_256M

/**
 * struct edu - the device, enabled
 * @pdev: the function
 * @regs: its registers
 */
struct edu {
	struct pci_dev *pdev;
	void __iomem *regs;
};

/* Is this function one? */
bool edu_is(const struct pci_dev *pdev);

/* 0, or -errno. May sleep. */
int edu_open(struct edu *edu, struct pci_dev *pdev);
void edu_close(struct edu *edu);

/**
 * edu_read() - from memory into its buffer
 * @edu: device
 * @iova: below EDU_ADDRESSES
 * @size: bytes, at most 4096
 *
 * Takes 0.1 s, and tells nobody when the IOMMU turned it down. May sleep.
 * Return: 0 or -ETIMEDOUT.
 */
int edu_read(struct edu *edu, dma_addr_t iova, size_t size);

/* From its buffer into memory; otherwise as edu_read(). */
int edu_write(struct edu *edu, dma_addr_t iova, size_t size);

#endif
