/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stock driver's command queue: read, and parted from its SMMU for a while. */
#ifndef STOCK_QUEUE_H
#define STOCK_QUEUE_H

#include <linux/types.h>

#include "driver.h"

/**
 * struct stock_ram - a queue whose registers are in memory
 * @q: the queue
 * @reg: PROD and CONS in one word: what is written to PROD has been consumed, as with
 *	 the null device
 * @valid_map: as it was
 * @indices: likewise
 * @owner_prod: likewise
 * @prod_reg: likewise
 * @cons_reg: likewise
 */
struct stock_ram {
	struct stock_queue q;
	u32 reg;
	unsigned long *valid_map;
	u64 indices;
	u32 owner_prod;
	void __iomem *prod_reg, *cons_reg;
};

/**
 * stock_ram_init() - room for what the queue is to find again
 * @ram: set up
 * @q: queue
 *
 * Return: 0 or -ENOMEM.
 */
int stock_ram_init(struct stock_ram *ram, const struct stock_queue *q);
void stock_ram_free(struct stock_ram *ram);

/**
 * stock_ram_enter() - point the driver's register pointers at memory
 * @ram: of stock_ram_init()
 *
 * From here on nobody else may use the SMMU: commands aren't executed.
 * Return: 0, or -EBUSY where the queue doesn't come to rest.
 */
int stock_ram_enter(struct stock_ram *ram);

/* The driver finds the queue as stock_ram_enter() did, and so does the SMMU. */
void stock_ram_leave(struct stock_ram *ram);

/* Index of the next entry, with its wrap bit. */
u32 stock_queue_prod(const struct stock_queue *q);

/**
 * stock_queue_read() - entries that were issued
 * @q: queue
 * @from: stock_queue_prod() before
 * @to: stock_queue_prod() after
 * @words: two of each entry, from the first one on
 * @max: entries that have room
 *
 * Return: how many there are, which @max may be too small for.
 */
size_t stock_queue_read(const struct stock_queue *q, u32 from, u32 to, u64 *words, size_t max);

#endif
