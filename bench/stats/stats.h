/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the samples of a run mean: ratios, intervals, ranks, noise, fronts.
 * stats_rounds.h, included here, has what makes and reads rounds: schedules,
 * warm-up, windows, single operations.
 *
 * Every function is pure: no I/O, no state between calls, no clock; random
 * ones take a seed. All are reentrant. docs/statistics.md derives them.
 *
 * Costs are doubles in ns per operation. NaN (or infinity) is a dropped block.
 * Ratios are cell over baseline: above 1 is slower than the baseline.
 */
#ifndef INVBENCH_STATS_H
#define INVBENCH_STATS_H

#include <stdbool.h>
#include <stddef.h>

#include "stats_rounds.h"
#include "stats_status.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum stats_basis - what the interval of a result was taken over
 * @STATS_BASIS_NONE:	 there is no interval
 * @STATS_BASIS_BATCHES: batches of rounds of one launch. It holds for that
 *			 launch only: placement (2-5 %) isn't in it. Mark it.
 * @STATS_BASIS_LAUNCHES: launches; the only basis of a claim
 */
enum stats_basis {
	STATS_BASIS_NONE = 0,
	STATS_BASIS_BATCHES,
	STATS_BASIS_LAUNCHES,
};

/**
 * struct stats_series - one cell's blocks in one launch
 * @v: cost of the block of each round, ns per operation, in the order of rounds
 * @n: rounds
 *
 * A cell is an array of these, one a launch. Series that are compared have the
 * same @n in the same launch.
 */
struct stats_series {
	const double *v;
	size_t n;
};

/**
 * struct stats_result - an estimate and what is known about it
 * @est: ratio (cell/base), or ns
 * @lo: lower end of the interval; NaN without one
 * @hi: upper end
 * @sd: standard deviation between the samples (launches or batches); of the
 *	logarithms when @est is a ratio; NaN when there is one sample
 * @conf: confidence of the interval, e.g. 0.95
 * @basis: what @lo and @hi were taken over
 * @samples: launches that had usable rounds; batches for STATS_BASIS_BATCHES
 * @used: rounds used, all launches together
 * @dropped: rounds left out, all launches together; one side's drop takes the
 *	     whole pair
 * @many_dropped: more than STATS_DROP_MAX of the rounds were left out: mark it
 */
struct stats_result {
	double est;
	double lo;
	double hi;
	double sd;
	double conf;
	enum stats_basis basis;
	size_t samples;
	size_t used;
	size_t dropped;
	bool many_dropped;
};

/* Share of dropped rounds above which a cell is marked. */
#define STATS_DROP_MAX 0.20
/* Launches that a run needs, at least. */
#define STATS_MIN_LAUNCHES 5
/* Fewest batches of rounds that an interval within a launch is taken over. */
#define STATS_MIN_BATCHES 8
/* Most batches: more hardly narrow an interval (Schmeiser 1982). */
#define STATS_MAX_BATCHES 32

/* ---- basic.c: quantiles, Student's t ---- */

/**
 * stats_quantile() - quantile of an unsorted array
 * @v: values, any order; NaN and infinity are skipped
 * @n: how many
 * @q: 0..1
 *
 * Linear between order statistics (Hyndman & Fan 1996, type 7; GSL's rule).
 *
 * Return: the quantile; NaN for no usable value, @q outside 0..1, or no memory.
 */
double stats_quantile(const double *v, size_t n, double q);

/**
 * stats_median() - median of an unsorted array, see stats_quantile()
 * @v: values
 * @n: how many
 *
 * Return: the median or NaN.
 */
double stats_median(const double *v, size_t n);

/**
 * stats_t_factor() - half-width of Student's interval in standard errors
 * @conf: confidence, two-sided, 0 < @conf < 1
 * @n: samples, at least 2
 *
 * t(1 - (1 - conf)/2; n - 1 degrees of freedom) (Student 1908).
 *
 * Return: the factor, NaN for bad arguments.
 */
double stats_t_factor(double conf, size_t n);

/**
 * stats_mean_t() - mean and Student's interval of independent samples
 * @v: values; NaN and infinity are skipped and counted as dropped
 * @n: how many
 * @conf: confidence, 0..1 exclusive
 * @out: est = mean, lo/hi = est -+ t * sd / sqrt(samples)
 *
 * For samples that really are independent, such as launches: never rounds.
 *
 * Return: STATS_OK, STATS_NO_INTERVAL (one sample), STATS_EMPTY, STATS_BAD_ARG.
 */
enum stats_status stats_mean_t(const double *v, size_t n, double conf,
			       struct stats_result *out);

/**
 * stats_conf_simultaneous() - confidence of each of several intervals
 * @conf: the confidence that all of them hold together
 * @m: how many intervals; 0 counts as 1
 *
 * conf^(1/m) (Sidak 1967; for 95 % within 3 % of Bonferroni's share of error).
 *
 * Return: the confidence to use for each, NaN for @conf outside 0..1.
 */
double stats_conf_simultaneous(double conf, size_t m);

/* ---- batch.c: intervals within one launch ---- */

/**
 * struct stats_batches - interval of a median over correlated rounds
 * @med: median of all rounds
 * @lo: lower end, NaN with fewer than STATS_MIN_BATCHES batches
 * @hi: upper end
 * @sd: deviation of the batch medians from @med
 * @length: rounds in a batch (some have one more)
 * @count: batches
 * @lag1: lag-1 autocorrelation of the batch medians
 * @uncorrelated: @lag1 is below 1/sqrt(@count); when false, states last longer
 *		  than the launch resolves and the interval is too narrow
 * @used: rounds used
 * @dropped: rounds skipped
 */
struct stats_batches {
	double med;
	double lo;
	double hi;
	double sd;
	size_t length;
	size_t count;
	double lag1;
	bool uncorrelated;
	size_t used;
	size_t dropped;
};

/**
 * stats_batch_median() - median of one launch's rounds, with its interval
 * @v: values in the order of rounds; NaN and infinity are skipped
 * @n: rounds
 * @conf: confidence
 * @out: the result
 *
 * Batch means with medians: at most STATS_MAX_BATCHES batches; their length
 * doubles until the lag-1 autocorrelation of the medians is below one standard
 * error, 1/sqrt(count), or another doubling would leave fewer than
 * STATS_MIN_BATCHES. The interval is centred on the median of
 * all rounds: med -+ t(count - 1) * sqrt(sum((m_i - med)^2)/(count - 1)/count).
 * Conway 1963 and Law & Kelton (batch means, doubling), Schmeiser 1982 (number
 * of batches), Asmussen & Glynn 2007 (sectioning: the centre).
 *
 * Return: STATS_OK, STATS_NO_INTERVAL, STATS_EMPTY, STATS_BAD_ARG, STATS_NOMEM.
 */
enum stats_status stats_batch_median(const double *v, size_t n, double conf,
				     struct stats_batches *out);

/**
 * stats_lag1() - lag-1 autocorrelation
 * @v: finite values
 * @n: how many
 *
 * Return: sum (v_i - m)(v_i+1 - m) / sum (v_i - m)^2; 0 when all are equal or
 * fewer than 3.
 */
double stats_lag1(const double *v, size_t n);

/* ---- paired.c: ratios, differences, absolute figures over launches ---- */

/**
 * stats_pair_logs() - log ratios of one launch, pair by pair
 * @cell: the cell's rounds
 * @base: its baseline's, the same number
 * @out: room for @cell->n values; NaN where either side is dropped or not
 *	 above 0
 *
 * For traces (stats_warmup_end()) and plots; the estimators need no call of it.
 *
 * Return: how many pairs are usable.
 */
size_t stats_pair_logs(const struct stats_series *cell,
		       const struct stats_series *base, double *out);

/**
 * stats_ratio() - what a cell costs relative to its baseline
 * @cell: its blocks, one series a launch
 * @base: the baseline's, the same launches and rounds
 * @launches: how many; 0 gives STATS_EMPTY
 * @conf: confidence
 * @out: the ratio
 * @medians: NULL, or room for @launches: median log(cell/base) of each launch,
 *	     NaN for one without usable pairs
 *
 * Launch l: m_l = median over rounds of log(cell/base); a pair with a dropped
 * side is left out. Across launches: est = exp(mean m_l), lo and hi =
 * exp(mean -+ t(L - 1) * sd / sqrt(L)). With one usable launch the interval is
 * stats_batch_median()'s and @out->basis says so.
 *
 * Return: STATS_OK, STATS_NO_INTERVAL, STATS_EMPTY; STATS_BAD_ARG when a launch
 * has series of unlike length or @conf is outside 0..1; STATS_NOMEM.
 */
enum stats_status stats_ratio(const struct stats_series *cell,
			      const struct stats_series *base, size_t launches,
			      double conf, struct stats_result *out,
			      double *medians);

/**
 * struct stats_term - a cell in a sum of cells
 * @coef: what its cost is multiplied by: 1 to add it, -1 to take it off
 * @cell: its blocks, one series a launch
 */
struct stats_term {
	double coef;
	const struct stats_series *cell;
};

/**
 * stats_sum() - a weighted sum of cells in ns: marginal costs
 * @terms: the cells; all have the same launches and rounds
 * @nterms: how many, at least 1
 * @launches: how many
 * @conf: confidence
 * @out: ns
 * @medians: NULL, or room for @launches, as in stats_ratio()
 *
 * Each round: x = sum coef * cost, left out when any of them is dropped; then
 * as stats_ratio(), without logarithms.
 *
 * Return: as stats_ratio().
 */
enum stats_status stats_sum(const struct stats_term *terms, size_t nterms,
			    size_t launches, double conf,
			    struct stats_result *out, double *medians);

/**
 * stats_abs() - a cell's own cost in ns: stats_sum() of it alone
 * @cell: its blocks
 * @launches: how many
 * @conf: confidence
 * @out: ns
 * @medians: NULL, or room for @launches
 *
 * Return: as stats_ratio().
 */
enum stats_status stats_abs(const struct stats_series *cell, size_t launches,
			    double conf, struct stats_result *out,
			    double *medians);

/**
 * stats_diff() - what a cell costs more than another, in ns
 * @cell: its blocks
 * @base: what is taken off, paired by round
 * @launches: how many
 * @conf: confidence
 * @out: ns, below 0 when the cell is faster
 * @medians: NULL, or room for @launches
 *
 * Return: as stats_ratio().
 */
enum stats_status stats_diff(const struct stats_series *cell,
			     const struct stats_series *base, size_t launches,
			     double conf, struct stats_result *out,
			     double *medians);

/**
 * stats_net_ratio() - ratio of two sums of cells, e.g. both net of a floor
 * @num: terms above the line, e.g. {1, cell}, {-1, floor}
 * @nnum: how many
 * @den: terms below it
 * @nden: how many
 * @launches: how many
 * @conf: confidence
 * @out: the ratio
 * @medians: NULL, or room for @launches: log ratio of each launch
 *
 * A round's own net ratio has no useful distribution when a net cost is near 0,
 * so the medians of numerator and denominator are taken first, over the rounds
 * in which every term is there: m_l = log(med(num)/med(den)); then as
 * stats_ratio(). With one usable launch there is no interval.
 *
 * Return: as stats_ratio(); STATS_BELOW_FLOOR (figures NaN) when either median
 * isn't above 0 in a launch.
 */
enum stats_status stats_net_ratio(const struct stats_term *num, size_t nnum,
				  const struct stats_term *den, size_t nden,
				  size_t launches, double conf,
				  struct stats_result *out, double *medians);

/**
 * stats_excludes() - is a result different from a value?
 * @r: a result
 * @value: 1 for ratios, 0 for differences
 *
 * Return: true when @r has an interval and @value lies outside it.
 */
bool stats_excludes(const struct stats_result *r, double value);

/**
 * stats_change() - how a ratio differs between two runs
 * @a: the ratio in the one, over its launches
 * @b: in the other
 * @conf: confidence
 * @out: b/a
 *
 * Launches of both are the samples; their scatter need not be alike: Welch's
 * interval (Welch 1947) of the difference of the mean log ratios, with
 * Satterthwaite's degrees of freedom.
 *
 * Return: STATS_OK; STATS_NO_INTERVAL when either has fewer than two launches
 * or no scatter is known; STATS_BAD_ARG.
 */
enum stats_status stats_change(const struct stats_result *a,
			       const struct stats_result *b, double conf,
			       struct stats_result *out);

/* ---- rank.c: rankings with ties ---- */

/**
 * typedef stats_cmp_fn - paired comparison of two cells of a group
 * @ctx: the caller's
 * @a: index of the one above the line
 * @b: index of the one below
 * @conf: confidence to use (already the simultaneous one)
 * @out: ratio a/b
 *
 * Return: as stats_ratio(); whatever isn't STATS_OK counts as "not shown to
 * differ", except STATS_NOMEM and STATS_BAD_ARG, which end the ranking.
 */
typedef enum stats_status (*stats_cmp_fn)(void *ctx, size_t a, size_t b,
					  double conf,
					  struct stats_result *out);

/**
 * struct stats_rank - a place in a ranking
 * @cell: index of the cell
 * @rank: 1 for the fastest; ties share it and the next place counts them all
 *	  (1, 1, 3); 0: not ranked, for want of an estimate
 * @leader: index of the fastest cell of its tie group (itself for a leader)
 * @ratio: the estimate that it was sorted by
 * @vs_leader: cell over leader, simultaneous interval; NaN for a leader
 */
struct stats_rank {
	size_t cell;
	size_t rank;
	size_t leader;
	double ratio;
	struct stats_result vs_leader;
};

/**
 * stats_rank() - sort cells and say which of them are tied
 * @ratio: estimate for each cell, e.g. its ratio to the baseline, or its ns
 * @k: cells
 * @cmp: paired comparison
 * @ctx: handed to @cmp
 * @conf: confidence of the ranking as a whole
 * @noise: least claimable relative difference (stats_twin_bound()); 0 for none
 * @out: room for @k places, fastest first, not ranked ones last
 *
 * In the order of @ratio (equal ones by index) each cell is compared with the
 * leader of the current tie group. It joins the group when the interval
 * contains 1, or |log ratio| < log(1 + noise); else it leads the next one. All
 * k(k-1)/2 pairs count for the simultaneous confidence, since which of them are
 * looked at depends on the data.
 *
 * Return: STATS_OK; STATS_EMPTY for @k = 0; STATS_BAD_ARG, STATS_NOMEM.
 */
enum stats_status stats_rank(const double *ratio, size_t k, stats_cmp_fn cmp,
			     void *ctx, double conf, double noise,
			     struct stats_rank *out);

/**
 * stats_rank_cells() - stats_rank() over the blocks themselves
 * @cells: @k cells, each an array of @launches series; only read
 * @k: cells
 * @base: index of the cell whose ratios sort the others
 * @launches: how many
 * @conf: confidence of the ranking as a whole
 * @noise: least claimable relative difference
 * @out: room for @k places
 *
 * Return: as stats_rank().
 */
enum stats_status stats_rank_cells(const struct stats_series **cells, size_t k,
				   size_t base, size_t launches, double conf,
				   double noise, struct stats_rank *out);

/**
 * stats_tied() - the rule that stats_rank() uses for one pair
 * @r: a ratio with its interval
 * @noise: least claimable relative difference
 *
 * Return: true unless the interval excludes 1 and the ratio is beyond @noise.
 */
bool stats_tied(const struct stats_result *r, double noise);

/* ---- noise.c: what the controls say ---- */

/**
 * struct stats_noise - spread of a control (`same` or `twin`)
 * @median: median of |ratio - 1|
 * @p95: 95th percentile of |ratio - 1|; of fewer than 20 values close to the
 *	 largest
 * @max: largest
 * @n: values used
 */
struct stats_noise {
	double median;
	double p95;
	double max;
	size_t n;
};

/**
 * stats_noise() - spread of a control over groups and launches
 * @logs: log ratios control/baseline, e.g. the launch medians of all groups
 * @n: how many; NaN is skipped
 * @out: the spread
 *
 * Return: STATS_OK, STATS_EMPTY (figures NaN), STATS_NOMEM.
 */
enum stats_status stats_noise(const double *logs, size_t n,
			      struct stats_noise *out);

/**
 * stats_twin_bound() - the least difference that a group can claim
 * @twin: ratio of `twin` to the baseline, over the launches of the run
 *
 * max(exp|log lo|, exp|log hi|) - 1: the end of twin's interval that is farther
 * from 1. A claim is a mean over the same launches, so this is what a cell that
 * doesn't differ may show. The half-width alone would miss the part that every
 * launch of one binary repeats (where the linker put the two instances); the
 * estimate alone would miss the scatter.
 *
 * Return: a relative difference, e.g. 0.02; NaN when there is no interval, and
 * then nothing can be claimed: it isn't 0.
 */
double stats_twin_bound(const struct stats_result *twin);

/**
 * struct stats_aa - how many A/A groups were called different
 * @groups: groups with an interval
 * @unjudged: groups without one
 * @different: groups whose interval excludes 1
 * @lo: 1 % quantile of Binomial(@groups, 1 - conf)
 * @hi: 99 % quantile
 * @honest: @lo <= @different <= @hi
 */
struct stats_aa {
	size_t groups;
	size_t unjudged;
	size_t different;
	size_t lo;
	size_t hi;
	bool honest;
};

/**
 * stats_aa() - calibrate the intervals by comparisons that can't differ
 * @r: ratios `same`/baseline, one a group, each at confidence @conf
 * @n: how many
 * @conf: their confidence
 * @out: the count and its acceptance range
 *
 * Return: STATS_OK, STATS_EMPTY (no group has an interval), STATS_BAD_ARG.
 */
enum stats_status stats_aa(const struct stats_result *r, size_t n, double conf,
			   struct stats_aa *out);

/**
 * stats_binomial_quantile() - least k with P(X <= k) >= q
 * @n: trials
 * @p: probability of each, 0..1
 * @q: 0..1
 *
 * Return: k; 0 for arguments outside their range.
 */
size_t stats_binomial_quantile(size_t n, double p, double q);

/**
 * stats_binomial_range_prob() - P(lo <= X <= hi) for X ~ Binomial(n, p)
 * @n: trials
 * @p: probability of each, 0..1
 * @lo: least count
 * @hi: largest count
 *
 * Return: the probability; 0 for arguments outside their range.
 */
double stats_binomial_range_prob(size_t n, double p, size_t lo, size_t hi);

/* ---- pareto.c ---- */

/**
 * struct stats_point - a choice with two costs, e.g. reader ns and attach us
 * @x: first cost, above 0, with its interval
 * @y: second cost
 */
struct stats_point {
	struct stats_result x;
	struct stats_result y;
};

/**
 * enum stats_front - where a point stands
 * @STATS_FRONT:	nothing beats it
 * @STATS_DOMINATED:	another is as good in both costs and better in one
 * @STATS_NOT_JUDGED:	a cost is missing or not above 0
 */
enum stats_front {
	STATS_FRONT = 0,
	STATS_DOMINATED,
	STATS_NOT_JUDGED,
};

/**
 * struct stats_place - the verdict on a point
 * @where: on the front or not
 * @by: index of a point on the front that dominates it, when there is one on
 *	the front, else of another that does; its own index on the front
 * @tie: index of the leftmost point of the front that it can't be told from in
 *	 either cost; its own when there is none, or when not on the front
 */
struct stats_place {
	enum stats_front where;
	size_t by;
	size_t tie;
};

/**
 * stats_pareto() - the front of points with two costs, ties kept
 * @p: points
 * @n: how many
 * @noise_x: least claimable relative difference of x; 0 for none
 * @noise_y: of y
 * @out: room for @n verdicts
 *
 * a is better than b in a cost when their intervals don't overlap, a's is the
 * lower one, and the estimates differ by more than the noise. A point without
 * an interval is never better or worse. q dominates p when p is better than q
 * in neither cost, q is better than p in at least one, and q's product of
 * estimates is the smaller one: what is significantly won must exceed what the
 * other cost may have lost within its uncertainty. The last condition also
 * makes domination free of cycles, so a front is never empty.
 *
 * Return: STATS_OK, STATS_EMPTY for @n = 0, STATS_BAD_ARG.
 */
enum stats_status stats_pareto(const struct stats_point *p, size_t n,
			       double noise_x, double noise_y,
			       struct stats_place *out);

#ifdef __cplusplus
}
#endif

#endif /* INVBENCH_STATS_H */
