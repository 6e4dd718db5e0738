// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "queue.h"

#define REST_TRIES	1000 /* of 10 us: how long others may be at it */

static u32 index_mask(const struct stock_queue *q)
{
	return (2U << q->shift) - 1;
}

static size_t map_bytes(const struct stock_queue *q)
{
	return BITS_TO_LONGS(1UL << q->shift) * sizeof(unsigned long);
}

u32 stock_queue_prod(const struct stock_queue *q)
{
	return lower_32_bits(READ_ONCE(*q->indices)) & index_mask(q);
}

size_t stock_queue_read(const struct stock_queue *q, u32 from, u32 to, u64 *words, size_t max)
{
	size_t n = (to - from) & index_mask(q), i;

	for (i = 0; i < min(n, max); i++) {
		u32 at = (from + i) & ((1U << q->shift) - 1);

		words[2 * i] = le64_to_cpu(q->base[2 * at]);
		words[2 * i + 1] = le64_to_cpu(q->base[2 * at + 1]);
	}
	return n;
}

/* Nobody is in it, and all that was written has been consumed. */
static bool at_rest(const struct stock_queue *q)
{
	u32 prod = lower_32_bits(READ_ONCE(*q->indices));

	return !READ_ONCE(*q->lock) && !(prod & ~index_mask(q)) &&
	       READ_ONCE(*q->owner_prod) == prod && readl(*q->prod_reg) == prod &&
	       readl(*q->cons_reg) == prod;
}

int stock_ram_init(struct stock_ram *ram, const struct stock_queue *q)
{
	*ram = (struct stock_ram){ .q = *q };
	ram->valid_map = kvmalloc(map_bytes(q), GFP_KERNEL);
	return ram->valid_map ? 0 : -ENOMEM;
}

void stock_ram_free(struct stock_ram *ram)
{
	kvfree(ram->valid_map);
}

static bool try_enter(struct stock_ram *ram)
{
	struct stock_queue *q = &ram->q;
	unsigned long flags;
	bool rest;

	local_irq_save(flags);
	rest = at_rest(q);
	if (rest) {
		ram->indices = READ_ONCE(*q->indices);
		ram->owner_prod = READ_ONCE(*q->owner_prod);
		ram->prod_reg = *q->prod_reg;
		ram->cons_reg = *q->cons_reg;
		ram->reg = lower_32_bits(ram->indices);
		memcpy(ram->valid_map, q->valid_map, map_bytes(q));
		WRITE_ONCE(*q->prod_reg, (void __iomem __force *)&ram->reg);
		WRITE_ONCE(*q->cons_reg, (void __iomem __force *)&ram->reg);
	}
	local_irq_restore(flags);
	return rest;
}

int stock_ram_enter(struct stock_ram *ram)
{
	unsigned int i;

	for (i = 0; i < REST_TRIES; i++) {
		if (try_enter(ram))
			return 0;
		usleep_range(10, 20);
	}
	return -EBUSY;
}

void stock_ram_leave(struct stock_ram *ram)
{
	struct stock_queue *q = &ram->q;
	unsigned long flags;

	local_irq_save(flags);
	memcpy(q->valid_map, ram->valid_map, map_bytes(q));
	WRITE_ONCE(*q->owner_prod, ram->owner_prod);
	WRITE_ONCE(*q->indices, ram->indices);
	WRITE_ONCE(*q->prod_reg, ram->prod_reg);
	WRITE_ONCE(*q->cons_reg, ram->cons_reg);
	local_irq_restore(flags);
}
