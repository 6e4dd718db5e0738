// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The axes of a cell: one table for job files, listings and the wire. Nothing
 * here is on a clock.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/sprintf.h>
#include <linux/string.h>
#include <linux/types.h>

#include "params.h"

#ifndef SMMU_WORLD_HERE
#error "the build says which world this is: -DSMMU_WORLD_HERE=SMMU_WORLD_USER or _KERNEL"
#endif

#define MAX_NAME 64

/* ---- strategies and stores -------------------------------------------- */

static const char * const pte_names[] = {
	[SMMU_PTE_PLAIN] = "plain",
	[SMMU_PTE_RELEASE] = "release",
};

static const char * const post_names[] = {
	[SMMU_POST_NONE] = "none",
	[SMMU_POST_RECHECK] = "recheck",
};

#define WORLDS(w)                                 \
	((w) == SMMU_WORLD_ALL	? "user kernel" : \
	 (w) == SMMU_WORLD_USER ? "user" :        \
				  "kernel")

#define STRATEGY(id, n, p, r, pub, e, ret, po, w, o, m)   \
	[SMMU_STRATEGY_##id] = {                          \
		.name = n,                                \
		.worlds = WORLDS(SMMU_WORLD_##w),         \
		.origin = o,                              \
		.meaning = m,                             \
		.here = SMMU_WORLD_##w & SMMU_WORLD_HERE, \
	},
static struct subject_strategy strategies[SMMU_NR_STRATEGIES] = {
#include "strategies.def"
};

#undef STRATEGY

#define STORE(id, n, f, w, caps, h)					\
	[SMMU_STORE_ID_##id] = {					\
		.name = n,						\
		.help = h,						\
		.worlds = WORLDS(SMMU_WORLD_##w),			\
		.smmus = SMMU_STORE_SMMUS & (caps),			\
		.ats = SMMU_STORE_ATS & (caps),				\
		.nested = SMMU_STORE_NESTED & (caps),			\
		.rcu = SMMU_STORE_RCU & (caps),				\
		.own_order = SMMU_STORE_OWN_ORDER & (caps),		\
		.concurrent = SMMU_STORE_CONCURRENT & (caps),		\
		.twin = SMMU_INSTANCE_COPIES > 1 && (SMMU_STORE_RCU & (caps)), \
		.foreign = SMMU_STORE_ID_##id == SMMU_STORE_ID_stock,	\
		.here = SMMU_WORLD_##w & SMMU_WORLD_HERE,		\
	},
static const struct subject_store stores[SMMU_NR_STORES] = {
#include "stores/stores.def"
};

#undef STORE

unsigned int subject_nr_strategies(void)
{
	return SMMU_NR_STRATEGIES;
}

const struct subject_strategy *subject_strategy(unsigned int i)
{
	const struct smmu_strategy_row *row;
	struct subject_strategy *s;

	if (i >= SMMU_NR_STRATEGIES)
		return NULL;

	/* The same words each time, so that callers may race here. */
	row = &smmu_strategies[i];
	s = &strategies[i];
	WRITE_ONCE(s->pte, pte_names[row->pte]);
	WRITE_ONCE(s->reader, smmu_fence_name(row->reader));
	WRITE_ONCE(s->publish, smmu_fence_name(row->publish));
	WRITE_ONCE(s->entry, smmu_fence_name(row->entry));
	WRITE_ONCE(s->retire, smmu_fence_name(row->retire));
	WRITE_ONCE(s->post, post_names[row->post]);
	return s;
}

unsigned int subject_nr_stores(void)
{
	return SMMU_NR_STORES;
}

const struct subject_store *subject_store(unsigned int i)
{
	return i < SMMU_NR_STORES ? &stores[i] : NULL;
}

/* ---- axes ------------------------------------------------------------- */

static const char * const op_names[] = {
	[SUBJECT_OP_UNMAP] = "unmap",
	[SUBJECT_OP_MAP_UNMAP] = "map-unmap",
	[SUBJECT_OP_ATTACH] = "attach",
	[SUBJECT_OP_CMDQ] = "cmdq",
	[SUBJECT_OP_FENCE] = "fence",
	[SUBJECT_OP_BUILD] = "build",
	[SUBJECT_OP_FLOOR] = "floor",
	[SUBJECT_OP_IOMMU_MAP_UNMAP] = "iommu-map-unmap",
	[SUBJECT_OP_DMA_MAP_UNMAP] = "dma-map-unmap",
	[SUBJECT_OP_IOMMU_ATTACH] = "iommu-attach",
};

static const char * const op_help[] = {
	[SUBJECT_OP_UNMAP] = "clear IOPTEs, then invalidate",
	[SUBJECT_OP_MAP_UNMAP] = "write IOPTEs, wmb(), clear them, invalidate",
	[SUBJECT_OP_ATTACH] = "attach a further master, then detach it",
	[SUBJECT_OP_CMDQ] = "issue commands (entries) and a CMD_SYNC",
	[SUBJECT_OP_FENCE] = "IOPTE stores, a store, the fence, a load",
	[SUBJECT_OP_BUILD] = "build commands (entries) into a ring",
	[SUBJECT_OP_FLOOR] = "the loop with the IOPTE stores alone",
	[SUBJECT_OP_IOMMU_MAP_UNMAP] =
		"stock driver: iommu_map() and strict iommu_unmap()",
	[SUBJECT_OP_DMA_MAP_UNMAP] =
		"stock driver: dma_map_single() and dma_unmap_single()",
	[SUBJECT_OP_IOMMU_ATTACH] =
		"stock driver: iommu_attach_device() and iommu_detach_device()",
};

#define STORE(id, n, ...) [SMMU_STORE_ID_##id] = n,
static const char * const store_names[] = {
#include "stores/stores.def"
};

#undef STORE

#define STORE(id, n, f, w, caps, h) [SMMU_STORE_ID_##id] = h,
static const char * const store_help[] = {
#include "stores/stores.def"
};

#undef STORE

#define STRATEGY(id, n, ...) [SMMU_STRATEGY_##id] = n,
static const char * const strategy_names[] = {
#include "strategies.def"
	[SUBJECT_STRATEGY_OWN] = "own",
};

#undef STRATEGY

#define STRATEGY(id, n, p, r, pub, e, ret, po, w, o, m) \
	[SMMU_STRATEGY_##id] = m,
static const char * const strategy_help[] = {
#include "strategies.def"
	[SUBJECT_STRATEGY_OWN] = "the store orders by its own lock",
};

#undef STRATEGY

static const char * const variant_names[] = {
	[SMMU_VARIANT_FAITHFUL] = "faithful",
	[SMMU_VARIANT_LEAN] = "lean",
};

static const char * const variant_help[] = {
	[SMMU_VARIANT_FAITHFUL] =
		"zeroes its batch at each call, as the driver does",
	[SMMU_VARIANT_LEAN] = "doesn't",
};

static const char * const queue_names[] = {
	[SMMU_QUEUE_NONE] = "none",
	[SMMU_QUEUE_LOCKLESS] = "lockless",
	[SMMU_QUEUE_SPINLOCK] = "spinlock",
};

static const char * const queue_help[] = {
	[SMMU_QUEUE_NONE] = "commands are copied to a ring of the thread's own",
	[SMMU_QUEUE_LOCKLESS] = "the driver's since 2019",
	[SMMU_QUEUE_SPINLOCK] = "the driver's before that",
};

static const char * const device_names[] = {
	[SMMU_DEVICE_NULL] = "null",
	[SMMU_DEVICE_MODEL] = "model",
	[SMMU_DEVICE_MMIO] = "mmio",
};

static const char * const device_help[] = {
	[SMMU_DEVICE_NULL] = "whatever is written is consumed at once",
	[SMMU_DEVICE_MODEL] =
		"takes cmd_ns for each command and sync_ns for each CMD_SYNC",
	[SMMU_DEVICE_MMIO] = "a real SMMUv3, in the kernel only",
};

static const char * const rcu_names[] = {
	[SUBJECT_RCU_QSBR] = "qsbr",
	[SUBJECT_RCU_MEMB] = "memb",
	[SUBJECT_RCU_MB] = "mb",
};

static const char * const rcu_help[] = {
	[SUBJECT_RCU_QSBR] =
		"readers cost nothing and report quiescent states, as the kernel's",
	[SUBJECT_RCU_MEMB] = "readers without a fence, by membarrier",
	[SUBJECT_RCU_MB] =
		"readers with full fences: they hide the strategies' own",
};

static const char * const budget_names[] = {
	[SUBJECT_BUDGET_WHOLE] = "whole",
	[SUBJECT_BUDGET_NO_MAP_WMB] = "no-map-wmb",
	[SUBJECT_BUDGET_NO_READER_FENCE] = "no-reader-fence",
	[SUBJECT_BUDGET_NO_QUEUE_WMB] = "no-queue-wmb",
};

static const char * const budget_help[] = {
	[SUBJECT_BUDGET_WHOLE] = "every barrier in place",
	[SUBJECT_BUDGET_NO_MAP_WMB] = "without the wmb() that ends map",
	[SUBJECT_BUDGET_NO_READER_FENCE] =
		"without the strategy's reader fence",
	[SUBJECT_BUDGET_NO_QUEUE_WMB] = "without the queue's dma_wmb()",
};

static const char * const flush_names[] = {
	[SUBJECT_FLUSH_STRICT] = "strict",
	[SUBJECT_FLUSH_LAZY] = "lazy",
};

static const char * const flush_help[] = {
	[SUBJECT_FLUSH_STRICT] = "unmap returns when the IOTLB is clean",
	[SUBJECT_FLUSH_LAZY] = "by the flush queue: many unmaps share one",
};

static const char * const pte_cache_names[] = {
	[SUBJECT_PTES_WARM] = "warm",
	[SUBJECT_PTES_COLD] = "cold",
};

static const char * const pte_cache_help[] = {
	[SUBJECT_PTES_WARM] = "the same 4 KiB of IOPTEs over and over",
	[SUBJECT_PTES_COLD] = "a line of its own for each, over 64 MiB",
};

static const char * const world_names[] = {
	[SUBJECT_WORLD_USER] = "user",
	[SUBJECT_WORLD_KERNEL] = "kernel",
};

static const char * const world_help[] = {
	[SUBJECT_WORLD_USER] = "in the worker",
	[SUBJECT_WORLD_KERNEL] = "in the module",
};

/* A cell of whom nobody says otherwise lives here. */
#if SMMU_WORLD_HERE & SMMU_WORLD_KERNEL
#define WORLD_FALLBACK	"kernel"
#else
#define WORLD_FALLBACK	"user"
#endif

static const char * const off_on[] = { "off", "on" };

#define AXIS(k, h) .key = #k, .help = h

#define NAMED(nn, nh, dflt)                                       \
	.kind = SUBJECT_AXIS_NAME, .names = nn, .names_help = nh, \
	.nr_names = ARRAY_SIZE(nn), .fallback = dflt

#define NUMBER(lo, hi, dflt) \
	.kind = SUBJECT_AXIS_NUMBER, .min = lo, .max = hi, .fallback = dflt

static const struct subject_axis axes[SUBJECT_NR_AXES] = {
	[AX_OP] = { AXIS(op, "what one operation is"),
		    NAMED(op_names, op_help, "unmap") },
	[AX_STORE] = { AXIS(store, "who keeps the invalidations"),
		       NAMED(store_names, store_help, "rcu-array") },
	[AX_STRATEGY] = { AXIS(strategy, "which fences, and where"),
			  NAMED(strategy_names, strategy_help, "merged") },
	[AX_VARIANT] = { AXIS(variant, "how the batch is set up"),
			 NAMED(variant_names, variant_help, "faithful") },
	[AX_QUEUE] = { AXIS(queue, "how commands are handed over"),
		       NAMED(queue_names, queue_help, "none") },
	[AX_DEVICE] = { AXIS(device, "who consumes a queue"),
			NAMED(device_names, device_help, "null") },
	[AX_RCU] = { AXIS(rcu, "flavour of user-space RCU"),
		     NAMED(rcu_names, rcu_help, "qsbr") },
	[AX_FENCE] = { AXIS(fence, "the fence of op=fence"),
		       .kind = SUBJECT_AXIS_NAME, .names = smmu_fence_names,
		       .nr_names = SMMU_FENCE_MB + 1, .fallback = "smp_mb" },
	[AX_BUDGET] = { AXIS(budget,
			     "which barrier of a map-unmap is taken out"),
			NAMED(budget_names, budget_help, "whole") },
	[AX_COPY] = { AXIS(copy,
			   "compiled instance: 1 is the twin, with data of its own"),
		      NUMBER(0, 1, "0") },
	[AX_ENTRIES] = { AXIS(entries,
			      "invalidations owed by the domain (0: none; cmdq, build: commands)"),
			 NUMBER(0, 65536, "1"), .artificial = 2 },
	[AX_ATS] = { AXIS(ats,
			  "all entries but the first of each SMMU are ATS streams"),
		     NAMED(off_on, NULL, "off") },
	[AX_SMMUS] = { AXIS(smmus, "SMMUs that share the domain"),
		       NUMBER(1, 64, "1"), .artificial = 1 },
	[AX_PTES] = { AXIS(ptes, "IOPTE stores before each invalidation"),
		      NUMBER(0, 65536, "1") },
	[AX_PTE_CACHE] = { AXIS(pte_cache, "where the IOPTEs are"),
			   NAMED(pte_cache_names, pte_cache_help, "warm") },
	[AX_DEPTH] = { AXIS(depth, "log2 of the queue's commands"),
		       NUMBER(7, 18, "10") },
	[AX_CMD_NS] = { AXIS(cmd_ns, "the model's time for a command, ns"),
			NUMBER(0, 1000000000, "0") },
	[AX_SYNC_NS] = { AXIS(sync_ns, "the model's time for a CMD_SYNC, ns"),
			 NUMBER(0, 1000000000, "0") },
	[AX_SIZE] = { AXIS(size, "bytes to unmap; 0: everything"),
		      NUMBER(0, 1ULL << 48, "4K") },
	[AX_GRANULE] = { AXIS(granule, "bytes of a page or block"),
			 NUMBER(1ULL << 12, 1ULL << 30, "4K"), .pow2 = true },
	[AX_LEAF] = { AXIS(leaf, "only last-level entries change"),
		      NAMED(off_on, NULL, "on") },
	[AX_RIL] = { AXIS(ril, "the SMMU has range invalidation"),
		     NAMED(off_on, NULL, "off") },
	[AX_THREADS] = { AXIS(threads, "callers at once"),
			 NUMBER(1, SUBJECT_MAX_THREADS, "1") },
	[AX_ATTACH_RATE] = { AXIS(attach_rate,
				  "attach + detach a second beside the callers"),
			     NUMBER(0, 1000000, "0") },
	[AX_READERS] = { AXIS(readers,
			      "threads that unmap beside the caller of op=attach"),
			 NUMBER(0, SUBJECT_MAX_THREADS, "0") },
	[AX_DOMAINS] = { AXIS(domains,
			      "domains that op=iommu-attach attaches in turn"),
			 NUMBER(1, 1024, "1") },
	[AX_FLUSH] = { AXIS(flush, "when dma-map-unmap's IOTLB is cleaned"),
		       NAMED(flush_names, flush_help, "strict") },
	[AX_WORLD] = { AXIS(world, "where a cell lives; chosen by the backend"),
		       NAMED(world_names, world_help, WORLD_FALLBACK) },
};

/* Where a cell keeps each: an unsigned int, or a u64. */
static const struct {
	size_t offset;
	bool wide;
} slots[SUBJECT_NR_AXES] = {
#define SLOT(a, member)                                                 \
	[AX_##a] = { offsetof(struct subject_params, member),           \
		     sizeof(((struct subject_params *)NULL)->member) == \
			     sizeof(u64) }
	SLOT(OP, op),
	SLOT(STORE, store),
	SLOT(STRATEGY, strategy),
	SLOT(VARIANT, variant),
	SLOT(QUEUE, queue),
	SLOT(DEVICE, device),
	SLOT(RCU, rcu),
	SLOT(FENCE, fence),
	SLOT(BUDGET, budget),
	SLOT(COPY, copy),
	SLOT(ENTRIES, entries),
	SLOT(ATS, ats),
	SLOT(SMMUS, smmus),
	SLOT(PTES, ptes),
	SLOT(PTE_CACHE, pte_cache),
	SLOT(DEPTH, depth),
	SLOT(CMD_NS, cmd_ns),
	SLOT(SYNC_NS, sync_ns),
	SLOT(SIZE, size),
	SLOT(GRANULE, granule),
	SLOT(LEAF, leaf),
	SLOT(RIL, ril),
	SLOT(THREADS, threads),
	SLOT(ATTACH_RATE, attach_rate),
	SLOT(READERS, readers),
	SLOT(DOMAINS, domains),
	SLOT(FLUSH, flush),
	SLOT(WORLD, world),
#undef SLOT
};

u64 subject_axis_value(const struct subject_params *p, enum subject_axis_id a)
{
	const void *at = (const char *)p + slots[a].offset;

	return slots[a].wide ? *(const u64 *)at : *(const unsigned int *)at;
}

static void axis_write(struct subject_params *p, enum subject_axis_id a,
		       u64 value)
{
	void *at = (char *)p + slots[a].offset;

	if (slots[a].wide)
		*(u64 *)at = value;
	else
		*(unsigned int *)at = value;
}

unsigned int subject_nr_axes(void)
{
	return SUBJECT_NR_AXES;
}

const struct subject_axis *subject_axis(unsigned int i)
{
	return i < SUBJECT_NR_AXES ? &axes[i] : NULL;
}

static int axis_find(const char *key)
{
	int i;

	for (i = 0; i < SUBJECT_NR_AXES; i++)
		if (!strcmp(axes[i].key, key))
			return i;
	return -EINVAL;
}

const struct subject_axis *subject_axis_by_key(const char *key)
{
	int i = axis_find(key);

	return i < 0 ? NULL : &axes[i];
}

/* ---- text ------------------------------------------------------------- */

/* Letters to insert, drop or change on the way from a to b; both short. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[MAX_NAME + 1], la = strlen(a), lb = strlen(b), i, j;

	if (la > MAX_NAME || lb > MAX_NAME)
		return MAX_NAME;

	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= lb; j++) {
			unsigned int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = min3(best, row[j - 1] + 1, row[j] + 1);
			row[j] = best;
		}
	}
	return row[lb];
}

const char *subject_near(const char *word, const char * const *names,
			 unsigned int n)
{
	unsigned int i, best = MAX_NAME, len = strlen(word);
	const char *found = NULL;

	for (i = 0; i < n; i++) {
		unsigned int d = distance(word, names[i]);

		if (d < best) {
			best = d;
			found = names[i];
		}
	}
	/* A third of its letters may be wrong; more is another word. */
	return found && best <= 1 + len / 3 && best < len ? found : NULL;
}

/* Appends names[] to a line that may run full; it then ends in "...". */
static void say_names(char *msg, size_t size, const char * const *names,
		      unsigned int n)
{
	size_t len = strlen(msg);
	unsigned int i;

	for (i = 0; i < n; i++) {
		size_t want = strlen(names[i]) + (i ? 2 : 0);

		if (len + want + sizeof(", ...") > size) {
			snprintf(msg + len, size - len, ", ...");
			return;
		}
		snprintf(msg + len, size - len, "%s%s", i ? ", " : "",
			 names[i]);
		len += want;
	}
}

static int bad_name(struct subject_error *err, const char *what,
		    const char *value, const char * const *names,
		    unsigned int n)
{
	const char *near = subject_near(value, names, n);

	if (near)
		snprintf(err->msg, sizeof(err->msg),
			 "%s: no '%.40s'; did you mean %s? valid: ", what,
			 value, near);
	else
		snprintf(err->msg, sizeof(err->msg),
			 "%s: no '%.40s'; valid: ", what, value);
	say_names(err->msg, sizeof(err->msg), names, n);
	return -EINVAL;
}

static bool parse_number(const char *text, u64 *out)
{
	u64 value = 0;
	unsigned int shift = 0;

	if (*text < '0' || *text > '9')
		return false;

	for (; *text >= '0' && *text <= '9'; text++) {
		unsigned int digit = *text - '0';

		if (value > (U64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	switch (*text) {
	case 'K':
	case 'k':
		shift = 10;
		break;
	case 'M':
	case 'm':
		shift = 20;
		break;
	case 'G':
	case 'g':
		shift = 30;
		break;
	}
	if (shift)
		text++;
	if (*text || value > U64_MAX >> shift)
		return false;

	*out = value << shift;
	return true;
}

void subject_print_number(u64 value, bool bytes, char *buf, size_t len)
{
	static const char suffix[] = { '\0', 'K', 'M', 'G' };
	unsigned int i = 0;

	while (bytes && value && i < 3 && !(value & 1023)) {
		value >>= 10;
		i++;
	}
	snprintf(buf, len, i ? "%llu%c" : "%llu", (unsigned long long)value,
		 suffix[i]);
}

static bool axis_bytes(enum subject_axis_id a)
{
	return a == AX_SIZE || a == AX_GRANULE;
}

static int set_number(struct subject_params *p, enum subject_axis_id a,
		      const char *value, struct subject_error *err)
{
	const struct subject_axis *ax = &axes[a];
	char lo[24], hi[24];
	u64 v;

	if (!parse_number(value, &v)) {
		snprintf(
			err->msg, sizeof(err->msg),
			"%s: '%.40s' is not a number (digits, then K, M or G for powers of 1024)",
			ax->key, value);
		return -EINVAL;
	}
	if (v < ax->min || v > ax->max || (ax->pow2 && (v & (v - 1)))) {
		subject_print_number(ax->min, axis_bytes(a), lo, sizeof(lo));
		subject_print_number(ax->max, axis_bytes(a), hi, sizeof(hi));
		snprintf(err->msg, sizeof(err->msg),
			 "%s: %.40s is not in %s..%s%s%s", ax->key, value, lo,
			 hi, ax->pow2 ? ", powers of two" : "",
			 a == AX_DEPTH && v < ax->min ?
				 " (a batch of 64 and its CMD_SYNC must fit)" :
				 "");
		return -EINVAL;
	}
	axis_write(p, a, v);
	return 0;
}

int subject_params_set(struct subject_params *p, const char *key,
		       const char *value, struct subject_error *err)
{
	int a = axis_find(key);
	unsigned int i;

	if (a < 0) {
		const char *keys[SUBJECT_NR_AXES];

		for (i = 0; i < SUBJECT_NR_AXES; i++)
			keys[i] = axes[i].key;
		return bad_name(err, "axis", key, keys, SUBJECT_NR_AXES);
	}

	if (axes[a].kind == SUBJECT_AXIS_NUMBER)
		return set_number(p, a, value, err);

	for (i = 0; i < axes[a].nr_names; i++) {
		if (!strcmp(axes[a].names[i], value)) {
			axis_write(p, a, i);
			return 0;
		}
	}
	return bad_name(err, axes[a].key, value, axes[a].names,
			axes[a].nr_names);
}

const char *subject_axis_name(const struct subject_params *p, enum subject_axis_id a)
{
	return axes[a].names[subject_axis_value(p, a)];
}

/* To its fallback. The table's own texts parse, or params' test fails. */
void subject_axis_reset(struct subject_params *p, enum subject_axis_id a)
{
	struct subject_error err;

	WARN_ON(subject_params_set(p, axes[a].key, axes[a].fallback, &err));
}

void subject_params_init(struct subject_params *p)
{
	unsigned int a;

	memset(p, 0, sizeof(*p));
	for (a = 0; a < SUBJECT_NR_AXES; a++)
		subject_axis_reset(p, a);
}

const char *subject_params_get(const struct subject_params *p, const char *key,
			       char *buf, size_t len)
{
	int a = axis_find(key);
	u64 v;

	if (a < 0) {
		snprintf(buf, len, "?");
		return buf;
	}

	v = subject_axis_value(p, a);
	if (axes[a].kind == SUBJECT_AXIS_NUMBER)
		subject_print_number(v, axis_bytes(a), buf, len);
	else
		snprintf(buf, len, "%s",
			 v < axes[a].nr_names ? axes[a].names[v] : "?");
	return buf;
}

int subject_params_print(const struct subject_params *p, bool all, char *buf,
			 size_t len)
{
	char value[MAX_NAME];
	size_t at = 0;
	unsigned int a;

	if (len)
		buf[0] = '\0';
	for (a = 0; a < SUBJECT_NR_AXES; a++) {
		subject_params_get(p, axes[a].key, value, sizeof(value));
		if (!all && !strcmp(value, axes[a].fallback))
			continue;
		at += snprintf(at < len ? buf + at : NULL,
			       at < len ? len - at : 0, "%s%s=%s",
			       at ? " " : "", axes[a].key, value);
	}
	return at;
}
