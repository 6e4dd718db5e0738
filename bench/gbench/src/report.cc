// SPDX-License-Identifier: GPL-2.0-or-later
/* Results measured elsewhere, through Google Benchmark's own reporters. */
#include "internal.h"

#include <cstdio>
#include <memory>
#include <ostream>
#include <set>
#include <streambuf>
#include <system_error>
#include <unistd.h>

namespace gb
{

/* A C stream under a C++ one; keeps the first error. */
class file_buffer : public std::streambuf {
public:
	explicit file_buffer(FILE *f) : file(f)
	{
	}

	int err = 0;

protected:
	int_type overflow(int_type c) override
	{
		char ch = traits_type::to_char_type(c);

		if (traits_type::eq_int_type(c, traits_type::eof()))
			return traits_type::not_eof(c);
		return xsputn(&ch, 1) == 1 ? c : traits_type::eof();
	}
	std::streamsize xsputn(const char *s, std::streamsize n) override
	{
		size_t want = static_cast<size_t>(n);
		size_t done = want;

		if (file)
			done = fwrite(s, 1, want, file);
		if (done != want)
			failed();
		return static_cast<std::streamsize>(done);
	}
	int sync() override
	{
		if (file && fflush(file)) {
			failed();
			return -1;
		}
		return 0;
	}

private:
	void failed()
	{
		if (!err)
			err = errno ? errno : EIO;
	}

	FILE *file; /* NULL: nowhere */
};

static std::unique_ptr<benchmark::BenchmarkReporter>
make_reporter(const gb_report_options &o)
{
	using console = benchmark::ConsoleReporter;

	int style = console::OO_None;

	switch (o.format) {
	case GB_JSON:
		return std::make_unique<benchmark::JSONReporter>();
	case GB_CONSOLE:
		if (o.style & GB_COLOR)
			style |= console::OO_Color;
		if (o.style & GB_TABULAR)
			style |= console::OO_Tabular;
		return std::make_unique<console>(
			static_cast<console::OutputOptions>(style));
	case GB_CSV:
		BENCHMARK_DISABLE_DEPRECATED_WARNING
		return std::make_unique<benchmark::CSVReporter>();
		BENCHMARK_RESTORE_DEPRECATED_WARNING
	}
	bad("a report's format is none of JSON, console, CSV");
}

[[noreturn]] static void fail(const std::string &path, int err)
{
	throw error(-err, (path.empty() ? "the report" : path) + ": " +
				  std::generic_category().message(err));
}

} /* namespace gb */

struct gb_report {
	enum gb_format format;
	std::string path; /* empty: a stream of the caller's */
	std::string part;
	FILE *owned;
	gb::file_buffer out_buffer;
	gb::file_buffer err_buffer;
	std::ostream out;
	std::ostream err;
	std::unique_ptr<benchmark::BenchmarkReporter> reporter;
	std::set<std::string> columns;
	bool has_columns = false;

	gb_report(const gb_report_options &o, const std::string &whole,
		  const std::string &partial, FILE *f)
		: format(o.format), path(whole), part(partial), owned(f),
		  out_buffer(f ? f : o.out), err_buffer(o.err),
		  out(&out_buffer), err(&err_buffer),
		  reporter(gb::make_reporter(o))
	{
		reporter->SetOutputStream(&out);
		reporter->SetErrorStream(&err);
	}
	~gb_report()
	{
		if (!owned)
			return;
		fclose(owned);
		unlink(part.c_str());
	}
	void flush();
	void expect_columns(const benchmark::BenchmarkReporter::Run &r);
	void close();
};

void gb_report::flush()
{
	out.flush();
	err.flush();
	if (out_buffer.err)
		gb::fail(path, out_buffer.err);
}

/* CSV has one header; a counter that it lacks makes the library abort. */
void gb_report::expect_columns(const benchmark::BenchmarkReporter::Run &r)
{
	for (const auto &c : r.counters)
		if (!columns.count(c.first))
			gb::bad(r.run_name.function_name + ": counter " +
				c.first + " is not in the CSV header");
}

void gb_report::close()
{
	reporter->Finalize();
	flush();
	if (!owned)
		return;
	if (fsync(fileno(owned)))
		gb::fail(path, errno);

	FILE *file = owned;

	owned = nullptr;
	if (fclose(file) || rename(part.c_str(), path.c_str())) {
		int why = errno;

		unlink(part.c_str());
		gb::fail(path, why);
	}
}

namespace gb
{

static context_map make_context(const gb_report_options &o)
{
	context_map map;

	map["driver"] = text("a report's driver", o.driver);
	if (o.n_context && !o.context)
		bad("a report's context is NULL");
	for (size_t i = 0; i < o.n_context; i++) {
		std::string key = context_key(o.context[i].key);
		std::string value =
			text("the context's value", o.context[i].value, true);

		if (!map.emplace(key, value).second)
			bad("context: " + key + " comes twice");
	}
	return map;
}

static gb_report *open_report(const gb_report_options *o)
{
	if (!o)
		bad("a report needs options");
	if (!o->path == !o->out)
		bad("a report needs either a path or a stream");
	if (o->path && !*o->path)
		bad("a report's path is empty");
	if (o->style & ~(GB_COLOR | GB_TABULAR))
		bad("a report's style is unknown");

	benchmark::BenchmarkReporter::Context context;
	context_map map = make_context(*o);
	std::string path;
	std::string part;
	FILE *owned = nullptr;

	make_reporter(*o); /* before a file is made for a bad format */
	if (o->path) {
		path = o->path;
		part = path + ".part";
		owned = fopen(part.c_str(), "we");
		if (!owned)
			fail(part, errno);
	}

	auto report = std::make_unique<gb_report>(*o, path, part, owned);

	context.name_field_width = o->name_width ? o->name_width : 10;
	{
		context_swap swap(&map);

		report->reporter->ReportContext(context);
	}
	report->flush();
	return report.release();
}

} /* namespace gb */

extern "C" {

struct gb_report *gb_report_open(const struct gb_report_options *options)
{
	return gb::guarded_ptr<gb_report>(
		[&] { return gb::open_report(options); });
}

int gb_report_runs(struct gb_report *report, const struct gb_run *runs,
		   size_t n)
{
	return gb::guarded([&] {
		std::vector<benchmark::BenchmarkReporter::Run> all;

		if (!report || (n && !runs))
			gb::bad("no report, or no runs");
		for (size_t i = 0; i < n; i++)
			all.push_back(gb::to_run(runs[i]));
		if (!n)
			return 0;
		if (report->format == GB_CSV) {
			if (!report->has_columns)
				for (const auto &r : all)
					for (const auto &c : r.counters)
						report->columns.insert(c.first);
			for (const auto &r : all)
				report->expect_columns(r);
			report->has_columns = true;
		}
		report->reporter->ReportRuns(all);
		report->flush();
		return 0;
	});
}

int gb_report_close(struct gb_report *report)
{
	std::unique_ptr<gb_report> owner(report);

	return gb::guarded([&] {
		if (!report)
			gb::bad("no report");
		report->close();
		return 0;
	});
}

void gb_report_abort(struct gb_report *report)
{
	delete report;
}

} /* extern "C" */
