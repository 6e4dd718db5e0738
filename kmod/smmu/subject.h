/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plain-C facade: all that plans, executors and tables see of the subject,
 * in user space and in the module alike. No linux/ header, no kernel type.
 */
#ifndef SMMU_SUBJECT_H
#define SMMU_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line for the user. */
struct subject_error {
	char msg[512];
};

/* ---- what there is ---------------------------------------------------- */

struct subject_strategy {
	const char *name, *pte, *reader, *publish, *entry, *retire, *post;
	const char *worlds, *origin, *meaning;
	bool here; /* exists in this world */
};

/* Where a cell lives: values of the world axis. */
enum subject_world {
	SUBJECT_WORLD_USER,
	SUBJECT_WORLD_KERNEL,
	SUBJECT_NR_WORLDS,
};

/*
 * twin: copy=1 is a compiled copy of its own; else copy 0's code with its own data.
 * foreign: the stock driver's, which a machine may lack: chosen by its name alone.
 */
struct subject_store {
	const char *name, *help, *worlds;
	bool smmus, ats, nested, rcu, own_order, concurrent, twin;
	bool foreign;
	bool here;
};

unsigned int subject_nr_strategies(void);
const struct subject_strategy *subject_strategy(unsigned int i);
unsigned int subject_nr_stores(void);
const struct subject_store *subject_store(unsigned int i);

/* ---- axes: one table for job files, --set, list and the wire ---------- */

enum subject_axis_kind {
	SUBJECT_AXIS_NAME, /* one of names[] */
	SUBJECT_AXIS_NUMBER, /* min..max; K and M suffixes for bytes (size, granule) */
};

/**
 * struct subject_axis - one axis of a cell
 * @key: as in job files
 * @help: one line with the unit
 * @kind: a name or a number
 * @names: nr_names valid names (NAME)
 * @min: smallest number; @max: largest; @pow2: powers of two only
 * @fallback: value where a job says nothing, as text
 * @artificial: values above this are marked artificial (0: none are)
 */
struct subject_axis {
	const char *key, *help;
	enum subject_axis_kind kind;
	const char * const *names;
	const char * const *names_help;
	unsigned int nr_names;
	uint64_t min, max;
	bool pow2;
	const char *fallback;
	uint64_t artificial;
};

/* The name that a mistyped word probably meant, or NULL. */
const char *subject_near(const char *word, const char * const *names,
			 unsigned int n);

unsigned int subject_nr_axes(void);
const struct subject_axis *subject_axis(unsigned int i);
const struct subject_axis *subject_axis_by_key(const char *key);

/**
 * struct subject_params - one cell: a value for each axis
 *
 * Filled by subject_params_init() and _set(); names are indices into their
 * axis' names[].
 *
 * What the domain owes, by entries, ats and smmus. Each SMMU has a master attached,
 * and entries / smmus of the entries (the remainder goes to the first ones):
 *   ats=off, smmus=1	1: S1_ASID. 2: a nest parent, S2_VMID + S2_VMID_S1_CLEAR.
 *			More: as many ASIDs (artificial).
 *   ats=off, smmus>1	as many ASIDs behind each (artificial; one each is what
 *			domains shared across SMMUs were posted with).
 *   ats=on		S1_ASID behind each SMMU, the rest are streams with ATS of its
 *			master.
 * op=cmdq issues and op=build builds "entries" commands; op=attach attaches and
 * detaches a further master of one stream (with ATS when ats=on) behind the first
 * SMMU, each thread its own.
 *
 * strategy has one name more than there are strategies, "own": what it is folded to
 * where the store orders by its own lock.
 */
struct subject_params {
	unsigned int op; /* unmap, map-unmap, attach, ...: enum subject_op */
	unsigned int store, strategy, variant, queue, device, rcu, fence,
		budget;
	unsigned int copy; /* 0, or 1: the twin's compiled instances */
	uint64_t entries;  /* live IOTLB entries and ATS streams, in all */
	unsigned int ats;  /* off, on: all but the first entry are ATS */
	uint64_t smmus;
	uint64_t ptes;		  /* IOPTE stores before each invalidation */
	unsigned int pte_cache;	  /* warm, cold */
	uint64_t depth;		  /* log2 of the queue's commands, 7..18 */
	uint64_t cmd_ns, sync_ns; /* the model's time for each */
	uint64_t size, granule;	  /* bytes; size 0: everything */
	unsigned int leaf, ril;	  /* off, on */
	uint64_t threads;	  /* callers at once */
	uint64_t attach_rate; /* attach+detach a second beside the callers; 0: none */
	uint64_t readers; /* op=attach: unmapping threads beside the caller */
	uint64_t domains; /* op=iommu-attach: attached in turn */
	unsigned int flush; /* op=dma-map-unmap: strict, lazy */
	unsigned int world; /* enum subject_world: where it is to run */
};

void subject_params_init(struct subject_params *p);

/* Sets one axis from text. 0, or -EINVAL with a line that names the valid values. */
int subject_params_set(struct subject_params *p, const char *key,
		       const char *value, struct subject_error *err);

/* Text of one axis' value, into buf. Returns buf. */
const char *subject_params_get(const struct subject_params *p, const char *key,
			       char *buf, size_t len);

/*
 * Is this cell possible, in the world that it names, which need not be this one:
 * capabilities, contradictions. 0, or -EINVAL with a line that names both sides. Folds
 * axes that mean nothing for the cell (strategy of an own-order store, device of
 * queue=none, ...) to their fallback, so that equal cells compare equal.
 */
int subject_params_check(struct subject_params *p, struct subject_error *err);

/*
 * "op=unmap store=rcu-array ...": every axis that differs from its fallback, or
 * all of them. Returns the length as snprintf does.
 */
int subject_params_print(const struct subject_params *p, bool all, char *buf,
			 size_t len);

/* Marks that travel with the row: "artificial", or "". */
bool subject_params_artificial(const struct subject_params *p);

/* ---- a cell brought to life ------------------------------------------- */

struct subject;
struct subject_thread;

/* n operations of the cell; the loop is compiled into the cell's instance. */
typedef void (*subject_block_fn)(struct subject_thread *t, unsigned long n);

/*
 * Builds SMMUs, queue, domain, attachments and threads of a cell of this world. Off the
 * clock; may sleep; NULL with a line in err (nothing is left behind).
 */
struct subject *subject_create(const struct subject_params *p,
			       struct subject_error *err);
void subject_destroy(struct subject *s);

/*
 * The instance and the thread's own data; thread < params.threads. A thread of the
 * system that ever entered stays known to RCU until it ends. The readers of
 * op=attach follow the callers.
 */
subject_block_fn subject_block(const struct subject *s);
subject_block_fn subject_reader_block(const struct subject *s);
struct subject_thread *subject_thread(struct subject *s, unsigned int thread);

/* Beside the callers: one attach + detach of a further master (attach_rate). */
void subject_attach_once(struct subject *s);

/*
 * Round each block, off the clock, on the thread that runs it: enter selects the
 * rcu flavour and registers the thread with it, leave reports a quiescent state.
 * Blocks with attach call quiescent about every 64 operations by themselves.
 */
void subject_thread_enter(struct subject_thread *t);
void subject_thread_leave(struct subject_thread *t);

/* Waits for all deferred frees (reclaim), off the clock or timed on its own. */
void subject_drain(struct subject *s);

/*
 * Since subject_create(), setting up included. commands: with queue=none and with the
 * model, CMD_SYNCs among them (nobody counts for the null device); syncs: the model's
 * alone. Read while no block runs.
 */
struct subject_counters {
	uint64_t commands, syncs, errors, repeats, attaches, timeouts;
};

void subject_counters(struct subject *s, struct subject_counters *c);

#endif
