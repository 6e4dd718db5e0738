// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/pci.h>

#include "edu.h"

#define EDU_VENDOR	0x1234
#define EDU_DEVICE	0x11e8

#define EDU_DMA_SRC	0x80
#define EDU_DMA_DST	0x88
#define EDU_DMA_COUNT	0x90
#define EDU_DMA_CMD	0x98
#define EDU_DMA_RUN	BIT(0)
#define EDU_DMA_TO_PCI	BIT(1)
#define EDU_BUFFER	0x40000 /* where its own addresses begin */

#define POLL_US		1000
#define TIMEOUT_US	2000000

bool edu_is(const struct pci_dev *pdev)
{
	return pdev->vendor == EDU_VENDOR && pdev->device == EDU_DEVICE;
}

int edu_open(struct edu *edu, struct pci_dev *pdev)
{
	int ret = pci_enable_device_mem(pdev);

	if (ret)
		return ret;
	edu->pdev = pdev;
	edu->regs = pci_iomap(pdev, 0, 0);
	if (!edu->regs) {
		pci_disable_device(pdev);
		return -ENOMEM;
	}
	pci_set_master(pdev);
	return 0;
}

void edu_close(struct edu *edu)
{
	pci_clear_master(edu->pdev);
	pci_iounmap(edu->pdev, edu->regs);
	pci_disable_device(edu->pdev);
}

static int transfer(struct edu *edu, u32 src, u32 dst, size_t size, u32 cmd)
{
	u32 now;

	writel(src, edu->regs + EDU_DMA_SRC);
	writel(dst, edu->regs + EDU_DMA_DST);
	writel(size, edu->regs + EDU_DMA_COUNT);
	/* Pairs with the device's accesses: memory is as the caller left it. */
	writel(cmd | EDU_DMA_RUN, edu->regs + EDU_DMA_CMD);
	return readl_poll_timeout(edu->regs + EDU_DMA_CMD, now, !(now & EDU_DMA_RUN), POLL_US,
				  TIMEOUT_US);
}

int edu_read(struct edu *edu, dma_addr_t iova, size_t size)
{
	return transfer(edu, iova, EDU_BUFFER, size, 0);
}

int edu_write(struct edu *edu, dma_addr_t iova, size_t size)
{
	return transfer(edu, EDU_BUFFER, iova, size, EDU_DMA_TO_PCI);
}
