/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Torture: readers that unmap, attaches, STE switches and the model's fills at once,
 * for a set time, with the model's caches as the judge. judge.h says what is judged, and
 * why that is sound. Plain C, for who starts it and shows what came of it.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subject.h"

#define TORTURE_MIN_THREADS	2
#define TORTURE_MAX_THREADS	32
#define TORTURE_MAX_SECONDS	3600
#define TORTURE_BUSTED_SECONDS	20 /* until one is caught, at least */
#define TORTURE_LIST		256 /* bytes of a list of names */
#define TORTURE_LINE		128 /* of what was found */
#define TORTURE_TEXT		2048 /* of all that torture_print_case() prints */

/* What is found. */
enum torture_kind {
	TORTURE_STALE_IOTLB,	  /* an IOTLB line outlived a completed unmap */
	TORTURE_STALE_ATC,	  /* an ATC line did */
	TORTURE_STALE_ATC_ATTACH, /* the same, of a master that was attached meanwhile */
	TORTURE_STALE_USE,	  /* a transaction after it still got the old IOPTE */
	TORTURE_TORN_ENTRY,	  /* an STE or CD was read that nobody wrote */
	TORTURE_ATC_AFTER_DETACH, /* an ATC_INV reached a master that was detached */
	TORTURE_QUEUE_ERROR,	  /* commands failed or timed out */
	TORTURE_NR_KINDS,
};

const char *torture_kind_name(enum torture_kind kind);

/**
 * struct torture_params - a run to be
 * @seed: of all choices; 0: any, and torture_run() says which
 * @seconds: for each case; a busted one has at least TORTURE_BUSTED_SECONDS
 * @threads: of them: readers, attachers and devices
 * @strict: what is known of the driver's scheme fails the run, too
 * @stores: names with commas between; "" means all
 * @strategies: likewise
 * @busted: likewise; "" means all when neither of the others is given, else none
 */
struct torture_params {
	uint64_t seed;
	unsigned int seconds;
	unsigned int threads;
	bool strict;
	char stores[TORTURE_LIST];
	char strategies[TORTURE_LIST];
	char busted[TORTURE_LIST];
};

void torture_params_init(struct torture_params *p);

/*
 * Sets one from text; the keys: seed, seconds, threads, strict, store, strategy, busted.
 * 0, or -EINVAL with a line that names the valid values.
 */
int torture_params_set(struct torture_params *p, const char *key, const char *value,
		       struct subject_error *err);

/**
 * struct torture_case - one thing to be tortured
 * @store: its name; of a busted variant its own
 * @strategy: its name, or "own" where the store orders by its lock
 * @help: one line
 * @busted: has a bug planted in it, and must be caught
 * @caught_by: busted: bits of the kinds that catch it
 * @ordered: its readers are ordered in any model: what is found is a violation. Not so
 *	     for strategies that are too weak, on this machine or another.
 * @drains: unref waits for the ATC_INVs of readers: none comes after detach
 * @catches_up: an unmap's ATC_INVs also reach masters attached before its TLBI was done
 * @store_id: enum smmu_store_id, or above those one of torture's own
 * @strategy_id: enum smmu_strategy
 * @bug: which one is planted
 */
struct torture_case {
	const char *store, *strategy, *help;
	bool busted;
	unsigned int caught_by;
	bool ordered;
	bool drains;
	bool catches_up;
	unsigned int store_id;
	unsigned int strategy_id;
	unsigned int bug;
};

/* The cases that @p selects: at most @max into @out (may be NULL); how many there are. */
unsigned int torture_cases(const struct torture_params *p, struct torture_case *out,
			   unsigned int max);

/* What became of a case. */
enum torture_verdict {
	TORTURE_CLEAN,
	TORTURE_FINDING,   /* something that is known of what was tortured */
	TORTURE_VIOLATION, /* something that must not be */
	TORTURE_CAUGHT,	   /* the planted bug was found */
	TORTURE_MISSED,	   /* it wasn't */
	TORTURE_IDLE,	   /* nothing, but hardly anything was done: no time, no CPU */
	TORTURE_STOPPED,   /* nothing yet, but somebody wanted to stop */
	TORTURE_NR_VERDICTS,
};

const char *torture_verdict_name(enum torture_verdict verdict);

/* Does the run fail for it? */
bool torture_fails(enum torture_verdict verdict, bool strict);

/**
 * struct torture_result - a case that is over
 * @verdict: what became of it
 * @ns: how long it went on
 * @found: how often, by kind
 * @first: how it was found first, by kind
 * @unmaps: unmaps judged
 * @raced: those beside which an attach or detach came to its end
 * @moves: attaches and detaches
 * @translations: transactions of devices
 * @fills: lines filled into IOTLBs and ATCs
 * @seen: lines that the judge looked at
 * @in_window: stale lines that an unfinished detach was about to flush: no finding
 */
struct torture_result {
	enum torture_verdict verdict;
	uint64_t ns;
	uint64_t found[TORTURE_NR_KINDS];
	char first[TORTURE_NR_KINDS][TORTURE_LINE];
	uint64_t unmaps, raced, moves, translations, fills, seen, in_window;
};

/**
 * struct torture_watch - who looks on
 * @begins: a case begins: the @i-th of @n; may be NULL
 * @ticks: ten times a second, from a thread that tortures; may be NULL
 * @ends: it is over
 * @stop: end now? May be NULL
 * @ctx: handed to all
 */
struct torture_watch {
	void (*begins)(void *ctx, const struct torture_case *c, unsigned int i, unsigned int n);
	void (*ticks)(void *ctx, uint64_t ns);
	void (*ends)(void *ctx, const struct torture_case *c, const struct torture_result *r);
	bool (*stop)(void *ctx);
	void *ctx;
};

/**
 * struct torture_sum - a run that is over
 * @by_verdict: cases
 * @stopped: it was ended before its time
 * @failed: a violation, or a planted bug that was not caught
 */
struct torture_sum {
	unsigned int by_verdict[TORTURE_NR_VERDICTS];
	bool stopped;
	bool failed;
};

/**
 * torture_run() - tortures the cases that @p selects, one after the other
 * @p: a seed of 0 is replaced by the one that was taken
 * @watch: told of each
 * @sum: filled in
 * @err: one line on failure
 *
 * Context: may sleep. User space: the calling thread takes part, and is known to RCU from
 * then on.
 * Return: 0, whatever was found; -EINVAL where nothing is selected; -ENOMEM.
 */
int torture_run(struct torture_params *p, const struct torture_watch *watch,
		struct torture_sum *sum, struct subject_error *err);

/*
 * The report, the same text in both worlds: what is tortured and the column headings; a
 * case, and a line for each kind that was found; the sum. All write whole lines to @buf
 * and return it.
 */
const char *torture_print_head(const struct torture_params *p, char *buf, size_t len);
const char *torture_print_case(const struct torture_case *c, const struct torture_result *r,
			       char *buf, size_t len);
const char *torture_print_sum(const struct torture_sum *sum, char *buf, size_t len);

#endif
