// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs: Google Benchmark's and C's, in both directions. */
#include "internal.h"

#include <cmath>

namespace gb
{

using benchmark::BenchmarkReporter;
using benchmark::Counter;
using cpp_run = BenchmarkReporter::Run;

static_assert(GB_RATE == Counter::kIsRate);
static_assert(GB_AVG_THREADS == Counter::kAvgThreads);
static_assert(GB_ITERATION_INVARIANT == Counter::kIsIterationInvariant);
static_assert(GB_AVG_ITERATIONS == Counter::kAvgIterations);
static_assert(GB_INVERT == static_cast<unsigned int>(Counter::kInvert));
static_assert(GB_1000 == Counter::kIs1000 && GB_1024 == Counter::kIs1024);
static_assert(static_cast<int>(GB_NS) == benchmark::kNanosecond &&
	      static_cast<int>(GB_S) == benchmark::kSecond);
static_assert(static_cast<int>(GB_O_NONE) == benchmark::oNone &&
	      static_cast<int>(GB_O_N) == benchmark::oN &&
	      static_cast<int>(GB_O_AUTO) == benchmark::oAuto);

/* 1.8 replaced error_occurred and error_message. */
template <class R, class = void>
struct has_skipped : std::false_type {
};
template <class R>
struct has_skipped<R, std::void_t<decltype(std::declval<R &>().skipped)>>
	: std::true_type {
};

template <class R>
static enum gb_outcome outcome(const R &r)
{
	if constexpr (has_skipped<R>::value) {
		using skipped = std::decay_t<decltype(r.skipped)>;

		switch (r.skipped) {
		case skipped::NotSkipped:
			return GB_OK;
		case skipped::SkippedWithMessage:
			return GB_SKIPPED;
		case skipped::SkippedWithError:
			break;
		}
		return GB_FAILED;
	} else {
		return r.error_occurred ? GB_FAILED : GB_OK;
	}
}

template <class R>
static const std::string &message(const R &r)
{
	if constexpr (has_skipped<R>::value)
		return r.skip_message;
	else
		return r.error_message;
}

template <class R>
static void set_outcome(R &r, enum gb_outcome o, const std::string &why)
{
	if constexpr (has_skipped<R>::value) {
		using skipped = std::decay_t<decltype(r.skipped)>;

		r.skipped = o == GB_OK	    ? skipped::NotSkipped :
			    o == GB_SKIPPED ? skipped::SkippedWithMessage :
					      skipped::SkippedWithError;
		r.skip_message = why;
	} else {
		r.error_occurred = o != GB_OK;
		r.error_message = why;
	}
}

static bool is_ratio(const cpp_run &r)
{
	return r.run_type == cpp_run::RT_Aggregate &&
	       r.aggregate_unit == benchmark::kPercentage && !r.report_rms;
}

run_view::run_view(const std::vector<cpp_run> &runs)
{
	view.reserve(runs.size());
	names.reserve(runs.size());
	counters.reserve(runs.size());

	for (const cpp_run &r : runs) {
		gb_run v = {};

		names.push_back(r.run_name.str());
		counters.emplace_back();
		for (const auto &c : r.counters)
			counters.back().push_back(
				{ c.first.c_str(), c.second.value,
				  static_cast<unsigned int>(c.second.flags),
				  static_cast<unsigned int>(c.second.oneK) });

		v.kind = r.report_big_o ? GB_RUN_BIG_O :
			 r.report_rms	? GB_RUN_RMS :
			 r.run_type == cpp_run::RT_Aggregate ?
					GB_RUN_AGGREGATE :
					GB_RUN_ITERATION;
		v.name = names.back().c_str();
		v.family_index = r.family_index;
		v.instance_index = r.per_family_instance_index;
		if (v.kind != GB_RUN_ITERATION)
			v.aggregate = r.aggregate_name.c_str();
		v.percentage = is_ratio(r);
		v.big_o = static_cast<enum gb_big_o>(r.complexity);
		v.label = r.report_label.empty() ? nullptr :
						   r.report_label.c_str();
		v.outcome = outcome(r);
		v.message = v.outcome == GB_OK ? nullptr : message(r).c_str();
		v.iterations = r.iterations;
		v.threads = r.threads;
		v.repetition_index = r.repetition_index;
		v.repetitions = r.repetitions;
		v.unit = static_cast<enum gb_unit>(r.time_unit);
		if (v.percentage) {
			v.real_time = r.real_accumulated_time;
			v.cpu_time = r.cpu_accumulated_time;
		} else {
			v.real_time = r.GetAdjustedRealTime();
			v.cpu_time = r.GetAdjustedCPUTime();
		}
		v.counters = counters.back().data();
		v.n_counters = counters.back().size();
		view.push_back(v);
	}
}

static Counter to_counter(const std::string &who, const gb_counter &c)
{
	/* The name was checked before. */
	if (!std::isfinite(c.value))
		bad(who + ": counter " + c.name + " is not finite");
	if (c.one_k && c.one_k != GB_1000 && c.one_k != GB_1024)
		bad(who + ": counter " + c.name +
		    "'s thousand is neither 1000 nor 1024");
	return Counter(c.value, static_cast<Counter::Flags>(c.flags),
		       c.one_k == GB_1024 ? Counter::kIs1024 :
					    Counter::kIs1000);
}

cpp_run to_run(const gb_run &r)
{
	std::string who = text("a run's name", r.name);
	double scale = 1;
	cpp_run c;

	auto expect = [&](bool ok, const char *what) {
		if (!ok)
			bad(who + ": " + what);
	};

	expect(r.kind <= GB_RUN_RMS, "a bad kind");
	expect(r.outcome <= GB_SKIPPED, "a bad outcome");
	expect(r.unit <= GB_S, "a bad unit");
	expect(r.big_o <= GB_O_AUTO, "a bad complexity");
	expect(r.iterations >= 0, "iterations below 0");
	expect(r.threads >= 1, "fewer than one thread");
	expect(r.repetitions >= 1, "fewer than one repetition");
	expect(r.family_index >= 0 && r.instance_index >= 0,
	       "an index below 0");
	expect(r.kind != GB_RUN_ITERATION ||
		       (r.repetition_index >= 0 &&
			r.repetition_index < r.repetitions),
	       "a repetition beyond their number");
	expect(!r.percentage || r.kind == GB_RUN_AGGREGATE,
	       "a percentage that is no aggregate");
	expect(!r.n_counters || r.counters, "no counters");

	c.run_name.function_name = who;
	c.family_index = r.family_index;
	c.per_family_instance_index = r.instance_index;
	c.report_big_o = r.kind == GB_RUN_BIG_O;
	c.report_rms = r.kind == GB_RUN_RMS;
	c.run_type = r.kind == GB_RUN_ITERATION ? cpp_run::RT_Iteration :
						  cpp_run::RT_Aggregate;
	if (r.kind == GB_RUN_AGGREGATE)
		c.aggregate_name = text("an aggregate's name", r.aggregate);
	else if (c.report_big_o)
		c.aggregate_name = "BigO";
	else if (c.report_rms)
		c.aggregate_name = "RMS";
	c.aggregate_unit = r.percentage || c.report_rms ?
				   benchmark::kPercentage :
				   benchmark::kTime;
	c.complexity = static_cast<benchmark::BigO>(r.big_o);
	if (r.label)
		c.report_label = text("a label", r.label, true);
	set_outcome(c, r.outcome,
		    r.message ? text("a message", r.message, true) : "");
	c.iterations = r.iterations;
	c.threads = r.threads;
	c.repetition_index = r.kind == GB_RUN_ITERATION ?
				     r.repetition_index :
				     cpp_run::no_repetition_index;
	c.repetitions = r.repetitions;
	c.time_unit = static_cast<benchmark::TimeUnit>(r.unit);
	c.statistics = nullptr;

	if (r.outcome == GB_OK) {
		expect(std::isfinite(r.real_time) && std::isfinite(r.cpu_time),
		       "a time that is not finite");
		/* The reporter multiplies by the unit, divides by iterations. */
		if (!r.percentage) {
			scale /= benchmark::GetTimeUnitMultiplier(c.time_unit);
			if (r.iterations)
				scale *= static_cast<double>(r.iterations);
		}
		c.real_accumulated_time = r.real_time * scale;
		c.cpu_accumulated_time = r.cpu_time * scale;
	}

	for (size_t i = 0; i < r.n_counters; i++) {
		std::string name = counter_name(r.counters[i].name);
		Counter v = to_counter(who, r.counters[i]);

		if (!c.counters.emplace(name, v).second)
			bad(who + ": counter " + name + " comes twice");
	}
	return c;
}

} /* namespace gb */
