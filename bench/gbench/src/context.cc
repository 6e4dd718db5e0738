// SPDX-License-Identifier: GPL-2.0-or-later
/* The library as a whole: version, flags, context. */
#include "internal.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "flags.h"

/* CMake sets it from what find_package() found. */
#ifndef GBENCH_LIBRARY_VERSION
#error "GBENCH_LIBRARY_VERSION is not set"
#endif

namespace gb
{

namespace fallback
{
/* For versions without it; theirs, not being a template, wins over this. */
template <class... None>
std::string GetBenchmarkVersion(None...)
{
	return "";
}
} /* namespace fallback */

static std::string library_version()
{
	using namespace benchmark;
	using namespace fallback;
	std::string v = GetBenchmarkVersion();
	int major = 0;

	if (v[0] == 'v')
		v.erase(0, 1);
	/* Built outside its git tree it may call itself 0.0.0. */
	if (sscanf(v.c_str(), "%d", &major) != 1 || major < 1)
		return GBENCH_LIBRARY_VERSION;
	return v;
}

/* A second one would make JSON that readers disagree about. */
template <size_t N>
static std::string key_not_in(const char *what, const char *key,
			      const char *const (&taken)[N])
{
	std::string k = text(what, key);

	for (const char *t : taken)
		if (k == t)
			bad(std::string(what) + " is " + k +
			    ", which is Google Benchmark's own");
	return k;
}

std::string context_key(const char *key)
{
	static constexpr const char *taken[] = {
		"aslr_enabled",
		"caches",
		"cpu_scaling_enabled",
		"date",
		"dry_run",
		"executable",
		"host_name",
		"json_schema_version",
		"library_build_type",
		"library_version",
		"load_avg",
		"mhz_per_cpu",
		"num_cpus",
	};

	return key_not_in("the context's key", key, taken);
}

std::string counter_name(const char *name)
{
	static constexpr const char *taken[] = {
		"aggregate_name",
		"aggregate_unit",
		"allocs_per_iter",
		"big_o",
		"cpu_coefficient",
		"cpu_time",
		"error_message",
		"error_occurred",
		"family_index",
		"iterations",
		"label",
		"max_bytes_used",
		"name",
		"net_heap_growth",
		"per_family_instance_index",
		"real_coefficient",
		"real_time",
		"repetition_index",
		"repetitions",
		"rms",
		"run_name",
		"run_type",
		"skip_message",
		"skipped",
		"threads",
		"time_unit",
		"total_allocated_bytes",
	};

	return key_not_in("a counter's name", name, taken);
}

context_swap::context_swap(context_map *map)
	: saved(benchmark::internal::GetGlobalContext())
{
	benchmark::internal::GetGlobalContext() = map;
}

context_swap::~context_swap()
{
	benchmark::internal::GetGlobalContext() = saved;
}

/* Instead of the exit(0) that follows the help in Google Benchmark. */
struct usage {};

static void throw_usage()
{
	throw usage();
}

static void initialize(int *argc, char **argv)
{
	try {
		benchmark::Initialize(argc, argv, throw_usage);
	} catch (const usage &) {
		bad("a BENCHMARK_* environment variable has an impossible "
		    "value (FORMAT, OUT_FORMAT: console, json or csv; "
		    "TIME_UNIT: ns, us, ms or s; COLOR: not empty)");
	}
}

static bool initialized;
static out_file out;

/* The value of @arg when it is --@name=value, else NULL. */
static const char *flag_value(const char *arg, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(arg, "--", 2) || strncmp(arg + 2, name, n) ||
	    arg[n + 2] != '=')
		return nullptr;
	return arg + n + 3;
}

static out_file out_of_environment()
{
	out_file o;

	if (const char *path = getenv("BENCHMARK_OUT"))
		o.path = path;
	if (const char *format = getenv("BENCHMARK_OUT_FORMAT"))
		o.format = format;
	return o;
}

static void note_out(out_file &o, const char *arg)
{
	if (const char *path = flag_value(arg, "benchmark_out"))
		o.path = path;
	if (const char *format = flag_value(arg, "benchmark_out_format"))
		o.format = format;
}

void ensure_initialized()
{
	static char name[] = "gbench";
	char *argv[] = { name, nullptr };
	int argc = 1;

	if (initialized)
		return;
	initialize(&argc, argv);
	benchmark::BenchmarkReporter::Context::executable_name =
		program_invocation_name;
	out = out_of_environment();
	initialized = true;
}

const out_file &benchmark_out()
{
	return out;
}

/* --benchmark_min_time: "0.5", since 1.8 also "0.5s" and "100x". */
static bool min_time_ok(const char *v)
{
	char *end;

	errno = 0;
	if (*v && v[strlen(v) - 1] == 'x')
		return strtoll(v, &end, 10) > 0 && !errno && !strcmp(end, "x");
	return strtod(v, &end) >= 0 && !errno && end != v &&
	       (!*end || !strcmp(end, "s"));
}

/*
 * What makes Google Benchmark print its help and exit(0), or abort, is refused
 * before it sees it.
 */
static void check_flag(const char *arg)
{
	static constexpr struct {
		const char *flag;
		std::array<const char *, 4> values;
	} known[] = {
		{ "benchmark_format", { "console", "json", "csv" } },
		{ "benchmark_out_format", { "console", "json", "csv" } },
		{ "benchmark_time_unit", { "ns", "us", "ms", "s" } },
	};
	const char *v;

	for (const auto &k : known) {
		std::string valid;
		bool found = false;

		v = flag_value(arg, k.flag);
		if (!v)
			continue;
		for (const char *value : k.values) {
			if (!value)
				continue;
			found |= !strcmp(v, value);
			valid += (valid.empty() ? "" : ", ");
			valid += value;
		}
		if (!found)
			bad(std::string(arg) + ": not one of " + valid);
	}
	v = flag_value(arg, "benchmark_color");
	if (v && !*v)
		bad(std::string(arg) + " needs auto, true or false");
	v = flag_value(arg, "benchmark_min_time");
	if (v && !min_time_ok(v))
		bad(std::string(arg) + ": not a time in seconds");
	v = flag_value(arg, "benchmark_repetitions");
	if (v && strtol(v, nullptr, 10) < 1)
		bad(std::string(arg) + ": not at least 1");
}

void apply_flag(const char *flag)
{
	const char *name =
		benchmark::BenchmarkReporter::Context::executable_name;
	std::string arg0 = name ? name : "gbench";
	std::string arg1 = flag;
	char *argv[] = { arg0.data(), arg1.data(), nullptr };
	benchmark::TimeUnit unit = benchmark::GetDefaultTimeUnit();
	context_map *added = nullptr;
	int argc = 2;

	{
		/* It would add --benchmark_context's again, and complain. */
		context_swap none(nullptr);

		try {
			initialize(&argc, argv);
		} catch (...) {
			delete benchmark::internal::GetGlobalContext();
			benchmark::BenchmarkReporter::Context::executable_name =
				name;
			throw;
		}
		added = benchmark::internal::GetGlobalContext();
	}
	benchmark::BenchmarkReporter::Context::executable_name = name;
	if (!flag_value(flag, "benchmark_time_unit"))
		benchmark::SetDefaultTimeUnit(unit);
	if (added) {
		for (const auto &kv : *added) {
			context_map *&map =
				benchmark::internal::GetGlobalContext();

			if (!map)
				map = new context_map;
			map->insert(kv);
		}
		delete added;
	}
	if (argc > 1)
		bad(arg1 + ": Google Benchmark " + gb_library_version() +
		    " does not take it");
	note_out(out, flag);
}

} /* namespace gb */

extern "C" {

const char *gb_library_version(void)
{
	static const std::string v = gb::library_version();

	return v.c_str();
}

bool gb_real_time_divided(void)
{
	int major = 0;
	int minor = 0;

	/* Mended by upstream's pull request 1836, first released in 1.9.0. */
	sscanf(gb_library_version(), "%d.%d", &major, &minor);
	return major < 1 || (major == 1 && minor < 9);
}

double gb_wall_time(const struct gb_run *run)
{
	bool ratio = run->percentage || run->kind == GB_RUN_RMS;

	if (ratio || !gb_real_time_divided())
		return run->real_time;
	return run->real_time * static_cast<double>(run->threads);
}

int gb_init(int *argc, char **argv)
{
	return gb::guarded([&] {
		if (!argc || *argc < 1 || !argv)
			gb::bad("gb_init() needs a command line");
		for (int i = 1; i < *argc; i++) {
			if (!strcmp(argv[i], "--help")) {
				benchmark::PrintDefaultHelp();
				return 1;
			}
			gb::check_flag(argv[i]);
		}

		gb::out_file out = gb::out_of_environment();

		for (int i = 1; i < *argc; i++)
			gb::note_out(out, argv[i]);
		gb::initialize(argc, argv);
		gb::out = out;
		gb::initialized = true;
		return 0;
	});
}

int gb_unrecognized(int argc, char **argv)
{
	benchmark::ReportUnrecognizedArguments(argc, argv);
	return std::max(argc - 1, 0);
}

int gb_set_flag(const char *flag)
{
	return gb::guarded([&] {
		gb::refuse_when_running();
		if (!flag || strncmp(flag, "--", 2) || !strcmp(flag, "--help"))
			gb::bad(std::string(flag ? flag : "NULL") +
				": not a flag");
		gb::check_flag(flag);
		gb::ensure_initialized();
		gb::apply_flag(flag);
		return 0;
	});
}

int gb_set_context(const char *key, const char *value)
{
	return gb::guarded([&] {
		gb::refuse_when_running();

		std::string k = gb::context_key(key);
		std::string v = gb::text("the context's value", value, true);
		gb::context_map *&map = benchmark::internal::GetGlobalContext();

		if (!map)
			map = new gb::context_map;
		(*map)[k] = v;
		return 0;
	});
}

int gb_clear(void)
{
	return gb::guarded([] {
		gb::refuse_when_running();
		gb::forget_families();
		return 0;
	});
}

int gb_shutdown(void)
{
	int err = gb_clear();

	if (err)
		return err;
	/* benchmark::Shutdown() would leave a dangling pointer behind. */
	delete benchmark::internal::GetGlobalContext();
	benchmark::internal::GetGlobalContext() = nullptr;
	return 0;
}

} /* extern "C" */
