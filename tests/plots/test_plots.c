// SPDX-License-Identifier: GPL-2.0-or-later
/* Pictures of an invented run: they are there, whole, and say what they should. */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "cmd.h"
#include "fixture.h"
#include "gnuplot.h"
#include "place.h"
#include "plots.h"

static char work[1024];

/* What the tool's own has from its binary's place. */
const char *top_dir(void)
{
	return getenv("INVBENCH_TOP");
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	snprintf(work, sizeof(work), "%s/invbench-plots-XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(work))
		return -1;
	return setenv("INVBENCH_TOP", PROJECT_TOP, 1);
}

static int teardown(void **state)
{
	(void)state;
	if (getenv("INVBENCH_KEEP_PLOTS")) {
		print_message("kept: %s\n", work);
		return 0;
	}
	return nftw(work, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A run in a folder of its own, on a machine that says what it is. */
static struct result *begin(const char *name, const struct plan *plan)
{
	struct plan_error err;
	char dir[PATH_MAX];
	struct result *r;

	assert_true(snprintf(dir, sizeof(dir), "%s/%s", work, name) <
		    (int)sizeof(dir));
	r = result_create(dir, plan, &err);
	if (!r)
		fail_msg("%s", err.msg);
	result_context_set(r, "cpu",
			   json_pack("{s:s, s:i}", "model", "fixture CPU",
				     "online", 2));
	return r;
}

/* A plan of the fixture's first groups only. */
static struct plan *first_groups(unsigned int nr)
{
	struct plan *p = fixture_plan();

	while (p->nr_groups > nr)
		free(p->groups[--p->nr_groups].cells);
	return p;
}

static bool path_of(const struct result *r, const char *name, char *path)
{
	struct stat st;

	snprintf(path, PATH_MAX, "%s/plots/%s", result_dir(r), name);
	return !stat(path, &st) && st.st_size > 0;
}

static char *read_file(const struct result *r, const char *name)
{
	char path[PATH_MAX], *text;
	FILE *f;
	long len;

	if (!path_of(r, name, path))
		fail_msg("%s isn't there", path);
	f = fopen(path, "r");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	len = ftell(f);
	rewind(f);
	text = calloc(1, (size_t)len + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)len, f), len);
	fclose(f);
	return text;
}

static int status_of(char *const argv[])
{
	extern char **environ;
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		return -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void assert_xml(const struct result *r, const char *name)
{
	char path[PATH_MAX];
	char *const xmllint[] = { "xmllint", "--noout", "--nonet", path, NULL };
	char *const python[] = {
		"python3", "-c",
		"import sys, xml.dom.minidom as m; m.parse(sys.argv[1])", path,
		NULL
	};
	int status;

	assert_true(path_of(r, name, path));
	status = status_of(xmllint);
	/* 127: posix_spawn() may tell of a missing program by it */
	if (status == -1 || WEXITSTATUS(status) == 127)
		status = status_of(python);
	if (status)
		fail_msg("%s isn't well-formed (status %d)", path, status);
}

/* Width of a PNG, from its first chunk; 0 when it is none. */
static unsigned int png_width(const struct result *r, const char *name,
			      unsigned int *height)
{
	static const unsigned char magic[8] = "\x89PNG\r\n\x1a\n";
	unsigned char head[24];
	char path[PATH_MAX];
	FILE *f;

	assert_true(path_of(r, name, path));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(head, sizeof(head), 1, f), 1);
	fclose(f);
	if (memcmp(head, magic, 8) || memcmp(head + 12, "IHDR", 4))
		return 0;
	*height = (unsigned int)head[22] << 8 | head[23];
	return (unsigned int)head[18] << 8 | head[19];
}

static void assert_picture(const struct result *r, const char *picture)
{
	char name[128], path[PATH_MAX];
	unsigned int width, height = 0;

	snprintf(name, sizeof(name), "%s.svg", picture);
	assert_xml(r, name);
	snprintf(name, sizeof(name), "%s.svg.tmp", picture);
	assert_false(path_of(r, name, path));
	snprintf(name, sizeof(name), "%s.png", picture);
	width = png_width(r, name, &height);
	assert_int_equal(width, 1720);
	assert_in_range(height, 400, 4000);
}

static void assert_says(const struct result *r, const char *picture,
			const char *const *words)
{
	char name[128], *text;

	snprintf(name, sizeof(name), "%s.svg", picture);
	text = read_file(r, name);
	for (; *words; words++)
		if (!strstr(text, *words))
			fail_msg("%s doesn't say '%s'", name, *words);
	free(text);
}

static void assert_names_all(const struct result *r, const char *picture,
			     const char *section)
{
	const struct plan *p = result_plan(r);
	const char *words[64];
	unsigned int i, k, n = 0;

	for (i = 0; i < p->nr_groups; i++)
		if (!strcmp(p->groups[i].name, section))
			break;
	assert_true(i < p->nr_groups);
	for (k = 0; k < p->groups[i].nr_cells; k++)
		if (p->groups[i].cells[k].role == PLAN_VARIANT)
			words[n++] = p->groups[i].cells[k].name;
	words[n] = NULL;
	assert_in_range(n, 2, 63);
	assert_says(r, picture, words);
}

/* ---- the tests --------------------------------------------------------- */

static void draws_every_picture(void **state)
{
	static const char *const pictures[] = {
		"strategies",
		"attach",
		"stores-threads-1",
		"stores-threads-2",
		"stores-threads-4",
		"real-ats",
		"budget-ptes-64",
		"cost-by-entries",
		"cost-by-threads",
		"budget",
		"reader-against-attach",
		"cost-by-attach-rate",
		"canaries",
	};
	static const char *const interval[] = { "fixture: inv_range by strategy",
						"95 % interval over 5 launches",
						"Baseline: merged",
						"fixture CPU, 2 CPUs",
						"store rcu-array",
						"twin",
						"Grey band",
						NULL };
	static const char *const entries[] = { "artificial", "4096",
					       "ns per inv_range", NULL };
	static const char *const threads[] = { "more threads than CPUs",
					       "ns per inv_range and thread",
					       "M inv_range/s, all threads",
					       NULL };
	static const char *const budget[] = {
		"map-wmb",	"reader-fence",
		"queue-wmb",	"share of the whole",
		"device model", NULL
	};
	static const char *const scatter[] = { "us per attach + detach",
					       "ns per inv_range", NULL };
	static const char *const canaries[] = { "add loop, ns",
						"round trip, ns", "strategies",
						NULL };
	struct plan *plan = fixture_plan();
	struct result *r = begin("run", plan);
	struct judge_group **groups = fixture_measure(r);
	struct plan_error err;
	size_t i;

	(void)state;
	if (plots_run(r, groups, plan->nr_groups, &err))
		fail_msg("%s", err.msg);
	for (i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
		assert_picture(r, pictures[i]);
	assert_names_all(r, "strategies", "strategies");
	assert_names_all(r, "attach", "attach");
	assert_names_all(r, "reader-against-attach", "attach");
	assert_names_all(r, "stores-threads-2", "stores threads=2");
	assert_names_all(r, "cost-by-threads", "stores threads=2");
	assert_names_all(r, "cost-by-entries", "real ats");
	assert_says(r, "strategies", interval);
	assert_says(r, "cost-by-entries", entries);
	assert_says(r, "cost-by-threads", threads);
	assert_says(r, "budget", budget);
	assert_says(r, "reader-against-attach", scatter);
	assert_says(r, "canaries", canaries);
	fixture_free(groups, plan->nr_groups);
	result_close(r);
	plan_free(plan);
}

/* By rank, with the figures of the judge. */
static void writes_the_data_of_a_group(void **state)
{
	struct plan *plan = first_groups(1);
	struct result *r = begin("data", plan);
	struct judge_group **groups = fixture_measure(r);
	char *text = read_file(r, "000-strategies.dat"), *line, *rest = text;
	char *canaries = read_file(r, "000-strategies-canaries.dat");
	unsigned int place, shape, rank, rows = 0, last = 0, i, samples = 0;
	char name[64];
	double ns, lo, hi, ratio;

	(void)state;
	assert_non_null(strstr(text, "# place shape name rank ns ns_lo ns_hi"));
	assert_non_null(strstr(text, "baseline merged"));
	while ((line = strsep(&rest, "\n"))) {
		if (!*line || *line == '#')
			continue;
		if (sscanf(line, "%u %u \"%63[^\"]\" %u %lf %lf %lf %lf",
			   &place, &shape, name, &rank, &ns, &lo, &hi,
			   &ratio) != 8)
			fail_msg("no row: %s", line);
		for (i = 0; strcmp(plan->groups[0].cells[i].name, name); i++)
			assert_true(i + 1 < plan->groups[0].nr_cells);
		assert_true(fabs(ns / groups[0]->rows[i].ns.est - 1) < 0.0001);
		assert_true(fabs(ratio / groups[0]->rows[i].ratio.est - 1) <
			    0.0001);
		assert_true(lo < ns && ns < hi);
		assert_int_equal(rank, groups[0]->rows[i].rank);
		if (rank)
			assert_true(rank >= last);
		last = rank;
		assert_int_equal(shape == 0, !strcmp(name, "merged"));
		rows++;
	}
	assert_int_equal(rows, plan->groups[0].nr_cells);
	for (rest = canaries; (line = strsep(&rest, "\n"));)
		samples += *line && *line != '#';
	assert_int_equal(samples, 10);
	free(text);
	free(canaries);
	fixture_free(groups, plan->nr_groups);
	result_close(r);
	plan_free(plan);
}

static void draws_nothing_without_data(void **state)
{
	struct plan *plan = fixture_plan();
	struct result *r = begin("empty", plan);
	struct judge_group **groups = calloc(plan->nr_groups, sizeof(*groups));
	struct plan_error err;
	char path[PATH_MAX];

	(void)state;
	assert_non_null(groups);
	assert_int_equal(plots_run(r, groups, plan->nr_groups, &err), 0);
	snprintf(path, sizeof(path), "%s/plots", result_dir(r));
	assert_int_equal(rmdir(path), 0); /* it is empty */
	free(groups);
	result_close(r);
	plan_free(plan);
}

/* Only what the groups allow: strategies alone have no attach side, no threads. */
static void draws_only_what_there_is(void **state)
{
	struct plan *plan = first_groups(1);
	struct result *r;
	struct judge_group **groups;
	struct plan_error err;
	char path[PATH_MAX];

	(void)state;
	r = begin("one", plan);
	groups = fixture_measure(r);
	if (plots_run(r, groups, 1, &err))
		fail_msg("%s", err.msg);
	assert_picture(r, "strategies");
	assert_picture(r, "canaries");
	assert_false(path_of(r, "reader-against-attach.svg", path));
	assert_false(path_of(r, "cost-by-threads.svg", path));
	assert_false(path_of(r, "cost-by-entries.svg", path));
	assert_false(path_of(r, "budget.svg", path));
	fixture_free(groups, 1);
	result_close(r);
	plan_free(plan);
}

/* A title is text, whatever it says: no shell, no gnuplot command. */
static void titles_run_nothing(void **state)
{
	static const char *const titles[] = {
		"`touch pwned`",
		"\"; system(\"touch pwned\") #",
		"'; system('touch pwned') #",
		"$(touch pwned) @begin %d {/Bold x} a_b^c",
		"\\140touch pwned\\140 <b>&amp;</b>]]> \t end",
	};
	static const char *const said[] = { "touch pwned", NULL };
	struct plan_error err;
	char path[PATH_MAX];
	size_t i;

	(void)state;
	/* as the title, and as the name of a section */
	for (i = 0; i < 2 * sizeof(titles) / sizeof(titles[0]); i++) {
		struct plan *plan = first_groups(1);
		struct plan_group *g = &plan->groups[0];
		struct judge_group **groups;
		struct result *r;
		char name[32];

		if (i % 2)
			snprintf(g->name, sizeof(g->name), "%s", titles[i / 2]);
		else
			snprintf(g->title, sizeof(g->title), "%s",
				 titles[i / 2]);
		snprintf(name, sizeof(name), "title-%zu", i);
		r = begin(name, plan);
		groups = fixture_measure(r);
		if (plots_run(r, groups, 1, &err))
			fail_msg("%s", err.msg);
		assert_int_not_equal(access("pwned", F_OK), 0);
		snprintf(path, sizeof(path), "%s/plots/pwned", result_dir(r));
		assert_int_not_equal(access(path, F_OK), 0);
		assert_xml(r, "canaries.svg");
		if (!(i % 2)) {
			assert_picture(r, "strategies");
			assert_says(r, "strategies", said);
		}
		fixture_free(groups, 1);
		result_close(r);
		plan_free(plan);
	}
}

static void without_gnuplot_nothing_is_lost(void **state)
{
	/* strategies, attach, stores at three numbers of threads */
	struct plan *plan = first_groups(5);
	struct result *r = begin("without", plan);
	struct judge_group **groups = fixture_measure(r);
	char *was = strdup(getenv("PATH")), path[PATH_MAX];
	struct plan_error err;

	(void)state;
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(plots_run(r, groups, plan->nr_groups, &err), -ENOENT);
	setenv("PATH", was, 1);
	assert_non_null(strstr(err.msg, "gnuplot-nox"));
	assert_null(strchr(err.msg, '\n'));
	assert_true(path_of(r, "000-strategies.dat", path));
	assert_true(path_of(r, "cost-by-threads.dat", path));
	assert_false(path_of(r, "strategies.svg", path));
	/* and later, when it is there */
	if (plots_run(r, groups, plan->nr_groups, &err))
		fail_msg("%s", err.msg);
	assert_picture(r, "strategies");
	free(was);
	fixture_free(groups, plan->nr_groups);
	result_close(r);
	plan_free(plan);
}

static void copy_script(const char *name, const char *more)
{
	char from[PATH_MAX], to[PATH_MAX];
	FILE *in, *out;
	int c;

	snprintf(from, sizeof(from), "%s/plots/%s", PROJECT_TOP, name);
	assert_true(snprintf(to, sizeof(to), "%s/top/plots/%s", work, name) <
		    (int)sizeof(to));
	in = fopen(from, "r");
	out = fopen(to, "w");
	assert_non_null(in);
	assert_non_null(out);
	if (more)
		fputs(more, out);
	while ((c = getc(in)) != EOF)
		putc(c, out);
	fclose(in);
	fclose(out);
}

/* One script fails: it is named, the other pictures are there. */
static void a_script_that_fails_is_named(void **state)
{
	static const char *const good[] = { "common.gp",  "svg.gp",
					    "png.gp",	  "lines.gp",
					    "scatter.gp", "canaries.gp" };
	/* strategies, attach, stores at three numbers of threads */
	struct plan *plan = first_groups(5);
	struct result *r = begin("broken", plan);
	struct judge_group **groups = fixture_measure(r);
	char path[PATH_MAX];
	struct plan_error err;
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/top", work);
	assert_int_equal(mkdir(path, 0777), 0);
	snprintf(path, sizeof(path), "%s/top/plots", work);
	assert_int_equal(mkdir(path, 0777), 0);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		copy_script(good[i], NULL);
	copy_script("intervals.gp", "set no_such_setting\n");
	snprintf(path, sizeof(path), "%s/top", work);
	setenv("INVBENCH_TOP", path, 1);
	assert_int_equal(plots_run(r, groups, plan->nr_groups, &err), -EIO);
	setenv("INVBENCH_TOP", PROJECT_TOP, 1);
	assert_non_null(strstr(err.msg, "plots/intervals.gp"));
	assert_null(strchr(err.msg, '\n'));
	assert_false(path_of(r, "strategies.svg", path));
	assert_false(path_of(r, "strategies.svg.tmp", path));
	assert_picture(r, "cost-by-threads");
	fixture_free(groups, plan->nr_groups);
	result_close(r);
	plan_free(plan);
}

static void text_is_quoted_and_wrapped(void **state)
{
	char out[64], *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_non_null(f);
	gnuplot_text(f, "t", "a`b\"c\\d@$\n\xc3\xb8");
	fclose(f);
	assert_string_equal(
		text, "t = \"a\\140b\\042c\\134d\\100\\044\\n\\303\\270\"\n");
	free(text);
	assert_int_equal(gnuplot_wrap("one two three", 7, out, sizeof(out)), 2);
	assert_string_equal(out, "one two\nthree");
	assert_int_equal(gnuplot_wrap("abcdefghij", 4, out, sizeof(out)), 3);
	assert_string_equal(out, "abcd\nefgh\nij");
	/* not UTF-8, and a control character */
	gnuplot_wrap("a\xff\x01z", 40, out, sizeof(out));
	assert_string_equal(out, "a??z");
	/* a character isn't cut in half */
	gnuplot_wrap("\xc3\xb8\xc3\xb8\xc3\xb8", 40, out, 7);
	assert_string_equal(out, "\xc3\xb8\xc3\xb8");
}

static void labels_keep_off_each_other(void **state)
{
	struct place_label l[12] = { 0 };
	const struct place_frame in = { 0, 700, 0, 480 };
	unsigned int i, k;
	double y[5] = { 10, 10.5, 10.2, 90, 11 };

	(void)state;
	for (i = 0; i < 12; i++) {
		/* a tight cluster in a corner, and some apart */
		l[i].x = i < 8 ? 30 + i : 60.0 * i;
		l[i].y = i < 8 ? 20 + 2 * (i % 3) : 35.0 * i;
		l[i].x_lo = l[i].x;
		l[i].x_hi = l[i].x;
		l[i].y_lo = l[i].y;
		l[i].y_hi = l[i].y;
		l[i].width = 100;
	}
	place_labels(l, 12, 20, &in);
	for (i = 0; i < 12; i++) {
		assert_true(l[i].left >= 0 && l[i].left + 100 <= 700);
		assert_true(l[i].middle >= 10 && l[i].middle <= 470);
		for (k = 0; k < i; k++)
			assert_true(fabs(l[i].left - l[k].left) >= 100 ||
				    fabs(l[i].middle - l[k].middle) >= 19.9);
	}
	place_spread(y, 5, 20, 0, 100);
	assert_true(y[0] >= 0 && y[3] <= 100);
	assert_true(y[2] - y[0] >= 19.9 && y[1] - y[2] >= 19.9 &&
		    y[4] - y[1] >= 19.9 && y[3] - y[4] >= 19.9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_every_picture),
		cmocka_unit_test(writes_the_data_of_a_group),
		cmocka_unit_test(draws_nothing_without_data),
		cmocka_unit_test(draws_only_what_there_is),
		cmocka_unit_test(titles_run_nothing),
		cmocka_unit_test(without_gnuplot_nothing_is_lost),
		cmocka_unit_test(a_script_that_fails_is_named),
		cmocka_unit_test(text_is_quoted_and_wrapped),
		cmocka_unit_test(labels_keep_off_each_other),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
