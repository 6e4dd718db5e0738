// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An RCU that TSan can follow, in place of liburcu's three: each reader shows
 * the epoch that it entered in; a grace period opens a new one and waits for
 * the readers of older ones. All accesses are seq_cst atomics.
 */
#ifndef __SANITIZE_THREAD__
#error "rcu.c takes this file's place"
#endif

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include <linux/bug.h>
#include <linux/list.h>
#include <linux/processor.h>
#include <linux/rcupdate.h>

#include "rcu_free.h"
#include "rcu_thread.h"

struct reader {
	struct list_head node;
	unsigned long epoch;	/* 0: not reading */
	unsigned int nesting;	/* the thread's own */
	bool registered;
};

static const char *const names[COMPAT_RCU_FLAVOURS] = { "qsbr", "memb", "mb" };

static __thread struct reader self;
static LIST_HEAD(readers);
static pthread_mutex_t readers_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long current_epoch = 1;
static enum compat_rcu_flavour selected;

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_filled = PTHREAD_COND_INITIALIZER;
static pthread_cond_t queue_done = PTHREAD_COND_INITIALIZER;
static struct rcu_head *queue;
static unsigned long queued, done;
static bool worker_runs;

void compat_tsan_rcu_read_lock(void)
{
	BUG_ON(!self.registered);
	if (!self.nesting++)
		WRITE_ONCE(self.epoch, READ_ONCE(current_epoch));
}

void compat_tsan_rcu_read_unlock(void)
{
	BUG_ON(!self.nesting);
	/* Pairs with the load of epoch in compat_synchronize_rcu(). */
	if (!--self.nesting)
		WRITE_ONCE(self.epoch, 0);
}

void compat_synchronize_rcu(void)
{
	struct reader *r;
	unsigned long epoch;

	BUG_ON(self.nesting);
	pthread_mutex_lock(&readers_lock);
	epoch = __atomic_add_fetch(&current_epoch, 1, __ATOMIC_SEQ_CST);
	list_for_each_entry(r, &readers, node) {
		/* Pairs with the stores of the read lock and unlock. */
		for (;;) {
			unsigned long seen = READ_ONCE(r->epoch);

			if (!seen || seen == epoch)
				break;
			cpu_relax();
		}
	}
	pthread_mutex_unlock(&readers_lock);
}

static void *worker(void *arg __maybe_unused)
{
	struct rcu_head *batch, *next;
	unsigned long n;

	for (;;) {
		pthread_mutex_lock(&queue_lock);
		while (!queue)
			pthread_cond_wait(&queue_filled, &queue_lock);
		batch = queue;
		queue = NULL;
		pthread_mutex_unlock(&queue_lock);

		compat_synchronize_rcu();
		for (n = 0; batch; batch = next, n++) {
			next = batch->next;
			batch->func(batch);
		}
		pthread_mutex_lock(&queue_lock);
		done += n;
		pthread_cond_broadcast(&queue_done);
		pthread_mutex_unlock(&queue_lock);
	}
	return NULL;
}

void compat_call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
	pthread_mutex_lock(&queue_lock);
	if (!worker_runs) {
		pthread_t thread;

		BUG_ON(pthread_create(&thread, NULL, worker, NULL));
		BUG_ON(pthread_detach(thread));
		worker_runs = true;
	}
	head->next = queue;
	queue = head;
	queued++;
	pthread_cond_signal(&queue_filled);
	pthread_mutex_unlock(&queue_lock);
}

void compat_kfree_rcu(struct rcu_head *head, size_t offset)
{
	compat_call_rcu(head, compat_free_at(offset));
}

void compat_rcu_barrier(void)
{
	unsigned long until;

	pthread_mutex_lock(&queue_lock);
	until = queued;
	while (done < until)
		pthread_cond_wait(&queue_done, &queue_lock);
	pthread_mutex_unlock(&queue_lock);
}

void compat_rcu_drain(void)
{
	compat_rcu_barrier();
}

const char *compat_rcu_name(enum compat_rcu_flavour f)
{
	return names[f];
}

enum compat_rcu_flavour compat_rcu_selected(void)
{
	return READ_ONCE(selected);
}

void compat_rcu_select(enum compat_rcu_flavour f)
{
	compat_rcu_barrier();
	WRITE_ONCE(selected, f);
}

void compat_rcu_register_thread(void)
{
	BUG_ON(self.registered);
	self.registered = true;
	pthread_mutex_lock(&readers_lock);
	list_add(&self.node, &readers);
	pthread_mutex_unlock(&readers_lock);
}

void compat_rcu_unregister_thread(void)
{
	BUG_ON(!self.registered || self.nesting);
	pthread_mutex_lock(&readers_lock);
	list_del(&self.node);
	pthread_mutex_unlock(&readers_lock);
	self.registered = false;
}

/* Read sections are known exactly here: outside one, nothing waits for us. */
void compat_rcu_quiescent(void)
{
	BUG_ON(self.nesting);
}

void compat_rcu_offline(void)
{
	BUG_ON(self.nesting);
}

void compat_rcu_online(void)
{
}

bool compat_rcu_pause(void)
{
	return false;
}

bool compat_rcu_memb_has_membarrier(void)
{
	return compat_have_membarrier();
}
