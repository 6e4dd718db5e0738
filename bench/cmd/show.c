// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

/* Digits that the interval supports, for people: 4 significant ones at most. */
static void number(char *buf, size_t len, double v)
{
	if (!isfinite(v))
		snprintf(buf, len, "-");
	else if (fabs(v) >= 1000)
		snprintf(buf, len, "%.0f", v);
	else if (fabs(v) >= 100)
		snprintf(buf, len, "%.1f", v);
	else if (fabs(v) >= 10)
		snprintf(buf, len, "%.2f", v);
	else
		snprintf(buf, len, "%.3f", v);
}

static json_t *real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

void show_number(struct table *t, const char *key, double v)
{
	char buf[32];

	number(buf, sizeof(buf), v);
	table_set(t, key, real_or_null(v), "%s", buf);
}

/* "5.31 .. 5.40" */
void show_interval(struct table *t, const char *key,
		   const struct stats_result *r)
{
	char lo[32], hi[32];
	json_t *j;

	number(lo, sizeof(lo), r->lo);
	number(hi, sizeof(hi), r->hi);
	j = json_pack("[o, o]", real_or_null(r->lo), real_or_null(r->hi));
	table_set(t, key, j, "%s .. %s", lo, hi);
}

static bool windowed(const struct judge_group *j)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (j->plan->cells[i].params.threads > 1)
			return true;
	return false;
}

static bool reclaims(const struct judge_group *j)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (isfinite(j->rows[i].reclaim_ns.est))
			return true;
	return false;
}

static bool attaches(const struct judge_group *j)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (j->plan->cells[i].params.attach_rate)
			return true;
	return false;
}

static bool samples_ops(const struct judge_group *j)
{
	return j->plan->figures & PLAN_FIGURE_OP;
}

static void add_row(struct table *t, const struct judge_group *j,
		    unsigned int i)
{
	const struct judge_row *r = &j->rows[i];
	const struct plan_cell *c = &j->plan->cells[i];
	static const char *const op_keys[] = { "op_p50_ns", "op_p99_ns",
					       "op_max_ns" };
	static const int op_at[] = { 0, 2, 4 };
	char marks[128];
	unsigned int k;

	table_row(t);
	if (r->rank)
		table_set(t, "rank", json_integer(r->rank), "%u", r->rank);
	else
		table_set(t, "rank", json_null(), "-");
	table_set(t, "name", NULL, "%s", c->name);
	show_number(t, "ns", r->ns.est);
	show_interval(t, "ns_interval", &r->ns);
	show_number(t, "ratio", r->ratio.est);
	show_interval(t, "ratio_interval", &r->ratio);
	show_number(t, "delta_ns", r->delta_ns.est);
	if (windowed(j))
		show_number(t, "mops", r->mops.est);
	if (reclaims(j))
		show_number(t, "reclaim_ns", r->reclaim_ns.est);
	if (attaches(j)) {
		show_number(t, "attach_hz", r->attach_hz.est);
		show_number(t, "attach_ns", r->attach_ns.est);
	}
	for (k = 0; samples_ops(j) && k < 3; k++) {
		if (r->has_op)
			show_number(t, op_keys[k], r->op[op_at[k]]);
		else
			table_set(t, op_keys[k], json_null(), "%s",
				  r->marks & JUDGE_BELOW_TIMER ? "below timer" :
								 "-");
	}
	/* user space all over: said once, in the notes, not in each row */
	judge_marks(r->marks & ~(unsigned int)(JUDGE_NO_IRQS | JUDGE_MULTIPLEXED), marks,
		    sizeof(marks));
	table_set(t, "marks", NULL, "%s", marks);
}

/* Rank first, then as the job has them; controls last. */
static int place(const struct judge_group *j, unsigned int i)
{
	if (j->plan->cells[i].role != PLAN_VARIANT)
		return 1 << 20;
	return j->rows[i].rank ? (int)j->rows[i].rank : 1 << 19;
}

unsigned int *show_order(const struct judge_group *j)
{
	unsigned int *order = calloc(j->nr_rows, sizeof(*order)), i, k;

	for (i = 0; order && i < j->nr_rows; i++) {
		for (k = i; k > 0 && place(j, order[k - 1]) > place(j, i); k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

struct table *show_group(const struct judge_group *j)
{
	unsigned int *order = show_order(j), i;
	struct table *t;
	char title[1024];

	snprintf(
		title, sizeof(title),
		"%s [%s] baseline %s; %u launches x %u rounds; differences below %.2f %% aren't claimed%s%s%s",
		j->plan->title, j->plan->name,
		j->plan->cells[j->plan->baseline].name, j->launches,
		j->plan->rounds, 100 * j->noise,
		j->plan->artificial ? "; artificial" : "",
		j->plan->oversubscribed ? "; oversubscribed" : "",
		j->plan->emulated ? "; an emulator's times: not ranked" : "");
	t = table_new(title);
	table_column(t, "rank", "RANK", true);
	table_column(t, "name", "NAME", false);
	table_column(t, "ns", "NS", true);
	table_column(t, "ns_interval", "95 %", true);
	table_column(t, "ratio", "RATIO", true);
	table_column(t, "ratio_interval", "95 %", true);
	table_column(t, "delta_ns", "+NS", true);
	if (windowed(j))
		table_column(t, "mops", "M/S", true);
	if (reclaims(j))
		table_column(t, "reclaim_ns", "RECLAIM-NS", true);
	if (attaches(j)) {
		table_column(t, "attach_hz", "ATTACH/S", true);
		table_column(t, "attach_ns", "ATTACH-NS", true);
	}
	if (samples_ops(j)) {
		table_column(t, "op_p50_ns", "OP-P50", true);
		table_column(t, "op_p99_ns", "OP-P99", true);
		table_column(t, "op_max_ns", "OP-MAX", true);
	}
	table_column(t, "marks", "MARKS", false);
	for (i = 0; order && i < j->nr_rows; i++)
		add_row(t, j, order[i]);
	free(order);
	return t;
}

struct table *show_controls(struct judge_group *const *groups, unsigned int nr)
{
	struct table *t = table_new(
		"controls (A/A deviations, the machine's state, and blocks dropped)");
	unsigned int i, k;

	table_column(t, "group", "GROUP", false);
	table_column(t, "same", "SAME-%", true);
	table_column(t, "twin", "TWIN-%", true);
	table_column(t, "noise", "NOISE-%", true);
	table_column(t, "add", "ADD-NS MIN..MAX", true);
	table_column(t, "pingpong", "PINGPONG-NS MIN..MAX", true);
	table_column(t, "blocks", "BLOCKS", true);
	table_column(t, "dropped_switch", "SWITCHED", true);
	table_column(t, "dropped_overlap", "APART", true);
	table_column(t, "warmup", "WARM-UP", true);
	for (i = 0; i < nr; i++) {
		const struct judge_group *j = groups[i];
		size_t blocks = 0, sw = 0, apart = 0;

		if (!j)
			continue;
		for (k = 0; k < j->nr_rows; k++) {
			blocks += j->rows[k].blocks;
			sw += j->rows[k].dropped_switch;
			apart += j->rows[k].dropped_overlap;
		}
		table_row(t);
		table_set(t, "group", NULL, "%s", j->plan->name);
		show_number(t, "same", 100 * j->same);
		show_number(t, "twin", 100 * j->twin);
		show_number(t, "noise", 100 * j->noise);
		table_set(t, "add",
			  json_pack("[o,o]", real_or_null(j->canary_add[0]),
				    real_or_null(j->canary_add[2])),
			  "%.0f..%.0f", j->canary_add[0], j->canary_add[2]);
		table_set(t, "pingpong",
			  json_pack("[o,o]",
				    real_or_null(j->canary_pingpong[0]),
				    real_or_null(j->canary_pingpong[2])),
			  "%.0f..%.0f", j->canary_pingpong[0],
			  j->canary_pingpong[2]);
		table_set(t, "blocks", json_integer((json_int_t)blocks), "%zu",
			  blocks);
		table_set(t, "dropped_switch", json_integer((json_int_t)sw),
			  "%zu", sw);
		table_set(t, "dropped_overlap", json_integer((json_int_t)apart),
			  "%zu", apart);
		show_number(t, "warmup", j->rows[0].warmup);
	}
	return t;
}

static json_t *group_json(const struct judge_group *j)
{
	struct table *t = show_group(j), *budget = show_budget(j), *counts = show_counts(j);
	struct table *probed = show_probed(j);
	json_t *one;

	one = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "group",
			j->plan->name, "title", j->plan->title, "compare",
			j->plan->compare, "baseline",
			j->plan->cells[j->plan->baseline].name, "same",
			real_or_null(j->same), "twin", real_or_null(j->twin),
			"noise", real_or_null(j->noise), "rows", table_json(t));
	if (budget) {
		json_object_set_new(one, "budget", table_json(budget));
		table_free(budget);
	}
	if (counts) {
		json_object_set_new(one, "counters", table_json(counts));
		json_object_set_new(one, "events", show_event_states(j));
		table_free(counts);
	}
	if (probed) {
		json_object_set_new(one, "probed", table_json(probed));
		table_free(probed);
	}
	table_free(t);
	return one;
}

json_t *show_json(struct judge_group *const *groups, unsigned int nr)
{
	json_t *all = json_array();
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (groups[i])
			json_array_append_new(all, group_json(groups[i]));
	return all;
}
