// SPDX-License-Identifier: GPL-2.0-or-later
/* The shims against naive code of the same meaning, on one thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include <compat/test_hooks.h>

#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/preempt.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#define RANDOM_STEPS 20000

static u64 random_state = 0x9e3779b97f4a7c15ULL;

/* xorshift64: the same numbers in every run */
static u64 random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static u64 naive_mask(int high, int low)
{
	u64 mask = 0;

	for (int bit = low; bit <= high; bit++)
		mask |= (u64)1 << bit;
	return mask;
}

static u64 naive_get(u64 word, int high, int low)
{
	u64 field = 0;

	for (int bit = low; bit <= high; bit++)
		field |= (u64)((word >> bit) & 1) << (bit - low);
	return field;
}

static u64 naive_put(u64 word, int high, int low, u64 field)
{
	for (int bit = low; bit <= high; bit++) {
		word &= ~((u64)1 << bit);
		word |= ((field >> (bit - low)) & 1) << bit;
	}
	return word;
}

static void test_masks(void **state)
{
	(void)state;
	for (int low = 0; low < 64; low++) {
		assert_true(BIT_ULL(low) == naive_mask(low, low));
		assert_true(BIT(low) == naive_mask(low, low));
		for (int high = low; high < 64; high++) {
			assert_true(GENMASK_ULL(high, low) == naive_mask(high, low));
			assert_true(GENMASK_U64(high, low) == naive_mask(high, low));
			assert_true(GENMASK(high, low) == naive_mask(high, low));
		}
	}
	assert_int_equal(BIT_WORD(63), 0);
	assert_int_equal(BIT_WORD(64), 1);
	assert_true(BIT_MASK(65) == 2);
}

#define CHECK_FIELD(high, low)						\
	do {								\
		u64 w = random64(), v = random64(), word = w;		\
		u64 fits = v & naive_mask((high) - (low), 0);		\
									\
		assert_true(FIELD_GET(GENMASK_ULL(high, low), w) ==	\
			    naive_get(w, high, low));			\
		assert_true(FIELD_PREP(GENMASK_ULL(high, low), fits) ==	\
			    naive_put(0, high, low, fits));		\
		u64p_replace_bits(&word, v, GENMASK_ULL(high, low));	\
		assert_true(word == naive_put(w, high, low, v));	\
		assert_true(u64_replace_bits(w, v, GENMASK_ULL(high, low)) == word); \
		assert_true(u64_get_bits(w, GENMASK_ULL(high, low)) ==	\
			    naive_get(w, high, low));			\
		word = w;						\
		FIELD_MODIFY(GENMASK_ULL(high, low), &word, fits);	\
		assert_true(word == naive_put(w, high, low, fits));	\
	} while (0)

static void test_fields(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		CHECK_FIELD(0, 0);
		CHECK_FIELD(7, 0);
		CHECK_FIELD(11, 4);
		CHECK_FIELD(31, 31);
		CHECK_FIELD(31, 0);
		CHECK_FIELD(47, 12);
		CHECK_FIELD(63, 32);
		CHECK_FIELD(63, 63);
		CHECK_FIELD(63, 0);
	}
	assert_true(FIELD_MAX(GENMASK_ULL(11, 4)) == 0xff);
	assert_true(FIELD_FIT(GENMASK_ULL(11, 4), 0xff));
	assert_false(FIELD_FIT(GENMASK_ULL(11, 4), 0x100));
	assert_true(le64_to_cpu(cpu_to_le64(0x1122334455667788ULL)) ==
		    0x1122334455667788ULL);
}

static int naive_fls(u64 word)
{
	int n = 0;

	while (word) {
		word >>= 1;
		n++;
	}
	return n;
}

static int naive_ones(u64 word)
{
	int n = 0;

	for (; word; word >>= 1)
		n += word & 1;
	return n;
}

static void test_bitops(void **state)
{
	(void)state;
	assert_int_equal(fls_long(0), 0);
	assert_int_equal(fls(0), 0);
	assert_int_equal(ffs(0), 0);
	for (int i = 0; i < RANDOM_STEPS; i++) {
		u64 w = random64() >> (random64() % 64);
		int top = naive_fls(w);

		assert_int_equal(fls_long(w), top);
		assert_int_equal(fls64(w), top);
		assert_int_equal(fls((u32)w), naive_fls((u32)w));
		assert_int_equal(hweight8(w), naive_ones(w & 0xff));
		assert_int_equal(hweight64(w), naive_ones(w));
		if (!w)
			continue;
		assert_int_equal(__fls(w), top - 1);
		assert_int_equal(__ffs(w), naive_fls(w & -w) - 1);
		assert_int_equal(ilog2(w), top - 1);
		assert_int_equal(is_power_of_2(w), naive_ones(w) == 1);
		if (w > BIT(62))
			continue;
		assert_true(roundup_pow_of_two(w) >= w);
		assert_true(roundup_pow_of_two(w) < 2 * w);
		assert_int_equal(naive_ones(roundup_pow_of_two(w)), 1);
		assert_true(BIT(order_base_2(w)) == roundup_pow_of_two(w));
	}
	assert_false(is_power_of_2(0));
	assert_int_equal(ilog2(SZ_4K), 12);
	assert_int_equal(order_base_2(1), 0);
}

static void test_arithmetic(void **state)
{
	u64 most = U64_MAX, least = 0;
	int x = 1, y = 2, n = 0;
	char bytes[8];

	(void)state;
	assert_int_equal(DIV_ROUND_UP(0, 4), 0);
	assert_int_equal(DIV_ROUND_UP(1, 4), 1);
	assert_int_equal(DIV_ROUND_UP(4, 4), 1);
	assert_int_equal(DIV_ROUND_UP(5, 4), 2);
	assert_true(ALIGN(4097UL, SZ_4K) == 8192);
	assert_true(ALIGN_DOWN(8191UL, SZ_4K) == 4096);
	assert_true(IS_ALIGNED(8192UL, SZ_4K));
	assert_false(IS_ALIGNED(8193UL, SZ_4K));
	assert_true(round_up(SZ_4G + 1, SZ_4K) == SZ_4G + SZ_4K);
	assert_true(round_down(SZ_4G + 1, SZ_4K) == SZ_4G);
	/* Each side once, also nested. */
	assert_int_equal(min(n++, min(5, 7)), 0);
	assert_int_equal(n, 1);
	assert_int_equal(max(max(n++, 4), 3), 4);
	assert_int_equal(n, 2);
	assert_int_equal(min_t(u8, 0x101, 2), 1);
	assert_int_equal(clamp(9, 1, 5), 5);
	assert_int_equal(clamp(-9, 1, 5), 1);
	swap(x, y);
	assert_int_equal(x, 2);
	assert_int_equal(y, 1);
	assert_int_equal(cmp_int(1, 2), -1);
	assert_int_equal(cmp_int(2, 2), 0);
	assert_int_equal(cmp_int(most, least), 1);
	assert_int_equal(ARRAY_SIZE(bytes), 8);
	assert_int_equal(upper_32_bits(0x1122334455667788ULL), 0x11223344);
	assert_int_equal(lower_32_bits(0x1122334455667788ULL), 0x55667788);
}

struct flex {
	u32 n;
	u64 v[];
};

static void test_overflow(void **state)
{
	struct flex *f = NULL;

	(void)state;
	assert_int_equal(struct_size(f, v, 3), sizeof(*f) + 24);
	assert_true(struct_size(f, v, SIZE_MAX / 4) == SIZE_MAX);
	assert_true(size_mul(SIZE_MAX, 2) == SIZE_MAX);
	assert_true(size_add(SIZE_MAX, 1) == SIZE_MAX);
	f = kzalloc_flex(*f, v, SIZE_MAX / 4);
	assert_null(f);
	f = kzalloc_flex(*f, v, 5, GFP_ATOMIC);
	assert_non_null(f);
	for (int i = 0; i < 5; i++)
		assert_true(f->v[i] == 0);
	kfree(f);
}

static void test_err(void **state)
{
	int x;

	(void)state;
	assert_true(IS_ERR(ERR_PTR(-ENOMEM)));
	assert_int_equal(PTR_ERR(ERR_PTR(-ENOMEM)), -ENOMEM);
	assert_true(IS_ERR(ERR_PTR(-MAX_ERRNO)));
	assert_false(IS_ERR(&x));
	assert_false(IS_ERR(NULL));
	assert_true(IS_ERR_OR_NULL(NULL));
	assert_true(IS_ERR_OR_NULL(ERR_PTR(-EINVAL)));
	assert_int_equal(PTR_ERR_OR_ZERO(&x), 0);
}

struct item {
	int value;
	struct list_head node;
};

static void check_list(struct list_head *head, const int *values, int n)
{
	struct item *it;
	int i = 0;

	list_for_each_entry(it, head, node) {
		assert_true(i < n);
		assert_int_equal(it->value, values[i++]);
	}
	assert_int_equal(i, n);
	list_for_each_entry_reverse(it, head, node)
		assert_int_equal(it->value, values[--i]);
	assert_int_equal(i, 0);
}

static void test_list(void **state)
{
	struct item item[4] = {
		{ .value = 0 }, { .value = 1 }, { .value = 2 }, { .value = 3 }
	};
	struct item *it, *next;
	LIST_HEAD(head);

	(void)state;
	assert_true(list_empty(&head));
	assert_null(list_first_entry_or_null(&head, struct item, node));
	list_add_tail(&item[1].node, &head);
	list_add_tail(&item[2].node, &head);
	list_add(&item[0].node, &head);
	list_add_tail(&item[3].node, &head);
	check_list(&head, (int[]){ 0, 1, 2, 3 }, 4);
	assert_ptr_equal(list_first_entry(&head, struct item, node), &item[0]);
	assert_ptr_equal(list_last_entry(&head, struct item, node), &item[3]);
	assert_true(list_is_last(&item[3].node, &head));
	list_move_tail(&item[1].node, &head);
	check_list(&head, (int[]){ 0, 2, 3, 1 }, 4);
	list_for_each_entry_safe(it, next, &head, node)
		if (it->value % 2)
			list_del(&it->node);
	check_list(&head, (int[]){ 0, 2 }, 2);
	list_del_init(&item[0].node);
	assert_true(list_empty(&item[0].node));
	list_del(&item[2].node);
	assert_true(list_empty(&head));
}

static void test_alloc(void **state)
{
	long live = compat_alloc_live();
	void *p;

	(void)state;
	for (size_t size = 1; size <= SZ_8K; size++) {
		u8 *bytes = kzalloc(size, GFP_KERNEL);

		assert_non_null(bytes);
		if (is_power_of_2(size))
			assert_true(IS_ALIGNED((unsigned long)bytes,
					       min(size, (size_t)SZ_4K)));
		if (size >= 64)
			assert_true(IS_ALIGNED((unsigned long)bytes, 64));
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, size);
		assert_int_equal(compat_alloc_live(), live + 1);
		kfree(bytes);
	}
	kfree(NULL);
	p = kmalloc(0, GFP_KERNEL);
	kfree(p);
	assert_int_equal(compat_alloc_live(), live);
	assert_null(kcalloc(SIZE_MAX, 2, GFP_KERNEL));
	p = bitmap_zalloc(65, GFP_KERNEL);
	assert_non_null(p);
	assert_false(test_bit(64, p));
	__set_bit(64, p);
	assert_true(test_bit(64, p));
	bitmap_free(p);
	assert_int_equal(compat_alloc_live(), live);
}

static void test_alloc_fails(void **state)
{
	long live = compat_alloc_live();

	(void)state;
	for (long nth = 1; nth <= 5; nth++) {
		compat_fail_alloc_nth(nth);
		for (long i = 1; i <= 7; i++) {
			void *p = kvzalloc(10, GFP_KERNEL);

			if (i == nth)
				assert_null(p);
			else
				assert_non_null(p);
			kvfree(p);
		}
		assert_int_equal(compat_fail_alloc_left(), 0);
	}
	compat_fail_alloc_nth(1);
	compat_fail_alloc_nth(-1);
	kfree(kmalloc(1, GFP_KERNEL));
	assert_int_equal(compat_fail_alloc_left(), -1);
	assert_int_equal(compat_alloc_live(), live);
}

static void test_warn(void **state)
{
	unsigned long before = compat_warn_count;
	int evaluated = 0;

	(void)state;
	compat_warn_expect(true);
	assert_true(WARN_ON(evaluated++ == 0));
	assert_int_equal(evaluated, 1);
	assert_int_equal(compat_warn_count, before + 1);
	assert_false(WARN_ON(evaluated == 7));
	assert_int_equal(compat_warn_count, before + 1);
	for (int i = 0; i < 3; i++)
		assert_true(WARN_ON_ONCE(true));
	assert_int_equal(compat_warn_count, before + 4);
	assert_true(WARN(true, "value %d\n", 3));
	assert_int_equal(compat_warn_count, before + 5);
	compat_warn_expect(false);
	compat_warn_count = before;
}

static int printed_lines;
static char printed_level;
static char printed_text[128];

/* In place of the weak one. */
void compat_printk(const char *level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(printed_text, sizeof(printed_text), fmt, ap);
	va_end(ap);
	printed_level = level[0];
	printed_lines++;
}

static void test_printk(void **state)
{
	struct device dev = { .init_name = "smmu0" };

	(void)state;
	printed_lines = 0;
	pr_err("error %d\n", 7);
	assert_string_equal(printed_text, "error 7\n");
	assert_int_equal(printed_level, '3');
	dev_warn(&dev, "queue of %d\n", 128);
	assert_string_equal(printed_text, "smmu0: queue of 128\n");
	assert_int_equal(printed_level, '4');
	pr_debug("nothing %d\n", 1);
	assert_int_equal(printed_lines, 2);
	for (int i = 0; i < 100; i++)
		dev_err_ratelimited(&dev, "again\n");
	assert_int_equal(printed_lines, 2 + 10);
}

static void test_depths(void **state)
{
	unsigned long before = compat_warn_count;
	unsigned long outer, inner;

	(void)state;
	assert_false(irqs_disabled());
	local_irq_save(outer);
	local_irq_save(inner);
	assert_true(irqs_disabled());
	local_irq_restore(inner);
	assert_true(irqs_disabled());
	local_irq_restore(outer);
	assert_false(irqs_disabled());
	assert_int_equal(compat_warn_count, before);

	compat_warn_expect(true);
	local_irq_save(outer);
	local_irq_save(inner);
	local_irq_restore(outer);
	assert_int_equal(compat_warn_count, before + 1);
	local_irq_restore(inner);
	assert_int_equal(compat_warn_count, before + 2);
	compat_warn_expect(false);
	compat_warn_count = before;

	preempt_disable();
	assert_int_equal(preempt_count(), 1);
	preempt_enable();
	assert_int_equal(preempt_count(), 0);
}

static void test_lockdep(void **state)
{
	unsigned long before = compat_warn_count;
	DEFINE_MUTEX(lock);

	(void)state;
	mutex_lock(&lock);
	lockdep_assert_held(&lock);
	assert_int_equal(compat_warn_count, before);
	assert_int_equal(mutex_trylock(&lock), 0);
	mutex_unlock(&lock);
	compat_warn_expect(true);
	lockdep_assert_held(&lock);
	compat_warn_expect(false);
	assert_int_equal(compat_warn_count, before + 1);
	compat_warn_count = before;
	assert_int_equal(mutex_trylock(&lock), 1);
	assert_true(lockdep_is_held(&lock));
	mutex_unlock(&lock);
}

#define CHECK_ATOMIC(name, type, T)					\
static void check_##name(void)						\
{									\
	type v = { 5 };							\
	T old = 12;							\
									\
	assert_true(name##_read(&v) == 5);				\
	name##_set(&v, 6);						\
	name##_inc(&v);							\
	assert_true(name##_inc_return(&v) == 8);			\
	assert_true(name##_fetch_inc_relaxed(&v) == 8);			\
	name##_dec(&v);							\
	assert_true(name##_dec_return_release(&v) == 7);		\
	name##_add(10, &v);						\
	name##_sub(5, &v);						\
	assert_true(name##_fetch_andnot_relaxed(8, &v) == 12);		\
	assert_true(name##_fetch_andnot_release(4, &v) == 4);		\
	assert_true(name##_fetch_or(12, &v) == 0);			\
	name##_xor(3, &v);						\
	assert_true(name##_cmpxchg_relaxed(&v, 14, 1) == 15);		\
	assert_true(name##_cmpxchg(&v, 15, 1) == 15);			\
	assert_false(name##_try_cmpxchg(&v, &old, 9));			\
	assert_true(old == 1);						\
	assert_true(name##_try_cmpxchg(&v, &old, 9));			\
	assert_true(name##_xchg(&v, 4) == 9);				\
	name##_set_release(&v, 3);					\
	assert_true(name##_read_acquire(&v) == 3);			\
	assert_true(name##_cond_read_relaxed(&v, VAL == 3) == 3);	\
	assert_true(name##_cond_read_acquire(&v, VAL > 2) == 3);	\
	assert_true(name##_add_return(4, &v) == 7);			\
	assert_true(name##_sub_return(7, &v) == 0);			\
	name##_set(&v, 1);						\
	assert_true(name##_dec_and_test(&v));				\
	assert_false(name##_dec_and_test(&v));				\
}

CHECK_ATOMIC(atomic, atomic_t, int)
CHECK_ATOMIC(atomic64, atomic64_t, s64)
CHECK_ATOMIC(atomic_long, atomic_long_t, long)

static void test_atomics(void **state)
{
	(void)state;
	check_atomic();
	check_atomic64();
	check_atomic_long();
}

static void test_plain_atomics(void **state)
{
	int a, b, *p = &a;
	u8 byte = 1;
	u32 word = 7;

	(void)state;
	assert_ptr_equal(cmpxchg(&p, &a, &b), &a);
	assert_ptr_equal(xchg(&p, &a), &b);
	assert_ptr_equal(cmpxchg_relaxed(&p, &b, NULL), &a);
	assert_ptr_equal(p, &a);
	assert_int_equal(xchg(&byte, 2), 1);
	smp_store_release(&byte, 3);
	assert_int_equal(smp_load_acquire(&byte), 3);
	smp_store_release(&p, &b);
	assert_ptr_equal(smp_load_acquire(&p), &b);
	assert_int_equal(smp_cond_load_relaxed(&word, VAL != 0), 7);
	assert_int_equal(smp_cond_load_acquire(&word, VAL != 0), 7);
	smp_store_mb(word, 8);
	assert_int_equal(READ_ONCE(word), 8);
	/* They order; what is seen here is that they leave values alone. */
	mb();
	rmb();
	wmb();
	dma_mb();
	dma_rmb();
	dma_wmb();
	smp_mb();
	smp_rmb();
	smp_wmb();
	smp_mb__before_atomic();
	smp_mb__after_atomic();
	assert_int_equal(word, 8);
}

static void test_io(void **state)
{
	u32 reg32 = 0;
	u64 reg64 = 0;

	(void)state;
	writel(0x12345678, &reg32);
	assert_int_equal(readl(&reg32), 0x12345678);
	writel_relaxed(7, &reg32);
	assert_int_equal(readl_relaxed(&reg32), 7);
	writeq(0x1122334455667788ULL, &reg64);
	assert_true(readq(&reg64) == 0x1122334455667788ULL);
	writeq_relaxed(1, &reg64);
	assert_true(readq_relaxed(&reg64) == 1);
}

static DEFINE_STATIC_KEY_FALSE(key);

static void test_time_and_keys(void **state)
{
	ktime_t begin = ktime_get(), later;

	(void)state;
	udelay(20);
	later = ktime_get();
	assert_true(ktime_to_ns(ktime_sub(later, begin)) >= 20000);
	assert_int_equal(ktime_compare(begin, later), -1);
	assert_int_equal(ktime_compare(later, later), 0);
	assert_true(ktime_add_us(begin, 3) == begin + 3000);
	assert_false(static_branch_unlikely(&key));
	static_branch_enable(&key);
	assert_true(static_branch_unlikely(&key));
	static_branch_disable(&key);
	assert_false(static_branch_likely(&key));
}

static void test_layout(void **state)
{
	struct {
		u32 first;
		u32 second ____cacheline_aligned_in_smp;
	} lines;
	struct item it;

	(void)state;
#ifdef COMPAT_UP
	assert_int_equal((char *)&lines.second - (char *)&lines, 4);
#else
	assert_int_equal((char *)&lines.second - (char *)&lines, SMP_CACHE_BYTES);
#endif
	assert_ptr_equal(container_of(&it.node, struct item, node), &it);
	assert_int_equal(offsetofend(struct item, value), 4);
	assert_int_equal(sizeof(phys_addr_t), 8);
	assert_int_equal(sizeof(dma_addr_t), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_bitops),
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_err),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_alloc_fails),
		cmocka_unit_test(test_warn),
		cmocka_unit_test(test_printk),
		cmocka_unit_test(test_depths),
		cmocka_unit_test(test_lockdep),
		cmocka_unit_test(test_atomics),
		cmocka_unit_test(test_plain_atomics),
		cmocka_unit_test(test_io),
		cmocka_unit_test(test_time_and_keys),
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests_name("compat-base", tests, NULL, NULL);
}
