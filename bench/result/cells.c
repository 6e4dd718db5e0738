// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cells.json: Google Benchmark's schema, one flat row a cell, our figures as
 * counters; written by its own reporter.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gbench.h"
#include "internal.h"

#define MAX_COUNTERS 160 /* six of each event, and the rest */

static const struct {
	unsigned int mark;
	const char *name;
} mark_names[] = {
	{ JUDGE_EMULATED, "emulated" },
	{ JUDGE_ARTIFICIAL, "artificial" },
	{ JUDGE_UNSOUND, "unsound" },
	{ JUDGE_BELOW_NOISE, "below-noise" },
	{ JUDGE_BELOW_TIMER, "below-timer" },
	{ JUDGE_DROPPED, "dropped>20%" },
	{ JUDGE_OVERSUBSCRIBED, "oversubscribed" },
	{ JUDGE_UNSETTLED, "unsettled" },
	{ JUDGE_ERRORS, "errors" },
	{ JUDGE_MULTIPLEXED, "multiplexed" },
	{ JUDGE_PROBED, "probed" },
	{ JUDGE_NO_IRQS, "irqs n/a" },
};

const char *judge_marks(unsigned int marks, char *buf, size_t len)
{
	size_t i, at = 0;

	*buf = '\0';
	for (i = 0; i < sizeof(mark_names) / sizeof(mark_names[0]); i++)
		if (marks & mark_names[i].mark && at < len)
			at += (size_t)snprintf(buf + at, len - at, "%s%s",
					       at ? ", " : "",
					       mark_names[i].name);
	return buf;
}

static void count(struct gb_run *run, struct gb_counter *c, const char *name,
		  double value)
{
	/* JSON has no NaN: a figure that isn't there has no key */
	if (!isfinite(value) || run->n_counters == MAX_COUNTERS)
		return;
	c[run->n_counters].name = name;
	c[run->n_counters++].value = value;
}

static void count_row(struct gb_run *run, struct gb_counter *c,
		      const struct judge_group *j, const struct judge_row *r)
{
	static const char *const op[] = { "op_p50_ns", "op_p90_ns", "op_p99_ns",
					  "op_p999_ns", "op_max_ns" };
	unsigned int i;

	count(run, c, "ns_lo", r->ns.lo);
	count(run, c, "ns_hi", r->ns.hi);
	count(run, c, "ratio", r->ratio.est);
	count(run, c, "ratio_lo", r->ratio.lo);
	count(run, c, "ratio_hi", r->ratio.hi);
	count(run, c, "delta_ns", r->delta_ns.est);
	count(run, c, "delta_ns_lo", r->delta_ns.lo);
	count(run, c, "delta_ns_hi", r->delta_ns.hi);
	count(run, c, "mops", r->mops.est);
	count(run, c, "rank", r->rank ? r->rank : NAN);
	count(run, c, "noise", j->noise);
	count(run, c, "launches", j->launches);
	count(run, c, "blocks", (double)r->blocks);
	count(run, c, "dropped_switch", (double)r->dropped_switch);
	count(run, c, "dropped_overlap", (double)r->dropped_overlap);
	count(run, c, "warmup_rounds", r->warmup);
	count(run, c, "reclaim_ns", r->reclaim_ns.est);
	count(run, c, "attach_hz", r->attach_hz.est);
	count(run, c, "attach_ns", r->attach_ns.est);
	for (i = 0; r->has_op && i < 5; i++)
		count(run, c, op[i], r->op[i]);
}

/* Keys of what was counted: they have to live until the row is written. */
struct event_keys {
	char text[EXEC_MAX_EVENTS][6][96];
};

static void count_events(struct gb_run *run, struct gb_counter *c, const struct judge_group *j,
			 const struct judge_row *r, struct event_keys *keys)
{
	static const char *const ends[] = { "per_op", "per_op_lo", "per_op_hi",
					    "ratio",  "ratio_lo",  "ratio_hi" };
	unsigned int i, k;

	for (i = 0; r->counts && i < j->nr_events; i++) {
		const struct judge_count *n = &r->counts[i];
		const double v[] = { n->per_op.est, n->per_op.lo, n->per_op.hi,
				     n->ratio.est,  n->ratio.lo,  n->ratio.hi };

		for (k = 0; k < 6; k++) {
			snprintf(keys->text[i][k], sizeof(keys->text[i][k]), "%s_%s",
				 j->events[i].name, ends[k]);
			count(run, c, keys->text[i][k], v[k]);
		}
	}
	if (!r->counts)
		return;
	count(run, c, "ipc", r->ipc.est);
	count(run, c, "ipc_lo", r->ipc.lo);
	count(run, c, "ipc_hi", r->ipc.hi);
}

static void count_probe(struct gb_run *run, struct gb_counter *c,
			const struct judge_probe *p)
{
	if (!p)
		return;
	count(run, c, "syncs", (double)probed_calls(&p->time));
	count(run, c, "sync_p50_ns", p->p50.est);
	count(run, c, "sync_p50_ns_lo", p->p50.lo);
	count(run, c, "sync_p50_ns_hi", p->p50.hi);
	count(run, c, "sync_p99_ns", p->p99.est);
	count(run, c, "sync_p99_ns_lo", p->p99.lo);
	count(run, c, "sync_p99_ns_hi", p->p99.hi);
	count(run, c, "sync_max_ns", (double)p->time.max_ns);
	count(run, c, "probe_inside_ns", p->inside_ns);
	count(run, c, "probe_lost", (double)p->lost);
}

static int report_row(struct gb_report *report, const struct judge_group *j,
		      unsigned int family, unsigned int i)
{
	const struct judge_row *r = &j->rows[i];
	struct gb_counter counters[MAX_COUNTERS] = { 0 };
	struct event_keys keys;
	char name[280], label[128];
	struct gb_run run = {
		.kind = GB_RUN_ITERATION,
		.name = name,
		.label = label,
		.family_index = family,
		.instance_index = i,
		.threads = (int64_t)j->plan->cells[i].params.threads,
		.repetitions = 1,
		.unit = GB_NS,
		.iterations = (int64_t)r->blocks,
		.real_time = r->ns.est,
		/* blocks in which the thread lost its CPU are dropped */
		.cpu_time = r->ns.est,
		.counters = counters,
	};

	snprintf(name, sizeof(name), "%s/%s", j->plan->name,
		 j->plan->cells[i].name);
	judge_marks(r->marks, label, sizeof(label));
	if (!isfinite(r->ns.est)) {
		run.outcome = GB_FAILED;
		run.message = "no block was left";
		run.real_time = run.cpu_time = 0;
		return gb_report_runs(report, &run, 1);
	}
	count_row(&run, counters, j, r);
	count_events(&run, counters, j, r, &keys);
	count_probe(&run, counters, r->probe);
	return gb_report_runs(report, &run, 1);
}

int result_cells_json(struct result *r, struct judge_group *const *groups,
		      unsigned int nr, struct plan_error *err)
{
	char path[PATH_MAX];
	struct gb_kv context[] = {
		{ "job", r->plan->job },
		{ "machine", result_machine(r) },
	};
	struct gb_report_options o = {
		.format = GB_JSON,
		.driver = "rounds",
		.path = path,
		.context = context,
		.n_context = sizeof(context) / sizeof(context[0]),
	};
	struct gb_report *report;
	unsigned int i, j;
	int ret = 0;

	if (snprintf(path, sizeof(path), "%s/cells.json", r->dir) >=
	    (int)sizeof(path))
		return result_fail(err, r->dir, -ENAMETOOLONG);
	report = gb_report_open(&o);
	if (!report)
		goto fail;
	for (i = 0; i < nr && !ret; i++)
		for (j = 0; groups[i] && j < groups[i]->nr_rows && !ret; j++)
			ret = report_row(report, groups[i], i, j);
	if (ret) {
		gb_report_abort(report);
		goto fail;
	}
	ret = gb_report_close(report);
	if (!ret)
		return 0;
fail:
	snprintf(err->msg, sizeof(err->msg), "%.200s: %.200s", path,
		 gb_last_error());
	return ret ? ret : -EIO;
}
