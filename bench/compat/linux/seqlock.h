/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_LINUX_SEQLOCK_H_
#define _COMPAT_LINUX_SEQLOCK_H_

/*
 * The data that a seqcount guards is read by READ_ONCE() and written by
 * WRITE_ONCE(), as in the kernel.
 */
#include <asm/barrier.h>
#include <linux/spinlock.h>

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

/* The spinlock variant remembers its lock for lockdep alone: no field. */
typedef struct seqcount_spinlock {
	seqcount_t seqcount;
} seqcount_spinlock_t;

typedef struct {
	seqcount_t seqcount;
	spinlock_t lock;
} seqlock_t;

#define SEQCNT_ZERO(name)	{ .sequence = 0 }
#define SEQCNT_SPINLOCK_ZERO(name, lock) { .seqcount = SEQCNT_ZERO(name) }
#define DEFINE_SEQLOCK(x)						\
	seqlock_t x = {							\
		.seqcount = SEQCNT_ZERO(x),				\
		.lock = __SPIN_LOCK_UNLOCKED(x),			\
	}

static __always_inline unsigned int
__compat_read_seqcount_begin(const seqcount_t *s)
{
	unsigned int seq;

	/* Pairs with the smp_wmb() of do_write_seqcount_end(). */
	while ((seq = smp_load_acquire(&s->sequence)) & 1)
		cpu_relax();
	return seq;
}

static __always_inline bool
__compat_read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	/* Pairs with the smp_wmb() of do_write_seqcount_begin(). */
	smp_rmb();
	return READ_ONCE(s->sequence) != start;
}

static __always_inline void do_write_seqcount_begin(seqcount_t *s)
{
	WRITE_ONCE(s->sequence, s->sequence + 1);
	/* Pairs with the smp_rmb() of __compat_read_seqcount_retry(). */
	smp_wmb();
}

static __always_inline void do_write_seqcount_end(seqcount_t *s)
{
	/* Pairs with the load-acquire of __compat_read_seqcount_begin(). */
	smp_wmb();
	WRITE_ONCE(s->sequence, s->sequence + 1);
}

/* Both counts start with their seqcount_t. */
#define seqcount_init(s)	((s)->sequence = 0)
#define seqcount_spinlock_init(s, l) \
	do { (s)->seqcount.sequence = 0; (void)(l); } while (0)
#define read_seqcount_begin(s) \
	__compat_read_seqcount_begin((const seqcount_t *)(s))
#define read_seqcount_retry(s, start) \
	__compat_read_seqcount_retry((const seqcount_t *)(s), start)
/* The kernel's lockdep asks the same of a seqcount_t, which has no lock to ask. */
#ifdef COMPAT_DEBUG
#define __compat_check_seqcount(s)					\
	WARN(__builtin_types_compatible_p(typeof(*(s)), seqcount_t) &&	\
	     !irqs_disabled() && !preempt_count(),			\
	     "a seqcount_t is written where its writer can be preempted")
#else
#define __compat_check_seqcount(s)	((void)0)
#endif
#define write_seqcount_begin(s)						\
	do {								\
		__compat_check_seqcount(s);				\
		preempt_disable();					\
		do_write_seqcount_begin((seqcount_t *)(s));		\
	} while (0)
#define write_seqcount_end(s)						\
	do {								\
		do_write_seqcount_end((seqcount_t *)(s));		\
		preempt_enable();					\
	} while (0)

static __always_inline void seqlock_init(seqlock_t *sl)
{
	sl->seqcount.sequence = 0;
	spin_lock_init(&sl->lock);
}

static __always_inline unsigned int read_seqbegin(const seqlock_t *sl)
{
	return __compat_read_seqcount_begin(&sl->seqcount);
}

static __always_inline unsigned int
read_seqretry(const seqlock_t *sl, unsigned int start)
{
	return __compat_read_seqcount_retry(&sl->seqcount, start);
}

static __always_inline void write_seqlock(seqlock_t *sl)
{
	spin_lock(&sl->lock);
	do_write_seqcount_begin(&sl->seqcount);
}

static __always_inline void write_sequnlock(seqlock_t *sl)
{
	do_write_seqcount_end(&sl->seqcount);
	spin_unlock(&sl->lock);
}

#define write_seqlock_irqsave(sl, flags) \
	do { local_irq_save(flags); write_seqlock(sl); } while (0)
#define write_sequnlock_irqrestore(sl, flags) \
	do { write_sequnlock(sl); local_irq_restore(flags); } while (0)

#endif /* _COMPAT_LINUX_SEQLOCK_H_ */
