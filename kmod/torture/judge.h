/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge.
 *
 * 1. No line outlives a completed unmap.
 *
 * Each reader has pages of its own in every domain: nobody else maps or unmaps them, so
 * that between two of its steps it knows of each what IOPTE is there, or none. Every
 * IOPTE has a value of its own. After an unmap of it has returned, each line of an IOTLB
 * or ATC that maps one of its pages must have the value that is there now: the unmaps of
 * all others have completed. A walk that began before the IOPTE was cleared and fills
 * afterwards is no matter of concern, since a model reads an entry and its IOPTE and fills
 * under the lock that it executes commands under; the fill then comes before the commands
 * of the unmap, and they take it out. An unmap that hasn't completed isn't judged, since it
 * is its own thread that judges. One whose commands failed ends the case (queue-error).
 *
 * A line can still be there by right while a domain's last detach is under way: once
 * unref has taken the tag's entry away, an unmap sends nothing, and the detach flushes the
 * tag as its next step. No STE or CD leads to the table then, so nobody can use the line.
 * torture_domain.retiring is odd from before unref until behind that flush; a reader that
 * missed the entry sees it odd, or finds the tag flushed (the fences pair). So stale lines
 * count if it was even and the same before and after the look. Those that don't count are
 * looked at again after the next unmap, if they are still there.
 *
 * No such window exists for ATC lines (the ATC is flushed before unref) nor for
 * transactions: whatever a device gets after the unmap must not be the old IOPTE. That is
 * tried, too.
 *
 * But the scheme itself has a hole, which is counted by a name of its own,
 * stale-atc-attach. An unmap loads invs once, sends the TLBI, and then ATC_INVs to those
 * in what it loaded. A master with ATS that is attached between that load and the TLBI,
 * to a domain whose tag the IOTLB has already, can fill its ATC from the IOTLB's old line,
 * after the ATC_INV of its own attach; the unmap's TLBI then takes the IOTLB's line, and
 * nobody the ATC's. The fences are about walks, and there is none. The driver before the
 * arrays read its list of devices after the TLBI's CMD_SYNC, for this very reason
 * (arm_smmu_atc_inv_domain(), Linux 6.13). Recheck does as much, and a grace period
 * between publish and entry keeps such a master out. A stale ATC line is counted so if
 * torture_master.moves says that its master was moved since before the unmap; otherwise
 * it is stale-atc. Its value is remembered, so that it is counted once.
 *
 * When all masters are detached there must be no line at all.
 *
 * 2. No ATC_INV reaches a master that is detached.
 *
 * torture_master.detached is set after arm_smmu_master_attach() has returned, and
 * cleared before the next one is called. A model that consumes an ATC_INV to one of its
 * StreamIDs meanwhile has been sent it by a reader for whom unref did not wait.
 * Masters that went on to another domain are not looked at: they can answer.
 *
 * 3. What a model reads of an STE or CD is one that somebody wrote.
 *
 * Whatever qwords it reads at whatever moment, in whatever order: tag and table belong to
 * one domain, and the table of CDs is the master's (walker.c).
 *
 * What is not shown: that a fence is needed. Where the machine doesn't reorder in the
 * few instructions between an IOPTE store and the load of invs, a strategy without one
 * passes; busted-load-first does what the fence forbids in program order.
 */
#ifndef TORTURE_JUDGE_H
#define TORTURE_JUDGE_H

#include "arena.h"

/* Before an unmap: who is where. */
void judge_begin(struct torture_thread *t);

/**
 * judge_unmap() - after an unmap that has returned
 * @t: the reader; its mapped[] says what its pages are mapped to now
 * @domain: what it unmapped from
 * @first: of the pages unmapped, counted in its own
 * @num: how many
 *
 * Context: any but a model's callbacks.
 */
void judge_unmap(struct torture_thread *t, enum arena_domain domain, unsigned int first,
		 unsigned int num);

/* When all masters are detached, and no thread is at work any more. */
void judge_end(struct arena *a);

#endif
