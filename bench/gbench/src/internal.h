/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the C++ files of gbench share. */
#ifndef GBENCH_INTERNAL_H
#define GBENCH_INTERNAL_H

#include <cerrno>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "gbench.h"

namespace gb
{

/* Its class moved from benchmark::internal to benchmark in 1.9.5. */
using family = std::remove_pointer_t<decltype(benchmark::RegisterBenchmark(
	"", std::declval<void (*)(benchmark::State &)>()))>;

/* A refusal: a negative errno and its line. */
struct error : std::runtime_error {
	error(int negative_errno, const std::string &what)
		: std::runtime_error(what), code(negative_errno)
	{
	}
	int code;
};

[[noreturn]] inline void bad(const std::string &what)
{
	throw error(-EINVAL, what);
}

void set_last_error(const char *what) noexcept;

/* Runs @f at the border to C: every exception becomes a negative errno. */
template <class F>
int guarded(F &&f) noexcept
{
	try {
		return f();
	} catch (const error &e) {
		set_last_error(e.what());
		return e.code;
	} catch (const std::bad_alloc &) {
		set_last_error("out of memory");
		return -ENOMEM;
	} catch (const std::exception &e) {
		set_last_error(e.what());
		return -EIO;
	} catch (...) {
		set_last_error("an exception of an unknown type");
		return -EIO;
	}
}

/* As guarded(), for functions that return a pointer. */
template <class T, class F>
T *guarded_ptr(F &&f) noexcept
{
	T *p = nullptr;
	int err = guarded([&] {
		p = f();
		return 0;
	});

	if (!err)
		return p;
	errno = -err;
	return nullptr;
}

/*
 * @s, once it is known that JSON can carry it: Google Benchmark escapes
 * neither control characters nor what isn't UTF-8.
 */
std::string text(const char *what, const char *s, bool may_be_empty = false);

/* Is a thread inside gb_run_benchmarks() or gb_list()? */
bool running() noexcept;
void refuse_when_running();

using context_map = std::map<std::string, std::string>;

/* Both throw for a key that Google Benchmark writes itself. */
std::string context_key(const char *key);
std::string counter_name(const char *name);

/* Puts another context map in Google Benchmark's place, for a scope. */
class context_swap {
public:
	explicit context_swap(context_map *map);
	~context_swap();
	context_swap(const context_swap &) = delete;
	context_swap &operator=(const context_swap &) = delete;

private:
	context_map *saved;
};

/* Statistics in C behind the bare function pointers that the library takes. */
benchmark::StatisticsFunc *statistic(gb_statistic_fn fn);

/* C's view of a vector of runs. Valid as long as the vector is. */
class run_view {
public:
	explicit run_view(
		const std::vector<benchmark::BenchmarkReporter::Run> &);
	const std::vector<gb_run> &runs() const
	{
		return view;
	}

private:
	std::vector<gb_run> view;
	std::vector<std::string> names;
	std::vector<std::vector<gb_counter>> counters;
};

/* Throws when a reporter can't show it as it is. */
benchmark::BenchmarkReporter::Run to_run(const gb_run &r);

void forget_families();

} /* namespace gb */

#endif /* GBENCH_INTERNAL_H */
