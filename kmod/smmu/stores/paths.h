/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which paths are compiled, for a store's own file and for who asks what another world
 * has. X(strategy, queue_device, variant) of each; PATHS_ALL_* for every strategy,
 * PATHS_FEW_* for NONE and MERGED only; by flavour of user-space RCU, or kernel.
 */
#ifndef SMMU_PATHS_H
#define SMMU_PATHS_H

/* Words of an instance's name, as what they make constant. */
#define PATH_none_null		.queue = SMMU_QUEUE_NONE, .device = SMMU_DEVICE_NULL
#define PATH_lockless_null	.queue = SMMU_QUEUE_LOCKLESS, .device = SMMU_DEVICE_NULL
#define PATH_lockless_model	.queue = SMMU_QUEUE_LOCKLESS, .device = SMMU_DEVICE_MODEL
#define PATH_spinlock_null	.queue = SMMU_QUEUE_SPINLOCK, .device = SMMU_DEVICE_NULL
#define PATH_spinlock_model	.queue = SMMU_QUEUE_SPINLOCK, .device = SMMU_DEVICE_MODEL
#define PATH_lockless_mmio	.queue = SMMU_QUEUE_LOCKLESS, .device = SMMU_DEVICE_MMIO
#define PATH_spinlock_mmio	.queue = SMMU_QUEUE_SPINLOCK, .device = SMMU_DEVICE_MMIO
#define PATH_faithful		.variant = SMMU_VARIANT_FAITHFUL
#define PATH_lean		.variant = SMMU_VARIANT_LEAN

/*
 * What is compiled: a compromise with the time that takes. ALL for each strategy, FEW
 * for NONE and MERGED only. params.c refuses the rest. SMMU_INSTANCE_FEW, for sanitizer
 * builds, has queues for those two alone.
 */
#define ALL_none(X, s)		X(s, none_null, faithful) X(s, none_null, lean)
#define ALL_queue(X, s)							\
	X(s, lockless_null, faithful) X(s, lockless_null, lean)		\
	X(s, lockless_model, faithful)
#define FEW_queue(X, s)	X(s, spinlock_null, faithful) X(s, spinlock_model, faithful)

#if SMMU_INSTANCE_FEW
#define PATHS_ALL_any(X, s)	ALL_none(X, s)
#define PATHS_FEW_any(X, s)	ALL_queue(X, s) FEW_queue(X, s)
#else
#define PATHS_ALL_any(X, s)	ALL_none(X, s) ALL_queue(X, s)
#define PATHS_FEW_any(X, s)	FEW_queue(X, s)
#endif
#define PATHS_ALL_qsbr(X, s)	PATHS_ALL_any(X, s)
#define PATHS_ALL_memb(X, s)	ALL_none(X, s)
#define PATHS_ALL_mb(X, s)
#define PATHS_FEW_qsbr(X, s)	PATHS_FEW_any(X, s)
#define PATHS_FEW_memb(X, s)
#define PATHS_FEW_mb(X, s)	ALL_none(X, s)
/* There the model serves for tests. Its loops of ops.c are those of a real SMMU, too. */
#define PATHS_ALL_kernel(X, s)						\
	ALL_none(X, s) X(s, lockless_null, faithful) X(s, lockless_mmio, faithful)
#define PATHS_FEW_kernel(X, s)						\
	X(s, lockless_null, lean) X(s, lockless_model, faithful) FEW_queue(X, s) \
	X(s, spinlock_mmio, faithful)
/* Torture compiles stores once more: every strategy, in every build. */
#define PATHS_ALL_torture(X, s)	X(s, lockless_model, faithful)
#define PATHS_FEW_torture(X, s)

#endif
