/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What invbench-probe says (bpf/main.c has the lines), and what its counts mean. */
#ifndef PROBE_PROBED_H
#define PROBE_PROBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmdq_sync.h"
#include "subject.h"

#define PROBED_NAME 128

/* ALL: not of one key, of one CPU. */
#define PROBED_ALL UINT32_MAX

/* A function that is watched, or why it isn't. */
struct probed_function {
	char role[16], name[PROBED_NAME];
	char how[PROBED_NAME]; /* method, or the reason */
	bool missing;
};

struct probed_queue {
	unsigned int key, shift;
	char queue[16], smmu[PROBED_NAME];
};

/* Calls of a kind. */
struct probed_time {
	unsigned int key, cpu;
	enum probe_kind kind;
	uint64_t bucket[PROBE_BUCKETS];
	uint64_t sum_ns, max_ns, failed, timed_out;
};

/* Lists of commands. */
struct probed_lists {
	unsigned int key, cpu;
	uint64_t commands[PROBE_MAX_COMMANDS];
	uint64_t opcode[256];
	uint64_t producers[PROBE_MAX_PRODUCERS];
	uint64_t full, queue_ns, migrated;
};

struct probed_pmcg {
	char device[PROBED_NAME], event[PROBED_NAME];
	uint64_t count;
	double share; /* of the time in which it was counted; below 1: scaled */
};

/* Calls that are missing in the counts. */
struct probed_loss {
	char why[32];
	uint64_t count;
};

/**
 * struct snapshot - all counts up to a time
 * @seconds: since the probes were ready
 * @whole: the next one has begun, or the probe has ended
 */
struct snapshot {
	double seconds;
	bool whole;
	struct probed_time *time;
	size_t nr_time;
	struct probed_lists *lists;
	size_t nr_lists;
	struct probed_pmcg *pmcg;
	size_t nr_pmcg;
	struct probed_loss *loss;
	size_t nr_loss;
};

/**
 * struct probed - a probe from its start to its end
 * @now: the last snapshot, which may not be whole
 * @before: the one before it
 * @snapshots: how many were begun
 * @has_cost: @added_ns a call, @inside_ns of them in its latency
 * @status: of the command; -1: none was said
 * @error: why there is nothing; empty: none was said
 */
struct probed {
	struct probed_function *function;
	size_t nr_functions;
	struct probed_queue *queue;
	size_t nr_queues;
	struct snapshot now, before;
	size_t snapshots;
	bool has_cost, ready, ended;
	double added_ns, inside_ns;
	int status;
	char error[400];
};

/*
 * probed_line() - take one line; it is changed
 * 1 when @before has become whole by it, 0; -EINVAL with a line for what isn't of this
 * language, -ENOMEM.
 */
int probed_line(struct probed *c, char *line, struct subject_error *err);
void probed_free(struct probed *c);

/*
 * probed_settle() - when nothing more comes: a snapshot that was cut off goes away
 * @now is the last whole one then; where there was none an empty one, not whole. False: it
 * was cut off.
 */
bool probed_settle(struct probed *c);

/* Calls of a kind, those of PROBED_ALL summed; of @since not, unless NULL. */
void probed_sum(const struct snapshot *s, const struct snapshot *since,
		unsigned int key, unsigned int cpu, enum probe_kind kind,
		struct probed_time *sum);
void probed_sum_lists(const struct snapshot *s, const struct snapshot *since,
		      unsigned int key, unsigned int cpu,
		      struct probed_lists *sum);

/* Those of all CPUs to a sum that is there. */
void probed_add(const struct snapshot *s, unsigned int key,
		enum probe_kind kind, struct probed_time *sum);
void probed_add_lists(const struct snapshot *s, unsigned int key,
		      struct probed_lists *sum);

uint64_t probed_calls(const struct probed_time *t);

/* Of how often each number was there; NaN: none was. */
double probed_mean(const uint64_t *counts, unsigned int n);

/*
 * probed_quantile() - ns below which a share of the calls are: the middle of a bucket,
 * so within 3.2 % (cmdq_sync.h). 0 without calls.
 */
double probed_quantile(const struct probed_time *t, double share);

/* The queue of a key; NULL: PROBE_KEY_NONE or unknown. */
const struct probed_queue *probed_queue(const struct probed *c,
					unsigned int key);

/*
 * What a queue is called: "cmdq", or "vcmdq0" and so on, as those of an SMMU were first seen;
 * that isn't their number in the hardware.
 */
const char *probed_queue_name(const struct probed *c,
			      const struct probed_queue *q, char *text,
			      size_t len);

/* What Arm's specification calls a command (IHI 0070, 4.1.3); NULL: reserved. */
const char *probed_opcode_name(unsigned int opcode);
const char *probed_kind_name(enum probe_kind kind);
/* Which calls a loss is of; "" for one that isn't known. */
const char *probed_loss_text(const char *why);

#endif
