/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A family as registered, and a thread's state inside it. */
#ifndef GBENCH_STATE_H
#define GBENCH_STATE_H

#include <condition_variable>
#include <mutex>

#include "internal.h"

namespace gb
{

/* Lets the threads of a run through once all of them are here. */
class gate {
public:
	void pass(int threads);

private:
	std::mutex lock;
	std::condition_variable all_here;
	int waiting = 0;
	unsigned int generation = 0;
};

} /* namespace gb */

struct gb_benchmark {
	gb::family *family = nullptr;
	std::string name;
	gb_fn fn = nullptr;
	gb_block_fn block = nullptr;
	void *ctx = nullptr;
	uint64_t max_batch = 0;

	gb_setup_fn setup = nullptr;
	gb_setup_fn teardown = nullptr;
	gb_setup_fn thread_setup = nullptr;
	gb_setup_fn thread_teardown = nullptr;
	gb::gate gate;
	/* Written by the first thread before the gate, read by all after it. */
	bool setup_failed = false;

	/* Arguments have a number as soon as they or their names are given. */
	int num_args = -1;
	bool has_args = false;
	std::vector<std::string> arg_names;
	int multiplier = 8;
	bool has_iterations = false;
	bool has_min_time = false;
	bool has_clock = false;
	bool disabled = false;

	void run(benchmark::State &state);
};

struct gb_state {
	enum class phase { outside, loop, done };

	benchmark::State &state;
	gb_benchmark &b;
	phase where = phase::outside;
	bool started = false;
	bool paused = false;
	bool failed = false;
	void *local = nullptr;

	gb_state(benchmark::State &s, gb_benchmark &family)
		: state(s), b(family)
	{
	}
	void fail(const std::string &message);
	uint64_t next_batch(uint64_t max);
	bool call(gb_setup_fn fn, const char *which);
	void loop();
};

#endif /* GBENCH_STATE_H */
