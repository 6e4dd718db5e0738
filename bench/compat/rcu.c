// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RCU's slow side over liburcu's flavours. The subject's struct rcu_head and
 * liburcu's have the same tag and layout; here it is liburcu's.
 */
#ifdef __SANITIZE_THREAD__
#error "rcu_tsan.c takes this file's place"
#endif

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <urcu/urcu-memb.h>
#include <urcu/urcu-qsbr.h>

#include "rcu_free.h"
#include "rcu_thread.h"

_Static_assert(sizeof(struct rcu_head) == 2 * sizeof(void *),
	       "struct rcu_head differs from linux/types.h");
_Static_assert(offsetof(struct rcu_head, func) == sizeof(void *),
	       "struct rcu_head differs from linux/types.h");

/* urcu/flavor.h declares but the flavour that was included first. */
extern const struct rcu_flavor_struct urcu_qsbr_flavor;
extern const struct rcu_flavor_struct urcu_memb_flavor;
extern const struct rcu_flavor_struct urcu_mb_flavor;
#ifndef CONFIG_RCU_FORCE_SYS_MEMBARRIER
extern int urcu_memb_has_sys_membarrier;
#endif

void compat_synchronize_rcu(void);
void compat_call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void compat_rcu_barrier(void);

static const struct {
	const char *name;
	const struct rcu_flavor_struct *ops;
} flavours[COMPAT_RCU_FLAVOURS] = {
	[COMPAT_RCU_QSBR] = { "qsbr", &urcu_qsbr_flavor },
	[COMPAT_RCU_MEMB] = { "memb", &urcu_memb_flavor },
	[COMPAT_RCU_MB] = { "mb", &urcu_mb_flavor },
};

static enum compat_rcu_flavour selected = COMPAT_RCU_QSBR;
static __thread bool registered, online;

static const struct rcu_flavor_struct *ops(void)
{
	return flavours[__atomic_load_n(&selected, __ATOMIC_RELAXED)].ops;
}

const char *compat_rcu_name(enum compat_rcu_flavour f)
{
	return flavours[f].name;
}

enum compat_rcu_flavour compat_rcu_selected(void)
{
	return __atomic_load_n(&selected, __ATOMIC_RELAXED);
}

void compat_rcu_select(enum compat_rcu_flavour f)
{
	if (f == compat_rcu_selected())
		return;
	compat_rcu_barrier();
	__atomic_store_n(&selected, f, __ATOMIC_RELAXED);
}

void compat_rcu_register_thread(void)
{
	for (int f = 0; f < COMPAT_RCU_FLAVOURS; f++)
		flavours[f].ops->register_thread();
	registered = true;
	online = true;
}

void compat_rcu_unregister_thread(void)
{
	compat_rcu_online();
	for (int f = 0; f < COMPAT_RCU_FLAVOURS; f++)
		flavours[f].ops->unregister_thread();
	registered = false;
	online = false;
}

void compat_rcu_quiescent(void)
{
	if (online)
		urcu_qsbr_quiescent_state();
}

bool compat_rcu_pause(void)
{
	bool was = online;

	compat_rcu_offline();
	return was;
}

void compat_rcu_offline(void)
{
	if (!online)
		return;
	urcu_qsbr_thread_offline();
	online = false;
}

void compat_rcu_online(void)
{
	if (!registered || online)
		return;
	urcu_qsbr_thread_online();
	online = true;
}

bool compat_rcu_memb_has_membarrier(void)
{
#ifdef CONFIG_RCU_FORCE_SYS_MEMBARRIER
	return true;
#else
	return urcu_memb_has_sys_membarrier;
#endif
}

void compat_synchronize_rcu(void)
{
	ops()->update_synchronize_rcu();
}

/*
 * Callbacks wait in a list for whoever drains it. liburcu's own call_rcu() has a
 * thread that sleeps 10 ms between two looks, which would be all that a figure of
 * reclaim shows, and that would run on the CPU that is measured.
 */
#define PENDING_MAX 4096

static struct {
	struct rcu_head *first;
	unsigned long nr;
	pthread_mutex_t lock;
} __attribute__((aligned(64))) pending[COMPAT_RCU_FLAVOURS] = {
	[COMPAT_RCU_QSBR] = { .lock = PTHREAD_MUTEX_INITIALIZER },
	[COMPAT_RCU_MEMB] = { .lock = PTHREAD_MUTEX_INITIALIZER },
	[COMPAT_RCU_MB] = { .lock = PTHREAD_MUTEX_INITIALIZER },
};

static struct rcu_head *next_of(struct rcu_head *head)
{
	return (struct rcu_head *)head->next.next;
}

/* One grace period, then everything that was queued before it. */
static void drain(enum compat_rcu_flavour f)
{
	bool was = compat_rcu_pause();
	struct rcu_head *head, *next;

	/* who waits here must not hold up the grace period of who drains */
	pthread_mutex_lock(&pending[f].lock);
	/* acquire: pairs with the release in compat_call_rcu() */
	head = __atomic_exchange_n(&pending[f].first, NULL, __ATOMIC_ACQUIRE);
	__atomic_store_n(&pending[f].nr, 0, __ATOMIC_RELAXED);
	if (head)
		flavours[f].ops->update_synchronize_rcu();
	for (; head; head = next) {
		next = next_of(head);
		head->func(head);
	}
	pthread_mutex_unlock(&pending[f].lock);
	if (was)
		compat_rcu_online();
}

void compat_call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	enum compat_rcu_flavour f = compat_rcu_selected();
	struct rcu_head *first;

	head->func = func;
	first = __atomic_load_n(&pending[f].first, __ATOMIC_RELAXED);
	do {
		head->next.next = (struct cds_wfcq_node *)first;
		/* release: pairs with the acquire in drain() */
	} while (!__atomic_compare_exchange_n(&pending[f].first, &first, head,
					      true, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
	/* a loop that nobody drains pays for its grace periods itself */
	if (__atomic_add_fetch(&pending[f].nr, 1, __ATOMIC_RELAXED) >=
	    PENDING_MAX)
		drain(f);
}

void compat_kfree_rcu(struct rcu_head *head, size_t offset)
{
	compat_call_rcu(head, compat_free_at(offset));
}

void compat_rcu_barrier(void)
{
	drain(compat_rcu_selected());
}

void compat_rcu_drain(void)
{
	for (int f = 0; f < COMPAT_RCU_FLAVOURS; f++)
		drain(f);
}
