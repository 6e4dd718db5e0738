// SPDX-License-Identifier: GPL-2.0-or-later
/* One read section, compiled once a flavour. */
#include <linux/processor.h>

#include "rcu_reader.h"

#define LINGER 32

static unsigned long obj_bad(const struct obj *o)
{
	return o->alive != OBJ_ALIVE || o->twin != OBJ_ALIVE;
}

unsigned long READER(struct shared *s)
{
	unsigned long bad = 0;
	struct obj *o;

	rcu_read_lock();
	o = rcu_dereference(s->ptr);
	if (s->inside)
		s->inside(s->arg);
	for (int i = 0; i < LINGER; i++) {
		/* Nested, as a callee of a reader does. */
		rcu_read_lock();
		bad += obj_bad(o);
		rcu_read_unlock();
		cpu_relax();
	}
	list_for_each_entry_rcu(o, &s->list, node)
		bad += obj_bad(o);
	rcu_read_unlock();
	return bad;
}
