// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probed.h"

static const char *const kinds[PROBE_NR_KINDS] = {
	[PROBE_SYNC] = "sync",
	[PROBE_NOSYNC] = "nosync",
	[PROBE_INV_RANGE] = "inv_range",
	[PROBE_ATTACH] = "attach",
};

const char *probed_kind_name(enum probe_kind kind)
{
	return kinds[kind];
}

/* One more element of an array, zeroed; NULL: no memory. */
static void *more(void *array, size_t *nr, size_t size)
{
	void **at = array;
	char *new = *at;
	size_t had = *nr;

	/* it has room for a power of two */
	if (!(had & (had - 1))) {
		new = realloc(new, (had ? 2 * had : 1) * size);
		if (!new)
			return NULL;
		*at = new;
	}
	*nr = had + 1;
	return memset(&new[had * size], 0, size);
}

static void snapshot_free(struct snapshot *s)
{
	free(s->time);
	free(s->lists);
	free(s->pmcg);
	free(s->loss);
	*s = (struct snapshot){ 0 };
}

/* " INDEX:COUNT"... into @counts */
static bool read_counts(char *text, uint64_t *counts, unsigned int nr)
{
	char *word, *rest = NULL;

	for (word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		unsigned int i;
		uint64_t n;
		int end = 0;

		if (sscanf(word, "%u:%" SCNu64 "%n", &i, &n, &end) != 2 ||
		    word[end] || i >= nr)
			return false;
		counts[i] = n;
	}
	return true;
}

static struct probed_lists *lists_of(struct snapshot *s, unsigned int key,
				     unsigned int cpu)
{
	struct probed_lists *l = s->nr_lists ? &s->lists[s->nr_lists - 1] :
					       NULL;

	/* lines of a row come one after the other */
	if (l && l->key == key && l->cpu == cpu)
		return l;
	l = more(&s->lists, &s->nr_lists, sizeof(*l));
	if (l) {
		l->key = key;
		l->cpu = cpu;
	}
	return l;
}

static int take_time(struct probed *c, char *line)
{
	struct probed_time t = { 0 }, *to;
	char kind[16];
	int end = 0;

	if (sscanf(line,
		   "%u %u %15s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   "%n",
		   &t.key, &t.cpu, kind, &t.sum_ns, &t.max_ns, &t.failed,
		   &t.timed_out, &end) != 7)
		return -EINVAL;
	while (t.kind < PROBE_NR_KINDS && strcmp(kinds[t.kind], kind) != 0)
		t.kind++;
	if (t.kind == PROBE_NR_KINDS ||
	    !read_counts(line + end, t.bucket, PROBE_BUCKETS))
		return -EINVAL;
	to = more(&c->now.time, &c->now.nr_time, sizeof(*to));
	if (!to)
		return -ENOMEM;
	*to = t;
	return 0;
}

enum which { COMMANDS, OPCODES, PRODUCERS, MORE };

static int take_lists(struct probed *c, char *line, enum which which)
{
	struct probed_lists *l;
	unsigned int key, cpu;
	bool ok = false;
	int end = 0;

	if (sscanf(line, "%u %u%n", &key, &cpu, &end) != 2)
		return -EINVAL;
	l = lists_of(&c->now, key, cpu);
	if (!l)
		return -ENOMEM;
	line += end;
	switch (which) {
	case COMMANDS:
		ok = read_counts(line, l->commands, PROBE_MAX_COMMANDS);
		break;
	case OPCODES:
		ok = read_counts(line, l->opcode, 256);
		break;
	case PRODUCERS:
		ok = read_counts(line, l->producers, PROBE_MAX_PRODUCERS);
		break;
	case MORE:
		ok = sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNu64, &l->full,
			    &l->queue_ns, &l->migrated) == 3;
		break;
	}
	return ok ? 0 : -EINVAL;
}

static int take_commands(struct probed *c, char *line)
{
	return take_lists(c, line, COMMANDS);
}

static int take_opcodes(struct probed *c, char *line)
{
	return take_lists(c, line, OPCODES);
}

static int take_producers(struct probed *c, char *line)
{
	return take_lists(c, line, PRODUCERS);
}

static int take_more(struct probed *c, char *line)
{
	return take_lists(c, line, MORE);
}

static int take_function(struct probed *c, char *line, bool missing)
{
	struct probed_function *f =
		more(&c->function, &c->nr_functions, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->missing = missing;
	return sscanf(line, missing ? "%15s %127[^:]: %127[^\n]" : "%15s %127s %127s",
		      f->role, f->name, f->how) == 3 ?
		       0 :
		       -EINVAL;
}

static int take_attach(struct probed *c, char *line)
{
	return take_function(c, line, false);
}

static int take_missing(struct probed *c, char *line)
{
	return take_function(c, line, true);
}

static int take_queue(struct probed *c, char *line)
{
	struct probed_queue q = { 0 }, *to;

	if (sscanf(line, "%u %u %15s %127[^\n]", &q.key, &q.shift, q.queue,
		   q.smmu) != 4)
		return -EINVAL;
	if (probed_queue(c, q.key))
		return 0;
	to = more(&c->queue, &c->nr_queues, sizeof(*to));
	if (!to)
		return -ENOMEM;
	*to = q;
	return 0;
}

static int take_pmcg(struct probed *c, char *line)
{
	struct probed_pmcg *p = more(&c->now.pmcg, &c->now.nr_pmcg, sizeof(*p));

	if (!p)
		return -ENOMEM;
	return sscanf(line, "%127s %127s %" SCNu64 " %lf", p->device, p->event,
		      &p->count, &p->share) == 4 ?
		       0 :
		       -EINVAL;
}

static int take_lost(struct probed *c, char *line)
{
	struct probed_loss *l = more(&c->now.loss, &c->now.nr_loss, sizeof(*l));

	if (!l)
		return -ENOMEM;
	return sscanf(line, "%31s %" SCNu64, l->why, &l->count) == 2 ? 0 :
								       -EINVAL;
}

static int take_cost(struct probed *c, char *line)
{
	c->has_cost = sscanf(line, "%*s %lf %lf", &c->added_ns,
			     &c->inside_ns) == 2;
	return c->has_cost ? 0 : -EINVAL;
}

static int take_at(struct probed *c, char *line)
{
	bool whole = c->snapshots++ > 0;

	snapshot_free(&c->before);
	c->before = c->now;
	c->before.whole = whole;
	c->now = (struct snapshot){ 0 };
	return sscanf(line, "%lf", &c->now.seconds) == 1 ? whole : -EINVAL;
}

static int take_status(struct probed *c, char *line)
{
	char *end;

	c->status = (int)strtol(line, &end, 10);
	return end == line || *end ? -EINVAL : 0;
}

static int take_error(struct probed *c, char *line)
{
	snprintf(c->error, sizeof(c->error), "%s", line);
	return 0;
}

static int take_ready(struct probed *c, char *line)
{
	c->ready = true;
	return *line ? -EINVAL : 0;
}

static int take_end(struct probed *c, char *line)
{
	c->ended = true;
	c->now.whole = true;
	return *line ? -EINVAL : 0;
}

static const struct {
	const char *word;
	int (*take)(struct probed *c, char *line);
} lines[] = {
	{ "attach", take_attach },   { "missing", take_missing },
	{ "cost", take_cost },	     { "ready", take_ready },
	{ "at", take_at },	     { "queue", take_queue },
	{ "time", take_time },	     { "commands", take_commands },
	{ "opcodes", take_opcodes }, { "producers", take_producers },
	{ "more", take_more },	     { "pmcg", take_pmcg },
	{ "lost", take_lost },	     { "status", take_status },
	{ "end", take_end },	     { "error", take_error },
};

int probed_line(struct probed *c, char *line, struct subject_error *err)
{
	size_t len = strcspn(line, "\n "), i;
	char *rest = line + len + strspn(line + len, " ");
	int ret = -EINVAL;

	rest[strcspn(rest, "\n")] = '\0';
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (strlen(lines[i].word) == len &&
		    !strncmp(lines[i].word, line, len))
			ret = lines[i].take(c, rest);
	if (ret == -ENOMEM)
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
	else if (ret < 0)
		snprintf(err->msg, sizeof(err->msg),
			 "the probe says what isn't of its language: '%.80s'",
			 line);
	return ret;
}

bool probed_settle(struct probed *c)
{
	bool whole = c->now.whole;

	if (!whole) {
		snapshot_free(&c->now);
		c->now = c->before;
		c->before = (struct snapshot){ 0 };
	}
	return whole;
}

void probed_free(struct probed *c)
{
	free(c->function);
	free(c->queue);
	snapshot_free(&c->now);
	snapshot_free(&c->before);
	*c = (struct probed){ 0 };
}

/* ---- sums ---------------------------------------------------------------- */

static bool is(unsigned int wanted, unsigned int is)
{
	return wanted == PROBED_ALL || wanted == is;
}

static void add(uint64_t *to, const uint64_t *from, size_t n, int sign)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] += sign > 0 ? from[i] : -from[i];
}

static void add_times(const struct snapshot *s, unsigned int key,
		      unsigned int cpu, enum probe_kind kind, int sign,
		      struct probed_time *sum)
{
	size_t i;

	for (i = 0; i < s->nr_time; i++) {
		const struct probed_time *t = &s->time[i];

		if (!is(key, t->key) || !is(cpu, t->cpu) || t->kind != kind)
			continue;
		add(sum->bucket, t->bucket, PROBE_BUCKETS, sign);
		add(&sum->sum_ns, &t->sum_ns, 1, sign);
		add(&sum->failed, &t->failed, 1, sign);
		add(&sum->timed_out, &t->timed_out, 1, sign);
		if (sign > 0 && t->max_ns > sum->max_ns)
			sum->max_ns = t->max_ns;
	}
}

void probed_sum(const struct snapshot *s, const struct snapshot *since,
		unsigned int key, unsigned int cpu, enum probe_kind kind,
		struct probed_time *sum)
{
	*sum = (struct probed_time){ .key = key, .cpu = cpu, .kind = kind };
	add_times(s, key, cpu, kind, 1, sum);
	if (since)
		add_times(since, key, cpu, kind, -1, sum);
}

void probed_add(const struct snapshot *s, unsigned int key,
		enum probe_kind kind, struct probed_time *sum)
{
	add_times(s, key, PROBED_ALL, kind, 1, sum);
}

static void add_lists(const struct snapshot *s, unsigned int key,
		      unsigned int cpu, int sign, struct probed_lists *sum)
{
	size_t i;

	for (i = 0; i < s->nr_lists; i++) {
		const struct probed_lists *l = &s->lists[i];

		if (!is(key, l->key) || !is(cpu, l->cpu))
			continue;
		add(sum->commands, l->commands, PROBE_MAX_COMMANDS, sign);
		add(sum->opcode, l->opcode, 256, sign);
		add(sum->producers, l->producers, PROBE_MAX_PRODUCERS, sign);
		add(&sum->full, &l->full, 1, sign);
		add(&sum->queue_ns, &l->queue_ns, 1, sign);
		add(&sum->migrated, &l->migrated, 1, sign);
	}
}

void probed_sum_lists(const struct snapshot *s, const struct snapshot *since,
		      unsigned int key, unsigned int cpu,
		      struct probed_lists *sum)
{
	*sum = (struct probed_lists){ .key = key, .cpu = cpu };
	add_lists(s, key, cpu, 1, sum);
	if (since)
		add_lists(since, key, cpu, -1, sum);
}

void probed_add_lists(const struct snapshot *s, unsigned int key,
		      struct probed_lists *sum)
{
	add_lists(s, key, PROBED_ALL, 1, sum);
}

uint64_t probed_calls(const struct probed_time *t)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < PROBE_BUCKETS; i++)
		n += t->bucket[i];
	return n;
}

double probed_mean(const uint64_t *counts, unsigned int n)
{
	double sum = 0, all = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		sum += (double)i * (double)counts[i];
		all += (double)counts[i];
	}
	return all > 0 ? sum / all : NAN;
}

double probed_quantile(const struct probed_time *t, double share)
{
	double rank = share * (double)probed_calls(t), below = 0;
	unsigned int i;

	for (i = 0; i < PROBE_BUCKETS; i++) {
		if (!t->bucket[i])
			continue;
		below += (double)t->bucket[i];
		if (below >= rank)
			break;
	}
	if (i == PROBE_BUCKETS)
		return 0;
	/* whole ns: a bucket below PROBE_SUB is its one value */
	return ((double)probe_bucket_low(i) +
		(double)probe_bucket_low(i + 1) - 1) /
	       2;
}

const struct probed_queue *probed_queue(const struct probed *c,
					unsigned int key)
{
	size_t i;

	for (i = 0; i < c->nr_queues; i++)
		if (c->queue[i].key == key)
			return &c->queue[i];
	return NULL;
}

const char *probed_queue_name(const struct probed *c,
			      const struct probed_queue *q, char *text,
			      size_t len)
{
	unsigned int number = 0;
	size_t i;

	/* an SMMU has one cmdq of its own */
	if (!strcmp(q->queue, "cmdq")) {
		snprintf(text, len, "%s", q->queue);
		return text;
	}
	for (i = 0; i < c->nr_queues; i++)
		number += c->queue[i].key < q->key &&
			  !strcmp(c->queue[i].smmu, q->smmu) &&
			  !strcmp(c->queue[i].queue, q->queue);
	snprintf(text, len, "%s%u", q->queue, number);
	return text;
}

const char *probed_loss_text(const char *why)
{
	static const struct {
		const char *why, *text;
	} texts[] = {
		{ "depth", "more at once on a CPU than there is room for" },
		{ "early", "the first lists of a queue, while its row was being found" },
		{ "entry", "had begun before the probes" },
		{ "exit", "whose end was missed" },
		{ "missed", "whose kprobe the kernel missed" },
		{ "queue", "of more queues than have rows (--queues): under -" },
		{ "recursion", "inside a probe" },
		{ "row", "on a CPU whose number is beyond the rows" },
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!strcmp(texts[i].why, why))
			return texts[i].text;
	return "";
}

const char *probed_opcode_name(unsigned int opcode)
{
	static const char *const names[256] = {
		[0x01] = "PREFETCH_CONFIG",   [0x02] = "PREFETCH_ADDR",
		[0x03] = "CFGI_STE",	      [0x04] = "CFGI_ALL",
		[0x05] = "CFGI_CD",	      [0x06] = "CFGI_CD_ALL",
		[0x07] = "CFGI_VMS_PIDM",     [0x10] = "TLBI_NH_ALL",
		[0x11] = "TLBI_NH_ASID",      [0x12] = "TLBI_NH_VA",
		[0x13] = "TLBI_NH_VAA",	      [0x18] = "TLBI_EL3_ALL",
		[0x1a] = "TLBI_EL3_VA",	      [0x20] = "TLBI_EL2_ALL",
		[0x21] = "TLBI_EL2_ASID",     [0x22] = "TLBI_EL2_VA",
		[0x23] = "TLBI_EL2_VAA",      [0x28] = "TLBI_S12_VMALL",
		[0x2a] = "TLBI_S2_IPA",	      [0x30] = "TLBI_NSNH_ALL",
		[0x40] = "ATC_INV",	      [0x41] = "PRI_RESP",
		[0x44] = "RESUME",	      [0x45] = "STALL_TERM",
		[0x46] = "CMD_SYNC",
	};

	return opcode < 256 ? names[opcode] : NULL;
}
