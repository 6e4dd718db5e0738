// SPDX-License-Identifier: GPL-2.0-or-later
/* Families: what Google Benchmark checks by aborting is refused here. */
#include "state.h"

#include <array>
#include <climits>
#include <cmath>
#include <memory>

namespace gb
{

static std::vector<std::unique_ptr<gb_benchmark>> families;

void forget_families()
{
	benchmark::ClearRegisteredBenchmarks();
	families.clear();
}

static gb_benchmark *add(const char *name, gb_fn fn, gb_block_fn block,
			 void *ctx)
{
	auto b = std::make_unique<gb_benchmark>();
	gb_benchmark *p = b.get();

	refuse_when_running();
	p->name = text("a benchmark's name", name);
	if (!fn && !block)
		bad(p->name + ": no callback");
	p->fn = fn;
	p->block = block;
	p->ctx = ctx;
	families.reserve(families.size() + 1);
	p->family = benchmark::RegisterBenchmark(
		name, [p](benchmark::State &state) { p->run(state); });
	families.push_back(std::move(b));
	return p;
}

/* Changes a family with @f, at the border to C. */
template <class F>
static int change(gb_benchmark *b, F &&f) noexcept
{
	return guarded([&] {
		if (!b)
			bad("the benchmark is NULL");
		refuse_when_running();
		f();
		return 0;
	});
}

static void expect_args(gb_benchmark *b, size_t n)
{
	if (n > INT_MAX ||
	    (b->num_args >= 0 && static_cast<size_t>(b->num_args) != n))
		bad(b->name + ": " + std::to_string(n) +
		    " arguments or names after " + std::to_string(b->num_args));
	b->num_args = static_cast<int>(n);
}

static void expect_new_args(gb_benchmark *b, size_t n)
{
	expect_args(b, n);
	if (!b->has_args)
		b->family->ArgNames(b->arg_names);
	b->has_args = true;
}

static void expect(const gb_benchmark *b, bool ok, const char *what)
{
	if (!ok)
		bad(b->name + ": " + what);
}

static bool positive(double v)
{
	return std::isfinite(v) && v > 0;
}

/* The library takes a bare function: one of these for each C function. */
constexpr size_t max_statistics = 64;
static std::array<gb_statistic_fn, max_statistics> statistics;

template <size_t I>
static double call_statistic(const std::vector<double> &v)
{
	return statistics[I](v.data(), v.size());
}

template <size_t... I>
static constexpr std::array<benchmark::StatisticsFunc *, sizeof...(I)>
make_statistics(std::index_sequence<I...>)
{
	return { call_statistic<I>... };
}

benchmark::StatisticsFunc *statistic(gb_statistic_fn fn)
{
	static constexpr auto callers =
		make_statistics(std::make_index_sequence<max_statistics>());

	for (size_t i = 0; i < max_statistics; i++) {
		if (!statistics[i])
			statistics[i] = fn;
		if (statistics[i] == fn)
			return callers[i];
	}
	throw error(-ENOSPC, "more than " + std::to_string(max_statistics) +
				     " different statistics");
}

} /* namespace gb */

extern "C" {

struct gb_benchmark *gb_register(const char *name, gb_fn fn, void *ctx)
{
	return gb::guarded_ptr<gb_benchmark>(
		[&] { return gb::add(name, fn, nullptr, ctx); });
}

struct gb_benchmark *gb_register_block(const char *name, gb_block_fn fn,
				       void *ctx)
{
	return gb::guarded_ptr<gb_benchmark>(
		[&] { return gb::add(name, nullptr, fn, ctx); });
}

int gb_unregister(struct gb_benchmark *b)
{
	return gb::change(b, [&] {
		if (b->disabled)
			throw gb::error(-EALREADY,
					b->name + " is unregistered already");
		/* The library can't drop one, but passes over this prefix. */
		b->family->Name("DISABLED_" + b->name);
		b->disabled = true;
	});
}

int gb_set_max_batch(struct gb_benchmark *b, uint64_t n)
{
	return gb::change(b, [&] {
		gb::expect(b, b->block, "it asks for its batches itself");
		b->max_batch = n;
	});
}

int gb_set_setup(struct gb_benchmark *b, gb_setup_fn setup,
		 gb_setup_fn teardown)
{
	return gb::change(b, [&] {
		b->setup = setup;
		b->teardown = teardown;
	});
}

int gb_set_thread_setup(struct gb_benchmark *b, gb_setup_fn setup,
			gb_setup_fn teardown)
{
	return gb::change(b, [&] {
		b->thread_setup = setup;
		b->thread_teardown = teardown;
	});
}

int gb_add_arg(struct gb_benchmark *b, int64_t v)
{
	return gb_add_args(b, &v, 1);
}

int gb_add_args(struct gb_benchmark *b, const int64_t *v, size_t n)
{
	return gb::change(b, [&] {
		gb::expect(b, v && n, "no arguments");
		gb::expect_new_args(b, n);
		b->family->Args(std::vector<int64_t>(v, v + n));
	});
}

int gb_add_range(struct gb_benchmark *b, int64_t lo, int64_t hi)
{
	return gb::change(b, [&] {
		gb::expect(b, lo <= hi, "a range that ends before it begins");
		gb::expect_new_args(b, 1);
		for (int64_t v : benchmark::CreateRange(lo, hi, b->multiplier))
			b->family->Arg(v);
	});
}

int gb_add_dense_range(struct gb_benchmark *b, int64_t lo, int64_t hi, int step)
{
	return gb::change(b, [&] {
		gb::expect(b, lo <= hi, "a range that ends before it begins");
		gb::expect(b, step > 0, "a range with a step below 1");
		gb::expect(b, hi <= INT64_MAX - step, "a range too far up");
		gb::expect_new_args(b, 1);
		b->family->DenseRange(lo, hi, step);
	});
}

int gb_add_product(struct gb_benchmark *b, const struct gb_arg_list *lists,
		   size_t n)
{
	return gb::change(b, [&] {
		std::vector<std::vector<int64_t>> all;

		gb::expect(b, lists && n, "a product of nothing");
		for (size_t i = 0; i < n; i++) {
			gb::expect(b, lists[i].v && lists[i].n,
				   "a product with an empty list");
			all.emplace_back(lists[i].v, lists[i].v + lists[i].n);
		}
		gb::expect_new_args(b, n);
		b->family->ArgsProduct(all);
	});
}

int gb_set_range_multiplier(struct gb_benchmark *b, int multiplier)
{
	return gb::change(b, [&] {
		gb::expect(b, multiplier > 1, "a multiplier below 2");
		b->multiplier = multiplier;
	});
}

int gb_set_arg_names(struct gb_benchmark *b, const char *const *names, size_t n)
{
	return gb::change(b, [&] {
		std::vector<std::string> all;

		gb::expect(b, names && n, "no argument names");
		for (size_t i = 0; i < n; i++)
			all.push_back(
				gb::text("an argument's name", names[i], true));
		gb::expect_args(b, n);
		b->arg_names = all;
		/* Names alone would leave the family without an instance. */
		if (b->has_args)
			b->family->ArgNames(all);
	});
}

int gb_add_threads(struct gb_benchmark *b, int threads)
{
	return gb::change(b, [&] {
		gb::expect(b, threads > 0, "fewer than one thread");
		b->family->Threads(threads);
	});
}

int gb_add_thread_range(struct gb_benchmark *b, int lo, int hi)
{
	return gb::change(b, [&] {
		gb::expect(b, lo > 0 && lo <= hi, "a bad range of threads");
		b->family->ThreadRange(lo, hi);
	});
}

int gb_add_dense_thread_range(struct gb_benchmark *b, int lo, int hi,
			      int stride)
{
	return gb::change(b, [&] {
		gb::expect(b, lo > 0 && lo <= hi && stride > 0,
			   "a bad range of threads");
		b->family->DenseThreadRange(lo, hi, stride);
	});
}

int gb_set_unit(struct gb_benchmark *b, enum gb_unit unit)
{
	return gb::change(b, [&] {
		gb::expect(b, unit <= GB_S, "a bad unit");
		b->family->Unit(static_cast<benchmark::TimeUnit>(unit));
	});
}

int gb_set_clock(struct gb_benchmark *b, enum gb_clock clock)
{
	return gb::change(b, [&] {
		gb::expect(b, clock <= GB_MANUAL_TIME, "a bad clock");
		/* The library can't take it back. */
		gb::expect(b, !b->has_clock, "its clock was set before");
		if (clock == GB_REAL_TIME)
			b->family->UseRealTime();
		else if (clock == GB_MANUAL_TIME)
			b->family->UseManualTime();
		b->has_clock = clock != GB_CPU_TIME;
	});
}

int gb_set_process_cpu_time(struct gb_benchmark *b)
{
	return gb::change(b, [&] { b->family->MeasureProcessCPUTime(); });
}

int gb_set_min_time(struct gb_benchmark *b, double seconds)
{
	return gb::change(b, [&] {
		gb::expect(b, gb::positive(seconds), "no time at all");
		gb::expect(b, !b->has_iterations,
			   "a minimum time and fixed iterations");
		b->family->MinTime(seconds);
		b->has_min_time = true;
	});
}

int gb_set_min_warmup_time(struct gb_benchmark *b, double seconds)
{
	return gb::change(b, [&] {
		gb::expect(b, gb::positive(seconds), "no time at all");
		gb::expect(b, b->has_min_time,
			   "a warm-up without a minimum time");
		b->family->MinWarmUpTime(seconds);
	});
}

int gb_set_iterations(struct gb_benchmark *b, uint64_t n)
{
	return gb::change(b, [&] {
		gb::expect(b, n > 0 && n <= INT64_MAX, "no iterations");
		gb::expect(b, !b->has_min_time,
			   "a minimum time and fixed iterations");
		b->family->Iterations(
			static_cast<benchmark::IterationCount>(n));
		b->has_iterations = true;
	});
}

int gb_set_repetitions(struct gb_benchmark *b, int n)
{
	return gb::change(b, [&] {
		gb::expect(b, n > 0, "fewer than one repetition");
		b->family->Repetitions(n);
	});
}

int gb_set_aggregates(struct gb_benchmark *b, enum gb_aggregates which)
{
	return gb::change(b, [&] {
		switch (which) {
		case GB_AGGREGATES_AND_RUNS:
			b->family->ReportAggregatesOnly(false);
			return;
		case GB_DISPLAY_AGGREGATES_ONLY:
			b->family->ReportAggregatesOnly(false);
			b->family->DisplayAggregatesOnly(true);
			return;
		case GB_AGGREGATES_ONLY:
			b->family->ReportAggregatesOnly(true);
			return;
		}
		gb::bad(b->name + ": a bad choice of aggregates");
	});
}

int gb_add_statistic(struct gb_benchmark *b, const char *name,
		     gb_statistic_fn fn, bool percentage)
{
	return gb::change(b, [&] {
		std::string s = gb::text("a statistic's name", name);

		gb::expect(b, fn, "a statistic without a function");
		b->family->ComputeStatistics(
			s, gb::statistic(fn),
			percentage ? benchmark::kPercentage : benchmark::kTime);
	});
}

int gb_set_complexity(struct gb_benchmark *b, enum gb_big_o big_o)
{
	return gb::change(b, [&] {
		gb::expect(b, big_o <= GB_O_AUTO, "a bad complexity");
		b->family->Complexity(static_cast<benchmark::BigO>(big_o));
	});
}

} /* extern "C" */
