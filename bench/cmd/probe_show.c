// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "probe_show.h"
#include "table.h"

struct row {
	const struct probed_queue *queue; /* NULL: of none */
	char queue_name[24];
	uint64_t smmu_calls; /* of all rows of its SMMU */
	enum probe_kind kind;
	struct probed_time time;
	struct probed_lists lists;
	uint64_t calls;
};

static const struct {
	const char *key;
	double share;
} quantiles[] = {
	{ "p50_ns", 0.5 },
	{ "p90_ns", 0.9 },
	{ "p99_ns", 0.99 },
};

/* Three digits of it, in the unit that suits. */
static const char *pretty_ns(double ns, char *text, size_t len)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned int i = 0;

	while (ns >= 999.5 && i < 3) {
		ns /= 1000;
		i++;
	}
	snprintf(text, len, "%.*f %s", !i || ns >= 99.95 ? 0 : ns >= 9.995 ? 1 :
									     2,
		 ns, units[i]);
	return text;
}

static void set_ns(struct table *t, const char *key, double ns, bool below)
{
	char text[32];

	table_set(t, key, json_real(ns), "%s%s",
		  pretty_ns(ns, text, sizeof(text)), below ? "*" : "");
}

static void set_mean(struct table *t, const char *key, double v)
{
	if (isfinite(v))
		table_set(t, key, json_real(v), "%.2f", v);
	else
		table_set(t, key, json_null(), "-");
}

static bool is_list(enum probe_kind kind)
{
	return kind == PROBE_SYNC || kind == PROBE_NOSYNC;
}

static void add_row(struct table *t, const struct probed *c,
		    const struct row *r, double seconds, bool all)
{
	bool lists = is_list(r->kind);
	size_t i;

	table_row(t);
	table_set(t, "smmu", NULL, "%s", r->queue ? r->queue->smmu : "-");
	table_set(t, "queue", NULL, "%s", r->queue_name);
	table_set(t, "kind", NULL, "%s", probed_kind_name(r->kind));
	table_set(t, "calls", json_integer((json_int_t)r->calls), "%" PRIu64,
		  r->calls);
	table_set(t, "per_s",
		  json_real(seconds > 0 ? (double)r->calls / seconds : 0),
		  "%.0f", seconds > 0 ? (double)r->calls / seconds : 0);
	for (i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++) {
		double ns = probed_quantile(&r->time, quantiles[i].share);

		set_ns(t, quantiles[i].key, ns,
		       c->has_cost && ns < c->inside_ns);
	}
	/* an interval's own isn't known: a maximum is kept since the start */
	if (all)
		set_ns(t, "max_ns", (double)r->time.max_ns, false);
	else
		table_set(t, "max_ns", json_null(), "-");
	set_ns(t, "mean_ns", (double)r->time.sum_ns / (double)r->calls, false);
	set_mean(t, "commands",
		 lists ? probed_mean(r->lists.commands, PROBE_MAX_COMMANDS) : NAN);
	set_mean(t, "producers",
		 lists ? probed_mean(r->lists.producers, PROBE_MAX_PRODUCERS) :
			 NAN);
	if (r->kind == PROBE_INV_RANGE && r->time.sum_ns)
		table_set(t, "queue_share",
			  json_real((double)r->lists.queue_ns /
				    (double)r->time.sum_ns),
			  "%.0f %%",
			  100 * (double)r->lists.queue_ns /
				  (double)r->time.sum_ns);
	else
		table_set(t, "queue_share", json_null(), "-");
	table_set(t, "full", json_integer((json_int_t)r->lists.full),
		  "%" PRIu64, r->lists.full);
	table_set(t, "failed", json_integer((json_int_t)r->time.failed),
		  "%" PRIu64, r->time.failed);
	table_set(t, "timed_out", json_integer((json_int_t)r->time.timed_out),
		  "%" PRIu64, r->time.timed_out);
}

static void columns(struct table *t)
{
	table_column(t, "smmu", "SMMU", false);
	table_column(t, "queue", "QUEUE", false);
	table_column(t, "kind", "KIND", false);
	table_column(t, "calls", "CALLS", true);
	table_column(t, "per_s", "A SECOND", true);
	table_column(t, "p50_ns", "P50", true);
	table_column(t, "p90_ns", "P90", true);
	table_column(t, "p99_ns", "P99", true);
	table_column(t, "max_ns", "MAX", true);
	table_column(t, "mean_ns", "MEAN", true);
	table_column(t, "commands", "COMMANDS", true);
	table_column(t, "producers", "OTHERS", true);
	table_column(t, "queue_share", "IN QUEUE", true);
	table_column(t, "full", "FULL", true);
	table_column(t, "failed", "FAILED", true);
	table_column(t, "timed_out", "TIMED OUT", true);
}

/* The SMMU with most calls first, those of no queue last; in it queues, in them kinds. */
static int by_smmu(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order;

	if (!x->queue || !y->queue)
		order = !x->queue - !y->queue;
	else if (x->smmu_calls != y->smmu_calls)
		order = x->smmu_calls < y->smmu_calls ? 1 : -1;
	else
		order = strcmp(x->queue->smmu, y->queue->smmu);
	if (!order && x->queue)
		order = strcmp(x->queue->queue, y->queue->queue);
	/* numbered by their keys */
	if (!order && x->queue && x->queue->key != y->queue->key)
		order = x->queue->key < y->queue->key ? -1 : 1;
	return order ? order : (int)x->kind - (int)y->kind;
}

static bool same_smmu(const struct row *x, const struct row *y)
{
	return x->queue && y->queue && !strcmp(x->queue->smmu, y->queue->smmu);
}

static void collect_queue(const struct probed *c, const struct snapshot *s,
			  const struct snapshot *since, unsigned int key,
			  struct row *rows, size_t *n)
{
	int k;

	for (k = 0; k < PROBE_NR_KINDS; k++) {
		struct row *r = &rows[*n];

		*r = (struct row){ .queue = probed_queue(c, key),
				   .queue_name = "-",
				   .kind = (enum probe_kind)k };
		probed_sum(s, since, key, PROBED_ALL, r->kind, &r->time);
		r->calls = probed_calls(&r->time);
		if (!r->calls)
			continue;
		probed_sum_lists(s, since, key, PROBED_ALL, &r->lists);
		if (r->queue)
			probed_queue_name(c, r->queue, r->queue_name,
					  sizeof(r->queue_name));
		++*n;
	}
}

static size_t collect(const struct probed *c, const struct snapshot *s,
		      const struct snapshot *since, struct row *rows)
{
	size_t n = 0, i, k;

	for (i = 0; i < c->nr_queues; i++)
		collect_queue(c, s, since, c->queue[i].key, rows, &n);
	collect_queue(c, s, since, PROBE_KEY_NONE, rows, &n);
	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++)
			if (same_smmu(&rows[i], &rows[k]))
				rows[i].smmu_calls += rows[k].calls;
	qsort(rows, n, sizeof(*rows), by_smmu);
	return n;
}

static struct table *make_table(const struct probed *c, const struct snapshot *s,
				const struct snapshot *since)
{
	struct row *rows = calloc((c->nr_queues + 1) * PROBE_NR_KINDS,
				  sizeof(*rows));
	struct table *t = table_new(NULL);
	size_t n = rows ? collect(c, s, since, rows) : 0, i;

	columns(t);
	for (i = 0; i < n; i++)
		add_row(t, c, &rows[i],
			s->seconds - (since ? since->seconds : 0), !since);
	free(rows);
	return t;
}

void probe_show(const struct probed *c, const struct snapshot *s,
		const struct snapshot *since, unsigned int width, FILE *out)
{
	/* what a narrow terminal goes without, first what says least of an interval */
	static const char *const spare[] = {
		"max_ns",      "mean_ns",   "p90_ns",	"failed",
		"full",	       "timed_out", "commands", "producers",
		"queue_share", "p99_ns",    "p50_ns",	"per_s",
		NULL
	};
	struct table *t = make_table(c, s, since);

	if (!table_rows(t)) {
		fprintf(out, "no calls in %.1f s\n",
			s->seconds - (since ? since->seconds : 0));
	} else {
		if (width)
			table_fit(t, spare, width);
		table_print(t, out);
	}
	table_free(t);
}

/* "TLBI_NH_VA 2000, CFGI_STE 3" */
static void show_opcodes(const struct probed *c, FILE *out)
{
	struct probed_lists l;
	bool any = false;
	unsigned int i;

	probed_sum_lists(&c->now, NULL, PROBED_ALL, PROBED_ALL, &l);
	for (i = 0; i < 256; i++) {
		const char *name = probed_opcode_name(i);

		if (!l.opcode[i])
			continue;
		fputs(any ? ", " : "commands: ", out);
		any = true;
		if (name)
			fprintf(out, "%s", name);
		else
			fprintf(out, "0x%02x", i);
		fprintf(out, " %" PRIu64, l.opcode[i]);
	}
	if (any)
		fputs(" (and a CMD_SYNC for each list with one)\n", out);
}

static void show_losses(const struct probed *c, FILE *out)
{
	size_t i;

	if (!c->now.nr_loss)
		fputs("lost: nothing\n", out);
	for (i = 0; i < c->now.nr_loss; i++) {
		const struct probed_loss *l = &c->now.loss[i];

		fprintf(out, "lost: %" PRIu64 " calls, %s (%s)\n", l->count,
			probed_loss_text(l->why), l->why);
	}
}

void probe_show_notes(const struct probed *c, bool emulated, FILE *out)
{
	char added[32], inside[32];
	size_t i;

	if (!c->now.whole)
		fputs("it was cut off before its first counts were whole\n",
		      out);
	else if (!c->ended)
		fprintf(out,
			"it was cut off: these are its counts up to %.1f s\n",
			c->now.seconds);
	for (i = 0; i < c->nr_functions; i++) {
		const struct probed_function *f = &c->function[i];

		if (f->missing)
			fprintf(out, "not watched: %s %s (%s)\n", f->role,
				f->name, f->how);
		else
			fprintf(out, "%s: %s, by %s\n", f->role, f->name,
				f->how);
	}
	if (c->has_cost)
		fprintf(out,
			"a pair of probes adds %s to a call, up to %s of it inside the time shown; *: below that\n",
			pretty_ns(c->added_ns, added, sizeof(added)),
			pretty_ns(c->inside_ns, inside, sizeof(inside)));
	show_opcodes(c, out);
	for (i = 0; i < c->now.nr_pmcg; i++) {
		const struct probed_pmcg *m = &c->now.pmcg[i];

		fprintf(out, "%s %s: %" PRIu64, m->device, m->event, m->count);
		if (m->share < 1)
			fprintf(out, " (scaled: counted %.0f %% of the time)",
				100 * m->share);
		fputc('\n', out);
	}
	show_losses(c, out);
	if (emulated)
		fputs("emulated: counts are exact, times are the emulator's\n",
		      out);
}

/* ---- JSON -------------------------------------------------------------- */

static json_t *functions_json(const struct probed *c)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < c->nr_functions; i++) {
		const struct probed_function *f = &c->function[i];

		json_array_append_new(
			all, json_pack("{s:s, s:s, s:b, s:s}", "role", f->role,
				       "function", f->name, "watched",
				       !f->missing,
				       f->missing ? "why" : "method", f->how));
	}
	return all;
}

/* [value, count] of those that are there; @low: the least value of a bucket */
static json_t *pairs_json(const uint64_t *counts, unsigned int n, bool low)
{
	json_t *all = json_array();
	unsigned int i;

	for (i = 0; i < n; i++)
		if (counts[i])
			json_array_append_new(
				all,
				json_pack("[I, I]",
					  (json_int_t)(low ? probe_bucket_low(
								     i) :
							     i),
					  (json_int_t)counts[i]));
	return all;
}

static json_t *times_json(const struct probed *c)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < c->now.nr_time; i++) {
		const struct probed_time *t = &c->now.time[i];

		json_array_append_new(
			all,
			json_pack(
				"{s:i, s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:o}",
				"key", (int)t->key, "cpu", (int)t->cpu, "kind",
				probed_kind_name(t->kind), "calls",
				(json_int_t)probed_calls(t), "sum_ns",
				(json_int_t)t->sum_ns, "max_ns",
				(json_int_t)t->max_ns, "failed",
				(json_int_t)t->failed, "timed_out",
				(json_int_t)t->timed_out, "buckets",
				pairs_json(t->bucket, PROBE_BUCKETS, true)));
	}
	return all;
}

static json_t *lists_json(const struct probed *c)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < c->now.nr_lists; i++) {
		const struct probed_lists *l = &c->now.lists[i];

		json_array_append_new(
			all,
			json_pack("{s:i, s:i, s:o, s:o, s:o, s:I, s:I, s:I}",
				  "key", (int)l->key, "cpu", (int)l->cpu,
				  "commands",
				  pairs_json(l->commands, PROBE_MAX_COMMANDS,
					     false),
				  "opcodes", pairs_json(l->opcode, 256, false),
				  "producers",
				  pairs_json(l->producers, PROBE_MAX_PRODUCERS,
					     false),
				  "full", (json_int_t)l->full, "queue_ns",
				  (json_int_t)l->queue_ns, "migrated",
				  (json_int_t)l->migrated));
	}
	return all;
}

static json_t *queues_json(const struct probed *c)
{
	json_t *all = json_array();
	char name[24];
	size_t i;

	for (i = 0; i < c->nr_queues; i++) {
		const struct probed_queue *q = &c->queue[i];

		json_array_append_new(
			all,
			json_pack("{s:i, s:s, s:s, s:i}", "key", (int)q->key,
				  "smmu", q->smmu, "queue",
				  probed_queue_name(c, q, name, sizeof(name)),
				  "shift", (int)q->shift));
	}
	return all;
}

static json_t *lost_json(const struct probed *c)
{
	json_t *all = json_object();
	size_t i;

	for (i = 0; i < c->now.nr_loss; i++)
		json_object_set_new(
			all, c->now.loss[i].why,
			json_integer((json_int_t)c->now.loss[i].count));
	return all;
}

static json_t *pmcg_json(const struct probed *c)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < c->now.nr_pmcg; i++)
		json_array_append_new(
			all, json_pack("{s:s, s:s, s:I, s:f}", "device",
				       c->now.pmcg[i].device, "event",
				       c->now.pmcg[i].event, "count",
				       (json_int_t)c->now.pmcg[i].count,
				       "share", c->now.pmcg[i].share));
	return all;
}

json_t *probe_json(const struct probed *c, bool emulated)
{
	struct table *t = make_table(c, &c->now, NULL);
	json_t *j = json_pack(
		"{s:f, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "seconds",
		c->now.seconds, "emulated", emulated, "functions",
		functions_json(c), "rows", table_json(t), "queues",
		queues_json(c), "times", times_json(c), "lists", lists_json(c),
		"lost", lost_json(c), "pmcg", pmcg_json(c));

	table_free(t);
	if (c->has_cost)
		json_object_set_new(j, "cost",
				    json_pack("{s:f, s:f}", "added_ns",
					      c->added_ns, "inside_ns",
					      c->inside_ns));
	if (!c->ended)
		json_object_set_new(j, "cut_off", json_true());
	if (c->status >= 0)
		json_object_set_new(j, "status", json_integer(c->status));
	return j;
}
