/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a thread that runs blocks owes to its world, and what linux/ has no call for;
 * each world brings these.
 */
#ifndef SMMU_WORLD_H
#define SMMU_WORLD_H

/**
 * smmu_world_enter() - this thread is about to read
 * @rcu: flavour, as in the rcu axis
 *
 * Registers the thread when it is new, and selects the flavour of the update side for
 * everybody: no thread is in a block of another flavour.
 */
void smmu_world_enter(const char *rcu);

/* This thread reads no more, and holds no grace period up. */
void smmu_world_leave(void);

/* Between two operations: no reference is held. */
void smmu_world_quiescent(void);

/* The update side alone, for who doesn't read. */
void smmu_world_select(const char *rcu);

/*
 * A full fence on every CPU that may be running a reader, and on this one: an IPI in
 * the kernel, membarrier in user space. May sleep.
 */
void smmu_world_fence_all(void);

#endif
