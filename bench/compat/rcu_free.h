/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _COMPAT_RCU_FREE_H_
#define _COMPAT_RCU_FREE_H_

#include <stddef.h>

struct rcu_head;

void compat_kfree_rcu(struct rcu_head *head, size_t offset);

/* The callback that frees what begins @offset bytes before its rcu_head. */
typedef void (*compat_free_fn)(struct rcu_head *head);

compat_free_fn compat_free_at(size_t offset);

#endif /* _COMPAT_RCU_FREE_H_ */
