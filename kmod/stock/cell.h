/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a cell of the stock driver is made of, and what one operation is. */
#ifndef STOCK_CELL_H
#define STOCK_CELL_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "driver.h"
#include "queue.h"
#include "stock.h"

struct iommu_domain;
struct pci_dev;
struct stock_op;

/**
 * struct stock_cell - a cell
 * @op: what it does
 * @p: checked
 * @pdev: the function
 * @domains: paging domains of its own, p.domains of them; none for the DMA API
 * @nr_domains: how many there are
 * @next: op=iommu-attach: the one that is attached next
 * @buffer: p.size bytes to map
 * @inv_range: op=unmap: the driver's function
 * @smmu_domain: op=unmap: its argument
 * @ram: op=unmap, device=null
 * @ram_up: it is initialised
 * @lock: of @inside
 * @inside: threads between enter and leave
 */
struct stock_cell {
	const struct stock_op *op;
	struct subject_params p;
	struct pci_dev *pdev;
	struct iommu_domain **domains;
	unsigned int nr_domains;
	unsigned int next;
	void *buffer;
	stock_inv_range_fn inv_range;
	void *smmu_domain;
	struct stock_ram ram;
	bool ram_up;
	struct mutex lock; /* of inside */
	unsigned int inside;
};

/**
 * struct stock_op - one operation
 * @create: what it needs beside @pdev; -errno with a line in err. What it leaves in the
 *	    cell is freed by the cell.
 * @enter: before the first thread's block; 0 or -errno
 * @leave: behind the last one's
 * @loop: n of them
 */
struct stock_op {
	int (*create)(struct stock_cell *c, struct subject_error *err);
	int (*enter)(struct stock_cell *c);
	void (*leave)(struct stock_cell *c);
	smmu_unmap_fn loop;
};

extern const struct stock_op stock_unmap_op;
extern const struct stock_op stock_iommu_op;
extern const struct stock_op stock_dma_op;
extern const struct stock_op stock_attach_op;

/* c->domains, c->p.domains of them, that the function can be attached to. */
int stock_cell_domains(struct stock_cell *c, struct subject_error *err);

/* c->buffer. */
int stock_cell_buffer(struct stock_cell *c, struct subject_error *err);

/* The function into the cell's first domain; or none's: the default one. */
int stock_cell_attach(struct stock_cell *c);
int stock_cell_detached(struct stock_cell *c);

/* A line for what failed, with the error where it says more than memory. Returns it. */
int stock_failed(struct subject_error *err, const char *what, int ret);

/* The same for stock_cell_attach() and spare_attach(). */
int stock_attach_failed(struct subject_error *err, int ret);

#endif
