/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_RCU_THREAD_H_
#define _COMPAT_RCU_THREAD_H_

/*
 * What a thread owes to RCU in user space, for code outside the subject.
 * Plain C, none of the kernel's names.
 */
#include <stdbool.h>

enum compat_rcu_flavour {
	COMPAT_RCU_QSBR,
	COMPAT_RCU_MEMB,
	COMPAT_RCU_MB,
};

#define COMPAT_RCU_FLAVOURS 3

/**
 * compat_rcu_name() - a flavour's name: qsbr, memb or mb
 * @f: the flavour
 *
 * Return: a constant string.
 */
const char *compat_rcu_name(enum compat_rcu_flavour f);

/**
 * compat_rcu_select() - choose the flavour of the update side
 * @f: the flavour that the readers of the coming block were compiled for
 *
 * For the whole process, between blocks: no thread is inside a read section
 * or an update. Callbacks of the flavour left behind are run first; with qsbr
 * that waits for each thread that is online, so who sleeps between blocks goes
 * offline before.
 * A thread that is online with qsbr stays so: it goes on owing quiescent
 * states only while it is online.
 */
void compat_rcu_select(enum compat_rcu_flavour f);

/** compat_rcu_selected() - what compat_rcu_select() chose last; qsbr at start */
enum compat_rcu_flavour compat_rcu_selected(void);

/**
 * compat_rcu_register_thread() - make this thread a reader, of all flavours
 *
 * It starts online. Each thread that reads calls this once, and
 * compat_rcu_unregister_thread() before it ends.
 */
void compat_rcu_register_thread(void);
void compat_rcu_unregister_thread(void);

/**
 * compat_rcu_quiescent() - this thread holds no reference now
 *
 * A reader that loops calls it between its batches: with qsbr, grace periods
 * wait for it. No read section is open.
 */
void compat_rcu_quiescent(void);

/**
 * compat_rcu_offline() - this thread reads nothing until compat_rcu_online()
 *
 * Before it blocks or waits for another thread. Both may be called by a
 * thread that isn't registered: they do nothing then.
 */
void compat_rcu_offline(void);
void compat_rcu_online(void);

/**
 * compat_rcu_pause() - go offline and remember
 *
 * Return: whether the thread was online, and so has to call
 * compat_rcu_online() when it wakes up.
 */
bool compat_rcu_pause(void);

/**
 * compat_rcu_memb_has_membarrier() - memb's read side has no fence
 *
 * Return: true when liburcu registered for sys_membarrier; false when its
 * read side falls back to a full fence, which would hide a strategy's own.
 */
bool compat_rcu_memb_has_membarrier(void);

/** compat_rcu_drain() - run every callback that was queued, in all flavours */
void compat_rcu_drain(void);

/** compat_have_membarrier() - compat_ipi_mb() works on this machine */
bool compat_have_membarrier(void);

/**
 * compat_ipi_mb() - a full fence on every CPU that runs a thread of ours
 *
 * membarrier's private expedited command; ends the process with a line on
 * stderr where the kernel has none: ask compat_have_membarrier() first.
 */
void compat_ipi_mb(void);

#endif /* _COMPAT_RCU_THREAD_H_ */
