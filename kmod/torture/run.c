// SPDX-License-Identifier: GPL-2.0-or-later
/* A run: the cases one after the other, by one team. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "arena.h"
#include "judge.h"
#include "rnd.h"
#include "team.h"

#define TICK_NS		100000000ULL
#define MAX_CPUS	1024

/**
 * struct run - all of it
 * @p: parameters
 * @watch: who looks on
 * @sum: what came of it
 * @err: likewise, when it failed
 * @team: threads
 * @arena: of the case that is on
 * @counters: room for a model's
 * @cases: chosen
 * @nr_cases: how many
 * @start: of the case, ns
 * @end: of its time
 * @tick: next one
 * @res: of the case
 * @ret: 0 or the error
 */
struct run {
	struct torture_params *p;
	const struct torture_watch *watch;
	struct torture_sum *sum;
	struct subject_error *err;
	struct team *team;
	struct arena *arena;
	struct smmu_model_counters *counters;
	struct torture_case *cases;
	unsigned int nr_cases;
	u64 start, end, tick;
	struct torture_result res;
	int ret;
};

static bool stopping(const struct run *r)
{
	return team_stopping(r->team) || (r->watch->stop && r->watch->stop(r->watch->ctx));
}

static void tick(void *ctx)
{
	struct run *r = ctx;
	u64 now = team_now_ns();

	if (now >= r->end)
		WRITE_ONCE(r->arena->stop, true);
	if (now < r->tick)
		return;
	r->tick = now + TICK_NS;
	if (stopping(r)) {
		r->sum->stopped = true;
		WRITE_ONCE(r->arena->stop, true);
	} else if (r->watch->ticks) {
		r->watch->ticks(r->watch->ctx, now - r->start);
	}
}

static void member(void *arg, unsigned int i)
{
	struct run *r = arg;

	team_barrier(r->team);
	torture_member(r->arena, i, tick, r);
}

/* All masters off their domains, which the store of the domains may then leave. */
static void detach_all(struct arena *a)
{
	unsigned int i;

	for (i = 0; i < ARENA_MASTERS; i++)
		torture_attach(&a->masters[i], &arm_smmu_blocked_domain);
}

static void add_up(struct run *r)
{
	struct torture_result *res = &r->res;
	struct arena *a = r->arena;
	unsigned int i;

	for (i = 0; i < a->nr_threads; i++) {
		const struct torture_thread *t = a->threads[i];

		res->unmaps += t->unmaps;
		res->raced += t->raced;
		res->moves += t->moves;
		res->translations += t->translations;
		res->seen += t->seen;
		res->in_window += t->in_window;
	}
	for (i = 0; i < a->nr_smmus; i++) {
		long timeouts = atomic_long_read(&a->smmus[i].smmu.cmdq.timeouts);

		smmu_model_counters(a->smmus[i].smmu.model, r->counters);
		res->fills += r->counters->fills[SMMU_CACHE_IOTLB] +
			      r->counters->fills[SMMU_CACHE_ATC];
		if (r->counters->illegal || timeouts)
			arena_found(a, TORTURE_QUEUE_ERROR,
				    "smmu%u: %llu illegal commands, %ld time-outs", i,
				    (unsigned long long)r->counters->illegal, timeouts);
	}
	for (i = 0; i < TORTURE_NR_KINDS; i++) {
		res->found[i] = atomic_read(&a->found[i]);
		memcpy(res->first[i], a->first[i], sizeof(res->first[i]));
	}
}

/* Is it something that this case must not do? */
static bool forbids(const struct torture_case *c, enum torture_kind kind)
{
	switch (kind) {
	case TORTURE_ATC_AFTER_DETACH:
		return c->drains;
	case TORTURE_STALE_ATC_ATTACH:
		return c->catches_up && c->ordered;
	case TORTURE_TORN_ENTRY:
	case TORTURE_QUEUE_ERROR:
		return true;
	default:
		return c->ordered;
	}
}

static enum torture_verdict judge(const struct torture_case *c, const struct torture_result *res,
				  bool stopped)
{
	bool caught = false, violation = false, finding = false;
	unsigned int k;

	for (k = 0; k < TORTURE_NR_KINDS; k++) {
		if (!res->found[k])
			continue;
		caught |= c->caught_by & 1U << k;
		violation |= forbids(c, k);
		finding = true;
	}
	if (c->busted && caught)
		return TORTURE_CAUGHT;
	if (!c->busted && finding)
		return violation ? TORTURE_VIOLATION : TORTURE_FINDING;
	if (stopped)
		return TORTURE_STOPPED;
	if (c->busted)
		return TORTURE_MISSED;
	/* Nobody can have found anything. */
	return res->unmaps && res->moves && res->seen ? TORTURE_CLEAN : TORTURE_IDLE;
}

/* One that is caught ends at once; a slow machine gets its time. */
static unsigned int seconds_of(const struct run *r, const struct torture_case *c)
{
	if (c->busted && r->p->seconds < TORTURE_BUSTED_SECONDS)
		return TORTURE_BUSTED_SECONDS;
	return r->p->seconds;
}

static int run_case(struct run *r, const struct torture_case *c, unsigned int nr)
{
	struct torture_result *res = &r->res;
	struct arena *a = r->arena;
	bool stopped;
	int ret;

	ret = arena_create(a, c, r->p->threads, torture_seed(r->p->seed, 1000 + nr));
	if (ret) {
		snprintf(r->err->msg, sizeof(r->err->msg), "not enough memory for %s", c->store);
		return ret;
	}
	/* Busted: at once when it is caught. Else whatever makes the rest of no worth. */
	a->stop_on = c->busted ? c->caught_by :
				 ~(BIT(TORTURE_ATC_AFTER_DETACH) | BIT(TORTURE_STALE_ATC_ATTACH));
	a->stop_on |= BIT(TORTURE_QUEUE_ERROR);
	memset(res, 0, sizeof(*res));
	r->start = team_now_ns();
	r->end = r->start + seconds_of(r, c) * 1000000000ULL;
	r->tick = r->start;
	team_run(r->team, r->p->threads, member, r);
	res->ns = team_now_ns() - r->start;
	stopped = r->sum->stopped && r->start + res->ns < r->end;
	detach_all(a);
	judge_end(a);
	add_up(r);
	res->verdict = judge(c, res, stopped);
	arena_destroy(a);

	r->sum->by_verdict[res->verdict]++;
	r->sum->failed |= torture_fails(res->verdict, r->p->strict);
	r->watch->ends(r->watch->ctx, c, res);
	return 0;
}

static void lead(void *arg)
{
	struct run *r = arg;
	unsigned int i;

	for (i = 0; i < r->nr_cases && !r->ret && !r->sum->stopped; i++) {
		if (r->watch->begins)
			r->watch->begins(r->watch->ctx, &r->cases[i], i, r->nr_cases);
		r->ret = run_case(r, &r->cases[i], i);
	}
}

static int choose_cases(struct run *r)
{
	r->nr_cases = torture_cases(r->p, NULL, 0);
	if (!r->nr_cases) {
		snprintf(r->err->msg, sizeof(r->err->msg),
			 "no store of '%.200s' takes a strategy of '%.200s' in this build",
			 r->p->stores, r->p->strategies);
		return -EINVAL;
	}
	r->cases = kvcalloc(r->nr_cases, sizeof(*r->cases), GFP_KERNEL);
	r->arena = kvzalloc(sizeof(*r->arena), GFP_KERNEL);
	r->counters = kvzalloc(sizeof(*r->counters), GFP_KERNEL);
	if (!r->cases || !r->arena || !r->counters) {
		snprintf(r->err->msg, sizeof(r->err->msg), "not enough memory for %u cases",
			 r->nr_cases);
		return -ENOMEM;
	}
	torture_cases(r->p, r->cases, r->nr_cases);
	return 0;
}

static int make_team(struct run *r)
{
	unsigned int *cpus = kvcalloc(MAX_CPUS, sizeof(*cpus), GFP_KERNEL);
	unsigned int nr = cpus ? team_cpus(cpus, MAX_CPUS) : 0;

	if (nr)
		r->team = team_create(r->p->threads, cpus, nr < MAX_CPUS ? nr : MAX_CPUS, r->err);
	else
		snprintf(r->err->msg, sizeof(r->err->msg), "no CPU to run on");
	kvfree(cpus);
	return r->team ? 0 : -ENOMEM;
}

static int run(struct run *r)
{
	int ret = choose_cases(r);

	if (!ret)
		ret = make_team(r);
	if (ret)
		return ret;
	team_lead(r->team, lead, r);
	return r->ret;
}

int torture_run(struct torture_params *p, const struct torture_watch *watch,
		struct torture_sum *sum, struct subject_error *err)
{
	struct run *r = kvzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	memset(sum, 0, sizeof(*sum));
	if (!r) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory for a run");
		return -ENOMEM;
	}
	if (!p->seed)
		p->seed = torture_seed(team_now_ns(), 0) >> 32;
	r->p = p;
	r->watch = watch;
	r->sum = sum;
	r->err = err;
	ret = run(r);
	team_destroy(r->team);
	kvfree(r->counters);
	kvfree(r->arena);
	kvfree(r->cases);
	kvfree(r);
	return ret;
}
