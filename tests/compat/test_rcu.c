// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects outlive their readers, in each flavour, by each way to free them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>

#include <compat/rcu_thread.h>
#include <compat/test_hooks.h>

#include <linux/mutex.h>
#include <linux/slab.h>

#include "rcu_reader.h"

#define UPDATES		400
#define QUIESCENT_EVERY	16

static const reader_fn readers[COMPAT_RCU_FLAVOURS] = {
	[COMPAT_RCU_QSBR] = reader_qsbr,
	[COMPAT_RCU_MEMB] = reader_memb,
	[COMPAT_RCU_MB] = reader_mb,
};

enum how { SYNCHRONIZE, EXPEDITED, CALLBACK, KFREE_RCU, NR_HOWS };

struct run {
	struct shared shared;
	reader_fn reader;
	bool stop;
	unsigned long reads;
	unsigned long bad;
};

static struct obj *obj_new(void)
{
	struct obj *o = kzalloc(sizeof(*o), GFP_KERNEL);

	assert_non_null(o);
	o->alive = OBJ_ALIVE;
	o->twin = OBJ_ALIVE;
	return o;
}

static void obj_kill(struct obj *o)
{
	o->alive = OBJ_DEAD;
	o->twin = OBJ_DEAD;
	kfree(o);
}

static void obj_kill_cb(struct rcu_head *head)
{
	obj_kill(container_of(head, struct obj, rcu));
}

static void *read_loop(void *arg)
{
	struct run *run = arg;
	unsigned long reads = 0, bad = 0;

	compat_rcu_register_thread();
	while (!READ_ONCE(run->stop)) {
		bad += run->reader(&run->shared);
		if (++reads % QUIESCENT_EVERY == 0)
			compat_rcu_quiescent();
		WRITE_ONCE(run->reads, reads);
	}
	run->bad = bad;
	compat_rcu_unregister_thread();
	return NULL;
}

static void obj_free(struct obj *o, enum how how)
{
	switch (how) {
	case SYNCHRONIZE:
		synchronize_rcu();
		obj_kill(o);
		break;
	case EXPEDITED:
		synchronize_rcu_expedited();
		obj_kill(o);
		break;
	case CALLBACK:
		call_rcu(&o->rcu, obj_kill_cb);
		break;
	default:
		kfree_rcu(o, rcu);
		break;
	}
}

static void update_loop(struct run *run, enum how how)
{
	for (int i = 0; i < UPDATES; i++) {
		struct obj *new = obj_new(), *in_list = obj_new(), *old;

		old = rcu_replace_pointer(run->shared.ptr, new, true);
		obj_free(old, how);

		old = list_first_entry(&run->shared.list, struct obj, node);
		list_add_tail_rcu(&in_list->node, &run->shared.list);
		list_del_rcu(&old->node);
		obj_free(old, how);
	}
}

static void outlive(enum compat_rcu_flavour f, enum how how)
{
	long live = compat_alloc_live();
	struct run run = { .reader = readers[f] };
	struct obj *first = obj_new();
	pthread_t thread;

	compat_rcu_select(f);
	assert_int_equal(compat_rcu_selected(), f);

	INIT_LIST_HEAD(&run.shared.list);
	list_add_tail(&first->node, &run.shared.list);
	RCU_INIT_POINTER(run.shared.ptr, obj_new());
	assert_int_equal(pthread_create(&thread, NULL, read_loop, &run), 0);
	while (!READ_ONCE(run.reads))
		sched_yield();

	update_loop(&run, how);

	WRITE_ONCE(run.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(run.bad, 0);

	rcu_barrier();
	kfree(run.shared.ptr);
	kfree(list_first_entry(&run.shared.list, struct obj, node));
	assert_int_equal(compat_alloc_live(), live);
}

static void test_outlive(void **state)
{
	enum compat_rcu_flavour f = (uintptr_t)*state;

	for (enum how how = 0; how < NR_HOWS; how++)
		outlive(f, how);
}

struct parked {
	struct shared shared;
	reader_fn reader;
	unsigned long bad;
	sem_t entered, leave, left, end;
	enum how how;
};

static void park(void *arg)
{
	struct parked *p = arg;

	sem_post(&p->entered);
	sem_wait(&p->leave);
}

static void *parked_reader(void *arg)
{
	struct parked *p = arg;

	compat_rcu_register_thread();
	/* Only the flavour that was selected may be what waits for it. */
	if (compat_rcu_selected() != COMPAT_RCU_QSBR)
		compat_rcu_offline();
	p->bad = p->reader(&p->shared);
	/* Offline and blocked, it holds nothing up. */
	compat_rcu_offline();
	sem_post(&p->left);
	sem_wait(&p->end);
	compat_rcu_online();
	compat_rcu_unregister_thread();
	return NULL;
}

static void *replace_once(void *arg)
{
	struct parked *p = arg;
	struct obj *old = rcu_replace_pointer(p->shared.ptr, NULL, true);

	obj_free(old, p->how);
	return NULL;
}

/* While a section is open, nothing that it may hold is freed. */
static void waits_for_section(enum compat_rcu_flavour f, enum how how)
{
	struct timespec little = { .tv_nsec = 20 * 1000 * 1000 };
	struct parked p = { .reader = readers[f], .how = how };
	pthread_t reader, updater;
	long live;

	compat_rcu_select(f);
	INIT_LIST_HEAD(&p.shared.list);
	RCU_INIT_POINTER(p.shared.ptr, obj_new());
	p.shared.inside = park;
	p.shared.arg = &p;
	sem_init(&p.entered, 0, 0);
	sem_init(&p.leave, 0, 0);
	sem_init(&p.left, 0, 0);
	sem_init(&p.end, 0, 0);

	assert_int_equal(pthread_create(&reader, NULL, parked_reader, &p), 0);
	sem_wait(&p.entered);
	live = compat_alloc_live();
	assert_int_equal(pthread_create(&updater, NULL, replace_once, &p), 0);
	nanosleep(&little, NULL);
	assert_int_equal(compat_alloc_live(), live);

	sem_post(&p.leave);
	sem_wait(&p.left);
	assert_int_equal(pthread_join(updater, NULL), 0);
	rcu_barrier();
	assert_int_equal(compat_alloc_live(), live - 1);
	sem_post(&p.end);
	assert_int_equal(pthread_join(reader, NULL), 0);
	assert_int_equal(p.bad, 0);
}

static void test_waits_for_section(void **state)
{
	enum compat_rcu_flavour f = (uintptr_t)*state;

	for (enum how how = 0; how < NR_HOWS; how++)
		waits_for_section(f, how);
}

static void *sync_loop(void *arg)
{
	(void)arg;
	compat_rcu_register_thread();
	for (int i = 0; i < 50; i++) {
		rcu_read_lock();
		rcu_read_unlock();
		synchronize_rcu();
	}
	compat_rcu_unregister_thread();
	return NULL;
}

/* Online readers that wait for a grace period at once don't wait for each other. */
static void test_readers_synchronize(void **state)
{
	pthread_t thread[2];

	compat_rcu_select((uintptr_t)*state);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, sync_loop, NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
}

static DEFINE_MUTEX(big_lock);
static sem_t about_to_lock;

static void *lock_online(void *arg)
{
	compat_rcu_register_thread();
	sem_post(&about_to_lock);
	mutex_lock(&big_lock);
	++*(int *)arg;
	mutex_unlock(&big_lock);
	compat_rcu_unregister_thread();
	return NULL;
}

/* The owner of a mutex waits for a grace period, a sleeper on it is online. */
static void test_mutex_sleeper(void **state)
{
	pthread_t thread;
	int locked = 0;

	compat_rcu_select((uintptr_t)*state);
	sem_init(&about_to_lock, 0, 0);
	mutex_lock(&big_lock);
	assert_int_equal(pthread_create(&thread, NULL, lock_online, &locked), 0);
	sem_wait(&about_to_lock);
	synchronize_rcu();
	assert_int_equal(locked, 0);
	mutex_unlock(&big_lock);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(locked, 1);
}

static void test_select_runs_callbacks(void **state)
{
	struct obj *o[8];
	long live = compat_alloc_live();

	(void)state;
	for (int f = 0; f < COMPAT_RCU_FLAVOURS; f++) {
		compat_rcu_select(f);
		for (int i = 0; i < 8; i++) {
			o[i] = obj_new();
			kfree_rcu(o[i], rcu);
		}
	}
	compat_rcu_select(COMPAT_RCU_QSBR);
	compat_rcu_drain();
	assert_int_equal(compat_alloc_live(), live);
	o[0] = NULL;
	kfree_rcu(o[0], rcu);
	compat_rcu_drain();
	assert_int_equal(compat_alloc_live(), live);
}

struct head_first {
	struct rcu_head rcu;
};

struct head_middle {
	char before[256];
	struct rcu_head rcu;
};

struct head_last {
	char before[504];
	struct rcu_head rcu;
	char after[8];
};

/* What is freed begins where the object does, wherever its rcu_head is. */
static void test_kfree_rcu_offsets(void **state)
{
	struct head_first *first;
	struct head_middle *middle;
	struct head_last *last;
	long live = compat_alloc_live();

	(void)state;
	first = kzalloc_obj(*first);
	middle = kzalloc_obj(*middle);
	last = kzalloc_obj(*last);
	assert_true(first && middle && last);
	kfree_rcu(first, rcu);
	kfree_rcu(middle, rcu);
	kfree_rcu(last, rcu);
	rcu_barrier();
	assert_int_equal(compat_alloc_live(), live);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(compat_rcu_name(COMPAT_RCU_QSBR), "qsbr");
	assert_string_equal(compat_rcu_name(COMPAT_RCU_MEMB), "memb");
	assert_string_equal(compat_rcu_name(COMPAT_RCU_MB), "mb");
}

static void test_membarrier(void **state)
{
	(void)state;
	/* liburcu asks the same kernel for the same command. */
	assert_int_equal(compat_have_membarrier(), compat_rcu_memb_has_membarrier());
	if (!compat_have_membarrier()) {
		print_message("no membarrier in this kernel\n");
		skip();
	}
	compat_ipi_mb();
}

int main(void)
{
#define PER_FLAVOUR(test, f) \
	{ #test " " #f, test, NULL, NULL, (void *)COMPAT_RCU_##f }
	const struct CMUnitTest tests[] = {
		PER_FLAVOUR(test_outlive, QSBR),
		PER_FLAVOUR(test_outlive, MEMB),
		PER_FLAVOUR(test_outlive, MB),
		PER_FLAVOUR(test_waits_for_section, QSBR),
		PER_FLAVOUR(test_waits_for_section, MEMB),
		PER_FLAVOUR(test_waits_for_section, MB),
		PER_FLAVOUR(test_readers_synchronize, QSBR),
		PER_FLAVOUR(test_readers_synchronize, MEMB),
		PER_FLAVOUR(test_readers_synchronize, MB),
		PER_FLAVOUR(test_mutex_sleeper, QSBR),
		PER_FLAVOUR(test_mutex_sleeper, MEMB),
		PER_FLAVOUR(test_mutex_sleeper, MB),
		cmocka_unit_test(test_select_runs_callbacks),
		cmocka_unit_test(test_kfree_rcu_offsets),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_membarrier),
	};

	return cmocka_run_group_tests_name("compat-rcu", tests, NULL, NULL);
}
