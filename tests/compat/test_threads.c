// SPDX-License-Identifier: GPL-2.0-or-later
/* Two threads: nothing is lost, nothing is torn, nobody is let in twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>

#define ROUNDS 50000

/* Each thread runs @fn(@arg); the caller is the second one. */
static void with_two(void *(*fn)(void *arg), void *first, void *second)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, fn, first), 0);
	fn(second);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* The command queue's word: 64 bits to reserve, its low half to drop a flag. */
union prod_cons {
	u64 val;
	struct {
		u32 prod;
		u32 cons;
	};
	struct {
		atomic_t prod_atomic;
		atomic_t cons_atomic;
	};
};

#define FLAG	((u32)1 << 31)

static union prod_cons word;
static u32 flags_dropped;

static void *mixed_widths(void *arg)
{
	u32 dropped = 0;

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		union prod_cons old = { .val = READ_ONCE(word.val) }, new, seen;

		for (;;) {
			new.cons = old.cons + 1;
			new.prod = (((old.prod & ~FLAG) + 1) & ~FLAG) | FLAG;
			seen.val = cmpxchg_relaxed(&word.val, old.val, new.val);
			if (seen.val == old.val)
				break;
			old = seen;
		}
		if ((u32)atomic_fetch_andnot_relaxed(FLAG, &word.prod_atomic) & FLAG)
			dropped++;
	}
	__atomic_fetch_add(&flags_dropped, dropped, __ATOMIC_RELAXED);
	return NULL;
}

static void test_mixed_widths(void **state)
{
	(void)state;
	word.val = 0;
	flags_dropped = 0;
	with_two(mixed_widths, NULL, NULL);
	assert_int_equal(word.prod, 2 * ROUNDS);
	assert_int_equal(word.cons, 2 * ROUNDS);
	assert_in_range(flags_dropped, 1, 2 * ROUNDS);
}

static atomic_long_t valid_map;

static void *flip_bit(void *arg)
{
	long bit = (long)arg;

	for (int i = 0; i < ROUNDS + 1; i++)
		atomic_long_xor(bit, &valid_map);
	return NULL;
}

static void test_xor(void **state)
{
	(void)state;
	atomic_long_set(&valid_map, 0);
	with_two(flip_bit, (void *)1, (void *)(1L << 62));
	assert_true(atomic_long_read(&valid_map) == (1 | 1L << 62));
}

static atomic_t turn;
static u64 payload;

/* The payload is plain: the acquire and the release carry it over. */
static void *ping_pong(void *arg)
{
	int me = (long)arg;

	for (int i = 0; i < 200; i++) {
		atomic_cond_read_acquire(&turn, VAL % 2 == me);
		payload++;
		atomic_inc_return_release(&turn);
		sched_yield();
	}
	return NULL;
}

static void test_acquire_release(void **state)
{
	(void)state;
	with_two(ping_pong, (void *)0, (void *)1);
	assert_true(payload == 400);
}

static DEFINE_SPINLOCK(spin);
static DEFINE_RWLOCK(rw);
static DEFINE_SEQLOCK(seq);
static DEFINE_MUTEX(mutex);
static u64 count, twin;

static void *count_spin(void *arg)
{
	unsigned long flags;

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		if (i % 2 == 0 || !spin_trylock(&spin)) {
			spin_lock_irqsave(&spin, flags);
			count++;
			spin_unlock_irqrestore(&spin, flags);
		} else {
			count++;
			spin_unlock(&spin);
		}
	}
	return NULL;
}

static void test_spinlock(void **state)
{
	(void)state;
	count = 0;
	with_two(count_spin, NULL, NULL);
	assert_true(count == 2 * ROUNDS);
	spin_lock(&spin);
	assert_false(spin_trylock(&spin));
	spin_unlock(&spin);
}

static void *count_mutex(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		mutex_lock(&mutex);
		count++;
		mutex_unlock(&mutex);
	}
	return NULL;
}

static void test_mutex(void **state)
{
	(void)state;
	count = 0;
	with_two(count_mutex, NULL, NULL);
	assert_true(count == 2 * ROUNDS);
}

static unsigned long torn;

/* Time enough for the other thread to look in. */
static void linger(void)
{
	for (int i = 0; i < 8; i++)
		cpu_relax();
}

/* @arg: a writer, which reads as well; else a reader alone */
static void *rwlock_loop(void *arg)
{
	unsigned long flags;

	for (int i = 0; i < ROUNDS; i++) {
		read_lock_irqsave(&rw, flags);
		if (count != twin)
			__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
		read_unlock_irqrestore(&rw, flags);
		if (!arg)
			continue;
		write_lock_irqsave(&rw, flags);
		count++;
		linger();
		twin++;
		write_unlock_irqrestore(&rw, flags);
	}
	return NULL;
}

static void test_rwlock(void **state)
{
	(void)state;
	count = 0;
	twin = 0;
	torn = 0;
	with_two(rwlock_loop, &rw, NULL);
	assert_true(count == ROUNDS);
	with_two(rwlock_loop, &rw, &rw);
	assert_true(count == 3 * ROUNDS);
	assert_true(twin == 3 * ROUNDS);
	assert_int_equal(torn, 0);
}

static void *seqlock_loop(void *arg)
{
	unsigned long flags;

	for (int i = 0; i < ROUNDS; i++) {
		unsigned int start;
		u64 a, b;

		do {
			start = read_seqbegin(&seq);
			a = READ_ONCE(count);
			b = READ_ONCE(twin);
		} while (read_seqretry(&seq, start));
		if (a != b)
			__atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
		if (!arg)
			continue;
		write_seqlock_irqsave(&seq, flags);
		WRITE_ONCE(count, count + 1);
		WRITE_ONCE(twin, twin + 1);
		write_sequnlock_irqrestore(&seq, flags);
	}
	return NULL;
}

static void test_seqlock(void **state)
{
	(void)state;
	count = 0;
	twin = 0;
	torn = 0;
	with_two(seqlock_loop, &seq, NULL);
	with_two(seqlock_loop, &seq, &seq);
	assert_true(count == 3 * ROUNDS);
	assert_int_equal(torn, 0);
}

static seqcount_spinlock_t seqcount;

static void test_seqcount(void **state)
{
	unsigned int start;

	(void)state;
	seqcount_spinlock_init(&seqcount, &spin);
	start = read_seqcount_begin(&seqcount);
	assert_false(read_seqcount_retry(&seqcount, start));
	write_seqcount_begin(&seqcount);
	assert_true(read_seqcount_retry(&seqcount, start));
	write_seqcount_end(&seqcount);
	assert_true(read_seqcount_retry(&seqcount, start));
	start = read_seqcount_begin(&seqcount);
	assert_false(read_seqcount_retry(&seqcount, start));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mixed_widths),
		cmocka_unit_test(test_xor),
		cmocka_unit_test(test_acquire_release),
		cmocka_unit_test(test_spinlock),
		cmocka_unit_test(test_mutex),
		cmocka_unit_test(test_rwlock),
		cmocka_unit_test(test_seqlock),
		cmocka_unit_test(test_seqcount),
	};

	return cmocka_run_group_tests_name("compat-threads", tests, NULL, NULL);
}
