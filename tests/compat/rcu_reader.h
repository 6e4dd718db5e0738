/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_RCU_READER_H_
#define _COMPAT_RCU_READER_H_

#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#define OBJ_ALIVE	0x600d600d600d600dULL
#define OBJ_DEAD	0xdeaddeaddeaddeadULL

/*
 * @alive and @twin are equal as long as a reader may see the object. Whoever
 * frees it kills it first, so that a reader left behind is seen without ASan.
 */
struct obj {
	u64 alive;
	struct list_head node;
	struct rcu_head rcu;
	u64 twin;
};

/* @inside: called in the read section, unless NULL; may block */
struct shared {
	struct obj __rcu *ptr;
	struct list_head list;
	void (*inside)(void *arg);
	void *arg;
};

/* Return: how many dead objects a read section came across. */
typedef unsigned long (*reader_fn)(struct shared *s);

unsigned long reader_qsbr(struct shared *s);
unsigned long reader_memb(struct shared *s);
unsigned long reader_mb(struct shared *s);

#endif /* _COMPAT_RCU_READER_H_ */
