/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list helper: invalidations as nodes in the array's order. Writers run under the
 * asid lock; what they owe to readers comes in as constants: how a node is linked
 * in and out, and how it is freed.
 */
#ifndef SMMU_NODE_H
#define SMMU_NODE_H

#include <linux/bug.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "stores.h"

struct smmu_node {
	struct list_head list;
	struct arm_smmu_inv inv;
	struct smmu_node *next_gone;
	struct rcu_head rcu;
};

/* How a store's readers want the list changed. Constant, so that no call is indirect. */
struct smmu_node_ops {
	void (*add_tail)(struct list_head *entry, struct list_head *before);
	void (*del)(struct list_head *entry);
	void (*free)(struct smmu_node *node);
};

static inline void smmu_node_kfree(struct smmu_node *node)
{
	kfree(node);
}

static const __maybe_unused struct smmu_node_ops smmu_node_locked = {
	.add_tail = list_add_tail,
	.del = list_del,
	.free = smmu_node_kfree,
};

/* The first node that doesn't come before @inv, or the list's head. */
static inline struct list_head *smmu_node_seek(struct list_head *from, struct list_head *head,
					       const struct arm_smmu_inv *inv)
{
	struct list_head *at;

	for (at = from; at != head; at = at->next)
		if (arm_smmu_inv_cmp(&list_entry(at, struct smmu_node, list)->inv, inv) >= 0)
			break;
	return at;
}

static inline struct smmu_node *smmu_node_match(struct list_head *at, struct list_head *head,
						const struct arm_smmu_inv *inv)
{
	struct smmu_node *node = list_entry(at, struct smmu_node, list);

	return at != head && !arm_smmu_inv_cmp(&node->inv, inv) ? node : NULL;
}

static inline void smmu_nodes_free(struct list_head *nodes)
{
	struct smmu_node *node, *next;

	list_for_each_entry_safe(node, next, nodes, list)
		kfree(node);
	INIT_LIST_HEAD(nodes);
}

/* Takes an attach back, or ends one: @fresh is what merge has left of it. */
static inline void smmu_nodes_txn_end(struct smmu_store_txn *txn)
{
	struct list_head *fresh = txn->prepared;

	smmu_nodes_free(fresh);
	kfree(fresh);
}

/**
 * smmu_nodes_txn() - nodes for what txn->to_merge has and @head hasn't
 * @head: the store's list
 * @txn: prepared becomes a list of them, in order
 *
 * Return: 0; -ENOMEM, and then there is nothing to end.
 */
static inline int smmu_nodes_txn(struct list_head *head, struct smmu_store_txn *txn)
{
	struct list_head *at = head->next, *fresh;
	size_t i;

	fresh = kmalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	INIT_LIST_HEAD(fresh);
	txn->prepared = fresh;

	for (i = 0; i < txn->to_merge->num_invs; i++) {
		const struct arm_smmu_inv *inv = &txn->to_merge->inv[i];
		struct smmu_node *node;

		at = smmu_node_seek(at, head, inv);
		if (smmu_node_match(at, head, inv))
			continue;
		node = kmalloc(sizeof(*node), GFP_KERNEL);
		if (!node) {
			smmu_nodes_txn_end(txn);
			return -ENOMEM;
		}
		node->inv = *inv;
		list_add_tail(&node->list, fresh);
	}
	return 0;
}

/**
 * smmu_nodes_merge() - a user more for each entry of txn->to_merge
 * @head: the store's list, as it was when @txn was prepared
 * @txn: its nodes move into the list
 * @ops: a constant
 *
 * Context: whatever keeps readers out, or lets @ops be called beside them.
 */
static __always_inline void smmu_nodes_merge(struct list_head *head,
					     struct smmu_store_txn *txn,
					     const struct smmu_node_ops ops)
{
	const struct arm_smmu_invs *to_merge = txn->to_merge;
	struct list_head *at = head->next, *fresh = txn->prepared;
	size_t i;

	for (i = 0; i < to_merge->num_invs; i++) {
		const struct arm_smmu_inv *inv = &to_merge->inv[i];
		struct smmu_node *node;

		at = smmu_node_seek(at, head, inv);
		node = smmu_node_match(at, head, inv);
		if (node) {
			WRITE_ONCE(node->inv.users, node->inv.users + 1);
			continue;
		}
		node = list_first_entry(fresh, struct smmu_node, list);
		list_del(&node->list);
		/* Before it can be found: a reader takes 0 users for trash. */
		node->inv.users = 1;
		ops.add_tail(&node->list, at);
		at = &node->list;
	}
}

/**
 * smmu_nodes_unref() - a user less for each entry of @to_unref
 * @head: the store's list
 * @to_unref: sorted; its users become 0 for what nobody uses any more, else 1
 * @gone: initialised here; nodes taken out, for smmu_nodes_reap(). Readers beside us
 *	  can still leave them by list.next
 * @ops: a constant
 *
 * Context: as smmu_nodes_merge().
 */
static __always_inline void smmu_nodes_unref(struct list_head *head,
					     struct arm_smmu_invs *to_unref,
					     struct smmu_node **gone,
					     const struct smmu_node_ops ops)
{
	struct list_head *at = head->next;
	size_t i;

	*gone = NULL;
	for (i = 0; i < to_unref->num_invs; i++) {
		struct arm_smmu_inv *inv = &to_unref->inv[i];
		struct smmu_node *node;

		at = smmu_node_seek(at, head, inv);
		node = smmu_node_match(at, head, inv);
		if (WARN_ON(!node))
			continue;
		WRITE_ONCE(node->inv.users, node->inv.users - 1);
		WRITE_ONCE(inv->users, !!node->inv.users);
		if (node->inv.users)
			continue;
		at = at->next;
		ops.del(&node->list);
		node->next_gone = *gone;
		*gone = node;
	}
}

static __always_inline void smmu_nodes_reap(struct smmu_node *gone,
					    const struct smmu_node_ops ops)
{
	while (gone) {
		struct smmu_node *next = gone->next_gone;

		ops.free(gone);
		gone = next;
	}
}

static inline size_t smmu_nodes_live(struct list_head *head, struct arm_smmu_inv *out,
				     size_t max)
{
	struct smmu_node *node;
	size_t n = 0;

	list_for_each_entry(node, head, list) {
		if (n < max)
			out[n] = node->inv;
		n++;
	}
	return n;
}

/* What a walk keeps: the node that it stands on. */
struct smmu_node_cursor {
	struct list_head *at, *head;
};

static __always_inline const struct arm_smmu_inv *smmu_node_next(void *cursor)
{
	struct smmu_node_cursor *c = cursor;

	c->at = READ_ONCE(c->at->next);
	return c->at == c->head ? NULL : &list_entry(c->at, struct smmu_node, list)->inv;
}

#endif
