/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one case is played in: SMMUs with a model each, domains with a table of IOPTEs
 * that the models walk, masters whose STEs and CDs they read, threads.
 */
#ifndef TORTURE_ARENA_H
#define TORTURE_ARENA_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "device.h"
#include "domain.h"
#include "smmu.h"
#include "store.h"
#include "torture.h"

#define ARENA_SMMUS		2
#define ARENA_MASTERS		8
#define ARENA_STREAMS		2
#define ARENA_CACHE		256 /* lines of each cache */

/* Each reader's part of every table: pages that nobody else maps or unmaps. */
#define ARENA_OWN_PAGES		16
#define ARENA_PAGES		(TORTURE_MAX_THREADS * ARENA_OWN_PAGES)
#define ARENA_PAGE_SHIFT	12

enum arena_domain {
	ARENA_S1_A,
	ARENA_S1_B,
	ARENA_S2_A, /* a nest parent, where the store can be one's */
	ARENA_S2_B,
	ARENA_DOMAINS,
};

/* Stores of torture's own, above enum smmu_store_id: copies of rcu-array. */
enum torture_store {
	TORTURE_DELAYED = SMMU_NR_STORES,
	TORTURE_REPAIRED,
	TORTURE_NR_STORES,
};

/* Bugs, each in rcu-array under merged. */
enum torture_bug {
	TORTURE_BUG_NONE,
	TORTURE_BUG_LAST,
	TORTURE_BUG_LOAD_FIRST,
	TORTURE_BUG_NO_SYNC,
	TORTURE_BUG_ATC_FIRST,
	TORTURE_BUG_ORDER,
	TORTURE_BUG_EARLY_UNREF,
	TORTURE_BUG_NO_FLUSH,
	TORTURE_BUG_NO_LOCK,
	TORTURE_BUG_NO_CFGI,
	TORTURE_BUG_TORN,
	TORTURE_NR_BUGS,
};

struct arena;

/**
 * struct torture_smmu - an SMMU
 * @smmu: of kind SMMU_DEVICE_MODEL
 * @arena: it belongs to
 * @index: its number there
 * @delays: random; under the model's lock
 */
struct torture_smmu {
	struct arm_smmu_device smmu;
	struct arena *arena;
	unsigned int index;
	u64 delays;
};

/**
 * struct torture_domain - a domain
 * @d: its ttb is a number, since models walk @ptes
 * @arena: it belongs to
 * @name: for messages
 * @lock: of TORTURE_REPAIRED: readers hold it in place of the array's
 * @retiring: odd from before unref until the tag has been flushed
 * @late: TORTURE_BUG_ORDER: what install_new has not published yet; under the asid lock
 * @ptes: IOPTEs of ARENA_PAGES pages from iova 0 on
 */
struct torture_domain {
	struct arm_smmu_domain d;
	struct arena *arena;
	const char *name;
	rwlock_t lock;
	u32 retiring;
	struct smmu_store_txn late;
	u64 *ptes;
};

/**
 * struct torture_master - a master, moved about by one attacher
 * @m: it
 * @arena: it belongs to
 * @smmu: the SMMU that it sits behind
 * @moves: odd while it is attached or detached
 * @detached: true from when a detach has returned until the next attach begins
 * @unrefed: TORTURE_BUG_EARLY_UNREF: unref is done already; under the asid lock
 * @delays: random; its attacher's, which writes some entries without the asid lock
 */
struct torture_master {
	struct arm_smmu_master m;
	struct arena *arena;
	struct torture_smmu *smmu;
	u32 moves;
	bool detached;
	bool unrefed;
	u64 delays;
};

/**
 * struct torture_thread - one member of the team
 * @t: what the fast path sees of it; a reader's
 * @arena: it belongs to
 * @member: its number
 * @first_page: of its own pages
 * @rnd: choices
 * @delays: random delays
 * @serial: of the next IOPTE
 * @mapped: readers: what each of its own pages is mapped to; 0: it isn't
 * @known: the last IOPTE of each that was left in an ATC by TORTURE_STALE_ATC_ATTACH
 * @master_moves: the masters' moves before its unmap
 * @unmaps: as in struct torture_result, the others likewise
 * @raced: see there
 * @moves: see there
 * @translations: see there
 * @seen: see there
 * @in_window: see there
 */
struct torture_thread {
	struct smmu_thread t;
	struct arena *arena;
	unsigned int member;
	unsigned int first_page;
	u64 rnd, delays;
	u64 serial;
	u64 mapped[ARENA_DOMAINS][ARENA_OWN_PAGES];
	u64 known[ARENA_DOMAINS][ARENA_OWN_PAGES];
	u32 master_moves[ARENA_MASTERS];
	u64 unmaps, raced, moves, translations, seen, in_window;
};

/**
 * struct arena - one case
 * @c: the case
 * @nr_threads: members
 * @nr_smmus: one where the store can't do with more
 * @store: whom the domains' store, which is @hooks, calls
 * @hooks: @store with delays, and with bugs
 * @domain_lock: readers hold torture_domain.lock
 * @unmap: the fast path
 * @smmus: SMMUs
 * @domains: by enum arena_domain
 * @masters: masters, spread over the SMMUs
 * @threads: @nr_threads of them
 * @delays: random, for those who hold the asid lock
 * @moves: attaches and detaches that have returned
 * @gone: detaches of a master with ATS that have
 * @stop: all end
 * @stop_on: bits of the kinds that end the case
 * @found: how often, by kind
 * @told: somebody writes @first, by kind
 * @first: how it was found first, by kind
 */
struct arena {
	const struct torture_case *c;
	unsigned int nr_threads;
	unsigned int nr_smmus;
	const struct smmu_store_ops *store;
	struct smmu_store_ops hooks;
	bool domain_lock;
	smmu_unmap_fn unmap;
	struct torture_smmu smmus[ARENA_SMMUS];
	struct torture_domain domains[ARENA_DOMAINS];
	struct torture_master masters[ARENA_MASTERS];
	struct torture_thread **threads;
	u64 delays;
	atomic_t moves, gone;
	bool stop;
	unsigned int stop_on;
	atomic_t found[TORTURE_NR_KINDS];
	atomic_t told[TORTURE_NR_KINDS];
	char first[TORTURE_NR_KINDS][TORTURE_LINE];
};

/* ---- arena.c ---------------------------------------------------------- */

/* 0, or -ENOMEM. May sleep. */
int arena_create(struct arena *a, const struct torture_case *c, unsigned int threads, u64 seed);
/* Everybody is off. May sleep. */
void arena_destroy(struct arena *a);

/* The master of a StreamID, or NULL. */
struct torture_master *arena_master(struct arena *a, u32 sid);
u32 arena_sid(const struct torture_master *m, unsigned int stream);

/**
 * arena_found() - something is wrong
 * @a: arena
 * @kind: what
 * @fmt: how it was found; kept of the first one
 *
 * Context: any.
 */
void arena_found(struct arena *a, enum torture_kind kind, const char *fmt, ...) __printf(3, 4);

/* ---- walker.c --------------------------------------------------------- */

/* What the model of @s has to read, and who watches its commands. */
void torture_walker(struct torture_smmu *s, struct smmu_model_params *params);

/* ---- hooks.c: the attach side ----------------------------------------- */

/* a->hooks and the masters' writers of STEs and CDs. */
void torture_hook_store(struct arena *a);
void torture_hook_master(struct torture_master *m);

/* An attach or detach, as arm_smmu_master_attach(). May sleep. */
int torture_attach(struct torture_master *m, struct arm_smmu_domain *domain);

/* ---- stores.c --------------------------------------------------------- */

/* What @id, an enum smmu_store_id or torture_store, stands on; NULL where it isn't here. */
const struct smmu_store_ops *torture_store(unsigned int id);

/* ---- copies.c, busted.c: the readers ----------------------------------- */

/* TORTURE_DELAYED or TORTURE_REPAIRED under a strategy. */
smmu_unmap_fn torture_copy(enum torture_store store, enum smmu_strategy strategy);

/**
 * struct torture_bug_row - a planted bug
 * @name: what the user types
 * @help: one line
 * @caught_by: bits of the kinds that it shows as
 * @unmap: its reader; NULL where that is rcu-array's and the bug is in hooks.c
 */
struct torture_bug_row {
	const char *name;
	const char *help;
	unsigned int caught_by;
	smmu_unmap_fn unmap;
};

extern const struct torture_bug_row torture_bugs[TORTURE_NR_BUGS];

/* ---- roles.c ---------------------------------------------------------- */

/* A member's work until a->stop; member 0 calls @tick after each of its steps. */
void torture_member(struct arena *a, unsigned int member, void (*tick)(void *ctx), void *ctx);

/* A transaction of every master's streams to @page. */
void torture_touch(struct torture_thread *t, unsigned int page);

/*
 * Until a master with ATS was detached, or for @ns; until one has been published in the
 * domain that @t is unmapping from, and somebody has arrived, or for @ns. Busy, in any
 * context.
 */
void torture_await_detach(struct torture_thread *t, u32 ns);
void torture_await_attach(struct torture_thread *t, u32 ns);

static inline struct torture_domain *to_torture_domain(struct arm_smmu_domain *d)
{
	return container_of(d, struct torture_domain, d);
}

static inline struct torture_thread *to_torture_thread(struct smmu_thread *t)
{
	return container_of(t, struct torture_thread, t);
}

#endif
