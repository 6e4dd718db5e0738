// SPDX-License-Identifier: GPL-2.0-or-later
/* Listing and running; reporters in C. */
#include "internal.h"

#include <atomic>
#include <fcntl.h>
#include <iostream>
#include <memory>
#include <sstream>
#include <typeinfo>
#include <unistd.h>

#include "flags.h"

namespace gb
{

static std::atomic<bool> is_running;
static unsigned int failed_runs;

bool running() noexcept
{
	return is_running;
}

void refuse_when_running()
{
	if (running())
		throw error(-EBUSY, "benchmarks are running");
}

class running_scope {
public:
	running_scope()
	{
		refuse_when_running();
		is_running = true;
	}
	~running_scope()
	{
		is_running = false;
	}
};

/*
 * Google Benchmark's own display, as the flags ask for it. It keeps one, which
 * it would free after the first run and then use again; and which, once JSON
 * or CSV was begun with it, can't begin anew. So it is always handed over
 * explicitly, and a second run gets a fresh one.
 */
class default_display {
public:
	default_display()
	{
		static benchmark::BenchmarkReporter *first;

		if (!first) {
			first = benchmark::CreateDefaultDisplayReporter();
			use = first;
			return;
		}
		BENCHMARK_DISABLE_DEPRECATED_WARNING
		if (typeid(*first) == typeid(benchmark::JSONReporter))
			fresh = std::make_unique<benchmark::JSONReporter>();
		else if (typeid(*first) == typeid(benchmark::CSVReporter))
			fresh = std::make_unique<benchmark::CSVReporter>();
		BENCHMARK_RESTORE_DEPRECATED_WARNING
		use = fresh ? fresh.get() : first;
	}
	benchmark::BenchmarkReporter *operator->()
	{
		return use;
	}
	void flush()
	{
		use->GetOutputStream().flush();
		use->GetErrorStream().flush();
	}

private:
	std::unique_ptr<benchmark::BenchmarkReporter> fresh;
	benchmark::BenchmarkReporter *use;
};

/* Hands everything to the default display, to a reporter in C, or to both. */
class display : public benchmark::BenchmarkReporter {
public:
	display(const gb_reporter *r, bool quiet) : reporter(r)
	{
		/* Why nothing was run is said here, and only here. */
		SetErrorStream(&complaints);
		if (!quiet)
			shown = std::make_unique<default_display>();
	}

	bool ReportContext(const Context &context) override
	{
		std::cerr << complaints.str() << std::flush;
		complaints.str("");
		if (reporter && reporter->context && !tell_context(context)) {
			cancelled = true;
			return false;
		}
		if (shown) {
			begun = (*shown)->ReportContext(context);
			shown->flush();
			return begun;
		}
		return true;
	}

	void ReportRuns(const std::vector<Run> &runs) override
	{
		run_view view(runs);

		for (const gb_run &r : view.runs())
			failed_runs += r.outcome == GB_FAILED;
		if (shown) {
			(*shown)->ReportRuns(runs);
			shown->flush();
		}
		if (reporter && reporter->runs && !view.runs().empty())
			reporter->runs(view.runs().data(), view.runs().size(),
				       reporter->ctx);
	}

	void Finalize() override
	{
		if (shown && begun) {
			(*shown)->Finalize();
			shown->flush();
		}
		if (reporter && reporter->finalize)
			reporter->finalize(reporter->ctx);
	}

	std::string complaint() const
	{
		std::string s = complaints.str();

		while (!s.empty() && s.back() == '\n')
			s.pop_back();
		return s;
	}

	bool cancelled = false;

private:
	bool tell_context(const Context &context) const
	{
		using scaling = benchmark::CPUInfo::Scaling;

		std::vector<gb_kv> kv;
		gb_context c = {};

		if (const context_map *map =
			    benchmark::internal::GetGlobalContext())
			for (const auto &line : *map)
				kv.push_back({ line.first.c_str(),
					       line.second.c_str() });
		c.executable = Context::executable_name;
		c.host = context.sys_info.name.c_str();
		c.num_cpus = context.cpu_info.num_cpus;
		c.mhz = context.cpu_info.cycles_per_second / 1e6;
		c.scaling = context.cpu_info.scaling == scaling::UNKNOWN ?
				    -1 :
				    context.cpu_info.scaling ==
					    scaling::ENABLED;
		c.kv = kv.data();
		c.n_kv = kv.size();
		return !reporter->context(&c, reporter->ctx);
	}

	const gb_reporter *reporter;
	std::unique_ptr<default_display> shown;
	std::ostringstream complaints;
	bool begun = false;
};

/* Takes the names that Google Benchmark lists, and never lets it run. */
class lister : public benchmark::BenchmarkReporter {
public:
	lister()
	{
		SetOutputStream(&names);
		SetErrorStream(&complaints);
	}
	bool ReportContext(const Context &) override
	{
		return false;
	}
	void ReportRuns(const std::vector<Run> &) override
	{
	}

	std::stringstream names;
	std::ostringstream complaints;
};

/* Google Benchmark doesn't look whether its file was written. */
template <class R>
class checked : public R {
public:
	explicit checked(bool &flag) : failed(flag)
	{
	}
	void Finalize() override
	{
		R::Finalize();
		failed = !this->GetOutputStream().flush();
	}

private:
	bool &failed;
};

/* NULL for none, and for the console's format: then the library makes it. */
static std::unique_ptr<benchmark::BenchmarkReporter> file_reporter(bool &failed)
{
	const out_file &out = benchmark_out();

	if (out.path.empty())
		return nullptr;
	BENCHMARK_DISABLE_DEPRECATED_WARNING
	if (out.format == "json")
		return std::make_unique<checked<benchmark::JSONReporter>>(
			failed);
	if (out.format == "csv")
		return std::make_unique<checked<benchmark::CSVReporter>>(
			failed);
	BENCHMARK_RESTORE_DEPRECATED_WARNING
	return nullptr;
}

static size_t run_filtered(const char *filter,
			   benchmark::BenchmarkReporter *reporter,
			   benchmark::BenchmarkReporter *file = nullptr)
{
	if (filter)
		return benchmark::RunSpecifiedBenchmarks(reporter, file,
							 filter);
	return benchmark::RunSpecifiedBenchmarks(reporter, file);
}

[[noreturn]] static void nothing_left(const std::string &complaint)
{
	if (complaint.find("Could not compile") != std::string::npos)
		bad(complaint);
	throw error(-ENOENT,
		    complaint.empty() ? "no benchmark registered" : complaint);
}

static std::string list_names(const char *filter)
{
	/* A list must not cut the file of a run. */
	struct no_out {
		std::string path = benchmark_out().path;

		no_out()
		{
			if (!path.empty())
				apply_flag("--benchmark_out=");
		}
		~no_out()
		{
			std::string flag = "--benchmark_out=" + path;

			if (!path.empty())
				guarded([&] {
					apply_flag(flag.c_str());
					return 0;
				});
		}
	} no_out;
	lister plain;
	lister flagged;
	size_t n;

	/* The flag may be set; then it is left so. */
	if (!run_filtered(filter, &plain)) {
		std::string s = plain.complaints.str();

		while (!s.empty() && s.back() == '\n')
			s.pop_back();
		nothing_left(s);
	}
	if (plain.names.rdbuf()->in_avail() > 0)
		return plain.names.str();

	apply_flag("--benchmark_list_tests=true");
	n = run_filtered(filter, &flagged);
	apply_flag("--benchmark_list_tests=false");
	return n ? flagged.names.str() : "";
}

/* Google Benchmark would exit(1) in the middle of a run. */
static void check_out()
{
	const std::string &path = benchmark_out().path;
	int fd;

	if (path.empty())
		return;
	fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		throw error(-errno,
			    "--benchmark_out=" + path + ": " +
				    std::generic_category().message(errno));
	close(fd);
}

} /* namespace gb */

extern "C" {

int gb_list(const char *filter, gb_list_fn fn, void *ctx)
{
	return gb::guarded([&] {
		std::string names;
		int n = 0;

		{
			gb::running_scope scope;

			gb::ensure_initialized();
			names = gb::list_names(filter);
		}

		std::istringstream lines(names);

		for (std::string name; std::getline(lines, name);) {
			n++;
			if (fn && fn(name.c_str(), ctx))
				break;
		}
		return n;
	});
}

int gb_run_benchmarks(const char *filter, const struct gb_reporter *reporter,
		      unsigned int flags)
{
	return gb::guarded([&] {
		gb::running_scope scope;
		bool file_failed = false;
		size_t n;

		if (flags & ~GB_QUIET)
			gb::bad("gb_run_benchmarks() with unknown flags");
		gb::ensure_initialized();
		gb::check_out();
		gb::failed_runs = 0;

		gb::display display(reporter, flags & GB_QUIET);

		auto file = gb::file_reporter(file_failed);

		n = gb::run_filtered(filter, &display, file.get());
		if (!n)
			gb::nothing_left(display.complaint());
		if (display.cancelled)
			throw gb::error(-ECANCELED,
					"the reporter called the run off");
		if (!(flags & GB_QUIET) && !std::cout.flush()) {
			std::cout.clear();
			throw gb::error(-EIO,
					"standard output: not written whole");
		}
		if (file_failed)
			throw gb::error(-EIO, "--benchmark_out=" +
						      gb::benchmark_out().path +
						      ": not written whole");
		return static_cast<int>(n);
	});
}

unsigned int gb_failed_runs(void)
{
	return gb::failed_runs;
}

} /* extern "C" */
