// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A static program on the shims, as the worker is one; cmocka has no static
 * library, so this one counts for itself.
 */
#include <link.h>
#include <stdio.h>

#include <compat/rcu_thread.h>
#include <compat/test_hooks.h>

#include <linux/slab.h>

#include "rcu_reader.h"

static const reader_fn readers[COMPAT_RCU_FLAVOURS] = {
	[COMPAT_RCU_QSBR] = reader_qsbr,
	[COMPAT_RCU_MEMB] = reader_memb,
	[COMPAT_RCU_MB] = reader_mb,
};

static int count_objects(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)info;
	(void)size;
	++*(int *)data;
	return 0;
}

int main(void)
{
	struct shared shared = { .inside = NULL }, *s = &shared;
	int objects = 0;

	INIT_LIST_HEAD(&shared.list);
	compat_rcu_register_thread();
	for (int f = 0; f < COMPAT_RCU_FLAVOURS; f++) {
		struct obj *o = kzalloc(sizeof(*o), GFP_KERNEL);

		compat_rcu_select(f);
		if (!o)
			return 1;
		rcu_assign_pointer(shared.ptr, o);
		if (!readers[f](s)) {
			printf("%s: the reader missed a dead object\n", compat_rcu_name(f));
			return 1;
		}
		o->alive = OBJ_ALIVE;
		o->twin = OBJ_ALIVE;
		if (readers[f](s)) {
			printf("%s: the reader saw a dead object\n", compat_rcu_name(f));
			return 1;
		}
		synchronize_rcu();
		kfree_rcu(o, rcu);
	}
	compat_rcu_drain();
	compat_rcu_unregister_thread();
	if (compat_alloc_live()) {
		printf("%ld allocations are left\n", compat_alloc_live());
		return 1;
	}
	dl_iterate_phdr(count_objects, &objects);
	/* The program itself, and the vDSO where the kernel gives one. */
	if (objects > 2) {
		printf("%d objects are loaded: not static\n", objects);
		return 1;
	}
	printf("compat-static: passed\n");
	return 0;
}
