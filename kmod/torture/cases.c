// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be tortured, and what of it was chosen. */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/stddef.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "arena.h"

#define DEFAULT_SECONDS	2
#define DEFAULT_THREADS	4
#define MAX_NAMES	64

/* ---- all cases -------------------------------------------------------- */

/* Readers hold a lock to the end, and unref takes it: not the array's own. */
static bool store_drains(unsigned int id)
{
	switch (id) {
	case SMMU_STORE_ID_rcu_list:
	case SMMU_STORE_ID_rwlock_array:
	case SMMU_STORE_ID_rwlock_list:
	case SMMU_STORE_ID_cache_tags:
	case TORTURE_REPAIRED:
		return true;
	default:
		return false;
	}
}

/*
 * Does every model agree that it orders its readers? acquire-release does on arm64
 * alone. What the models say is results/reference/verdicts.json.
 */
static bool strategy_orders(unsigned int id)
{
	const struct smmu_strategy_row *s = &smmu_strategies[id];

	return s->reader == SMMU_FENCE_SMP_MB || s->reader == SMMU_FENCE_DMA_MB ||
	       s->reader == SMMU_FENCE_MB || s->publish == SMMU_FENCE_SYNC_RCU ||
	       s->publish == SMMU_FENCE_SYNC_RCU_EXPEDITED ||
	       s->publish == SMMU_FENCE_IPI_MB || s->post == SMMU_POST_RECHECK;
}

/*
 * Attaches wait for whoever looks at the old entries, or the ATS entries are looked for
 * when the TLBI is done (devices-list did so on purpose), or once more.
 */
static bool catches_up(unsigned int store, unsigned int strategy)
{
	const struct smmu_strategy_row *s = &smmu_strategies[strategy];

	switch (store) {
	case SMMU_STORE_ID_rwlock_array:
	case SMMU_STORE_ID_rwlock_list:
	case SMMU_STORE_ID_cache_tags:
	case SMMU_STORE_ID_devices_list:
		return true;
	case SMMU_STORE_ID_rcu_array:
	case SMMU_STORE_ID_rcu_list:
	case TORTURE_DELAYED:
	case TORTURE_REPAIRED:
		return s->publish == SMMU_FENCE_SYNC_RCU ||
		       s->publish == SMMU_FENCE_SYNC_RCU_EXPEDITED ||
		       s->post == SMMU_POST_RECHECK;
	default:
		return false;
	}
}

static const struct {
	const char *name, *help;
} copies[] = {
	[TORTURE_DELAYED - SMMU_NR_STORES] = {
		"rcu-array-delayed",
		"rcu-array with a delay between rcu_dereference() and read_lock(): the two-array case",
	},
	[TORTURE_REPAIRED - SMMU_NR_STORES] = {
		"rcu-array-repaired",
		"the same, with the lock in the domain and invs dereferenced under it",
	},
};

static void store_case(struct torture_case *c, unsigned int store, unsigned int strategy)
{
	const struct smmu_store_ops *ops = torture_store(store);
	const bool own = ops->caps & SMMU_STORE_OWN_ORDER;

	memset(c, 0, sizeof(*c));
	if (store < SMMU_NR_STORES) {
		c->store = ops->name;
		c->help = ops->help;
	} else {
		c->store = copies[store - SMMU_NR_STORES].name;
		c->help = copies[store - SMMU_NR_STORES].help;
	}
	c->strategy = own ? "own" : smmu_strategies[strategy].name;
	c->ordered = own || strategy_orders(strategy);
	c->drains = store_drains(store);
	c->catches_up = catches_up(store, strategy);
	c->store_id = store;
	c->strategy_id = strategy;
}

/* Is there such a case? One for a store that orders by itself. */
static bool is_case(unsigned int store, unsigned int strategy)
{
	const struct smmu_store_ops *ops = torture_store(store);

	if (!ops || !(ops->caps & SMMU_STORE_CONCURRENT))
		return false;
	if (ops->caps & SMMU_STORE_OWN_ORDER)
		return strategy == SMMU_STRATEGY_MERGED;
	return smmu_strategies[strategy].worlds & SMMU_WORLD_HERE;
}

static void bug_case(struct torture_case *c, unsigned int bug)
{
	store_case(c, SMMU_STORE_ID_rcu_array, SMMU_STRATEGY_MERGED);
	c->store = torture_bugs[bug].name;
	c->help = torture_bugs[bug].help;
	c->busted = true;
	c->caught_by = torture_bugs[bug].caught_by;
	c->bug = bug;
}

/* ---- lists of names --------------------------------------------------- */

/* The next name of a list; false at its end. */
static bool next_name(const char **list, char *name, size_t size)
{
	size_t len;

	*list += strspn(*list, ",");
	len = strcspn(*list, ",");
	if (!len)
		return false;
	snprintf(name, size, "%.*s", (int)len, *list);
	*list += len;
	return true;
}

static bool listed(const char *list, const char *name)
{
	char one[TORTURE_LIST];

	while (next_name(&list, one, sizeof(one)))
		if (!strcmp(one, name) || !strcmp(one, "all"))
			return true;
	return false;
}

static void add_name(const char **names, unsigned int *n, const char *name)
{
	unsigned int i;

	for (i = 0; i < *n; i++)
		if (!strcmp(names[i], name))
			return;
	if (*n < MAX_NAMES)
		names[(*n)++] = name;
}

/* All names of stores, strategies or bugs. Returns how many. */
static unsigned int names_of(char key, const char **names)
{
	unsigned int store, strategy, bug, n = 0;
	struct torture_case c;

	for (bug = 1; key == 'b' && bug < TORTURE_NR_BUGS; bug++)
		add_name(names, &n, torture_bugs[bug].name);
	for (store = 0; key != 'b' && store < TORTURE_NR_STORES; store++) {
		for (strategy = 0; strategy < SMMU_NR_STRATEGIES; strategy++) {
			if (!is_case(store, strategy))
				continue;
			store_case(&c, store, strategy);
			add_name(names, &n, key == 's' ? c.store : c.strategy);
		}
	}
	add_name(names, &n, "all");
	return n;
}

static int bad_name(struct subject_error *err, const char *key, const char *name,
		    const char *const *names, unsigned int nr)
{
	const char *near = subject_near(name, names, nr);
	size_t len;
	unsigned int i;

	snprintf(err->msg, sizeof(err->msg), "%s: no '%.40s'%s%s%s; valid:", key, name,
		 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	for (i = 0; i < nr; i++) {
		len = strlen(err->msg);
		snprintf(err->msg + len, sizeof(err->msg) - len, "%s %s", i ? "," : "", names[i]);
	}
	return -EINVAL;
}

static int set_list(char *to, const char *key, char kind, const char *value,
		    struct subject_error *err)
{
	const char *names[MAX_NAMES], *list = value;
	unsigned int nr = names_of(kind, names), i;
	char name[TORTURE_LIST];

	if (strlen(value) >= TORTURE_LIST) {
		snprintf(err->msg, sizeof(err->msg), "%s: more than %u characters of names", key,
			 TORTURE_LIST - 1);
		return -EINVAL;
	}
	if (!next_name(&list, name, sizeof(name)))
		return bad_name(err, key, value, names, nr);
	do {
		for (i = 0; i < nr && strcmp(names[i], name); i++)
			;
		if (i == nr)
			return bad_name(err, key, name, names, nr);
	} while (next_name(&list, name, sizeof(name)));
	snprintf(to, TORTURE_LIST, "%s", value);
	return 0;
}

/* ---- parameters ------------------------------------------------------- */

void torture_params_init(struct torture_params *p)
{
	memset(p, 0, sizeof(*p));
	p->seconds = DEFAULT_SECONDS;
	p->threads = DEFAULT_THREADS;
}

static void set_seconds(struct torture_params *p, u64 n)
{
	p->seconds = n;
}

static void set_threads(struct torture_params *p, u64 n)
{
	p->threads = n;
}

static void set_seed(struct torture_params *p, u64 n)
{
	p->seed = n;
}

static void set_strict(struct torture_params *p, u64 n)
{
	p->strict = n;
}

/**
 * struct param - one parameter
 * @key: as the user types it
 * @min: smallest number
 * @max: largest one
 * @set: takes a number; NULL for a list
 * @names: a list: of stores (s), strategies (y), bugs (b)
 * @list: a list: its place in struct torture_params
 */
struct param {
	const char *key;
	u64 min, max;
	void (*set)(struct torture_params *p, u64 n);
	char names;
	size_t list;
};

static const struct param params[] = {
	{ "seconds", 1, TORTURE_MAX_SECONDS, .set = set_seconds },
	{ "threads", TORTURE_MIN_THREADS, TORTURE_MAX_THREADS, .set = set_threads },
	{ "seed", 1, ~0ULL >> 1, .set = set_seed },
	{ "strict", 0, 1, .set = set_strict },
	{ .key = "store", .names = 's', .list = offsetof(struct torture_params, stores) },
	{ .key = "strategy", .names = 'y', .list = offsetof(struct torture_params, strategies) },
	{ .key = "busted", .names = 'b', .list = offsetof(struct torture_params, busted) },
};

static int set_number(struct torture_params *p, const struct param *param, const char *value,
		      struct subject_error *err)
{
	unsigned long long n;

	if (kstrtoull(value, 10, &n) || n < param->min || n > param->max) {
		snprintf(err->msg, sizeof(err->msg), "%s %.40s: a whole number from %llu to %llu",
			 param->key, value, (unsigned long long)param->min,
			 (unsigned long long)param->max);
		return -EINVAL;
	}
	param->set(p, n);
	return 0;
}

int torture_params_set(struct torture_params *p, const char *key, const char *value,
		       struct subject_error *err)
{
	const char *keys[ARRAY_SIZE(params)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		keys[i] = params[i].key;
		if (strcmp(keys[i], key))
			continue;
		if (params[i].set)
			return set_number(p, &params[i], value, err);
		return set_list((char *)p + params[i].list, key, params[i].names, value, err);
	}
	return bad_name(err, "parameters", key, keys, ARRAY_SIZE(params));
}

/* ---- the choice ------------------------------------------------------- */

unsigned int torture_cases(const struct torture_params *p, struct torture_case *out,
			   unsigned int max)
{
	const bool sound = *p->stores || *p->strategies, bugs = *p->busted;
	unsigned int store, strategy, bug, n = 0;
	struct torture_case c;

	for (store = 0; store < TORTURE_NR_STORES && (sound || !bugs); store++) {
		for (strategy = 0; strategy < SMMU_NR_STRATEGIES; strategy++) {
			if (!is_case(store, strategy))
				continue;
			store_case(&c, store, strategy);
			if ((*p->stores && !listed(p->stores, c.store)) ||
			    (*p->strategies && !listed(p->strategies, c.strategy)))
				continue;
			if (n < max)
				out[n] = c;
			n++;
		}
	}
	for (bug = 1; bug < TORTURE_NR_BUGS && (bugs || !sound); bug++) {
		if (bugs && !listed(p->busted, torture_bugs[bug].name))
			continue;
		bug_case(&c, bug);
		if (n < max)
			out[n] = c;
		n++;
	}
	return n;
}
