// SPDX-License-Identifier: GPL-2.0-or-later
/* What happens inside a benchmark. */
#include "state.h"

#include <algorithm>
#include <cmath>

namespace gb
{

void gate::pass(int threads)
{
	std::unique_lock<std::mutex> held(lock);
	unsigned int mine = generation;

	if (++waiting == threads) {
		waiting = 0;
		generation++;
		all_here.notify_all();
		return;
	}
	all_here.wait(held, [&] { return generation != mine; });
}

/* Refuses what can't be done where @st is; Google Benchmark would abort. */
static void must_be_running(const gb_state *st, const char *what)
{
	if (st->where != gb_state::phase::loop || !st->started)
		throw error(-EPERM, std::string(what) +
					    " outside the benchmark's loop");
	if (st->failed)
		throw error(-ECANCELED, std::string(what) + " after an error");
}

static double finite(const char *what, double v)
{
	if (!std::isfinite(v))
		bad(std::string(what) + " is not finite");
	return v;
}

static void set_counter(gb_state *st, const char *name, double value,
			unsigned int flags, unsigned int one_k)
{
	using benchmark::Counter;

	if (flags & ~(GB_RATE | GB_AVG_THREADS | GB_ITERATION_INVARIANT |
		      GB_AVG_ITERATIONS | GB_INVERT))
		bad("a counter has unknown flags");
	if (one_k && one_k != GB_1000 && one_k != GB_1024)
		bad("a counter's thousand is neither 1000 nor 1024");
	st->state.counters[counter_name(name)] = Counter(
		finite("a counter", value), static_cast<Counter::Flags>(flags),
		one_k == GB_1024 ? Counter::kIs1024 : Counter::kIs1000);
}

} /* namespace gb */

void gb_state::fail(const std::string &message)
{
	/* The library keeps the first message of all threads. */
	if (failed)
		return;
	failed = true;
	state.SkipWithError(message.c_str());
}

uint64_t gb_state::next_batch(uint64_t max)
{
	if (where != phase::loop)
		return 0;

	/*
	 * KeepRunningBatch() would overshoot, and then report more iterations
	 * than were asked for, so it is never asked for more than is left.
	 */
	uint64_t left = static_cast<uint64_t>(state.max_iterations -
					      state.iterations());
	uint64_t n = left;

	if (max)
		n = std::min(n, max);
	if (!left && paused && !failed) {
		/* It stops the clock itself, and aborts if it is stopped. */
		state.ResumeTiming();
		paused = false;
	}
	started = true;
	if (state.KeepRunningBatch(
		    static_cast<benchmark::IterationCount>(n ? n : 1)))
		return n;
	where = phase::done;
	return 0;
}

/* A setup or teardown: did it work? */
bool gb_state::call(gb_setup_fn fn, const char *which)
{
	bool ok = false;
	int err = gb::guarded([&] {
		ok = !fn(this, b.ctx);
		return 0;
	});

	if (err)
		fail(std::string(which) + ": " + gb_last_error());
	else if (!ok)
		fail(std::string(which) + " failed");
	return ok;
}

void gb_state::loop()
{
	where = phase::loop;

	int err = gb::guarded([&] {
		if (failed)
			return 0;
		if (b.block) {
			void *ctx = local ? local : b.ctx;

			while (uint64_t n = next_batch(b.max_batch))
				b.block(ctx, n);
		} else {
			b.fn(this, b.ctx);
		}
		return 0;
	});

	if (err)
		fail(std::string("exception: ") + gb_last_error());
	else if (where == phase::loop && !failed)
		fail("returned before gb_next_batch() gave 0");
	/* The other threads wait for this one at the end of the loop. */
	while (next_batch(0))
		;
}

void gb_benchmark::run(benchmark::State &state)
{
	gb_state st(state, *this);
	bool first = state.thread_index() == 0;
	bool ready = true;

	if (setup || teardown) {
		if (first)
			setup_failed = setup && !st.call(setup, "setup");
		gate.pass(state.threads());
		if (setup_failed)
			st.fail("setup failed");
	}
	if (thread_setup && !st.failed)
		ready = st.call(thread_setup, "thread setup");
	else
		ready = !st.failed;

	st.loop();

	if (thread_teardown && ready)
		st.call(thread_teardown, "thread teardown");
	if (teardown) {
		gate.pass(state.threads());
		if (first && !setup_failed)
			st.call(teardown, "teardown");
	}
}

extern "C" {

uint64_t gb_next_batch(struct gb_state *st, uint64_t max)
{
	return st->next_batch(max);
}

int gb_pause(struct gb_state *st)
{
	return gb::guarded([&] {
		gb::must_be_running(st, "gb_pause()");
		if (st->paused)
			throw gb::error(-EALREADY, "already paused");
		st->state.PauseTiming();
		st->paused = true;
		return 0;
	});
}

int gb_resume(struct gb_state *st)
{
	return gb::guarded([&] {
		gb::must_be_running(st, "gb_resume()");
		if (!st->paused)
			throw gb::error(-EALREADY, "not paused");
		st->state.ResumeTiming();
		st->paused = false;
		return 0;
	});
}

int gb_set_iteration_time(struct gb_state *st, double seconds)
{
	return gb::guarded([&] {
		gb::must_be_running(st, "gb_set_iteration_time()");
		if (!(gb::finite("the iteration time", seconds) >= 0))
			gb::bad("the iteration time is negative");
		st->state.SetIterationTime(seconds);
		return 0;
	});
}

int gb_skip(struct gb_state *st, const char *message)
{
	return gb::guarded([&] {
		st->fail(gb::text("the message", message));
		return 0;
	});
}

int64_t gb_arg(struct gb_state *st, size_t i)
{
	int64_t v = 0;

	gb::guarded([&] {
		if (i < gb_num_args(st)) {
			v = st->state.range(i);
			return 0;
		}

		std::string what = "argument " + std::to_string(i) + " of " +
				   std::to_string(gb_num_args(st));

		st->fail(what);
		gb::bad(what);
	});
	return v;
}

size_t gb_num_args(const struct gb_state *st)
{
	return st->b.has_args ? static_cast<size_t>(st->b.num_args) : 0;
}

int gb_threads(const struct gb_state *st)
{
	return st->state.threads();
}

int gb_thread_index(const struct gb_state *st)
{
	return st->state.thread_index();
}

uint64_t gb_iterations(const struct gb_state *st)
{
	return static_cast<uint64_t>(st->state.iterations());
}

uint64_t gb_max_iterations(const struct gb_state *st)
{
	return static_cast<uint64_t>(st->state.max_iterations);
}

const char *gb_family(const struct gb_state *st)
{
	return st->b.name.c_str();
}

void gb_set_local(struct gb_state *st, void *p)
{
	st->local = p;
}

void *gb_local(const struct gb_state *st)
{
	return st->local;
}

int gb_set_items(struct gb_state *st, uint64_t items)
{
	return gb_set_counter(st, "items_per_second",
			      static_cast<double>(items), GB_RATE, GB_1000);
}

int gb_set_bytes(struct gb_state *st, uint64_t bytes)
{
	return gb_set_counter(st, "bytes_per_second",
			      static_cast<double>(bytes), GB_RATE, GB_1024);
}

int gb_set_counter(struct gb_state *st, const char *name, double value,
		   unsigned int flags, unsigned int one_k)
{
	return gb::guarded([&] {
		gb::set_counter(st, name, value, flags, one_k);
		return 0;
	});
}

int gb_set_label(struct gb_state *st, const char *label)
{
	return gb::guarded([&] {
		std::string s = gb::text("the label", label, true);

		st->state.SetLabel(s.c_str());
		return 0;
	});
}

int gb_set_complexity_n(struct gb_state *st, int64_t n)
{
	return gb::guarded([&] {
		if (n < 1)
			gb::bad("the complexity's n is below 1");
		st->state.SetComplexityN(n);
		return 0;
	});
}

} /* extern "C" */
