// SPDX-License-Identifier: GPL-2.0-or-later
/* Two files of results for compare.sh: write_pair A.json B.json */
#include <gbench.h>

#define REPETITIONS 9

static int add_family(struct gb_report *report, const char *name, int64_t index,
		      double ns)
{
	struct gb_run runs[REPETITIONS];

	for (int i = 0; i < REPETITIONS; i++)
		runs[i] = (struct gb_run){
			.name = name,
			.family_index = index,
			.iterations = 1000,
			.threads = 1,
			.repetition_index = i,
			.repetitions = REPETITIONS,
			.unit = GB_NS,
			.real_time = ns + (i - 4) * 1e-6,
			.cpu_time = ns + (i - 4) * 1e-6,
		};
	return gb_report_runs(report, runs, REPETITIONS);
}

static int write_file(const char *path, double slower_ns)
{
	struct gb_report *report = gb_report_open(&(struct gb_report_options){
		.format = GB_JSON, .driver = "rounds", .path = path });

	if (!report)
		return -1;
	if (add_family(report, "fence/slower", 0, slower_ns) ||
	    add_family(report, "fence/same", 1, 20)) {
		gb_report_abort(report);
		return -1;
	}
	return gb_report_close(report);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (write_file(argv[1], 10) || write_file(argv[2], 15)) {
		fprintf(stderr, "%s\n", gb_last_error());
		return 1;
	}
	return 0;
}
