// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pick.h"

/* One line of the verdict file. */
struct line {
	const char *strategy, *scenario, *model, *note;
	json_t *sound; /* true, false, or null: the model can't say */
};

static bool read_line(const json_t *j, struct line *l)
{
	l->note = "";
	return !json_unpack((json_t *)j, "{s:s, s:s, s:s, s:o, s?:s}",
			    "strategy", &l->strategy, "scenario", &l->scenario,
			    "model", &l->model, "sound", &l->sound, "note",
			    &l->note) &&
	       (json_is_boolean(l->sound) || json_is_null(l->sound));
}

static void append(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, "%s%s", len ? ", " : "", word);
}

/* What the file says of a strategy in one scenario; false: nothing. */
static bool find_line(const json_t *all, const char *strategy,
		      const char *scenario, const char *model, struct line *l)
{
	const json_t *j;
	size_t i;

	json_array_foreach((json_t *)all, i, j)
		if (read_line(j, l) && !strcmp(l->strategy, strategy) &&
		    !strcmp(l->scenario, scenario) && !strcmp(l->model, model))
			return true;
	return false;
}

/*
 * A strategy's verdict is its worst over the scenarios that the file judges in this
 * model for anybody: unsound where one of them is, not judged where one is missing.
 */
static void judge_strategy(const json_t *all, const char *strategy,
			   const char *model, struct pick_judgement *out)
{
	char sound[160] = "", unsound[160] = "", missing[160] = "";
	const char *seen[64];
	unsigned int nr = 0, n;
	struct line l, mine;
	const json_t *j;
	size_t i;

	memset(out, 0, sizeof(*out));
	json_array_foreach((json_t *)all, i, j) {
		if (!read_line(j, &l) || strcmp(l.model, model))
			continue;
		for (n = 0; n < nr && strcmp(seen[n], l.scenario); n++)
			;
		if (n < nr || nr == 64)
			continue;
		seen[nr++] = l.scenario;
		if (!find_line(all, strategy, l.scenario, model, &mine)) {
			append(missing, sizeof(missing), l.scenario);
			continue;
		}
		if (*mine.note)
			snprintf(out->note, sizeof(out->note), "%s", mine.note);
		if (json_is_null(mine.sound))
			append(missing, sizeof(missing), l.scenario);
		else if (json_is_true(mine.sound))
			append(sound, sizeof(sound), l.scenario);
		else
			append(unsound, sizeof(unsound), l.scenario);
	}
	if (*unsound)
		out->verdict = PICK_UNSOUND;
	else
		out->verdict = *missing ? PICK_NOT_JUDGED : PICK_SOUND;
	strcpy(out->scenarios, *unsound ? unsound : *missing ? missing : sound);
}

/* Whole, and with at least one line of the model: 0, or -EINVAL with a line. */
static int check_verdicts(const json_t *all, const char *model,
			  struct plan_error *err)
{
	bool known = false;
	struct line l;
	const json_t *j;
	size_t i;

	json_array_foreach((json_t *)all, i, j) {
		if (!read_line(j, &l)) {
			snprintf(
				err->msg, sizeof(err->msg),
				"the verdict file is damaged in entry %zu: each needs strategy, scenario, model and sound (true, false or null)",
				i + 1);
			return -EINVAL;
		}
		known |= !strcmp(l.model, model);
	}
	if (known)
		return 0;
	snprintf(
		err->msg, sizeof(err->msg),
		"no verdicts for model '%.40s'; valid: those of the verdict file (aarch64, lkmm, lkmm-strong, x86-tso)",
		model);
	return -EINVAL;
}

static json_t *load_verdicts(const char *path, const char *model,
			     struct plan_error *err)
{
	json_error_t e;
	json_t *all = json_load_file(path, 0, &e);

	if (!all || !json_is_array(all)) {
		snprintf(err->msg, sizeof(err->msg), "%.200s:%d: %.150s", path,
			 all || e.line < 0 ? 1 : e.line,
			 all ? "not an array" : e.text);
		json_decref(all);
		return NULL;
	}
	if (!check_verdicts(all, model, err))
		return all;
	json_decref(all);
	return NULL;
}

int pick_check_model(const char *verdicts, const char *model,
		     struct plan_error *err)
{
	json_t *all = load_verdicts(verdicts, model, err);

	json_decref(all);
	return all ? 0 : -EINVAL;
}

/* Does it compare strategies of this operation, composed as real domains are? */
static bool compares(const struct judge_group *j, const char *backend,
		     const char *op)
{
	char have[32];

	if (!j || strcmp(j->plan->compare, "strategy") || j->plan->artificial ||
	    j->plan->oversubscribed || j->plan->emulated ||
	    j->rows[0].probe ||
	    strcmp(j->plan->backend, backend))
		return false;
	subject_params_get(&j->plan->cells[0].params, "op", have, sizeof(have));
	return !strcmp(have, op);
}

/*
 * The group that compares the strategies of an operation; of several the one with
 * the most readers, since a grace period with nobody reading costs nothing.
 */
static const struct judge_group *find_group(struct judge_group *const *groups,
					    unsigned int nr,
					    const char *backend, const char *op)
{
	const struct judge_group *best = NULL;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const struct judge_group *j = groups[i];

		if (compares(j, backend, op) &&
		    (!best || j->plan->cells[0].params.readers >
				      best->plan->cells[0].params.readers))
			best = j;
	}
	return best;
}

static const struct judge_row *find_row(const struct judge_group *j,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < j->nr_rows; i++)
		if (j->plan->cells[i].role == PLAN_VARIANT &&
		    !strcmp(j->plan->cells[i].name, name))
			return &j->rows[i];
	return NULL;
}

static struct stats_result in_us(struct stats_result r)
{
	r.est /= 1000;
	r.lo /= 1000;
	r.hi /= 1000;
	r.sd /= 1000;
	return r;
}

static void collect(struct pick *p, const struct judge_group *reader,
		    const struct judge_group *attach, const json_t *verdicts,
		    const char *model)
{
	unsigned int i;

	for (i = 0; i < reader->nr_rows && p->nr < 64; i++) {
		const struct plan_cell *c = &reader->plan->cells[i];
		const struct judge_row *a = find_row(attach, c->name);
		struct pick_row *row = &p->rows[p->nr];

		if (c->role != PLAN_VARIANT || !a)
			continue;
		snprintf(row->name, sizeof(row->name), "%s", c->name);
		row->reader = reader->rows[i].ns;
		row->attach = in_us(a->ns);
		row->by = -1;
		judge_strategy(verdicts, c->name, model, &row->j);
		if (!strcmp(row->name, "merged"))
			p->baseline = (int)p->nr;
		p->nr++;
	}
}

/*
 * A strategy that reads faster than merged in one group and slower in another
 * (faithful and lean, say) shows how its code happens to lie, not what its fence
 * costs: twins of one function don't have that error, so the noise doesn't hold it.
 */
static void find_contradictions(struct pick *p,
				struct judge_group *const *groups,
				unsigned int nr, const char *backend)
{
	unsigned int i, g;

	for (i = 0; i < p->nr; i++) {
		bool faster = false, slower = false;

		for (g = 0; g < nr; g++) {
			const struct judge_row *row;

			if (!compares(groups[g], backend, "unmap") ||
			    strcmp(groups[g]
					   ->plan
					   ->cells[groups[g]->plan->baseline]
					   .name,
				   "merged"))
				continue;
			row = find_row(groups[g], p->rows[i].name);
			if (!row || stats_tied(&row->ratio, groups[g]->noise))
				continue;
			faster |= row->ratio.est < 1;
			slower |= row->ratio.est > 1;
		}
		p->rows[i].contradicts = faster && slower;
	}
}

static int make_front(struct pick *p)
{
	struct stats_point points[64];
	struct stats_place places[64];
	unsigned int index[64], n = 0, i;

	for (i = 0; i < p->nr; i++) {
		if (p->rows[i].j.verdict != PICK_SOUND ||
		    p->rows[i].contradicts)
			continue;
		points[n].x = p->rows[i].reader;
		points[n].y = p->rows[i].attach;
		index[n++] = i;
	}
	if (!n)
		return 0;
	if (stats_pareto(points, n, p->noise_reader, p->noise_attach, places) !=
	    STATS_OK)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		struct pick_row *row = &p->rows[index[i]];

		row->front = places[i].where == STATS_FRONT;
		if (row->front && places[i].tie != i) {
			row->tie = true;
			row->by = (int)index[places[i].tie];
		} else if (places[i].where == STATS_DOMINATED) {
			row->by = (int)index[places[i].by];
		}
	}
	return 0;
}

static bool faster(const struct stats_result *a, const struct stats_result *b,
		   double noise)
{
	return a->hi < b->lo && b->est / a->est - 1 > noise;
}

/* The fastest sound reader; what Linux has stays where that isn't faster. */
static void choose(struct pick *p)
{
	const struct pick_row *base, *best;
	unsigned int i;
	double gain, price;

	for (i = 0; i < p->nr; i++)
		if (p->rows[i].front && p->rows[i].reader.est > 0 &&
		    (p->chosen < 0 ||
		     p->rows[i].reader.est < p->rows[p->chosen].reader.est))
			p->chosen = (int)i;
	if (p->chosen < 0) {
		snprintf(p->reason, sizeof(p->reason),
			 "no strategy of this run is sound in model %s",
			 p->model);
		return;
	}
	best = &p->rows[p->chosen];
	if (p->baseline < 0 || p->rows[p->baseline].j.verdict != PICK_SOUND) {
		snprintf(
			p->reason, sizeof(p->reason),
			"the fastest reader among the sound strategies; merged isn't among them");
		return;
	}
	base = &p->rows[p->baseline];
	if (best == base ||
	    !faster(&best->reader, &base->reader, p->noise_reader)) {
		p->chosen = p->baseline;
		snprintf(
			p->reason, sizeof(p->reason),
			"no sound strategy reads faster than merged beyond the noise: keep what Linux has");
		return;
	}
	gain = base->reader.est - best->reader.est;
	price = (best->attach.est - base->attach.est) * 1000;
	if (price <= 0 ||
	    !faster(&base->attach, &best->attach, p->noise_attach))
		snprintf(
			p->reason, sizeof(p->reason),
			"reads %.2f ns faster than merged, and attach isn't shown to be slower",
			gain);
	else
		snprintf(
			p->reason, sizeof(p->reason),
			"reads %.2f ns faster than merged and attaches %.2f us slower: it pays from %.0f invalidations an attach on; below that, merged",
			gain, price / 1000, ceil(price / gain));
}

int pick_make(struct pick *p, struct judge_group *const *groups,
	      unsigned int nr, const char *verdicts, const char *model,
	      bool arm_smmu, struct plan_error *err)
{
	/* the kernel's own before user space's; each with itself alone */
	static const char *const backends[] = { "kernel", "guest", "user" };
	const struct judge_group *reader = NULL, *attach = NULL;
	const char *backend = NULL;
	json_t *all;
	size_t i;
	int ret;

	memset(p, 0, sizeof(*p));
	p->baseline = p->chosen = -1;
	p->model = model;
	for (i = 0; i < 3 && (!reader || !attach); i++) {
		backend = backends[i];
		reader = find_group(groups, nr, backend, "unmap");
		attach = find_group(groups, nr, backend, "attach");
	}
	if (!reader || !attach) {
		snprintf(
			err->msg, sizeof(err->msg),
			"a choice needs a group of op=%s that compares strategies, not an emulator's",
			reader ? "attach" : "unmap");
		return -ENOENT;
	}
	p->readers = attach->plan->cells[0].params.readers;
	p->noise_reader = reader->noise;
	p->noise_attach = attach->noise;
	snprintf(p->advice, sizeof(p->advice), "%s",
		 arm_smmu ? "this machine has an arm-smmu-v3" :
			    "ranking on this CPU; not advice for Arm");
	all = load_verdicts(verdicts, model, err);
	if (!all)
		return -EINVAL;
	collect(p, reader, attach, all, model);
	find_contradictions(p, groups, nr, backend);
	json_decref(all);
	ret = make_front(p);
	if (!ret)
		choose(p);
	return ret;
}

static const char *standing(const struct pick *p, const struct pick_row *r,
			    char *buf, size_t len)
{
	if (r->j.verdict == PICK_UNSOUND)
		snprintf(buf, len, "unsound");
	else if (r->j.verdict == PICK_NOT_JUDGED)
		snprintf(buf, len, "not judged");
	else if (r->contradicts)
		snprintf(buf, len, "variants disagree");
	else if (r->front && r->tie)
		snprintf(buf, len, "front, tie with %s", p->rows[r->by].name);
	else if (r->front)
		snprintf(buf, len, "front");
	else
		snprintf(buf, len, "beaten by %s",
			 r->by >= 0 ? p->rows[r->by].name : "?");
	return buf;
}

static void set_result(struct table *t, const char *key,
		       const struct stats_result *r)
{
	table_set(t, key,
		  isfinite(r->est) ?
			  json_pack("{s:f, s:o, s:o}", "est", r->est, "lo",
				    isfinite(r->lo) ? json_real(r->lo) :
						      json_null(),
				    "hi",
				    isfinite(r->hi) ? json_real(r->hi) :
						      json_null()) :
			  json_null(),
		  "%.4g (%.4g .. %.4g)", r->est, r->lo, r->hi);
}

struct table *pick_table(const struct pick *p)
{
	static const char *const verdicts[] = { "sound", "unsound",
						"not judged" };
	struct table *t;
	char title[256], buf[128];
	unsigned int i;

	snprintf(
		title, sizeof(title),
		"reader ns against attach us (beside %llu readers; a grace period is liburcu's, Linux's takes ms), by soundness in model %s",
		(unsigned long long)p->readers, p->model);
	t = table_new(title);
	table_column(t, "strategy", "STRATEGY", false);
	table_column(t, "reader_ns", "READER-NS", true);
	table_column(t, "attach_us", "ATTACH+DETACH-US", true);
	table_column(t, "verdict", "VERDICT", false);
	table_column(t, "scenarios", "SCENARIOS", false);
	table_column(t, "standing", "STANDING", false);
	table_column(t, "note", "NOTE", false);
	for (i = 0; i < p->nr; i++) {
		const struct pick_row *r = &p->rows[i];

		table_row(t);
		table_set(t, "strategy", NULL, "%s", r->name);
		set_result(t, "reader_ns", &r->reader);
		set_result(t, "attach_us", &r->attach);
		table_set(t, "verdict", NULL, "%s", verdicts[r->j.verdict]);
		table_set(t, "scenarios", NULL, "%s", r->j.scenarios);
		table_set(t, "standing", NULL, "%s",
			  standing(p, r, buf, sizeof(buf)));
		table_set(t, "note", NULL, "%s", r->j.note);
	}
	return t;
}
