/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells of the stock driver: what the facade asks of who knows it. The subject itself
 * names no type of the kernel's; in user space nobody registers, and there are none.
 */
#ifndef SMMU_STOCK_H
#define SMMU_STOCK_H

#include "store.h"
#include "subject.h"

/**
 * struct smmu_stock_ops - the stock driver behind the facade
 * @create: what a cell needs; NULL with a line in err. May sleep.
 * @destroy: no block of it runs. May sleep.
 * @enter: round a block, off the clock, on each of its threads; 0 or -errno. May sleep.
 * @leave: behind each enter that returned 0
 * @loop: n operations of a cell that was checked, or NULL
 */
struct smmu_stock_ops {
	void *(*create)(const struct subject_params *p, struct subject_error *err);
	void (*destroy)(void *cell);
	int (*enter)(void *cell);
	void (*leave)(void *cell);
	smmu_unmap_fn (*loop)(const struct subject_params *p);
};

/* Once, before there is a cell. */
void smmu_stock_register(const struct smmu_stock_ops *ops);

/* Who registered, or NULL. */
const struct smmu_stock_ops *smmu_stock(void);

#endif
